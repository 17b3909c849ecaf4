//! The worker behind real nginx and Caddy with TLS, over both families, as `web/proxy` tells operators to run them.

use dualwatch_core::measure::family::Family;
use dualwatch_simnet::Lab;
use dualwatch_tests::{
    doors, lab,
    proxy::{Proxy, VISITOR_IPV4, VISITOR_IPV6, ask_past, options},
    worker::{Answer, Worker, eventually},
};
use dualwatch_wire::{door::base::Base, v1::ProbeAnswer};
use serde_json::json;
use std::{collections::BTreeSet, net::IpAddr, time::Duration};
use tempfile::TempDir;
use tokio::runtime::Runtime;

const SOON: Duration = Duration::from_secs(30);

/// What a visitor may send to be taken for somebody else, and to be sent elsewhere.
const FORGED: &str = "X-Forwarded-For: 203.0.113.66, 203.0.113.67
    Forwarded: for=203.0.113.66;proto=http;host=evil.example
    CF-Connecting-IP: 203.0.113.66
    CF-Connecting-IPv6: 2001:db8::66
    X-Real-IP: 203.0.113.66
    True-Client-IP: 203.0.113.66
    X-Forwarded-Proto: http
    X-Forwarded-Host: evil.example
    X-Forwarded-Port: 6666
    X-Forwarded-Prefix: /evil.example";

/// What says where it was asked for.
const PLACED: [&str; 9] = [
    "/feed.atom",
    "/feed.json",
    "/history.rss",
    "/api/v2/summary.json",
    "/robots.txt",
    "/sitemap.xml",
    "/embed?target=half",
    "/repos/owner/repository/issues?state=all",
    "/api/v1/incidents/NAME/report.md",
];

/// A worker with a service that is down over IPv6.
struct Site {
    worker: Worker,
    incident: String,
    data: TempDir,
    _lab: Lab,
    _runtime: Runtime,
}

impl Site {
    fn start(vars: &[(String, String)], public_url: Option<&str>) -> Self {
        let runtime = lab::runtime();
        let lab = runtime.block_on(Lab::start(lab::half())).expect("the lab starts");
        let data = tempfile::tempdir().expect("a folder");
        let vars: Vec<_> = vars.iter().map(|(name, value)| (&**name, &**value)).collect();
        let worker = Worker::start_with(&data.path().join("data"), 0, &vars);
        let controls = lab::controls(&lab);
        let url = format!("http://localhost:{}/", lab.port("half"));
        let mut config = json!({
            "targets": [{ "name": "Half", "url": url, "interval": 5, "timeout": "1s", "confirm": { "failures": 1 } }],
            "controls": { "ipv4": controls.ipv4, "ipv6": controls.ipv6 },
            "network": { "allow_private": true },
        });
        if let Some(url) = public_url {
            config["public_url"] = url.into();
        }
        worker.accept(&config.to_string());
        let incident = eventually("an incident", SOON, || worker.incidents("half").pop());
        Self { worker, incident: incident.summary.id.clone(), data, _lab: lab, _runtime: runtime }
    }

    /// Over IPv4 alone, as the files have it.
    fn port(&self) -> u16 {
        self.worker.edge.addresses()[0].port()
    }

    fn path(&self, path: &str) -> String {
        path.replace("NAME", &self.incident)
    }
}

fn probe(answer: &Answer) -> ProbeAnswer {
    assert_eq!(answer.status, 200, "{}", answer.body);
    serde_json::from_str(&answer.body).unwrap_or_else(|e| panic!("{e}: {}", answer.body))
}

/// A proxy as a file tells to run it.
type Start = fn(&str, u16, &std::path::Path) -> Proxy;

