//! What `dualwatch check` writes for monitors and build servers, what `dualwatch status` says of pages, and what the program
//! says of itself.

use dualwatch_core::measure::family::Family;
use dualwatch_simnet::{
    Lab,
    script::{Script, Service},
    words::Connect,
};
use serde_json::Value;
use std::{
    io::{Read as _, Write as _},
    net::TcpListener,
    process::{Command, Output},
    thread,
};

fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_dualwatch")).args(arguments).output().expect("the program runs")
}

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn a_check_exits_as_who_asks_expects() {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime");
    let script = Script::new()
        .service("good", Service::good())
        .service("half", Service::good().over(Family::Ipv6, Connect::Refused));
    let lab = runtime.block_on(Lab::start(script)).expect("the lab starts");
    let url = |service: &str| format!("http://localhost:{}/", lab.port(service));
    let (good, half, gone) = (url("good"), url("half"), "http://[::1]:1/");
    let check = |form: &str, urls: &[&str]| {
        let output = run(&[&["check", "--allow-private", "--vantage", "here", form], urls].concat());
        (output.status.code().expect("a code"), text(&output))
    };
    // Nagios: ok, warning, critical, unknown.
    for (urls, code, first) in [
        (&[&*good][..], 0, "DUALWATCH OK - IPv4: reached 127.0.0.1 in "),
        (&[&*half], 1, "DUALWATCH WARNING - IPv4: reached 127.0.0.1 in "),
        (&[gone], 2, "DUALWATCH CRITICAL - "),
        (&["gopher://x.example/"], 3, "DUALWATCH UNKNOWN - "),
        (&[&*good, &*good], 0, "DUALWATCH OK - all 2 reached | 1_ipv4_time="),
        (&[&*good, gone], 2, "DUALWATCH CRITICAL - CRITICAL http://[::1]:1/ "),
    ] {
        let (exit, text) = check("--nagios", urls);
        assert_eq!(exit, code, "{urls:?}: {text}");
        assert!(text.starts_with(first), "{urls:?}: {text}");
    }
    let (_, text) = check("--nagios", &[&half]);
    assert!(text.lines().next().unwrap().contains(" ipv6_time=U;;;0"), "a failed probe has no time: {text}");
    // Build servers: as `check` always exits.
    for (form, begin) in [
        ("--junit", "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites "),
        ("--tap", "TAP version 14\n1..2\nok 1 - http"),
        ("--markdown", "### http"),
    ] {
        let (exit, text) = check(form, &[&half]);
        assert_eq!(exit, 1, "{form}: {text}");
        assert!(text.starts_with(begin), "{form}: {text}");
        assert_eq!(check(form, &[&good]).0, 0, "{form}");
    }
    assert_eq!(run(&["check", "--tap", "--json", &good]).status.code(), Some(2), "one form at a time");
}

/// Answers each request with what is written for its path, else with 404, as long as the program asks.
fn serve(answers: &'static [(&'static str, &'static str)]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}/", listener.local_addr().expect("an address"));
    thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            let mut request = Vec::new();
            let mut bytes = [0; 1024];
            while !request.ends_with(b"\r\n\r\n") {
                match stream.read(&mut bytes) {
                    Ok(n) if n > 0 => request.extend_from_slice(&bytes[..n]),
                    _ => break,
                }
            }
            let request = String::from_utf8_lossy(&request).into_owned();
            let path = request.split(' ').nth(1).unwrap_or_default().to_owned();
            let found = answers.iter().find(|(of, _)| *of == path);
            let (status, body) = found.map_or(("404 Not Found", "{}"), |(_, body)| ("200 OK", *body));
            let head = format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len());
            let _ = stream.write_all((head + body).as_bytes());
        }
    });
    url
}

