//! What a target tells the directory, and what the directory makes of all reports.

use super::{FamilyFacts, Status, TargetStatus, VERSION, VantageStatus};
use dualwatch_core::{
    dual_stack::DualStack,
    family::{Family, PerFamily},
    health::Health,
    round::Round,
    schedule::late_after_ms,
    target::Target,
    time::Timestamp,
    vantage::Standing,
};
use serde::{Deserialize, Serialize};

/// The facts of a target after a round, and what the vantage that measured it had proven.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Report {
    pub status: TargetStatus,
    pub vantage: VantageStatus,
}

impl Report {
    /// Returns the report of `target` after `round`, which led to `health`.
    pub fn after_round(target: &Target, health: &PerFamily<Health>, round: &Round) -> Self {
        let facts = |family: Family| FamilyFacts::after_round(health.get(family), round.samples.get(family));
        Self {
            status: TargetStatus {
                slug: target.slug.clone(),
                name: target.name.clone(),
                url: target.url(),
                last_round_at: Some(round.started_at),
                ipv4: facts(Family::Ipv4),
                ipv6: facts(Family::Ipv6),
                dual_stack: round.dual_stack,
            },
            vantage: VantageStatus {
                name: round.vantage.name.clone(),
                ipv4: round.vantage.standing.ipv4,
                ipv6: round.vantage.standing.ipv6,
                last_round_at: round.started_at,
            },
        }
    }

    /// Whether the directory must hear of this at once, having heard `earlier` last.
    pub fn is_news_after(&self, earlier: &Self) -> bool {
        let standing = |v: &VantageStatus| (v.name.clone(), v.ipv4, v.ipv6);
        self.status.is_news_after(&earlier.status) || standing(&self.vantage) != standing(&earlier.vantage)
    }
}

impl Status {
    /// Puts the status together from the targets of the configuration, in its order, and their newest reports.
    pub fn publish<'a>(entries: impl Iterator<Item = (&'a Target, Option<&'a Report>)>, now: Timestamp) -> Self {
        let mut vantages: Vec<Seen> = Vec::new();
        let mut targets = Vec::new();
        for (target, report) in entries {
            // A report about an earlier URL of this name says nothing about this one.
            let report = report.filter(|r| r.status.url == target.url());
            if let Some(report) = report {
                note(&mut vantages, &report.vantage);
            }
            targets.push(target_status(target, report, now));
        }
        let vantages = vantages.into_iter().map(Seen::into_status).collect();
        Self { version: VERSION, published_at: now, vantages, targets }
    }
}

fn target_status(target: &Target, report: Option<&Report>, now: Timestamp) -> TargetStatus {
    let bare = |facts: FamilyFacts, last_round_at| TargetStatus {
        slug: target.slug.clone(),
        name: target.name.clone(),
        url: target.url(),
        last_round_at,
        ipv4: facts.clone(),
        ipv6: facts,
        dual_stack: DualStack::default(),
    };
    match report {
        None => bare(FamilyFacts::not_observed(None), None),
        Some(Report { status, .. }) => match status.last_round_at {
            Some(last) if now.ms_since(last) <= late_after_ms(target.interval_s) => {
                TargetStatus { name: target.name.clone(), ..status.clone() }
            }
            last => bare(FamilyFacts::not_observed(last), last),
        },
    }
}

/// A vantage as several reports show it: per family the newest standing that was tested at all.
struct Seen {
    name: String,
    standing: PerFamily<(Option<Timestamp>, Standing)>,
    last_round_at: Timestamp,
}

impl Seen {
    fn into_status(self) -> VantageStatus {
        VantageStatus {
            name: self.name,
            ipv4: self.standing.ipv4.1,
            ipv6: self.standing.ipv6.1,
            last_round_at: self.last_round_at,
        }
    }
}

