//! `dualwatch replay`: rounds of the past through the engine that watches the present.

mod print;

use crate::{clock, exit::Exit, out::Out};
use anyhow::{Context, Result, anyhow};
use dualwatch_config::Config;
use dualwatch_core::measure::time::Timestamp;
use dualwatch_replay::TargetReplay;
use std::{
    io::{BufWriter, Read, Write},
    path::{Path, PathBuf},
};

#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Rounds, one JSON document a line, as `dualwatch check --json` prints them; `-` reads standard input.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Names, intervals and policy from this dualwatch.yml.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Print one JSON document.
    #[arg(long)]
    json: bool,
}

/// Replays a file. Lines that are no rounds are named, and the others count: then the exit code is 2.
pub fn run(arguments: &Arguments) -> Result<Exit> {
    let name = arguments.file.display().to_string();
    let text = read(&arguments.file)?;
    let config = arguments.config.as_deref().map(load).transpose()?;
    let (rounds, bad) = dualwatch_replay::parse(&text, &name);
    for line in &bad {
        complain!("error: {line}");
    }
    if let Some(first) = bad.first() {
        complain!(
            "  hint: a line is one round as `dualwatch check URL --json` prints it; {} of them, the first {}, left out",
            if bad.len() == 1 { "1 line is none".to_owned() } else { format!("{} lines are none", bad.len()) },
            first.line
        );
    }
    let policy = dualwatch_replay::Policy::default();
    let replayed = dualwatch_replay::replay(rounds, config.as_ref(), &policy);
    let mut out = BufWriter::new(Out::new());
    if arguments.json {
        let document = dualwatch_replay::document(&replayed);
        writeln!(out, "{}", serde_json::to_string(&document).context("failed to write JSON")?)?;
    } else {
        let mut text = Vec::new();
        print::replay(&mut text, &replayed)?;
        let text = String::from_utf8_lossy(&text);
        let timezone = config.as_ref().and_then(|config| config.timezone.as_deref());
        out.write_all(clock::beside(&text, timezone, span(&replayed)).as_bytes())?;
    }
    out.flush()?;
    Ok(if bad.is_empty() { Exit::Reachable } else { Exit::CouldNotMeasure })
}

/// Returns from when to when all the rounds are.
fn span(replayed: &[TargetReplay]) -> Option<(Timestamp, Timestamp)> {
    let from = replayed.iter().map(|target| target.window.from).min();
    from.zip(replayed.iter().map(|target| target.window.to).max())
}

fn read(path: &Path) -> Result<Vec<u8>> {
    if path == Path::new("-") {
        let mut text = Vec::new();
        std::io::stdin().read_to_end(&mut text).context("failed to read standard input")?;
        return Ok(text);
    }
    std::fs::read(path).with_context(|| format!("failed to read {}", path.display()))
}

fn load(path: &Path) -> Result<Config> {
    let text = std::fs::read_to_string(path).with_context(|| format!("failed to read {}", path.display()))?;
    let folder = path.parent().unwrap_or(Path::new(""));
    let files =
        |name: &str| std::fs::read(folder.join(name)).map(dualwatch_config::file_text).map_err(|e| e.to_string());
    dualwatch_config::load(&text, &path.display().to_string(), &files).map_err(|findings| {
        let lines: Vec<String> = findings.iter().map(ToString::to_string).collect();
        anyhow!("the configuration cannot be used\n{}", lines.join("\n"))
    })
}
