//! What all reports together say of the vantages: what each has proven, and what contradicts that.

use super::Report;
use crate::v1::{Reached, SilentControl, VantageStatus};
use dualwatch_core::measure::{
    family::{Family, PerFamily},
    time::Timestamp,
    vantage::{Standing, contradicted},
};

/// Returns what the reports say of the vantages, the one named `own` first.
pub fn vantages_of<'a>(reports: impl Iterator<Item = &'a Report>, own: &str) -> Vec<VantageStatus> {
    let mut vantages: Vec<Seen> = Vec::new();
    for vantage in reports.flat_map(|report| &report.vantages) {
        note(&mut vantages, vantage);
    }
    let mut vantages: Vec<_> = vantages.into_iter().map(Seen::into_status).collect();
    vantages.sort_by(|a, b| (a.name != own, &a.name).cmp(&(b.name != own, &b.name)));
    vantages
}

const fn standing_of(vantage: &VantageStatus, family: Family) -> Standing {
    match family {
        Family::Ipv4 => vantage.ipv4,
        Family::Ipv6 => vantage.ipv6,
    }
}

/// A vantage as several reports show it: per family the newest standing that was tested at all.
struct Seen {
    name: String,
    standing: PerFamily<(Option<Timestamp>, Standing)>,
    /// The target whose answer speaks for the longest time.
    reached: PerFamily<Option<Reached>>,
    last_round_at: Timestamp,
    /// As each target's rounds found them; the earliest silence of each, dropped by any.
    silent_controls: Vec<SilentControl>,
}

impl Seen {
    fn into_status(self) -> VantageStatus {
        let Self { name, standing, mut reached, last_round_at, silent_controls } = self;
        // Whoever was reached speaks until its next round: the controls were silent within that time, or before.
        let is_reached = PerFamily::from_fn(|family| match (reached.get(family), standing.get(family).0) {
            (Some(reached), Some(at)) => at <= reached.until,
            _ => false,
        });
        let standing = contradicted(standing.map(|_, (_, standing)| standing), is_reached);
        for family in Family::ALL {
            if *standing.get(family) != Standing::Disputed {
                *reached.get_mut(family) = None;
            }
        }
        let PerFamily { ipv4, ipv6 } = standing;
        VantageStatus { name, ipv4, ipv6, last_round_at, silent_controls, reached }
    }
}

