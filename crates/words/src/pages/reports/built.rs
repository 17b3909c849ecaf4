//! Reports made of codes and numbers: what goes into each sentence, for the languages that have none of their own in it.

use super::Reports;
use crate::{
    capitalised,
    pages::Pages,
    report::{clock_of, date_of, moment},
    self_test::phrases::{Causes, Lines},
    status::Said,
};
use dualwatch_core::{
    measure::{
        cause::Cause,
        family::Family,
        time::{SECOND, Timestamp},
    },
    notice::changes::What,
    respond::{
        incident::{Ending, outline::DurationMs},
        report::{
            hypotheses::{Argument, Code},
            known::Compared,
        },
    },
};
use dualwatch_wire::v1::{
    IncidentReport,
    incident::{Bound, CauseEvidence, DurationRange, Incident, Length, Segment},
    incident_report::{ChangeFacts, Regression, ReportedCause, Similar},
};

/// A piece of a report, with what goes into it.
#[derive(Clone, Copy, Debug)]
pub enum Fragment<'a> {
    /// It was so at the first look.
    ByFirstLook(&'a str),
    FromTo(&'a str, &'a str),
    /// When something lasted: since then, or from then until then.
    Since(&'a str),
    FromUntil(&'a str, &'a str),
    Began(&'a str),
    Ended(&'a str, Option<Ending>),
    NotOver,
    NotOverWell(&'a str),
    RecordEnds(&'a str),
    /// `true`: in all its turns.
    DownFor(&'a str, bool),
    /// `true`: from the first failure to the last recovery.
    Lasted(&'a str, bool),
    Turns {
        n: u32,
        lasts: bool,
        flaps: bool,
    },
    NobodySaw(Family, &'a str),
    FailedIn {
        family: Family,
        failed: u32,
        of: u32,
        when: &'a str,
    },
    SeenBy {
        what: &'a str,
        by: &'a str,
        n: u32,
    },
    After(&'a str),
    Likely(&'a str),
    Expected(&'a str, Option<&'a str>),
    SeenWithin(&'a str),
    BegunBefore,
    ConfirmedAfter(&'a str),
    RecoveryWithin(&'a str),
    BlindInBoth(&'a str, &'a str),
    Blind(&'a str, usize),
    Clients(&'a str),
    Fared(&'a str),
    Similar {
        when: &'a str,
        lasted: Option<&'a str>,
        is_same: bool,
        causes: &'a str,
    },
    OtherCause,
    Watched(&'a str),
    Held(&'a str),
    CameBackAs(&'a str),
    NotOverYet,
    EndsBefore,
    Happened {
        name: &'a str,
        when: &'a str,
        over: &'a str,
        is_mild: bool,
        why: &'a str,
        until: Option<&'a str>,
    },
    Happens {
        name: &'a str,
        when: &'a str,
        over: &'a str,
        is_mild: bool,
        why: &'a str,
    },
}

/// What a language has for it.
pub trait Pieces: Pages + Causes + Lines + Reports {
    fn piece(&self, fragment: Fragment<'_>) -> String;

    /// Returns what changed of a family.
    fn what(&self, what: &What, family: Family) -> String;

    /// Returns what speaks for a hypothesis or against it.
    fn reason(&self, argument: &Argument) -> String;

    /// Returns what the evidence has answered.
    fn answered(&self, compared: Compared) -> String;

    /// Returns a hypothesis by its code.
    fn code(&self, code: Code, family: Option<Family>) -> String;
}

pub fn happened<W: Pieces>(w: &W, incident: &Incident) -> String {
    let Some(first) = incident.segments.first() else { return String::new() };
    let (over, is_mild) = (w.tell(super::super::Told::Families(&first.families)), is_mild(first));
    let when = capitalised(w.bound(first.began).trim().to_owned());
    let summary = &incident.summary;
    let of_first = summary.causes.iter().filter(|cause| first.families.contains(&cause.family));
    let main = of_first.max_by_key(|cause| (cause.samples, std::cmp::Reverse(cause.from)));
    let why = main.map_or_else(String::new, |main| cause_in(w, main.family, main.cause));
    let (name, over, when, why) = (&*incident.name, &*over, &*when, &*why);
    if incident.open {
        return w.piece(Fragment::Happens { name, when, over, is_mild, why });
    }
    let until = summary.ended.filter(|_| !incident.is_cut()).map(|ended| moment(ended.by));
    w.piece(Fragment::Happened { name, when, over, is_mild, why, until: until.as_deref() })
}

fn is_mild(segment: &Segment) -> bool {
    segment.families.iter().all(|family| segment.unstable.contains(family))
}

pub fn cause_in<W: Pieces>(w: &W, family: Family, cause: Cause) -> String {
    if cause == Cause::VantageNoFamily { w.say(Said::VantageHasNone(family)) } else { w.cause(cause).to_owned() }
}

pub fn bounds<W: Pieces>(w: &W, incident: &Incident, report: &IncidentReport) -> Vec<String> {
    let mut lines = vec![w.piece(Fragment::Began(w.bound(report.began).trim()))];
    lines.push(match (report.ended, report.segments.last().and_then(|last| last.ended)) {
        (Some(ended), _) if incident.is_cut() => w.piece(Fragment::RecordEnds(&moment(ended.by))),
        (Some(ended), _) => {
            let ending = incident.outages.last().and_then(|outage| outage.ending);
            w.piece(Fragment::Ended(w.bound(ended).trim(), ending))
        }
        (None, Some(well)) => w.piece(Fragment::NotOverWell(&moment(well.by))),
        (None, None) => w.piece(Fragment::NotOver),
    });
    let has_turns = incident.summary.episodes > 1;
    let down = incident.summary.down_s.filter(|_| report.down.is_some()).map(length);
    let Some(span) = report.duration_s.map(range) else { return lines };
    match down.filter(|down| has_turns || *down != span) {
        Some(down) => {
            lines.push(w.piece(Fragment::DownFor(&w.with_error(down), has_turns)));
            lines.push(w.piece(Fragment::Lasted(&w.with_error(span), true)));
        }
        None => lines.push(w.piece(Fragment::Lasted(&w.with_error(span), has_turns))),
    }
    lines
}

fn range(range: DurationRange) -> DurationMs {
    DurationMs { min: range.min.ms(), max: Some(range.max.ms()) }
}

fn length(length: Length) -> DurationMs {
    DurationMs { min: length.min.ms(), max: length.max.map(dualwatch_wire::seconds::Seconds::ms) }
}

pub fn rates<W: Pieces>(w: &W, incident: &Incident) -> Vec<String> {
    let unstable =
        incident.outages.iter().filter_map(|o| Some((o, o.unstable.or(o.between).filter(|rate| rate.of > 0)?)));
    let line = unstable.map(|(o, rate)| {
        let when = lasting(w, o.began.by, o.ended.map(|ended| ended.by));
        w.piece(Fragment::FailedIn { family: o.family, failed: rate.failed, of: rate.of, when: &when })
    });
    line.collect()
}

pub fn spells<W: Pieces>(w: &W, incident: &Incident) -> Vec<String> {
    let (n, flaps) = (incident.summary.episodes, incident.summary.flapping);
    let lasts = incident.outages.iter().any(|outage| outage.ended.is_none());
    let turns = (flaps || n > 1).then(|| w.piece(Fragment::Turns { n, lasts, flaps }));
    let blind = incident.blind.iter();
    let blind = blind.map(|b| w.piece(Fragment::NobodySaw(b.family, &lasting(w, b.from, b.to))));
    turns.into_iter().chain(blind).collect()
}

fn lasting<W: Pieces>(w: &W, from: Timestamp, to: Option<Timestamp>) -> String {
    match to {
        None => w.piece(Fragment::Since(&moment(from))),
        Some(to) => {
            let (from, to) = ends(from, to);
            w.piece(Fragment::FromUntil(&from, &to))
        }
    }
}

/// Returns two moments without their zone, the second with its date only where it is another.
fn ends(from: Timestamp, to: Timestamp) -> (String, String) {
    let whole = |t| [date_of(t), clock_of(t)].join(" ");
    (whole(from), if date_of(from) == date_of(to) { clock_of(to) } else { whole(to) })
}

pub fn bound<W: Pieces>(w: &W, bound: Bound) -> String {
    let Some(after) = bound.after else { return w.piece(Fragment::ByFirstLook(&moment(bound.by))) };
    let (after, by) = match ends(after, bound.by) {
        _ if bound.by.ms_since(after) < SECOND => (None, ends(bound.by, bound.by).0),
        (after, by) => (Some(after), by),
    };
    let said = after.as_ref().map_or(Said::At(&by), |after| Said::Between { after, by: &by });
    w.say(said).trim().to_owned()
}

pub fn spanning<W: Pieces>(w: &W, from: Timestamp, to: Timestamp) -> String {
    let (from, to) = ends(from, to);
    w.piece(Fragment::FromTo(&from, &to))
}

pub fn reported<W: Pieces>(w: &W, reported: &ReportedCause) -> String {
    let summary = &reported.summary;
    let shown = shown(w, &reported.evidence);
    let cause = cause_in(w, summary.family, summary.cause);
    let cause = if shown.is_empty() { cause } else { w.aside(&cause, &w.list(&shown)) };
    let what = w.pair(&summary.family.to_string(), &cause);
    w.piece(Fragment::SeenBy { what: &what, by: &reported.evidence.vantage, n: summary.samples })
}

/// What the first sample of a cause showed, a fragment each.
fn shown<W: Pieces>(w: &W, evidence: &CauseEvidence) -> Vec<String> {
    let mut shown: Vec<String> = evidence.address.iter().map(ToString::to_string).collect();
    shown.extend(evidence.http_status.map(|status| format!("HTTP {status}")));
    let Some(detail) = &evidence.detail else { return shown };
    let unfit = detail.unfit.first().filter(|_| evidence.cause == Cause::DnsNodata);
    shown.extend(unfit.map(|unfit| w.say(Said::Unfit(unfit))));
    shown.extend(detail.rcode.clone());
    shown.extend(detail.alert.map(|alert| format!("TLS {alert}")));
    match (&evidence.certificate, &detail.expected) {
        (Some(certificate), wanted) if evidence.cause == Cause::TlsNameMismatch && detail.seen.is_none() => {
            let names: Vec<&str> = certificate.subject_names.iter().map(String::as_str).collect();
            let (names, n_more) = super::few(&names);
            let n_more = n_more + certificate.further_names;
            shown.push(w.say(Said::Certificate { names: &names, n_more, wanted: wanted.as_deref() }));
        }
        (_, Some(expected)) => {
            // The status that was seen is there already.
            let is_told = evidence.cause == Cause::HttpStatus && evidence.http_status.is_some();
            let seen = detail.seen.as_deref().filter(|_| !is_told);
            shown.push(w.piece(Fragment::Expected(expected, seen)));
        }
        (_, None) => {}
    }
    shown.extend(detail.waited_ms().map(|ms| w.piece(Fragment::After(&w.elapsed(ms)))));
    shown.extend(detail.likely.map(|likely| w.piece(Fragment::Likely(w.cause(likely)))));
    shown
}

pub fn change<W: Pieces>(w: &W, change: &ChangeFacts) -> String {
    let what = w.what(&change.what, change.family);
    w.aside(&what, w.bound(change.at).trim())
}

pub fn detection<W: Pieces>(w: &W, incident: &Incident, report: &IncidentReport) -> Vec<String> {
    let d = &report.detection;
    let exact = |ms: i64| w.exact(ms);
    let mut lines =
        vec![d.detected_within_s.map_or_else(
            || w.piece(Fragment::BegunBefore),
            |within| w.piece(Fragment::SeenWithin(&exact(within.ms()))),
        )];
    lines.push(w.piece(Fragment::ConfirmedAfter(&exact(d.confirmed_after_s.ms()))));
    lines.extend(d.recovery_within_s.map(|within| w.piece(Fragment::RecoveryWithin(&exact(within.ms())))));
    match [d.blind_s.ipv4.ms(), d.blind_s.ipv6.ms()] {
        _ if incident.blind.is_empty() => {}
        [ipv4, ipv6] if ipv4 > 0 && ipv6 > 0 => {
            lines.push(w.piece(Fragment::BlindInBoth(&exact(ipv4), &exact(ipv6))));
        }
        [ipv4, ipv6] => lines.push(w.piece(Fragment::Blind(&exact(ipv4.max(ipv6)), d.n_blind))),
    }
    lines
}

pub fn similar<W: Pieces>(w: &W, similar: &Similar) -> String {
    let causes: Vec<String> = similar.causes.iter().map(|cause| w.cause(*cause).to_owned()).collect();
    let causes = if causes.is_empty() { w.piece(Fragment::OtherCause) } else { w.list(&causes) };
    let lasted = similar.duration_s.map(|length| w.with_error(range(length)));
    w.piece(Fragment::Similar {
        when: &moment(similar.began.by),
        lasted: lasted.as_deref(),
        is_same: similar.same_families,
        causes: &causes,
    })
}

pub fn regression<W: Pieces>(w: &W, incident: &Incident, regression: &Regression) -> String {
    if incident.is_cut() {
        return w.piece(Fragment::EndsBefore);
    }
    match (regression.until.map(moment), &regression.incident) {
        (_, Some(id)) => w.piece(Fragment::CameBackAs(id)),
        (Some(until), None) if regression.state == "watching" => w.piece(Fragment::Watched(&until)),
        (Some(until), None) => w.piece(Fragment::Held(&until)),
        (None, None) => w.piece(Fragment::NotOverYet),
    }
}

/// Makes a language with [`Pieces`] one with [`Reports`].
macro_rules! built {
    ($language:ident, $likelihood:expr) => {
        impl<F: Formats> Reports for $language<F> {
            fn happened(&self, incident: &Incident, _: &IncidentReport) -> String {
                built::happened(self, incident)
            }

            fn bounds(&self, incident: &Incident, report: &IncidentReport) -> Vec<String> {
                built::bounds(self, incident, report)
            }

            fn rates(&self, incident: &Incident) -> Vec<String> {
                built::rates(self, incident)
            }

            fn spells(&self, incident: &Incident) -> Vec<String> {
                built::spells(self, incident)
            }

            fn detection(&self, incident: &Incident, report: &IncidentReport) -> Vec<String> {
                built::detection(self, incident, report)
            }

            fn bound(&self, bound: Bound) -> String {
                built::bound(self, bound)
            }

            fn spanning(&self, from: Timestamp, to: Timestamp) -> String {
                built::spanning(self, from, to)
            }

            fn reported(&self, cause: &ReportedCause) -> String {
                built::reported(self, cause)
            }

            fn change(&self, change: &ReportedChange) -> String {
                built::change(self, &change.change)
            }

            fn affected(&self, affected: &Affected) -> String {
                // What was counted is said, and not what a model would do.
                if let Some(tally) = &affected.tally {
                    return crate::counted(crate::status::Status::language(self), tally);
                }
                let who = self.piece(Fragment::Clients(&affected.clients));
                self.pair(&who, &self.piece(Fragment::Fared(&affected.fate)))
            }

            fn hypothesis(&self, hypothesis: &Hypothesis) -> String {
                self.code(hypothesis.code, hypothesis.family)
            }

            fn argument(&self, argument: &Argument) -> String {
                self.reason(argument)
            }

            fn compared(&self, compared: Compared) -> String {
                self.answered(compared)
            }

            fn likelihood(&self, confidence: Confidence) -> &'static str {
                $likelihood(confidence)
            }

            fn similar(&self, similar: &Similar) -> String {
                built::similar(self, similar)
            }

            fn regression(&self, incident: &Incident, regression: &Regression) -> String {
                built::regression(self, incident, regression)
            }
        }
    };
}
pub(super) use built;
