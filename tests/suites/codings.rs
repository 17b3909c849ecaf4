//! What is sent packed, on real workerd: the files of the page as they were packed when it was built, answers that are kept
//! as they are asked for, and what must be sent as it is.

use dualwatch_edgehost::Bundle;
use dualwatch_simnet::{
    Lab,
    script::{Script, Service},
    words::Tcp,
};
use dualwatch_tests::{
    lab,
    worker::{ADMIN_TOKEN, Answer, Worker, eventually, workspace},
};
use serde_json::json;
use std::{fs, io::Read as _, path::PathBuf, time::Duration};

const SOON: Duration = Duration::from_secs(30);
const BROTLI: (&str, &str) = ("accept-encoding", "gzip, deflate, br, zstd");
const GZIP: (&str, &str) = ("accept-encoding", "gzip, deflate");

/// Returns a body as its `Content-Encoding` says that it was.
fn unpacked(answer: &Answer, body: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    match answer.header("content-encoding") {
        "" => out.extend(body),
        "gzip" => drop(flate2::read::GzDecoder::new(body).read_to_end(&mut out).expect("gzip")),
        "br" => drop(brotli_decompressor::Decompressor::new(body, 4_096).read_to_end(&mut out).expect("brotli")),
        other => panic!("{other:?}"),
    }
    out
}

fn bundle() -> Bundle {
    let built = workspace().join("target").join("dualwatch");
    Bundle::open(&std::env::var_os("DUALWATCH_BUNDLE").map_or(built, PathBuf::from)).expect("a bundle")
}

#[test]
fn every_file_of_a_page_is_sent_in_the_form_that_is_asked_for() {
    let data = tempfile::tempdir().unwrap();
    let worker = Worker::start(data.path());
    let bundle = bundle();
    let urls: Vec<&String> = bundle
        .pages
        .values()
        .flat_map(|page| [&page.boot, &page.js, &page.wasm, &page.css, &page.chart_css, &page.chart_js])
        .collect();
    for url in &urls {
        let file = fs::read(bundle.site_dir().join(url.trim_start_matches('/'))).unwrap();
        let content_type = match url.rsplit_once('.').unwrap().1 {
            "js" => "text/javascript; charset=utf-8",
            "css" => "text/css; charset=utf-8",
            // With a parameter, no browser compiles it.
            "wasm" => "application/wasm",
            other => panic!("{other}"),
        };
        let mut tags = Vec::new();
        let mut sizes = Vec::new();
        for (asked, coding) in [
            (&[][..], ""),
            (&[("accept-encoding", "identity")], ""),
            (&[("accept-encoding", "br;q=0, gzip;q=0")], ""),
            (&[GZIP], "gzip"),
            (&[("accept-encoding", "br;q=0.1, gzip")], "gzip"),
            (&[("accept-encoding", "identity;q=0, *")], "br"),
            (&[BROTLI], "br"),
        ] {
            let (answer, body) = worker.ask_bytes("GET", url, asked);
            assert_eq!((answer.status, answer.header("content-encoding")), (200, coding), "{url} {asked:?}");
            assert!(unpacked(&answer, &body) == file, "{url} {asked:?}: another body");
            let is_so = |answer: &Answer| {
                for (name, value) in [
                    ("content-type", content_type),
                    ("vary", "accept-encoding"),
                    ("cache-control", "public, max-age=31536000, immutable"),
                    ("x-content-type-options", "nosniff"),
                ] {
                    assert_eq!(answer.header(name), value, "{url} {asked:?}");
                }
            };
            is_so(&answer);
            assert_eq!(answer.header("content-length"), body.len().to_string(), "{url} {asked:?}");
            let etag = answer.header("etag").to_owned();
            assert!(etag.starts_with('"') && etag.ends_with('"') && etag.len() > 10, "{url}: {etag}");

            let (head, nothing) = worker.ask_bytes("HEAD", url, asked);
            is_so(&head);
            assert_eq!((head.status, head.header("etag"), nothing.len()), (200, &*etag, 0), "{url} {asked:?}");
            assert_eq!(head.header("content-encoding"), coding, "{url} {asked:?}");
            assert_eq!(head.header("content-length"), body.len().to_string(), "{url} {asked:?}");
            // No part is sent for the whole, and no part of one form for that of another.
            let (whole, same) = worker.ask_bytes("GET", url, &[asked, &[("range", "bytes=5-9")]].concat());
            assert_eq!((whole.status, same == body), (200, true), "{url} {asked:?}");

            for method in ["GET", "HEAD"] {
                let known = format!("\"x\", W/{etag}");
                let (known, nothing) = worker.ask_bytes(method, url, &[asked, &[("if-none-match", &known)]].concat());
                is_so(&known);
                assert_eq!((known.status, known.header("etag"), nothing.len()), (304, &*etag, 0), "{url} {asked:?}");
                let (other, _) = worker.ask_bytes(method, url, &[asked, &[("if-none-match", "\"x\"")]].concat());
                assert_eq!(other.status, 200, "{url} {asked:?}");
            }
            tags.push(etag);
            sizes.push(body.len());
        }
        tags.dedup();
        assert_eq!(tags.len(), 3, "{url}: one for each form: {tags:?}");
        // Who has one form is sent the other where that is asked for.
        let (other, _) = worker.ask_bytes("GET", url, &[BROTLI, ("if-none-match", &tags[0])]);
        assert_eq!(other.status, 200, "{url}");
        assert!(sizes[0] > sizes[3] && sizes[3] > sizes[6], "{url}: {sizes:?}");

        let (refused, _) = worker.ask_bytes("GET", url, &[("accept-encoding", "*;q=0")]);
        assert_eq!((refused.status, refused.header("vary")), (406, "accept-encoding"), "{url}");
        // A form of a file has no address.
        for ending in [".br", ".gz", ".br.br", "x"] {
            for asked in [&[][..], &[BROTLI]] {
                let (missing, _) = worker.ask_bytes("GET", &format!("{url}{ending}"), asked);
                assert_eq!(missing.status, 404, "{url}{ending}");
                let known = [asked, &[("if-none-match", "*")]].concat();
                assert_eq!(worker.ask_bytes("GET", &format!("{url}{ending}"), &known).0.status, 404, "{url}{ending}");
            }
        }
    }
    assert!(urls.len() >= 4);
}

