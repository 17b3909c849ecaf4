//! `dualwatch-lab`: runs the demonstration, any script, or a command in a small faulty network.

use clap::{Parser, Subcommand, ValueEnum};
use dualwatch_core::measure::family::Family;
use dualwatch_simnet::{
    Lab, Script, behaviours_markdown, demo,
    words::World,
    world::{self, Order, Place},
};
use serde_json::json;
use std::{
    collections::BTreeMap,
    ffi::OsString,
    io::{self, Read, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

/// Servers that misbehave as a script says, for tests and demonstrations of Dualwatch.
#[derive(Parser)]
#[command(version)]
struct Options {
    #[command(subcommand)]
    command: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Run the demonstration and write its configuration, demo.yml.
    Demo {
        /// Where the configuration, the CA and the chosen ports are kept.
        #[arg(long)]
        dir: PathBuf,
        /// The first port to use; those in use are passed over.
        #[arg(long, default_value_t = 8800)]
        base_port: u16,
    },
    /// Run a script (TOML) and print where its servers are.
    Run {
        script: PathBuf,
        /// Where the CA (ca.pem) and the chosen ports are kept.
        #[arg(long)]
        dir: PathBuf,
        /// Only the part that belongs to a place of a world.
        #[arg(long, hide = true)]
        part: Option<Part>,
    },
    /// Run a command in a network of namespaces that has a fault (Linux).
    World {
        /// The fault; `dualwatch-lab behaviours` lists them under "Networks".
        #[arg(value_parser = world_of)]
        world: World,
        script: PathBuf,
        /// The family that has the fault.
        #[arg(long, value_enum, default_value_t = Over::Ipv6)]
        over: Over,
        #[arg(long)]
        dir: PathBuf,
        /// Already in a namespace of its own.
        #[arg(long, hide = true)]
        inside: bool,
        /// Finds the lab in the environment variable `DUALWATCH_LAB`.
        #[arg(last = true, required = true)]
        command: Vec<OsString>,
    },
    /// Print the table of all behaviours.
    Behaviours,
}

#[derive(Clone, Copy, ValueEnum)]
enum Part {
    Hop,
    There,
}

#[derive(Clone, Copy, ValueEnum)]
enum Over {
    Ipv4,
    Ipv6,
}

fn world_of(word: &str) -> Result<World, String> {
    World::from_word(word).ok_or_else(|| {
        let words: Vec<_> = World::ALL.iter().map(|world| world.word()).collect();
        format!("expected one of {}", words.join(", "))
    })
}

fn main() -> ExitCode {
    let done = match Options::parse().command {
        Action::Behaviours => io::stdout().write_all(behaviours_markdown().as_bytes()).map(|()| ExitCode::SUCCESS),
        Action::World { world, script, over, dir, inside, command } => {
            run_world(world, over, script, dir, inside, command)
        }
        action => serve(action).map(|()| ExitCode::SUCCESS),
    };
    done.unwrap_or_else(|e| {
        eprintln!("dualwatch-lab: {e}");
        ExitCode::from(2)
    })
}

fn run_world(
    world: World,
    over: Over,
    script: PathBuf,
    dir: PathBuf,
    inside: bool,
    command: Vec<OsString>,
) -> io::Result<ExitCode> {
    let status = if inside {
        let over = match over {
            Over::Ipv4 => Family::Ipv4,
            Over::Ipv6 => Family::Ipv6,
        };
        let program = std::env::current_exe()?;
        world::run(&Order { world, over, program, script, dir, command })?
    } else {
        world::enter(std::env::args_os().skip(1).collect())?
    };
    Ok(status.code().and_then(|code| u8::try_from(code).ok()).map_or(ExitCode::FAILURE, ExitCode::from))
}

#[tokio::main]
async fn serve(action: Action) -> io::Result<()> {
    let stop = told_to_stop()?;
    let lab = match action {
        Action::Demo { dir, base_port } => {
            std::fs::create_dir_all(&dir)?;
            let (lab, config) = demo::start(&dir, base_port).await?;
            announce(&json!({ "ready": true, "config": config }))?;
            lab
        }
        Action::Run { script, dir, part } => {
            let script = match part {
                None => read(&script)?,
                Some(Part::Hop) => world::part(read(&script)?, Place::Hop),
                Some(Part::There) => world::part(read(&script)?, Place::There),
            };
            let lab = Lab::start_in(script, &dir, None).await?;
            let ca = dir.join("ca.pem");
            std::fs::write(&ca, lab.ca_pem())?;
            announce(&json!({
                "ready": true,
                "ca": ca,
                "resolver": lab.resolver(),
                "resolvers": { "ipv4": lab.resolver_over(Family::Ipv4), "ipv6": lab.resolver_over(Family::Ipv6) },
                "doh": lab.doh_url(),
                "controls": lab.controls(),
                "services": lab.ports().collect::<BTreeMap<_, _>>(),
            }))?;
            lab
        }
        Action::World { .. } | Action::Behaviours => return Ok(()),
    };
    stop.await;
    lab.stop().await;
    Ok(())
}

fn read(path: &Path) -> io::Result<Script> {
    let at = |e: &dyn std::fmt::Display| io::Error::other(format!("{}: {e}", path.display()));
    Script::parse(&std::fs::read_to_string(path).map_err(|e| at(&e))?).map_err(|e| at(&e))
}

/// Prints one line that a program waits for.
fn announce(ready: &serde_json::Value) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    writeln!(stdout, "{ready}")?;
    stdout.flush()
}

/// Returns what ends at the end of standard input, at SIGTERM or at Ctrl-C. Signals count from now on: whoever reads that
/// we are ready may send one at once.
fn told_to_stop() -> io::Result<impl Future<Output = ()>> {
    let (ended, end_of_input) = tokio::sync::oneshot::channel();
    // A thread of its own: tokio's standard input would keep the runtime from ending.
    std::thread::spawn(move || {
        let mut buffer = [0; 256];
        while !matches!(io::stdin().lock().read(&mut buffer), Ok(0) | Err(_)) {}
        let _ = ended.send(());
    });
    #[cfg(unix)]
    let (mut terminated, mut interrupted) = {
        use tokio::signal::unix::{SignalKind, signal};
        (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?)
    };
    Ok(async move {
        #[cfg(unix)]
        tokio::select! {
            _ = end_of_input => {}
            _ = terminated.recv() => {}
            _ = interrupted.recv() => {}
        }
        #[cfg(not(unix))]
        tokio::select! {
            _ = end_of_input => {}
            _ = tokio::signal::ctrl_c() => {}
        }
    })
}
