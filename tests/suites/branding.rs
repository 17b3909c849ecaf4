//! Pages that an operator has made theirs, on real workerd: what the section `page` of a configuration says stands on every page
//! as text, runs nothing, and is refused at its place where it would.

use dualwatch_simnet::Lab;
use dualwatch_tests::{
    lab,
    worker::{Answer, Worker, eventually},
};
use serde_json::{Value, json};
use std::{collections::BTreeSet, time::Duration};

const SOON: Duration = Duration::from_mins(1);

/// Every kind of page; `NAME` stands for an incident.
const PAGES: [&str; 15] = [
    "/",
    "/?q=half",
    "/?lang=de",
    "/incidents",
    "/incidents/NAME",
    "/targets/half",
    "/self-test",
    "/self-test?embed",
    "/about",
    "/about?lang=zh-Hans",
    "/clients",
    "/clients?q=curl",
    "/embed",
    "/embed/frame",
    "/api",
];
/// Those on which nothing of the operator's stands: parts of pages of others.
const FRAMED: [&str; 2] = ["/self-test?embed", "/embed/frame"];

/// What is taken, and is text.
const HOSTILE: [&str; 18] = [
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<a href=\"javascript:alert(1)\" onclick=\"alert(1)\">x</a>",
    "</p></div></main></body><script>alert(1)</script>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<style>*{display:none}</style>",
    "<meta http-equiv=refresh content='0;url=https://evil.example/'>",
    "<base href=//evil.example/>",
    "<![CDATA[<script>alert(1)</script>]]>",
    "`</code><script>alert(1)</script>`",
    "```\n</code></pre><script>alert(1)</script>\n```",
    "&lt;script&gt;alert(1)&#60;/script&#62;",
    "# <script>alert(1)</script>",
    "[<script>alert(1)</script>](https://link.example/\"onclick=\"alert(1) \"a\\\" onclick=\\\"alert(1)\")",
    "</title></textarea></noscript><form action=//evil.example><button>x</button></form>",
    // To the end of the text.
    "<!--\n\n<script>alert(1)</script>",
];

/// What is refused: links that a browser would run, or that lead elsewhere than they seem to; and pictures.
const REFUSED: [&str; 14] = [
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](javascript&colon;alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](vbscript:x)",
    "[x](blob:https://shop.example/x)",
    "[x](file:///etc/passwd)",
    "<javascript:alert(1)>",
    "[x]\n\n[x]: javascript:alert(1)",
    "[x](/probe/sink)",
    "[x](//evil.example/)",
    "[x](https://bank.example@evil.example/)",
    "![x](https://evil.example/x.png)",
];

const SVG: &str = "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 1 1'><path d='M0 0'/></svg>";
/// The begin of a PNG, as an upload has bytes.
const PNG: &str = "data:application/octet-stream;base64,iVBORw0KGgoA/w==";

struct Site {
    worker: Worker,
    incident: String,
    config: Value,
    _data: tempfile::TempDir,
    _lab: Lab,
    _runtime: tokio::runtime::Runtime,
}

impl Site {
    fn start(vars: &[(&str, &str)]) -> Self {
        let runtime = lab::runtime();
        let lab = runtime.block_on(Lab::start(lab::half())).expect("the lab starts");
        let data = tempfile::tempdir().expect("a folder");
        let worker = Worker::start_with(data.path(), 0, vars);
        let controls = lab::controls(&lab);
        let url = format!("http://localhost:{}/", lab.port("half"));
        let config = json!({
            "targets": [{ "name": "Half", "url": url, "interval": 5, "timeout": "1s", "confirm": { "failures": 1 } }],
            "controls": { "ipv4": controls.ipv4, "ipv6": controls.ipv6 },
            "network": { "allow_private": true },
        });
        worker.accept(&config.to_string());
        let incident = eventually("an incident", SOON, || worker.incidents("half").pop()).summary.id;
        Self { worker, incident, config, _data: data, _lab: lab, _runtime: runtime }
    }

    /// Makes the pages somebody's. JSON is YAML.
    fn put(&self, page: &Value, files: &[(&str, &str)]) -> (u16, Value) {
        let mut config = self.config.clone();
        config["page"] = page.clone();
        self.worker.put_config_with(&config.to_string(), files)
    }

    fn accept(&self, page: &Value, files: &[(&str, &str)]) {
        let (status, answer) = self.put(page, files);
        assert_eq!(status, 200, "{answer}");
    }

    fn get(&self, path: &str) -> Answer {
        let path = path.replace("NAME", &self.incident);
        let answer = self.worker.ask("GET", &path, &[]);
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
        answer
    }
}

