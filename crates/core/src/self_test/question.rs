//! The questions of the self-test: a closed set, each with its code and what it is about.

use crate::measure::family::Family;

/// One thing that the page asks of an endpoint of ours. The order is the order on the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Question {
    /// The page's own origin, with a nonce that no portal and no cache knows.
    Portal,
    /// A name that has addresses of both families: which one does this browser end up on, and after how long a wait?
    DualStack,
    /// A name that has IPv4 addresses only.
    Ipv4,
    Ipv6,
    /// An IPv4 address in place of a name: no DNS is needed.
    LiteralIpv4,
    LiteralIpv6,
    /// An answer of several full packets (16 KiB): what a path loses that is narrower than it says.
    LargeIpv4,
    LargeIpv6,
    LargeDualStack,
    /// The same the other way: a request of several full packets.
    UploadIpv4,
    UploadIpv6,
    UploadDualStack,
    /// HTTP/3, where the page's own server offers it: does UDP pass?
    Http3,
    /// A name whose name servers have IPv6 addresses only: does the visitor's resolver have IPv6?
    ResolverIpv6,
    /// The server of the IPv4 question under a name and a path that no list of names knows: the control for what blocks.
    NeutralIpv4,
    NeutralIpv6,
}

impl Question {
    pub const ALL: [Self; 16] = [
        Self::Portal,
        Self::DualStack,
        Self::Ipv4,
        Self::Ipv6,
        Self::LiteralIpv4,
        Self::LiteralIpv6,
        Self::LargeIpv4,
        Self::LargeIpv6,
        Self::LargeDualStack,
        Self::UploadIpv4,
        Self::UploadIpv6,
        Self::UploadDualStack,
        Self::Http3,
        Self::ResolverIpv6,
        Self::NeutralIpv4,
        Self::NeutralIpv6,
    ];

