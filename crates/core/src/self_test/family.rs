//! What one address family of the visitor does, and why: a table.

use crate::{
    judge::verdict::Side,
    measure::family::Family,
    self_test::{
        addresses::Presence,
        evidence::{Choice, Endpoint, Evidence},
        question::Question,
        told::{Pace, Refusal, Told},
        why::{Confidence, Why},
    },
};

/// What a family does for the visitor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FamilyState {
    Works,
    /// It answers, so late that people notice.
    Slow,
    /// The device tries to use it, and it does not carry what it should.
    Broken,
    /// Not there, and nothing tries to use it.
    None,
    /// Something keeps the page, or the visitor, from it on purpose.
    Blocked,
    Unknown,
}

impl FamilyState {
    pub const ALL: [Self; 6] = [Self::Works, Self::Slow, Self::Broken, Self::None, Self::Blocked, Self::Unknown];

    /// Returns the stable code, as in `data-ipv4` and `data-ipv6`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Works => "works",
            Self::Slow => "slow",
            Self::Broken => "broken",
            Self::None => "none",
            Self::Blocked => "blocked",
            Self::Unknown => "unknown",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }
}

/// What is said of one family.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FamilyFinding {
    pub state: FamilyState,
    pub why: Why,
    pub confidence: Confidence,
}

impl FamilyFinding {
    pub const fn side(self) -> Side {
        self.why.side()
    }
}

/// What the dual-stack name told of a family.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dual {
    /// Nothing.
    Untold,
    /// It is being asked.
    Asked,
    /// The browser chose it.
    Chosen,
    /// The browser chose it, and the answer came later than anybody waits.
    ChosenLate,
    /// The browser went to the other family at once.
    PassedBy,
    /// The browser went to the other family, and does not show whether at once.
    NotChosen,
    /// The browser gave it time, and nothing came back.
    WaitedFor,
    /// The browser hangs on it: nothing came back at all, though the other family answers. There is no way back once a
    /// connection is open.
    HangsOn,
}

/// What the table of one family depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FamilyFacts {
    pub name: Told,
    pub literal: Told,
    /// The same server under a name and a path that no list of names knows.
    pub neutral: Told,
    pub large: Told,
    pub upload: Told,
    pub dual: Dual,
    pub presence: Presence,
    pub endpoint: Endpoint,
    /// Whether a service has answered over it, at its own name over TLS, or it carries the page itself.
    pub is_proven_elsewhere: bool,
    /// Whether the page's own address is being asked: its answer may come over the family, and prove it.
    pub is_page_asked: bool,
}

impl FamilyFacts {
    pub fn of(evidence: &Evidence, family: Family) -> Self {
        let told = |question| evidence.told(question);
        let is_answered = |family| told(Question::name_of(family)).is_answer();
        let dual = match (evidence.choice, family) {
            (Choice::Unknown, Family::Ipv6)
                if matches!(told(Question::DualStack), Told::Overdue | Told::Silent)
                    && told(Question::Ipv4) == Told::Ok =>
            {
                Dual::HangsOn
            }
            (Choice::Unknown, _) if told(Question::DualStack).is_open() => Dual::Asked,
            (Choice::Unknown, _) => Dual::Untold,
            (Choice::Ipv6, Family::Ipv6)
            | (Choice::Ipv4 | Choice::Ipv4AfterWait | Choice::Ipv4Untimed, Family::Ipv4) => {
                if told(Question::DualStack) == Told::Slow { Dual::ChosenLate } else { Dual::Chosen }
            }
            (Choice::Ipv4, Family::Ipv6) => Dual::PassedBy,
            (Choice::Ipv4Untimed, Family::Ipv6) => Dual::NotChosen,
            (Choice::Ipv4AfterWait, Family::Ipv6) => Dual::WaitedFor,
            // Browsers try IPv6 first: not having chosen IPv4 says nothing of it.
            (Choice::Ipv6, Family::Ipv4) => Dual::Untold,
        };
        // Without a large question of its own name, the name of both speaks for the family that was chosen there.
        let either = |own, dual| match told(own) {
            Told::NotAsked
                if evidence.choice.family() == Some(family) && told(Question::name_of(family)) == Told::NotAsked =>
            {
                told(dual)
            }
            own => own,
        };
        let answered = Family::ALL
            .into_iter()
            .find(|family| evidence.choice.family() == Some(*family))
            .or_else(|| Family::ALL.into_iter().find(|family| is_answered(*family)));
        Self {
            name: told(Question::name_of(family)),
            literal: told(Question::literal_of(family)),
            neutral: told(Question::neutral_of(family)),
            large: either(Question::large_of(family), Question::LargeDualStack),
            upload: either(Question::upload_of(family), Question::UploadDualStack),
            dual,
            presence: *evidence.addresses.presence(answered).get(family),
            endpoint: *evidence.endpoints.get(family),
            is_proven_elsewhere: *evidence.proven.get(family) || evidence.carries_the_page(family),
            is_page_asked: evidence.is_page_asked,
        }
    }

