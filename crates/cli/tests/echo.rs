//! `dualwatch echo` as operators meet it: what it prints, and what it refuses.

use std::process::{Command, Output};

fn echo(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_dualwatch")).arg("echo").args(arguments).output().expect("the program runs")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn a_zone_is_printed_with_its_configuration_and_nothing_is_served() {
    let output = echo(&["--zone", "status.example", "--address", "9.9.9.9", "--address", "2620:fe::9"]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let told = text(&output.stdout);
    let records: Vec<String> = told
        .lines()
        .filter(|line| !line.starts_with([';', '#', ' ']) && line.contains(" IN "))
        .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
        .collect();
    assert_eq!(
        records,
        [
            "ipv4.status.example. 300 IN A 9.9.9.9",
            "*.ipv4.status.example. 300 IN A 9.9.9.9",
            "ipv6.status.example. 300 IN AAAA 2620:fe::9",
            "*.ipv6.status.example. 300 IN AAAA 2620:fe::9",
            "dual.status.example. 300 IN A 9.9.9.9",
            "dual.status.example. 300 IN AAAA 2620:fe::9",
            "*.dual.status.example. 300 IN A 9.9.9.9",
            "*.dual.status.example. 300 IN AAAA 2620:fe::9",
            "oak.status.example. 300 IN CNAME ipv4.status.example.",
            "*.oak.status.example. 300 IN CNAME ipv4.status.example.",
            "elm.status.example. 300 IN CNAME ipv6.status.example.",
            "*.elm.status.example. 300 IN CNAME ipv6.status.example.",
        ]
    );
    let yaml = told.split("# dualwatch.yml\n").nth(1).expect("a configuration");
    assert_eq!(
        yaml.trim_end(),
        "self_test:\n  ipv4: \"https://*.ipv4.status.example\"\n  ipv6: \"https://*.ipv6.status.example\"\n  \
         dual_stack: \"https://*.dual.status.example\"\n  \
         # literal_ipv4: \"https://9.9.9.9\"   # only with a certificate that names this address\n  \
         # literal_ipv6: \"https://[2620:fe::9]\"   # only with a certificate that names this address\n  \
         neutral_ipv4: \"https://*.oak.status.example\"\n  neutral_ipv6: \"https://*.elm.status.example\""
    );
    assert_eq!(text(&output.stderr), "");
    let output = echo(&["--zone", "status.example", "--address", "10.0.0.7"]);
    assert!(text(&output.stderr).contains("10.0.0.7 is not reached from the Internet"), "{output:?}");
    assert!(text(&output.stdout).contains("<the IPv6 address of this machine>"), "{output:?}");
}

#[test]
fn what_cannot_be_served_is_said() {
    let check = |arguments: &[&str], expected: &str| {
        let output = echo(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {output:?}");
        assert!(text(&output.stderr).contains(expected), "{arguments:?}: {}", text(&output.stderr));
    };
    check(&[], "--http PORT");
    check(&["--zone", "192.0.2.1"], "no name of a zone");
    check(&["--https", "0"], "--certificate");
    check(&["--http", "0", "--connections", "0"], "1 to 100000");
    let folder = tempfile::tempdir().expect("a folder");
    let chain = folder.path().join("chain.pem");
    std::fs::write(&chain, "no certificate").expect("written");
    let chain = chain.to_str().expect("a path");
    let arguments = ["--https", "0", "--allow-root", "--certificate", chain, "--key", chain];
    check(&arguments, "chain.pem:1: there is no certificate in this file");
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = taken.local_addr().expect("an address").port().to_string();
    check(&["--http", &port, "--ipv4", "127.0.0.1", "--ipv6", "::1", "--allow-root"], &format!("127.0.0.1:{port}"));
}

/// Promise (Bounds): `dualwatch echo` does not run as root unless it is told to.
#[test]
#[cfg(unix)]
fn root_is_refused() {
    let is_root = Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout.trim_ascii() == b"0");
    if !is_root {
        return dualwatch_notrun::refused("as root: this is another user");
    }
    let output = echo(&["--http", "0", "--ipv4", "127.0.0.1", "--ipv6", "::1"]);
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert!(text(&output.stderr).contains("--allow-root"), "{output:?}");
}
