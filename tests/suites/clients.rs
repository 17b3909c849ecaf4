//! The table of real clients against the clients themselves: what Debian has of curl, wget and Python, with a name of both
//! families whose IPv6 side is refused, silent, prohibited, or accepts and stays silent, in a network of their own.

use dualwatch_clients::{Class, Fault, find};
use dualwatch_core::measure::family::Family;
use dualwatch_simnet::{
    Lab,
    script::{Script, Service},
    words::{Connect, Tcp},
};
use dualwatch_tests::{lab, namespace};
use std::{
    process::Command,
    time::{Duration, Instant},
};

/// The kernel gives up a silent address after 1 + 2 + 4 s here, and not after two minutes; and one name has both families.
/// What of `/etc` others may not read is not needed.
const SET_UP: &str = "echo 2 > /proc/sys/net/ipv4/tcp_syn_retries\n\
                      if [ -e /proc/sys/net/ipv4/tcp_syn_linear_timeouts ]; then \
                      echo 0 > /proc/sys/net/ipv4/tcp_syn_linear_timeouts; fi\n\
                      cp -a /etc \"$1/etc\" 2> /dev/null || true\n\
                      printf '::1 both.test\\n127.0.0.1 both.test\\n' > \"$1/etc/hosts\"\n\
                      printf 'passwd: files\\nhosts: files\\n' > \"$1/etc/nsswitch.conf\"\n\
                      mount --bind \"$1/etc\" /etc";

/// Between what a client that races takes, a fraction of a second, and what the kernel takes.
const RACED_WITHIN: Duration = Duration::from_secs(5);

/// So many seconds the clients are told to wait for an answer, where none ever comes.
const PATIENCE_S: u32 = 3;

/// How one is called for a URL.
type Call = fn(&str) -> Command;

/// What each is in the table, and how it is called for a URL.
const CLIENTS: [(&str, Call); 3] = [("curl", curl), ("wget", wget), ("python-urllib", urllib)];

fn curl(url: &str) -> Command {
    let mut command = Command::new("curl");
    command.args(["--silent", "--show-error", "--fail", "--output", "/dev/null", url]);
    command
}

fn wget(url: &str) -> Command {
    let mut command = Command::new("wget");
    command.args(["--quiet", "--tries=1", "--output-document=/dev/null", url]);
    command
}

fn urllib(url: &str) -> Command {
    let mut command = Command::new("python3");
    command.args([
        "-c",
        "import sys, urllib.request; urllib.request.urlopen(sys.argv[1], timeout=float(sys.argv[2]) or None).read()",
    ]);
    command.args([url, "0"]);
    command
}

/// Tells a client how long to wait for an answer.
fn patient(mut command: Command) -> Command {
    match command.get_program().to_str() {
        Some("curl") => drop(command.args(["--max-time", &PATIENCE_S.to_string()])),
        Some("wget") => drop(command.arg(format!("--read-timeout={PATIENCE_S}"))),
        _ => {
            let mut args: Vec<_> = command.get_args().map(ToOwned::to_owned).collect();
            args.pop();
            command = Command::new("python3");
            command.args(args).arg(PATIENCE_S.to_string());
        }
    }
    command
}

/// Whether it was served, and after how long.
fn run(mut command: Command) -> (bool, Duration) {
    let begun = Instant::now();
    let output = command.output().unwrap_or_else(|e| panic!("{command:?}: {e}; `cargo xtask test` installs it"));
    (output.status.success(), begun.elapsed())
}

fn nft(script: &str) {
    let output = Command::new("nft").arg(script).output().expect("nft runs");
    assert!(output.status.success(), "{script}: {}", String::from_utf8_lossy(&output.stderr));
}

fn class(id: &str, fault: Fault) -> Class {
    Class::of(find(id)[0].fate(fault).expect("it was run"))
}

#[test]
fn real_clients_fare_as_the_table_says() {
    if !namespace::is_inside_with_mounts("real_clients_fare_as_the_table_says") {
        return;
    }
    let dir = tempfile::tempdir().expect("a folder");
    let set_up = Command::new("sh").args(["-ec", SET_UP, "sh"]).arg(dir.path()).output().expect("sh runs");
    assert!(set_up.status.success(), "{}", String::from_utf8_lossy(&set_up.stderr));
    let runtime = lab::runtime();
    let script = Script::new()
        .service("refused", Service::good().over(Family::Ipv6, Connect::Refused))
        .service("silent", Service::good())
        .service("prohibited", Service::good())
        .service("mute", Service::good().over(Family::Ipv6, Tcp::Hold));
    let lab = runtime.block_on(Lab::start(script)).expect("the lab starts");
    nft("add table inet clients");
    nft("add chain inet clients input { type filter hook input priority 0; }");
    let to = |service: &str| format!("ip6 daddr ::1 tcp dport {}", lab.port(service));
    nft(&format!("add rule inet clients input {} drop", to("silent")));
    nft(&format!("add rule inet clients input {} reject with icmpv6 admin-prohibited", to("prohibited")));
    let url = |service: &str| format!("http://both.test:{}/", lab.port(service));

    let faults = [Fault::Refused, Fault::Silent, Fault::Prohibited, Fault::Mute];
    let mut wrong = Vec::new();
    std::thread::scope(|threads| {
        let runs: Vec<_> = faults
            .into_iter()
            .flat_map(|fault| CLIENTS.map(|(id, call)| (fault, id, call(&url(fault.code())))))
            .map(|(fault, id, command)| {
                let command = if fault == Fault::Mute { patient(command) } else { command };
                (fault, id, threads.spawn(|| run(command)))
            })
            .collect();
        for (fault, id, running) in runs {
            let (is_served, after) = running.join().expect("it ends");
            let met = match (is_served, after < RACED_WITHIN) {
                (true, true) => Class::Unnoticed,
                (true, false) => Class::Waits,
                (false, _) => Class::Fails,
            };
            if met != class(id, fault) {
                wrong.push(format!("{id}, {}: {met:?} after {after:?}, not {:?}", fault.code(), class(id, fault)));
            }
        }
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
