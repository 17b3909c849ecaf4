//! What servers, resolvers and repositories say reaches no glass as an order: every text of a round is hostile here, under
//! every cause, and every sentence, report and document that comes of it is read; then every page of a worker that was told
//! such rounds and measures such targets, and what the program prints of such a repository.

use dualwatch_core::measure::{
    cause::Cause,
    family::Family,
    round::Round,
    text::{is_hidden, visible},
    time::{HOUR, MINUTE, Timestamp},
};
use dualwatch_replay::{Policy, parse, replay};
use dualwatch_simnet::{
    Lab, Script,
    script::{Name, Service},
    words::Tcp,
};
use dualwatch_tests::{
    program,
    worker::{Worker, eventually},
};
use dualwatch_wire::v1;
use pulldown_cmark::{Event, Options, Parser, Tag};
use serde_json::{Value, json};
use std::{fs, path::Path, process::Command, time::Duration};

/// Orders to a terminal, to whoever reads a line at a time, to the reading direction, to HTML, and to Markdown.
const HOSTILE: &[&str] = &[
    "\u{1b}[2J\u{1b}]0;title\u{7}",
    "one\ntwo\r\nthree",
    "\u{9b}31m\u{7f}\0",
    "\u{202e}gnp.exe\u{2066}",
    "pay\u{200b}pal\u{feff}",
    "\u{2028}\u{2029}\u{85}",
    "\u{e0041}",
    "<script>alert(1)</script><!--",
    "<img src=x onerror=alert(1)>",
    "[click](https://evil.example/)",
    "![picture](https://evil.example/x.png)",
    "**bold** _slanted_ `code` ~~gone~~",
    "| a | b |",
    "# head\n- item\n> said",
    "&lt;b&gt;",
    r"\[x\](y)\",
    "<https://evil.example/>",
];

const BEGAN: Timestamp = Timestamp::from_unix_ms(1_700_000_000_000);

/// A round at a time, in which everything that a target can say is `text`.
fn round(at: Timestamp, cause: Option<Cause>, text: &str) -> Value {
    let at = dualwatch_wire::time::format(at);
    let certificate = json!({ "subject_names": [text, text], "issuer": text, "not_after": at, "sha256": text });
    let detail = json!({
        "elapsed_ms": 12.0, "error": text, "resolver": text, "rcode": text, "alert": 40, "expected": text, "seen": text,
        "location": text, "server": text, "body_digest": text, "chain": [text, text],
    });
    let phases = json!({ "resolve": 1.0, "connect": 2.0, "total": 9.0 });
    let reached = json!({
        "outcome": "reached", "cause": null, "detail": detail, "addresses": ["192.0.2.1"], "address": "192.0.2.1",
        "phases_ms": phases, "http_status": 200, "certificate": certificate,
    });
    let failed = |cause: Cause| {
        json!({
            "outcome": "failed", "cause": cause.code(), "detail": detail, "addresses": ["2001:db8::1"],
            "address": "2001:db8::1", "phases_ms": {}, "http_status": 503, "certificate": certificate,
        })
    };
    let mut other = reached.clone();
    other["addresses"] = json!(["2001:db8::1"]);
    other["address"] = json!("2001:db8::1");
    json!({
        "version": 1, "target": "https://service.example/", "started_at": at,
        "vantage": { "name": text, "ipv4": "proven", "ipv6": "proven" },
        "ipv4": reached, "ipv6": cause.map_or(other, failed), "dual_stack": { "family": "ipv4", "cost_ms": 11.0 },
    })
}

/// Rounds of one incident, as lines of JSON: well, failing by `cause`, well again.
fn lines(began: Timestamp, cause: Cause, text: &str) -> String {
    let failing = 10..16;
    let line =
        |minute| round(began + minute * MINUTE, failing.contains(&minute).then_some(cause), text).to_string() + "\n";
    (0..130).map(line).collect()
}

/// The same as rounds.
fn rounds(cause: Cause, text: &str) -> Vec<Round> {
    let (rounds, bad) = parse(lines(BEGAN, cause, text).as_bytes(), "hostile");
    assert!(bad.is_empty(), "{cause}, {text:?}: {bad:?}");
    rounds
}

fn assert_visible(what: &str, text: &str) {
    let hidden: Vec<char> = text.chars().filter(|c| *c != '\n' && is_hidden(*c)).collect();
    assert!(hidden.is_empty(), "{what}: {hidden:?} in\n{text}");
}

