//! In which language a page is answered, on real workerd: by the address, by the browser, and never by what somebody else
//! asked for before.

use dualwatch_tests::{
    feed::{Feed, REFUSED, WELL},
    told::Told,
    worker::{Worker, eventually},
};
use dualwatch_wire::answer::language::Language;
use std::time::Duration;

const SOON: Duration = Duration::from_secs(30);

const SELF_TEST: &str = "/self-test";

/// Returns the language of an answer, which its header, its element and its module agree on.
fn spoken(worker: &Worker, path: &str, accepted: Option<&str>) -> String {
    let headers: Vec<(&str, &str)> = accepted.map(|field| ("accept-language", field)).into_iter().collect();
    let answer = worker.ask("GET", path, &headers);
    assert_eq!(answer.status, 200, "{path} {accepted:?}");
    assert_eq!(answer.header("vary"), "accept-encoding, accept-language", "{path}");
    let code = answer.header("content-language").to_owned();
    assert!(answer.body.contains(&format!("<html lang=\"{code}\">")), "{path} {accepted:?}: {code}");
    for language in Language::ALL {
        let name = if path.starts_with(SELF_TEST) { "self-test" } else { "status" };
        let module = format!("/assets/{name}-{}-", language.code());
        let is_named = answer.body.contains(&module);
        assert_eq!(is_named, language.code() == code, "{path} {accepted:?}: only the language in use is sent");
    }
    code
}

#[test]
fn the_address_chooses_then_the_browser_and_nobody_else() {
    let data = tempfile::tempdir().unwrap();
    let worker = Worker::start(data.path());
    // Twice: what is kept for one is nobody else's.
    for _ in 0..2 {
        for (path, accepted, code) in [
            (SELF_TEST, None, "en"),
            (SELF_TEST, Some("de-AT,de;q=0.9,en;q=0.8"), "de"),
            (SELF_TEST, Some("zh-CN,zh;q=0.9,en;q=0.8"), "zh-Hans"),
            (SELF_TEST, Some("zh-TW,zh-Hant;q=0.9,de;q=0.5"), "de"),
            (SELF_TEST, Some("fr, *;q=0.1"), "en"),
            (SELF_TEST, Some(";;,nonsense;;q=9,<b>"), "en"),
            ("/self-test?lang=de", Some("zh-CN"), "de"),
            ("/self-test?lang=zh-Hans", Some("de"), "zh-Hans"),
            ("/self-test?lang=zh-CN", None, "zh-Hans"),
            ("/self-test?lang=en", Some("de"), "en"),
            // A language that nobody here writes is no choice.
            ("/self-test?lang=tlh", Some("de"), "de"),
            ("/self-test?embed", Some("de"), "de"),
            ("/self-test?embed&lang=zh-Hans", Some("de"), "zh-Hans"),
            ("/", None, "en"),
            ("/", Some("de-AT,de;q=0.9,en;q=0.8"), "de"),
            ("/", Some("zh-CN,zh;q=0.9,en;q=0.8"), "zh-Hans"),
            ("/?lang=zh-Hans", Some("de"), "zh-Hans"),
            ("/?page=1&lang=de", None, "de"),
            ("/?lang=tlh", Some("de"), "de"),
        ] {
            assert_eq!(spoken(&worker, path, accepted), code, "{path} {accepted:?}");
        }
    }
}