/// An element as a browser reads it: its name, and its attributes.
type Element = (String, Vec<(String, String)>);

/// Returns the elements of a page. What stands in scripts and styles is none.
fn elements(html: &str) -> Vec<Element> {
    let mut found = Vec::new();
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        rest = &rest[at + 1..];
        if !rest.starts_with(|c: char| c.is_ascii_alphabetic()) {
            continue;
        }
        let end = rest.find(|c: char| c.is_ascii_whitespace() || c == '>' || c == '/').unwrap_or(rest.len());
        let name = rest[..end].to_ascii_lowercase();
        rest = &rest[end..];
        let mut attributes = Vec::new();
        loop {
            rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/');
            if rest.is_empty() || rest.starts_with('>') {
                break;
            }
            let end = rest.find(|c: char| c.is_ascii_whitespace() || "=>/".contains(c)).unwrap_or(rest.len()).max(1);
            let attribute = rest[..end].to_ascii_lowercase();
            rest = &rest[end..];
            let mut value = "";
            if let Some(behind) = rest.strip_prefix('=') {
                let quote = behind.chars().next().filter(|c| "\"'".contains(*c));
                (value, rest) = match quote {
                    Some(quote) => behind[1..].split_once(quote).unwrap_or((&behind[1..], "")),
                    None => behind.split_at(behind.find([' ', '\n', '>']).unwrap_or(behind.len())),
                };
            }
            attributes.push((attribute, value.to_owned()));
        }
        if name == "script" || name == "style" {
            let end = rest.find(&format!("</{name}")).unwrap_or(rest.len());
            rest = &rest[end..];
        }
        found.push((name, attributes));
    }
    found
}

/// Returns what of a page runs, loads or sends something: each such element; and where its links lead.
fn active(html: &str) -> (BTreeSet<String>, BTreeSet<String>) {
    const LOADING: [&str; 11] =
        ["script", "iframe", "object", "embed", "form", "base", "meta", "link", "style", "img", "button"];
    let (mut loading, mut links) = (BTreeSet::new(), BTreeSet::new());
    for (name, attributes) in elements(html) {
        let runs = attributes.iter().any(|(attribute, _)| attribute.starts_with("on") || attribute == "style");
        // What a page says of itself is another matter.
        let is_said = attributes.iter().any(|(attribute, _)| attribute == "property" || attribute == "name");
        if runs || LOADING.contains(&&*name) && !(name == "meta" && is_said) {
            loading.insert(format!("{name} {attributes:?}"));
        }
        let leads = |(attribute, value): (String, String)| (attribute == "href" && name == "a").then_some(value);
        links.extend(attributes.into_iter().filter_map(leads));
    }
    (loading, links)
}

/// Promise (Texts): Nothing that an operator writes in the section `page` adds an element that runs, loads or sends something to any
/// page, or widens its policy; its links lead where they say, to the web or to a mailbox.
#[test]
fn what_an_operator_says_is_text_on_every_page() {
    let site = Site::start(&[]);
    let before: Vec<Answer> = PAGES.iter().map(|path| site.get(path)).collect();
    let text = HOSTILE.join("\n\n");
    let one = "\"><script>alert(1)</script>";
    site.accept(
        &json!({
            "name": one, "contact": "https://link.example/\"onclick=\"alert(1)", "introduction": text, "footer": text,
            "links": [{ "text": one, "url": "https://link.example/?a=\"><script>alert(1)</script>" }],
            "announcements": [{ "title": one, "text": text }],
        }),
        &[],
    );
    for (path, before) in PAGES.iter().zip(&before) {
        let answer = site.get(path);
        let policy = "content-security-policy";
        assert_eq!(answer.header(policy), before.header(policy), "{path}");
        assert!(answer.header(policy).contains("default-src 'none'"), "{path}: {}", answer.header(policy));
        let ((had, _), (has, links)) = (active(&before.body), active(&answer.body));
        let style: BTreeSet<_> = has.difference(&had).cloned().collect();
        let is_theirs = !FRAMED.contains(path);
        let own = r#"link [("rel", "stylesheet"), ("href", "/branding.css")]"#;
        assert!(style.iter().all(|element| element == own), "{path}: {style:?}");
        for link in &links {
            let leads = ["/", "#", "https://", "http://", "mailto:"].iter().any(|begin| link.starts_with(begin));
            assert!(leads && !link.contains(['"', '<']), "{path}: {link}");
        }
        // Else nothing was tried.
        assert!(answer.body.contains("&lt;script&gt;alert(1)") || !is_theirs, "{path}");
        assert_eq!(links.iter().any(|link| link.starts_with("https://link.example/%22onclick")), is_theirs, "{path}");
    }
    for path in ["/feed.atom", "/feed.rss", "/feed.json", "/api/v2/summary.json"] {
        let body = site.get(path).body;
        assert!(!body.contains("<script") || path.ends_with("json"), "{path}: {body}");
    }
    let missing = site.worker.ask("GET", "/targets/nobody", &[("accept", "text/html")]);
    assert!(missing.status == 404 && !active(&missing.body).0.iter().any(|element| element.contains("alert")));
    // Without the section everything is as it was.
    site.worker.accept(&site.config.to_string());
    for path in PAGES.iter().filter(|path| !FRAMED.contains(path)) {
        let body = site.get(path).body;
        assert!(!body.contains("alert(1)") && !body.contains("/branding.css"), "{path}: {body}");
    }
}

