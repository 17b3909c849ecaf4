//! The merged verdict: what the page saw, what the page's own control says, what the edge saw, per family.

use crate::measure::time::{MINUTE, Timestamp};
use serde::{Deserialize, Serialize};

/// What the visitor's browser found at the target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Page {
    Ok,
    Failed,
    /// Not measured: not yet, not possible for this target, or no WebAssembly.
    NotMeasured,
}

/// What the visitor's browser found at a destination that is known to be good, in the same family.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PageControl {
    Ok,
    /// Failed, and the device has no address of this family.
    FailedNoAddress,
    /// Failed, though the device has an address of this family.
    FailedHasAddress,
    /// Failed, and the page cannot tell whether the device has an address.
    Failed,
    /// There is no control of this family, or it was not tried.
    NotMeasured,
}

/// What the edge says of the target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Edge {
    Ok,
    Failed,
    /// The edge has no working connection of this family, or could not measure.
    Blind,
    /// The newest round is older than it may be.
    Late,
    /// The target does not offer this family.
    Unpublished,
    /// No round at all, or the worker cannot be asked.
    Nothing,
}

/// The sentence that the reader gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Up: seen from here and from the edge.
    Up,
    /// Up for you; the edge cannot reach it.
    UpForYou,
    /// Down for everyone in this family.
    DownForEveryone,
    /// Between you and the service, or blocked here.
    Between,
    /// You have no IPv6 (or IPv4).
    YouHaveNone,
    /// Your IPv6 (or IPv4) is broken.
    YoursIsBroken,
    /// This family does not work for you; missing or broken, the page cannot tell.
    YoursDoesNotWork,
    /// Your family is down, and the service is down as seen from the edge too.
    BothDown,
    /// Only the page's result counts: the edge cannot tell.
    PageOnlyUp,
    PageOnlyDown,
    /// Only the page's result counts: our own watcher is late.
    LatePageUp,
    LatePageDown,
    /// Not measured here; the edge's result alone.
    EdgeUp,
    EdgeDown,
    /// Failed here, fine at the edge, and nothing proves whose fault it is.
    FailedHere,
    /// The service does not offer this family.
    Unpublished,
    NotKnown,
}

/// Whose side the fault is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// Nobody's: all is well, or as it is meant to be.
    None,
    You,
    Them,
    Between,
    Unknown,
}

impl Edge {
    pub const ALL: [Self; 6] = [Self::Ok, Self::Failed, Self::Blind, Self::Late, Self::Unpublished, Self::Nothing];

    /// Returns the stable code, as in `data-edge`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Failed => "failed",
            Self::Blind => "blind",
            Self::Late => "late",
            Self::Unpublished => "unpublished",
            Self::Nothing => "nothing",
        }
    }
}

impl Verdict {
    pub const ALL: &'static [Self] = &[
        Self::Up,
        Self::UpForYou,
        Self::DownForEveryone,
        Self::Between,
        Self::YouHaveNone,
        Self::YoursIsBroken,
        Self::YoursDoesNotWork,
        Self::BothDown,
        Self::PageOnlyUp,
        Self::PageOnlyDown,
        Self::LatePageUp,
        Self::LatePageDown,
        Self::EdgeUp,
        Self::EdgeDown,
        Self::FailedHere,
        Self::Unpublished,
        Self::NotKnown,
    ];

    /// Returns the stable code, as in `data-verdict`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Up => "up",
            Self::UpForYou => "up_for_you",
            Self::DownForEveryone => "down_for_everyone",
            Self::Between => "between",
            Self::YouHaveNone => "you_have_none",
            Self::YoursIsBroken => "yours_is_broken",
            Self::YoursDoesNotWork => "yours_does_not_work",
            Self::BothDown => "both_down",
            Self::PageOnlyUp => "page_only_up",
            Self::PageOnlyDown => "page_only_down",
            Self::LatePageUp => "late_page_up",
            Self::LatePageDown => "late_page_down",
            Self::EdgeUp => "edge_up",
            Self::EdgeDown => "edge_down",
            Self::FailedHere => "failed_here",
            Self::Unpublished => "unpublished",
            Self::NotKnown => "not_known",
        }
    }

    pub const fn side(self) -> Side {
        match self {
            Self::Up | Self::UpForYou | Self::PageOnlyUp | Self::LatePageUp | Self::EdgeUp | Self::Unpublished => {
                Side::None
            }
            Self::DownForEveryone | Self::EdgeDown => Side::Them,
            Self::Between => Side::Between,
            Self::YouHaveNone | Self::YoursIsBroken | Self::YoursDoesNotWork | Self::BothDown => Side::You,
            Self::PageOnlyDown | Self::LatePageDown | Self::FailedHere | Self::NotKnown => Side::Unknown,
        }
    }
}

impl Side {
    pub const fn code(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::You => "you",
            Self::Them => "them",
            Self::Between => "between",
            Self::Unknown => "unknown",
        }
    }
}

