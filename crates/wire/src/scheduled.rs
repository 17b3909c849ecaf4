//! A window of maintenance as readers of other formats are told of it.
//!
//! It is named by what was announced and when it begins, `maintenance--1f3a09bc5d7e-20261129T020000Z`: the first twelve
//! hexadecimal digits of the SHA-256 of title, targets and families. One that is made longer, or said to be worse, keeps
//! its name; another title or another beginning is another window.

use crate::v1::incident;
use dualwatch_core::{
    measure::{
        family::{Family, PerFamily},
        time::Timestamp,
    },
    respond::{
        incident::IncidentId,
        maintenance::{Expected, Rule, Window},
    },
};
use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;

/// A time that was announced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scheduled {
    /// Its name, for ever.
    pub id: String,
    pub title: String,
    /// Slugs; `None`: every target.
    pub targets: Option<Vec<String>>,
    pub families: PerFamily<bool>,
    pub expected: Expected,
    pub from: Timestamp,
    /// The first moment after it.
    pub to: Timestamp,
}

/// Whether a window is to come, goes on, or is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    Scheduled,
    InProgress,
    Completed,
}

impl Phase {
    pub const ALL: [Self; 3] = [Self::Scheduled, Self::InProgress, Self::Completed];

    /// Returns the word of the Statuspage API.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Scheduled => "scheduled",
            Self::InProgress => "in_progress",
            Self::Completed => "completed",
        }
    }
}

impl Scheduled {
    pub fn new(rule: &Rule, window: &Window) -> Self {
        let mut hash = Sha256::new();
        // Each part ends in a byte that no title has where it is one line.
        for part in std::iter::once(&*rule.title).chain(rule.targets.iter().flatten().map(|slug| &**slug)) {
            hash.update(part);
            hash.update([0]);
        }
        hash.update([u8::from(rule.families.ipv4), u8::from(rule.families.ipv6)]);
        let mut digits = String::new();
        for byte in &hash.finalize()[..6] {
            // A text takes everything.
            let _ = write!(digits, "{byte:02x}");
        }
        let begin = incident::id("", IncidentId(window.from));
        Self {
            id: format!("maintenance--{digits}{begin}"),
            title: window.title.clone(),
            targets: rule.targets.clone(),
            families: window.families,
            expected: window.expected,
            from: window.from,
            to: window.to,
        }
    }

    pub fn phase(&self, now: Timestamp) -> Phase {
        if now < self.from {
            Phase::Scheduled
        } else if now < self.to {
            Phase::InProgress
        } else {
            Phase::Completed
        }
    }

    /// Whether it is about a target (`None`: whatever target) and a family (`None`: whatever family).
    pub fn concerns(&self, slug: Option<&str>, family: Option<Family>) -> bool {
        let has = |slug: &str| self.targets.as_ref().is_none_or(|slugs| slugs.iter().any(|s| s == slug));
        slug.is_none_or(has) && family.is_none_or(|family| *self.families.get(family))
    }

    /// Returns when its phase changes next; `None` where it is over.
    pub fn next_change(&self, now: Timestamp) -> Option<Timestamp> {
        [self.from, self.to].into_iter().find(|at| *at > now)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use dualwatch_core::respond::maintenance::When;

    pub(crate) fn scheduled(from: Timestamp, to: Timestamp) -> Scheduled {
        let families = PerFamily { ipv4: false, ipv6: true };
        let (title, expected) = ("New <router> & more".to_owned(), Expected::Down);
        let when = When::Once { from, to };
        let targets = Some(vec!["shop".to_owned()]);
        let rule = Rule { title: title.clone(), targets, families, expected, when };
        Scheduled::new(&rule, &Window { title, from, to, families, expected })
    }

    #[test]
    fn a_window_keeps_its_name_when_it_gets_longer() {
        let at = |s: i64| Timestamp::from_unix_ms(1_795_428_660_000 + s * 1_000);
        let window = scheduled(at(0), at(60));
        assert_eq!(window.id, scheduled(at(0), at(600)).id);
        assert_ne!(window.id, scheduled(at(1), at(60)).id);
        assert!(window.id.starts_with("maintenance--") && window.id.ends_with("-20261123T101100Z"), "{}", window.id);
        assert_eq!(window.id.len(), "maintenance--0123456789ab-20261123T101100Z".len());
        let phases = [-1, 0, 59, 60].map(|s| window.phase(at(s)));
        assert_eq!(phases, [Phase::Scheduled, Phase::InProgress, Phase::InProgress, Phase::Completed]);
        let changes = [-1, 0, 60].map(|s| window.next_change(at(s)));
        assert_eq!(changes, [Some(at(0)), Some(at(60)), None]);
    }

    #[test]
    fn it_concerns_its_targets_and_families() {
        let window = scheduled(Timestamp::from_unix_ms(0), Timestamp::from_unix_ms(1));
        for (slug, family, concerns) in [
            (None, None, true),
            (Some("shop"), None, true),
            (Some("mail"), None, false),
            (None, Some(Family::Ipv6), true),
            (Some("shop"), Some(Family::Ipv4), false),
        ] {
            assert_eq!(window.concerns(slug, family), concerns, "{slug:?} {family:?}");
        }
        let all = Scheduled { targets: None, ..window };
        assert!(all.concerns(Some("mail"), None));
    }
}
