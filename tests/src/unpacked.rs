//! Programs of Debian that `cargo xtask test` gets, and unpacks where they are not installed.

use std::{env, path::PathBuf};

/// Returns a program, where `cargo xtask test` unpacks it, or on `PATH`.
///
/// # Panics
/// Where there is none: `cargo xtask test` gets it, or says that it cannot.
pub fn find(package: &str, names: &[&str]) -> PathBuf {
    // A test runs from `debug/deps` in the target folder.
    let test = env::current_exe().expect("the path of the test program");
    let unpacked = test.ancestors().nth(3).map(|target| target.join("tools").join(package).join("usr"));
    let unpacked = unpacked.into_iter().flat_map(|usr| [usr.join("bin"), usr.join("sbin")]);
    let path = env::var_os("PATH").unwrap_or_default();
    let mut all = unpacked.chain(env::split_paths(&path)).flat_map(|dir| names.iter().map(move |n| dir.join(n)));
    all.find(|path| path.is_file()).unwrap_or_else(|| panic!("{names:?} is missing; `cargo xtask test rust` gets it"))
}
