//! The headline of an incident, what happened in one sentence, and a line per cause.

use super::{between, from_to, lasted, moment};
use crate::{capitalised, cause_in, elapsed, sample};
use dualwatch_core::{
    judge::agreement::exactness,
    measure::{
        cause::Cause,
        family::{Family, PerFamily},
        url::host,
    },
    respond::{
        incident::{Bound, CauseSpan, Ending, Incident, Outage, Trouble},
        report::{
            affected::{Affected, Fate},
            story::Chapter,
        },
    },
};

/// Returns the family as an adverbial where it is only one: "is down over IPv6", "is down".
const fn over(families: PerFamily<bool>) -> &'static str {
    match families {
        PerFamily { ipv4: true, ipv6: false } => " over IPv4",
        PerFamily { ipv4: false, ipv6: true } => " over IPv6",
        _ => "",
    }
}

/// Returns the headline: what is down now and since when, else what was down and for how long.
pub fn headline(name: &str, incident: &Incident) -> String {
    if let Some((families, since)) = incident.down_now() {
        // Of two that went down one after the other it is said since when both are.
        let both = if began_apart(incident, families) { " over both families" } else { over(families) };
        return format!("{name} has been down{}{both} since {}", again(incident), since_at_least(since));
    }
    if let Some((families, since)) = incident.unstable_now() {
        let again = again(incident);
        return format!("{name} has been unstable{again}{} since {}", over(families), since_at_least(since));
    }
    let over = if incident.families().iter().all(|(_, was_down)| *was_down) && !incident.is_together() {
        " over one family at a time"
    } else {
        over(incident.families())
    };
    if incident.is_open() {
        return format!("{name} comes and goes{over} since {}", moment(incident.began().by));
    }
    match incident.lasted(None) {
        Some(it) => format!("{name} was {}", lasted(&it, over)),
        None => format!("{name} was {}{over}", crate::state::DOWN),
    }
}

/// Says that it was so before in the same incident, and well in between.
fn again(incident: &Incident) -> &'static str {
    if incident.episodes > 1 { " again" } else { "" }
}

/// Down at the first look: nobody knows since when.
fn since_at_least(since: Bound) -> String {
    let at_least = if since.after.is_none() { "at least " } else { "" };
    format!("{at_least}{}", moment(since.by))
}

/// Whether both families are down now, and went down at different times.
fn began_apart(incident: &Incident, down: PerFamily<bool>) -> bool {
    let began = |family| incident.outages.iter().rev().find(|o| o.family == family && o.ended.is_none());
    let [ipv4, ipv6] = Family::ALL.map(|family| began(family).map(|outage| outage.began.by));
    down.ipv4 && down.ipv6 && ipv4 != ipv6
}

/// Returns in how many rounds it failed, of each family that was unstable: ", in 29 of 60 rounds".
fn rates(incident: &Incident) -> String {
    let families = incident.families();
    let rates: Vec<String> = (Family::ALL.into_iter())
        .filter_map(|family| Some((family, incident.rate(family).filter(|rate| rate.of > 0)?)))
        .map(|(family, rate)| {
            let only = families.ipv4 != families.ipv6;
            let over = if only { String::new() } else { format!(" over {family}") };
            format!("{}{over}", crate::rate(rate))
        })
        .collect();
    if rates.is_empty() { String::new() } else { format!(", in {}", rates.join(" and ")) }
}

/// Returns when what was unstable went down, the first time.
fn went_down(incident: &Incident) -> String {
    let worse = incident.outages.iter().find_map(|o| o.ended.filter(|(_, ending)| *ending == Ending::WentDown));
    worse.map_or(String::new(), |(bound, _)| format!("; it went down by {}", moment(bound.by)))
}

