//! `import upptime --into URL`: the records of a repository become the past of a running instance.

use crate::{
    exit::Exit,
    out::Out,
    vantage::worker::{Worker, certificates},
};
use anyhow::{Context, Result, ensure};
use dualwatch_import::{Analysis, rounds};
use dualwatch_wire::v1::{Round, TargetStatus};
use std::{
    collections::BTreeMap,
    fmt::Write as _,
    fs,
    io::Write as _,
    path::{Path, PathBuf},
};

/// So many rounds are sent at once.
const ROUNDS_PER_PART: usize = 4_000;

/// Loads every target that the instance measures; names those that it does not.
pub fn load(analysis: &Analysis, url: &str, token_file: &Path, ca: &[PathBuf]) -> Result<Exit> {
    let token = fs::read_to_string(token_file)
        .with_context(|| format!("failed to read the admin token in {}", token_file.display()))?;
    let token = token.trim();
    ensure!(!token.is_empty(), "{} is empty; it should hold the admin token", token_file.display());
    let mut roots = Vec::new();
    for path in ca {
        let pem = fs::read(path).with_context(|| format!("failed to read {}", path.display()))?;
        roots.extend(certificates(&pem).with_context(|| format!("failed to use {}", path.display()))?);
    }
    let worker = Worker::new(url, token, &roots)?;
    let measured = worker.status().with_context(|| format!("failed to ask {} what it measures", worker.url()))?.targets;

    let mut by_target: BTreeMap<String, Vec<Round>> = BTreeMap::new();
    // By site: a record may know another URL, where the site was measured before.
    for site in rounds::per_target(analysis) {
        by_target.entry(site.target).or_default().extend(site.rounds.iter().map(Round::from));
    }
    let mut missing = Vec::new();
    let mut out = Out::new();
    for (imported, rounds) in by_target {
        let Some(target) = find(&measured, &imported) else {
            missing.push(imported);
            continue;
        };
        let mut n_taken = 0;
        for part in rounds.chunks(ROUNDS_PER_PART) {
            let mut lines = String::new();
            for round in part {
                // What was measured elsewhere keeps its own URL: the instance claims nothing across the change.
                let is_own = round.target == imported;
                let place = if is_own { target.url.clone() } else { round.target.clone() };
                let round = Round { target: place, ..round.clone() };
                let line = serde_json::to_string(&round).context("failed to write JSON")?;
                let _ = writeln!(lines, "{line}"); // Writing to a String does not fail.
            }
            let loaded = worker.load_records(&target.slug, &lines, analysis.measured_every_s, rounds::UNCHANGED_S);
            n_taken += loaded.with_context(|| format!("failed to load {}", target.slug))?.n_rounds;
        }
        writeln!(out, "{}: {n_taken} of {} records loaded from {imported}", target.slug, rounds.len())?;
    }
    for imported in &missing {
        complain!("warning: {imported} is left out: the instance does not measure it");
    }
    if !missing.is_empty() {
        complain!(
            "  hint: give the instance the repository's .upptimerc.yml first (PUT /api/v1/config), then import again"
        );
    }
    Ok(if missing.is_empty() { Exit::Reachable } else { Exit::CouldNotMeasure })
}

/// Two sites at one place are told apart by their slug, which the import appends.
fn find<'a>(measured: &'a [TargetStatus], imported: &str) -> Option<&'a TargetStatus> {
    let (url, slug) = imported.rsplit_once('#').map_or((imported, None), |(url, slug)| (url, Some(slug)));
    let mut same_place = measured.iter().filter(|target| target.url == url);
    match slug {
        Some(slug) => same_place.find(|target| target.slug == slug),
        None => same_place.next(),
    }
}
