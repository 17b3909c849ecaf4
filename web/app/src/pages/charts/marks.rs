//! What is marked in a chart of latency: what departs from the usual, certificates that ended, addresses that came and went.

use super::super::Still;
use dualwatch_core::measure::{
    family::Family,
    time::{DAY, Timestamp},
};
use dualwatch_wire::v1::{TargetDetail, chart::ChartSums, status::State, target::FindingDocument};
use dualwatch_words::{charts as words, pages::Heading, report::moment};

/// Something that happened at a moment, in the words of the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Noted {
    pub at: Timestamp,
    pub text: String,
}

/// So many are told.
const MOST: usize = 20;

/// Returns what is marked of a target within a range, the oldest first.
pub fn marks(detail: &TargetDetail, sums: &ChartSums, still: &Still) -> Vec<Noted> {
    let mut all: Vec<Noted> = detail.findings.iter().filter_map(|one| finding(one, still)).collect();
    all.extend(certificates(detail, still));
    all.extend(addresses(detail, still));
    all.retain(|noted| (sums.from..=sums.to).contains(&noted.at));
    all.sort_by_key(|noted| noted.at);
    all.drain(..all.len().saturating_sub(MOST));
    all
}

fn finding(finding: &FindingDocument, still: &Still) -> Option<Noted> {
    // It has no figures.
    if finding.code == "body_unread" {
        return None;
    }
    let language = still.spoken.language;
    let at = finding.since.by;
    let figures = [finding.expected_ms, finding.seen_ms];
    let what = words::finding(language, &finding.code, finding.family, finding.phase, figures);
    Some(Noted { at, text: words::since(language, &moment(at), &what) })
}

/// Those that have ended: of one that is good nothing lies within a range.
fn certificates(detail: &TargetDetail, still: &Still) -> Vec<Noted> {
    let Some(round) = &detail.last_round else { return Vec::new() };
    let ended = |(family, sample): (Family, &dualwatch_wire::v1::Sample)| {
        let at = sample.certificate.as_ref()?.not_after;
        let days = at.ms_since(still.now).div_euclid(DAY);
        Some(Noted { at, text: words::certificate(still.spoken.language, family, &moment(at), days) })
    };
    [(Family::Ipv4, &round.ipv4), (Family::Ipv6, &round.ipv6)].into_iter().filter_map(ended).collect()
}

fn addresses(detail: &TargetDetail, still: &Still) -> Vec<Noted> {
    let (w, language) = (still.words(), still.spoken.language);
    let mut noted = Vec::new();
    for family in Family::ALL {
        let Some(known) = detail.addresses.as_ref().and_then(|every| every.family(family)) else { continue };
        let mut tell = |at: Timestamp, address: String, became: Option<&str>| {
            let what = words::address(language, family, &address, became);
            noted.push(Noted { at, text: format!("{}: {what}", moment(at)) });
        };
        for gone in &known.gone {
            tell(gone.to, gone.address.to_string(), None);
        }
        for (one, turn) in known.addresses.iter().flat_map(|one| one.turns.iter().map(move |turn| (one, turn))) {
            let became = match turn.state {
                State::Up => w.heading(Heading::Up),
                State::Down => w.heading(Heading::Down),
                State::Unknown | State::Suspect | State::Recovering => continue,
            };
            tell(turn.by, one.address.to_string(), Some(became));
        }
    }
    noted
}

/// Returns when the certificates end that are good, as lines.
pub fn ends(detail: &TargetDetail, still: &Still) -> Vec<String> {
    certificates(detail, still).into_iter().filter(|noted| noted.at > still.now).map(|noted| noted.text).collect()
}
