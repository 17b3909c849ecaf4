//! What objects ask each other, as values: written to an address of a host that only they have, and read again.
//!
//! One table says both, so that they cannot part. Each value stands between two slashes, in a form that has none: no text
//! can leave its place. What is written in another way than we write it was not written by us, and is read as nothing.

use super::{Begin, IncidentName, Pace, Span, Whom};
use crate::{
    answer::{exposition::Format, language::Language},
    events::Revision,
    feed::{About, Form},
    statuspage::Which,
};
use dualwatch_core::{
    measure::{family::Family, group::Group, slug::Slug, time::Timestamp},
    remember::{availability::Period, rollup::bucket::Size},
};
use std::str::Split;

/// What every host of ours ends in; nobody can have such a name (RFC 6761 section 6.4).
const HOSTS: &[u8] = b"object.invalid";

/// Whether a host has a name that only our own objects have. Whoever asks for it from outside is refused at the door.
pub fn is_inner(authority: &str) -> bool {
    authority.as_bytes().windows(HOSTS.len()).any(|part| part.eq_ignore_ascii_case(HOSTS))
}

macro_rules! calls {
    ($(#[$about:meta])* $name:ident at $origin:literal {
        $($(#[$doc:meta])* $call:ident $(($($part:ident: $kind:ty),+))? = $verb:literal,)+
    }) => {
        $(#[$about])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum $name {
            $($(#[$doc])* $call $(($($kind),+))?,)+
        }

        impl $name {
            /// Returns the address that says this.
            pub fn encode(&self) -> String {
                let mut url = String::from($origin);
                match self {
                    $(Self::$call $(($($part),+))? => {
                        url.push_str($verb);
                        $($(url.push('/'); $part.write(&mut url);)+)?
                    })+
                }
                url
            }

            /// Returns what an address says; `None` where it is not one that [`encode`](Self::encode) returns.
            pub fn decode(url: &str) -> Option<Self> {
                let mut parts = url.strip_prefix($origin)?.split('/');
                let call = match parts.next()? {
                    $($verb => Self::$call $(($(<$kind as Part>::next(&mut parts)?),+))?,)+
                    _ => return None,
                };
                (call.encode() == url).then_some(call)
            }
        }
    };
}

calls! {
    /// What the directory is asked.
    ToDirectory at "https://directory.object.invalid/" {
        /// Shows the configuration.
        Config = "config",
        /// Takes the configuration in the body.
        TakeConfig = "take-config",
        /// Hears the report in the body.
        Report = "report",
        /// Hears the report in the body, of which only the times are new: it is published, and not stored.
        Pulse = "pulse",
        /// Hears the incidents in the body.
        Past = "past",
        /// At most so many targets, those behind one.
        Status(after: Option<Slug>, limit: Option<usize>) = "status",
        /// The data of a part of the status page.
        Page(part: u32) = "page",
        /// Ends every stream of events.
        End = "end",
        /// The stream of events, to who has a revision or none.
        Events(known: Option<Revision>) = "events",
        Plans = "plans",
        /// Everything as metrics.
        Metrics(format: Format) = "metrics",
        /// The time zone of the operator, if the configuration says one.
        Timezone = "timezone",
        /// Where people find the page, if the configuration says it.
        PublicUrl = "public-url",
        /// What makes the pages the operator's own.
        Branding = "branding",
        /// The pictures that go with it.
        Pictures = "pictures",
        /// Of one target, and those that began before a time.
        Incidents(target: Option<Slug>, before: Option<Timestamp>) = "incidents",
        /// Which of the slugs in the body there are.
        Known = "known",
        /// Wakes what is late.
        Rearm = "rearm",
        /// Lets every target go on, at once.
        Resume = "resume",
        /// Gives their plans again to those whose slugs are in the body.
        Lacking = "lacking",
        /// What is said of an incident that the directory has, and of which its target knows nothing.
        Lost(name: IncidentName) = "lost",
        /// Whether there is this incident, perhaps.
        Has(name: IncidentName) = "has",
        /// Which other targets belong to the same event.
        Peers(name: IncidentName) = "peers",
        /// What is published of one target.
        Target(slug: Slug) = "target",
        /// What a badge says of one target, of a group, or of all.
        Badge(whom: Whom) = "badge",
        /// Upptime's summary of all.
        Upptime = "upptime",
        /// Whether there is this target.
        Knows(slug: Slug) = "knows",
        /// What a widget shows.
        Widget(whom: Whom) = "widget",
        /// What a browser needs that is to ask this target itself.
        WidgetFacts(slug: Slug) = "widget-facts",
        /// A document as Statuspage has it, of components those behind one.
        Statuspage(which: Which, after: Option<Slug>, language: Language) = "statuspage",
        /// A page of the months of such a history.
        Months(page: u32, language: Language) = "months",
        /// A feed of what began before a time; in which language it was asked for, and whether by the name of a history.
        Feed(form: Form, about: About, before: Option<Timestamp>, spoken: (Option<Language>, bool)) = "feed",
    }
}

calls! {
    /// What a target is asked.
    ToTarget at "https://target.object.invalid/" {
        /// Takes the plan in the body, with what the directory believes of the target.
        Plan = "plan",
        Stop = "stop",
        /// Sets the alarm, where it was lost. Answered with 204, or with 410 where there is no plan.
        Arm = "arm",
        /// The same, where it should have gone off a moment ago.
        Resume = "resume",
        /// Takes the rounds in the body.
        Take = "take",
        /// Takes the past in the body.
        Load(pace: Pace) = "load",
        /// With its report, whose sentences for people are in this language where it has no codes for them.
        Incident(name: IncidentName, language: Language) = "incident",
        /// The same as Markdown.
        Report(name: IncidentName) = "report",
        Detail = "detail",
        /// What the resolvers say of its name now.
        Lookup = "lookup",
        Rounds(span: Span) = "rounds",
        Availability = "availability",
        History(size: Size, span: Span) = "history",
        /// What the charts of its page are drawn from.
        Charts(period: Period) = "charts",
    }
}

/// A value in an address: written without a slash, or as several with slashes between.
trait Part: Sized {
    fn write(&self, url: &mut String);
    fn next(parts: &mut Split<'_, char>) -> Option<Self>;
}

/// Stands for a value that is not there; no value is written so.
const NONE: &str = "_";

impl<T: Part> Part for Option<T> {
    fn write(&self, url: &mut String) {
        match self {
            Some(value) => value.write(url),
            None => url.push_str(NONE),
        }
    }

    fn next(parts: &mut Split<'_, char>) -> Option<Self> {
        if parts.clone().next()? == NONE {
            parts.next();
            return Some(None);
        }
        T::next(parts).map(Some)
    }
}

impl Part for Slug {
    fn write(&self, url: &mut String) {
        url.push_str(self.as_str());
    }

    fn next(parts: &mut Split<'_, char>) -> Option<Self> {
        Self::parse(parts.next()?)
    }
}

impl Part for IncidentName {
    fn write(&self, url: &mut String) {
        url.push_str(self.as_str());
    }

    fn next(parts: &mut Split<'_, char>) -> Option<Self> {
        Self::parse(parts.next()?)
    }
}

macro_rules! codes {
    ($($kind:ty)+) => {
        $(impl Part for $kind {
            fn write(&self, url: &mut String) {
                url.push_str(self.code());
            }

            fn next(parts: &mut Split<'_, char>) -> Option<Self> {
                let code = parts.next()?;
                Self::ALL.into_iter().find(|one| one.code() == code)
            }
        })+
    };
}

codes!(Size Which Form Language Family Format Period);

impl Part for Revision {
    fn write(&self, url: &mut String) {
        url.push_str(&self.number().to_string());
    }

    fn next(parts: &mut Split<'_, char>) -> Option<Self> {
        Self::parse(parts.next()?)
    }
}

impl Part for bool {
    fn write(&self, url: &mut String) {
        url.push(if *self { '1' } else { '0' });
    }

    fn next(parts: &mut Split<'_, char>) -> Option<Self> {
        Some(parts.next()? == "1")
    }
}

impl Part for About {
    fn write(&self, url: &mut String) {
        self.target.write(url);
        url.push('/');
        self.family.write(url);
        url.push('/');
        self.is_maintenance.write(url);
    }

    fn next(parts: &mut Split<'_, char>) -> Option<Self> {
        Some(Self { target: Part::next(parts)?, family: Part::next(parts)?, is_maintenance: Part::next(parts)? })
    }
}

impl<A: Part, B: Part> Part for (A, B) {
    fn write(&self, url: &mut String) {
        self.0.write(url);
        url.push('/');
        self.1.write(url);
    }

    fn next(parts: &mut Split<'_, char>) -> Option<Self> {
        Some((A::next(parts)?, B::next(parts)?))
    }
}

impl Part for Whom {
    fn write(&self, url: &mut String) {
        match self {
            Self::All => url.push_str("all"),
            Self::Target(slug) => {
                url.push_str("target/");
                slug.write(url);
            }
            // A name of a group may have a slash.
            Self::Group(group) => {
                url.push_str("group/");
                url.extend(group.as_str().bytes().flat_map(|byte| [byte >> 4, byte & 15]).map(digit));
            }
        }
    }

    fn next(parts: &mut Split<'_, char>) -> Option<Self> {
        match parts.next()? {
            "all" => Some(Self::All),
            "target" => Part::next(parts).map(Self::Target),
            "group" => {
                let digits = parts.next()?.as_bytes();
                let bytes = digits.chunks(2).map(|pair| {
                    let [high, low] = pair else { return None };
                    u8::from_str_radix(std::str::from_utf8(&[*high, *low]).ok()?, 16).ok()
                });
                let text = String::from_utf8(bytes.collect::<Option<_>>()?).ok()?;
                Group::parse(&text).map(Self::Group)
            }
            _ => None,
        }
    }
}

fn digit(nibble: u8) -> char {
    char::from_digit(nibble.into(), 16).unwrap_or_default()
}

macro_rules! numbers {
    ($($number:ty)+) => {
        $(impl Part for $number {
            fn write(&self, url: &mut String) {
                url.push_str(&self.to_string());
            }

            fn next(parts: &mut Split<'_, char>) -> Option<Self> {
                parts.next()?.parse().ok()
            }
        })+
    };
}

numbers!(u32 usize i64);

impl Part for Timestamp {
    fn write(&self, url: &mut String) {
        self.unix_ms().write(url);
    }

    fn next(parts: &mut Split<'_, char>) -> Option<Self> {
        i64::next(parts).map(Self::from_unix_ms)
    }
}

impl Part for Pace {
    fn write(&self, url: &mut String) {
        self.confirm.write(url);
        url.push('/');
        self.interval_s.write(url);
        url.push('/');
        self.unchanged_s.write(url);
    }

    fn next(parts: &mut Split<'_, char>) -> Option<Self> {
        Some(Self { confirm: Part::next(parts)?, interval_s: Part::next(parts)?, unchanged_s: Part::next(parts)? })
    }
}

impl Part for Span {
    fn write(&self, url: &mut String) {
        let (kind, ms) = match self.begin {
            Begin::At(from) => ("from/", from.unix_ms()),
            Begin::Before(length) => ("last/", length),
        };
        url.push_str(kind);
        ms.write(url);
        url.push('/');
        self.to.write(url);
    }

    fn next(parts: &mut Split<'_, char>) -> Option<Self> {
        let begin = match parts.next()? {
            "from" => Begin::At(Part::next(parts)?),
            "last" => Begin::Before(Part::next(parts)?),
            _ => return None,
        };
        Some(Self { begin, to: Part::next(parts)? })
    }
}

#[cfg(test)]
mod tests;
