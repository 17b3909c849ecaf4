//! Public requests: a route that means itself, or a refusal; never a call between objects.

use crate::inner::check_written;
use dualwatch_core::measure::{slug::Slug, time::Timestamp};
use dualwatch_wire::{
    answer::condition,
    door::{
        Asks, Route,
        badge::Badge,
        credentials,
        inner::{ToDirectory, ToTarget},
        parse,
    },
};

/// 2026-11-23
const NOW: Timestamp = Timestamp::from_unix_ms(1_795_392_000_000);
const METHODS: [&str; 8] = ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", ""];
/// A problem document is not longer than this: little of what was sent is repeated.
const MAX_DETAIL: usize = 600;

/// The first byte chooses the method; the first line is the address, or what stands behind the host; two more lines are
/// headers.
///
/// # Panics
/// Where a route does not mean itself, or what is asked of an object could be read as something else.
pub fn run(data: &[u8]) {
    let Some((how, text)) = data.split_first() else { return };
    let text = String::from_utf8_lossy(text);
    let mut lines = text.splitn(3, '\n');
    let mut line = || lines.next().unwrap_or_default();
    let (address, authorization, known) = (line(), line(), line());
    let method = METHODS[usize::from(how & 7)];
    let url = if how & 8 == 0 { format!("http://status.example{address}") } else { address.to_owned() };
    match parse(method, &url, NOW) {
        Ok(route) => {
            assert_eq!((ToDirectory::decode(&url), ToTarget::decode(&url)), (None, None), "{url}");
            check(&route);
        }
        Err(refusal) => {
            let problem = refusal.problem();
            assert!((400..500).contains(&problem.status) && problem.detail.len() <= MAX_DETAIL, "{problem:?}");
        }
    }
    if let Some(token) = credentials::bearer(authorization) {
        assert!(authorization.contains(token) && !token.starts_with(' '), "{authorization:?}");
    }
    condition::names(known, "\"0123456789abcdef\"");
}

fn check(route: &Route) {
    let again = |name: &str| parse("GET", &format!("https://other.example{name}"), NOW);
    match route {
        Route::Document(document) => {
            let name = document.name();
            assert!(is_plain(&name) && name.starts_with('/'), "{name:?}");
            assert_eq!(again(&name).as_ref(), Ok(route), "{name}");
            match document.asks() {
                Asks::Directory(ask) => check_written(&ask.encode()),
                Asks::Target { slug, first, then } => {
                    assert!(Slug::is(slug.as_str()), "{slug:?}");
                    check_written(&first.encode());
                    check_written(&then.encode());
                }
            }
        }
        Route::Page(page) => {
            let name = page.name();
            assert!(is_plain(&name), "{name:?}");
            assert_eq!(again(&name).as_ref(), Ok(route), "{name}");
        }
        Route::Badge(badge) => {
            if let Ok(badge) = &badge.what {
                let name = badge.name();
                assert!(is_plain(&name), "{name:?}");
                assert_eq!(again(&name).map(|route| named(&route)), Ok(Some(name.clone())), "{name}");
                check_written(&ToDirectory::Badge(badge.whom.clone()).encode());
            }
        }
        Route::Upptime(file) => {
            let name = file.name();
            assert!(is_plain(&name), "{name:?}");
            assert_eq!(again(&name).as_ref(), Ok(route), "{name}");
        }
        Route::LoadRounds { slug, pace } => check_written(&format!("{}{slug}", ToTarget::Load(*pace).encode())),
        Route::Widget { whom, .. } => check_written(&ToDirectory::Widget(whom.clone()).encode()),
        Route::WidgetCheck { slug, .. } => check_written(&ToDirectory::WidgetFacts(slug.clone()).encode()),
        Route::Events { since } => check_written(&ToDirectory::Events(*since).encode()),
        Route::WidgetScript
        | Route::Options
        | Route::Health
        | Route::Asset
        | Route::Probe(_)
        | Route::ReadConfig
        | Route::TakeConfig
        | Route::Plans
        | Route::TakeRounds
        | Route::TakeStorage
        | Route::TakeEnd
        | Route::Metrics
        | Route::Crawled(_)
        | Route::Clients => {}
        Route::Described(described) => assert_eq!(again(described.name()).as_ref(), Ok(route)),
        Route::Branded(file) => assert_eq!(again(file.path()).as_ref(), Ok(route)),
    }
}

/// Returns the canonical name of a badge: what does not matter to a form of it is not in there.
fn named(route: &Route) -> Option<String> {
    match route {
        Route::Badge(badge) => badge.what.as_ref().ok().map(Badge::name),
        _ => None,
    }
}

/// Whether a name is what may stand in an address and in a header.
fn is_plain(name: &str) -> bool {
    name.bytes().all(|b| b.is_ascii_alphanumeric() || b"/?=&-.,".contains(&b))
}