/// Decides the verdict of one family of one target.
///
/// | page: target | page: control | edge | verdict |
/// |---|---|---|---|
/// | ok | any | ok | `up` |
/// | ok | any | failed | `up_for_you` |
/// | failed | ok | failed | `down_for_everyone` |
/// | failed | ok | ok | `between` |
/// | failed | failed, no address | ok | `you_have_none` |
/// | failed | failed, has an address | ok | `yours_is_broken` |
/// | failed | failed, cannot tell | ok | `yours_does_not_work` |
/// | failed | failed | failed | `both_down` |
/// | failed | not measured | ok | `failed_here` |
/// | failed | not measured | failed | `down_for_everyone` |
/// | ok, failed | any | blind, nothing | `page_only_up`, `page_only_down` |
/// | ok, failed | any | late | `late_page_up`, `late_page_down` |
/// | ok, failed | any | unpublished | `page_only_up`, `unpublished` |
/// | not measured | any | ok, failed | `edge_up`, `edge_down` |
/// | not measured | any | unpublished | `unpublished` |
/// | not measured | any | blind, late, nothing | `not_known` |
pub const fn decide(page: Page, control: PageControl, edge: Edge) -> Verdict {
    match (page, edge) {
        (Page::Ok, Edge::Ok) => Verdict::Up,
        (Page::Ok, Edge::Failed) => Verdict::UpForYou,
        (Page::Ok, Edge::Blind | Edge::Nothing | Edge::Unpublished) => Verdict::PageOnlyUp,
        (Page::Ok, Edge::Late) => Verdict::LatePageUp,
        (Page::Failed, Edge::Ok) => match control {
            PageControl::Ok => Verdict::Between,
            PageControl::FailedNoAddress => Verdict::YouHaveNone,
            PageControl::FailedHasAddress => Verdict::YoursIsBroken,
            PageControl::Failed => Verdict::YoursDoesNotWork,
            PageControl::NotMeasured => Verdict::FailedHere,
        },
        (Page::Failed, Edge::Failed) => match control {
            PageControl::Ok | PageControl::NotMeasured => Verdict::DownForEveryone,
            PageControl::FailedNoAddress | PageControl::FailedHasAddress | PageControl::Failed => Verdict::BothDown,
        },
        (Page::Failed, Edge::Blind | Edge::Nothing) => Verdict::PageOnlyDown,
        (Page::Failed, Edge::Late) => Verdict::LatePageDown,
        (Page::NotMeasured, Edge::Ok) => Verdict::EdgeUp,
        (Page::NotMeasured, Edge::Failed) => Verdict::EdgeDown,
        (Page::Failed | Page::NotMeasured, Edge::Unpublished) => Verdict::Unpublished,
        (Page::NotMeasured, Edge::Blind | Edge::Late | Edge::Nothing) => Verdict::NotKnown,
    }
}

/// Samples that lie further apart are not merged.
pub const MERGE_WITHIN_MS: i64 = 5 * MINUTE;

/// Whether a page's sample and an edge round are close enough in time to be merged.
pub const fn may_merge(page: Timestamp, edge: Timestamp) -> bool {
    page.ms_since(edge).abs() <= MERGE_WITHIN_MS
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGES: [Page; 3] = [Page::Ok, Page::Failed, Page::NotMeasured];
    const CONTROLS: [PageControl; 5] = [
        PageControl::Ok,
        PageControl::FailedNoAddress,
        PageControl::FailedHasAddress,
        PageControl::Failed,
        PageControl::NotMeasured,
    ];
    const EDGES: [Edge; 6] = [Edge::Ok, Edge::Failed, Edge::Blind, Edge::Late, Edge::Unpublished, Edge::Nothing];

    #[test]
    fn the_table_of_the_design() {
        use {Edge as E, Page as P, PageControl as C};
        let rows = [
            (P::Ok, C::Ok, E::Ok, "up", "none"),
            (P::Ok, C::Ok, E::Failed, "up_for_you", "none"),
            (P::Failed, C::Ok, E::Failed, "down_for_everyone", "them"),
            (P::Failed, C::Ok, E::Ok, "between", "between"),
            (P::Failed, C::FailedNoAddress, E::Ok, "you_have_none", "you"),
            (P::Failed, C::FailedHasAddress, E::Ok, "yours_is_broken", "you"),
            (P::Failed, C::FailedHasAddress, E::Failed, "both_down", "you"),
            (P::Ok, C::Ok, E::Blind, "page_only_up", "none"),
            (P::Failed, C::Ok, E::Late, "late_page_down", "unknown"),
            (P::NotMeasured, C::NotMeasured, E::Failed, "edge_down", "them"),
            (P::NotMeasured, C::Ok, E::Blind, "not_known", "unknown"),
        ];
        for (page, control, edge, verdict, side) in rows {
            let decided = decide(page, control, edge);
            assert_eq!((decided.code(), decided.side().code()), (verdict, side), "{page:?} {control:?} {edge:?}");
        }
    }

    #[test]
    fn the_edge_never_accuses_when_it_is_blind_late_or_silent() {
        for page in PAGES {
            for control in CONTROLS {
                for edge in EDGES {
                    let verdict = decide(page, control, edge);
                    if edge != Edge::Failed {
                        assert_ne!(verdict.side(), Side::Them, "{page:?} {control:?} {edge:?}");
                    }
                    if page == Page::Ok {
                        assert_eq!(verdict.side(), Side::None, "what the visitor reached is not down");
                    }
                }
            }
        }
    }

    #[test]
    fn every_verdict_has_a_row_and_a_code_of_its_own() {
        for (i, verdict) in Verdict::ALL.iter().enumerate() {
            assert!(Verdict::ALL[i + 1..].iter().all(|other| other.code() != verdict.code()));
            let reached =
                PAGES.iter().any(|p| CONTROLS.iter().any(|c| EDGES.iter().any(|e| decide(*p, *c, *e) == *verdict)));
            assert!(reached, "{verdict:?} cannot come about");
        }
    }
}
