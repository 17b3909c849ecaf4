//! The program `dualwatch-lab`.

use dualwatch_config::Config;
use dualwatch_core::measure::target::{BrowserEndpoints, Scheme};
#[cfg(unix)]
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use serde_json::Value;
use std::{
    io::{BufRead, BufReader, Read},
    net::TcpStream,
    path::Path,
    process::{Child, Command, Stdio},
};

fn start(arguments: &[&str]) -> (Child, Value) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_dualwatch-lab"))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
    (child, serde_json::from_str(&line).unwrap_or_else(|e| panic!("{e}: {line:?}")))
}

fn demo(dir: &Path) -> (Child, Config) {
    let (child, ready) = start(&["demo", "--dir", dir.to_str().unwrap(), "--base-port", "28800"]);
    assert_eq!(ready["ready"], true);
    let path = ready["config"].as_str().unwrap();
    assert_eq!(Path::new(path), dir.join("demo.yml"));
    let text = std::fs::read_to_string(path).unwrap();
    let config = dualwatch_config::load(&text, path, &|_| Err("no other file".to_owned()));
    (child, config.unwrap_or_else(|findings| panic!("{}", findings[0])))
}

#[test]
fn the_demonstration_runs_and_continues() {
    let dir = tempfile::tempdir().unwrap();
    let (mut child, config) = demo(dir.path());
    assert_eq!(config.warnings, []);
    let shown: Vec<_> = config.targets.iter().map(|t| (t.slug.as_str(), t.endpoint.scheme.code())).collect();
    let expected = [
        ("healthy", "http"),
        ("healthy-tls", "https"),
        ("ipv4-only", "http"),
        ("ipv6-refused", "http"),
        ("ipv6-silent", "http"),
        ("ipv6-wrong-certificate", "https"),
        ("ipv6-slow", "http"),
        ("flapping", "http"),
        ("down", "http"),
    ];
    assert_eq!(shown, expected);
    for target in &config.targets {
        assert_eq!((target.interval_s, target.timeout_ms, target.expect.max_response_ms), (5, 2000, Some(300)));
        let BrowserEndpoints { ipv4, ipv6, dual_stack } = &target.browser;
        let given = [ipv4.is_some(), ipv6.is_some(), dual_stack.is_some()];
        let wanted = match (target.endpoint.scheme, target.slug.as_str()) {
            (Scheme::Https, _) => [false; 3],
            (_, "ipv4-only") => [true, false, false],
            _ => [true; 3],
        };
        assert_eq!(given, wanted, "{}", target.slug);
    }
    assert!(config.policy.allow_private && config.policy.extra_roots_pem.len() == 1);
    assert_eq!((config.policy.controls.ipv4.len(), config.policy.controls.ipv6.len()), (2, 2));

    let refused = config.targets[3].endpoint.port;
    TcpStream::connect(("127.0.0.1", refused)).unwrap();
    TcpStream::connect(("::1", refused)).unwrap_err();

    // The end of its input ends it, and the next one has the same configuration: ports, CA and all.
    drop(child.stdin.take());
    assert!(child.wait().unwrap().success());
    TcpStream::connect(("127.0.0.1", refused)).unwrap_err();
    let (mut child, again) = demo(dir.path());
    assert_eq!(again, config);
    // So does SIGTERM, while its input stays open.
    #[cfg(unix)]
    kill(Pid::from_raw(child.id().try_into().unwrap()), Signal::SIGTERM).unwrap();
    #[cfg(not(unix))]
    drop(child.stdin.take());
    assert!(child.wait().unwrap().success());
}

#[test]
fn a_script_runs_and_a_wrong_one_says_why() {
    let dir = tempfile::tempdir().unwrap();
    let (script, dir) = (dir.path().join("script.toml"), dir.path().to_str().unwrap());
    std::fs::write(&script, "[service.web]\nboth = {}\n").unwrap();
    let script = script.to_str().unwrap();
    let (mut child, ready) = start(&["run", script, "--dir", dir]);
    let port = ready["services"]["web"].as_u64().unwrap();
    TcpStream::connect(format!("127.0.0.1:{port}")).unwrap();
    assert!(std::fs::read_to_string(ready["ca"].as_str().unwrap()).unwrap().starts_with("-----BEGIN CERTIFICATE"));
    drop(child.stdin.take());
    assert!(child.wait().unwrap().success());

    std::fs::write(script, "[service.web]\nboht = {}\n").unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_dualwatch-lab"))
        .args(["run", script, "--dir", dir])
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = String::new();
    child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(2));
    assert!(said.contains("line 2") && said.contains("boht"), "{said}");
}