    /// Whether an answer came over the family that nobody else can have given.
    pub const fn is_proven(&self) -> bool {
        matches!(self.name, Told::Ok | Told::Slow | Told::Status)
            || self.literal.is_answer()
            || matches!(self.dual, Dual::Chosen | Dual::ChosenLate)
            || self.is_proven_elsewhere
    }

    /// Whether nothing has come back in the time that an answer takes; or failed after all that waiting.
    const fn is_quiet(&self) -> bool {
        matches!(self.name, Told::Overdue | Told::Silent | Told::Failed(Pace::Gateway))
    }

    /// Whether large answers or requests vanish.
    const fn loses_large(&self) -> bool {
        matches!(self.large, Told::Silent) || matches!(self.upload, Told::Silent)
    }

    /// Whether large answers or requests come to a bad end.
    const fn cuts_large(&self) -> bool {
        matches!(self.large, Told::Partial | Told::Failed(_) | Told::Foreign)
            || matches!(self.upload, Told::Partial | Told::Failed(_) | Told::Foreign)
    }

    /// Whether our name fails where a neutral one of the same server answers. What a slow family lets through is no sign.
    const fn is_name_blocked(&self) -> bool {
        self.name.is_dead()
            && matches!(self.neutral, Told::Ok)
            && !matches!(self.dual, Dual::ChosenLate)
            && !matches!(self.endpoint, Endpoint::Down)
    }

    const fn is_large_open(&self) -> bool {
        self.large.is_open() || self.upload.is_open()
    }

    /// Whether the device has an address that is meant for the Internet.
    const fn has_address(&self) -> bool {
        matches!(self.presence, Presence::Global | Presence::Tunnel)
    }
}

macro_rules! finding {
    ($state:ident, $why:ident, $confidence:ident) => {
        FamilyFinding { state: FamilyState::$state, why: Why::$why, confidence: Confidence::$confidence }
    };
}