#[test]
fn answers_that_are_kept_are_packed_for_who_takes_it_and_others_never() {
    let runtime = lab::runtime();
    let script =
        Script::new().service("control", Service::both(Tcp::Hold).as_control()).service("good", Service::good());
    let lab = runtime.block_on(Lab::start(script)).expect("the lab starts");
    let data = tempfile::tempdir().unwrap();
    let worker = Worker::start(data.path());
    // Nothing is kept of it, and it is smaller than what is worth it.
    let (small, body) = worker.ask_bytes("GET", "/api/v1/incidents", &[BROTLI]);
    assert!(small.status == 200 && body.len() < 1_024);
    assert_eq!((small.header("content-encoding"), small.header("vary")), ("", "accept-encoding"));
    let (small, body) = worker.ask_bytes("GET", "/api/v1/incidents", &[("accept-encoding", "identity;q=0, gzip")]);
    assert_eq!((small.header("content-encoding"), unpacked(&small, &body).first()), ("gzip", Some(&b'{')));

    let targets: Vec<_> = (0..20)
        .map(|i| {
            let url = format!("http://localhost:{}/", lab.port("good"));
            json!({ "slug": format!("t{i}"), "name": format!("Service number {i}"), "url": url, "interval": 5 })
        })
        .collect();
    let controls = lab::controls(&lab);
    let config = json!({
        "targets": targets,
        "controls": { "ipv4": controls.ipv4, "ipv6": controls.ipv6 },
        "network": { "allow_private": true },
    });
    worker.accept(&config.to_string());
    eventually("every target is measured", SOON, || {
        worker.status().targets.iter().all(|target| target.last_round_at.is_some()).then_some(())
    });

    for path in ["/", "/api/v1/status", "/api/v1/page", "/targets/t1", "/api/v1/targets/t1"] {
        // What changes meanwhile has other tags: that is asked for again.
        let forms = eventually("three forms of the same", SOON, || {
            let forms = [&[][..], &[GZIP], &[BROTLI]].map(|asked| worker.ask_bytes("GET", path, asked));
            let hash = |i: usize| {
                forms[i].0.header("etag").trim_matches('"').trim_end_matches("-gzip").trim_end_matches("-br")
            };
            (hash(0) == hash(1) && hash(1) == hash(2)).then(|| forms.clone())
        });
        let [plain, gzip, brotli] = &forms;
        for ((answer, body), coding) in [(plain, ""), (gzip, "gzip"), (brotli, "br")] {
            assert_eq!((answer.status, answer.header("content-encoding")), (200, coding), "{path}");
            assert!(unpacked(answer, body) == plain.1, "{path} {coding}: another body");
            assert_eq!(answer.header("content-length"), body.len().to_string(), "{path} {coding}");
            // Pages speak several languages.
            let is_page = matches!(path, "/" | "/targets/t1");
            let vary = if is_page { "accept-encoding, accept-language" } else { "accept-encoding" };
            assert_eq!(answer.header("vary"), vary, "{path} {coding}");
            assert_eq!(answer.header("content-type"), plain.0.header("content-type"), "{path} {coding}");
            assert_eq!(answer.header("content-security-policy"), plain.0.header("content-security-policy"), "{path}");
        }
        assert_ne!(plain.0.header("etag"), gzip.0.header("etag"), "{path}");
        assert_ne!(gzip.0.header("etag"), brotli.0.header("etag"), "{path}");
        assert!(gzip.1.len() < plain.1.len() && brotli.1.len() < gzip.1.len(), "{path}");
        for asked in [GZIP, BROTLI] {
            eventually("a tag that stays for a moment", SOON, || {
                let (head, nothing) = worker.ask_bytes("HEAD", path, &[asked]);
                let etag = head.header("etag").to_owned();
                let (again, body) = worker.ask_bytes("GET", path, &[asked, ("if-none-match", &etag)]);
                assert!(head.status == 200 && nothing.is_empty() && !etag.is_empty(), "{path}");
                (again.status == 304 && body.is_empty() && again.header("etag") == etag).then_some(())
            });
        }
        assert_eq!(worker.ask_bytes("GET", path, &[("accept-encoding", "*;q=0")]).0.status, 406, "{path}");
    }

    // What a probe asks for has the size that it asks for; what only a token opens is kept by nobody.
    let token = format!("Bearer {ADMIN_TOKEN}");
    for (path, size) in
        [("/probe/large?bytes=100000", Some(100_000)), ("/probe/ip?nonce=abc", None), ("/api/v1/config", None)]
    {
        let (answer, body) = worker.ask_bytes("GET", path, &[BROTLI, ("authorization", &token)]);
        assert_eq!((answer.status, answer.header("content-encoding")), (200, ""), "{path}");
        assert!(size.is_none_or(|size| size == body.len()), "{path}: {} bytes", body.len());
    }
}
