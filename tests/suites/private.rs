//! What is not public, on real workerd: every public address is read, and tells neither of an internal target nor of what
//! another one hides; the operator is told all of it.

use dualwatch_core::measure::{
    cause::Cause,
    time::{HOUR, Timestamp},
};
use dualwatch_simnet::Lab;
use dualwatch_tests::{
    doors::ADDRESSES,
    lab,
    worker::{ADMIN_TOKEN, Answer, LOGO, Worker, eventually},
};
use dualwatch_wire::v1;
use serde_json::{Value, json};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

const SOON: Duration = Duration::from_mins(1);

/// What nobody may read anywhere: a part of every query, and all of the two targets that are not public as a whole.
const SECRETS: [&str; 9] = [
    "s3cret-7q",
    "origin-7q",
    "deep-7q",
    "login-7q",
    "Intern 7q",
    "203.0.113.77",
    "2001:db8::77",
    "127.0.0.77",
    "feedfacefeedface",
];
/// The one of them that the target which is shown has, too.
const QUERY: &str = SECRETS[0];
const INTERNAL: &str = "intern-7q";
/// As long as that, and nobody's.
const NOBODY: &str = "intern-7x";

const TEXT: &str = "https://u:s3cret-7q@origin-7q.example/deep-7q?token=s3cret-7q is origin-7q.example. at 203.0.113.77:443, \
                    [2001:db8::77]:443";

/// The n-th round from a time on, in which every text tells what is hidden, with another certificate and server each time.
fn round(url: &str, began: Timestamp, n: i64, cause: Option<Cause>) -> Value {
    let at = dualwatch_wire::time::format(began + n * 60_000);
    let certificate = json!({
        "subject_names": ["origin-7q.example", "203.0.113.77"], "issuer": "CN=ca.origin-7q.example", "not_after": at,
        "sha256": format!("feedfacefeedface{n:048}"),
    });
    let detail = json!({
        "elapsed_ms": 12.0, "error": TEXT, "resolver": TEXT, "expected": TEXT, "seen": TEXT,
        "location": "https://login-7q.example/?token=s3cret-7q", "server": format!("{TEXT} {n}"),
        "body_digest": "feedfacefeedface", "chain": [TEXT], "extended": [{ "code": 22, "text": TEXT }],
        "fault": { "kind": "expired", "subject": TEXT, "issuer": TEXT, "about": TEXT, "is_servers": true },
        "attempts": [{ "address": "203.0.113.77:443", "cause": "tcp.refused", "elapsed_ms": 1.0 }],
    });
    let sample = |address: &str, cause: Option<Cause>| {
        json!({
            "outcome": if cause.is_some() { "failed" } else { "reached" }, "cause": cause.map(Cause::code), "detail": detail,
            "addresses": [address], "address": address, "phases_ms": { "resolve": 1.0, "connect": 2.0, "total": 9.0 },
            "http_status": 200, "certificate": certificate,
        })
    };
    json!({
        "version": 1, "target": url, "started_at": at,
        "vantage": { "name": "edge", "ipv4": "proven", "ipv6": "proven" },
        "ipv4": sample("203.0.113.77", None), "ipv6": sample("2001:db8::77", cause),
        "dual_stack": { "family": "ipv4", "cost_ms": 11.0 },
    })
}

/// Six good rounds, an incident of six of each of two causes, and six good ones again.
fn past(url: &str, began: Timestamp) -> String {
    let cause = |n| match n {
        6..12 => Some(Cause::TlsNameMismatch),
        12..18 => Some(Cause::HttpBodyMismatch),
        _ => None,
    };
    (0..24).map(|n| round(url, began, n, cause(n)).to_string()).collect::<Vec<_>>().join("\n") + "\n"
}

/// What stands in its place where it is shown: of another host, at another address.
fn shown(secret: &str) -> String {
    secret.replace("-7q", "").replace("77", "5").replace("feedface", "01234567")
}

