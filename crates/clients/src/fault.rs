//! The kinds of faults that were run, and which of them a measurement shows.

use crate::codes::codes;
use dualwatch_core::measure::{
    cause::Cause,
    family::Family,
    sample::{Evidence, Outcome, Sample},
};

codes! {
    /// What was wrong with one family, in the order of the columns of the table. The other was well each time.
    Fault {
        /// Nothing: which family is used.
        Healthy = "healthy",
        /// Nothing listens: a reset after one round trip.
        Refused = "refused",
        /// The SYN is dropped, and nothing comes.
        Silent = "silent",
        /// As [`Fault::Silent`], with four addresses that are all so.
        AllSilent = "all_silent",
        /// The client's own kernel has no route there.
        Unreachable = "unreachable",
        /// A router answers that it is administratively prohibited (RFC 4443 section 3.1).
        Prohibited = "prohibited",
        /// TCP is accepted, and then nothing is said.
        Mute = "mute",
        /// Well, with a round trip of 400 ms over both families.
        Slow = "slow",
        /// The client has no IPv6 at all.
        NoIpv6 = "no_ipv6",
        /// As [`Fault::NoIpv6`], with a round trip of 400 ms over IPv4.
        NoIpv6Slow = "no_ipv6_slow",
        /// A router answers that it has no route (RFC 4443 section 3.1, code 0).
        NoRoute = "no_route",
        /// As [`Fault::Mute`], on a port of TLS: the handshake gets no answer.
        MuteTls = "mute_tls",
        /// It has a certificate for another name.
        Certificate = "certificate",
        /// Packets of more than 1,280 bytes are lost, and the answer has 8 kB.
        PathMtu = "path_mtu",
        /// As [`Fault::Refused`], over IPv4: IPv6 is well.
        Ipv4Refused = "ipv4_refused",
        /// As [`Fault::Silent`], over IPv4: IPv6 is well.
        Ipv4Silent = "ipv4_silent",
        /// As [`Fault::Mute`], over IPv4: IPv6 is well.
        Ipv4Mute = "ipv4_mute",
    }
}

impl Fault {
    /// Returns the family that is broken. Where a client has no IPv6, that is the one that it lacks.
    pub const fn family(self) -> Family {
        match self {
            Self::Ipv4Refused | Self::Ipv4Silent | Self::Ipv4Mute => Family::Ipv4,
            _ => Family::Ipv6,
        }
    }
}

codes! {
    /// Why nothing was run that would say what clients do.
    Unmeasured {
        /// It is IPv4 that fails, in a way that was run for IPv6 alone.
        Ipv4 = "ipv4",
        /// The connection failed, and nothing tells in which way.
        Vague = "vague",
        /// The connection was broken off when it was there already.
        Reset = "reset",
        /// The name has no answer over one family.
        Dns = "dns",
        /// It answers over IPv6, with something else: a status, a body.
        Answers = "answers",
        /// The fault was run, with no client of what the target speaks.
        Protocol = "protocol",
    }
}

/// What a dual-stack client met at one time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Met {
    /// This was run with each client of the table.
    Measured(Fault),
    /// One family fails in a way that was not run.
    Unmeasured(Unmeasured),
    /// Both families work, none does, or it cannot be told.
    Nothing,
}

