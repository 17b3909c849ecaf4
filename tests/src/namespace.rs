//! Tests inside a network namespace of their own: a test runs itself again in one.

use dualwatch_simnet::world;
use std::process::Command;

/// Set inside; a test that finds it does its work.
const INSIDE: &str = "DUALWATCH_TESTS_INSIDE_NAMESPACE";

/// Only IPv4 on loopback.
pub const NO_IPV6: &str = "ip link set lo up; if [ -e /proc/net/if_inet6 ]; then ip -6 addr del ::1/128 dev lo; fi";
/// Loopback, and no way out: offline.
pub const OFFLINE: &str = "ip link set lo up";

/// What mounts in a namespace of their own are tried with.
const TRIAL: &str = "mount -t tmpfs -o size=64k tmpfs /tmp";

/// Returns whether the caller is inside of a namespace that `set_up` has prepared, and is to do its work.
///
/// Outside it runs the test `name` of this program again inside, and fails if that fails. Where the kernel makes no
/// namespaces that is noted, and nothing is tested.
pub fn is_inside(name: &str, set_up: &str) -> bool {
    if std::env::var_os(INSIDE).is_some() {
        return true;
    }
    if let Some(why) = world::refusal().expect("`cargo xtask test` gets every program") {
        dualwatch_notrun::refused(why);
        return false;
    }
    run(world::alone(), name, set_up);
    false
}

/// The same, offline, with mounts of its own as well: what is mounted there is seen by nobody else, and vanishes with it.
pub fn is_inside_with_mounts(name: &str) -> bool {
    if std::env::var_os(INSIDE).is_some() {
        return true;
    }
    if let Some(why) = world::refusal().expect("`cargo xtask test` gets every program") {
        dualwatch_notrun::refused(why);
        return false;
    }
    let trial = with_mounts().args(["sh", "-ec", TRIAL]).output().expect("`unshare` runs");
    if !trial.status.success() {
        let said = String::from_utf8_lossy(&trial.stderr);
        dualwatch_notrun::refused(format!("the kernel allows no mounts in a namespace: {}", said.trim()));
        return false;
    }
    run(with_mounts(), name, OFFLINE);
    false
}

fn with_mounts() -> Command {
    let mut command = world::alone();
    command.args(["unshare", "--mount", "--propagation", "private", "--"]);
    command
}

fn run(mut alone: Command, name: &str, set_up: &str) {
    let program = std::env::current_exe().expect("the path of the test program");
    let script = format!("{set_up}; exec \"$0\" --exact {name} --nocapture");
    let run = alone.args(["sh", "-ec", &script]).arg(program).env(INSIDE, "1").output();
    let output = run.expect("`unshare` runs");
    let text = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && text.contains("running 1 test"), "inside of the namespace:\n{text}");
    // What a test says of itself, such as what it measured.
    for line in text.lines().filter(|line| line.starts_with("measured: ")) {
        println!("{line}");
    }
}