fn behind(file: &str, start: Start) {
    let vars = options(file);
    let value = |name: &str| vars.iter().find(|(known, _)| known == name).map_or("", |(_, value)| &**value);
    let base = value("BASE_PATH").trim_end_matches('/');
    let site = Site::start(&vars, None);
    let proxy = start(file, site.port(), site.data.path());
    for visitor in [VISITOR_IPV4, VISITOR_IPV6] {
        says_who_asks(&site, &proxy, base, visitor, value("PROXY_HEADERS") == "Forwarded");
    }
    leads_to_itself(&site, &proxy, base);
    links_are_there(&site, &proxy, base);
}

/// No visitor is taken for another one, whatever headers it sends to the proxy or past it.
fn says_who_asks(site: &Site, proxy: &Proxy, base: &str, visitor: IpAddr, has_port: bool) {
    for headers in ["", FORGED] {
        let (answer, port) = proxy.ask(visitor, &format!("{base}/probe/ip?nonce=abc"), headers);
        let told = probe(&answer);
        assert_eq!((told.ip, told.family), (Some(visitor), Some(Family::of(visitor))), "{headers}");
        assert_eq!((told.port, told.nonce.as_deref()), (has_port.then_some(port), Some("abc")));
        // The worker listens on IPv6, too, and nobody there is trusted.
        let addresses = site.worker.edge.addresses();
        for worker in addresses.iter().filter(|address| address.is_ipv4() == visitor.is_ipv4()) {
            for path in
                ["/probe/ip", "/status/probe/ip"].into_iter().filter(|path| path.starts_with(base) || base.is_empty())
            {
                let path = if base.is_empty() { "/probe/ip" } else { path };
                let (answer, port) = ask_past(worker.port(), visitor, path, headers);
                let told = probe(&answer);
                assert_eq!((told.ip, told.port), (Some(visitor), Some(port)), "past the proxy: {headers}");
            }
        }
    }
}

/// What is read elsewhere leads to where it was asked for, and to no other place that somebody has made up.
fn leads_to_itself(site: &Site, proxy: &Proxy, base: &str) {
    let own = format!("{}{base}/", proxy.origin());
    for path in PLACED {
        let path = format!("{base}{}", site.path(path));
        for headers in [FORGED, "", FORGED] {
            let (answer, _) = proxy.ask(VISITOR_IPV4, &path, headers);
            assert_eq!(answer.status, 200, "{path}: {}", answer.body);
            assert!(answer.body.contains(&own), "{path} leads to {own}: {}", answer.body);
            let said = format!("{:?}{}", answer.headers, answer.body);
            for other in ["evil", "6666", &format!("http://localhost:{}", proxy.port), &format!(":{}", site.port())] {
                assert!(!said.contains(other), "{path} leads to {other}: {said}");
            }
        }
    }
    // A host that somebody has made up is in the answer to nobody else. Caddy knows its sites.
    for path in PLACED.into_iter().chain(["/", "/self-test", "/about", "/api"]) {
        let path = format!("{base}{}", site.path(path));
        proxy.ask(VISITOR_IPV4, &path, "Host: evil.example");
        let (answer, _) = proxy.ask(VISITOR_IPV6, &path, "");
        assert!(answer.status == 200 && !answer.body.contains("evil"), "{path}: {}", answer.body);
    }
}

