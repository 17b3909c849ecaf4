//! What a visitor's browser found at a service, why, and on whose side that is: a table.

use crate::{
    judge::verdict::{Edge, PageControl, Side},
    measure::cause::Cause,
    self_test::{
        addresses::Presence,
        family::{FamilyFinding, FamilyState},
        patience,
        told::{Pace, Refusal, Told},
        why::{Confidence, Why},
    },
};

/// What the DNS says of a service's name and this family, asked by our worker.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Dns {
    #[default]
    Unknown,
    Addresses,
    /// Its addresses belong to a private network.
    Private,
    /// The name exists, without an address of this family.
    NoAddresses,
    NoSuchName,
}

/// What the edge's cause is about, where it found the service failing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum EdgeSays {
    #[default]
    Other,
    Certificate,
    /// What it answers: its status, its body or its size.
    Status,
}

impl Dns {
    pub const ALL: [Self; 5] = [Self::Unknown, Self::Addresses, Self::Private, Self::NoAddresses, Self::NoSuchName];

    /// Returns the stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Addresses => "addresses",
            Self::Private => "private",
            Self::NoAddresses => "no_addresses",
            Self::NoSuchName => "no_such_name",
        }
    }

    /// Returns what the edge's cause says of the name.
    pub const fn of(cause: Option<Cause>) -> Self {
        match cause {
            Some(Cause::DnsNxdomain) => Self::NoSuchName,
            Some(Cause::DnsNodata) => Self::NoAddresses,
            _ => Self::Unknown,
        }
    }
}

impl EdgeSays {
    pub const ALL: [Self; 3] = [Self::Other, Self::Certificate, Self::Status];

    /// Returns the stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Other => "other",
            Self::Certificate => "certificate",
            Self::Status => "status",
        }
    }

    /// Returns what the edge's cause is about.
    pub const fn of(cause: Option<Cause>) -> Self {
        match cause {
            Some(
                Cause::TlsNameMismatch
                | Cause::TlsExpired
                | Cause::TlsNotYetValid
                | Cause::TlsUntrusted
                | Cause::TlsRevoked,
            ) => Self::Certificate,
            Some(
                Cause::HttpStatus
                | Cause::HttpBodyMismatch
                | Cause::HttpCoding
                | Cause::HttpTooLarge
                | Cause::HttpRedirectLoop,
            ) => Self::Status,
            _ => Self::Other,
        }
    }
}

/// Everything that the decision on one route of a service depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TargetFacts {
    /// Asked so that the page may read the answer, where the service allows it. `Status`: it did, and it was an error.
    pub readable: Told,
    /// Asked so that the answer stays hidden.
    pub hidden: Told,
    /// The same server under a neutral name: the control for what blocks names.
    pub alias: Told,
    /// What is known of the visitor's own connection over this family.
    pub control: PageControl,
    pub dns: Dns,
    pub edge: Edge,
    pub edge_says: EdgeSays,
    /// Asked over TLS: then it is the named host that answers, and nobody in its place.
    pub is_secure: bool,
    /// Its own certificate was issued by an authority that only the operator names: a browser that does not know it fails.
    pub has_own_authority: bool,
}

/// What is said of one route of a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TargetFinding {
    pub why: Why,
    pub confidence: Confidence,
}

impl TargetFinding {
    pub const fn side(self) -> Side {
        self.why.side()
    }
}

/// Returns what a family's finding says as the control of a service's verdict.
pub fn control(finding: FamilyFinding, is_proven: bool, presence: Presence) -> PageControl {
    match (finding.state, presence) {
        // A neutral name of the same server answered over it.
        _ if is_proven || matches!(finding.why, Why::NameBlocked) => PageControl::Ok,
        (FamilyState::None, _) => PageControl::FailedNoAddress,
        (FamilyState::Broken, Presence::Unknown | Presence::Hidden | Presence::Absent) => PageControl::Failed,
        (FamilyState::Broken, _) => PageControl::FailedHasAddress,
        (FamilyState::Blocked, _) => PageControl::Failed,
        (FamilyState::Unknown, _) if finding.why == Why::FailsAtOnce => PageControl::Failed,
        (FamilyState::Works | FamilyState::Slow | FamilyState::Unknown, _) => PageControl::NotMeasured,
    }
}

impl TargetFacts {
    const fn has_failed(&self) -> bool {
        self.readable.is_dead() && !self.hidden.is_answer()
    }

    const fn is_family_dead(&self) -> bool {
        matches!(self.control, PageControl::Failed | PageControl::FailedHasAddress | PageControl::FailedNoAddress)
    }

    fn is_proven(&self) -> bool {
        self.control == PageControl::Ok
    }

    fn is_at_once(&self) -> bool {
        self.readable == Told::Failed(Pace::AtOnce)
    }

    const fn is_anybodys(&self) -> bool {
        (self.readable.is_answer() || self.hidden.is_answer()) && !self.is_secure && self.is_family_dead()
    }

    /// Silence is never explained by a certificate.
    const fn may_be_distrusted(&self) -> bool {
        self.has_own_authority && self.is_secure && matches!(self.readable, Told::Failed(_))
    }
}

macro_rules! finding {
    ($why:ident, $confidence:ident) => {
        TargetFinding { why: Why::$why, confidence: Confidence::$confidence }
    };
}

