use super::*;
use crate::feed::About;
use dualwatch_core::measure::family::Family;
use dualwatch_core::measure::time::DAY;
use dualwatch_core::remember::{availability::Period, rollup::bucket::Size};

const NOW: Timestamp = Timestamp::from_unix_ms(1_795_428_711_000);
const INCIDENT: &str = "shop-20261123T101151Z";

fn ask(method: &str, path: &str) -> Result<Route, Refusal> {
    parse(method, &format!("http://localhost:8787{path}"), NOW)
}

fn slug() -> Slug {
    Slug::parse("shop").unwrap()
}

fn incident() -> IncidentName {
    IncidentName::parse(INCIDENT).unwrap()
}

fn refused(method: &str, path: &str) -> u16 {
    ask(method, path).expect_err(path).problem().status
}

#[test]
fn a_refusal_of_a_method_names_all_that_are_answered() {
    let detail = |method, path| ask(method, path).expect_err(path).problem().detail;
    assert_eq!(detail("POST", "/"), "only GET and HEAD are answered here");
    assert_eq!(detail("POST", "/api/v1/config"), "only GET, HEAD and PUT are answered here");
    assert_eq!(detail("GET", "/api/v1/vantage/rounds"), "only POST is answered here");
}

#[test]
fn an_address_says_how_it_may_be_asked() {
    for (path, allowed) in [
        ("/", Some("GET, HEAD, OPTIONS")),
        ("/metrics", Some("GET, HEAD, OPTIONS")),
        ("/api/v1/status?after=..", Some("GET, HEAD, OPTIONS")),
        ("/api/v1/config", Some("GET, HEAD, PUT, OPTIONS")),
        ("/api/v1/targets/shop/rounds", Some("GET, HEAD, POST, OPTIONS")),
        ("/api/v1/vantage/rounds", Some("POST, OPTIONS")),
        ("/host/storage", Some("PUT, OPTIONS")),
        ("/api/v1/targets/..", None),
        ("/nothing", None),
    ] {
        assert_eq!(methods(&format!("http://localhost:8787{path}")).as_deref(), allowed, "{path}");
    }
    assert_eq!(methods("https://directory.object.invalid/config"), None);
}

#[test]
fn a_parameter_that_nobody_knows_is_refused_with_those_that_are_known() {
    let detail = |method, path| ask(method, path).expect_err(path).problem();
    for (method, path, said) in [
        ("GET", "/api/v1/status?limt=5", "there is no parameter `limt` here; there are `after` and `limit`"),
        ("GET", "/api/v1/page?part=2", "there is no parameter `part` here; there are `page` and `q`"),
        ("HEAD", "/api/v1/targets/shop?x", "there is no parameter `x` here; there are none"),
        ("GET", "/api/v1/targets/shop/rounds?size=1h", "there are `from` and `to`"),
        ("GET", "/api/v1/targets/shop/rounds?last=5", "there is no parameter `last` here"),
        ("POST", "/api/v1/targets/shop/rounds?from=0", "there are `confirm`, `interval` and `unchanged`"),
        (
            "GET",
            "/api/v1/targets/shop/history?size=1h&%66ro=0",
            "no parameter `fro` here; there are `size`, `from` and `to`",
        ),
        ("GET", "/api/v1/targets/shop/availability?window=7d", "there are none"),
        ("GET", "/api/v1/incidents?target=shop&since=0", "there are `target` and `before`"),
        ("GET", "/api/v1/config?format=yml", "there are none"),
        ("GET", "/api/v1/vantage/plans?x=1", "there are none"),
    ] {
        let problem = detail(method, path);
        assert!(problem.status == 400 && problem.detail.contains(said), "{path}: {problem:?}");
    }
    let incident = format!("/api/v1/incidents/{INCIDENT}/report.md?x=1");
    assert_eq!(refused("GET", &incident), 400);
    // Pages take what people append to links.
    assert!(ask("GET", "/?utm_source=mail").is_ok() && ask("GET", "/incidents?fbclid=1").is_ok());
}

