//! What many suites begin with: a runtime for labs, and a small lab.

use dualwatch_core::measure::family::{Family, PerFamily};
use dualwatch_simnet::{
    Lab,
    script::{Name, Script, Service},
    words::{Connect, Tcp, Tls},
};
use tokio::runtime::Runtime;

/// Returns a runtime that goes on while the test itself waits for workerd, as labs need.
///
/// # Panics
/// Where the system gives no threads.
pub fn runtime() -> Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime")
}

/// The script of a lab with a control, `good`, and `half`, which refuses over IPv6.
pub fn half() -> Script {
    Script::new()
        .service("control", Service::both(Tcp::Hold).as_control())
        .service("good", Service::good())
        .service("half", Service::good().over(Family::Ipv6, Connect::Refused))
}

/// As [`half`], with `tls` beside them, called `tls.lab.test`.
pub fn half_and_tls() -> Script {
    half().service("tls", Service::both(Tls::Good).named(&["tls.lab.test"])).name("tls.lab.test", Name::dual())
}

/// Returns the controls of a lab as a configuration names them.
pub fn controls(lab: &Lab) -> PerFamily<Vec<String>> {
    lab.controls().as_ref().map(|_, all| all.iter().map(ToString::to_string).collect())
}
