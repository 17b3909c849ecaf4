//! Runs the fuzz targets (`tests/fuzz`) under libFuzzer, by cargo-fuzz.

use crate::say;
use crate::setup::cargo_fuzz;
use crate::workspace::{Workspace, run as run_program};
use anyhow::{Context as _, Result, bail};
use std::fs;
use std::path::Path;

#[derive(clap::Args)]
pub struct Args {
    /// Runs only these targets [default: all of `tests/fuzz/seeds`, one after the other]
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
    if let Some(unknown) = args.targets.iter().find(|target| !known.contains(target)) {
        bail!("there is no fuzz target {unknown}; there are {}", known.join(", "));
    }
    let cargo_fuzz = cargo_fuzz(workspace)?;
    for target in known.iter().filter(|known| args.targets.is_empty() || args.targets.contains(known)) {
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
