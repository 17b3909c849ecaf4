use super::*;
use crate::{
    bulletin::tests::{amended, at, ongoing},
    phrases::{Announced, Headline},
    scheduled::{Phase, tests::scheduled},
    statuspage::{Overall, Standing},
};
use dualwatch_core::measure::family::PerFamily;
use quick_xml::{Reader, events::Event};

/// Words of no language, so that what is checked here is not them.
struct Codes;

impl Phrases for Codes {
    fn code(&self) -> &'static str {
        "en"
    }
    fn component(&self, target: &str, family: Option<Family>) -> String {
        format!("{target} {}", family.map_or("both", Family::code))
    }
    fn description(&self, _: Standing, _: Option<Family>) -> Option<&'static str> {
        None
    }
    fn overall(&self, _: Overall) -> &'static str {
        "overall"
    }
    fn headline(&self, target: &str, headline: Headline) -> String {
        let how = match headline {
            Headline::Down(PerFamily { ipv4, ipv6 }) => format!("down {ipv4} {ipv6}"),
            Headline::Over { .. } => "was down".to_owned(),
            other => format!("{other:?}"),
        };
        format!("{target}: {how}")
    }
    fn resolved(&self, headline: &str) -> String {
        format!("over: {headline}")
    }
    fn moment(&self, moment: &bulletin::Moment) -> String {
        format!("{} <{:?}> & more", moment.what.code(), moment.causes)
    }
    fn announced(&self, announced: &Announced<'_>) -> String {
        announced.title.to_owned()
    }
    fn announced_title(&self, title: &str, at: Phase) -> String {
        format!("{}: {title}", at.code())
    }
    fn feed(&self, site: &str, subject: &Subject, family: Option<Family>, is_maintenance: bool) -> String {
        format!("{site} {subject:?} {family:?} {is_maintenance}")
    }
    fn report(&self) -> &'static str {
        "report"
    }
    fn time(&self, at: Timestamp) -> String {
        crate::time::format(at)
    }
}

fn feed(about: &About, incidents: &[v1::Incident], now: Timestamp) -> Feed {
    let windows = [scheduled(at(1_000), at(2_000))];
    let known = Known {
        site: None,
        incidents,
        windows: &windows,
        target_name: None,
        accepted_at: at(0),
        now,
        path: "/feed.atom".to_owned(),
        next: Some("/feed.atom?before=5".to_owned()),
    };
    Feed::of(about, &known, &Codes)
}

fn ids(feed: &Feed) -> Vec<&str> {
    feed.entries.iter().map(|entry| entry.id.rsplit_once("2026:").map_or("", |(_, id)| id)).collect()
}

/// An amendment is the same entry with a later `updated`, by whole seconds, and another title; the end is an entry more.
#[test]
fn an_incident_is_amended_in_place_and_its_end_is_a_new_entry() {
    let all = About::default();
    let (open, over) = (feed(&all, &[ongoing()], at(900)), feed(&all, &[amended()], at(900)));
    let window = "all/maintenance--".to_owned() + &scheduled(at(1_000), at(2_000)).id[13..];
    assert_eq!(ids(&open), ["all/shop-20261123T101200Z", &window]);
    assert_eq!(ids(&over), ["all/shop-20261123T101200Z/over", "all/shop-20261123T101200Z", &window]);
    let (before, after) = (&open.entries[0], &over.entries[1]);
    assert_eq!((before.id.as_str(), before.published), (after.id.as_str(), after.published));
    assert!(after.updated.ms_since(before.updated) >= 1_000);
    assert_ne!(before.title, after.title);
    assert_eq!((over.entries[0].updated, over.updated()), (at(630), at(630)));
    assert!(over.entries[0].title.starts_with("over: "));
}

#[test]
fn each_feed_has_entries_of_its_own_about_what_it_says() {
    let about = |target: Option<&str>, family, is_maintenance| About {
        target: target.and_then(Slug::parse),
        family,
        is_maintenance,
    };
    let incidents = [ongoing()];
    let n = |about: &About| feed(about, &incidents, at(900)).entries.len();
    assert_eq!(n(&about(None, Some(Family::Ipv4), false)), 0);
    assert_eq!(n(&about(None, Some(Family::Ipv6), false)), 2);
    assert_eq!(n(&about(Some("shop"), None, false)), 2);
    assert_eq!(n(&about(Some("mail"), None, false)), 0);
    assert_eq!(n(&about(None, None, true)), 1);
    let of = feed(&about(Some("shop"), Some(Family::Ipv6), false), &incidents, at(900));
    assert!(ids(&of)[0].starts_with("shop.ipv6/"), "{:?}", ids(&of));
    // Without any entry it has a time all the same.
    let none = feed(&about(Some("mail"), None, false), &incidents, at(900));
    assert_eq!(none.updated(), at(0));
    assert!(none.text(Form::Atom).contains("<updated>2026-11-23T10:11:00.000Z</updated>"));
}

