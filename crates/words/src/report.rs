//! The report on an incident, in words: as a document with codes beside the sentences, and as Markdown.

mod addresses;
mod affected;
pub(crate) mod certificates;
mod changes;
mod checklist;
mod hypotheses;
mod lasted;
mod markdown;
pub(crate) mod moment;
mod sentence;

pub use addresses::address;
pub use changes::change;
pub use hypotheses::{argument, hypothesis};
pub use lasted::lasted;
pub use markdown::{bound, bounds, detection, likelihood, markdown, rates, spells, troubled};
pub use moment::{between, clock_of, date_of, from_to, moment};
pub use sentence::{headline, sentence};

use crate::{duration_with_error, exact_duration, self_test::words};
use dualwatch_core::respond::{
    incident::{Incident, Outage, outline::DurationMs},
    report::{Context, Regression, Report, Similar, story::story},
};
use dualwatch_wire::{
    answer::language::Language,
    seconds::Seconds,
    v1::{
        ClientTally, IncidentReport,
        incident::{CauseSummary, DurationRange, Incident as Document, id},
        incident_report as wire,
    },
};

/// Returns the report on an incident of the target with this slug and name.
pub fn report(slug: &str, name: &str, incident: &Incident, context: &Context<'_>) -> IncidentReport {
    report_in(Language::En, slug, name, incident, context)
}

/// The same for a page in a language: what has no codes in the document is in that (arguments, and what to look at), and a
/// page says the rest by its codes ([`crate::pages::reports`]).
pub fn report_in(
    language: Language,
    slug: &str,
    name: &str,
    incident: &Incident,
    context: &Context<'_>,
) -> IncidentReport {
    let words = words(language);
    let Report { affected, hypotheses, checklist: looks, similar, detection, regression } =
        Report::of(incident, context);
    let document = Document::of(slug, name, incident);
    let met = affected::met(incident, &affected);
    let lasted = incident.lasted(None).filter(|_| !incident.is_open());
    let seconds = |ms: i64| Seconds::from_ms(ms);
    IncidentReport {
        title: headline(name, incident),
        url: context.url.map(str::to_owned),
        sentence: sentence(name, incident, &affected),
        began: document.summary.began,
        ended: document.summary.ended,
        duration_s: document.summary.duration_s,
        duration: incident.duration().map(duration_with_error),
        down: lasted.and_then(|lasted| lasted.down).map(duration_with_error),
        segments: document.segments,
        causes: (story(incident).iter())
            .filter_map(|chapter| {
                let (told, evidence) =
                    (document.summary.causes.get(chapter.told)?, document.evidence.get(chapter.told)?);
                Some(wire::ReportedCause {
                    summary: CauseSummary {
                        from: chapter.from,
                        to: chapter.to,
                        samples: chapter.samples(),
                        ..told.clone()
                    },
                    text: sentence::cause_line(chapter, context.url),
                    evidence: evidence.clone(),
                })
            })
            .collect(),
        changes: (incident.changes.iter())
            .map(|c| wire::ReportedChange { text: change(c), change: c.into() })
            .collect(),
        affected: affected::lines(
            &affected,
            incident.down_now().map(|(down, _)| down).unwrap_or_default(),
            context.url.and_then(|url| ClientTally::of(met, url)),
        ),
        real_clients: context.url.and_then(|url| crate::real_clients(language, met, url, context.clients)),
        addresses: addresses::all(incident),
        hypotheses: (hypotheses.iter())
            .map(|h| wire::Hypothesis {
                code: h.code,
                family: h.family,
                confidence: h.confidence,
                text: hypothesis(h.code, h.family),
                arguments_for: h.arguments_for.iter().map(|a| words.argument(a)).collect(),
                arguments_against: h.arguments_against.iter().map(|a| words.argument(a)).collect(),
            })
            .collect(),
        checklist: (looks.iter())
            .map(|look| {
                let mut items = checklist::checklist(look, language);
                if incident.rate(look.family).is_some() {
                    items.splice(0..0, checklist::now_and_then(look, language));
                }
                let answered = look.compared.map(|compared| words.compared(compared)).into_iter().collect();
                wire::Checklist { cause: look.cause, answered, items }
            })
            .collect(),
        similar: similar.iter().map(|s| similar_line(slug, s)).collect(),
        detection: wire::Detection {
            detected_within_s: detection.detected_within_ms.map(seconds),
            confirmed_after_s: seconds(detection.confirmed_after_ms),
            recovery_within_s: detection.recovery_within_ms.map(seconds),
            recovery_confirmed_after_s: detection.recovery_confirmed_after_ms.map(seconds),
            blind_s: detection.blind_ms.map(|_, ms| seconds(ms)),
            n_blind: detection.n_blind,
        },
        regression: match regression_line(slug, regression) {
            // Nothing is known of what came after.
            line if incident.outages.iter().any(Outage::is_cut) => {
                wire::Regression { text: "The record ends before it was over.".to_owned(), ..line }
            }
            line => line,
        },
    }
}

fn range(d: DurationMs) -> Option<DurationRange> {
    Some(DurationRange { min: Seconds::from_ms(d.min), max: Seconds::from_ms(d.max?) })
}

fn similar_line(slug: &str, similar: &Similar) -> wire::Similar {
    let lasted = similar.lasted.map_or(String::new(), |lasted| format!(", {}", self::lasted(&lasted, "")));
    let families = if similar.same_families { "the same family" } else { "another family" };
    let causes: Vec<&str> = similar.causes.iter().map(|c| crate::cause(*c)).collect();
    let causes = if causes.is_empty() { "another cause".to_owned() } else { causes.join(", ") };
    wire::Similar {
        id: id(slug, similar.id),
        began: similar.began.into(),
        duration_s: similar.duration.and_then(range),
        same_families: similar.same_families,
        causes: similar.causes.clone(),
        text: format!("{}{lasted}: {families}, {causes}", moment(similar.began.by)),
    }
}

fn regression_line(slug: &str, regression: Regression) -> wire::Regression {
    match regression {
        Regression::Open => wire::Regression {
            state: "open".to_owned(),
            until: None,
            incident: None,
            text: "It is not over yet.".to_owned(),
        },
        Regression::WatchedUntil(until) => wire::Regression {
            state: "watching".to_owned(),
            until: Some(until),
            incident: None,
            text: format!("Watched for a relapse until {}: none so far.", moment(until)),
        },
        Regression::Held(until) => wire::Regression {
            state: "held".to_owned(),
            until: Some(until),
            incident: None,
            text: format!("Watched for a relapse until {}: there was none.", moment(until)),
        },
        Regression::CameBack { id: back, after_ms } => wire::Regression {
            state: "came_back".to_owned(),
            until: None,
            incident: Some(id(slug, back)),
            text: format!("It came back {} after the recovery: {}.", exact_duration(after_ms), id(slug, back)),
        },
    }
}
