//! What is wrong with a certificate, and what of TLS a server wants, in words.

use crate::report::moment::moment;
use dualwatch_core::measure::{
    cause::Cause,
    certificate_fault::{CertificateFault, Dispute, FaultKind},
    client::{Client, Offered, Part},
    sample::Sample,
};

/// Returns why a server's certificate is not accepted: the fault and which certificate has it, after "answers, but".
pub(crate) fn refused(sample: &Sample, failure: Cause) -> String {
    let issuer = || sample.certificate.as_ref().map_or_else(String::new, |c| format!(" (issued by {})", c.issuer));
    match &sample.evidence.fault {
        None => format!("{}{}", crate::cause(failure), issuer()),
        // The phrase of the cause says it all already.
        Some(fault) if fault.is_servers && matches!(fault.kind, FaultKind::Expired | FaultKind::NotYetValid) => {
            format!("{}{}", crate::cause(failure), issuer())
        }
        Some(fault) if matches!(fault.kind, FaultKind::Expired | FaultKind::NotYetValid) => self::fault(fault),
        Some(fault) => format!("{}: {}", crate::cause(failure), self::fault(fault)),
    }
}

/// Returns what is wrong with which certificate, as a fragment.
pub fn fault(fault: &CertificateFault) -> String {
    let CertificateFault { kind, issuer, date, about, is_servers, .. } = fault;
    let subject = match (&fault.subject[..], is_servers) {
        ("", true) => "the server's certificate",
        ("", false) => "a certificate of its chain",
        (subject, _) => subject,
    };
    let issuer = issuer.as_deref().filter(|issuer| !issuer.is_empty()).unwrap_or("its issuer");
    let about = about.as_deref().unwrap_or_default();
    let date = |word| date.map_or_else(String::new, |date| format!(", {word} {}", moment(date)));
    match kind {
        FaultKind::IssuerMissing => {
            format!("the issuer of {subject}, {issuer}, is neither sent nor trusted here")
        }
        FaultKind::RootUntrusted => format!("the chain ends at {subject}, which is not trusted here"),
        FaultKind::SelfSigned => format!("{subject} is signed by itself, and not trusted here"),
        FaultKind::Expired => format!("the certificate of {subject} in its chain has expired{}", date("valid until")),
        FaultKind::NotYetValid => {
            format!("the certificate of {subject} in its chain is not valid yet{}", date("valid from"))
        }
        FaultKind::WeakSignature => format!("{subject} is signed with {about}, which no client takes any more"),
        FaultKind::WeakKey => format!("the key of {subject} is too weak ({about})"),
        FaultKind::Forged => format!("the signature of {subject} is not by the key of {issuer}"),
        FaultKind::UnknownSignature => format!("{subject} is signed in a way that is not known here ({about})"),
        FaultKind::Purpose => format!("{subject} is not for servers (extended key usage: {about})"),
        FaultKind::KeyUsage if *is_servers => {
            format!("the key of {subject} may not be used for TLS (key usage: {about})")
        }
        FaultKind::KeyUsage => format!("the key of {subject} may not sign certificates (key usage: {about})"),
        FaultKind::NameConstraint => format!("{subject} may not certify {about} (name constraint)"),
        FaultKind::PathLength => format!("{subject} may not have so many authorities below it (path length {about})"),
        FaultKind::AuthorityAsServer => format!("{subject} is the certificate of an authority, not of a server"),
        FaultKind::NoAuthority => format!("{subject} has signed a certificate, and is no authority"),
        FaultKind::Version => format!("{subject} is a certificate of version {about}, not 3"),
        FaultKind::CriticalExtension => {
            format!("{subject} has a critical extension that is not known here ({about})")
        }
        FaultKind::Unreadable => format!("{subject} cannot be read ({about})"),
    }
}

/// Returns what came of offering a server all that common clients offer, as a fragment; empty where nothing came of it.
pub(crate) fn offered(sample: &Sample) -> String {
    match &sample.evidence.offered {
        None => String::new(),
        Some(Offered::RefusedToo) => ", also where all is offered that curl and browsers offer".to_owned(),
        Some(Offered::Chose { .. }) => String::new(),
    }
}

/// Returns what only others speak with a server, as a sentence about `peer`.
pub(crate) fn spoken_by_others(sample: &Sample, peer: &str) -> String {
    let Some(Offered::Chose { part, name, spoken_by }) = &sample.evidence.offered else {
        return format!("cannot tell: {peer} speaks TLS with others, and not as this prober does");
    };
    let what = match part {
        Part::CipherSuite => format!("only cipher suites that this prober does not speak (it chose {name})"),
        Part::Group => format!("only groups that this prober does not speak (it chose {name})"),
        Part::Signature => format!("a certificate that this prober does not take ({name})"),
        Part::Protocol => format!("only {name}, which this prober does not speak"),
        Part::Certificates => format!("certificates of {name}, more than this prober reads"),
    };
    let others: Vec<Client> = Client::ALL.into_iter().filter(|client| !spoken_by.contains(client)).collect();
    let who = match (&spoken_by[..], &others[..]) {
        ([], _) => "who does is not known".to_owned(),
        (_, []) => format!("{} do", listed(spoken_by)),
        (some, none) => {
            let (does, do_not) =
                (if some.len() == 1 { "does" } else { "do" }, if none.len() == 1 { "does" } else { "do" });
            format!("{} {does}, {} {do_not} not", listed(some), listed(none))
        }
    };
    format!("cannot tell: {peer} offers {what}; {who}")
}

/// Returns what common clients disagree on, as a fragment about a server that is reached.
pub(crate) fn disputed(why: Dispute) -> String {
    let client = client(why.refused_by());
    match why {
        Dispute::AuthorityAsServer => {
            format!("its certificate is marked as an authority's, which {client} refuses and others take")
        }
        Dispute::CurveP521 => format!("the key of its certificate is of P-521, which {client} refuses and others take"),
    }
}

const fn client(client: Client) -> &'static str {
    match client {
        Client::Curl => "curl",
        Client::Chromium => "Chromium",
        Client::Firefox => "Firefox",
    }
}

fn listed(clients: &[Client]) -> String {
    let names: Vec<&str> = clients.iter().map(|c| client(*c)).collect();
    match &names[..] {
        [one] => (*one).to_owned(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
        [] => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(part: Part, spoken_by: &[Client], expected: &str) {
        let mut sample = Sample::failed(Cause::MeasurementTls);
        let name = "ffdhe2048".to_owned();
        sample.evidence.offered = Some(Offered::Chose { part, name, spoken_by: spoken_by.to_vec() });
        assert_eq!(spoken_by_others(&sample, "192.0.2.1"), expected);
    }

    #[test]
    fn who_speaks_it_is_said_and_who_does_not() {
        check(
            Part::Group,
            &[Client::Curl, Client::Firefox],
            "cannot tell: 192.0.2.1 offers only groups that this prober does not speak (it chose ffdhe2048); \
             curl and Firefox do, Chromium does not",
        );
        check(
            Part::CipherSuite,
            &Client::ALL,
            "cannot tell: 192.0.2.1 offers only cipher suites that this prober does not speak (it chose ffdhe2048); \
             curl, Chromium and Firefox do",
        );
        check(
            Part::Group,
            &[Client::Curl],
            "cannot tell: 192.0.2.1 offers only groups that this prober does not speak (it chose ffdhe2048); \
             curl does, Chromium and Firefox do not",
        );
    }
}
