//! The status page on real workerd: its bars are what was measured, its groups and pages hold every service, and what is
//! looked for is found on all of them.

use dualwatch_core::measure::time::{DAY, HOUR, Timestamp};
use dualwatch_tests::{
    feed::{Look, REFUSED, WELL, deliver_rounds, round_at},
    told::Told,
    worker::eventually,
};
use dualwatch_wire::{time, v1::PageData};
use serde_json::{Value, json};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// What a target reckons now and then is told with the next report that is kept.
const RECKONED: Duration = Duration::from_mins(3);
const SOON: Duration = Duration::from_secs(30);
/// The document with twenty services as it is sent with brotli: with its style, which is 6 kB, it is to be read after 14 kB.
/// Scripts are in `crates/xtask/src/sizes.toml`.
const MAX_DOCUMENT_BYTES: usize = 7_500;
/// With as many services as are on one page.
const MAX_PAGE_BYTES: usize = 400_000;

fn now() -> Timestamp {
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_millis();
    Timestamp::from_unix_ms(i64::try_from(since_1970).expect("a time"))
}

#[test]
fn the_bars_of_ninety_days_are_those_of_a_known_history() {
    let setting = Told::new();
    let url = setting.silent_url();
    let target = json!({ "name": "Shop", "slug": "shop", "url": url, "interval": 3600, "timeout": 60 });
    let worker = setting.start(&setting.config(&[target], &[]));
    let today = now().unix_ms().div_euclid(DAY);
    // Hours of days, counted from the first: what was seen then.
    let seen: [(i64, std::ops::Range<i64>, Look); 9] = [
        (0, 0..24, WELL),
        (1, 0..4, WELL),
        (1, 4..8, REFUSED),
        (1, 8..22, WELL),
        // Nobody looked on the day after that.
        (3, 0..6, WELL),
        (4, 0..24, WELL),
        (5, 0..23, WELL),
        (5, 23..24, REFUSED),
        (6, 0..24, WELL),
    ];
    let first = Timestamp::from_unix_ms((today - 7) * DAY);
    let lines: Vec<String> = (seen.iter())
        .flat_map(|(day, hours, look)| hours.clone().map(move |hour| (first + *day * DAY + hour * HOUR, *look)))
        .map(|(at, look)| serde_json::to_string(&round_at(&url, "edge", look, at)).expect("JSON"))
        .collect();
    assert_eq!(worker.load("shop", &lines.join("\n")), u64::try_from(lines.len()).expect("few"));
    // What was loaded is told with what is measured.
    deliver_rounds(worker.edge.addresses()[0], "one", "shop", vec![round_at(&url, "one", WELL, now())]);

    let days = eventually("the page has the days", RECKONED, || {
        let page: PageData = worker.document("/api/v1/page");
        page.targets[0].days.clone()
    });
    let until = time::parse(&format!("{}T00:00:00Z", days.until)).expect("a day").unix_ms().div_euclid(DAY);
    // A day may end meanwhile.
    assert!((today..=today + 1).contains(&until), "{days:?}");
    let past = |letters: &str| {
        let after = usize::try_from(until - today).expect("a day or none") + 1;
        letters[..letters.len() - after].to_owned()
    };
    assert_eq!((&*past(&days.ipv4), &*past(&days.ipv6)), ("uu.puuu", "ud.pudu"), "{days:?}");

    let html = worker.get("/").2;
    assert!(html.contains("IPv6, the last 90 days: outages on 2 days"), "{html}");
    assert!(html.contains("class=\"bar-down\"") && html.contains("class=\"bar-partly\""), "{html}");
}

