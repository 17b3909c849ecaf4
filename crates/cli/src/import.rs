//! `dualwatch import upptime`: an Upptime repository, explained for people, as JSON, or as rounds.

mod into;
mod past;
mod print;

use crate::{clock, exit::Exit, out::Out};
use anyhow::{Context, Result, anyhow, ensure};
use clap::Subcommand;
use dualwatch_core::measure::time::Timestamp;
use dualwatch_import::{analyse, folder, rounds};
use past::Past;
use std::{
    io::{BufWriter, Write},
    path::PathBuf,
};

#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    format: Format,
}

#[derive(Debug, Subcommand)]
enum Format {
    /// A clone of an Upptime repository, or what was extracted from one.
    Upptime(Upptime),
}

#[derive(Debug, clap::Args)]
struct Upptime {
    /// The clone (its git history is read), or a folder with its files and `history-versions.tsv`.
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// Read the versions of the history files from this extract, and not from git.
    #[arg(long, value_name = "TSV")]
    versions: Option<PathBuf>,
    /// Print one document.
    #[arg(long, conflicts_with = "rounds")]
    json: bool,
    /// Load the records into this running instance, target by target; it must measure them already.
    #[arg(long, value_name = "URL", requires = "token_file", conflicts_with_all = ["json", "rounds"])]
    into: Option<String>,
    /// The admin token of that instance is in this file.
    #[arg(long, value_name = "FILE", requires = "into")]
    token_file: Option<PathBuf>,
    /// Trust the certificates of this PEM file for that instance, in place of the public roots. May be given more than
    /// once.
    #[arg(long, value_name = "FILE", requires = "into")]
    ca: Vec<PathBuf>,
    /// Print every record as a round, one line of JSON each (the documents of `check --json`), oldest first.
    #[arg(long)]
    rounds: bool,
    /// Write the clock of this zone behind the times in UTC, such as `Europe/Berlin`.
    #[arg(long, value_name = "ZONE", conflicts_with_all = ["json", "rounds", "into"])]
    timezone: Option<String>,
}

/// Prints what the history says. What is wrong with it is no failure of the import.
pub fn run(arguments: &Arguments) -> Result<Exit> {
    let Format::Upptime(arguments) = &arguments.format;
    let timezone = arguments.timezone.as_deref();
    if let Some(name) = timezone {
        let epoch = Timestamp::from_unix_ms(0);
        ensure!(
            clock::around(name, epoch, epoch).is_some(),
            "there is no time zone `{name}`; a name of the IANA time zone database is expected, such as `Europe/Berlin`"
        );
    }
    let source =
        folder::open(&arguments.folder, arguments.versions.as_deref()).map_err(|why| anyhow!("failed to {why}"))?;
    let analysis = analyse(source);
    if let (Some(url), Some(token_file)) = (&arguments.into, &arguments.token_file) {
        return into::load(&analysis, url, token_file, &arguments.ca);
    }
    let mut out = BufWriter::new(Out::new());
    if arguments.json {
        let document = Past::of(&analysis).complete(analysis.document());
        serde_json::to_writer(&mut out, &document).context("failed to write JSON")?;
        writeln!(out)?;
    } else if arguments.rounds {
        for round in rounds::rounds(&analysis) {
            serde_json::to_writer(&mut out, &round).context("failed to write JSON")?;
            writeln!(out)?;
        }
    } else {
        let mut text = Vec::new();
        print::analysis(&mut text, &analysis, &Past::of(&analysis))?;
        let span = print::span(&analysis);
        out.write_all(clock::beside(&String::from_utf8_lossy(&text), timezone, span).as_bytes())?;
    }
    out.flush()?;
    Ok(Exit::Reachable)
}