#[test]
#[allow(clippy::too_many_lines)] // One table, read from top to bottom.
fn every_public_address_has_its_route() {
    use Route::Document as Doc;
    let last_day = Span { begin: Begin::Before(DAY), to: None };
    let span = Span { begin: Begin::At(Timestamp::from_unix_ms(0)), to: Some(Timestamp::from_unix_ms(10)) };
    let self_test = |is_embedded, language| Route::Page(Page::SelfTest { is_embedded, language });
    let status = |form, part| Route::Page(Page::Status { form, part, search: None, language: None });
    let found = |search: &str| {
        Route::Page(Page::Status { form: Form::Html, part: 1, search: Some(search.into()), language: None })
    };
    let statuspage = |which, after, language| Doc(Document::Statuspage { which, after, language });
    let feed = |form, about, is_history| Doc(Document::Feed { form, about, before: None, language: None, is_history });
    let narrow = About { target: Some(slug()), family: Some(Family::Ipv6), is_maintenance: true };
    for (path, route) in [
        ("/", status(Form::Html, 1)),
        ("", status(Form::Html, 1)),
        ("/?page=3", status(Form::Html, 3)),
        ("/?q=", status(Form::Html, 1)),
        ("/?q=+&page=2", status(Form::Html, 2)),
        ("/?q=Mail++%C3%9C%0A", found("mail ü")),
        ("/?q=mail&page=2", found("mail")),
        ("/api/v1/page", status(Form::Json, 1)),
        (
            "/incidents?before=5",
            Route::Page(Page::Incidents {
                before: Some(Timestamp::from_unix_ms(5)),
                chosen: Chosen::default(),
                language: None,
            }),
        ),
        (&format!("/incidents/{INCIDENT}"), Route::Page(Page::Incident(incident(), None))),
        ("/targets/shop", Route::Page(Page::Target(slug(), Period::Day, None))),
        ("/targets/shop?range=24h", Route::Page(Page::Target(slug(), Period::Day, None))),
        ("/targets/shop?range=1y&lang=de", Route::Page(Page::Target(slug(), Period::Year, Some(Language::De)))),
        ("/targets/shop?lang=de-AT", Route::Page(Page::Target(slug(), Period::Day, Some(Language::De)))),
        (
            "/incidents?lang=zh&before=5",
            Route::Page(Page::Incidents {
                before: Some(Timestamp::from_unix_ms(5)),
                chosen: Chosen::default(),
                language: Some(Language::ZhHans),
            }),
        ),
        ("/self-test", self_test(false, None)),
        ("/self-test?embed", self_test(true, None)),
        ("/self-test?lang=de", self_test(false, Some(Language::De))),
        ("/self-test?embed&lang=zh-CN", self_test(true, Some(Language::ZhHans))),
        ("/self-test?lang=%64e", self_test(false, Some(Language::De))),
        ("/self-test?lang=", self_test(false, None)),
        ("/self-test?lang=tlh&lang=de", self_test(false, None)),
        ("/healthz", Route::Health),
        ("/assets/page-0a1b.css", Route::Asset),
        ("/probe/ip?nonce=a%20b", Route::Probe(Probe::Ip { nonce: Some("a b".to_owned()), delay_ms: 0 })),
        ("/probe/ip?delay_ms=300", Route::Probe(Probe::Ip { nonce: None, delay_ms: 300 })),
        ("/probe/large?bytes=7", Route::Probe(Probe::Large { n_bytes: 7, nonce: None, delay_ms: 0 })),
        ("/probe/dns?target=shop", Route::Probe(Probe::Dns { slug: slug(), nonce: None })),
        ("/probe/dns?target=shop&nonce=n", Route::Probe(Probe::Dns { slug: slug(), nonce: Some("n".to_owned()) })),
        ("/api/v1/status", Doc(Document::Status { after: None, limit: None })),
        ("/api/v1/status?limit=2&after=shop", Doc(Document::Status { after: Some(slug()), limit: Some(2) })),
        ("/api/v1/incidents?target=shop", Doc(Document::Incidents { target: Some(slug()), before: None })),
        (&format!("/api/v1/incidents/{INCIDENT}"), Doc(Document::Incident(incident()))),
        (&format!("/api/v1/incidents/{INCIDENT}/report.md"), Doc(Document::Report(incident()))),
        ("/api/v1/targets/shop", Doc(Document::Detail(slug()))),
        ("/api/v1/targets/shop/rounds", Doc(Document::Rounds(slug(), last_day))),
        ("/api/v1/targets/shop/rounds?from=0&to=10#x", Doc(Document::Rounds(slug(), span))),
        ("/api/v1/targets/shop/availability", Doc(Document::Availability(slug()))),
        ("/api/v1/targets/shop/history?size=1h", Doc(Document::History(slug(), Size::Hour, last_day))),
        ("/api/v2/summary.json", statuspage(Which::Summary, None, None)),
        ("/api/v2/incidents/unresolved.json?after=shop", statuspage(Which::Unresolved, None, None)),
        ("/api/v2/components.json?lang=de&after=shop", statuspage(Which::Components, Some(slug()), Some(Language::De))),
        ("/history.json?page=2", Doc(Document::Months { page: 2, language: None })),
        ("/feed.atom", feed(crate::feed::Form::Atom, About::default(), false)),
        ("/history.rss", feed(crate::feed::Form::Rss, About::default(), true)),
        ("/feed.json?maintenance&family=ipv6&target=shop", feed(crate::feed::Form::Json, narrow, false)),
        ("/api/v1/config", Route::ReadConfig),
        ("/api/v1/vantage/plans", Route::Plans),
        ("/api/v1/clients", Route::Clients),
        ("/about?lang=de", Route::Page(Page::About { language: Some(Language::De) })),
        ("/robots.txt", Route::Crawled(Crawled::Robots)),
        ("/sitemap.xml?x=1", Route::Crawled(Crawled::Sitemap)),
        ("/favicon.ico", Route::Crawled(Crawled::Icon)),
        ("/branding.css", Route::Branded(Branded::Style)),
        ("/logo", Route::Branded(Branded::Logo)),
        (
            "/incidents?target=shop&family=ipv6&cause=",
            Route::Page(Page::Incidents {
                before: None,
                chosen: Chosen { target: Some(slug()), family: Some(Family::Ipv6), cause: None },
                language: None,
            }),
        ),
        ("/clients?lang=de", Route::Page(Page::Clients { search: None, language: Some(Language::De) })),
        (
            "/clients?q=Node.js++22",
            Route::Page(Page::Clients { search: Some("node.js 22".to_owned()), language: None }),
        ),
        ("/api", Route::Described(Described::People)),
        ("/api/v1/openapi.json", Route::Described(Described::Programs)),
        ("/metrics", Route::Metrics),
        ("/metrics?x=1", Route::Metrics),
    ] {
        assert_eq!(ask("GET", path).as_ref(), Ok(&route), "{path}");
        assert_eq!(ask("HEAD", path), Ok(route), "{path}");
        assert_eq!(ask("OPTIONS", path), Ok(Route::Options), "{path}");
        assert_eq!(refused("DELETE", path), 405, "{path}");
    }
    let pace = Pace { confirm: Some(1), interval_s: Some(300), unchanged_s: None };
    let rounds = "/api/v1/targets/shop/rounds?confirm=1&interval=300";
    assert_eq!(ask("POST", rounds), Ok(Route::LoadRounds { slug: slug(), pace }));
    assert_eq!(ask("POST", "/probe/sink"), Ok(Route::Probe(Probe::Sink { nonce: None })));
    assert_eq!(ask("POST", "/probe/sink?nonce=n"), Ok(Route::Probe(Probe::Sink { nonce: Some("n".to_owned()) })));
    let pace = Pace { unchanged_s: Some(604_800), ..pace };
    let rounds = "/api/v1/targets/shop/rounds?confirm=1&interval=300&unchanged=604800";
    assert_eq!(ask("POST", rounds), Ok(Route::LoadRounds { slug: slug(), pace }));
    assert_eq!(ask("POST", "/api/v1/vantage/rounds"), Ok(Route::TakeRounds));
    assert_eq!(ask("PUT", "/api/v1/config"), Ok(Route::TakeConfig));
    assert_eq!(ask("PUT", "/host/storage"), Ok(Route::TakeStorage));
    assert_eq!(ask("PUT", "/host/end"), Ok(Route::TakeEnd));
    assert_eq!(ask("GET", "/api/v1/events"), Ok(Route::Events { since: None }));
    assert_eq!(ask("GET", "/api/v1/events?since=7"), Ok(Route::Events { since: Some(Revision::of(7)) }));
    assert!(matches!(ask("GET", "/api/v1/events?since=soon"), Err(Refusal::Bad(_))));
    for method in ["GET", "HEAD", "POST", "DELETE"] {
        assert_eq!(ask(method, "/host/storage"), Err(Refusal::Method("PUT")), "{method}");
    }
}

