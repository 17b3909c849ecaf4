//! What one question has told so far, in the few values that a decision can depend on.

use crate::measure::cause::Cause;

/// How a question stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Told {
    /// Not asked: there is no endpoint for it, or its answer would say nothing here.
    #[default]
    NotAsked,
    /// Asked, and it is too early to say anything.
    Waiting,
    /// Asked, and silent for longer than an answer takes that is on its way. Not given up.
    Overdue,
    /// Our own answer came back: with our nonce, or over TLS from the named host.
    Ok,
    /// It came so late that people notice.
    Slow,
    /// Nothing came back, twice.
    Silent,
    /// The browser says that it failed, twice, and nothing else; how soon says a little.
    Failed(Pace),
    /// Something answered that is not our endpoint: another nonce, HTML, a login page.
    Foreign,
    /// Our endpoint answered with an error status, over TLS.
    Status,
    /// The answer began and ended too early.
    Partial,
    /// A name of one family answered over the other one.
    WrongFamily,
    /// The browser does not let the page ask.
    Refused(Refusal),
    /// Answered over a connection that was there already: that proves nothing new.
    Discarded,
    /// The server does not offer what was asked about.
    NotOffered,
    /// The server offers it, and the browser asked in another way.
    NotUsed,
}

/// How soon a failure came, compared with the round trip to us over the other family.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Pace {
    /// Long before anybody far away can have answered: something on the device failed it.
    AtOnce,
    /// After about a round trip: somebody on the way, or at its end, said no.
    RoundTrip,
    /// After about three seconds: the next machine on the way does not exist (RFC 4861 section 7.2.2: three tries, a
    /// second each).
    Gateway,
    /// The round trip is not known, or too short for the browser's clock.
    Unclear,
}

/// Why the browser did not ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Refusal {
    /// The page's own policy does not list the address: an event says so, for certain.
    Csp,
    /// A page loaded over https may not ask over plain http.
    MixedContent,
    /// The address is on the local network, and the permission to ask there was denied.
    LocalNetwork,
    /// The browser is asking for that permission, and nobody has answered yet.
    Permission,
    /// An extension or a filter on this device: the same server answers under another name.
    Blocker,
}

impl Refusal {
    pub const ALL: [Self; 5] = [Self::Csp, Self::MixedContent, Self::LocalNetwork, Self::Permission, Self::Blocker];

    pub const fn cause(self) -> Cause {
        match self {
            Self::Csp => Cause::PolicyBrowserCsp,
            Self::MixedContent => Cause::PolicyBrowserMixedContent,
            Self::LocalNetwork | Self::Permission => Cause::PolicyBrowserLocalNetwork,
            Self::Blocker => Cause::PolicyBrowserBlocker,
        }
    }
}

impl Told {
    pub const ALL: [Self; 22] = [
        Self::NotAsked,
        Self::Waiting,
        Self::Overdue,
        Self::Ok,
        Self::Slow,
        Self::Silent,
        Self::Failed(Pace::AtOnce),
        Self::Failed(Pace::RoundTrip),
        Self::Failed(Pace::Gateway),
        Self::Failed(Pace::Unclear),
        Self::Foreign,
        Self::Status,
        Self::Partial,
        Self::WrongFamily,
        Self::Refused(Refusal::Csp),
        Self::Refused(Refusal::MixedContent),
        Self::Refused(Refusal::LocalNetwork),
        Self::Refused(Refusal::Permission),
        Self::Refused(Refusal::Blocker),
        Self::Discarded,
        Self::NotOffered,
        Self::NotUsed,
    ];

    /// Returns the stable code, as in `data-state`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotAsked | Self::NotOffered | Self::NotUsed => "not_measured",
            Self::Waiting | Self::Overdue | Self::Refused(Refusal::Permission) => "waiting",
            Self::Ok => "ok",
            Self::Slow => "slow",
            Self::Silent | Self::Failed(_) | Self::Foreign | Self::Status | Self::Partial | Self::WrongFamily => {
                "failed"
            }
            Self::Refused(_) => "refused",
            Self::Discarded => "discarded",
        }
    }

    /// Returns the stable code of why it is not `ok`, as in `data-cause`.
    pub const fn cause(self) -> Option<&'static str> {
        match self {
            Self::NotAsked | Self::Waiting | Self::Overdue | Self::Ok => None,
            Self::Slow => Some("late"),
            Self::Silent => Some("silent"),
            Self::Failed(Pace::AtOnce) => Some("failed_at_once"),
            Self::Failed(Pace::RoundTrip) => Some("rejected"),
            Self::Failed(Pace::Gateway) => Some("no_gateway"),
            Self::Failed(Pace::Unclear) => Some("failed"),
            Self::Foreign => Some("foreign_answer"),
            Self::Status => Some("error_status"),
            Self::Partial => Some("cut_short"),
            Self::WrongFamily => Some("wrong_family"),
            Self::Refused(Refusal::Csp) => Some("csp"),
            Self::Refused(Refusal::MixedContent) => Some("mixed_content"),
            Self::Refused(Refusal::LocalNetwork) => Some("local_network"),
            Self::Refused(Refusal::Permission) => Some("permission"),
            Self::Refused(Refusal::Blocker) => Some("blocker"),
            Self::Discarded => Some("reused_connection"),
            Self::NotOffered => Some("not_offered"),
            Self::NotUsed => Some("not_used"),
        }
    }

    /// Whether it may still change by an answer that is being waited for.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Waiting | Self::Overdue)
    }

    /// Whether an answer of ours came back.
    pub const fn is_answer(self) -> bool {
        matches!(self, Self::Ok | Self::Slow)
    }

    /// Whether it is known that no answer came, which a later answer may still correct.
    pub const fn is_dead(self) -> bool {
        matches!(self, Self::Silent | Self::Failed(_))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_has_a_cause_of_its_own() {
        for (i, told) in Told::ALL.into_iter().enumerate() {
            let is_fine = told.is_open() || matches!(told, Told::NotAsked | Told::Ok);
            assert_eq!(told.cause().is_none(), is_fine, "{told:?}");
            let others = Told::ALL[i + 1..].iter().filter(|other| other.cause() == told.cause());
            assert!(told.cause().is_none() || others.count() == 0, "{told:?}");
        }
    }
}
