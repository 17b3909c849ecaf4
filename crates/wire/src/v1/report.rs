//! What a target tells the directory, and what the directory makes of all reports.

use super::{FamilyFacts, Incident, SilentControl, Status, TargetStatus, Uptime, VERSION, VantageStatus};
use dualwatch_core::{
    judge::{
        agreement::{FORGOTTEN_AFTER_MS, Finding, agree},
        clients::clients,
        consistency::differences,
        schedule::{LIVES_EVERY_MS, Reach, Spoken, late_after_ms},
    },
    measure::{
        address::{Scope, scope},
        cause::Cause,
        family::{Family, PerFamily},
        round::DualStack,
        target::Target,
        time::{MINUTE, Timestamp},
        vantage::Standing,
    },
    respond::incident::{self, Trouble},
};
use serde::{Deserialize, Serialize};

/// The published facts of a target, and what the vantages that measured it have last proven.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Report {
    pub status: TargetStatus,
    /// The worker's own first.
    pub vantages: Vec<VantageStatus>,
    /// Incidents that are new, or not as the directory knows them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub incidents: Vec<Incident>,
    #[serde(default)]
    pub uptime: Option<Uptime>,
    /// For what time the newest rounds speak of each family.
    #[serde(default)]
    pub spoken: Option<PerFamily<Spoken>>,
    /// How often the open incident went out of sight, and came back: news where it changes.
    #[serde(default)]
    pub turns_of_sight: usize,
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
        let mut listed: Vec<&Finding<'_>> =
            findings.iter().filter(|f| now.ms_since(f.round.started_at) <= FORGOTTEN_AFTER_MS).collect();
        listed.sort_by_key(|f| (!f.is_own, &f.round.vantage.name));
        Some(Self {
            status: TargetStatus {
                slug: target.slug.clone(),
                name: target.name.clone(),
                url: target.url(),
                last_round_at: Some(agreement.last_round_at),
                ipv4: facts(Family::Ipv4),
                ipv6: facts(Family::Ipv6),
                dual_stack: agreement.dual_stack,
                clients: Some(clients(agreement.samples(), agreement.dual_stack)),
                differences: differences(&paired.samples),
            },
            vantages: listed
                .into_iter()
                .map(|f| VantageStatus {
                    name: f.round.vantage.name.clone(),
                    ipv4: f.round.vantage.standing.ipv4,
                    ipv6: f.round.vantage.standing.ipv6,
                    last_round_at: f.round.started_at,
                    silent_controls: f.round.vantage.silent_controls.iter().map(SilentControl::from).collect(),
                })
                .collect(),
            incidents: Vec::new(),
            uptime: None,
            spoken: Some(agreement.families.map(|_, agreed| reach.spoken(agreed.seen_at))),
            turns_of_sight: 0,
        })
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
        let standing = |v: &VantageStatus| (v.name.clone(), v.ipv4, v.ipv6, v.silent_controls.clone());
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
            targets.push(target_status(target, report, now));
        }
        let vantages = vantages_of(reports.into_iter(), own);
        Self { version: VERSION, published_at: now, vantages, targets, next_after: None, storage: None }
    }
}

impl Report {
    /// Whether this is about the target as it is configured now: a report about an earlier URL of its name says nothing
    /// about this one.
    pub(super) fn is_about(&self, target: &Target) -> bool {
        self.status.url == target.url()
    }
}

/// Returns what the reports say of the vantages, the one named `own` first.
pub(super) fn vantages_of<'a>(reports: impl Iterator<Item = &'a Report>, own: &str) -> Vec<VantageStatus> {
    let mut vantages: Vec<Seen> = Vec::new();
    for (report, vantage) in reports.flat_map(|report| report.vantages.iter().map(move |vantage| (report, vantage))) {
        note(&mut vantages, vantage, |family| has_heard(&report.status, vantage, family));
    }
    let mut vantages: Vec<_> = vantages.into_iter().map(Seen::into_status).collect();
    vantages.sort_by(|a, b| (a.name != own, &a.name).cmp(&(b.name != own, &b.name)));
    vantages
}

