//! The phrases of the self-test: a method for each, which every language has, or it does not compile.
//!
//! A language is a unit with its formats, such as [`En`](super::En): where it runs decides how numbers are written, and
//! nothing else. To add a phrase, add a method here (or a variant of [`Label`] or [`Text`]), and then what the compiler
//! asks for in `en`, `zh_hans` and `de`.

use super::times::Times;
use crate::{
    pages::{Pages, reports::Reports},
    status::Status,
};
use dualwatch_core::{
    judge::verdict::{Edge, Verdict},
    measure::{cause::Cause, family::Family, time::Timestamp},
    self_test::{
        addresses::Presence,
        answer::{Phases, Protocol},
        environment::{Condition, Fact},
        family::FamilyState,
        place::NotAsked,
        question::Question,
        reach::Reach,
        sentence::Sentence,
        signal::Signal,
        told::Told,
        why::{Confidence, Why},
    },
};
use dualwatch_wire::v1::self_test::{FamilyResult, Seen, SelfTestResult, Unreadable};

/// What the whole comes to.
pub trait Sentences {
    /// Returns the first sentence. `preferred` is the family that browsers here take where both are offered, once known.
    fn sentence(&self, sentence: Sentence, preferred: Option<Family>) -> String;

    /// Returns what it means for somebody who just wants to use the Internet.
    fn means(&self, sentence: Sentence) -> String;
}

/// How each part stands, as fragments.
pub trait States: Times {
    /// Returns the state of a family in a word or two.
    fn family_state(&self, state: FamilyState) -> &'static str;

    /// Returns how sure it is, as the end of a sentence.
    fn confidence(&self, confidence: Confidence) -> &'static str;

    /// Returns what a question is about.
    fn question(&self, question: Question) -> &'static str;

    /// Returns how a question stands. `after_ms` is how long the answer took; of a failure, after how long it failed.
    fn told(&self, told: Told, after_ms: Option<u32>) -> String;

    /// Returns what the device's addresses of a family are.
    fn presence(&self, presence: Presence, family: Family) -> String;

    /// Returns why a family, a connection or a service is as it is.
    fn why(&self, why: Why) -> &'static str;
}

/// What to do now, by cause.
pub trait Advice {
    /// Returns what the visitor can do now, the first step first; `None` where nothing needs doing.
    fn for_visitor(&self, why: Why, family: Option<Family>) -> Option<String>;

    /// Returns what whoever runs the network or the service can look at; `None` where there is nothing.
    fn for_operator(&self, why: Why, family: Option<Family>) -> Option<String>;
}

/// The lines that the script writes into the page, and into the text for a ticket.
pub trait Lines: States {
    /// Returns a text that has nothing in it.
    fn label(&self, label: Label) -> &'static str;

    /// Joins a name and what is said of it.
    fn pair(&self, name: &str, said: &str) -> String;

    /// Joins fragments, each of which may have commas.
    fn list(&self, fragments: &[String]) -> String;

    /// Adds something in brackets.
    fn aside(&self, said: &str, aside: &str) -> String;

    /// Returns points of ten.
    fn points(&self, points: &str) -> String;

    /// Returns what browsers lose at every first visit of a site, where they wait for IPv6 in vain.
    fn waits(&self, ms: f64) -> String;

    /// Returns as whom a server saw the visitor.
    fn seen_as(&self, family: Family, seen: Seen) -> String;

    /// Returns over which family an answer came, as the end of a fragment.
    fn over(&self, family: Family) -> String;

    /// Returns what is known of a family, in one line.
    fn family_line(&self, family: Family, found: &FamilyResult) -> String;

    /// Returns how sure it is, as a sentence.
    fn surely(&self, sure: Confidence) -> String;

    /// Says that a result is not of now.
    fn measured(&self, at: Timestamp) -> String;

    /// Says when a result was measured, as programs write that.
    fn taken(&self, at: &str) -> String;

    /// Returns why a shared result cannot be shown, and what to do.
    fn unreadable(&self, why: Unreadable) -> String;

