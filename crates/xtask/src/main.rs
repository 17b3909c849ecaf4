//! The command line of `cargo xtask`.

use clap::{Parser, Subcommand};
use std::process::ExitCode;
use xtask::workspace::Workspace;
use xtask::{audit, bench, build, children, clients, dist, fuzz, serve, sizes, state, test};

/// Builds, serves and tests Dualwatch.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Builds worker and page, after getting whatever is missing.
    Build,
    /// Builds, then runs worker and page on this machine until Ctrl-C.
    Serve(serve::Args),
    /// Checks, builds and tests everything, real browsers included.
    Test(test::Args),
    /// Measures how much a check takes, beside what others take for it.
    Bench(bench::Args),
    /// Feeds what a stranger may send to the code that reads it, and looks for what breaks.
    Fuzz(fuzz::Args),
    /// Measures again what real clients do when one family is broken.
    Clients(clients::Args),
    /// Builds, then prints the sizes of worker and page and compares them with their budget.
    Sizes,
    /// Packs program, worker, page and runtime into a folder and an archive, with their bill of materials.
    Dist,
    /// Writes what public configurations of Upptime ask for, in numbers alone (`crates/config/STATE.md`).
    State(state::Args),
    /// Asks cargo-deny about every dependency: licences, bans, sources, and known weaknesses.
    Audit,
}

fn run(cli: Cli) -> anyhow::Result<()> {
    children::hear()?;
    let workspace = Workspace::locate()?;
    match cli.command {
        Command::Build => build::run(&workspace).map(drop),
        Command::Serve(args) => serve::run(&workspace, &args),
        Command::Test(args) => test::run(&workspace, &args),
        Command::Bench(args) => bench::run(&workspace, &args),
        Command::Fuzz(args) => fuzz::run(&workspace, &args),
        Command::Clients(args) => clients::run(&workspace, &args),
        Command::Dist => dist::run(&workspace),
        Command::State(args) => state::run(&workspace, &args),
        Command::Audit => audit::run(&workspace),
        Command::Sizes => sizes::check(&build::run(&workspace)?),
    }
}

fn main() -> ExitCode {
    match run(Cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