#[test]
fn many_services_are_in_groups_on_pages_and_are_found_on_all_of_them() {
    let setting = Told::new();
    let groups = ["Mail & more", "Shops", "Internal"];
    // Measured once an hour: this is about lists.
    let target = |i: usize| {
        let mut target = setting.target(&format!("s{i}"), "good", 3_600);
        target["name"] = json!(format!("Service {i} of the shop"));
        target["group"] = json!(groups[i * groups.len() / 120]);
        target
    };
    let targets: Vec<Value> = (0..120).map(target).collect();
    let worker = setting.start(&setting.config(&targets, &[]));
    let slugs = |path: &str| -> Vec<String> {
        let page: PageData = worker.document(path);
        page.status.targets.into_iter().map(|target| target.slug).collect()
    };
    for path in ["/", "/?page=2", "/?page=3", "/?q=shop"] {
        let (status, _, html) = worker.get(path);
        assert_eq!(status, 200, "{path}");
        assert!(html.len() <= MAX_PAGE_BYTES, "{path}: {} bytes", html.len());
        println!("{path}: {} bytes for 50 services", html.len());
        assert!(html.contains("action=\"/\""), "{path} has no form");
    }
    let page: PageData = worker.document("/api/v1/page?page=3");
    let told: Vec<(&str, u32, u32)> = page.groups.iter().map(|g| (&*g.name, g.targets, g.page)).collect();
    assert_eq!(told, [("Mail & more", 40, 1), ("Shops", 40, 1), ("Internal", 40, 2)]);
    assert!(worker.get("/").2.contains("<a href=\"/?page=2\">Internal</a>"));

    assert_eq!(slugs("/api/v1/page?q=Service+117"), ["s117"]);
    assert_eq!(slugs("/api/v1/page?q=internal+service").len(), 40);
    assert_eq!(slugs("/api/v1/page?q=nowhere"), [""; 0]);
    let found = worker.get("/?q=INTERNAL%20%20Service&lang=de").2;
    assert!(found.contains("40 Dienste gefunden.") && found.contains("id=\"service-s119\""), "{found}");
    let policy = worker.ask("GET", "/", &[]).header("content-security-policy").to_owned();
    assert!(policy.contains("form-action 'self'") && !policy.contains("'unsafe-"), "{policy}");
    // What has no end is cut, and what is no text at all is nothing that is looked for.
    assert_eq!(worker.get(&format!("/?q={}", "x".repeat(9_000))).0, 200);
    assert_eq!(worker.get("/?q=%00%0d%0a").2.matches("id=\"service-").count(), 50);
}

#[test]
fn the_first_page_of_twenty_services_is_small() {
    let setting = Told::new();
    let targets: Vec<Value> = (0..20).map(|i| setting.target(&format!("service-{i}"), "good", 5)).collect();
    let worker = setting.start(&setting.config(&targets, &[]));
    eventually("all are up", SOON, || {
        let page: PageData = worker.document("/api/v1/page");
        page.status.targets.iter().all(|target| target.ipv6.latency_ms.is_some()).then_some(())
    });
    let whole = worker.get("/").2.len();
    let (answer, packed) = worker.ask_bytes("GET", "/", &[("accept-encoding", "br")]);
    assert_eq!((answer.status, answer.header("content-encoding")), (200, "br"));
    println!("the document with 20 services: {whole} bytes, {} as sent", packed.len());
    assert!(packed.len() <= MAX_DOCUMENT_BYTES, "{} bytes", packed.len());
}

#[test]
fn every_page_is_found_by_who_crawls_and_says_where_it_is() {
    let setting = Told::new();
    let worker = setting.start(&setting.config(&[setting.target("shop", "good", 3_600)], &[]));
    let origin = worker.origin();
    let robots = worker.ask("GET", "/robots.txt", &[]);
    assert_eq!((robots.status, robots.header("content-type")), (200, "text/plain; charset=utf-8"));
    assert!(robots.body.contains(&format!("\nSitemap: {origin}/sitemap.xml\n")), "{}", robots.body);
    let icon = worker.ask("GET", "/favicon.ico", &[]);
    assert_eq!((icon.status, icon.header("content-type")), (200, "image/svg+xml"));

    let (status, content_type, map) = worker.get("/sitemap.xml");
    assert_eq!((status, &*content_type), (200, "application/xml; charset=utf-8"));
    let listed: Vec<&str> = map.split("<loc>").skip(1).filter_map(|rest| rest.split("</loc>").next()).collect();
    assert!(listed.contains(&&*format!("{origin}/targets/shop")) && listed.len() == 7, "{map}");
    for url in listed {
        let path = url.strip_prefix(&origin).expect("a page of ours");
        let (status, content_type, html) = worker.get(path);
        assert_eq!((status, &*content_type), (200, "text/html; charset=utf-8"), "{path}");
        assert!(html.contains("href=\"/about\""), "{path} leads nowhere");
        assert!(html.contains(&format!("<link rel=\"canonical\" href=\"{path}\">")), "{path}: {html}");
        assert!(html.contains("<meta name=\"description\" content=\""), "{path}");
    }
    assert!(worker.get("/about?lang=de").2.contains("<h1>Wie gemessen wird</h1>"));
    for (query, status) in [
        ("?family=ipv6&cause=tcp.refused&target=shop", 200),
        ("?family=&cause=&target=", 200),
        ("?family=ipv5", 400),
        ("?cause=nothing", 400),
        ("?target=..", 400),
    ] {
        let answer = worker.ask("GET", &format!("/incidents{query}"), &[]);
        assert_eq!(answer.status, status, "{query}");
        let policy = answer.header("content-security-policy");
        assert!(status != 200 || policy.contains("form-action 'self'"), "{query}: {policy}");
    }
}
