//! What a page says of a report. English pages have the report's own sentences; in the other languages they are made of its
//! codes and numbers. What has none in the document (the arguments of hypotheses, and what to look at) is written in the
//! language of the page when the report is made ([`report::report_in`]).

mod built;
mod de;
mod zh_hans;

use crate::{
    report,
    self_test::{En, times::Formats},
};
use dualwatch_core::{
    measure::{sample::Confidence, time::Timestamp},
    respond::report::{hypotheses::Argument, known::Compared},
};
use dualwatch_wire::v1::{
    IncidentReport,
    incident::{Bound, Incident},
    incident_report::{Affected, Hypothesis, Regression, ReportedCause, ReportedChange, Similar},
};

/// Everything that a page says of an incident's report.
pub trait Reports {
    /// Returns what happened, in one sentence.
    fn happened(&self, incident: &Incident, report: &IncidentReport) -> String;

    /// Returns when it began and ended, and how long it lasted: a fragment each.
    fn bounds(&self, incident: &Incident, report: &IncidentReport) -> Vec<String>;

    /// Returns how much failed of what was unstable, a fragment each.
    fn rates(&self, incident: &Incident) -> Vec<String>;

    /// Returns how often it came and went, and where nobody could see: a fragment each.
    fn spells(&self, incident: &Incident) -> Vec<String>;

    /// Returns how detection itself did, a fragment each.
    fn detection(&self, incident: &Incident, report: &IncidentReport) -> Vec<String>;

    /// Returns a moment with its error bar.
    fn bound(&self, bound: Bound) -> String;

    /// Returns a span of time.
    fn spanning(&self, from: Timestamp, to: Timestamp) -> String;

    /// Returns what the first sample of a cause showed, and who saw it how often.
    fn reported(&self, cause: &ReportedCause) -> String;

    /// Returns what changed, and when.
    fn change(&self, change: &ReportedChange) -> String;

    /// Returns how one kind of client fared.
    fn affected(&self, affected: &Affected) -> String;

    /// Returns what may have been behind it.
    fn hypothesis(&self, hypothesis: &Hypothesis) -> String;

    /// Returns what speaks for a hypothesis, or against it.
    fn argument(&self, argument: &Argument) -> String;

    /// Returns what the evidence has answered already of what one would look at.
    fn compared(&self, compared: Compared) -> String;

    /// Returns how sure that is.
    fn likelihood(&self, confidence: Confidence) -> &'static str;

    /// Returns what an earlier incident has in common with this one.
    fn similar(&self, similar: &Similar) -> String;

    /// Returns what came after it.
    fn regression(&self, incident: &Incident, regression: &Regression) -> String;
}

impl<F: Formats> Reports for En<F> {
    fn happened(&self, _: &Incident, report: &IncidentReport) -> String {
        report.sentence.clone()
    }

    fn bounds(&self, incident: &Incident, report: &IncidentReport) -> Vec<String> {
        report::bounds(incident, report)
    }

    fn rates(&self, incident: &Incident) -> Vec<String> {
        report::rates(incident)
    }

    fn spells(&self, incident: &Incident) -> Vec<String> {
        report::spells(incident)
    }

    fn detection(&self, incident: &Incident, report: &IncidentReport) -> Vec<String> {
        report::detection(incident, report)
    }

    fn bound(&self, bound: Bound) -> String {
        report::bound(bound)
    }

    fn spanning(&self, from: Timestamp, to: Timestamp) -> String {
        format!("{} to {}", report::moment(from), report::moment(to))
    }

    fn reported(&self, cause: &ReportedCause) -> String {
        cause.text.clone()
    }

    fn change(&self, change: &ReportedChange) -> String {
        change.text.clone()
    }

    fn affected(&self, affected: &Affected) -> String {
        affected.text.clone()
    }

    fn hypothesis(&self, hypothesis: &Hypothesis) -> String {
        hypothesis.text.clone()
    }

    fn argument(&self, argument: &Argument) -> String {
        report::argument(argument)
    }

    fn compared(&self, compared: Compared) -> String {
        match compared {
            Compared::SameCertificate => "IPv4 and IPv6 show the same certificate.".to_owned(),
            Compared::OtherCertificate => "IPv4 and IPv6 show different certificates.".to_owned(),
            Compared::SameStatus(status) => format!("The HTTP status is the same over both families: {status}."),
            Compared::OtherStatus(status) => {
                format!("The HTTP status differs: {} over IPv4, {} over IPv6.", status.ipv4, status.ipv6)
            }
            Compared::Alike => "Both families fail alike.".to_owned(),
            Compared::Served(family) => format!("{family} served at the same time."),
        }
    }

    fn likelihood(&self, confidence: Confidence) -> &'static str {
        report::likelihood(confidence)
    }

    fn similar(&self, similar: &Similar) -> String {
        similar.text.clone()
    }

    fn regression(&self, _: &Incident, regression: &Regression) -> String {
        regression.text.clone()
    }
}

/// Returns the first few of many names, and how many more there are.
pub(super) fn few(names: &[&str]) -> (String, usize) {
    const MOST: usize = 5;
    (names[..names.len().min(MOST)].join(", "), names.len().saturating_sub(MOST))
}
