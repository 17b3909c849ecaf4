//! `dualwatch lint` as people and scripts meet it: places, codes, JSON, exit codes.

use serde_json::Value;
use std::{
    fs,
    process::{Command, Output},
};

/// Lints a text under a name; `$DIR/` in the output stands for its folder.
fn lint(name: &str, text: &[u8], arguments: &[&str]) -> (Option<i32>, String, String) {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join(name);
    fs::write(&file, text).expect("written");
    let Output { status, stdout, stderr } = Command::new(env!("CARGO_BIN_EXE_dualwatch"))
        .arg("lint")
        .arg(&file)
        .args(arguments)
        .output()
        .expect("the program runs");
    let shown = |bytes: Vec<u8>| {
        String::from_utf8(bytes).expect("UTF-8").replace(&format!("{}/", folder.path().display()), "$DIR/")
    };
    (status.code(), shown(stdout), shown(stderr))
}

fn check(name: &str, text: &str, arguments: &[&str], code: i32, expected: &[&str]) {
    let (status, stdout, stderr) = lint(name, text.as_bytes(), arguments);
    assert_eq!(status, Some(code), "{stdout}{stderr}");
    let lines: Vec<&str> = stdout.lines().filter(|line| !line.starts_with("  hint: ")).collect();
    assert_eq!(lines, expected, "{text}");
}

const UPPTIME: &str = "\
sites:
  - name: Mail (IPv6)
    url: mail.example
    check: tcp-ping
    port: 25
  - name: Shop
    url: https://shop.example
    ipv6: true
  - name: Old
    url: http:///old.example
    clinet: a
";

#[test]
fn places_and_codes() {
    check(
        "dualwatch.yml",
        "targets: [{ url: 'https://shop.example/' }]\n",
        &[],
        0,
        &["$DIR/dualwatch.yml: usable: 1 target"],
    );
    check(
        "dualwatch.yml",
        "targets:\n  - url: https://shop.example/\n    intervall: 30s\n  - url: https:/shop.example\n",
        &[],
        1,
        &[
            "$DIR/dualwatch.yml:3:5: error[unknown_key]: unknown key `intervall` in a target",
            "$DIR/dualwatch.yml:4:10: error[bad_url]: the slashes after the scheme are missing",
            "$DIR/dualwatch.yml: not usable: 2 errors",
        ],
    );
    let findings = [
        "$DIR/.upptimerc.yml:2:11: warning[named_ipv6_probes_ipv4]: the name `Mail (IPv6)` says IPv6, but Upptime \
         measures it without `ipv6: true`",
        "$DIR/.upptimerc.yml:8:11: warning[ipv6_flag_ignored]: Upptime follows `ipv6: true` with `check: tcp-ping` \
         or `type: globalping` only, and ignores it here",
        "$DIR/.upptimerc.yml:10:10: warning[malformed_url]: the host is empty: three slashes; the site is \
         skipped",
        "$DIR/.upptimerc.yml:11:5: warning[unknown_key]: Upptime does not know `clinet` in a site (1 site)",
        "$DIR/.upptimerc.yml: usable: 2 targets, 4 warnings",
    ];
    check(".upptimerc.yml", UPPTIME, &[], 0, &findings);
    check(".upptimerc.yml", UPPTIME, &["--strict"], 1, &findings);
}

#[test]
fn what_measures_nothing_is_not_called_usable() {
    let findings = [
        "$DIR/.upptimerc.yml:3:10: warning[malformed_url]: the host is empty: three slashes; the site is skipped",
        "$DIR/.upptimerc.yml: nothing to measure: 0 targets, 1 warning",
    ];
    check(".upptimerc.yml", "sites:\n  - name: A\n    url: http:///old.example\n", &[], 0, &findings);
}

#[test]
fn json() {
    let (code, stdout, _) = lint(".upptimerc.yml", UPPTIME.as_bytes(), &["--json"]);
    assert_eq!(code, Some(0));
    let document: Value = serde_json::from_str(&stdout).expect("JSON");
    assert_eq!(
        (&document["version"], &document["format"], &document["n_targets"]),
        (&1.into(), &"upptime".into(), &2.into())
    );
    let findings = document["findings"].as_array().expect("findings");
    let shown: Vec<String> = findings
        .iter()
        .map(|f| {
            format!("{}:{} {} {}", f["line"], f["column"], f["severity"].as_str().unwrap(), f["code"].as_str().unwrap())
        })
        .collect();
    assert_eq!(shown[0], "2:11 warning named_ipv6_probes_ipv4");
    assert_eq!(findings.len(), 4);
    let (code, stdout, _) = lint("dualwatch.yml", b"targets: [", &["--json"]);
    let document: Value = serde_json::from_str(&stdout).expect("JSON");
    assert_eq!((code, &document["n_targets"]), (Some(1), &Value::Null));
    assert_eq!(document["findings"][0]["code"], "yaml_syntax");
}

#[test]
fn notes_never_fail() {
    let text = "owner: o\nrepo: r\nassignees: [a]\nsites:\n  - { name: A, url: 'https://a.example', icon: x }\n\
                status-website: { name: S }\n";
    let expected = [
        "$DIR/.upptimerc.yml:3:1: note[no_meaning_here]: without meaning here: `assignees`, `icon` (1 site)",
        "$DIR/.upptimerc.yml: usable: 1 target, 1 note",
    ];
    check(".upptimerc.yml", text, &["--strict"], 0, &expected);
    let least = "owner: o\nrepo: r\nsites: [{ name: A, url: 'https://a.example' }]\nstatus-website: { name: S }\n";
    check(".upptimerc.yml", least, &["--strict"], 0, &["$DIR/.upptimerc.yml: usable: 1 target"]);
}

#[test]
fn a_folder_is_counted_and_nobody_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let below = folder.path().join("somebody__status");
    fs::create_dir(&below).expect("made");
    fs::write(below.join(".upptimerc.yml"), UPPTIME).expect("written");
    fs::write(folder.path().join("other.upptimerc.yml"), "sites: [{ name: 1, url: 'https://a.example' }]")
        .expect("written");
    let run = |arguments: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_dualwatch"))
            .args(["lint", "--summary"])
            .arg(folder.path())
            .args(arguments)
            .output()
            .expect("the program runs");
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("UTF-8")
    };
    let text = run(&[]);
    assert!(text.starts_with("2 files with 4 sites\n"), "{text}");
    assert!(text.contains("| end Upptime's whole run | 1 |") && !text.contains("somebody"), "{text}");
    let document: Value = serde_json::from_str(&run(&["--json"])).expect("JSON");
    assert_eq!(
        (&document["n_sites"], &document["checks"]["tcp-ping"], &document["findings"]["ends_upptime"]["n"]),
        (&4.into(), &1.into(), &1.into())
    );
    let empty = tempfile::tempdir().expect("a folder");
    let output =
        Command::new(env!("CARGO_BIN_EXE_dualwatch")).args(["lint", "--summary"]).arg(empty.path()).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn files_that_cannot_be_read() {
    let (code, _, stderr) = lint("dualwatch.yml", &[0xff, 0xfe], &[]);
    assert_eq!((code, stderr.contains("$DIR/dualwatch.yml is no text in UTF-8")), (Some(2), true), "{stderr}");
    let output = Command::new(env!("CARGO_BIN_EXE_dualwatch")).args(["lint", "no/such/file.yml"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).starts_with("error: failed to read no/such/file.yml: "));
}
