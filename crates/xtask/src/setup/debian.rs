//! Installs Debian packages where we may: as root, on a system with `apt-get`.

use crate::say;
use crate::workspace::find_program;
use std::path::Path;
use std::process::Command;

/// Another `apt-get` may be at work, as on a machine that was started just now.
const WAIT_FOR_OTHERS: &str = "DPkg::Lock::Timeout=300";

/// Installs packages; what is not installed in the end is said, and the caller looks for the programs. Nothing is tried
/// where we are not root or there is no `apt-get`.
pub fn install(packages: &[&str]) {
    let Some(apt) = find_program(&["apt-get"]) else { return };
    if packages.is_empty() || !is_root() {
        return;
    }
    let named = packages.join(" ");
    say(format_args!("installing Debian packages: apt-get install -y --no-install-recommends {named}"));
    let install =
        |packages: &[&str]| apt_get(&apt, &[&["install", "-y", "--no-install-recommends"][..], packages].concat());
    // A fresh machine has no package lists yet, and those of an old one name files that are gone.
    if install(packages).is_ok() || apt_get(&apt, &["update"]).and_then(|()| install(packages)).is_ok() {
        return;
    }
    // One that is not there keeps none of the others away.
    for package in packages {
        if let Err(why) = install(&[package]) {
            say(format_args!("apt-get could not install {package}: {why}"));
        }
    }
}

/// Returns the last line that it wrote where it fails.
fn apt_get(apt: &Path, arguments: &[&str]) -> Result<(), String> {
    let mut command = Command::new(apt);
    command.args(["-o", WAIT_FOR_OTHERS]).args(arguments).env("DEBIAN_FRONTEND", "noninteractive");
    let output = crate::children::output(&mut command).map_err(|error| error.to_string())?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(said.lines().map(str::trim).rfind(|line| !line.is_empty()).unwrap_or("it did not say why").to_owned())
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}
