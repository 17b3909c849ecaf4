//! Why it is as it is: the closed set of what can be wrong between a visitor and the Internet.

use crate::judge::verdict::Side;

macro_rules! whys {
    ($($(#[$doc:meta])* $name:ident = $code:literal @ $side:ident,)+) => {
        /// Why a family, a connection or a service is as it is for this visitor.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Why { $($(#[$doc])* $name,)+ }

        impl Why {
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// Returns the stable public code, as in `data-cause`.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)+ }
            }

            /// Returns whose side it is on.
            pub const fn side(self) -> Side {
                match self { $(Self::$name => Side::$side,)+ }
            }

            pub fn from_code(code: &str) -> Option<Self> {
                match code { $($code => Some(Self::$name),)+ _ => None }
            }
        }
    };
}

whys! {
    /// All is well.
    Fine = "fine" @ None,
    /// Not everything that was asked has been answered or given up.
    Checking = "checking" @ Unknown,
    /// There is nothing to ask: no endpoint.
    NotTested = "not_tested" @ Unknown,
    /// The device has no address of the family.
    NoAddress = "no_address" @ You,
    /// The device has addresses of its own network only.
    LocalAddress = "local_address" @ You,
    /// It fails at once, as where there is no address; the browser does not say whether there is one.
    FailsAtOnce = "fails_at_once" @ Unknown,
    /// There is an address, and something on or near the device says no at once.
    RejectedNear = "rejected_near" @ You,
    /// The next machine on the way does not answer.
    NoGateway = "no_gateway" @ You,
    /// What is sent is never answered.
    Silent = "silent" @ You,
    /// Connections open, and then nothing more comes: browsers hang there.
    Hangs = "hangs" @ You,
    /// Somebody on the way, or our own server, says no.
    Rejected = "rejected" @ Unknown,
    /// Small packets pass, large ones are lost.
    LargeLost = "large_lost" @ You,
    /// The same, but something recovers from it after seconds.
    LargeLate = "large_late" @ You,
    /// Answers come late; whose side that is on, one server alone does not show.
    Late = "late" @ Unknown,
    /// Answers are cut off.
    CutShort = "cut_short" @ Unknown,
    /// The path works, and names are not found: the resolver leaves these addresses out.
    NamesFiltered = "names_filtered" @ You,
    /// Something near the visitor answers in our place.
    Intercepted = "intercepted" @ You,
    /// The family works; only our own name does not answer over it.
    OurName = "our_name" @ Them,
    /// Our own server is down, as somebody else sees it too.
    OurServer = "our_server" @ Them,
    /// Our name of one family answered over the other: this cannot be tested with it.
    WrongFamily = "wrong_family" @ Unknown,
    /// Each answer came over a connection that was there before.
    Reused = "reused_connection" @ Unknown,
    /// The page's own policy does not allow the question.
    Csp = "csp" @ Them,
    MixedContent = "mixed_content" @ Them,
    /// The permission to reach the local network was denied.
    LocalNetwork = "local_network" @ You,
    /// The browser waits for that permission.
    Permission = "permission" @ You,
    /// An extension or a filter of the visitor's.
    Blocker = "blocker" @ You,
    /// The device has no network.
    Offline = "offline" @ You,
    /// A page to log in to the network first.
    CaptivePortal = "captive_portal" @ You,
    /// The device's clock is wrong, so that no certificate can be judged.
    WrongClock = "wrong_clock" @ You,
    /// Nothing of ours answers over anything, and nothing proves whose side it is on.
    NothingAnswers = "nothing_answers" @ Unknown,
    /// A service: its name does not exist.
    NoSuchName = "no_such_name" @ Them,
    /// A service: it does not offer this family.
    Unpublished = "unpublished" @ None,
    /// A service: its address is one of a private network.
    PrivateAddress = "private_address" @ Them,
    /// A service: it answers, and does not let pages read the answer.
    Unreadable = "unreadable" @ None,
    /// A service: it answers with an error.
    ErrorStatus = "error_status" @ Them,
    /// A service: down over this family, seen from elsewhere too.
    Down = "down" @ Them,
    /// A service: fine as seen from elsewhere, and over a family of the visitor's that is proven.
    Between = "between" @ Between,
    /// An extension, a firewall or a list of names that the visitor's device or network uses.
    NameBlocked = "name_blocked" @ You,
    /// A service: its certificate is bad, seen from elsewhere too.
    Certificate = "certificate" @ Them,
    /// A service: fine elsewhere, while its certificate seems not to be accepted here.
    CertificateHere = "certificate_here" @ Unknown,
    /// A service: failed here; nothing says why, or whose side it is on.
    NotKnown = "not_known" @ Unknown,
    /// A service: the family does not work for this visitor, so that nothing is said of the service.
    YourFamily = "your_family" @ You,
}

/// How sure it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Confidence {
    /// It may be otherwise; the evidence only hints.
    Unsure,
    /// It would take a coincidence to be otherwise.
    Likely,
    /// Proven.
    Certain,
}

impl Confidence {
    pub const ALL: [Self; 3] = [Self::Unsure, Self::Likely, Self::Certain];

    /// Returns the stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Unsure => "unsure",
            Self::Likely => "likely",
            Self::Certain => "certain",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|confidence| confidence.code() == code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_unique_and_reads_back() {
        for (i, why) in Why::ALL.iter().enumerate() {
            assert_eq!(Why::from_code(why.code()), Some(*why));
            assert!(Why::ALL[i + 1..].iter().all(|other| other.code() != why.code()), "{why:?} twice");
        }
    }
}
