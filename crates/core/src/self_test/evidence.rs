//! Everything that a decision of the self-test can depend on, as one value.

use crate::{
    measure::family::{Family, PerFamily},
    self_test::{addresses::Addresses, question::Question, told::Told},
};

/// Which family the browser took where it could choose.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Choice {
    #[default]
    Unknown,
    Ipv6,
    /// IPv4, without having waited for anything: IPv6 was not there, or said no at once.
    Ipv4,
    /// IPv4, after the wait that browsers grant IPv6 (250 or 300 ms): nothing came back over IPv6 in that time.
    Ipv4AfterWait,
    /// IPv4, and the timing API does not show whether after a wait.
    Ipv4Untimed,
}

impl Choice {
    pub const ALL: [Self; 5] = [Self::Unknown, Self::Ipv6, Self::Ipv4, Self::Ipv4AfterWait, Self::Ipv4Untimed];

    pub const fn family(self) -> Option<Family> {
        match self {
            Self::Unknown => None,
            Self::Ipv6 => Some(Family::Ipv6),
            Self::Ipv4 | Self::Ipv4AfterWait | Self::Ipv4Untimed => Some(Family::Ipv4),
        }
    }
}

/// What somebody else says of our own endpoint of a family: the edge that watches it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Endpoint {
    #[default]
    Unwatched,
    Up,
    Down,
}

/// The device's clock against ours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Clock {
    #[default]
    Unknown,
    Right,
    /// More than [`MAX_CLOCK_ERROR_MS`] away: certificates may look expired, or not yet valid.
    Wrong,
}

/// Certificates are issued with an hour or more of tolerance; five minutes are noticed by log-ins.
pub const MAX_CLOCK_ERROR_MS: u64 = 5 * 60 * 1_000;

impl Clock {
    /// Compares the device's clock with ours, both in Unix milliseconds.
    pub const fn compare(here_ms: i64, ours_ms: i64) -> Self {
        if here_ms.abs_diff(ours_ms) > MAX_CLOCK_ERROR_MS { Self::Wrong } else { Self::Right }
    }
}

/// What the self-test knows at a moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Evidence {
    pub(super) told: [Told; Question::ALL.len()],
    pub choice: Choice,
    pub addresses: Addresses,
    /// Whether something else than our endpoints proved a family: a service that was asked over TLS at its own name.
    pub proven: PerFamily<bool>,
    /// The family that the page's own address answered over, in time, and from elsewhere than this machine.
    pub page: Option<Family>,
    /// The page's own address is being asked, and may still show that.
    pub is_page_asked: bool,
    pub endpoints: PerFamily<Endpoint>,
    pub clock: Clock,
    /// The browser says that it has no network (`navigator.onLine` is false): to be believed; its opposite is not.
    pub is_offline: bool,
}

impl Evidence {
    pub const fn told(&self, question: Question) -> Told {
        self.told[question as usize]
    }

    pub const fn tell(&mut self, question: Question, told: Told) {
        self.told[question as usize] = told;
    }

    /// Returns the same, where these are the device's addresses.
    #[must_use]
    pub fn with(mut self, addresses: Addresses) -> Self {
        self.addresses = addresses;
        self
    }

    /// Whether an answer has come that only our endpoint, or a service at its own name over TLS, can have given.
    pub fn is_proven(&self, family: Family) -> bool {
        let by = |question| matches!(self.told(question), Told::Ok | Told::Slow | Told::Status);
        by(Question::name_of(family))
            || by(Question::literal_of(family))
            || self.choice.family() == Some(family)
            || *self.proven.get(family)
    }

    /// Whether a family carries the page itself. That counts where endpoints of ours answer as well: then what fails over
    /// this family is the endpoint of it, and not the visitor's connection. Where none does, something keeps the page from
    /// all of them, and its own address says nothing of what.
    pub fn carries_the_page(&self, family: Family) -> bool {
        self.page == Some(family) && Family::ALL.into_iter().any(|family| self.is_proven(family))
    }
}
