//! Runs the fuzz targets (`tests/fuzz`) under libFuzzer, by cargo-fuzz; and the laws (proptest) with many new cases.

use crate::say;
use crate::setup::cargo_fuzz;
use crate::workspace::{Workspace, run as run_program};
use anyhow::{Context as _, Result, bail};
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

/// The target that is none of libFuzzer's.
const LAWS: &str = "laws";
/// The packages with laws, and of how many cases one of their runs consists.
const WITH_LAWS: [&str; 4] = ["dualwatch-core", "dualwatch-config", "dualwatch-import", "dualwatch-words"];
const CASES: u32 = 2_000;

#[derive(clap::Args)]
pub struct Args {
    /// Runs only these targets [default: `laws`, then all of `tests/fuzz/seeds`, one after the other]
    #[arg(value_name = "TARGET")]
    targets: Vec<String>,
    /// How long each runs
    #[arg(long, value_name = "N", default_value_t = 600)]
    seconds: u32,
}

/// Runs targets, each from its seeds and what earlier runs have found; fails with the first input that breaks a promise.
pub fn run(workspace: &Workspace, args: &Args) -> Result<()> {
    let package = workspace.root.join("tests/fuzz");
    let known = names(&package.join("seeds"))?;
    let known: Vec<String> = std::iter::once(LAWS.to_owned()).chain(known).collect();
    if let Some(unknown) = args.targets.iter().find(|target| !known.contains(target)) {
        bail!("there is no fuzz target {unknown}; there are {}", known.join(", "));
    }
    let is_meant = |target: &&String| args.targets.is_empty() || args.targets.contains(target);
    let (laws, targets): (Vec<&String>, Vec<&String>) = known.iter().filter(is_meant).partition(|name| *name == LAWS);
    if !laws.is_empty() {
        run_laws(workspace, Duration::from_secs(args.seconds.into()))?;
    }
    if targets.is_empty() {
        return Ok(());
    }
    let cargo_fuzz = cargo_fuzz(workspace)?;
    for target in targets {
        say(format_args!("fuzzing {target} for {} s", args.seconds));
        let found = workspace.target.join("fuzz/corpus").join(target);
        let broken = workspace.target.join("fuzz/artifacts").join(target);
        for dir in [&found, &broken] {
            fs::create_dir_all(dir).with_context(|| format!("cannot create {}", dir.display()))?;
        }
        let mut cargo = workspace.cargo();
        // cargo finds the subcommand on PATH only; the program itself wants to be called like one.
        cargo.env("PATH", with_dir(&cargo_fuzz)?);
        // Coverage is a matter of LLVM; only the flag that asks rustc for it is not stable.
        cargo.env("RUSTC_BOOTSTRAP", "1");
        // No sanitizer: there is no unsafe code here to watch. Overflows and assertions are checked.
        cargo.args([
            "fuzz",
            "run",
            "--sanitizer",
            "none",
            "--debug-assertions",
            "--features",
            "libfuzzer",
            "--fuzz-dir",
        ]);
        cargo.arg(&package).arg("--target-dir").arg(workspace.target.join("fuzz")).arg(target);
        cargo.arg(&found).arg(package.join("seeds").join(target)).arg("--");
        cargo.arg(format!("-max_total_time={}", args.seconds)).arg(format!("-artifact_prefix={}/", broken.display()));
        // Seconds for one input and MiB for the program: reading must be cheap whatever is read.
        cargo.args(["-timeout=10", "-rss_limit_mb=1024", "-max_len=65536", "-print_final_stats=1", "-verbosity=0"]);
        run_program(&mut cargo, &format!("fuzzing {target}"))?;
    }
    Ok(())
}

/// Runs the laws again and again, each time with cases that no run before had, until so much time has passed. What fails
/// is printed in its smallest form, and kept beside the test until it is mended.
fn run_laws(workspace: &Workspace, time: Duration) -> Result<()> {
    say(format_args!("fuzzing {LAWS} for {} s", time.as_secs()));
    let begin = Instant::now();
    for n in 1.. {
        let mut cargo = workspace.cargo();
        cargo.args(["test", "--quiet", "--locked"]);
        cargo.args(WITH_LAWS.iter().flat_map(|package| ["--package", package]));
        cargo.env("PROPTEST_CASES", CASES.to_string()).env_remove("PROPTEST_RNG_SEED");
        run_program(&mut cargo, "the laws with new cases")?;
        say(format_args!("{} cases of each law after {} s", n * CASES, begin.elapsed().as_secs()));
        if begin.elapsed() >= time {
            break;
        }
    }
    Ok(())
}

/// The names of the folders in a folder, sorted.
fn names(dir: &Path) -> Result<Vec<String>> {
    let entries = dir.read_dir().with_context(|| format!("cannot read {}", dir.display()))?;
    let mut names: Vec<String> =
        entries.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned())).collect::<Result<_>>()?;
    names.sort();
    Ok(names)
}

/// `PATH` with the folder of a program before everything else.
fn with_dir(program: &Path) -> Result<std::ffi::OsString> {
    let dir = program.parent().context("a program is in a folder")?.to_owned();
    let path = std::env::var_os("PATH").unwrap_or_default();
    Ok(std::env::join_paths([dir].into_iter().chain(std::env::split_paths(&path)))?)
}
