//! What a target tells the directory, and what the directory makes of all reports.

mod vantages;

pub(super) use vantages::vantages_of;

use super::{
    ClientTally, FamilyFacts, Incident, Reached, SilentControl, Status, TargetStatus, Uptime, VERSION, VantageStatus,
    status::State,
};
use crate::metrics::probe::Probed;
use crate::upptime::numbers::Numbers;
use dualwatch_clients::Met;
use dualwatch_core::{
    judge::{
        agreement::{FORGOTTEN_AFTER_MS, Finding, agree},
        clients::clients,
        consistency::differences,
        schedule::{LIVES_EVERY_MS, Reach, Spoken, late_after_ms},
    },
    measure::{
        cause::Cause,
        family::{Family, PerFamily},
        round::DualStack,
        target::Target,
        time::Timestamp,
        veil::Veil,
        witness,
    },
    respond::incident::{self, Trouble},
    watch,
};
use serde::{Deserialize, Serialize};

/// The published facts of a target, and what the vantages that measured it have last proven.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Report {
    pub status: TargetStatus,
    /// What was measured, whole: of what is published a query is no part. Empty in what an earlier version has stored.
    #[serde(default)]
    pub about: String,
    /// The worker's own first.
    pub vantages: Vec<VantageStatus>,
    /// Incidents that are new, or not as the directory knows them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub incidents: Vec<Incident>,
    #[serde(default)]
    pub uptime: Option<Uptime>,
    /// What Upptime's files say of it; now and then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub upptime: Option<Box<Numbers>>,
    /// For what time the newest rounds speak of each family.
    #[serde(default)]
    pub spoken: Option<PerFamily<Spoken>>,
    /// How often the open incident went out of sight, and came back: news where it changes.
    #[serde(default)]
    pub turns_of_sight: usize,
    /// What each vantage measured last, for metrics.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub probes: Vec<Probed>,
}

impl Report {
    /// Returns the report of `target` at `now` from the newest finding of each vantage; `None` where there is none.
    pub fn of(target: &Target, findings: &[Finding<'_>], now: Timestamp) -> Option<Self> {
        let agreement = agree(findings, target.interval_s, now)?;
        let paired = agreement.paired;
        let reach = Reach::of(target.interval_s, target.timeout_ms);
        let reach = if findings.len() > 1 { reach.delivered() } else { reach };
        let facts = |family: Family| {
            let agreed = agreement.families.get(family);
            let is_pinned = !target.addresses.is_empty() && agreed.sample.cause == Some(Cause::DnsNodata);
            let facts = FamilyFacts::after_round(&agreed.health, agreed.sample, agreed.vantage);
            FamilyFacts { pinned: is_pinned, ..facts }
        };
        // Whoever is blind over a family has reached nobody over it; its samples say so, and so does what it has proven.
        let reached = |f: &Finding<'_>, family: Family| {
            let standing = *f.round.vantage.standing.get(family);
            let until = reach.spoken(f.round.started_at).holds_until;
            let is_reached = standing.may_accuse() && witness::contradicts(f.round.samples.get(family));
            is_reached.then(|| Reached { target: target.name.clone(), until })
        };
        let mut listed: Vec<&Finding<'_>> =
            findings.iter().filter(|f| now.ms_since(f.round.started_at) <= FORGOTTEN_AFTER_MS).collect();
        listed.sort_by_key(|f| (!f.is_own, &f.round.vantage.name));
        let probes = listed.iter().map(|finding| finding.round.into()).collect();
        let samples = agreement.samples();
        Some(Self {
            about: target.url(),
            status: TargetStatus {
                slug: target.slug.clone(),
                name: target.name.clone(),
                url: target.url(),
                last_round_at: Some(agreement.last_round_at),
                ipv4: facts(Family::Ipv4),
                ipv6: facts(Family::Ipv6),
                dual_stack: agreement.dual_stack,
                clients: Some(clients(agreement.samples(), agreement.dual_stack)),
                client_tally: ClientTally::of(Met::of(samples.ipv4, samples.ipv6), &target.url()),
                differences: differences(&paired.samples),
                alternations: Vec::new(),
                group: target.group.clone(),
            },
            vantages: listed
                .into_iter()
                .map(|f| VantageStatus {
                    name: f.round.vantage.name.clone(),
                    ipv4: f.round.vantage.standing.ipv4,
                    ipv6: f.round.vantage.standing.ipv6,
                    last_round_at: f.round.started_at,
                    silent_controls: f.round.vantage.silent_controls.iter().map(SilentControl::from).collect(),
                    reached: PerFamily::from_fn(|family| reached(f, family)),
                })
                .collect(),
            incidents: Vec::new(),
            uptime: None,
            upptime: None,
            spoken: Some(agreement.families.map(|_, agreed| reach.spoken(agreed.seen_at))),
            turns_of_sight: 0,
            probes,
        })
    }