    /// Returns the code and the scores that help desks know from test-ipv6.com (RIPE-631).
    fn codes(&self, result: &SelfTestResult) -> String {
        let score = |family: Family, points: Option<u8>| {
            let points = points.map(|points| self.points(&self.formats().number(f64::from(points))));
            self.pair(&family.to_string(), &points.unwrap_or_else(|| self.label(Label::NoScore).to_owned()))
        };
        let code =
            result.helpdesk.map_or_else(|| self.label(Label::NoCode).to_owned(), |helpdesk| helpdesk.to_string());
        let code = self.pair(self.label(Label::HelpDeskCode), &code);
        [code, score(Family::Ipv4, result.score_ipv4), score(Family::Ipv6, result.score_ipv6)].join(" · ")
    }
}

/// What stands around the questions: what the page noticed, why something was not asked, and where the time went.
pub trait Around: Lines {
    /// Returns what is noticed.
    fn fact(&self, fact: Fact) -> &'static str;

    /// Returns how it is.
    fn condition(&self, fact: Fact, condition: Condition) -> &'static str;

    /// Returns why a question was not asked.
    fn not_asked(&self, why: NotAsked) -> &'static str;

    /// Returns the name of a part of the wait for an answer.
    fn phase(&self, phase: Phase) -> &'static str;

    /// Says whose network the visitor comes from.
    fn own_network(&self, name: &str) -> String;

    /// Returns how many addresses of a private network there are.
    fn private_addresses(&self, n: usize) -> String;

    /// Returns where the time of an answer went; empty where the browser shows nothing.
    fn phases(&self, phases: &Phases) -> String {
        let named = [
            (Phase::Name, phases.resolve_ms),
            (Phase::Connection, phases.connect_ms),
            (Phase::Encryption, phases.tls_ms),
            (Phase::Answer, phases.first_byte_ms),
        ];
        let part =
            |(phase, ms): (Phase, Option<u32>)| Some([self.phase(phase), " ", &self.elapsed(f64::from(ms?))].concat());
        let mut parts: Vec<String> = named.into_iter().filter_map(part).collect();
        let protocol = phases.protocol.map(|protocol| match protocol {
            Protocol::Http1 => "HTTP/1.1",
            Protocol::Http2 => "HTTP/2",
            Protocol::Http3 => "HTTP/3",
        });
        parts.extend(protocol.map(str::to_owned));
        parts.join(" · ")
    }

    /// Returns whose network the visitor comes from, as the host knows it; empty where it does not.
    fn network(&self, asn: Option<u32>, name: Option<&str>) -> String {
        let number = asn.map(|asn| ["AS", &asn.to_string()].concat());
        let parts: Vec<&str> = [number.as_deref(), name].into_iter().flatten().collect();
        if parts.is_empty() { String::new() } else { self.own_network(&parts.join(" ")) }
    }

    /// Returns what the resolvers of the page's own server say of a name over one family: the addresses, or why there is
    /// none, as the code of the cause.
    fn records(&self, addresses: &[&str], n_private: usize, cause: Option<Cause>) -> String {
        let mut parts: Vec<String> = addresses.iter().map(|address| (*address).to_owned()).collect();
        if n_private > 0 {
            parts.push(self.private_addresses(n_private));
        }
        match cause {
            Some(cause) if parts.is_empty() => self.aside(self.label(Label::NoCode), cause.code()),
            _ if parts.is_empty() => self.label(Label::NoCode).to_owned(),
            _ => parts.join(" · "),
        }
    }
}

/// A part of the wait for an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// The name is looked up.
    Name,
    /// The connection is opened.
    Connection,
    /// It is secured.
    Encryption,
    /// From the request to the first byte of the answer.
    Answer,
}

/// What a service is for this visitor.
pub trait Services: States {
    /// Returns which way a visitor gets to a service; empty where nothing can be said.
    fn reach(&self, reach: Reach) -> String;

    /// Returns the verdict of a route; `family` is `None` where the browser can choose.
    fn verdict(&self, verdict: Verdict, family: Option<Family>) -> String;

    /// Returns the verdict of a route that fails at the edge, which has not been confirmed yet.
    fn suspected(&self, verdict: Verdict, family: Family) -> String;

    /// Adds that it is slow.
    fn but_slow(&self, said: &str) -> String;

    /// Says that a route is blocked, where, and nothing of an outage.
    fn blocked(&self, why: Why) -> &'static str;

    /// Returns what the browser found on a route. `is_hidden`: the browser does not show the answer to the page.
    fn found(&self, told: Told, after_ms: Option<u32>, is_hidden: bool) -> String;