/// The structure of Markdown as its readers see it, without the words.
fn structure(text: &str) -> Vec<String> {
    let told = |event| match event {
        Event::Text(_) | Event::SoftBreak => None,
        Event::Code(_) => Some("code".to_owned()),
        Event::Html(html) | Event::InlineHtml(html) => Some(format!("HTML {html}")),
        Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => Some(format!("link to {dest_url}")),
        event => Some(format!("{event:?}")),
    };
    Parser::new_ext(text, Options::all()).filter_map(told).collect()
}

fn reports(cause: Cause, text: &str) -> Vec<String> {
    let replayed = replay(rounds(cause, text), None, &Policy::default());
    let events = dualwatch_replay::events(&replayed);
    let of = |target: &dualwatch_replay::TargetReplay| {
        let report = |incident| {
            let document = v1::Incident::of(&target.known.slug, &target.known.name, incident);
            let json = serde_json::to_string(&document).expect("an incident is JSON");
            let report = target.report(incident, &events);
            [json, dualwatch_words::report::markdown(&document, &report, Some("https://status.example"))]
        };
        target.incidents.iter().flat_map(report).collect::<Vec<_>>()
    };
    replayed.iter().flat_map(of).collect()
}

/// Promise (Texts): No text of a target orders a terminal, a document, a page or a log about: control and bidirectional
/// characters are written out.
#[test]
fn every_text_of_a_round_is_visible_once_it_is_read() {
    for text in HOSTILE {
        for cause in Cause::ALL {
            let document: v1::Round = serde_json::from_value(round(BEGAN, Some(*cause), text)).unwrap();
            let stored = serde_json::to_string(&document).unwrap();
            assert_visible("a stored round", &stored);
            // Nothing is lost: it is what it was, written out.
            assert!(stored.contains(&*serde_json::to_string(&visible(text)).unwrap()), "{text:?}: {stored}");
            let round = Round::from(document);
            for family in Family::ALL {
                let sentence = dualwatch_words::sample_sentence(&round.target, family, round.samples.get(family));
                assert_visible("a sentence", &sentence);
                assert!(!sentence.contains('\n'), "{sentence:?}");
            }
        }
    }
}

/// Promise (Texts): A report is no place for markup of others: HTML, links and line breaks of a target are shown as
/// text.
#[test]
fn reports_say_it_and_obey_nothing() {
    let (mut n_reports, mut n_telling) = (0, 0);
    for cause in Cause::ALL {
        let harmless = reports(*cause, "harmless");
        let expected: Vec<_> = harmless.iter().map(|text| structure(text)).collect();
        let all = HOSTILE.join(" ");
        // Each by itself under one cause; under the others all of them in one.
        let alone = HOSTILE.iter().copied().filter(|_| *cause == Cause::HttpBodyMismatch);
        for text in alone.chain([all.as_str()]) {
            let told = reports(*cause, text);
            assert_eq!(told.len(), harmless.len(), "{cause}, {text:?}");
            for (told, expected) in told.iter().zip(&expected).skip(1).step_by(2) {
                n_reports += 1;
                n_telling += usize::from(told.contains("alert(1)"));
                assert_visible("a report", told);
                assert_eq!(structure(told), *expected, "{cause}, {text:?}:\n{told}");
                assert!(!told.contains("https://evil"), "a link by itself:\n{told}");
            }
            for text in &told {
                assert_visible("an incident", text);
            }
        }
    }
    assert!(n_reports > 20 + HOSTILE.len(), "{n_reports} reports");
    // Else nothing was tried.
    assert!(n_telling > 10, "{n_telling} reports say what a target said");
}

/// Servers that say in bytes what is said in rounds above: a banner, headers of an answer, a redirect, a TXT record.
const SERVERS: &str = r#"
[name."hostile.lab.test"]
reply = { says = [{ hex = "{id} 8180 0001 0001 0000 0000 {question} c00c 0010 0001 0000003c 0014 13 1b5d303b780a e280ae c29b 3c623e 5b785d2879" }] }

[service.banner.both.play]
hears = "nothing"
ends = "hold"
says = [{ hex = "1b5d303b7807 0d0a e280ae c29b 7f00" }, "<script>alert(1)</script> [x](https://evil.example/)\r\n"]

[service.headers.both.play]
says = [
    "HTTP/1.1 500 <script>alert(1)</script>\r\nContent-Length: 5\r\nServer: <script>alert(1)</script> ",
    { hex = "e280ae c29b e2808b 0d0a 0d0a" },
    "hello",
]