fn url(lab: &Lab, slug: &str) -> String {
    let port = lab.port("half");
    match slug {
        "half" => format!("http://localhost:{port}/open?token=s3cret-7q"),
        _ => format!("http://origin-7q.example:{port}/deep-7q?token=s3cret-7q"),
    }
}

/// One whose rounds show a query, one that hides URL and addresses, and one that is internal.
fn config(lab: &Lab, public: &Value, internal: &Value) -> String {
    let controls = lab::controls(lab);
    let origin = url(lab, "veiled");
    let target = |slug: &str, name: &str, url: &str, public: &Value| {
        json!({
            "slug": slug, "name": name, "group": "All & sundry", "url": url, "interval": 5, "timeout": "2s",
            "public": public,
        })
    };
    let mut veiled = target("veiled", "Veiled", &origin, public);
    let mut intern = target(INTERNAL, "Intern 7q", &origin, internal);
    for target in [&mut veiled, &mut intern] {
        target["addresses"] = json!(["127.0.0.77"]);
    }
    let daily = |title: &str, targets: &[&str]| {
        json!({
            "title": title, "targets": targets, "expected": "degraded", "every": "day", "at": "00:00", "for": "1m",
            "zone": "Etc/UTC",
        })
    };
    json!({
        "targets": [
            target("half", "Half", &url(lab, "half"), &json!(true)), intern, veiled,
        ],
        "controls": { "ipv4": controls.ipv4, "ipv6": controls.ipv6 },
        "network": { "allow_private": true },
        "notify": ["log"],
        "maintenance": [
            daily("Of all three", &["half", INTERNAL, "veiled"]), daily("Of one", &[INTERNAL]),
        ],
    })
    .to_string()
}

struct Setting {
    _runtime: tokio::runtime::Runtime,
    lab: Lab,
    _data: tempfile::TempDir,
    worker: Worker,
    /// Of the rounds that are loaded: three hours ago.
    began: Timestamp,
}

impl Setting {
    fn new() -> Self {
        let runtime = lab::runtime();
        let lab = runtime.block_on(Lab::start(lab::half())).expect("the lab starts");
        let data = tempfile::tempdir().expect("a folder");
        let worker = Worker::start(data.path());
        let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_millis();
        let began = Timestamp::from_unix_ms(i64::try_from(now).expect("before the year 292,000,000")) - 3 * HOUR;
        let setting = Self { _runtime: runtime, lab, _data: data, worker, began };
        setting.accept(&json!({ "url": false, "address": false }), &json!(false));
        for slug in ["half", "veiled", INTERNAL] {
            let mut past = past(&url(&setting.lab, slug), began);
            if slug == "half" {
                for secret in SECRETS.into_iter().filter(|secret| *secret != QUERY) {
                    past = past.replace(secret, &shown(secret));
                }
            }
            assert_eq!(setting.worker.load(slug, &past), 24);
        }
        // What was loaded, and what is measured: that target answers nowhere.
        eventually("incidents of all three", SOON, || {
            let all = [("half", 1), ("veiled", 2), (INTERNAL, 2)];
            all.iter().all(|(slug, n)| setting.incidents(slug).len() >= *n).then_some(())
        });
        setting
    }

    fn accept(&self, public: &Value, internal: &Value) {
        let mut config: Value = serde_json::from_str(&config(&self.lab, public, internal)).expect("JSON");
        config["page"] = json!({ "logo": LOGO.0 });
        let (status, answer) = self.worker.put_config_with(&config.to_string(), &[LOGO]);
        assert_eq!(status, 200, "{answer}");
    }

    /// The incidents of a target as the operator is told of them, the newest first.
    fn incidents(&self, slug: &str) -> Vec<v1::Incident> {
        let (status, answer) = self.worker.get_as(&format!("/api/v1/incidents?target={slug}"), ADMIN_TOKEN);
        assert_eq!(status, 200, "{answer}");
        serde_json::from_value::<v1::Incidents>(answer).expect("incidents").incidents
    }

