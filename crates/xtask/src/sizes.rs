//! Compares the sizes of the worker and of what browsers load with their budget.

use crate::build::{Built, MODULES, first_load, pack};
use anyhow::{Context as _, Result, bail};
use dualwatch_edgehost::{Bundle, PageAssets, WidgetAssets};
use dualwatch_wire::answer::coding::Coding;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

/// The budget, beside this file.
const BUDGET: &str = include_str!("sizes.toml");

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Budget {
    /// Bytes after `gzip -9`: what Cloudflare counts.
    worker: u64,
    /// Of each module for the browser.
    pages: BTreeMap<String, Page>,
    widget: Widget,
}

/// Bytes of the scripts of the widget after brotli: they are sent so.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Widget {
    /// What every page loads that has one.
    script: u64,
    /// What only a click, or what floats, loads beside it.
    more: u64,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Page {
    /// Bytes of its files after `gzip -9`.
    gzip: u64,
    /// Bytes that the first load of its page transfers with brotli: document and files, with the heads of the answers.
    first_load: u64,
}

/// The bytes of some files.
#[derive(Clone, Copy, Debug, Default)]
struct Sizes {
    raw: u64,
    gzip: u64,
    brotli: u64,
}

struct Measured {
    what: String,
    files: Vec<(String, Sizes)>,
}

impl Measured {
    /// `is_sent`: browsers load these files; of others nobody wants to know how small brotli makes them, which takes long.
    fn of(what: &str, paths: Vec<PathBuf>, is_sent: bool) -> Result<Self> {
        let files = paths.into_iter().map(|path| {
            let content = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let brotli = if is_sent { packed(&content, Coding::Brotli)? } else { 0 };
            Ok((name, Sizes { raw: content.len() as u64, gzip: packed(&content, Coding::Gzip)?, brotli }))
        });
        Ok(Self { what: what.to_owned(), files: files.collect::<Result<_>>()? })
    }

    fn total(&self) -> Sizes {
        self.files.iter().fold(Sizes::default(), |sum, (_, one)| Sizes {
            raw: sum.raw + one.raw,
            gzip: sum.gzip + one.gzip,
            brotli: sum.brotli + one.brotli,
        })
    }
}

fn packed(content: &[u8], coding: Coding) -> Result<u64> {
    Ok(pack::packed(content, coding)?.len() as u64)
}

/// Prints every file and every first load, then fails where something is above its budget.
pub fn check(built: &Built) -> Result<()> {
    let budget: Budget = toml::from_str(BUDGET).context("cannot understand sizes.toml")?;
    let bundle = &built.bundle;
    let mut all = vec![(Measured::of("worker", worker_files(bundle), false)?, budget.worker)];
    for (name, page) in &bundle.pages {
        let limit = budget.pages.get(name).with_context(|| format!("sizes.toml has no budget for the page {name}"))?;
        all.push((Measured::of(name, page_files(bundle, page), true)?, limit.gzip));
    }
    let mut over = Vec::new();
    println!("{:<36} {:>12} {:>12} {:>12}", "", "bytes", "gzip -9", "brotli -q 11");
    for (measured, limit) in all {
        for (name, sizes) in &measured.files {
            println!("  {name:<34} {}", row(*sizes));
        }
        let total = measured.total();
        println!("{:<36} {}   budget of gzip {limit}", measured.what, row(total));
        if total.gzip > limit {
            let above = total.gzip - limit;
            over.push(format!("{} is {} bytes after gzip, {above} above its budget", measured.what, total.gzip));
        }
    }
    for module in MODULES {
        let page = bundle.pages.get(module.name).with_context(|| format!("the bundle has no {}", module.name))?;
        let [brotli, gzip] = [Coding::Brotli, Coding::Gzip].map(|coding| first_load::of(built, module, page, coding));
        let (brotli, gzip) = (brotli?, gzip?);
        let limit = budget.pages[module.name].first_load;
        println!("first load of {:<22} {:>12} {gzip:>12} {brotli:>12}   budget of brotli {limit}", module.path, "");
        if brotli > limit {
            over.push(format!(
                "the first load of {} is {brotli} bytes, {} above its budget",
                module.path,
                brotli - limit
            ));
        }
    }
    let WidgetAssets { widget, more, frame, .. } = &bundle.widget;
    for (url, limit) in [(widget, budget.widget.script), (more, budget.widget.more), (frame, budget.widget.more)] {
        let path = bundle.site_dir().join(url.trim_start_matches('/'));
        let total = Measured::of(url, vec![path], true)?.total();
        println!("{url:<36} {}   budget of brotli {limit}", row(total));
        if total.brotli > limit {
            over.push(format!("{url} is {} bytes, {} above its budget", total.brotli, total.brotli - limit));
        }
    }
    if over.is_empty() { Ok(()) } else { bail!("{} (crates/xtask/src/sizes.toml)", over.join("; ")) }
}

fn row(Sizes { raw, gzip, brotli }: Sizes) -> String {
    let brotli = if brotli == 0 { String::new() } else { brotli.to_string() };
    format!("{raw:>12} {gzip:>12} {brotli:>12}")
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

    #[test]
    fn the_budget_is_readable_and_fits_the_free_plan() {
        let budget: Budget = toml::from_str(BUDGET).unwrap();
        // Cloudflare's limit of a Worker on the free plan: 3 MB after compression.
        assert!(budget.worker < 3_000_000);
        for module in MODULES {
            assert!(budget.pages[module.name].gzip < budget.worker, "{}", module.name);
        }
    }

    #[test]
    fn what_repeats_is_small_when_it_is_packed() {
        assert!(packed(&[7; 10_000], Coding::Gzip).unwrap() < 100);
        assert!(packed(&[7; 10_000], Coding::Brotli).unwrap() < 50);
    }
}