[service.redirects.both.play]
says = ["HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: /<script>alert(1)</script>", { hex = "e280ae c29b 0d0a 0d0a" }]
"#;
const SOON: Duration = Duration::from_mins(1);

fn config(lab: &Lab) -> String {
    let target = |slug: &str, url: String, expect: Value| json!({ "slug": slug, "name": slug, "url": url, "interval": 5, "timeout": "1500ms", "expect": expect });
    let at = |service: &str| format!("127.0.0.1:{}", lab.port(service));
    let [name_server] = [lab.resolver_over(Family::Ipv4)];
    json!({
        "targets": [
            target("past", format!("tcp://{}", at("past")), json!({})),
            target("dns", format!("dns://{name_server}/hostile.lab.test?type=TXT"), json!({ "answers": ["good"] })),
            target("banner", format!("tcp://{}", at("banner")), json!({ "receives": "220 " })),
            target("headers", format!("http://{}/", at("headers")), json!({ "headers": { "server": "good" } })),
            target("redirects", format!("http://{}/", at("redirects")), json!({})),
        ],
        "controls": { "ipv4": [at("control")], "ipv6": [] },
        "resolvers": [format!("tcp://{}", lab.resolver())],
        "network": { "allow_private": true },
    })
    .to_string()
}

/// Every public page and document of these targets.
fn everything(worker: &Worker, slugs: &[&str]) -> Vec<(String, String)> {
    let mut paths: Vec<String> =
        ["/", "/incidents", "/api/v1/page", "/api/v1/status", "/api/v1/incidents"].map(str::to_owned).into();
    for slug in slugs {
        paths.push(format!("/targets/{slug}"));
        paths
            .extend(["", "/rounds", "/history", "/availability"].map(|below| format!("/api/v1/targets/{slug}{below}")));
        for incident in worker.incidents(slug) {
            paths.push(format!("/incidents/{}", incident.summary.id));
            paths.extend(["", "/report.md"].map(|below| format!("/api/v1/incidents/{}{below}", incident.summary.id)));
        }
    }
    let read = |path: String| {
        let (status, _, body) = worker.get(&path);
        assert_eq!(status, 200, "{path}: {body}");
        (path, body)
    };
    paths.into_iter().map(read).collect()
}

#[test]
fn pages_and_documents_of_a_worker_say_it_and_obey_nothing() {
    const SLUGS: [&str; 5] = ["past", "dns", "banner", "headers", "redirects"];
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
    let script = Script::parse(SERVERS).unwrap_or_else(|e| panic!("{e}"));
    let past = Service::both(dualwatch_simnet::words::Connect::Refused);
    let script = script.service("control", Service::both(Tcp::Hold).as_control()).service("past", past);
    let lab = runtime.block_on(Lab::start(script.name("localhost", Name::dual()))).expect("the lab starts");
    let data = tempfile::tempdir().expect("a folder");
    let worker = Worker::start(data.path());
    worker.accept(&config(&lab));
    let now = eventually("a round", SOON, || worker.target("past").last_round).started_at;
    let texts = HOSTILE.join(" ");
    let url = worker.target("past").last_round.expect("a round").target;
    let past = lines(now - 4 * HOUR, Cause::HttpBodyMismatch, &texts).replace("https://service.example/", &url);
    let n_taken = worker.load("past", &past);
    assert!(n_taken >= 100, "{n_taken} rounds were taken");
    // Two rounds that fail are an incident.
    for slug in SLUGS {
        eventually(&format!("an incident of {slug}"), SOON, || worker.incidents(slug).first().cloned());
    }
    let read = everything(&worker, &SLUGS);
    for (path, body) in &read {
        assert_visible(path, body);
        for order in ["<script>alert", "<img src=x", "](https://evil.example/)"] {
            let obeys = if order.starts_with('<') { !path.starts_with("/api") } else { path.ends_with("/report.md") };
            let is_order = obeys && body.contains(order);
            assert!(!is_order, "{path} has {order}:\n{body}");
        }
    }
    for line in worker.log() {
        assert_visible("the log", &line);
    }
    // Else nothing was tried.
    let told = |part: &str| read.iter().filter(|(_, body)| body.contains(part)).count();
    for (part, least) in [("alert(1)", 5), ("u202e", 5), ("u009b", 5)] {
        assert!(told(part) >= least, "{} of {} documents say {part}", told(part), read.len());
    }
    for slug in SLUGS {
        let (_, body) = read.iter().find(|(path, _)| *path == format!("/api/v1/targets/{slug}")).expect("a detail");
        assert!(slug == "past" || body.contains("202e") || body.contains("%E2%80%AE"), "{slug} said nothing:\n{body}");
    }
}