    /// Returns what the edge says of a route.
    fn edge(&self, edge: Edge) -> &'static str;

    /// Returns how many of the services the visitor reaches. `n_no` are not reached at all, `n_partly` not in every way.
    fn services(&self, n: usize, n_no: usize, n_partly: usize) -> String;

    /// Returns the verdict of a route, or why it is not asked where that is no outage and yet keeps the visitor away.
    fn verdict_of_route(&self, verdict: Verdict, why: Why, family: Option<Family>) -> String {
        match why {
            Why::Checking
            | Why::Blocker
            | Why::NameBlocked
            | Why::Csp
            | Why::MixedContent
            | Why::LocalNetwork
            | Why::Permission
            | Why::CertificateHere
            | Why::PrivateAddress => self.blocked(why).to_owned(),
            _ => self.verdict(verdict, family),
        }
    }
}

/// The causes that the edge finds.
pub trait Causes {
    /// Returns the phrase of a cause, as a fragment.
    fn cause(&self, cause: Cause) -> &'static str;
}

/// What a conclusion rests on, a fragment for each piece of evidence.
pub trait Signals: States {
    /// Returns one piece of evidence as a fragment.
    fn signal(&self, signal: Signal) -> String;
}

/// What stands in the document before any script has run.
pub trait Document {
    /// Returns a text of the document.
    fn text(&self, text: Text) -> &'static str;
}

/// All that a browser needs: where only these are asked for, no other phrase is sent to it.
pub trait Words: Sentences + States + Advice + Lines + Around + Services {}
impl<T: Sentences + States + Advice + Lines + Around + Services> Words for T {}

/// All phrases, for the edge.
pub trait Whole: Words + Causes + Signals + Document + Status + Pages + Reports {}
impl<T: Words + Causes + Signals + Document + Status + Pages + Reports> Whole for T {}

/// Makes an enumeration that knows all of its variants.
macro_rules! texts {
    ($(#[$of:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident,)* }) => {
        $(#[$of])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name { $($(#[$doc])* $variant,)* }

        impl $name {
            pub const ALL: &[Self] = &[$(Self::$variant,)*];
        }
    };
}
pub(crate) use texts;

texts! {
    /// A text that a browser may have to say, always the same.
    Label {
        /// A text is on the clipboard.
        Copied,
        /// The browser does not let a page copy.
        CopyByHand,
        /// Before the code that help desks know.
        HelpDeskCode,
        /// There is no such code.
        NoCode,
        Scores,
        /// There is no score.
        NoScore,
        /// Before what the visitor can do.
        ToDo,
        /// Before what whoever runs it can look at.
        ForOperator,
        /// Before the family that the browser prefers.
        Preferred,
        /// It was not seen which.
        NotSeen,
        /// Of a service, where it is asked at a name with both families.
        Both,
        /// Before codes, for who reads another language.
        Codes,
        /// The page's own server did not say what its resolvers find.
        NoRecordsTold,
        /// Behind a time by the reader's own clock.
        YourTime,
    }
}

texts! {
    /// A text of the document.
    Text {
        Title,
        Skip,
        /// The name of the links to other pages.
        Pages,
        AllServices,
        AllIncidents,
        /// The name of the switch of languages.
        Languages,
        /// In place of the first sentence, without JavaScript.
        NoScriptHeading,
        /// Before a link, without JavaScript.
        NoScript,
        NoScriptLink,
        /// Behind that link.
        NoScriptSays,
        MoreQuestions,
        /// The heading over what the page noticed without asking.
        Around,
        /// The heading over the parts of the times.
        TimeSpent,
        /// Below those.
        TimeHidden,
        /// The heading over what resolvers find.
        Names,
        Evidence,
        Again,
        ShareLink,
        ShareText,
        ShareFile,
        SharePrint,
        ShareWhole,
        Privacy,
        /// The endpoint that has both families.
        DualStack,
        /// Where the browser does not run WebAssembly: which questions were answered, and no causes.
        PlainMeaning,
        PlainBoth,
        PlainIpv4,
        PlainIpv6,
        PlainNeither,
        PlainOk,
        PlainFailed,
        PlainNone,
        /// Over the services, where they were not asked.
        PlainServices,
        /// The heading over the services.
        Services,
        /// What stands there until the visitor's own connection is known.
        ServicesLater,
    }
}