/// Returns what happened in one sentence.
pub fn sentence(name: &str, incident: &Incident, affected: &Affected) -> String {
    let families = incident.families();
    let began = incident.began();
    let from = match began.after {
        Some(after) => capitalised(between(after, began.by)),
        None => format!("Before {}", moment(began.by)),
    };
    let first = incident.segments().first().map_or(families, |segment| segment.families);
    let (over, named) = match first {
        PerFamily { ipv4: true, ipv6: true } => ("IPv4 and IPv6", None),
        PerFamily { ipv4: true, ipv6: false } => ("IPv4", Some(Family::Ipv4)),
        _ => ("IPv6", Some(Family::Ipv6)),
    };
    let why = why(incident, named);
    let earliest = incident.outages.iter().min_by_key(|outage| outage.began.by);
    let how = match earliest.map(Outage::trouble) {
        Some(Trouble::Unstable) => " now and then",
        _ => "",
    };
    let other = match (families, affected.single.ipv4, affected.single.ipv6) {
        (PerFamily { ipv4: false, .. }, Fate::Served { .. }, _) => ", while IPv4 was fine",
        (PerFamily { ipv6: false, .. }, _, Fate::Served { .. }) => ", while IPv6 was fine",
        _ => "",
    };
    let too = match (families, named) {
        (PerFamily { ipv4: true, ipv6: true }, Some(first)) => too(incident, first.other()),
        _ => String::new(),
    };
    let until = match (incident.ended(), incident.outages.last().and_then(|o| o.ended)) {
        (Some(_), Some((_, Ending::Withdrawn))) => "; its addresses were then taken out of the DNS".to_owned(),
        (Some(_), Some((_, Ending::RecordEnds))) => "; the record ends before it was well again".to_owned(),
        (Some(_), Some((_, Ending::HistoryLost))) => format!("; {}", crate::storage::HISTORY_LOST),
        (Some(_), Some((_, Ending::Reconfigured))) => "; then its configuration was changed".to_owned(),
        (Some(ended), _) if incident.episodes > 1 => {
            format!("; it came and went {} times until {}", incident.episodes, moment(ended.by))
        }
        (Some(ended), _) => format!("; it has worked again since {}", moment(ended.by)),
        (None, _) => match incident.down_now() {
            Some((down, since)) if incident.episodes > 1 => format!(
                "; it was well in between, and has been down again{} since {}",
                if began_apart(incident, down) { " over both families" } else { self::over(down) },
                moment(since.by)
            ),
            Some((down, _)) if down != families => format!("; it is still down{}", self::over(down)),
            Some(_) => "; it is still down".to_owned(),
            None => match incident.unstable_now() {
                Some((_, since)) if incident.episodes > 1 => {
                    format!("; it was well in between, and has been unstable again since {}", moment(since.by))
                }
                Some(_) => "; it is still unstable".to_owned(),
                None => format!("; it has come and gone {} times, and is well for now", incident.episodes),
            },
        },
    };
    // One machine's measurement knows what browsers do, and not how many people have both families.
    let hidden = match affected.is_hidden && families != (PerFamily { ipv4: true, ipv6: true }) {
        true if incident.down_now().or(incident.unstable_now()).is_some() => {
            "; browsers with both families fall back to the other one, and hardly notice"
        }
        true => "; browsers with both families fell back to the other one, and hardly noticed",
        false => "",
    };
    let (rates, worse) = (rates(incident), went_down(incident));
    format!("{from} {name} began to fail{how} over {over}{why}{rates}{other}{too}{worse}{until}{hidden}.")
}

/// Returns when the family that failed second did so.
fn too(incident: &Incident, family: Family) -> String {
    let mut outages = incident.outages.iter().filter(|o| o.family == family);
    let Some(first) = outages.next() else { return String::new() };
    let why = why(incident, Some(family));
    match outages.next_back().unwrap_or(first).ended {
        Some((ended, _)) => format!("; {family} failed too{why}, from {}", from_to(first.began.by, ended.by)),
        None => format!("; {family} failed too{why}, since {}", moment(first.began.by)),
    }
}

/// Returns the cause of most rounds, of one family or of both, in brackets.
fn why(incident: &Incident, family: Option<Family>) -> String {
    let spans = incident.causes.iter().filter(|span| family.is_none_or(|family| span.family == family));
    let main = spans.max_by_key(|span| (span.samples, std::cmp::Reverse(span.from)));
    main.map_or(String::new(), |span| format!(" ({})", cause_in(span.family, span.cause)))
}

/// Returns what the first sample of a cause showed, such as "IPv6: connection refused (`2001:db8::1`, after 12 ms), seen
/// by edge in 41 rounds", and what other vantages saw of it. `url` is what was measured.
pub fn cause_line(chapter: &Chapter<'_>, url: Option<&str>) -> String {
    let [told, others @ ..] = &chapter.seen[..] else { return String::new() };
    let span = told.span;
    let shown = shown(span, url);
    let shown = if shown.is_empty() { String::new() } else { format!(" ({})", shown.join(", ")) };
    let cause = cause_in(span.family, span.cause);
    // Others that saw the same, or knew less of it: these are the same rounds.
    let (mut by, mut less, mut otherwise) = (vec![span.exhibit.vantage.as_str()], Vec::new(), Vec::new());
    let mut n = told.samples;
    for seen in others {
        let (vantage, of) = (seen.span.exhibit.vantage.as_str(), seen.span.cause);
        if of == span.cause {
            by.push(vantage);
        } else if exactness(Some(of)) < exactness(Some(span.cause)) {
            less.push(format!("; {vantage} could tell no more than: {}", cause_in(seen.span.family, of)));
        } else {
            let cause = cause_in(seen.span.family, of);
            otherwise.push(format!("; {vantage} saw: {cause}, in {}", crate::state::rounds(seen.samples)));
            continue;
        }
        n = n.saturating_add(seen.samples);
    }
    let (by, n) = (by.join(" and "), crate::state::rounds(n));
    let mut text = format!("{}: {cause}{shown}, seen by {by} in {n}", span.family);
    text.extend(less.into_iter().chain(otherwise));
    text
}

