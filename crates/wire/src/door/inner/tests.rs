use super::*;
use crate::door::{Refusal, parse};

fn slugs() -> Vec<Slug> {
    let long = "x-".repeat(31) + "y9";
    ["a", "rearm", "config", "from", "last", "5m", "0", "1-2-3", &long].map(|text| Slug::parse(text).unwrap()).into()
}

fn names() -> Vec<IncidentName> {
    let times = ["20261123T101151Z", "00010101T000000Z", "99991230T220000Z"];
    let all = slugs().into_iter().flat_map(|slug| times.map(|time| format!("{slug}-{time}")));
    all.map(|name| IncidentName::parse(&name).unwrap_or_else(|| panic!("{name}"))).collect()
}

fn numbers() -> [i64; 6] {
    [0, 1, -1, i64::MAX, i64::MIN, 1_795_428_711_000]
}

fn spans() -> Vec<Span> {
    let ends = || numbers().into_iter().map(|ms| Some(Timestamp::from_unix_ms(ms))).chain([None]);
    let begins = numbers().into_iter().flat_map(|ms| [Begin::At(Timestamp::from_unix_ms(ms)), Begin::Before(ms)]);
    begins.flat_map(|begin| ends().map(move |to| Span { begin, to })).collect()
}

fn to_directory() -> Vec<ToDirectory> {
    use ToDirectory as To;
    let mut all =
        vec![To::Config, To::TakeConfig, To::Report, To::Past, To::Plans, To::Known, To::Rearm, To::Status(None, None)];
    all.extend([To::Resume, To::Lacking, To::Badge(Whom::All), To::Upptime]);
    all.extend(Format::ALL.map(To::Metrics));
    let groups = ["a", "Payments / & ?", "支付", "..", "_"].map(|name| Whom::Group(Group::parse(name).unwrap()));
    all.extend(groups.into_iter().flat_map(|group| [To::Badge(group.clone()), To::Widget(group)]));
    for slug in slugs() {
        all.extend([
            To::Target(slug.clone()),
            To::Badge(Whom::Target(slug.clone())),
            To::Knows(slug.clone()),
            To::Status(Some(slug.clone()), Some(usize::MAX)),
        ]);
        all.push(To::Status(Some(slug.clone()), None));
        for ms in numbers() {
            all.push(To::Incidents(Some(slug.clone()), Some(Timestamp::from_unix_ms(ms))));
        }
        all.push(To::Incidents(Some(slug), None));
    }
    all.extend(names().into_iter().flat_map(|name| [To::Has(name.clone()), To::Lost(name.clone()), To::Peers(name)]));
    all.extend([To::Incidents(None, None), To::Page(0), To::Page(u32::MAX), To::Months(7, Language::De)]);
    for (which, language) in Which::ALL.into_iter().flat_map(|which| Language::ALL.map(|language| (which, language))) {
        all.extend([None, Slug::parse("a")].map(|after| To::Statuspage(which, after, language)));
    }
    for (form, family) in Form::ALL.into_iter().flat_map(|form| [None, Some(Family::Ipv4)].map(|family| (form, family)))
    {
        let about = About { target: slugs().pop(), family, is_maintenance: family.is_none() };
        all.push(To::Feed(form, about, Some(Timestamp::from_unix_ms(5)), (None, true)));
        all.push(To::Feed(form, About::default(), None, (Some(Language::ZhHans), false)));
    }
    all
}

fn to_target() -> Vec<ToTarget> {
    use ToTarget as To;
    let mut all = vec![To::Plan, To::Stop, To::Arm, To::Resume, To::Take, To::Detail, To::Lookup, To::Availability];
    let paces = [None, Some(0), Some(u32::MAX)];
    let unchanged = |b| [None, Some(604_800)].map(|unchanged_s| (b, unchanged_s));
    let rest = paces.iter().flat_map(|b| unchanged(*b));
    all.extend(rest.flat_map(|(interval_s, unchanged_s)| {
        paces.map(|confirm| To::Load(Pace { confirm, interval_s, unchanged_s }))
    }));
    all.extend(names().into_iter().flat_map(|name| [To::Incident(name.clone(), Language::ZhHans), To::Report(name)]));
    for span in spans() {
        all.push(To::Rounds(span));
        all.extend(Size::ALL.map(|size| To::History(size, span)));
    }
    all.extend(Period::ALL.map(To::Charts));
    all
}

/// Promise (Names from outside): What objects ask each other is read as it was written, whatever is in it, and means nothing
/// else on the way.
#[test]
fn every_call_is_read_as_it_was_written() {
    for call in to_directory() {
        let url = call.encode();
        assert_eq!(ToDirectory::decode(&url).as_ref(), Some(&call), "{url}");
        assert_eq!(ToTarget::decode(&url), None, "{url}");
        // The URL Standard reads nothing else from it, and writes it so again.
        assert_eq!(url::Url::parse(&url).unwrap().as_str(), url);
    }
    for call in to_target() {
        let url = call.encode();
        assert_eq!(ToTarget::decode(&url).as_ref(), Some(&call), "{url}");
        assert_eq!(ToDirectory::decode(&url), None, "{url}");
        assert_eq!(url::Url::parse(&url).unwrap().as_str(), url);
    }
}

#[test]
fn what_we_did_not_write_is_no_call() {
    let host = "https://directory.object.invalid";
    for path in [
        "",
        "/",
        "/knows",
        "/knows/",
        "/knows/..",
        "/knows/%61",
        "/knows/a/b",
        "/knows/a?b",
        "/knows/a#b",
        r"/knows\a",
        "/knows//a",
        "//knows/a",
        "/Knows/a",
        "/page/+1",
        "/page/01",
        "/status/_",
        "/status/_/_/_",
        "/status/__/_",
        "/rearm/",
        "/rearm?",
        "/status/a/-1",
    ] {
        assert_eq!(ToDirectory::decode(&format!("{host}{path}")), None, "{path}");
    }
    for host in
        ["http://directory.object.invalid", "https://directory.object.invalid:443", "https://DIRECTORY.object.invalid"]
    {
        assert_eq!(ToDirectory::decode(&format!("{host}/rearm")), None, "{host}");
    }
}

/// Promise (Names from outside): No public request is a call between objects, whatever host it names.
#[test]
fn a_call_that_comes_to_the_door_is_refused() {
    let now = Timestamp::from_unix_ms(0);
    let calls = to_directory().into_iter().map(|call| call.encode());
    for url in calls.chain(to_target().into_iter().map(|call| call.encode())) {
        for method in ["GET", "HEAD", "POST", "PUT", "OPTIONS", "DELETE"] {
            assert_eq!(parse(method, &url, now), Err(Refusal::Misdirected), "{url}");
        }
    }
    for host in
        ["Directory.Object.Invalid", "target.object.invalid:8787", "a@target.object.invalid", "target.object.invalid."]
    {
        assert_eq!(parse("GET", &format!("http://{host}/rearm"), now), Err(Refusal::Misdirected), "{host}");
    }
}