/// Promise (Texts): A link of an operator's text that a browser would run, or that hides where it leads, is refused with its place and
/// what to write instead; nothing of such a configuration is taken.
#[test]
fn what_would_run_is_refused_at_its_place() {
    let site = Site::start(&[]);
    for text in REFUSED {
        for page in [json!({ "introduction": text }), json!({ "announcements": [{ "title": "A", "text": text }] })] {
            refused(&site, &page, &[], "bad_markdown");
        }
    }
    for page in [
        json!({ "contact": "javascript:alert(1)" }),
        json!({ "contact": "data:text/html,x" }),
        json!({ "links": [{ "text": "x", "url": "javascript:alert(1)" }] }),
        json!({ "links": [{ "text": "x", "url": "data:text/html,x" }] }),
    ] {
        refused(&site, &page, &[], "bad_url");
    }
    refused(&site, &json!({ "name": "a\u{202e}b" }), &[], "invisible_character");
    refused(&site, &json!({ "accent": { "light": "#ffcc00", "dark": "#ffcc00" } }), &[], "low_contrast");
    refused(&site, &json!({ "accent": "red;}body{display:none" }), &[], "bad_colour");
    assert!(!site.get("/").body.contains("/branding.css"), "nothing was taken");
}

/// Sends a section that must be refused; every finding has its place in the file, and what to do.
fn refused(site: &Site, page: &Value, files: &[(&str, &str)], code: &str) {
    let (status, answer) = site.put(page, files);
    assert_eq!(status, 422, "{page}: {answer}");
    let error = &answer["errors"][0];
    assert!(error["hint"].as_str().is_some_and(|hint| !hint.is_empty()), "{page}: {answer}");
    let (line, column) = (&error["line"], &error["column"]);
    let detail = answer["detail"].as_str().unwrap_or_default();
    assert!(detail.starts_with(&format!("dualwatch.yml:{line}:{column}: error[{code}]: ")), "{page}: {detail}");
    // It is where the value stands that is wrong.
    let mut config = site.config.clone();
    config["page"] = page.clone();
    let at = usize::try_from(column.as_u64().expect("a column")).expect("a column") - 1;
    let text = config.to_string();
    let section = text.find("\"page\":").expect("the section");
    let chars: String = text.chars().skip(at).take(1).collect();
    assert!(at > section && "\"{[".contains(&chars), "{page}: column {at} of {text}");
}