#[test]
fn maintenance_is_told_when_it_is_announced_begins_and_is_over() {
    let of = |now| {
        let feed = feed(&About { is_maintenance: true, ..About::default() }, &[], now);
        let entry = &feed.entries[0];
        (entry.updated, entry.title.clone())
    };
    assert_eq!(of(at(10)), (at(0), "scheduled: New ‹router› & more".to_owned()));
    assert_eq!(of(at(1_500)).0, at(1_000));
    assert_eq!(of(at(9_000)).0, at(2_000));
}

/// Promise (Texts): A feed is well-formed whatever a name of somebody else holds, and no title of it is taken for HTML.
#[test]
fn every_form_is_well_formed_whatever_a_name_holds() {
    let mut incident = amended();
    incident.name = "<b>v6</b> & \"x\" ]]> \u{0}\u{1b}[2J\u{ffff}\u{202e}".to_owned();
    let feed = feed(&About::default(), &[incident], at(900));
    for form in [Form::Atom, Form::Rss] {
        let text = feed.text(form);
        let mut reader = Reader::from_str(&text);
        let (mut depth, mut titles, mut is_title) = (0, 0, false);
        loop {
            match reader.read_event().unwrap_or_else(|error| panic!("{error}: {text}")) {
                Event::Eof => break,
                Event::Start(start) => {
                    depth += 1;
                    is_title = start.name().as_ref() == "title";
                }
                Event::End(_) => depth -= 1,
                Event::Text(shown) if is_title => {
                    titles += 1;
                    assert!(!shown.as_ref().contains('<'));
                }
                _ => {}
            }
        }
        assert!(depth == 0 && titles >= 3, "{text}");
        assert!(!text.contains("&lt;b&gt;v6"), "{text}");
    }
    let json: serde_json::Value = serde_json::from_str(&feed.text(Form::Json)).unwrap();
    assert_eq!(json["version"], "https://jsonfeed.org/version/1.1");
    assert_eq!(json["items"].as_array().map(Vec::len), Some(3));
    assert!(
        json["items"][0]["content_html"].as_str().is_some_and(|html| html.contains("&lt;") && html.contains("<p>"))
    );
}

/// RSS says `GMT`, Atom `Z`, and every address is absolute.
#[test]
fn times_and_addresses_are_as_readers_take_them() {
    let feed = feed(&About::default(), &[amended()], at(900));
    let (atom, rss) = (feed.text(Form::Atom), feed.text(Form::Rss));
    assert!(rss.contains("<pubDate>Mon, 23 Nov 2026 10:21:30 GMT</pubDate>"), "{rss}");
    assert!(atom.contains("<updated>2026-11-23T10:21:30.000Z</updated>"), "{atom}");
    for text in [&atom, &rss, &feed.text(Form::Json)] {
        for part in ["href=\"/", "url\":\"/", "<link>/", "href=&quot;/"] {
            assert!(!text.contains(part), "{part}: {text}");
        }
    }
    assert!(atom.contains("rel=\"next\"") && rss.contains("rel=\"next\""));
}

#[test]
fn a_feed_is_called_as_the_pages_are_named_and_known_by_the_host() {
    let known = |site| Known {
        site,
        incidents: &[],
        windows: &[],
        target_name: None,
        accepted_at: at(0),
        now: at(1),
        path: "/feed.atom".to_owned(),
        next: None,
    };
    let [named, unnamed] = [Some("Shop <b>"), None].map(|site| Feed::of(&About::default(), &known(site), &Codes));
    assert!(named.title.contains("Shop ‹b›") && !named.title.contains(NAME), "{}", named.title);
    assert!(unnamed.title.contains(NAME), "{}", unnamed.title);
    assert_eq!(named.id, unnamed.id);
}