impl Met {
    /// Returns the code of the fault that was run, or of why none was; those of the two kinds differ. `None`: nothing is met.
    pub const fn code(self) -> Option<&'static str> {
        match self {
            Self::Measured(fault) => Some(fault.code()),
            Self::Unmeasured(why) => Some(why.code()),
            Self::Nothing => None,
        }
    }

    /// Returns what has this code.
    pub fn from_code(code: &str) -> Option<Self> {
        let unmeasured = || Unmeasured::from_code(code).map(Self::Unmeasured);
        Fault::from_code(code).map(Self::Measured).or_else(unmeasured)
    }

    /// Returns what clients meet who find these two.
    pub fn of(ipv4: &Sample, ipv6: &Sample) -> Self {
        match (ipv4.outcome, ipv6.outcome) {
            (Outcome::Reached, Outcome::Failed) => {
                ipv6.cause.map_or(Self::Nothing, |cause| Self::of_cause(cause, &ipv6.evidence))
            }
            (Outcome::Failed, Outcome::Reached) if ipv4.cause.is_some_and(Cause::counts_against_target) => {
                ipv4.cause.map_or(Self::Nothing, Self::of_ipv4_cause)
            }
            _ => Self::Nothing,
        }
    }

    /// Returns what a cause over IPv4 is for clients, where IPv6 is well.
    pub const fn of_ipv4_cause(cause: Cause) -> Self {
        match cause {
            Cause::TcpRefused => Self::Measured(Fault::Ipv4Refused),
            Cause::TcpTimeout => Self::Measured(Fault::Ipv4Silent),
            Cause::HttpTimeout => Self::Measured(Fault::Ipv4Mute),
            _ => Self::Unmeasured(Unmeasured::Ipv4),
        }
    }

    /// Returns what a cause over IPv6 is for clients, where IPv4 is well.
    pub fn of_cause(cause: Cause, evidence: &Evidence) -> Self {
        use Unmeasured as U;
        match cause {
            Cause::TcpRefused => Self::Measured(Fault::Refused),
            Cause::TcpTimeout => {
                let n_silent = evidence.attempts.iter().filter(|a| a.cause == Some(Cause::TcpTimeout)).count();
                Self::Measured(if n_silent > 1 { Fault::AllSilent } else { Fault::Silent })
            }
            Cause::TlsTimeout => Self::Measured(Fault::MuteTls),
            Cause::HttpTimeout => Self::Measured(Fault::Mute),
            // What a client finds wrong with a certificate is one thing to it: it was run with a name that is another's.
            Cause::TlsNameMismatch | Cause::TlsExpired | Cause::TlsNotYetValid | Cause::TlsUntrusted => {
                Self::Measured(Fault::Certificate)
            }
            // EACCES, as Linux says where a router answers "prohibited".
            Cause::NetUnreachable
                if evidence.error.as_deref().is_some_and(|text| text.contains("ermission denied")) =>
            {
                Self::Measured(Fault::Prohibited)
            }
            Cause::NetUnreachable => Self::Measured(Fault::NoRoute),
            Cause::TcpNoConnection if evidence.likely == Some(Cause::TcpRefused) => Self::Measured(Fault::Refused),
            Cause::TcpNoConnection => Self::Unmeasured(U::Vague),
            Cause::TcpReset | Cause::TlsClosed | Cause::HttpClosed => Self::Unmeasured(U::Reset),
            Cause::PathMtu => Self::Measured(Fault::PathMtu),
            Cause::DnsNxdomain | Cause::DnsServfail | Cause::DnsRefused | Cause::DnsTimeout | Cause::DnsMalformed => {
                Self::Unmeasured(U::Dns)
            }
            _ if cause.proves_answer() && cause.counts_against_target() => Self::Unmeasured(U::Answers),
            _ => Self::Nothing,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use dualwatch_core::measure::sample::Attempt;

    fn met(cause: Cause) -> Met {
        Met::of(&Sample::reached(), &Sample::failed(cause))
    }

    #[test]
    fn each_cause_is_a_fault_that_was_run_or_says_why_not() {
        use Met::{Measured, Nothing};
        for cause in Cause::ALL {
            let is_said = met(*cause) != Nothing;
            let is_expected =
                cause.counts_against_target() && !matches!(cause, Cause::DnsNodata | Cause::DnsSpecialUse);
            assert_eq!(is_said, is_expected, "{}", cause.code());
        }
        assert_eq!(met(Cause::TcpRefused), Measured(Fault::Refused));
        assert_eq!(met(Cause::TcpTimeout), Measured(Fault::Silent));
        assert_eq!(met(Cause::TlsTimeout), Measured(Fault::MuteTls));
        assert_eq!(met(Cause::HttpTimeout), Measured(Fault::Mute));
        assert_eq!(met(Cause::TlsExpired), Measured(Fault::Certificate));
        assert_eq!(met(Cause::HttpStatus), Met::Unmeasured(Unmeasured::Answers));
        assert_eq!(met(Cause::NetUnreachable), Measured(Fault::NoRoute));
        assert_eq!(met(Cause::PathMtu), Measured(Fault::PathMtu));
    }

    #[test]
    fn a_fault_of_ipv4_is_one_that_was_run_over_ipv4_or_says_why_not() {
        let met = |cause| Met::of(&Sample::failed(cause), &Sample::reached());
        for cause in Cause::ALL {
            match met(*cause) {
                Met::Measured(fault) => assert_eq!(fault.family(), Family::Ipv4, "{}", cause.code()),
                Met::Unmeasured(why) => assert_eq!(why, Unmeasured::Ipv4, "{}", cause.code()),
                Met::Nothing => assert!(!cause.counts_against_target(), "{}", cause.code()),
            }
        }
        assert_eq!(met(Cause::TcpTimeout), Met::Measured(Fault::Ipv4Silent));
        assert_eq!(met(Cause::TlsExpired), Met::Unmeasured(Unmeasured::Ipv4));
    }

    #[test]
    fn each_code_is_of_one_alone() {
        let measured = Fault::ALL.iter().map(|fault| Met::Measured(*fault));
        for met in measured.chain(Unmeasured::ALL.iter().map(|why| Met::Unmeasured(*why))) {
            assert_eq!(met.code().and_then(Met::from_code), Some(met));
        }
        assert_eq!(Met::from_code("nothing"), None);
    }

    #[test]
    fn the_evidence_tells_faults_of_one_cause_apart() {
        let mut sample = Sample::failed(Cause::NetUnreachable);
        sample.evidence.error = Some("Permission denied (os error 13)".to_owned());
        assert_eq!(Met::of(&Sample::reached(), &sample), Met::Measured(Fault::Prohibited));
        let mut sample = Sample::failed(Cause::TcpNoConnection);
        assert_eq!(Met::of(&Sample::reached(), &sample), Met::Unmeasured(Unmeasured::Vague));
        sample.evidence.likely = Some(Cause::TcpRefused);
        assert_eq!(Met::of(&Sample::reached(), &sample), Met::Measured(Fault::Refused));
        let mut sample = Sample::failed(Cause::TcpTimeout);
        let silent = |address: &str| Attempt {
            address: address.parse().unwrap(),
            cause: Some(Cause::TcpTimeout),
            elapsed_ms: 5_000.0,
        };
        sample.evidence.attempts = vec![silent("[2001:db8::1]:443")];
        assert_eq!(Met::of(&Sample::reached(), &sample), Met::Measured(Fault::Silent));
        sample.evidence.attempts.push(silent("[2001:db8::2]:443"));
        assert_eq!(Met::of(&Sample::reached(), &sample), Met::Measured(Fault::AllSilent));
    }

    #[test]
    fn where_one_family_alone_fails_something_is_said() {
        let failed = || Sample::failed(Cause::TcpRefused);
        assert_eq!(Met::of(&failed(), &Sample::reached()), Met::Measured(Fault::Ipv4Refused));
        assert_eq!(Met::of(&failed(), &failed()), Met::Nothing);
        assert_eq!(Met::of(&Sample::reached(), &Sample::reached()), Met::Nothing);
        assert_eq!(Met::of(&Sample::failed(Cause::VantageNoFamily), &Sample::reached()), Met::Nothing);
        assert_eq!(Met::of(&Sample::skipped(Some(Cause::DnsNodata)), &failed()), Met::Nothing);
    }
}