/// Returns what is published of a target at `now`; its report is about it as it is configured.
pub(super) fn target_status(target: &Target, report: Option<&Report>, now: Timestamp) -> TargetStatus {
    let bare = |facts: FamilyFacts, last_round_at| TargetStatus {
        slug: target.slug.clone(),
        name: target.name.clone(),
        url: target.url(),
        last_round_at,
        ipv4: facts.clone(),
        ipv6: facts,
        dual_stack: DualStack::default(),
        clients: None,
        differences: Vec::new(),
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

/// Whether a vantage has reached a target of the Internet over a family, and was not found to lack it in the same round.
fn has_heard(status: &TargetStatus, vantage: &VantageStatus, family: Family) -> bool {
    let facts = status.facts(family);
    let is_alive = matches!(standing_of(vantage, family), Standing::Proven | Standing::Untested);
    let is_far = facts.address.is_some_and(|a| !matches!(scope(a), Scope::Loopback | Scope::Private));
    is_alive && is_far && facts.latency_ms.is_some() && facts.known_by.as_ref() == Some(&vantage.name)
}

const fn standing_of(vantage: &VantageStatus, family: Family) -> Standing {
    match family {
        Family::Ipv4 => vantage.ipv4,
        Family::Ipv6 => vantage.ipv6,
    }
}

/// What was reached so long before still speaks for its family.
const HEARD_FOR_MS: i64 = MINUTE;

/// A vantage as several reports show it: per family the newest standing that was tested at all.
struct Seen {
    name: String,
    standing: PerFamily<(Option<Timestamp>, Standing)>,
    /// When a target was last reached.
    heard: PerFamily<Option<Timestamp>>,
    last_round_at: Timestamp,
    /// As each target's rounds found them; the earliest silence of each, dropped by any.
    silent_controls: Vec<SilentControl>,
}

impl Seen {
    /// Whether a target was reached at about the time of what is known of a family.
    fn has_heard(&self, family: Family, at: Option<Timestamp>) -> bool {
        match (*self.heard.get(family), at) {
            (Some(heard), Some(at)) => at.ms_since(heard) <= HEARD_FOR_MS,
            _ => false,
        }
    }

    fn into_status(self) -> VantageStatus {
        // Over what reaches its targets nothing is missing, however silent the controls are; proven it is not, either.
        let standing = PerFamily::from_fn(|family| match *self.standing.get(family) {
            (at, Standing::NoFamily | Standing::Offline) if self.has_heard(family, at) => Standing::Untested,
            (_, standing) => standing,
        });
        let alive = |family: Family| *standing.get(family) != Standing::Offline;
        let standing = PerFamily::from_fn(|family| match *standing.get(family) {
            Standing::Offline if alive(family.other()) => Standing::NoFamily,
            standing => standing,
        });
        VantageStatus {
            name: self.name,
            ipv4: standing.ipv4,
            ipv6: standing.ipv6,
            last_round_at: self.last_round_at,
            silent_controls: self.silent_controls,
        }
    }
}

fn note(vantages: &mut Vec<Seen>, report: &VantageStatus, has_heard: impl Fn(Family) -> bool) {
    let at = vantages.iter().position(|v| v.name == report.name).unwrap_or_else(|| {
        vantages.push(Seen {
            name: report.name.clone(),
            standing: PerFamily { ipv4: (None, Standing::Untested), ipv6: (None, Standing::Untested) },
            heard: PerFamily::default(),
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
        if has_heard(family) {
            let heard = seen.heard.get_mut(family);
            *heard = (*heard).max(Some(report.last_round_at));
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
    use crate::v1::status::State;
    use dualwatch_core::{
        judge::health::Health,
        measure::{
            absence::Absence,
            round::{Round, Vantage},
            sample::Sample,
            target::{Endpoint, Host, Scheme},
        },
    };

    fn target(slug: &str) -> Target {
        let host = Host::Name(format!("{slug}.example"));
        Target::new(slug, Endpoint { scheme: Scheme::Https, host, port: 443, path: "/".into() })
    }

    fn report(target: &Target, at: i64, ipv6: Standing) -> Report {
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
            let mut reached = report(&a, heard_at, Standing::Untested);
            reached.vantages[0].ipv4 = Standing::Proven;
            reached.status.ipv6.latency_ms = Some(12.0);
            reached.status.ipv6.address = address.parse().ok();
            let silent = report(&b, 2 * MINUTE, Standing::NoFamily);
            let entries = [(&a, Some(&reached)), (&b, Some(&silent))];
            Status::publish(entries.into_iter(), "edge", Timestamp::from_unix_ms(2 * MINUTE)).vantages[0].ipv6
        };
        assert_eq!(standing(2 * MINUTE - 5_000, "2001:db8::1"), Standing::Untested);
        assert_eq!(standing(2 * MINUTE + 5_000, "2001:db8::1"), Standing::Untested);
        assert_eq!(standing(MINUTE - 5_000, "2001:db8::1"), Standing::NoFamily, "that was before");
        assert_eq!(standing(2 * MINUTE - 5_000, "::1"), Standing::NoFamily, "that says nothing of the Internet");
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
