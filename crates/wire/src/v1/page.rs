//! What the worker puts into the page, and serves to it again at `/api/v1/page` while it is open.

use super::{
    Days, Incident, Search, Status,
    incident::{Blind, Bound, Length, Segment},
};
use crate::{events::Revision, seconds::Seconds, time::rfc3339};
use dualwatch_core::{
    measure::{
        cause::Cause,
        family::Family,
        target::BrowserEndpoints,
        time::{DAY, Timestamp},
        vicinity::Vicinity,
    },
    remember::availability::Availability,
    respond::{
        incident::{
            BlindSpell, Ending, Trouble,
            lasted::{Lasted, Piece},
            outline::DurationMs,
        },
        report::story,
    },
    self_test::place::Beside,
};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PageData {
    pub version: u32,
    /// The worker's clock when this was made: the page corrects the browser's with it.
    #[serde(with = "rfc3339")]
    pub now: Timestamp,
    /// How new this is: the `id` of the newest event of `/api/v1/events`.
    #[serde(default)]
    pub revision: Revision,
    pub status: Status,
    pub self_test: SelfTest,
    /// In the order of `status.targets`.
    pub targets: Vec<PageTarget>,
    /// Those that are open, then those of the last day, the newest first.
    #[serde(default)]
    pub incidents: Vec<PageIncident>,
    /// Which of the targets these are, where there are more than are in one page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part: Option<PagePart>,
    /// Where each group begins, where there are several pages; the first of them, where there are many.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<PageGroup>,
    /// What these were looked for by, where that was so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub search: Option<Search>,
}

/// A group of services that are on several pages, as the edge alone sees them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PageGroup {
    pub name: String,
    pub targets: u32,
    pub troubled: u32,
    /// The page on which those of it begin that have no trouble; 1 where all have.
    pub page: u32,
}

/// One of several pages. Those with trouble come first, on all pages together; within both kinds those of a group follow each
/// other, and the order is that of the configuration. What is counted are the targets on the other pages, as the edge alone sees them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PagePart {
    /// From 1 on: the `page` of `/?page=` and `/api/v1/page?page=`.
    pub page: u32,
    pub n_pages: u32,
    pub targets: u32,
    pub troubled: u32,
    pub over_ipv4: u32,
    pub over_ipv6: u32,
    pub unknown: u32,
    pub late: u32,
}

impl PagePart {
    pub const fn new(page: u32, n_pages: u32, elsewhere: Judged) -> Self {
        let Judged { targets, troubled, over_ipv4, over_ipv6, unknown, late } = elsewhere;
        Self { page, n_pages, targets, troubled, over_ipv4, over_ipv6, unknown, late }
    }

    /// Returns the counts of the other pages.
    pub const fn elsewhere(&self) -> Judged {
        let Self { targets, troubled, over_ipv4, over_ipv6, unknown, late, .. } = *self;
        Judged { targets, troubled, over_ipv4, over_ipv6, unknown, late }
    }
}

/// How many targets are what, as the edge alone sees them; of one target, 0 or 1 each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judged {
    pub targets: u32,
    /// Down in at least one way.
    pub troubled: u32,
    pub over_ipv4: u32,
    pub over_ipv6: u32,
    /// Without trouble, but in at least one way not known.
    pub unknown: u32,
    /// Without a round that should have come.
    pub late: u32,
}

impl Judged {
    /// Returns both together.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self {
            targets: self.targets + other.targets,
            troubled: self.troubled + other.troubled,
            over_ipv4: self.over_ipv4 + other.over_ipv4,
            over_ipv6: self.over_ipv6 + other.over_ipv6,
            unknown: self.unknown + other.unknown,
            late: self.late + other.late,
        }
    }

    /// Returns what is left of these without others that are among them.
    #[must_use]
    pub const fn less(self, other: Self) -> Self {
        Self {
            targets: self.targets.saturating_sub(other.targets),
            troubled: self.troubled.saturating_sub(other.troubled),
            over_ipv4: self.over_ipv4.saturating_sub(other.over_ipv4),
            over_ipv6: self.over_ipv6.saturating_sub(other.over_ipv6),
            unknown: self.unknown.saturating_sub(other.unknown),
            late: self.late.saturating_sub(other.late),
        }
    }
}

