//! What the evidence of an incident already answers of what one would look after.

use crate::{
    measure::{
        cause::{Cause, Phase},
        certificate_fault::{CertificateFault, Reason},
        dns_fault::DnsFault,
        family::{Family, PerFamily},
    },
    respond::incident::{CauseSpan, Incident},
};

/// One cause to look after.
#[derive(Clone, Debug, PartialEq)]
pub struct Look {
    pub cause: Cause,
    pub family: Family,
    /// Whether the other family failed for it too: then it is to be looked after over both.
    pub is_both: bool,
    /// Whether the family was seen well before: otherwise nothing that changed need be looked for.
    pub was_well: bool,
    /// Whether the server refused the method that it was asked with, and no other.
    pub is_method: bool,
    /// What is at fault with the name, where that is told.
    pub dns: Option<DnsFault>,
    /// What is wrong with a certificate that is not accepted, where that is known.
    pub fault: Option<Reason>,
    /// How the families compare, where that is known.
    pub compared: Option<Compared>,
}

/// How the families compare in what one would ask about a cause.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compared {
    SameCertificate,
    OtherCertificate,
    SameStatus(u16),
    OtherStatus(PerFamily<u16>),
    /// Both fail for the same cause.
    Alike,
    /// This family served while the other one failed.
    Served(Family),
}

impl Compared {
    /// Whether nothing is known that treats the families differently.
    pub const fn is_alike(self) -> bool {
        match self {
            Self::SameCertificate | Self::SameStatus(_) | Self::Alike => true,
            Self::OtherCertificate | Self::OtherStatus(_) | Self::Served(_) => false,
        }
    }
}

/// Returns what is known of a cause that a family of `incident` failed for.
pub fn look(incident: &Incident, cause: Cause, family: Family) -> Look {
    let first = incident.outages.iter().filter(|o| o.family == family).min_by_key(|o| o.began.by);
    let was_well = first.is_some_and(|outage| outage.began.after.is_some());
    let is_both = incident.causes.iter().any(|span| (span.family, span.cause) == (family.other(), cause));
    let of_it = |span: &&CauseSpan| (span.family, span.cause) == (family, cause);
    let evidence = incident.causes.iter().find(of_it).map(|span| &span.exhibit.evidence);
    let method = evidence.and_then(|evidence| evidence.method.as_deref());
    let is_method = method.is_some_and(|method| method != "GET");
    let dns = evidence.and_then(|evidence| DnsFault::of(cause, evidence));
    let fault = evidence.and_then(|evidence| evidence.fault.as_ref()).map(CertificateFault::reason);
    Look { cause, family, is_both, was_well, is_method, dns, fault, compared: compared(incident, cause, family) }
}

fn compared(incident: &Incident, cause: Cause, family: Family) -> Option<Compared> {
    let twin = |is: &dyn Fn(&CauseSpan) -> bool| {
        let of = |family| incident.causes.iter().find(|span| span.family == family && is(span));
        Some(PerFamily { ipv4: of(Family::Ipv4)?, ipv6: of(Family::Ipv6)? })
    };
    if cause.phase() == Phase::Handshake
        && let Some(twin) = twin(&|span| span.exhibit.certificate.is_some())
    {
        let shown = twin.map(|_, span| span.exhibit.certificate.as_ref().map(|c| &c.sha256));
        return Some(if shown.ipv4 == shown.ipv6 { Compared::SameCertificate } else { Compared::OtherCertificate });
    }
    if cause == Cause::HttpStatus
        && let Some(twin) = twin(&|span| span.cause == cause && span.exhibit.http_status.is_some())
    {
        let status = twin.map(|_, span| span.exhibit.http_status.unwrap_or_default());
        let is_same = status.ipv4 == status.ipv6;
        return Some(if is_same { Compared::SameStatus(status.ipv4) } else { Compared::OtherStatus(status) });
    }
    if twin(&|span| span.cause == cause).is_some() {
        return incident.is_together().then_some(Compared::Alike);
    }
    let is_only = !*incident.families().get(family.other());
    let served = (is_only && incident.impact.other_family_served > 0).then(|| Compared::Served(family.other()))?;
    // A family that serves over TLS shows a certificate for the right name: what names another one is another one.
    Some(if cause == Cause::TlsNameMismatch { Compared::OtherCertificate } else { served })
}
