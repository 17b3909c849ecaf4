//! `GET /api/v1/widget`: what an embedded element shows of one target, of a group, or of all. It is small on purpose: a reader
//! of somebody else's page waits for it.

use super::{FamilyFacts, PageTarget, SelfTest, TargetStatus, VERSION, status::State};
use crate::{
    door::Whom,
    time::{rfc3339, rfc3339_or_null},
};
use dualwatch_core::measure::{cause::Cause, family::Family, time::Timestamp};
use serde::{Deserialize, Serialize};

/// So many targets of a group are listed, those with trouble first.
pub const MAX_ROWS: usize = 50;

/// What the element shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Widget {
    pub version: u32,
    /// When this was made; it holds as long as it is served.
    #[serde(with = "rfc3339")]
    pub as_of: Timestamp,
    /// Of the target or the group.
    pub name: Option<String>,
    /// Where more is said, below our origin.
    pub path: String,
    /// The worst of both families.
    pub state: Shade,
    pub tone: Tone,
    pub ipv4: Shown,
    pub ipv6: Shown,
    pub dual_stack: Shown,
    /// Of a group or of all: the targets, at most [`MAX_ROWS`] of them; and how many there are.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub targets: Vec<Row>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub n: Option<usize>,
    /// The words of the button that asks from the reader's browser; only of a target.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub check: Option<String>,
}

/// One target of several.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Row {
    pub name: String,
    pub path: String,
    pub ipv4: Shown,
    pub ipv6: Shown,
}

/// How one way to a target is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Shown {
    pub state: Shade,
    pub tone: Tone,
    #[serde(default, skip_serializing_if = "Option::is_none", with = "rfc3339_or_null")]
    pub since: Option<Timestamp>,
    /// Over which family a client with both ends up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub via: Option<Family>,
    /// Of how many targets this is so, where it is the worst of several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub n: Option<usize>,
    /// The same in words; `@` stands for the time since when.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
}

/// A state as it is shown, from what needs no attention to what needs it most.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Shade {
    /// The family is not offered.
    None,
    Up,
    /// Reached, but not as well as expected.
    Degraded,
    /// Not known, or not measured.
    #[default]
    Unknown,
    Maintenance,
    Recovering,
    /// It fails, and is not confirmed to be down.
    Suspect,
    Unstable,
    Down,
}

/// How a state is drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Tone {
    None,
    Good,
    /// Neither good nor bad: nothing is known, or nothing is expected.
    #[default]
    Quiet,
    Warn,
    Bad,
}

/// What a browser needs that is to ask a target itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WidgetFacts {
    pub status: TargetStatus,
    pub target: PageTarget,
    pub self_test: SelfTest,
}

impl Shade {
    pub const ALL: [Self; 9] = [
        Self::None,
        Self::Up,
        Self::Degraded,
        Self::Unknown,
        Self::Maintenance,
        Self::Recovering,
        Self::Suspect,
        Self::Unstable,
        Self::Down,
    ];

    /// Returns how one family is shown.
    ///
    /// | state | announced | | shown |
    /// |---|---|---|---|
    /// | down, suspect | yes | | maintenance |
    /// | unknown | | no cause, or no record | none |
    /// | unknown | | any other cause | unknown |
    /// | up | | fails again and again | unstable |
    /// | up | | not as expected | degraded |
    /// | any other | | | as it is |
    pub fn of(facts: &FamilyFacts) -> Self {
        match facts.state {
            State::Down | State::Suspect if facts.maintenance => Self::Maintenance,
            State::Unknown if matches!(facts.cause, None | Some(Cause::DnsNodata)) => Self::None,
            State::Unknown => Self::Unknown,
            State::Up | State::Recovering if facts.unstable => Self::Unstable,
            State::Up if facts.degraded => Self::Degraded,
            State::Up => Self::Up,
            State::Recovering => Self::Recovering,
            State::Suspect => Self::Suspect,
            State::Down => Self::Down,
        }
    }

    pub const fn tone(self) -> Tone {
        match self {
            Self::None => Tone::None,
            Self::Up => Tone::Good,
            Self::Unknown | Self::Maintenance => Tone::Quiet,
            Self::Degraded | Self::Recovering | Self::Suspect | Self::Unstable => Tone::Warn,
            Self::Down => Tone::Bad,
        }
    }