/// What the page shows of an incident, with the names of [`Incident`]. The evidence, and what follows from the segments,
/// are left out: they are the greater part of the document, and of the code that reads it in the browser.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PageIncident {
    pub id: String,
    /// Of the target.
    pub name: String,
    pub open: bool,
    /// Never empty.
    pub segments: Vec<Segment>,
    pub blind: Vec<Blind>,
    /// As the report tells them, each once, in the order in which they were first seen.
    pub causes: Vec<PageCause>,
    pub episodes: u32,
    pub flapping: bool,
    /// How long something was down, and down or unstable, in all its turns; left out while it lasts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub down_s: Option<Length>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub troubled_s: Option<Length>,
    /// Of each family that was unstable, or down and answering in between, how many rounds failed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unstable: Vec<PageRate>,
    /// The record ends before it did; left out where it does not.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_cut: bool,
}

/// How many of how many rounds of a family failed while it was unstable, or down and answering in between.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PageRate {
    pub family: Family,
    pub failed: u32,
    pub of: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PageCause {
    pub family: Family,
    pub cause: Cause,
}

impl PageIncident {
    /// Returns when it began; `None` only of a document that holds no segment.
    pub fn began(&self) -> Option<Bound> {
        self.segments.first().map(|s| s.began)
    }

    /// Returns when all was well again; `None` while it is open.
    pub fn ended(&self) -> Option<Bound> {
        self.segments.last().and_then(|s| s.ended).filter(|_| !self.open)
    }
}

impl Incident {
    /// Whether the record ends before it did.
    pub fn is_cut(&self) -> bool {
        self.outages.iter().any(|outage| outage.ending == Some(Ending::RecordEnds))
    }
}

impl From<&Incident> for PageIncident {
    fn from(incident: &Incident) -> Self {
        let causes = told(incident).into_iter().map(|(family, cause)| PageCause { family, cause }).collect();
        let (down_s, troubled_s) = lengths(incident);
        Self {
            id: incident.summary.id.clone(),
            name: incident.name.clone(),
            open: incident.open,
            segments: incident.segments.clone(),
            blind: incident.blind.clone(),
            causes,
            episodes: incident.summary.episodes,
            flapping: incident.summary.flapping,
            down_s,
            troubled_s,
            unstable: Family::ALL.into_iter().filter_map(|family| rate(incident, family)).collect(),
            is_cut: incident.is_cut(),
        }
    }
}

/// Returns how long something was down, and down or unstable. A document of a version before has only the outages.
pub(super) fn lengths(incident: &Incident) -> (Option<Length>, Option<Length>) {
    let summary = &incident.summary;
    let known = (summary.down_s, summary.troubled_s);
    let Some(ended) = summary.ended.filter(|_| known.1.is_none() && !incident.open) else { return known };
    let core = |b: Bound| dualwatch_core::respond::incident::Bound { after: b.after, by: b.by };
    let pieces: Vec<Piece> = (incident.outages.iter())
        .map(|o| Piece {
            family: o.family,
            trouble: if o.unstable.is_some() { Trouble::Unstable } else { Trouble::Down },
            began: core(o.began),
            ended: core(o.ended.unwrap_or(ended)),
            is_cut: o.ending == Some(Ending::RecordEnds),
        })
        .collect();
    let spell = |b: &Blind| BlindSpell { family: b.family, from: b.from, to: b.to };
    let blind: Vec<BlindSpell> = incident.blind.iter().map(spell).collect();
    let span = DurationMs::between(core(summary.began), core(ended));
    let Lasted { down, troubled, .. } = Lasted::of(&pieces, &blind, span, summary.episodes);
    (down.map(Into::into), Some(troubled.into()))
}

