//! Installs Debian packages where we may: as root, on a system with `apt-get`.

use crate::say;
use crate::workspace::{find_program, succeeds};
use std::process::Command;

/// Returns whether the package was installed; nothing is tried where we are not root or there is no `apt-get`.
pub fn install(package: &str, purpose: &str) -> bool {
    let Some(apt) = find_program(&["apt-get"]) else { return false };
    if !is_root() {
        return false;
    }
    say(format_args!("installing the Debian package {package} ({purpose}): apt-get install -y {package}"));
    let install = || {
        let mut command = Command::new(&apt);
        command.args(["install", "-y", "--no-install-recommends", package]);
        command.env("DEBIAN_FRONTEND", "noninteractive");
        succeeds(&mut command)
    };
    // A fresh machine has no package lists yet.
    let done = install() || (succeeds(Command::new(&apt).arg("update")) && install());
    if !done {
        say(format_args!("apt-get could not install {package}"));
    }
    done
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}