    /// Notes what rounds in a row have confirmed: that a family is not as it should be, what differs between both, and what
    /// goes to and fro.
    pub fn confirm(&mut self, state: &watch::State, own: &str, now: Timestamp) {
        let TargetStatus { ipv4, ipv6, differences, alternations, .. } = &mut self.status;
        let is_own = [&*ipv4, &*ipv6].into_iter().all(|facts| facts.known_by.as_deref() == Some(own));
        let mild = state.doubts.mild();
        for (facts, mild) in [(ipv4, &mild.ipv4), (ipv6, &mild.ipv6)] {
            // What another vantage measured is told as it was.
            if facts.state != State::Up || facts.known_by.as_deref() != Some(own) {
                continue;
            }
            facts.degraded = mild.is_degraded;
            let told = mild.is_degraded.then_some(mild);
            facts.cause = told.and_then(|mild| mild.cause);
            facts.warning = told.and_then(|mild| mild.warning);
            facts.why = told.and_then(|mild| mild.coding.clone());
        }
        *alternations = state.changes.alternating(now);
        let alternates = |aspect| alternations.iter().any(|alternation| alternation.aspect == aspect);
        // Of machines that alternate each family meets one by chance.
        differences
            .retain(|difference| !is_own || (state.doubts.is_confirmed(difference) && !alternates(difference.aspect)));
    }

    /// Notes what the open incident of the target, if there is one, says: what is unstable, and what was out of sight.
    pub fn mark(&mut self, open: Option<&incident::Incident>) {
        let is_unstable = |family| open.and_then(|open| open.now(family)) == Some(Trouble::Unstable);
        self.status.ipv4.unstable = is_unstable(Family::Ipv4);
        self.status.ipv6.unstable = is_unstable(Family::Ipv6);
        let spells = || open.into_iter().flat_map(|open| &open.blind);
        self.turns_of_sight = spells().count() + spells().filter(|spell| spell.to.is_some()).count();
    }

    /// Whether the directory must hear of this, having heard `earlier` last: at once where something is new, and
    /// otherwise now and then, because of the times.
    pub fn is_due_after(&self, earlier: &Self) -> bool {
        let (Some(now), Some(then)) = (self.status.last_round_at, earlier.status.last_round_at) else { return true };
        now.ms_since(then) >= LIVES_EVERY_MS
            || self.status.is_news_after(&earlier.status)
            || self.has_other_vantages(earlier)
            || self.turns_of_sight != earlier.turns_of_sight
    }

    /// Whether the vantages of `self` have proven something else than those of `earlier` had.
    pub(super) fn has_other_vantages(&self, earlier: &Self) -> bool {
        let standing = |v: &VantageStatus| {
            let reached = v.reached.as_ref().map(|_, reached| reached.is_some());
            (v.name.clone(), v.ipv4, v.ipv6, v.silent_controls.clone(), reached)
        };
        !self.vantages.iter().map(standing).eq(earlier.vantages.iter().map(standing))
    }
}

impl Status {
    /// Puts the status together from the targets of the configuration, in its order, and their newest reports.
    /// The vantage named `own` is listed first, then the others by name.
    pub fn publish<'a>(
        entries: impl Iterator<Item = (&'a Target, Option<&'a Report>)>,
        own: &str,
        now: Timestamp,
    ) -> Self {
        let mut reports = Vec::new();
        let mut targets = Vec::new();
        for (target, report) in entries {
            let report = report.filter(|r| r.is_about(target));
            reports.extend(report);
            targets.push(target_status(target, report, &target.veil(), now));
        }
        let vantages = vantages_of(reports.into_iter(), own);
        Self {
            version: VERSION,
            published_at: now,
            vantages,
            targets,
            next_after: None,
            maintenance: Vec::new(),
            storage: None,
        }
    }
}

