//! What a failed look-up is about, where the resolver or the other family's answer says more than the response code.

use super::{
    cause::Cause,
    sample::{Evidence, ExtendedError},
    unfit::{Unfit, UnfitAddress},
};

/// What is at fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DnsFault {
    /// The zone's signatures do not hold (DNSSEC): resolvers that check them answer nobody.
    Signatures,
    /// The resolver has the name blocked, or somebody makes it do so.
    Blocked,
    /// The resolver reaches no name server of the zone.
    Unreachable,
    /// The name servers deny a name for one family that they have for the other.
    Denied,
    /// The resolver does not take the question that it was asked, whatever the name is.
    Untaken,
    /// An alias leads to a name that is longer than names may be (YXDOMAIN, RFC 6672 section 2.2).
    LongAlias,
    /// What the name has is no destination.
    Unfit(UnfitAddress),
}

impl DnsFault {
    /// Returns what a failure is about; `None`: no more than its cause says.
    pub fn of(cause: Cause, evidence: &Evidence) -> Option<Self> {
        if !matches!(cause, Cause::DnsNxdomain | Cause::DnsServfail | Cause::DnsRefused | Cause::DnsNodata) {
            return None;
        }
        let told = evidence.extended.iter().find_map(Self::told);
        let denied = || evidence.exists_all_the_same.then_some(Self::Denied);
        let unfit = || evidence.unfit.first().filter(|_| cause == Cause::DnsNodata).map(|first| Self::Unfit(*first));
        // Codes of extensions, and of the question's form, are about whom they are said to.
        let by_code = || match evidence.rcode.as_deref().filter(|_| cause == Cause::DnsServfail)? {
            "FORMERR" | "NOTIMP" | "NOTAUTH" | "DSOTYPENI" | "BADVERS" | "BADCOOKIE" => Some(Self::Untaken),
            "YXDOMAIN" => Some(Self::LongAlias),
            _ => None,
        };
        told.or_else(denied).or_else(by_code).or_else(unfit)
    }

    /// Whether an address means that there is none: so a resolver blocks a name, or its owner keeps a family empty.
    pub const fn is_none(self) -> bool {
        matches!(self, Self::Unfit(UnfitAddress { why: Unfit::Unspecified, .. }))
    }

    /// Returns what an extended error is about, by the registry of RFC 8914 section 5.2.
    ///
    /// | code | what |
    /// |---|---|
    /// | 5 to 12, 25 | DNSSEC: bogus, expired, not yet valid, keys or signatures missing |
    /// | 4, 15 to 18 | forged, blocked, censored, filtered, prohibited |
    /// | 22, 23 | no reachable authority, network error |
    /// | the others | nothing of the kind: a stale answer, an algorithm that is not supported, an error from the cache |
    pub const fn told(error: &ExtendedError) -> Option<Self> {
        match error.code {
            5..=12 | 25 => Some(Self::Signatures),
            4 | 15..=18 => Some(Self::Blocked),
            22 | 23 => Some(Self::Unreachable),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_told_outweighs_the_response_code() {
        let of = |cause, codes: &[u16], exists_all_the_same| {
            let extended = codes.iter().map(|code| ExtendedError { code: *code, text: None }).collect();
            DnsFault::of(cause, &Evidence { extended, exists_all_the_same, ..Evidence::default() })
        };
        assert_eq!(of(Cause::DnsServfail, &[], false), None);
        assert_eq!(of(Cause::DnsServfail, &[13, 7], false), Some(DnsFault::Signatures));
        assert_eq!(of(Cause::DnsServfail, &[22], false), Some(DnsFault::Unreachable));
        assert_eq!(of(Cause::DnsServfail, &[3], false), None);
        assert_eq!(of(Cause::DnsNxdomain, &[17], true), Some(DnsFault::Blocked));
        assert_eq!(of(Cause::DnsNxdomain, &[], true), Some(DnsFault::Denied));
        assert_eq!(of(Cause::DnsRefused, &[18], false), Some(DnsFault::Blocked));
        assert_eq!(of(Cause::TcpRefused, &[6], false), None);
        let by_code = |rcode: &str| {
            DnsFault::of(Cause::DnsServfail, &Evidence { rcode: Some(rcode.to_owned()), ..Evidence::default() })
        };
        assert_eq!(by_code("SERVFAIL"), None);
        assert_eq!((by_code("BADVERS"), by_code("FORMERR")), (Some(DnsFault::Untaken), Some(DnsFault::Untaken)));
        assert_eq!(by_code("YXDOMAIN"), Some(DnsFault::LongAlias));
        let unfit = UnfitAddress::of("::".parse().unwrap()).unwrap();
        let evidence = Evidence { unfit: vec![unfit], ..Evidence::default() };
        assert_eq!(DnsFault::of(Cause::DnsNodata, &evidence), Some(DnsFault::Unfit(unfit)));
        assert!(DnsFault::Unfit(unfit).is_none() && !DnsFault::Blocked.is_none());
    }
}
