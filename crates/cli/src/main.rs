//! The `dualwatch` program.
//!
//! Exit codes: 0 reachable over every published family, 1 a family failed, 2 could not measure or bad usage; of `lint`
//! 0 usable, 1 not usable, 2 unreadable; of `doctor` 0 healthy, 1 trouble, 2 could not look;
//! of `status` 0 all well, 1 something is wrong, 2 not known.

// First: its macro is used by the others.
#[macro_use]
mod out;

mod check;
mod clients;
mod clock;
mod describe;
mod doctor;
mod echo;
mod exit;
mod exporter;
mod import;
mod lint;
mod replay;
mod serving;
mod status;
mod vantage;

use clap::{Parser, Subcommand};
use exit::Exit;
use std::process::ExitCode;

/// Tells whether a service is reachable over IPv4 and over IPv6, and why not.
#[derive(Debug, Parser)]
#[command(
    name = "dualwatch",
    version,
    about,
    after_help = "Exit codes: 0 reachable over every published family, 1 a family failed, \
                                        2 could not measure or bad usage."
)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Measures URLs over both families, phase by phase, and compares them.
    Check(check::Arguments),
    /// Says how a status page stands: one of ours, or any that answers as Statuspage does.
    Status(status::Arguments),
    /// Prints what real clients do when IPv6 is broken and IPv4 is well, as it was measured.
    Clients(clients::Arguments),
    /// Replays stored rounds through the engine: timeline, incidents, availability, reports.
    Replay(replay::Arguments),
    /// Explains what another monitor recorded: its incidents, and what is wrong with them.
    Import(import::Arguments),
    /// Says what is wrong with a configuration (`dualwatch.yml` or `.upptimerc.yml`), line by line.
    Lint(lint::Arguments),
    /// Looks at the data folder of a worker that is stopped: what is wrong, what is lost, what to do.
    Doctor(doctor::Arguments),
    /// Serves endpoints of one family each for the self-test of visitors, and prints the DNS records that they need.
    Echo(echo::Arguments),
    /// Measures what Prometheus asks for, in place of `blackbox_exporter`: over both families, with causes.
    Exporter(exporter::Arguments),
    /// Measures the targets of a worker from here as well, until Ctrl-C: a further vantage.
    Vantage(vantage::Arguments),
    /// Prints the token of a vantage, made of that of the installation: it speaks for that vantage and for no other.
    VantageToken(vantage::token::Arguments),
    /// Prints what a shell needs to complete our commands.
    Completions(describe::Completions),
    /// Writes the manual pages into a folder.
    Man(describe::Man),
}

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            let exit = if error.use_stderr() { Exit::CouldNotMeasure } else { Exit::Reachable };
            // A closed pipe is no reason to fail differently.
            let _ = error.print();
            return exit.into();
        }
    };
    let is_plugin = matches!(&arguments.command, Command::Check(check) if check.is_plugin());
    let result = match arguments.command {
        Command::Check(arguments) => check::run(&arguments),
        Command::Status(arguments) => status::run(&arguments),
        Command::Clients(arguments) => clients::run(&arguments),
        Command::Replay(arguments) => replay::run(&arguments),
        Command::Import(arguments) => import::run(&arguments),
        Command::Lint(arguments) => lint::run(&arguments),
        Command::Doctor(arguments) => doctor::run(&arguments),
        Command::Echo(arguments) => echo::run(&arguments),
        Command::Exporter(arguments) => exporter::run(&arguments),
        Command::Vantage(arguments) => vantage::run(&arguments),
        Command::VantageToken(arguments) => vantage::token::run(&arguments),
        Command::Completions(arguments) => describe::completions(&arguments),
        Command::Man(arguments) => describe::man(&arguments),
    };
    result
        .unwrap_or_else(|error| {
            if is_plugin {
                return check::nagios::failed(&format!("{error:#}"));
            }
            complain!("error: {error:#}");
            Exit::CouldNotMeasure
        })
        .into()
}
