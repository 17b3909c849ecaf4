//! Tests inside a network namespace of their own: a test runs itself again in one.

use std::process::Command;

/// Set inside; a test that finds it does its work.
const INSIDE: &str = "DUALWATCH_TESTS_INSIDE_NAMESPACE";

/// Only IPv4 on loopback.
pub const NO_IPV6: &str = "ip link set lo up && ip -6 addr del ::1/128 dev lo";
/// Loopback, and no way out: offline.
pub const OFFLINE: &str = "ip link set lo up";

/// Returns whether the caller is inside of a namespace that `set_up` has prepared, and is to do its work.
///
/// Outside it runs the test `name` of this program again inside, and fails if that fails. Where namespaces cannot be
/// made it says so, and nothing is tested.
pub fn is_inside(name: &str, set_up: &str) -> bool {
    if std::env::var_os(INSIDE).is_some() {
        return true;
    }
    let program = std::env::current_exe().expect("the path of the test program");
    let script = format!("{set_up} && exec \"$0\" --exact {name} --nocapture");
    let run = Command::new("unshare")
        .args(["--user", "--map-root-user", "--net", "sh", "-c", &script])
        .arg(program)
        .env(INSIDE, "1")
        .output();
    match run {
        Ok(output) if output.status.success() => {}
        Ok(output) => {
            let text = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
            assert!(!text.contains("running 1 test"), "inside of the namespace:\n{text}");
            println!("skipped: no network namespace can be made here: {text}");
        }
        Err(error) => println!("skipped: there is no `unshare` here: {error}"),
    }
    false
}