/// Every link of every page leads to something that is there.
fn links_are_there(site: &Site, proxy: &Proxy, base: &str) {
    let mut known: BTreeSet<String> = BTreeSet::new();
    let mut open =
        vec![format!("{base}/"), format!("{base}/embed"), format!("{base}/self-test?embed"), format!("{base}/api")];
    open.push(format!("{base}/incidents/{}", site.incident));
    while let Some(path) = open.pop() {
        if !known.insert(path.clone()) {
            continue;
        }
        assert!(path.starts_with(&format!("{base}/")), "{path} is not below {base}");
        let (answer, _) = proxy.ask(VISITOR_IPV6, &path, "");
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
        let content_type = answer.header("content-type");
        let is_style = content_type.starts_with("text/css");
        assert!(is_style || !path.contains(".css"), "{path}: {content_type}");
        if content_type.starts_with("text/html") {
            assert!(answer.body.contains("rel=\"stylesheet\"") || path.contains("/embed/frame"), "{path}");
            open.extend(links(&answer.body));
        }
    }
    let is_there = |part: &str| known.iter().any(|path| path.contains(part));
    for part in [
        "/assets/",
        ".css",
        ".wasm",
        "/targets/half",
        "/clients",
        "/self-test?lang=de",
        "/embed/frame",
        "/report.md",
        "/api/v1/status",
    ] {
        assert!(is_there(part), "{part}: {known:?}");
    }
    if !base.is_empty() {
        let (answer, _) = proxy.ask(VISITOR_IPV4, base, "");
        let to = answer.header("location");
        assert!(matches!(answer.status, 301 | 308) && to.ends_with(&format!("{base}/")), "{} {to}", answer.status);
    }
}

/// Returns the addresses in a page that begin at the root of the site.
fn links(html: &str) -> Vec<String> {
    let after = ["href", "src", "action", "data-js", "data-wasm", "data-stream"].map(|name| format!(" {name}=\""));
    let all = after.iter().flat_map(|mark| html.split(&**mark).skip(1).filter_map(|rest| rest.split('"').next()));
    let own = all.filter(|link| link.starts_with('/') && !link.starts_with("//"));
    own.map(|link| link.split('#').next().unwrap_or_default().replace("&amp;", "&")).collect()
}

/// Promise (Names from outside): Behind nginx and Caddy, as our own files configure them, no visitor is taken for another one, or
/// for one that asked another host, whatever headers it sends to the proxy or past it.
#[test]
fn behind_nginx_a_visitor_is_itself() {
    behind("nginx.conf", Proxy::nginx);
}

/// Promise (Names from outside): Behind nginx and Caddy, as our own files configure them, no visitor is taken for another one, or
/// for one that asked another host, whatever headers it sends to the proxy or past it.
#[test]
fn below_a_path_behind_nginx_a_visitor_is_itself() {
    behind("nginx-sub-path.conf", Proxy::nginx);
}

/// Promise (Names from outside): Behind nginx and Caddy, as our own files configure them, no visitor is taken for another one, or
/// for one that asked another host, whatever headers it sends to the proxy or past it.
#[test]
fn behind_caddy_a_visitor_is_itself() {
    behind("Caddyfile", Proxy::caddy);
}

/// Promise (Names from outside): Behind nginx and Caddy, as our own files configure them, no visitor is taken for another one, or
/// for one that asked another host, whatever headers it sends to the proxy or past it.
#[test]
fn below_a_path_behind_caddy_a_visitor_is_itself() {
    behind("Caddyfile.sub-path", Proxy::caddy);
}

/// What the tunnel sends, from this machine: it cannot be run without an account.
#[test]
fn behind_a_tunnel_of_cloudflares_a_visitor_is_itself() {
    let site = Site::start(&options("cloudflared.yml"), None);
    let tunnel = IpAddr::from([127, 0, 0, 1]);
    let sent = "Host: status.example\nX-Forwarded-Proto: https\nX-Forwarded-For: 203.0.113.66, 2001:db8::7\n";
    let ask =
        |from: IpAddr, path: &str, address: &str| ask_past(site.port(), from, path, &format!("{sent}{address}")).0;
    let told = probe(&ask(tunnel, "/probe/ip", "CF-Connecting-IP: 2001:db8::7"));
    assert_eq!((told.ip, told.port), ("2001:db8::7".parse().ok(), None));
    let told = probe(&ask(tunnel, "/probe/ip", "CF-Connecting-IP: 240.1.2.3\nCF-Connecting-IPv6: 2001:db8::7"));
    assert_eq!(told.ip, "2001:db8::7".parse().ok());
    let told = probe(&ask(VISITOR_IPV4, "/probe/ip", "CF-Connecting-IP: 2001:db8::7"));
    assert_eq!(told.ip, Some(VISITOR_IPV4));
    let feed = ask(tunnel, "/feed.atom", "CF-Connecting-IP: 2001:db8::7").body;
    assert!(feed.contains("https://status.example/incidents/"), "{feed}");
    let feed = ask(VISITOR_IPV4, "/feed.atom", "").body;
    assert!(feed.contains("http://status.example/incidents/") && !feed.contains("https://"), "{feed}");
}