    fn ask(&self, path: &str) -> Answer {
        let (answer, bytes) = self.worker.ask_bytes("GET", path, &[]);
        Answer { body: String::from_utf8_lossy(&bytes).into_owned(), ..answer }
    }

    /// The hour of the rounds that were loaded.
    fn span(&self) -> String {
        format!("from={}&to={}", self.began.unix_ms(), (self.began + HOUR).unix_ms())
    }

    /// Every public address of a target and of one of its incidents.
    fn addresses(&self, slug: &str, incident: &str) -> Vec<String> {
        let own = |path: &str| path.replace("half", slug).replace("NAME", incident);
        let further = [
            format!("/probe/dns?target={slug}"),
            format!("/api/v1/status?after={slug}"),
            format!("/api/v1/incidents?target={slug}"),
            format!("/targets/{slug}?lang=zh-Hans"),
            format!("/incidents/{incident}?lang=de"),
            format!("/api/v1/targets/{slug}/rounds?{}", self.span()),
            format!("/badge/{slug}.svg?metric=certificate"),
        ];
        ADDRESSES.iter().map(|(path, ..)| own(path)).chain(further).collect()
    }
}

/// Everything that comes with an answer.
fn whole(answer: &Answer) -> String {
    format!("{} {:?} {}", answer.status, answer.headers, answer.body)
}

/// The same without what is another one each time.
fn told(answer: &Answer, name: &str) -> String {
    let mut headers = answer.headers.clone();
    for changing in ["date", "etag"] {
        headers.remove(changing);
    }
    let time = |text: &str| text.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect::<String>();
    format!("{} {headers:?} {}", answer.status, time(&answer.body.replace(name, "NOBODY")))
}

fn check(answer: &Answer, path: &str) {
    let whole = whole(answer);
    for secret in SECRETS {
        assert!(!whole.contains(secret), "{path} tells {secret}: {whole}");
    }
}

/// Promise (Secrets): No public page, document, feed, badge, metric, header or asset tells of an internal target, of a URL or
/// an address that is hidden, or of the query of any URL.
#[test]
fn no_public_address_tells_what_is_not_public() {
    let setting = Setting::new();
    let mut assets = Vec::new();
    for slug in ["half", "veiled"] {
        for incident in setting.incidents(slug) {
            for path in setting.addresses(slug, &incident.summary.id) {
                let answer = setting.ask(&path);
                if slug == "half" {
                    assert_ne!(answer.status, 404, "{path}: {}", answer.body);
                }
                check(&answer, &path);
                let whole = whole(&answer);
                assert!(!whole.contains(INTERNAL), "{path} tells of the internal target: {whole}");
                let urls = answer.body.split(['"', '\'', ' ']).filter(|part| part.starts_with("/assets/"));
                assets.extend(urls.map(str::to_owned));
            }
        }
    }
    assets.sort_unstable();
    assets.dedup();
    assert!(assets.len() > 3, "{assets:?}");
    for path in assets {
        check(&setting.ask(&path), &path);
    }
    // What is written into the log by the channel of that name, too.
    let log = setting.worker.log().join("\n");
    assert!(log.contains("notice") && !log.contains("s3cret-7q"), "{log}");
}