super::table! {
    /// Says what a family does and why: the first row that holds. What proves a family outweighs what fails in it.
    pub fn of_family(f: &FamilyFacts) -> FamilyFinding;
    /// Returns the number of the row that holds.
    pub fn row_of_family;
    /// The rows, in words.
    pub const FAMILY_SAYS;
    pub const FAMILY_THEN;

    // An answer came over it that nobody else can have given.
    "proven; a large answer or request vanishes" =>
        f.is_proven() && !f.name.is_dead() && f.loses_large() => finding!(Broken, LargeLost, Likely);
    "proven; a large answer or request comes to a bad end" =>
        f.is_proven() && !f.name.is_dead() && f.cuts_large() => finding!(Broken, CutShort, Unsure);
    "the browser chose it; our name of this family fails, and a neutral name of the same server answers" =>
        f.dual == Dual::Chosen && f.is_name_blocked() => finding!(Works, NameBlocked, Likely);
    "our name fails, and a neutral name of the same server answers" =>
        f.is_name_blocked() => finding!(Blocked, NameBlocked, Likely);
    "our name fails, and a neutral name of the same server is being asked" =>
        f.name.is_dead() && f.neutral.is_open() && f.endpoint != Endpoint::Down => finding!(Unknown, Checking, Certain);
    "an address answers, the name does not, and no name led here" =>
        f.name.is_dead() && f.literal.is_answer() && !matches!(f.dual, Dual::Chosen | Dual::ChosenLate) => finding!(Blocked, NamesFiltered, Likely);
    "our name does not answer in time, and the name with both does so late" =>
        f.name.is_dead() && f.dual == Dual::ChosenLate => finding!(Slow, Late, Likely);
    "proven; our name of this family alone fails" =>
        f.is_proven() && (f.name.is_dead() || matches!(f.name, Told::Foreign | Told::Partial)) =>
        finding!(Works, OurName, Likely);
    "answers come late, also where the browser chose it" =>
        f.name == Told::Slow && f.dual != Dual::Chosen => finding!(Slow, Late, Certain);
    "proven; something is still being waited for" =>
        f.is_proven() && (f.name.is_open() || f.is_large_open()) => finding!(Unknown, Checking, Certain);
    "proven; large answers or requests come late" =>
        f.is_proven() && (f.large == Told::Slow || f.upload == Told::Slow) => finding!(Slow, LargeLate, Likely);
    "proven" => f.is_proven() => finding!(Works, Fine, Certain);

    "no address, and the browser passes it by at once" =>
        f.presence == Presence::Absent && f.dual == Dual::PassedBy && !f.name.is_dead() =>
        finding!(None, NoAddress, Likely);

    // The question could not be asked, or what answered is no proof.
    "the page's own policy forbids the question" =>
        f.name == Told::Refused(Refusal::Csp) => finding!(Blocked, Csp, Certain);
    "an https page may not ask over http" =>
        f.name == Told::Refused(Refusal::MixedContent) => finding!(Blocked, MixedContent, Certain);
    "the permission for the local network was denied" =>
        f.name == Told::Refused(Refusal::LocalNetwork) => finding!(Blocked, LocalNetwork, Certain);
    "the browser waits for that permission" =>
        f.name == Told::Refused(Refusal::Permission) => finding!(Unknown, Permission, Certain);
    "something on the device blocks the question" =>
        f.name == Told::Refused(Refusal::Blocker) => finding!(Blocked, Blocker, Likely);
    "something else answers in our place" => f.name == Told::Foreign => finding!(Blocked, Intercepted, Likely);
    "the answer was cut off" => f.name == Told::Partial => finding!(Broken, CutShort, Unsure);
    "our name of this family answered over the other" =>
        f.name == Told::WrongFamily => finding!(Unknown, WrongFamily, Certain);
    "answered over a connection that was there before" =>
        f.name == Told::Discarded => finding!(Unknown, Reused, Certain);
    "our server is down over it, as the edge sees it too" =>
        f.endpoint == Endpoint::Down && (f.is_quiet() || f.name.is_dead()) => finding!(Unknown, OurServer, Likely);

    // The device has no address of it.
    "no address, and every try fails" =>
        f.presence == Presence::Absent && matches!(f.name, Told::Failed(_)) && f.dual != Dual::WaitedFor =>
        finding!(None, NoAddress, Certain);

    // It may be our endpoint alone that fails: nobody is accused while the page's own address may still show that.
    "no answer in time or a failure, while the page's own address is being asked, which may prove it" =>
        f.is_page_asked && (f.is_quiet() || f.name.is_dead()) => finding!(Unknown, Checking, Certain);

    // Packets go out, and nothing comes back.
    "no answer in time, and where it can choose the browser hangs on it" =>
        f.is_quiet() && f.dual == Dual::HangsOn => finding!(Broken, Hangs, Likely);
    "no gateway: fails after three seconds" =>
        f.name == Told::Failed(Pace::Gateway) => finding!(Broken, NoGateway, Likely);
    "no answer in time, where it can choose the browser waits for it in vain, and our server is up" =>
        f.is_quiet() && f.dual == Dual::WaitedFor && f.endpoint == Endpoint::Up => finding!(Broken, Silent, Certain);
    "no answer in time, and where it can choose the browser waits for it in vain" =>
        f.is_quiet() && f.dual == Dual::WaitedFor => finding!(Broken, Silent, Likely);
    "no answer at all, though the device has an address" =>
        f.name == Told::Silent && f.has_address() => finding!(Broken, Silent, Likely);
    "no answer in time, though the device has an address, and where it can choose the browser went to the other family" =>
        f.name == Told::Overdue && f.has_address() && f.dual == Dual::NotChosen => finding!(Broken, Silent, Unsure);
    "no answer at all, and our server is up" =>
        f.name == Told::Silent && f.endpoint == Endpoint::Up => finding!(Broken, Silent, Likely);
    "no answer at all" => f.name == Told::Silent => finding!(Broken, Silent, Unsure);

    // It fails by itself.
    "fails at once, though the device has an address" =>
        f.name == Told::Failed(Pace::AtOnce) && f.has_address() => finding!(Broken, RejectedNear, Likely);
    "fails, though the device has an address" =>
        matches!(f.name, Told::Failed(_)) && f.has_address() => finding!(Broken, Rejected, Likely);
    "fails, and the browser knows one family, the other" =>
        matches!(f.name, Told::Failed(_)) && f.presence == Presence::Hidden && f.dual != Dual::WaitedFor => finding!(None, NoAddress, Likely);
    "fails after a round trip" => f.name == Told::Failed(Pace::RoundTrip) => finding!(Broken, Rejected, Unsure);
    "fails, and where it can choose the browser waits for it in vain" =>
        matches!(f.name, Told::Failed(_)) && f.dual == Dual::WaitedFor => finding!(Broken, Silent, Unsure);
    "fails, and the device has addresses of its own network only" =>
        matches!(f.name, Told::Failed(_)) && f.presence == Presence::Local => finding!(None, LocalAddress, Likely);
    "fails long before anybody can have answered" =>
        f.name == Told::Failed(Pace::AtOnce) => finding!(None, FailsAtOnce, Unsure);
    "fails" => matches!(f.name, Told::Failed(_)) => finding!(Unknown, FailsAtOnce, Unsure);

    "not asked, and the name with both is being asked" =>
        f.name == Told::NotAsked && f.dual == Dual::Asked => finding!(Unknown, Checking, Certain);
    "not asked" => f.name == Told::NotAsked => finding!(Unknown, NotTested, Certain);
    otherwise => finding!(Unknown, Checking, Certain);
}