    /// Returns what a client with both families meets that ends up nowhere.
    const fn of_both(ipv4: Self, ipv6: Self) -> Self {
        match (ipv4, ipv6) {
            // What happens over a family that nobody sees may hold the client up.
            (Self::Unknown, _) | (_, Self::Unknown) => Self::Unknown,
            (Self::None, other) | (other, Self::None) => other,
            (Self::Up | Self::Degraded, _) | (_, Self::Up | Self::Degraded) => Self::Up,
            (one, other) => {
                if one as u8 > other as u8 {
                    one
                } else {
                    other
                }
            }
        }
    }
}

impl Shown {
    fn new(state: Shade, since: Option<Timestamp>) -> Self {
        Self { state, tone: state.tone(), since, ..Self::default() }
    }

    fn of(facts: &FamilyFacts) -> Self {
        let state = Shade::of(facts);
        Self::new(state, facts.since.filter(|_| state != Shade::None))
    }

    fn of_both(status: &TargetStatus) -> Self {
        match status.dual_stack.family {
            Some(family) => Self { via: Some(family), ..Self::new(Shade::Up, None) },
            None => Self::new(Shade::of_both(Shade::of(&status.ipv4), Shade::of(&status.ipv6)), None),
        }
    }

    /// Returns the worst of several, which is so of `n` of them, the first of those since when.
    fn worst(all: &[Self]) -> Self {
        // Where a family is not offered is no news beside where it is.
        let state = all.iter().map(|one| one.state).max().unwrap_or_default();
        let alike = || all.iter().filter(|one| one.state == state);
        let n = Some(alike().count());
        Self { n, ..Self::new(state, alike().filter_map(|one| one.since).min()) }
    }
}

/// Returns the path of the page of a target.
fn path(status: &TargetStatus) -> String {
    format!("/targets/{}", status.slug)
}

impl Widget {
    /// Returns what a widget shows of these targets at `now`; `None` where there is none of them. Words come later.
    pub fn of<'a>(whom: &Whom, targets: impl Iterator<Item = &'a TargetStatus>, now: Timestamp) -> Option<Self> {
        let meant = |status: &&TargetStatus| match whom {
            Whom::All => true,
            Whom::Group(group) => status.group.as_deref() == Some(group.as_str()),
            Whom::Target(slug) => status.slug == slug.as_str(),
        };
        let targets: Vec<&TargetStatus> = targets.filter(meant).collect();
        let widget = |name: Option<String>, path: String, [ipv4, ipv6, dual_stack]: [Shown; 3]| {
            let state = ipv4.state.max(ipv6.state);
            let (targets, n, check) = (Vec::new(), None, None);
            Self {
                version: VERSION,
                as_of: now,
                name,
                path,
                state,
                tone: state.tone(),
                ipv4,
                ipv6,
                dual_stack,
                targets,
                n,
                check,
            }
        };
        if let (Whom::Target(_), [status]) = (whom, &*targets) {
            let shown = [Shown::of(&status.ipv4), Shown::of(&status.ipv6), Shown::of_both(status)];
            return Some(widget(Some(status.name.clone()), path(status), shown));
        }
        let name = if let Whom::Group(group) = whom { Some(group.to_string()) } else { None };
        if targets.is_empty() && *whom != Whom::All {
            return None;
        }
        let worst =
            |of: fn(&TargetStatus) -> Shown| Shown::worst(&targets.iter().map(|status| of(status)).collect::<Vec<_>>());
        let shown = [worst(|s| Shown::of(&s.ipv4)), worst(|s| Shown::of(&s.ipv6)), worst(Shown::of_both)];
        let mut rows = targets.clone();
        rows.sort_by_key(|status| std::cmp::Reverse(Shade::of(&status.ipv4).max(Shade::of(&status.ipv6))));
        let rows = rows.into_iter().take(MAX_ROWS).map(|status| Row {
            name: status.name.clone(),
            path: path(status),
            ipv4: Shown { since: None, ..Shown::of(&status.ipv4) },
            ipv6: Shown { since: None, ..Shown::of(&status.ipv6) },
        });
        Some(Self { targets: rows.collect(), n: Some(targets.len()), ..widget(name, "/".to_owned(), shown) })
    }
}

#[cfg(test)]
mod tests;
