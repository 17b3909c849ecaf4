//! What objects ask each other: read as it was written, whatever is in it, and nothing else is read.

use dualwatch_core::{
    measure::{family::Family, slug::Slug, time::Timestamp},
    remember::rollup::bucket::Size,
};
use dualwatch_wire::{
    answer::language::Language,
    door::{
        Begin, IncidentName, Pace, Span,
        inner::{ToDirectory, ToTarget},
    },
    feed::{About, Form},
    statuspage::Which,
};
use url::Url;

/// The first byte chooses a call; then come two numbers, and the rest is a name and a time. The same bytes are also taken
/// for an address as they are, and for what stands behind our hosts.
///
/// # Panics
/// Where a call is read otherwise than it was written, or where something else is read as one.
pub fn run(data: &[u8]) {
    if let Ok(text) = std::str::from_utf8(data) {
        for origin in ["", "https://directory.object.invalid/", "https://target.object.invalid/"] {
            check_text(&format!("{origin}{text}"));
        }
    }
    let Some((which, rest)) = data.split_first() else { return };
    let Some((a, rest)) = rest.split_first_chunk::<8>() else { return };
    let Some((b, rest)) = rest.split_first_chunk::<8>() else { return };
    let Ok(text) = std::str::from_utf8(rest) else { return };
    let (a, b) = (i64::from_le_bytes(*a), i64::from_le_bytes(*b));
    let at = Timestamp::from_unix_ms;
    let (slug, name) = (Slug::parse(text), IncidentName::parse(text));
    let optional = |is_there: u8, n: i64| (is_there != 0).then_some(n);
    let begin = if which & 0x40 == 0 { Begin::At(at(a)) } else { Begin::Before(a) };
    let span = Span { begin, to: optional(which & 0x80, b).map(at) };
    let number = |is_there, n| optional(is_there, n).map(|n| n as u32);
    let unchanged_s = number(which & 0x20, a);
    let pace = Pace { confirm: number(which & 0x40, a), interval_s: number(which & 0x80, b), unchanged_s };
    let size = Size::ALL[a.unsigned_abs() as usize % Size::ALL.len()];
    match which & 0x0f {
        0 => check_directory(ToDirectory::Status(slug, optional(which & 0x40, a).map(|n| n as usize))),
        1 => check_directory(ToDirectory::Incidents(slug, optional(which & 0x40, a).map(at))),
        2 => check_directory(ToDirectory::Page(a as u32)),
        3 => slug.into_iter().for_each(|slug| {
            check_directory(ToDirectory::Knows(slug.clone()));
            check_directory(ToDirectory::Target(slug));
        }),
        4 => name.into_iter().for_each(|name| {
            check_directory(ToDirectory::Has(name.clone()));
            check_directory(ToDirectory::Peers(name.clone()));
            check_target(ToTarget::Incident(name.clone(), Language::De));
            check_target(ToTarget::Report(name));
        }),
        5 => check_target(ToTarget::Load(pace)),
        6 => check_target(ToTarget::Rounds(span)),
        8 => {
            let language = Language::ALL[b.unsigned_abs() as usize % Language::ALL.len()];
            check_directory(ToDirectory::Months(a as u32, language));
            check_directory(ToDirectory::Statuspage(
                Which::ALL[a.unsigned_abs() as usize % Which::ALL.len()],
                slug,
                language,
            ));
        }
        9 => {
            let form = Form::ALL[a.unsigned_abs() as usize % Form::ALL.len()];
            let family = (which & 0x20 != 0).then_some(Family::Ipv6);
            let about = About { target: slug, family, is_maintenance: which & 0x10 != 0 };
            let spoken = ((which & 0x40 != 0).then_some(Language::De), which & 0x80 != 0);
            check_directory(ToDirectory::Feed(form, about, optional(which & 0x80, b).map(at), spoken));
        }
        _ => check_target(ToTarget::History(size, span)),
    }
}

#[allow(clippy::needless_pass_by_value)] // As it is made.
fn check_directory(call: ToDirectory) {
    let url = call.encode();
    check_written(&url);
    assert_eq!((ToDirectory::decode(&url), ToTarget::decode(&url)), (Some(call), None), "{url}");
}

#[allow(clippy::needless_pass_by_value)] // As it is made.
fn check_target(call: ToTarget) {
    let url = call.encode();
    check_written(&url);
    assert_eq!((ToTarget::decode(&url), ToDirectory::decode(&url)), (Some(call), None), "{url}");
}

/// Nobody on the way reads anything else from an address: the URL Standard writes it so again, without a query.
pub(crate) fn check_written(url: &str) {
    let read = Url::parse(url).expect("an address");
    assert!(read.as_str() == url && read.query().is_none() && read.fragment().is_none(), "{url} becomes {read}");
}

/// What is read as a call is written so.
fn check_text(url: &str) {
    if let Some(call) = ToDirectory::decode(url) {
        assert_eq!(call.encode(), url);
        check_written(url);
    }
    if let Some(call) = ToTarget::decode(url) {
        assert_eq!(call.encode(), url);
        check_written(url);
    }
}
