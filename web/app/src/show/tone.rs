//! How a result is drawn.

use dualwatch_core::{judge::verdict::Verdict, measure::cause::Cause};

/// How a result is drawn: each tone has a colour and a shape of its own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tone {
    /// As it is meant to be, and not there.
    Quiet,
    Good,
    #[default]
    Unknown,
    /// Reached, but slowly.
    Slow,
    /// Something is wrong on the way or at the edge.
    Caution,
    /// Something is wrong with the visitor's own connection.
    You,
    Bad,
}

impl Tone {
    /// Returns the code of the style sheet, as in `data-tone`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Quiet => "quiet",
            Self::Good => "good",
            Self::Unknown => "unknown",
            Self::Slow => "slow",
            Self::Caution => "caution",
            Self::You => "you",
            Self::Bad => "bad",
        }
    }

    pub const fn of(verdict: Verdict, cause: Option<Cause>) -> Self {
        match verdict {
            Verdict::Up | Verdict::EdgeUp if matches!(cause, Some(Cause::Slow)) => Self::Slow,
            Verdict::Up | Verdict::EdgeUp | Verdict::PageOnlyUp | Verdict::LatePageUp => Self::Good,
            Verdict::UpForYou
            | Verdict::Between
            | Verdict::FailedHere
            | Verdict::PageOnlyDown
            | Verdict::LatePageDown => Self::Caution,
            Verdict::YouHaveNone | Verdict::YoursIsBroken | Verdict::YoursDoesNotWork => Self::You,
            Verdict::DownForEveryone | Verdict::EdgeDown | Verdict::BothDown => Self::Bad,
            Verdict::Unpublished => Self::Quiet,
            Verdict::NotKnown => Self::Unknown,
        }
    }
}
