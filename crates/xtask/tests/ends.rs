//! SIGTERM is heard while something is built: what runs for us ends, with what it has started, and so do we.

use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::Path,
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

/// A cargo whose compiler takes ten minutes. What it is asked about the workspace, the real one says.
const CARGO: &str = r#"#!/bin/sh
if [ "$1" = metadata ]; then exec "$REAL_CARGO" "$@"; fi
sleep 600 &
echo $! > "$PIDS/compiler.new"
echo $$ > "$PIDS/cargo"
mv "$PIDS/compiler.new" "$PIDS/compiler"
wait
"#;

/// A build would go on for minutes.
const PROMPTLY: Duration = Duration::from_secs(10);

fn within<T>(limit: Duration, what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(begun.elapsed() < limit, "{what}: not within {} s", limit.as_secs());
        thread::sleep(Duration::from_millis(50));
    }
}

/// Whether a process is there and has not ended (proc(5); one that nobody waits for stays listed as `Z`).
fn runs(pid: &str) -> bool {
    let stat = fs::read_to_string(Path::new("/proc").join(pid).join("stat")).unwrap_or_default();
    stat.rsplit_once(") ").is_some_and(|(_, rest)| !rest.starts_with(['Z', 'X']))
}

#[test]
fn a_build_ends_with_us() {
    let dir = tempfile::tempdir().unwrap();
    let cargo = dir.path().join("cargo");
    fs::write(&cargo, CARGO).unwrap();
    fs::set_permissions(&cargo, fs::Permissions::from_mode(0o700)).unwrap();
    for arguments in [&["serve", "--demo", "--port", "0"][..], &["build"]] {
        let pids = tempfile::tempdir().unwrap();
        let mut xtask = Command::new(env!("CARGO_BIN_EXE_xtask"))
            .args(arguments)
            .env("REAL_CARGO", env!("CARGO"))
            .env("CARGO", &cargo)
            .env("PIDS", pids.path())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let of = |name: &str| fs::read_to_string(pids.path().join(name)).ok().map(|text| text.trim().to_owned());
        let compiler = within(6 * PROMPTLY, "the compiler runs", || of("compiler"));
        let both = [of("cargo").unwrap(), compiler];
        assert!(both.iter().all(|pid| runs(pid)), "{both:?}");

        kill(Pid::from_raw(i32::try_from(xtask.id()).unwrap()), Signal::SIGTERM).unwrap();
        let status = within(PROMPTLY, "xtask ends", || xtask.try_wait().unwrap());
        assert!(!status.success(), "nothing was built");
        within(PROMPTLY, "what ran for it ends", || (!both.iter().any(|pid| runs(pid))).then_some(()));
    }
}