#[test]
fn what_others_have_no_address_for_is_not_there() {
    for path in [
        "/feed",
        "/feed.xml",
        "/feed.atom/",
        "/feeds.atom",
        "/history.",
        "/api/v2",
        "/api/v2/",
        "/api/v2/summary",
        "/api/v2/summary.json/",
        "/api/v2/incidents/active.json",
        "/api/v2/scheduled-maintenances/unresolved.json",
    ] {
        assert_eq!(refused("GET", path), 404, "{path}");
    }
    for path in ["/feed.rss?family=ipv5", "/feed.atom?target=..", "/feed.json?before=soon", "/history.json?page=0"] {
        assert_eq!(refused("GET", path), 400, "{path}");
    }
    for path in ["/feed.rss", "/api/v2/status.json"] {
        assert_eq!(refused("POST", path), 405, "{path}");
    }
}

/// Promise (Names from outside): What is no name of a target and of no incident is refused before any object is asked.
#[test]
fn what_is_no_name_goes_no_further() {
    let names = [
        "",
        ".",
        "..",
        "%2e%2e",
        "a/b",
        r"a\b",
        r"..\rearm",
        "a%2fb",
        "a%5cb",
        "Shop",
        "shop ",
        "shop%00",
        "shop\0",
        "a..b",
        "..;",
        "shop;x",
        "sh\u{f6}p",
        "\u{455}hop",
        "shop\u{202e}",
        "a--b",
        "-a",
        "a-",
        "knows",
        INCIDENT,
        &"a".repeat(65),
    ];
    for name in names {
        for path in ["/rounds", "/availability", "/history"] {
            let path = format!("/api/v1/targets/{name}{path}");
            // A name may be one that nobody has.
            if Slug::is(name) {
                assert!(ask("GET", &path).is_ok());
            } else {
                assert_eq!(refused("GET", &path), 404, "{path}");
            }
        }
        for path in [format!("/api/v1/incidents/{name}"), format!("/api/v1/incidents/{name}/report.md")] {
            if name != INCIDENT && !name.is_empty() {
                assert_eq!(refused("GET", &path), 404, "{path}");
            }
        }
    }
    for time in ["20261323T101151Z", "20260230T101151Z", "20261123T240000Z", "20261123T235960Z", "00001123T101151Z"] {
        assert_eq!(IncidentName::parse(&format!("shop-{time}")), None, "{time}");
    }
    for path in ["/targets/..", "/targets/%2e%2e", "/incidents/shop", "/incidents/"] {
        assert!(matches!(ask("GET", path), Err(Refusal::NoPage(_))), "{path}");
    }
    for path in
        ["//", "/api/x", "/api/v1/../v1/status", "//api/v1/status", "/API/v1/status", "/api/v1/status/", "/rearm", r"\"]
    {
        assert_eq!(refused("GET", path), 404, "{path}");
    }
    for path in ["/assets", "/assets/", "/assets/..", "/assets/.hidden", "/assets/%2e%2e", r"/assets/a\b", "/assets//a"]
    {
        assert_eq!(refused("GET", path), 404, "{path}");
    }
}

#[test]
fn what_cannot_be_is_said_with_its_name() {
    for (path, name) in [
        ("/incidents?before=garbage", "before"),
        ("/incidents?before=", "before"),
        ("/targets/shop?range=5y", "range"),
        ("/targets/shop?range=", "range"),
        ("/api/v1/incidents?before=garbage", "before"),
        ("/api/v1/incidents?target=..", "target"),
        ("/api/v1/status?limit=0", "limit"),
        ("/api/v1/status?limit=%2B5", "limit"),
        ("/api/v1/status?after=%2e%2e", "after"),
        ("/api/v1/targets/shop/rounds?from=yesterday", "from"),
        ("/api/v1/targets/shop/rounds?from=2&to=1", "from"),
        ("/api/v1/targets/shop/history?size=1w", "size"),
        ("/probe/large?bytes=-1", "bytes"),
        ("/probe/large?bytes=1048577", "bytes"),
        ("/probe/ip?delay_ms=10001", "delay_ms"),
        ("/probe/dns", "target"),
        ("/probe/dns?target=www.example", "target"),
        ("/?page=x", "page"),
    ] {
        let problem = ask("GET", path).expect_err(path).problem();
        assert!(problem.status == 400 && problem.detail.contains(&format!("`{name}`")), "{path}: {problem:?}");
    }
    // However long it is, little of it is repeated.
    let long = "\u{e9}".repeat(100_000);
    for path in [format!("/{long}"), format!("/api/v1/status?after={long}"), format!("/?page={long}")] {
        assert!(ask("GET", &path).unwrap_err().problem().detail.len() < 400);
    }
    assert_eq!(refused("GET", "/api/v1/targets/shop/rounds?from=9223372036854775808"), 400);
    let far = Timestamp::from_unix_ms(crate::time::MAX_MS);
    let span = Span { begin: Begin::At(far), to: Some(far) };
    let path = "/api/v1/targets/shop/rounds?from=9223372036854775807&to=9223372036854775807";
    assert_eq!(ask("GET", path), Ok(Route::Document(Document::Rounds(slug(), span))));
}

#[test]
fn a_canonical_name_means_the_same() {
    for path in [
        "/api/v1/status?after=shop&limit=7",
        "/api/v1/incidents?target=shop&before=1795428711000",
        "/api/v1/targets/shop/rounds?from=0&to=10",
        "/api/v1/targets/shop/history?size=1d&from=0&to=10",
        "/api/v1/incidents/shop-20261123T101151Z/report.md",
    ] {
        let Ok(Route::Document(document)) = ask("GET", path) else { panic!("{path}") };
        assert_eq!(document.name(), path);
    }
    for path in [
        "/",
        "/?page=2",
        "/api/v1/page?page=2",
        "/incidents",
        "/incidents?before=5",
        "/targets/shop",
        "/targets/shop?range=90d",
    ] {
        let Ok(Route::Page(page)) = ask("GET", path) else { panic!("{path}") };
        assert_eq!(page.name(), path);
    }
}

#[test]
fn a_span_ends_now_or_where_it_says() {
    let last = Span { begin: Begin::Before(DAY), to: None };
    assert_eq!((last.at(NOW), last.is_closed()), ((NOW + 1 - DAY, NOW + 1), false));
    let closed = Span { begin: Begin::At(NOW - 5), to: Some(NOW) };
    assert_eq!((closed.at(NOW + DAY), closed.is_closed()), ((NOW - 5, NOW), true));
}