    /// Returns the stable code, as in `data-question`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Portal => "portal",
            Self::DualStack => "dual_stack",
            Self::Ipv4 => "ipv4",
            Self::Ipv6 => "ipv6",
            Self::LiteralIpv4 => "literal_ipv4",
            Self::LiteralIpv6 => "literal_ipv6",
            Self::LargeIpv4 => "large_ipv4",
            Self::LargeIpv6 => "large_ipv6",
            Self::LargeDualStack => "large_dual_stack",
            Self::UploadIpv4 => "upload_ipv4",
            Self::UploadIpv6 => "upload_ipv6",
            Self::UploadDualStack => "upload_dual_stack",
            Self::Http3 => "http3",
            Self::ResolverIpv6 => "resolver_ipv6",
            Self::NeutralIpv4 => "neutral_ipv4",
            Self::NeutralIpv6 => "neutral_ipv6",
        }
    }

    /// Returns the question with this code, if there is one.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|question| question.code() == code)
    }

    /// Returns the family that an answer must come over; `None` where either is right.
    pub const fn family(self) -> Option<Family> {
        match self {
            Self::Ipv4 | Self::LiteralIpv4 | Self::LargeIpv4 | Self::UploadIpv4 | Self::NeutralIpv4 => {
                Some(Family::Ipv4)
            }
            Self::Ipv6 | Self::LiteralIpv6 | Self::LargeIpv6 | Self::UploadIpv6 | Self::NeutralIpv6 => {
                Some(Family::Ipv6)
            }
            Self::Portal
            | Self::DualStack
            | Self::LargeDualStack
            | Self::UploadDualStack
            | Self::Http3
            | Self::ResolverIpv6 => None,
        }
    }

    /// Returns the small question that must have been answered before this one says anything.
    pub const fn after(self) -> Option<Self> {
        match self {
            Self::LargeIpv4 | Self::UploadIpv4 => Some(Self::Ipv4),
            Self::LargeIpv6 | Self::UploadIpv6 => Some(Self::Ipv6),
            Self::LargeDualStack | Self::UploadDualStack | Self::ResolverIpv6 => Some(Self::DualStack),
            // Its answer says whether HTTP/3 is offered.
            Self::Http3 => Some(Self::Portal),
            Self::Portal
            | Self::DualStack
            | Self::Ipv4
            | Self::Ipv6
            | Self::LiteralIpv4
            | Self::LiteralIpv6
            | Self::NeutralIpv4
            | Self::NeutralIpv6 => None,
        }
    }

    /// Returns the question that this one is the control of: asked when that one has failed, and never otherwise.
    pub const fn control_of(self) -> Option<Self> {
        match self {
            Self::NeutralIpv4 => Some(Self::Ipv4),
            Self::NeutralIpv6 => Some(Self::Ipv6),
            _ => None,
        }
    }

    /// Whether it is asked at the same time as the small question that it comes after, so that nobody waits for one and then
    /// for the other: each has a name of its own.
    pub const fn is_asked_beside(self) -> bool {
        self.is_large()
    }

    /// Whether it carries a large answer or a large request.
    pub const fn is_large(self) -> bool {
        matches!(
            self,
            Self::LargeIpv4
                | Self::LargeIpv6
                | Self::LargeDualStack
                | Self::UploadIpv4
                | Self::UploadIpv6
                | Self::UploadDualStack
        )
    }

    /// Whether its failure is only worth knowing, and accuses nobody.
    pub const fn is_extra(self) -> bool {
        matches!(self, Self::Http3 | Self::ResolverIpv6 | Self::NeutralIpv4 | Self::NeutralIpv6)
    }

    /// The small question of a family by name.
    pub const fn name_of(family: Family) -> Self {
        match family {
            Family::Ipv4 => Self::Ipv4,
            Family::Ipv6 => Self::Ipv6,
        }
    }

    pub const fn literal_of(family: Family) -> Self {
        match family {
            Family::Ipv4 => Self::LiteralIpv4,
            Family::Ipv6 => Self::LiteralIpv6,
        }
    }

    pub const fn neutral_of(family: Family) -> Self {
        match family {
            Family::Ipv4 => Self::NeutralIpv4,
            Family::Ipv6 => Self::NeutralIpv6,
        }
    }

    pub const fn large_of(family: Family) -> Self {
        match family {
            Family::Ipv4 => Self::LargeIpv4,
            Family::Ipv6 => Self::LargeIpv6,
        }
    }

    pub const fn upload_of(family: Family) -> Self {
        match family {
            Family::Ipv4 => Self::UploadIpv4,
            Family::Ipv6 => Self::UploadIpv6,
        }
    }
}

/// A set of questions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Questions(u32);

impl Questions {
    pub const NONE: Self = Self(0);
    pub const ALL: Self = Self((1 << Question::ALL.len()) - 1);

    #[must_use]
    pub const fn with(self, question: Question) -> Self {
        Self(self.0 | 1 << question as u8)
    }

    #[must_use]
    pub const fn without(self, question: Question) -> Self {
        Self(self.0 & !(1 << question as u8))
    }

    pub const fn has(self, question: Question) -> bool {
        self.0 & 1 << question as u8 != 0
    }

    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub fn iter(self) -> impl Iterator<Item = Question> {
        Question::ALL.into_iter().filter(move |question| self.has(*question))
    }
}

impl FromIterator<Question> for Questions {
    fn from_iter<I: IntoIterator<Item = Question>>(questions: I) -> Self {
        questions.into_iter().fold(Self::NONE, Self::with)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_read_back_and_sets_keep_what_is_put_in() {
        for (i, question) in Question::ALL.into_iter().enumerate() {
            assert_eq!(question as usize, i);
            assert_eq!(Question::from_code(question.code()), Some(question));
            assert!(Questions::NONE.with(question).has(question) && !Questions::ALL.without(question).has(question));
            assert_eq!(Questions::NONE.with(question).iter().collect::<Vec<_>>(), [question]);
        }
        assert_eq!(Questions::from_iter(Question::ALL), Questions::ALL);
        assert_eq!(Question::from_code("none"), None);
    }
}