/// A repository in which everybody who may write has written something of their own.
fn repository(folder: &Path) {
    let orders = "\u{1b}]0;x\u{7}\u{202e}\u{9b}31m\u{2028}";
    let lines = format!("{orders}\nShop (forged)\n  all is well");
    let quoted = |text: &str| serde_json::to_string(text).expect("JSON");
    let sites = format!(
        "owner: a\nrepo: b\n{}: 1\nstatus-website: {{ name: {} }}\nsites:\n  - name: Shop\n    url: https://shop.example\n    \
         body: {}\n",
        quoted(&lines),
        quoted(&lines),
        quoted(&lines)
    );
    let header = "commit\tcommit_time\tslug\turl\tstatus\tcode\tresponseTime\tlastUpdated\tstartTime";
    let row = |commit: &str, slug: &str, url: &str, status: &str, code: &str, time: &str| {
        format!("{commit}\t{time}\t{slug}\t{url}\t{status}\t{code}\t90\t{time}\t2026-01-01T00:00:00Z")
    };
    let rows = [
        row("a1", "shop", "https://shop.example", "up", "200", "2026-01-01T00:00:01Z"),
        row(orders, "shop", "https://shop.example", "down", "503", "2026-01-01T06:00:00Z"),
        row("a3", "shop", &format!("https://{orders}.example"), "up", "200", "2026-01-01T06:03:00Z"),
        row("a4", orders, orders, orders, orders, "2026-01-02T00:00:00Z"),
        row("a5", orders, orders, "up", "200", "2026-01-02T00:00:00Z"),
        row("a6", "shop", "https://shop.example", "up", "200", orders),
        orders.to_owned(),
    ];
    let maintenance = "<!--\nstart: 2026-01-01T00:00:00Z\nend: 2026-01-01T01:00:00Z\nexpectedDown: shop\n-->";
    let wrong = format!("<!--\nstart: {orders}\nend: 2026-01-01T01:00:00Z\nexpectedDown: {orders}\n-->");
    let issue = |number: u64, label: &str, body: &str| {
        json!({ "repo": orders, "number": number, "labels": [label, lines], "title": lines, "body": body,
                "comments": [lines, format!("**Resolved:** {lines}) after 3 minutes.")] })
    };
    let down = format!("In [`{orders}`](https://x/commit/{orders}\n), {lines} ({lines}) was **down**:\n- HTTP code: 0");
    let issues = [issue(1, "maintenance", maintenance), issue(2, "maintenance", &wrong), issue(3, "status", &down)];
    let issues = issues.map(|issue| issue.to_string()).join("\n") + &format!("\n{orders}\n");
    let summary = json!([{ "name": lines, "url": lines, "slug": lines, "status": lines, "uptime": lines, "time": 1 }]);
    let history = format!("url: {}\nstatus: {}\ncode: {}\n", quoted(&lines), quoted(&lines), quoted(&lines));
    let write = |name: &str, text: &str| {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        fs::write(path, text).expect("written");
    };
    write(".upptimerc.yml", &sites);
    write("history-versions.tsv", &format!("{header}\n{}\n", rows.join("\n")));
    write("issues/all.jsonl", &issues);
    write("issues.jsonl", &issues);
    write("history/summary.json", &summary.to_string());
    write("history/shop.yml", &history);
    write(&format!("history/{}.yml", lines.replace('/', "")), &history);
    write(
        "api/shop/uptime.json",
        &json!({ "schemaVersion": 1, "label": lines, "message": lines, "color": lines }).to_string(),
    );
}

#[test]
fn a_repository_is_told_in_lines_of_ours() {
    let folder = tempfile::tempdir().expect("a folder");
    repository(folder.path());
    for form in [&[][..], &["--json"], &["--rounds"]] {
        let mut command = Command::new(program::program());
        let output = command.args(["import", "upptime"]).arg(folder.path()).args(form).output().expect("it runs");
        let out = String::from_utf8(output.stdout).expect("UTF-8");
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(0), "{errors}");
        assert_visible("what import prints", &out);
        assert_visible("what import complains of", &errors);
        assert!(!out.lines().any(|line| line.trim().starts_with("Shop (forged)")), "{form:?}:\n{out}");
        assert!(form == ["--rounds"] || out.contains("forged") && out.contains("u202e"), "{form:?} tells it:\n{out}");
    }
}
