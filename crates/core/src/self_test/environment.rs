//! What a page notices around itself without asking anybody: it explains failures, and is no measurement.

use serde::{Deserialize, Serialize};

/// One thing that is noticed. The order is the order on the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum Fact {
    /// What the device says of its own connection: "no" is certain, "yes" says little.
    Online,
    /// Whether the page came over TLS, or from the machine itself (W3C Secure Contexts).
    #[serde(rename = "secure_context")]
    Secure,
    /// Whether the page's own policy has forbidden a question.
    #[serde(rename = "csp")]
    Policy,
    /// Whether an endpoint may not be asked from this page, as it is without TLS.
    MixedContent,
    /// The permission to ask addresses of the local network, where it has been asked for.
    LocalNetwork,
    /// Whether the browser tells which kinds of addresses the device has.
    Addresses,
}

/// How it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Condition {
    /// Not looked at yet.
    #[default]
    Unseen,
    Fine,
    /// In the way.
    Bad,
    /// The browser does not say.
    Untold,
    /// It has not mattered.
    NotNeeded,
}

impl Fact {
    pub const ALL: [Self; 6] =
        [Self::Online, Self::Secure, Self::Policy, Self::MixedContent, Self::LocalNetwork, Self::Addresses];

    /// Returns the stable code, as in `data-question`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Online => "online",
            Self::Secure => "secure_context",
            Self::Policy => "csp",
            Self::MixedContent => "mixed_content",
            Self::LocalNetwork => "local_network",
            Self::Addresses => "addresses",
        }
    }

    /// Returns the stable code of what is wrong where it is bad, as in `data-cause`.
    const fn trouble(self) -> &'static str {
        match self {
            Self::Online => "offline",
            Self::Secure => "insecure",
            Self::Policy => "csp",
            Self::MixedContent => "mixed_content",
            Self::LocalNetwork => "local_network",
            Self::Addresses => "no_address",
        }
    }
}

impl Condition {
    pub const ALL: [Self; 5] = [Self::Unseen, Self::Fine, Self::Bad, Self::Untold, Self::NotNeeded];

    /// Returns the stable code, as in `data-state`.
    pub const fn code(self, fact: Fact) -> &'static str {
        match (self, fact) {
            (Self::Unseen, _) => "waiting",
            (Self::Fine, _) => "ok",
            (Self::Bad, Fact::Policy | Fact::MixedContent | Fact::LocalNetwork) => "refused",
            (Self::Bad, Fact::Online | Fact::Secure | Fact::Addresses) => "failed",
            (Self::Untold | Self::NotNeeded, _) => "not_measured",
        }
    }

    /// Returns the stable code of why it is not `ok`, as in `data-cause`.
    pub const fn cause(self, fact: Fact) -> Option<&'static str> {
        match self {
            Self::Unseen | Self::Fine => None,
            Self::Bad => Some(fact.trouble()),
            Self::Untold => Some("untold"),
            Self::NotNeeded => Some("not_needed"),
        }
    }

    /// Returns how a permission stands, from the words of the Permissions API; `None` where the browser knows no such
    /// permission. On a page without TLS the browser says "denied" of what it does not ask for (measured in Chromium).
    pub fn of_permission(state: Option<&str>, is_secure: bool) -> Self {
        match state {
            Some("granted") => Self::Fine,
            Some("denied") if is_secure => Self::Bad,
            Some("prompt" | "denied") => Self::NotNeeded,
            _ => Self::Untold,
        }
    }
}

/// How everything is that is noticed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Environment([Condition; Fact::ALL.len()]);

impl Environment {
    pub const fn get(&self, fact: Fact) -> Condition {
        self.0[fact as usize]
    }

    pub const fn set(&mut self, fact: Fact, condition: Condition) {
        self.0[fact as usize] = condition;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_in_the_way_has_a_cause_and_what_is_well_has_none() {
        for fact in Fact::ALL {
            for condition in Condition::ALL {
                let is_fine = matches!(condition, Condition::Unseen | Condition::Fine);
                assert_eq!(condition.cause(fact).is_none(), is_fine, "{fact:?} {condition:?}");
            }
            let mut environment = Environment::default();
            environment.set(fact, Condition::Bad);
            let bad: Vec<_> = Fact::ALL.into_iter().filter(|f| environment.get(*f) == Condition::Bad).collect();
            assert_eq!(bad, [fact]);
            // Their rows stand beside those of the questions.
            assert_eq!(crate::self_test::question::Question::from_code(fact.code()), None);
        }
    }

    #[test]
    fn a_permission_that_nobody_has_asked_for_is_not_in_the_way() {
        for (state, is_secure, expected) in [
            (Some("granted"), true, Condition::Fine),
            (Some("denied"), true, Condition::Bad),
            (Some("denied"), false, Condition::NotNeeded),
            (Some("prompt"), true, Condition::NotNeeded),
            (None, true, Condition::Untold),
        ] {
            assert_eq!(Condition::of_permission(state, is_secure), expected, "{state:?}");
        }
    }
}