/// Promise (Secrets): An internal name is answered as one that nobody has: with the same bytes and headers.
#[test]
fn an_internal_name_is_answered_as_one_that_nobody_has() {
    let setting = Setting::new();
    let incidents = setting.incidents(INTERNAL);
    for incident in &incidents {
        let id = &incident.summary.id;
        let of_nobody = id.replace(INTERNAL, NOBODY);
        let pairs = setting.addresses(INTERNAL, id).into_iter().zip(setting.addresses(NOBODY, &of_nobody));
        for (path, other) in pairs.filter(|(path, _)| path.contains(INTERNAL)) {
            let same = eventually("both of the same moment", SOON, || {
                let [internal, nobody] = [&path, &other].map(|path| setting.ask(path));
                let both = (told(&internal, INTERNAL), told(&nobody, NOBODY));
                (both.0 == both.1).then_some(internal)
            });
            let without = Answer { body: same.body.replace(INTERNAL, "NOBODY"), ..same };
            check(&without, &path);
            assert!(!whole(&without).contains(INTERNAL), "{path}: {}", whole(&without));
        }
    }
}

#[test]
fn the_operator_is_told_all_of_it_and_nobody_else_is() {
    let setting = Setting::new();
    let status = |token: &str| {
        let (status, answer) = setting.worker.get_as("/api/v1/status", token);
        assert_eq!(status, 200, "{answer}");
        serde_json::from_value::<v1::Status>(answer).expect("a status").targets
    };
    let slugs = |targets: &[v1::TargetStatus]| targets.iter().map(|target| target.slug.clone()).collect::<Vec<_>>();
    let all = status(ADMIN_TOKEN);
    assert_eq!(slugs(&all), ["half", INTERNAL, "veiled"]);
    assert!(all.iter().all(|target| target.url.ends_with("?token=s3cret-7q")), "{all:?}");
    for token in ["wrong", ""] {
        let told = status(token);
        assert_eq!(slugs(&told), ["half", "veiled"]);
        assert!(told[0].url.ends_with("/open") && told[1].url.is_empty(), "{told:?}");
        assert!(told[0].ipv4.address.is_some() && told[1].ipv4.address.is_none(), "{told:?}");
    }
    let incident = setting.incidents(INTERNAL).pop().expect("that was loaded").summary.id;
    let span = setting.span();
    for path in [
        format!("/api/v1/targets/{INTERNAL}"),
        format!("/api/v1/targets/{INTERNAL}/rounds?{span}"),
        format!("/api/v1/incidents/{incident}"),
        format!("/api/v1/incidents/{incident}/report.md"),
    ] {
        let token = format!("Bearer {ADMIN_TOKEN}");
        let (answer, body) = setting.worker.ask_bytes("GET", &path, &[("authorization", &token)]);
        assert_eq!((answer.status, answer.header("cache-control")), (200, "no-store"), "{path}");
        assert!(String::from_utf8_lossy(&body).contains("s3cret-7q"), "{path}: {}", String::from_utf8_lossy(&body));
        assert_eq!(setting.ask(&path).status, 404, "{path}: what the operator read is kept for nobody");
    }
    // What is shown otherwise from now on, is so at once; what is taken out stays hidden.
    let is_public = || setting.ask("/api/v1/targets/veiled").body.contains("127.0.0.77");
    assert!(!is_public());
    setting.accept(&json!(true), &json!(false));
    eventually("its address is public", SOON, || is_public().then_some(()));
    setting.accept(&json!({ "address": false }), &json!(false));
    assert!(!is_public());
    setting.accept(&json!(false), &json!(true));
    assert_eq!(setting.ask("/api/v1/targets/veiled").status, 404);
    assert_eq!(setting.ask(&format!("/api/v1/incidents/{incident}")).status, 200);
    setting.accept(&json!(true), &json!(false));
    let mut one: Value = serde_json::from_str(&config(&setting.lab, &json!(true), &json!(false))).expect("JSON");
    one["targets"].as_array_mut().expect("a list").truncate(1);
    one["maintenance"] = json!([]);
    setting.worker.accept(&one.to_string());
    for path in [format!("/api/v1/incidents/{incident}"), format!("/incidents/{incident}")] {
        assert_eq!(setting.ask(&path).status, 404, "{path}: it was internal when it was taken out");
    }
    assert!(!setting.ask("/api/v1/incidents").body.contains(INTERNAL));
}