#[test]
fn a_choice_is_carried_on_by_links_and_can_be_changed_without_a_script() {
    let data = tempfile::tempdir().unwrap();
    let worker = Worker::start(data.path());
    let ask = |path: &str| worker.ask("GET", path, &[("accept-language", "de")]).body;
    let chosen = ask("/self-test?lang=zh-Hans");
    for link in ["/?lang=zh-Hans", "/incidents?lang=zh-Hans", "/self-test?lang=en", "/self-test?lang=de"] {
        assert!(chosen.contains(&format!("href=\"{link}\"")), "{link} in {chosen}");
    }
    let status = ask("/?lang=zh-Hans");
    for link in ["/incidents?lang=zh-Hans", "/self-test?lang=zh-Hans", "/?lang=en", "/?lang=de"] {
        assert!(status.contains(&format!("href=\"{link}\"")), "{link} in {status}");
    }
    // Who did not choose goes on without a choice, and the pages that are linked are there.
    let negotiated = ask(SELF_TEST);
    for link in ["/", "/incidents", "/self-test?lang=zh-Hans"] {
        assert!(negotiated.contains(&format!("href=\"{link}\"")), "{link} in {negotiated}");
        assert_eq!(worker.ask("GET", link, &[]).status, 200, "{link}");
    }
    for page in [&chosen, &negotiated] {
        for (code, path) in [("en", "?lang=en"), ("zh-Hans", "?lang=zh-Hans"), ("de", "?lang=de"), ("x-default", "")] {
            let link = format!(r#"<link rel="alternate" hreflang="{code}" href="{SELF_TEST}{path}">"#);
            assert!(page.contains(&link), "{link} in {page}");
        }
    }
    // Somebody's page says by its address which language it embeds; it has no switch and no links to other pages.
    let embedded = ask("/self-test?embed");
    assert!(!embedded.contains("data-languages") && !embedded.contains("/incidents"), "{embedded}");
}

#[test]
fn who_has_it_in_one_language_has_not_the_others() {
    let data = tempfile::tempdir().unwrap();
    let worker = Worker::start(data.path());
    let tag = |language: &str| worker.ask("GET", SELF_TEST, &[("accept-language", language)]).header("etag").to_owned();
    let tags = ["en", "de", "zh"].map(tag);
    for (i, language) in ["en", "de", "zh"].into_iter().enumerate() {
        for (j, tag) in tags.iter().enumerate() {
            let headers = [("accept-language", language), ("if-none-match", tag.as_str())];
            let status = worker.ask("GET", SELF_TEST, &headers).status;
            assert_eq!(status, if i == j { 304 } else { 200 }, "{language} with {tag}");
        }
    }
}

/// Waits for the incident of a service that is refused over IPv6 and does not come back.
fn lasting(setting: &Told, worker: &Worker) -> String {
    let looks = &[(WELL, 3), (REFUSED, 4)];
    let feed = Feed::all(worker.edge.addresses()[0], vec![setting.script("shop", looks)]);
    eventually("all is told", SOON, || feed.is_over().then_some(()));
    eventually("an incident", SOON, || worker.incidents("shop").pop()).summary.id
}

/// Returns the words of a page that stand in no element which says that it is English, a name of the configuration or what
/// was recorded.
fn words(page: &str) -> Vec<String> {
    let mut rest = page[page.find("<h1>").expect("a heading")..].to_owned();
    let pieces = [
        ("<span lang=\"en\">", "</span>"),
        ("<div lang=\"en\">", "</div>"),
        ("<code>", "</code>"),
        ("<pre ", "</pre>"),
        ("<p class=\"url\">", "</p>"),
    ];
    for (from, to) in pieces {
        while let Some(at) = rest.find(from) {
            let end = at + rest[at..].find(to).expect("its end") + to.len();
            rest.replace_range(at..end, "");
        }
    }
    // Names of real clients are the same in every language.
    for name in ["git (over HTTP)", "net.tcp.service"] {
        rest = rest.replace(name, "");
    }
    let texts = rest.split('<').filter_map(|part| part.split_once('>')).map(|(_, text)| text);
    let words = texts.flat_map(|text| text.split(|c: char| !c.is_alphanumeric()));
    words.filter(|word| word.len() > 1 && word.chars().all(|c| c.is_ascii_alphabetic())).map(str::to_owned).collect()
}

#[test]
fn every_page_without_scripts_speaks_the_language_that_is_asked_for() {
    // Words that no German and no Chinese text has; what is a name is the same in all.
    let english = [
        "the",
        "and",
        "over",
        "is",
        "of",
        "since",
        "down",
        "up",
        "not",
        "observed",
        "for",
        "from",
        "to",
        "this",
        "it",
        "list",
        "day",
        "services",
        "incidents",
        "ago",
        "between",
        "refused",
        "seen",
        "service",
    ];
    let setting = Told::new();
    let worker = setting.start(&setting.config(&[setting.target("shop", "good", 60)], &[]));
    let id = lasting(&setting, &worker);
    let there = ["/targets/shop".to_owned(), "/incidents".to_owned(), format!("/incidents/{id}")];
    let missing =
        ["/targets/none", "/targets/-", "/incidents/-", "/incidents/shop-20200101T000000Z"].map(str::to_owned);
    for path in there.iter().chain(&missing) {
        let is_there = there.contains(path);
        let chosen = |code: &str| format!("{path}?lang={code}");
        // Twice: what is kept for one is nobody else's.
        for _ in 0..2 {
            for (path, accepted, code) in [
                (path.clone(), "en", "en"),
                (path.clone(), "de-AT,de;q=0.9,en;q=0.8", "de"),
                (path.clone(), "zh-CN,zh;q=0.9", "zh-Hans"),
                (chosen("de"), "zh", "de"),
                (chosen("zh-Hans"), "de", "zh-Hans"),
                (chosen("tlh"), "de", "de"),
            ] {
                let answer = worker.ask("GET", &path, &[("accept-language", accepted)]);
                assert_eq!(answer.status, if is_there { 200 } else { 404 }, "{path}");
                assert_eq!(answer.header("content-language"), code, "{path} {accepted}");
                assert!(answer.body.contains(&format!("<html lang=\"{code}\">")), "{path} {accepted}");
                if is_there {
                    assert_eq!(answer.header("vary"), "accept-encoding, accept-language", "{path}");
                    assert!(answer.body.contains("data-languages"), "{path}: no switch");
                }
                if code != "en" {
                    let left: Vec<String> = words(&answer.body)
                        .into_iter()
                        .filter(|word| english.contains(&word.to_lowercase().as_str()))
                        .collect();
                    assert!(left.is_empty(), "{path} in {code}: {left:?}");
                }
                let is_chosen = path.contains("lang=de") || path.contains("lang=zh");
                let home = if is_chosen {
                    format!("href=\"/incidents?lang={code}\"")
                } else {
                    "href=\"/incidents\"".to_owned()
                };
                assert!(answer.body.contains(&home), "{path}: {home}");
            }
        }
    }
    // Programs are told the same whatever their browser speaks.
    let markdown = format!("/api/v1/incidents/{id}/report.md");
    let ask = |language| worker.ask("GET", &markdown, &[("accept-language", language)]).body;
    assert!(ask("de").contains("## What to look at") && ask("de") == ask("zh"));
    // Of the status page nothing is left in English either, of an incident that lasts.
    for code in ["de", "zh-Hans"] {
        let page = worker.ask("GET", &format!("/?lang={code}"), &[]).body;
        let left: Vec<String> =
            words(&page).into_iter().filter(|word| english.contains(&word.to_lowercase().as_str())).collect();
        assert!(left.is_empty(), "/ in {code}: {left:?}");
    }
}
