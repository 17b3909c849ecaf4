//! Compares the sizes of the worker and of what browsers load with their budget.

use crate::build::Built;
use anyhow::{Context as _, Result, bail};
use dualwatch_edgehost::{Bundle, PageAssets};
use flate2::{Compression, write::GzEncoder};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::PathBuf;

/// The budget, beside this file.
const BUDGET: &str = include_str!("sizes.toml");

/// Bytes after `gzip -9`: what a visitor loads, and what Cloudflare counts.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Budget {
    worker: u64,
    /// Of each module for the browser, what its pages load.
    pages: BTreeMap<String, u64>,
}

struct Measured {
    what: String,
    files: Vec<(String, u64, u64)>,
}

impl Measured {
    fn of(what: &str, paths: Vec<PathBuf>) -> Result<Self> {
        let files = paths.into_iter().map(|path| {
            let content = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            Ok((name, content.len() as u64, gzipped(&content)?))
        });
        Ok(Self { what: what.to_owned(), files: files.collect::<Result<_>>()? })
    }

    fn total(&self) -> (u64, u64) {
        self.files.iter().fold((0, 0), |(raw, gzip), file| (raw + file.1, gzip + file.2))
    }
}

fn gzipped(content: &[u8]) -> Result<u64> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(content)?;
    Ok(encoder.finish()?.len() as u64)
}

/// Prints every file, then fails where a total is above its budget.
pub fn check(built: &Built) -> Result<()> {
    let budget: Budget = toml::from_str(BUDGET).context("cannot understand sizes.toml")?;
    let bundle = &built.bundle;
    let mut all = vec![(Measured::of("worker", worker_files(bundle))?, budget.worker)];
    for (name, page) in &bundle.pages {
        let limit = budget.pages.get(name).with_context(|| format!("sizes.toml has no budget for the page {name}"))?;
        all.push((Measured::of(name, page_files(bundle, page))?, *limit));
    }
    let mut over = Vec::new();
    println!("{:<36} {:>12} {:>12}", "", "bytes", "gzip -9");
    for (measured, limit) in all {
        for (name, raw, gzip) in &measured.files {
            println!("  {name:<34} {raw:>12} {gzip:>12}");
        }
        let (raw, gzip) = measured.total();
        println!("{:<36} {raw:>12} {gzip:>12}   budget {limit}", measured.what);
        if gzip > limit {
            over.push(format!("{} is {gzip} bytes after gzip, {} above its budget", measured.what, gzip - limit));
        }
    }
    if over.is_empty() { Ok(()) } else { bail!("{} (crates/xtask/src/sizes.toml)", over.join("; ")) }
}

fn worker_files(bundle: &Bundle) -> Vec<PathBuf> {
    bundle.modules.iter().map(|module| bundle.worker_dir().join(&module.name)).collect()
}

fn page_files(bundle: &Bundle, page: &PageAssets) -> Vec<PathBuf> {
    [&page.boot, &page.js, &page.wasm, &page.css].map(|url| bundle.site_dir().join(url.trim_start_matches('/'))).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::build::MODULES;

    #[test]
    fn the_budget_is_readable_and_fits_the_free_plan() {
        let budget: Budget = toml::from_str(BUDGET).unwrap();
        // Cloudflare's limit of a Worker on the free plan: 3 MB after compression.
        assert!(budget.worker < 3_000_000);
        for module in MODULES {
            assert!(budget.pages[module.name] < budget.worker, "{}", module.name);
        }
    }

    #[test]
    fn gzip_is_smaller_than_what_repeats() {
        assert!(gzipped(&[7; 10_000]).unwrap() < 100);
    }
}