/// Promise (Texts): A picture of the operator's is SVG or PNG of at most 64 KiB, shown as a picture only; opened by itself it runs and
/// loads nothing.
#[test]
fn pictures_are_pictures_below_any_path() {
    let site = Site::start(&[("BASE_PATH", "/status/")]);
    assert_eq!(site.worker.ask("GET", "/status/logo", &[]).status, 404);
    let large = format!("<svg xmlns='http://www.w3.org/2000/svg'>{}</svg>", " ".repeat(64 * 1024));
    for (content, code) in [
        (&*large, "out_of_range"),
        ("data:application/octet-stream;base64,R0lGODlh/w==", "bad_picture"),
        ("<html><body>x</body></html>", "bad_picture"),
        ("<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "bad_picture"),
        ("<svg xmlns='http://www.w3.org/2000/svg'><a href='javascript:alert(1)'/></svg>", "bad_picture"),
        ("<!DOCTYPE svg [<!ENTITY a 'b'>]><svg xmlns='http://www.w3.org/2000/svg'>&a;</svg>", "bad_picture"),
        ("", "bad_picture"),
    ] {
        for key in ["logo", "favicon"] {
            refused(&site, &json!({ (key): "picture" }), &[("picture", content)], code);
        }
    }
    refused(&site, &json!({ "logo": "none.svg" }), &[], "unreadable_file");

    site.accept(
        &json!({ "name": "Shop", "logo": "logo.svg", "favicon": "icon.png" }),
        &[("logo.svg", SVG), ("icon.png", PNG)],
    );
    let page = site.get("/status/").body;
    for part in [
        r#"<img class="brand-logo" src="/status/logo" alt=""#,
        r#"<link rel="stylesheet" href="/status/branding.css">"#,
        r#"<link rel="icon" href="/status/favicon.ico">"#,
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
    for (path, kind, bytes) in [
        ("/status/logo", "image/svg+xml", SVG.as_bytes()),
        ("/status/favicon.ico", "image/png", &b"\x89PNG\r\n\x1a\n\0\xff"[..]),
    ] {
        let (answer, body) = site.worker.ask_bytes("GET", path, &[]);
        assert_eq!((answer.status, answer.header("content-type"), &*body), (200, kind, bytes), "{path}");
        let policy = answer.header("content-security-policy");
        assert!(policy.starts_with("sandbox; script-src 'none';"), "{path}: {policy}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert!(answer.header("content-disposition").starts_with("attachment; filename="), "{path}");
        let known = site.worker.ask_bytes("GET", path, &[("if-none-match", answer.header("etag"))]).0;
        assert_eq!(known.status, 304, "{path}");
    }
    // Another one is there at once.
    site.accept(&json!({ "logo": "logo.png" }), &[("logo.png", PNG)]);
    assert_eq!(site.worker.ask_bytes("GET", "/status/logo", &[]).0.header("content-type"), "image/png");
    let icon = site.worker.ask("GET", "/status/favicon.ico", &[]);
    assert_eq!((icon.status, icon.header("content-type")), (200, "image/svg+xml"));
}

#[test]
fn every_page_has_the_name_the_colour_and_one_preview() {
    let site = Site::start(&[]);
    let mut config = site.config.clone();
    config["public_url"] = json!("https://www.example/status/");
    config["page"] = json!({
        "name": "Shop & Co", "accent": "#0b57a8", "introduction": "What **Shop** runs & how it is.",
        "contact": "ops@shop.example",
        "announcements": [
            { "title": "Long ago 7q", "until": "2001-01-01T00:00:00Z" }, { "title": "Now" },
            { "title": "One day 7q", "from": "2999-01-01T00:00:00Z" },
        ],
    });
    let answer = site.worker.accept(&config.to_string());
    // What stands in for a colour that cannot be read on a ground is said.
    let warnings = answer["warnings"].to_string();
    assert!(warnings.contains("#0b57a8 is hard to read on a dark ground"), "{warnings}");
    let style = site.get("/branding.css");
    assert_eq!(style.header("content-type"), "text/css; charset=utf-8");
    assert!(style.body.starts_with(":root{--link:light-dark(#0b57a8,#"), "{}", style.body);
    let api = site.get("/api").body;
    assert!(
        api.contains("<title>The API · Shop &amp; Co</title>") && api.contains("<bdi>Shop &amp; Co</bdi>"),
        "{api}"
    );
    for path in PAGES.iter().filter(|path| **path != "/api" && !FRAMED.contains(path)) {
        let page = site.get(path).body;
        for once in [
            "<title>",
            "<meta name=\"description\"",
            "og:title",
            "og:type",
            "og:site_name",
            "og:description",
            "twitter:card",
            "class=\"brand\"",
        ] {
            // A chart has a title of its own.
            let (head, body) = page.split_once("</head>").expect("a head");
            let place = if once.starts_with("class") { body } else { head };
            assert_eq!(place.matches(once).count(), 1, "{once} in {path}: {page}");
        }
        assert!(page.contains("<meta property=\"og:site_name\" content=\"Shop &amp; Co\">"), "{path}: {page}");
        assert!(page.contains(" · Shop &amp; Co</title>") && !page.contains("· Dualwatch<"), "{path}: {page}");
        assert!(page.matches("og:url").count() <= 1, "{path}: {page}");
        assert!(page.contains("href=\"mailto:ops@shop.example\""), "{path}: {page}");
    }
    let front = site.get("/").body;
    for part in [
        "<meta property=\"og:url\" content=\"https://www.example/status/\">",
        "<meta property=\"og:description\" content=\"What Shop runs &amp; how it is.\">",
        "<h2><bdi>Now</bdi></h2>",
    ] {
        assert!(front.contains(part), "{part}: {front}");
    }
    assert!(!front.contains("7q"), "{front}");
    assert!(site.get("/feed.atom").body.contains("Shop &amp; Co"));
}
