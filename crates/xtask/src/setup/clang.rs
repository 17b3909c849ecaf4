//! The TLS cryptography that this machine can compile for WebAssembly.

use super::wasm_target::TARGET;
use crate::say;
use crate::workspace::find_program;
use anyhow::{Result, bail};
use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Overrides the choice: `ring` or `rustcrypto`.
const CHOICE: &str = "DUALWATCH_CRYPTO";
/// How the `cc` crate is told of the compiler and archiver for the target.
const CC: &str = "CC_wasm32_unknown_unknown";
const AR: &str = "AR_wasm32_unknown_unknown";
/// Newest first; Homebrew's are here because Apple's own clang has no WebAssembly.
const CLANGS: [&str; 13] = [
    "clang",
    "clang-21",
    "clang-20",
    "clang-19",
    "clang-18",
    "clang-17",
    "clang-16",
    "clang-15",
    "clang-14",
    "clang-13",
    "clang-12",
    "/opt/homebrew/opt/llvm/bin/clang",
    "/usr/local/opt/llvm/bin/clang",
];

/// Which TLS cryptography the worker is built with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Crypto {
    /// Audited and faster; needs a clang that compiles for WebAssembly, given by these environment variables.
    Ring(Vec<(&'static str, PathBuf)>),
    /// Needs nothing but Rust; not audited.
    Rustcrypto,
}

impl Crypto {
    /// The name of the worker's cargo feature.
    pub fn feature(&self) -> &'static str {
        match self {
            Self::Ring(_) => "ring",
            Self::Rustcrypto => "rustcrypto",
        }
    }

    /// Further environment of cargo.
    pub fn environment(&self) -> &[(&'static str, PathBuf)] {
        match self {
            Self::Ring(environment) => environment,
            Self::Rustcrypto => &[],
        }
    }
}

/// What the user has chosen; `None` is what works here, ring first.
fn choice() -> Result<Option<&'static str>> {
    match env::var(CHOICE).ok().as_deref() {
        None | Some("") => Ok(None),
        Some("ring") => Ok(Some("ring")),
        Some("rustcrypto") => Ok(Some("rustcrypto")),
        Some(other) => bail!("{CHOICE} is {other:?}: write ring or rustcrypto"),
    }
}

/// Returns Debian's package with what ring needs and this machine lacks.
pub fn package() -> Result<Option<&'static str>> {
    Ok((choice()? != Some("rustcrypto") && clang().is_none()).then_some("clang"))
}

/// Returns `ring` where a clang for it is there, and `rustcrypto` otherwise.
pub fn crypto() -> Result<Crypto> {
    let choice = choice()?;
    if choice == Some("rustcrypto") {
        return Ok(Crypto::Rustcrypto);
    }
    if let Some(environment) = clang() {
        return Ok(Crypto::Ring(environment));
    }
    let remedy = "install clang with WebAssembly support (Debian, Ubuntu: apt install clang; Fedora: dnf install clang; \
                  macOS: brew install llvm), or name one in CC_wasm32_unknown_unknown";
    if choice == Some("ring") {
        bail!("a clang that compiles for WebAssembly ({remedy})");
    }
    say("no clang that compiles for WebAssembly: the worker gets the pure-Rust cryptography instead, which is slower");
    say(format_args!("and not audited. To get ring, {remedy}."));
    Ok(Crypto::Rustcrypto)
}

/// Returns the environment that makes the `cc` crate use a clang that works; empty where it would find it by itself.
fn clang() -> Option<Vec<(&'static str, PathBuf)>> {
    if let Some(given) = env::var_os(CC) {
        return compiles(Path::new(&given)).then(Vec::new);
    }
    let clang = CLANGS.iter().filter_map(|name| find_program(&[name])).find(|clang| compiles(clang))?;
    let mut environment = Vec::new();
    if clang.file_name().is_none_or(|name| name != "clang") || find_program(&["clang"]).as_ref() != Some(&clang) {
        environment.push((CC, clang.clone()));
    }
    if env::var_os(AR).is_none() && find_program(&["llvm-ar"]).is_none() {
        environment.extend(archiver(&clang).map(|ar| (AR, ar)));
    }
    Some(environment)
}

/// Compiles an empty program: a clang may be built without the WebAssembly back end.
fn compiles(clang: &Path) -> bool {
    let mut command = Command::new(clang);
    command.arg(format!("--target={TARGET}")).args(["-c", "-x", "c", "-o", "/dev/null", "/dev/null"]);
    command.stdout(Stdio::null()).stderr(Stdio::null());
    crate::children::status(&mut command).is_ok_and(|status| status.success())
}

/// A plain `ar` does not index WebAssembly objects.
fn archiver(clang: &Path) -> Option<PathBuf> {
    let output = Command::new(clang).arg("-print-prog-name=llvm-ar").output().ok()?;
    Some(PathBuf::from(String::from_utf8_lossy(&output.stdout).trim())).filter(|path| path.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_is_no_compiler_is_not_taken() {
        assert!(!compiles(Path::new("/bin/false")));
        assert!(!compiles(Path::new("/no/such/program")));
    }

    #[test]
    fn features_are_those_of_the_worker() {
        let manifest = include_str!("../../../../worker/Cargo.toml");
        for crypto in [Crypto::Ring(Vec::new()), Crypto::Rustcrypto] {
            assert!(manifest.contains(&format!("\n{} = [", crypto.feature())), "{crypto:?}");
        }
    }
}