/// Returns what the first sample of a cause showed, a fragment each.
fn shown(span: &CauseSpan, url: Option<&str>) -> Vec<String> {
    let exhibit = &span.exhibit;
    let evidence = &exhibit.evidence;
    let mut shown = Vec::new();
    shown.extend(exhibit.address.map(|a| a.to_string()));
    shown.extend(exhibit.http_status.map(|status| format!("HTTP {status}")));
    shown.extend(evidence.rcode.clone());
    shown.extend(evidence.unfit.first().filter(|_| span.cause == Cause::DnsNodata).map(crate::unfit));
    shown.extend(evidence.alert.map(|alert| format!("TLS alert {alert}")));
    if span.cause == Cause::TlsNameMismatch && evidence.seen.is_none() {
        let (names, n) = sample::names(exhibit.certificate.as_ref());
        let host = evidence.expected.as_deref().or(url.map(host)).filter(|host| !host.is_empty());
        shown.push(sample::certificate_for(names, n, host));
    } else if let (Some(expected), Some(seen)) = (&evidence.expected, &evidence.seen) {
        // The status that was seen is there already.
        let is_told = span.cause == Cause::HttpStatus && exhibit.http_status.is_some();
        let saw = if is_told { String::new() } else { format!(", saw {seen}") };
        shown.push(format!("expected {expected}{saw}"));
    }
    shown.extend(evidence.waited_ms().map(|ms| format!("after {}", elapsed(ms))));
    if let Some(likely) = evidence.likely {
        shown.push(format!("most likely: {}", crate::cause(likely)));
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;
    use dualwatch_core::{
        measure::{
            sample::{Certificate, Evidence},
            time::Timestamp,
            vantage::Standing,
        },
        respond::{incident::Exhibit, report::story::Seen},
    };

    const AT: Timestamp = Timestamp::from_unix_ms(0);

    fn span(vantage: &str, cause: Cause, certificate: Option<Certificate>) -> CauseSpan {
        let exhibit = Exhibit {
            vantage: vantage.to_owned(),
            standing: Standing::Proven,
            address: "2001:db8::1".parse().ok(),
            http_status: None,
            connect_ms: None,
            evidence: Evidence { elapsed_ms: Some(12.0), ..Evidence::default() },
            certificate,
        };
        CauseSpan { cause, family: Family::Ipv6, from: AT, to: AT, samples: 8, exhibit }
    }

    fn check(spans: &[CauseSpan], url: Option<&str>, line: &str) {
        let seen = spans.iter().map(|span| Seen { span, samples: span.samples }).collect();
        assert_eq!(cause_line(&Chapter { told: 0, seen, from: AT, to: AT }, url), line);
    }

    #[test]
    fn who_knew_what_is_told_in_one_line() {
        let refused = |vantage| span(vantage, Cause::TcpRefused, None);
        let vague = span("edge", Cause::TcpNoConnection, None);
        let line = "IPv6: connection refused (2001:db8::1, after 12 ms), seen by office in 8 rounds";
        check(&[refused("office")], None, line);
        let (of_both, line_of) = ("seen by office and home in 16 rounds", |seen: &str| {
            format!("IPv6: connection refused (2001:db8::1, after 12 ms), {seen}")
        });
        check(&[refused("office"), refused("home")], None, &line_of(of_both));
        let less = "seen by office in 16 rounds; edge could tell no more than: no connection came about";
        check(&[refused("office"), vague], None, &line_of(less));
        let silent = span("edge", Cause::TlsAlert, None);
        let otherwise = "; edge saw: the server broke off the TLS handshake, in 8 rounds";
        check(&[refused("office"), silent], None, &format!("{line}{otherwise}"));
    }

    #[test]
    fn a_status_is_told_once() {
        let mut other = span("edge", Cause::HttpStatus, None);
        other.exhibit.http_status = Some(200);
        other.exhibit.evidence.expected = Some("404".to_owned());
        other.exhibit.evidence.seen = Some("200".to_owned());
        let line =
            "IPv6: unexpected HTTP status (2001:db8::1, HTTP 200, expected 404, after 12 ms), seen by edge in 8 rounds";
        check(&[other], None, line);
    }

    #[test]
    fn a_wrong_certificate_is_told_with_its_names_and_the_one_that_it_lacks() {
        let certificate = Certificate {
            subject_names: vec!["other.example".into()],
            issuer: "CN=Test CA".into(),
            not_after: AT,
            sha256: String::new(),
            further_names: 0,
            not_before: None,
        };
        let wrong = span("edge", Cause::TlsNameMismatch, Some(certificate));
        let line = "IPv6: the certificate is for another name (2001:db8::1, shows a certificate for other.example, not for \
                    service.example, after 12 ms), seen by edge in 8 rounds";
        check(&[wrong], Some("https://service.example:8443/"), line);
    }
}