super::table! {
    /// Says what a service is for this visitor over one route, and why: the first row that holds.
    pub fn of_target(f: &TargetFacts) -> TargetFinding;
    /// Returns the number of the row that holds.
    pub fn row_of_target;
    /// The rows, in words.
    pub const TARGET_SAYS;
    pub const TARGET_THEN;

    "the page's own policy forbids the question" =>
        f.readable == Told::Refused(Refusal::Csp) => finding!(Csp, Certain);
    "an https page may not ask over http" =>
        f.readable == Told::Refused(Refusal::MixedContent) => finding!(MixedContent, Certain);
    "the permission for the local network was denied" =>
        f.readable == Told::Refused(Refusal::LocalNetwork) => finding!(LocalNetwork, Certain);
    "the browser waits for that permission" =>
        f.readable == Told::Refused(Refusal::Permission) => finding!(Permission, Certain);
    "something answers without TLS over a family that does not work otherwise: by whom is not proven" =>
        f.is_anybodys() => finding!(NotKnown, Unsure);
    "it answers" => f.readable == Told::Ok => finding!(Fine, Certain);
    "it answers late" => f.readable == Told::Slow => finding!(Late, Likely);
    "it answers with an error, and the edge is content with that" =>
        f.readable == Told::Status && f.edge == Edge::Ok => finding!(Fine, Likely);
    "it answers with an error" => f.readable == Told::Status => finding!(ErrorStatus, Certain);
    "it answers, hidden from the page, and the edge sees an error" =>
        f.hidden.is_answer() && f.edge == Edge::Failed && f.edge_says == EdgeSays::Status =>
        finding!(ErrorStatus, Likely);
    "it answers, hidden from the page" => f.hidden.is_answer() => finding!(Unreadable, Certain);
    "not asked" => f.readable == Told::NotAsked => finding!(NotTested, Certain);
    "the name does not exist" => f.dns == Dns::NoSuchName => finding!(NoSuchName, Certain);
    "no address of this family is published" =>
        f.dns == Dns::NoAddresses || f.edge == Edge::Unpublished => finding!(Unpublished, Certain);
    "its addresses are private" => f.dns == Dns::Private => finding!(PrivateAddress, Certain);
    "something is still being waited for" =>
        f.readable.is_open() || f.hidden.is_open() || f.alias.is_open() => finding!(Checking, Certain);
    "something answers in its place" =>
        matches!(f.readable, Told::Foreign) => finding!(Intercepted, Likely);
    "the answer was cut off" => f.readable == Told::Partial => finding!(CutShort, Unsure);
    "answered over the other family" => f.readable == Told::WrongFamily => finding!(WrongFamily, Certain);
    "answered over a connection that was there before" => f.readable == Told::Discarded => finding!(Reused, Certain);
    "something on the device blocks it" =>
        f.readable == Told::Refused(Refusal::Blocker) => finding!(Blocker, Likely);
    "fails, as everything does over this family of the visitor's" =>
        f.has_failed() && f.is_family_dead() => finding!(YourFamily, Likely);
    "fails, for the edge too: its certificate" =>
        f.has_failed() && f.is_proven() && f.edge == Edge::Failed && f.edge_says == EdgeSays::Certificate =>
        finding!(Certificate, Certain);
    "fails, for the edge too" =>
        f.has_failed() && f.is_proven() && f.edge == Edge::Failed => finding!(Down, Certain);
    "fails, for the edge too; the visitor's own connection is not proven" =>
        f.has_failed() && f.edge == Edge::Failed => finding!(Down, Likely);
    "fails, perhaps only as the browser does not know the authority behind its certificate" =>
        f.has_failed() && f.may_be_distrusted() => finding!(CertificateHere, Unsure);
    "fails at once, and the same server answers under a neutral name" =>
        f.is_at_once() && f.alias.is_answer() => finding!(Blocker, Likely);
    "fails, and the same server answers under a neutral name" =>
        f.has_failed() && f.alias.is_answer() => finding!(NameBlocked, Likely);
    "fails before anybody can have answered, over a proven family, and is fine for the edge" =>
        f.is_at_once() && f.is_proven() && f.edge == Edge::Ok => finding!(Blocker, Unsure);
    "fails, over a proven family, and is fine for the edge" =>
        f.has_failed() && f.is_proven() && f.edge == Edge::Ok => finding!(Between, Likely);
    otherwise => finding!(NotKnown, Unsure);
}

/// What is asked of a service next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// So that the page may read the answer.
    Readable,
    /// So that the answer stays hidden: did only the permission to read it lack?
    Hidden,
    /// The neutral name of the same server.
    Alias,
}

/// What has been asked of one route of a service: how each ended, and how often it was asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    pub readable: Told,
    pub n_readable: u8,
    pub hidden: Told,
    pub alias: Told,
    pub has_alias: bool,
}

/// Returns what is to be asked next of a service, and after how long a wait; `None` where nothing is left to ask, or an
/// answer is being waited for.
///
/// Readable first; where that fails, hidden; where that fails too, once more readable (each failure is confirmed), and the
/// neutral name beside. What was silent is only asked once more: neither the permission to read nor a filter makes silence.
pub const fn next(asked: &Asked) -> Option<(Next, u32)> {
    match asked.n_readable {
        0 => return Some((Next::Readable, 0)),
        _ if asked.readable.is_open() || asked.hidden.is_open() || asked.alias.is_open() => return None,
        _ if !asked.readable.is_dead() || asked.hidden.is_answer() => return None,
        _ => {}
    }
    match (asked.hidden, asked.alias) {
        _ if matches!(asked.readable, Told::Silent) => {}
        (Told::NotAsked, _) => return Some((Next::Hidden, 0)),
        (_, Told::NotAsked) if asked.has_alias => return Some((Next::Alias, 0)),
        _ => {}
    }
    if asked.n_readable < 2 { Some((Next::Readable, patience::CONFIRM_FAILURE_MS)) } else { None }
}
