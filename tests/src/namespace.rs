//! Tests inside a network namespace of their own: a test runs itself again in one.

use dualwatch_simnet::world;

/// Set inside; a test that finds it does its work.
const INSIDE: &str = "DUALWATCH_TESTS_INSIDE_NAMESPACE";

/// Only IPv4 on loopback.
pub const NO_IPV6: &str = "ip link set lo up; if [ -e /proc/net/if_inet6 ]; then ip -6 addr del ::1/128 dev lo; fi";
/// Loopback, and no way out: offline.
pub const OFFLINE: &str = "ip link set lo up";

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
    let program = std::env::current_exe().expect("the path of the test program");
    let script = format!("{set_up}; exec \"$0\" --exact {name} --nocapture");
    let run = world::alone().args(["sh", "-ec", &script]).arg(program).env(INSIDE, "1").output();
    let output = run.expect("`unshare` runs");
    let text = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && text.contains("running 1 test"), "inside of the namespace:\n{text}");
    false
}