impl Report {
    /// Whether this is about the target as it is configured now: a report about an earlier URL of its name says nothing
    /// about this one.
    pub(super) fn is_about(&self, target: &Target) -> bool {
        let about = if self.about.is_empty() { &self.status.url } else { &self.about };
        *about == target.url()
    }
}

impl TargetStatus {
    /// Returns what is published of a target at `now`, under a veil. A report about another URL says nothing.
    pub fn publish(target: &Target, report: Option<&Report>, veil: &Veil, now: Timestamp) -> Self {
        target_status(target, report.filter(|report| report.is_about(target)), veil, now)
    }
}

/// Returns what is published of a target at `now`, under a veil; its report is about it as it is configured.
pub(super) fn target_status(target: &Target, report: Option<&Report>, veil: &Veil, now: Timestamp) -> TargetStatus {
    let mut status = whole_status(target, report, now);
    status.veil(veil);
    status
}

fn whole_status(target: &Target, report: Option<&Report>, now: Timestamp) -> TargetStatus {
    let bare = |facts: FamilyFacts, last_round_at| TargetStatus {
        slug: target.slug.clone(),
        name: target.name.clone(),
        url: target.url(),
        last_round_at,
        ipv4: facts.clone(),
        ipv6: facts,
        dual_stack: DualStack::default(),
        clients: None,
        client_tally: None,
        differences: Vec::new(),
        alternations: Vec::new(),
        group: target.group.clone(),
    };
    match report {
        None => bare(FamilyFacts::not_observed(None), None),
        Some(Report { status, .. }) => match status.last_round_at {
            Some(last) if now.ms_since(last) <= late_after_ms(target.interval_s) => {
                TargetStatus { name: target.name.clone(), group: target.group.clone(), ..status.clone() }
            }
            // Who vouches for it is not forgotten meanwhile: a visitor's browser asks it all the same.
            last => {
                let own_authority = status.has_own_authority();
                bare(FamilyFacts { own_authority, ..FamilyFacts::not_observed(last) }, last)
            }
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use dualwatch_core::{
        judge::health::Health,
        measure::{
            absence::Absence,
            round::{Round, Vantage},
            sample::Sample,
            target::{Endpoint, Host, Scheme},
            time::MINUTE,
            vantage::Standing,
        },
    };

    pub fn target(slug: &str) -> Target {
        let host = Host::Name(format!("{slug}.example"));
        Target::new(slug, Endpoint { scheme: Scheme::Https, host, port: 443, path: "/".into() })
    }

    pub fn report(target: &Target, at: i64, ipv6: Standing) -> Report {
        let round = round(target, "edge", at, ipv6);
        let finding = Finding { is_own: true, health: &health(), round: &round, last_good: PerFamily::default() };
        Report::of(target, &[finding], round.started_at).unwrap()
    }

    fn round(target: &Target, vantage: &str, at: i64, ipv6: Standing) -> Round {
        Round {
            target: target.url(),
            started_at: Timestamp::from_unix_ms(at),
            vantage: Vantage {
                name: vantage.into(),
                standing: PerFamily { ipv4: Standing::Proven, ipv6 },
                silent_controls: Vec::new(),
            },
            samples: PerFamily { ipv4: Sample::reached(), ipv6: Sample::failed(Cause::VantageNoFamily) },
            dual_stack: DualStack::default(),
        }
    }

    /// A report whose one vantage found this over IPv6.
    pub fn report_with(target: &Target, vantage: &str, at: i64, ipv6: Standing, sample: Sample) -> Report {
        let mut round = round(target, vantage, at, ipv6);
        round.samples.ipv6 = sample;
        let (is_own, health) = (vantage == "edge", health());
        let finding = Finding { is_own, health: &health, round: &round, last_good: PerFamily::default() };
        Report::of(target, &[finding], round.started_at).unwrap()
    }

    fn health() -> PerFamily<Health> {
        PerFamily { ipv4: Health::Up { since: Timestamp::from_unix_ms(0) }, ipv6: Health::default() }
    }

    #[test]
    fn a_late_target_is_not_observed_rather_than_up() {
        let a = target("a");
        let r = report(&a, 0, Standing::NoFamily);
        let at =
            |ms| Status::publish([(&a, Some(&r))].into_iter(), "edge", Timestamp::from_unix_ms(ms)).targets.remove(0);
        assert_eq!(at(2 * MINUTE).ipv4.state, State::Up);
        assert_eq!(at(2 * MINUTE).ipv6.cause, Some(Cause::VantageNoFamily));
        let late = at(3 * MINUTE + 1);
        assert_eq!((late.ipv4.state, late.ipv4.cause), (State::Unknown, Some(Cause::NotObserved)));
        assert_eq!(late.last_round_at, Some(Timestamp::from_unix_ms(0)));
    }

    #[test]
    fn a_target_without_a_report_is_not_observed() {
        let a = target("a");
        let status = Status::publish([(&a, None)].into_iter(), "edge", Timestamp::from_unix_ms(0));
        assert_eq!(status.targets[0].ipv6.cause, Some(Cause::NotObserved));
        assert_eq!(status.vantages, []);
    }

    #[test]
    fn a_report_about_another_url_says_nothing() {
        let a = target("a");
        let r = report(&a, 0, Standing::Proven);
        let moved = Target { endpoint: target("b").endpoint, ..a };
        let status = Status::publish([(&moved, Some(&r))].into_iter(), "edge", Timestamp::from_unix_ms(0));
        assert_eq!(status.targets[0].ipv4.cause, Some(Cause::NotObserved));
    }

    #[test]
    fn every_vantage_is_listed_by_name_until_it_is_forgotten() {
        let a = target("a");
        let (edge, local) = (round(&a, "edge", 0, Standing::Proven), round(&a, "a-local", 10, Standing::NoFamily));
        let health = health();
        let names = |now: i64, edge_at: i64| {
            let edge = Round { started_at: Timestamp::from_unix_ms(edge_at), ..edge.clone() };
            let findings = [
                Finding { is_own: false, health: &health, round: &local, last_good: PerFamily::default() },
                Finding { is_own: true, health: &health, round: &edge, last_good: PerFamily::default() },
            ];
            let report = Report::of(&a, &findings, Timestamp::from_unix_ms(now)).unwrap();
            let status = Status::publish([(&a, Some(&report))].into_iter(), "edge", Timestamp::from_unix_ms(now));
            status.vantages.into_iter().map(|v| v.name).collect::<Vec<_>>()
        };
        assert_eq!(names(10, 0), ["edge", "a-local"]);
        assert_eq!(names(FORGOTTEN_AFTER_MS + 11, FORGOTTEN_AFTER_MS), ["edge"]);
    }

    #[test]
    fn a_vantage_that_comes_or_goes_is_news_and_times_alone_are_due_once_a_minute() {
        let a = target("a");
        let first = report(&a, 0, Standing::Proven);
        assert!(!report(&a, LIVES_EVERY_MS - 1, Standing::Proven).is_due_after(&first));
        assert!(report(&a, LIVES_EVERY_MS, Standing::Proven).is_due_after(&first));
        assert!(report(&a, 10, Standing::NoFamily).is_due_after(&first));
        let mut more = report(&a, 10, Standing::Proven);
        more.vantages.push(VantageStatus { name: "local".into(), ..more.vantages[0].clone() });
        assert!(more.is_due_after(&first) && first.is_due_after(&Report { ..more.clone() }));
    }

    #[test]
    fn what_goes_out_of_sight_or_comes_back_is_news_also_within_the_minute() {
        let a = target("a");
        let first = report(&a, 0, Standing::Proven);
        let mut next = report(&a, 10, Standing::Proven);
        assert!(!next.is_due_after(&first));
        next.turns_of_sight += 1;
        assert!(next.is_due_after(&first));
    }

    #[test]
    fn addresses_of_one_family_in_the_configuration_are_no_design_of_the_target() {
        let pinned = Target { addresses: vec!["192.0.2.1".parse().unwrap()], ..target("a") };
        let mut round = round(&pinned, "edge", 0, Standing::Proven);
        round.samples.ipv6 = Sample::skipped(Some(Cause::DnsNodata));
        let absence = |target: &Target| {
            let finding = Finding { is_own: true, health: &health(), round: &round, last_good: PerFamily::default() };
            Report::of(target, &[finding], round.started_at).unwrap().status.absence(Family::Ipv6)
        };
        assert_eq!((absence(&pinned), absence(&target("a"))), (Absence::Pinned, Absence::NoRecord));
    }
}