const OURS: &str = r#"{"version":1,"published_at":"2026-11-23T10:11:51.042Z","vantages":[],"targets":[
 {"slug":"shop","name":"Shop\u001b[2J","url":"https://shop.example/","last_round_at":"2026-11-23T10:11:51.042Z",
  "ipv4":{"state":"up","degraded":false,"maintenance":false,"cause":null,"since":null,"latency_ms":12.5,"address":null},
  "ipv6":{"state":"down","degraded":false,"maintenance":false,"cause":"tcp.refused","since":"2026-11-23T10:00:00Z",
          "latency_ms":null,"address":null},
  "dual_stack":{"family":"ipv4","cost_ms":0.0}}]"#;

#[test]
fn a_status_page_is_told_in_lines_and_by_the_code() {
    let part: &'static str = Box::leak(format!("{OURS},\"next_after\":\"shop\"}}").into_boxed_str());
    let rest: &'static str =
        Box::leak(format!("{}}}", OURS.replace("shop", "mail").replace("Shop", "Mail")).into_boxed_str());
    let whole: &'static [(&str, &str)] =
        Box::leak(Box::new([("/api/v1/status", part), ("/api/v1/status?after=shop", rest)]));
    let ours = serve(whole);
    let output = run(&["status", &ours]);
    let told = text(&output);
    assert_eq!(output.status.code(), Some(1), "{told}{}", String::from_utf8_lossy(&output.stderr));
    assert!(told.contains("partly down (2 of 2 with trouble)"), "{told}");
    assert!(told.contains(r"Shop\u001b[2J") && told.contains("Mail") && !told.contains('\u{1b}'), "{told}");
    assert!(told.contains("IPv6: ") && told.contains("since 2026-11-23T10:00:00.000Z"), "{told}");
    let output = run(&["status", "--json", &ours]);
    let document: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!((&document["kind"], &document["state"]), (&Value::from("dualwatch"), &Value::from("partial")));
    assert_eq!(document["components"][1]["ipv6"], "down");

    let other = serve(&[(
        "/api/v2/summary.json",
        r#"{"page":{"name":"Other"},"status":{"indicator":"none","description":"All Systems Operational"},
            "components":[{"name":"Web","status":"operational"}],"incidents":[]}"#,
    )]);
    // Also where the page is below a path: its API is at the root.
    for url in [other.clone(), format!("{other}status/page")] {
        let output = run(&["status", &url]);
        assert_eq!(output.status.code(), Some(0), "{url}: {}", String::from_utf8_lossy(&output.stderr));
        assert_eq!(text(&output), "Other: up (All Systems Operational)\n  Web  up\n", "{url}");
    }
    let none = serve(&[("/", "<html>")]);
    for (url, said) in
        [(&*none, "is answered with 404"), ("gopher://x.example/", "must begin with"), ("x", "is no URL")]
    {
        let output = run(&["status", url]);
        assert_eq!(output.status.code(), Some(2), "{url}");
        assert!(String::from_utf8_lossy(&output.stderr).contains(said), "{url}: {output:?}");
    }
}

#[test]
fn the_program_describes_itself() {
    for (shell, begin) in [("bash", "_dualwatch"), ("zsh", "#compdef dualwatch"), ("fish", "# Print")] {
        let output = run(&["completions", shell]);
        let script = text(&output);
        assert_eq!(output.status.code(), Some(0), "{shell}");
        assert!(script.starts_with(begin) && script.contains("vantage-token"), "{shell}: {script}");
    }
    assert_eq!(run(&["completions", "tcsh"]).status.code(), Some(2));
    let folder = tempfile::tempdir().expect("a folder");
    let pages = folder.path().join("man1");
    let output = run(&["man", pages.to_str().expect("a name")]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    for name in ["dualwatch.1", "dualwatch-check.1", "dualwatch-status.1", "dualwatch-import.1"] {
        let page = std::fs::read_to_string(pages.join(name)).expect(name);
        assert!(page.contains(".TH dualwatch") && page.contains(".SH DESCRIPTION"), "{name}: {page}");
    }
}