/// Returns the causes that the report tells, each once: what several vantages saw of one failure is one story.
pub(crate) fn told(incident: &Incident) -> Vec<(Family, Cause)> {
    let lines: Vec<story::Line<'_>> = (incident.evidence.iter().zip(&incident.summary.causes))
        .map(|(evidence, of)| story::Line {
            cause: of.cause,
            family: of.family,
            from: of.from,
            to: of.to,
            vantage: &evidence.vantage,
        })
        .collect();
    let began: Vec<_> = incident.outages.iter().map(|outage| (outage.family, outage.began.by)).collect();
    story::told(&lines, &began)
}

/// Returns how many of how many rounds of a family failed while it was unstable, or down and answering in between; `None`
/// where it never was.
fn rate(incident: &Incident, family: Family) -> Option<PageRate> {
    let rates = incident.outages.iter().filter(|o| o.family == family).filter_map(|o| o.unstable.or(o.between));
    let (failed, of) =
        rates.map(|r| (r.failed, r.of)).reduce(|a, b| (a.0.saturating_add(b.0), a.1.saturating_add(b.1)))?;
    Some(PageRate { family, failed, of })
}

/// Endpoints of our own that answer over one family only, and over both.
///
/// Where none is configured and the page was asked for on this machine (`localhost` or a loopback literal), they are
/// `127.0.0.1`, `[::1]` and `localhost` at the same port; otherwise the host that it was asked for at serves for both
/// families. Those have no scheme (`//status.example`): they are asked by that of the page.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SelfTest {
    /// URL prefixes without a final slash, such as `http://127.0.0.1:8787`; `/probe/ip` is added.
    /// `//*.` in one (`https://*.ipv4.status.example`) stands for a label that no request had before.
    pub origins: BrowserEndpoints,
    /// Those beside them, all of them configured.
    #[serde(default, skip_serializing_if = "Beside::is_empty")]
    pub beside: Beside,
    /// How near a visitor may be who asked for the page at this address. The address that the visitor comes from may make
    /// it less near, never nearer.
    #[serde(default)]
    pub vicinity: Vicinity,
}

/// What the page needs of a target beside its status.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PageTarget {
    pub slug: String,
    pub interval_s: u32,
    /// URLs that the page may fetch to measure this target from the browser.
    pub browser: BrowserEndpoints,
    /// It is measured with a query, which is nobody's to see: a browser asks without it. Left out where it is not.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub without_query: bool,
    /// `None` before anything was observed.
    #[serde(default)]
    pub uptime: Option<Uptime>,
    /// Its last ninety days, reckoned now and then: the current one may be minutes old.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub days: Option<Days>,
}

impl Uptime {
    /// Whether the shares of a target that has been known since `since` are told with every round, as its times are, and not
    /// once a minute only: of less than a day a minute is so much that what is beside them would say otherwise.
    pub const fn is_told_always(since: Timestamp, now: Timestamp) -> bool {
        now.ms_since(since) < DAY
    }

    /// Returns the shares of the tracks over one window; `None` where nothing at all was observed.
    pub fn of(ipv4: &Availability, ipv6: &Availability, dual_stack: &Availability) -> Option<Self> {
        let most = [ipv4, ipv6, dual_stack].map(|over| over.times.known_ms()).into_iter().max().unwrap_or(0);
        let shares = [ipv4.ratio(), ipv6.ratio(), dual_stack.ratio()];
        let [ipv4, ipv6, dual_stack] = shares;
        let known_s = Some(Seconds::from_ms(most.cast_signed()));
        shares.iter().any(Option::is_some).then_some(Self { ipv4, ipv6, dual_stack, known_s })
    }
}

/// The share of the observed time of the last 30 days in which a target was up, 0 to 1; `None` where nothing was
/// observed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Uptime {
    pub ipv4: Option<f64>,
    pub ipv6: Option<f64>,
    pub dual_stack: Option<f64>,
    /// How much of these 30 days is known, of the track of which most is. `None`: a version before did not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub known_s: Option<Seconds>,
}