/// Promise (Names from outside): Where the operator says where the page is, no name that a visitor sends is in what others read.
#[test]
fn what_others_read_leads_to_where_the_operator_says() {
    let vars = [("BASE_PATH".to_owned(), "/status/".to_owned())];
    let site = Site::start(&vars, Some("https://www.example/status/"));
    let own = "https://www.example/status/";
    for path in
        PLACED.into_iter().chain(["/", "/about", "/incidents", "/targets/half", "/incidents/NAME", "/self-test"])
    {
        let path = site.path(path);
        for below in [path.clone(), format!("/status{path}")] {
            let answer = site.worker.ask("GET", &below, &[("host", "evil.example")]);
            assert!(answer.status == 200 && answer.body.contains(own), "{below}: {}", answer.body);
            // The page asks its own endpoints where it was asked for.
            let is_page = matches!(&*path, "/" | "/self-test");
            assert!(is_page || !answer.body.contains("evil"), "{below}: {}", answer.body);
        }
    }
    let page = site.worker.ask("GET", "/status/targets/half?lang=de", &[]).body;
    for part in [
        r#"<link rel="canonical" href="https://www.example/status/targets/half">"#,
        r#"<link rel="alternate" hreflang="de" href="https://www.example/status/targets/half?lang=de">"#,
        r#"<meta property="og:url" content="https://www.example/status/targets/half">"#,
        r#"<link rel="stylesheet" href="/status/assets/"#,
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
    let feed = site.worker.ask("GET", "/feed.atom", &[]).body;
    assert!(feed.contains("tag:www.example,"), "{feed}");
    let openapi: serde_json::Value = site.worker.document("/api/v1/openapi.json");
    assert_eq!(openapi["servers"][0]["url"], "/status/");
    let (sent, answer) =
        site.worker.post("/status/probe/sink?nonce=abc", &[("content-type", "text/plain")], "twelve bytes");
    assert_eq!((sent, &answer["received_bytes"], &answer["nonce"]), (200, &json!(12), &json!("abc")), "{answer}");
    let (beside, _) = ask_past(site.port(), VISITOR_IPV4, "/status?lang=de", "");
    assert_eq!((beside.status, beside.header("location")), (308, "/status/?lang=de"));
    // Another configuration is seen at once.
    site.worker.accept(
        &json!({ "targets": [{ "url": "tcp://9.9.9.9:9" }], "public_url": "https://other.example" }).to_string(),
    );
    let robots = site.worker.ask("GET", "/robots.txt", &[]).body;
    assert!(robots.contains("Sitemap: https://other.example/sitemap.xml"), "{robots}");
}

/// No base is taken for an address of the page's own.
#[test]
fn every_address_of_ours_begins_otherwise_than_a_base() {
    for (address, ..) in doors::ADDRESSES {
        let path = address.split('?').next().unwrap_or_default();
        let first = path.split('/').nth(1).unwrap_or_default();
        let is_upptimes = path.contains("/master/");
        for base in [path.to_owned(), format!("/{first}"), format!("/{first}/status")] {
            let is_free = Base::parse(&base).is_ok_and(|base| !base.as_str().is_empty());
            // What stands at the root alone has nothing below it; an owner may have any name.
            let is_above = first.contains('.') && base.ends_with("/status") || is_upptimes && base != path;
            assert!(!is_free || is_above, "{base} of {address}");
        }
    }
}