fn note(vantages: &mut Vec<Seen>, report: &VantageStatus) {
    let at = vantages.iter().position(|v| v.name == report.name).unwrap_or_else(|| {
        vantages.push(Seen {
            name: report.name.clone(),
            standing: PerFamily { ipv4: (None, Standing::Untested), ipv6: (None, Standing::Untested) },
            reached: PerFamily::default(),
            last_round_at: report.last_round_at,
            silent_controls: Vec::new(),
        });
        vantages.len() - 1
    });
    let seen = &mut vantages[at];
    seen.last_round_at = seen.last_round_at.max(report.last_round_at);
    for found in &report.silent_controls {
        match seen.silent_controls.iter_mut().find(|known| known.control == found.control) {
            Some(known) => {
                known.since = known.since.min(found.since);
                known.is_dropped |= found.is_dropped;
            }
            None => seen.silent_controls.push(found.clone()),
        }
    }
    for family in Family::ALL {
        let standing = standing_of(report, family);
        let until = |reached: &Option<Reached>| reached.as_ref().map(|reached| reached.until);
        if until(report.reached.get(family)) > until(seen.reached.get(family)) {
            seen.reached.get_mut(family).clone_from(report.reached.get(family));
        }
        let slot = seen.standing.get_mut(family);
        if standing != Standing::Untested && slot.0.is_none_or(|t| t <= report.last_round_at) {
            *slot = (Some(report.last_round_at), standing);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::v1::{
        Status,
        report::tests::{report, report_with, target},
    };
    use dualwatch_core::measure::{cause::Cause, sample::Sample, target::Target, time::MINUTE};

    #[test]
    fn the_newest_tested_standing_counts() {
        let (a, b, c) = (target("a"), target("b"), target("c"));
        let (ra, rb, rc) =
            (report(&a, 10, Standing::NoFamily), report(&b, 20, Standing::Proven), report(&c, 30, Standing::Untested));
        let entries = [(&a, Some(&ra)), (&b, Some(&rb)), (&c, Some(&rc))];
        let status = Status::publish(entries.into_iter(), "edge", Timestamp::from_unix_ms(40));
        let [vantage] = &status.vantages[..] else { panic!("one vantage: {:?}", status.vantages) };
        assert_eq!((vantage.ipv4, vantage.ipv6), (Standing::Proven, Standing::Proven));
        assert_eq!(vantage.last_round_at, Timestamp::from_unix_ms(30));
    }

    #[test]
    fn what_reaches_its_targets_is_not_called_missing() {
        let (a, b) = (target("a"), target("b"));
        let standing = |heard_at: i64, address: &str| {
            let mut sample = Sample::reached();
            sample.address = address.parse().ok();
            published(&report_with(&a, "edge", heard_at, Standing::Untested, sample), &b).0
        };
        assert_eq!(standing(2 * MINUTE - 5_000, "2001:db8::1"), Standing::Disputed);
        assert_eq!(standing(2 * MINUTE + 5_000, "2001:db8::1"), Standing::Disputed);
        assert_eq!(standing(MINUTE - 5_000, "2001:db8::1"), Standing::Disputed, "an interval ago, as it is measured");
        assert_eq!(standing(MINUTE - 15_000, "2001:db8::1"), Standing::NoFamily, "that was before");
        assert_eq!(standing(2 * MINUTE - 5_000, "::1"), Standing::NoFamily, "that says nothing of the Internet");
        assert_eq!(standing(2 * MINUTE - 5_000, "fd00::7"), Standing::NoFamily);
        assert_eq!(standing(2 * MINUTE - 5_000, "64:ff9b::909:909"), Standing::NoFamily, "it went over IPv4");
    }

    /// What is published of IPv6 at the edge beside `silent`, over which all was silent at two minutes; and who is named.
    fn published(reached: &Report, silent: &Target) -> (Standing, Option<String>) {
        let other = target(&reached.status.slug);
        let report = report(silent, 2 * MINUTE, Standing::NoFamily);
        let entries = [(&other, Some(reached)), (silent, Some(&report))];
        let status = Status::publish(entries.into_iter(), "edge", Timestamp::from_unix_ms(2 * MINUTE));
        let edge = status.vantages.into_iter().find(|v| v.name == "edge").unwrap();
        (edge.ipv6, edge.reached.ipv6.map(|reached| reached.target))
    }

    #[test]
    fn what_answers_contradicts_the_controls_and_is_named() {
        let (a, b) = (target("a"), target("b"));
        let at = |mut sample: Sample| {
            sample.address = "2001:db8::1".parse().ok();
            sample
        };
        let mut redirected = at(Sample::reached());
        redirected.evidence.location = Some("https://elsewhere.example/".into());
        let disputed = (Standing::Disputed, Some("a".to_owned()));
        for (sample, standing, expected) in [
            (Sample::reached(), Standing::Untested, (Standing::NoFamily, None)), // nobody knows where
            (at(Sample::reached()), Standing::Proven, disputed.clone()),
            (at(Sample::reached()), Standing::Disputed, disputed.clone()),
            (redirected, Standing::Untested, disputed.clone()),
            (at(Sample::failed(Cause::TlsExpired)), Standing::Disputed, disputed.clone()),
            (at(Sample::failed(Cause::TlsNameMismatch)), Standing::Untested, disputed.clone()),
            (at(Sample::failed(Cause::HttpStatus)), Standing::Untested, disputed),
            (at(Sample::failed(Cause::TcpRefused)), Standing::Untested, (Standing::NoFamily, None)),
            (at(Sample::failed(Cause::TcpTimeout)), Standing::Untested, (Standing::NoFamily, None)),
            (at(Sample::failed(Cause::VantageCaptivePortal)), Standing::CaptivePortal, (Standing::NoFamily, None)),
        ] {
            let told = format!("{sample:?} {standing:?}");
            assert_eq!(
                published(&report_with(&a, "edge", 2 * MINUTE - 5_000, standing, sample), &b),
                expected,
                "{told}"
            );
        }
        // What another vantage reaches says nothing of this one.
        let other = report_with(&a, "office", 2 * MINUTE - 5_000, Standing::Untested, at(Sample::reached()));
        assert_eq!(published(&other, &b), (Standing::NoFamily, None));
    }
}