fn note(vantages: &mut Vec<Seen>, report: &VantageStatus) {
    let at = vantages.iter().position(|v| v.name == report.name).unwrap_or_else(|| {
        vantages.push(Seen {
            name: report.name.clone(),
            standing: PerFamily { ipv4: (None, Standing::Untested), ipv6: (None, Standing::Untested) },
            last_round_at: report.last_round_at,
        });
        vantages.len() - 1
    });
    let seen = &mut vantages[at];
    seen.last_round_at = seen.last_round_at.max(report.last_round_at);
    for family in Family::ALL {
        let standing = match family {
            Family::Ipv4 => report.ipv4,
            Family::Ipv6 => report.ipv6,
        };
        let slot = seen.standing.get_mut(family);
        if standing != Standing::Untested && slot.0.is_none_or(|t| t <= report.last_round_at) {
            *slot = (Some(report.last_round_at), standing);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::v1::status::State;
    use dualwatch_core::{
        cause::Cause,
        round::Vantage,
        sample::Sample,
        target::{Endpoint, Host, Scheme},
        time::MINUTE,
    };

    fn target(slug: &str) -> Target {
        let host = Host::Name(format!("{slug}.example"));
        Target::new(slug, Endpoint { scheme: Scheme::Https, host, port: 443, path: "/".into() })
    }

    fn report(target: &Target, at: i64, ipv6: Standing) -> Report {
        let round = Round {
            target: target.url(),
            started_at: Timestamp::from_unix_ms(at),
            vantage: Vantage { name: "edge".into(), standing: PerFamily { ipv4: Standing::Proven, ipv6 } },
            samples: PerFamily { ipv4: Sample::reached(), ipv6: Sample::failed(Cause::VantageNoFamily) },
            dual_stack: DualStack::default(),
        };
        let up = Health::Up { since: Timestamp::from_unix_ms(0) };
        Report::after_round(target, &PerFamily { ipv4: up, ipv6: Health::default() }, &round)
    }

    #[test]
    fn a_late_target_is_not_observed_rather_than_up() {
        let a = target("a");
        let r = report(&a, 0, Standing::NoFamily);
        let at = |ms| Status::publish([(&a, Some(&r))].into_iter(), Timestamp::from_unix_ms(ms)).targets.remove(0);
        assert_eq!(at(2 * MINUTE).ipv4.state, State::Up);
        assert_eq!(at(2 * MINUTE).ipv6.cause, Some(Cause::VantageNoFamily));
        let late = at(3 * MINUTE + 1);
        assert_eq!((late.ipv4.state, late.ipv4.cause), (State::Unknown, Some(Cause::NotObserved)));
        assert_eq!(late.last_round_at, Some(Timestamp::from_unix_ms(0)));
    }

    #[test]
    fn a_target_without_a_report_is_not_observed() {
        let a = target("a");
        let status = Status::publish([(&a, None)].into_iter(), Timestamp::from_unix_ms(0));
        assert_eq!(status.targets[0].ipv6.cause, Some(Cause::NotObserved));
        assert_eq!(status.vantages, []);
    }

    #[test]
    fn the_newest_tested_standing_counts() {
        let (a, b, c) = (target("a"), target("b"), target("c"));
        let (ra, rb, rc) =
            (report(&a, 10, Standing::NoFamily), report(&b, 20, Standing::Proven), report(&c, 30, Standing::Untested));
        let entries = [(&a, Some(&ra)), (&b, Some(&rb)), (&c, Some(&rc))];
        let status = Status::publish(entries.into_iter(), Timestamp::from_unix_ms(40));
        let [vantage] = &status.vantages[..] else { panic!("one vantage: {:?}", status.vantages) };
        assert_eq!((vantage.ipv4, vantage.ipv6), (Standing::Proven, Standing::Proven));
        assert_eq!(vantage.last_round_at, Timestamp::from_unix_ms(30));
    }

    #[test]
    fn a_report_about_another_url_says_nothing() {
        let a = target("a");
        let r = report(&a, 0, Standing::Proven);
        let moved = Target { endpoint: target("b").endpoint, ..a };
        let status = Status::publish([(&moved, Some(&r))].into_iter(), Timestamp::from_unix_ms(0));
        assert_eq!(status.targets[0].ipv4.cause, Some(Cause::NotObserved));
    }
}
