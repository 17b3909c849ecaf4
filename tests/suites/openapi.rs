//! The description of `/api/v1`: as it is written down, as others read it, and against every answer of the worker on real
//! workerd.

use dualwatch_simnet::Lab;
use dualwatch_tests::{
    lab,
    worker::{ADMIN_TOKEN, Worker, eventually, vantage_token, workspace},
};
use dualwatch_wire::{openapi, v1::Incidents};
use serde_json::json;
use std::{env, fs, process::Command, time::Duration};

const SOON: Duration = Duration::from_secs(30);

/// `DUALWATCH_BLESS=1` writes the files anew.
#[test]
fn what_is_written_down_is_what_the_types_say() {
    let document = openapi::document();
    let mut text = serde_json::to_string_pretty(&document).unwrap();
    text.push('\n');
    for (name, expected) in [("openapi.json", text), ("page.html", openapi::page(&document))] {
        let path = workspace().join("web/api").join(name);
        if env::var_os("DUALWATCH_BLESS").is_some() {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, &expected).unwrap();
        }
        let written = fs::read_to_string(&path).unwrap_or_default();
        assert!(written == expected, "{} is not what the types say; DUALWATCH_BLESS=1 writes it anew", path.display());
    }
}

#[test]
fn every_answer_is_as_described_and_a_generated_client_reads_it() {
    let runtime = lab::runtime();
    let script = lab::half();
    let lab = runtime.block_on(Lab::start(script)).expect("the lab starts");
    let data = tempfile::tempdir().unwrap();
    let worker = Worker::start(data.path());
    let controls = lab::controls(&lab);
    let target = |slug: &str| {
        let url = format!("http://localhost:{}/", lab.port(slug));
        json!({ "slug": slug, "url": url, "interval": 5, "timeout": "2s", "slo": 99.9 })
    };
    let config = json!({
        "targets": [target("good"), target("half"), { "slug": "never", "url": "http://localhost:9/", "interval": "1h" }],
        "controls": { "ipv4": controls.ipv4, "ipv6": controls.ipv6 },
        "network": { "allow_private": true },
    });
    worker.accept(&config.to_string());
    eventually("an incident", SOON, || worker.document::<Incidents>("/api/v1/incidents").incidents.pop());

    let page = worker.ask("GET", "/api", &[]);
    assert_eq!((page.status, page.header("content-type")), (200, "text/html; charset=utf-8"));
    assert!(page.header("content-security-policy").contains("default-src 'none'"));
    assert!(page.body.contains("getHistory") && page.body.contains("/assets/style-"), "{}", page.body);
    assert!(!page.body.contains(".invalid") && !page.body.contains("<script"));
    for path in ["/api", "/api/v1/openapi.json"] {
        let whole = worker.ask("GET", path, &[]);
        let known = worker.ask("GET", path, &[("if-none-match", whole.header("etag"))]);
        assert_eq!((whole.status, known.status, &*known.body), (200, 304, ""), "{path}");
        let (packed, bytes) = worker.ask_bytes("GET", path, &[("accept-encoding", "br")]);
        assert_eq!(packed.header("content-encoding"), "br", "{path}");
        assert!(bytes.len() * 4 < whole.body.len(), "{path}: {} of {}", bytes.len(), whole.body.len());
    }

    let node = env::var_os("NODE").unwrap_or_else(|| "node".into());
    let mut command = Command::new(node);
    command.arg("check.mjs").arg(worker.origin()).current_dir(workspace().join("tests/openapi"));
    command.env("ADMIN_TOKEN", ADMIN_TOKEN).env("VANTAGE_TOKEN", vantage_token("described"));
    let output = command.output().expect("node runs; `cargo xtask test rust` sees to it");
    let said = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
    println!("{said}");
    assert!(output.status.success(), "{said}");
    let n: u32 = said.split(" answers").next().and_then(|n| n.rsplit('\n').next()?.parse().ok()).expect("a number");
    assert!(n > 40, "{said}");
}
