//! What there is only so much of at the same time, and how a refusal says so.
//!
//! Nobody is counted. A public answer is made once and kept, so that one reader more costs a copy of its bytes; an address
//! says little about who asks, for many share one; and a list of who asked would be one of visitors. What is bounded is the
//! whole: memory, and the time of the one thread that measures as well. So a refusal is 503 (RFC 9110 section 15.6.4) and not
//! 429: it is not the asker that has asked too often. Whoever wants to bound single readers does that in front, where
//! connections are seen.

/// What a request may be refused for, that would be answered a moment later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// Bytes of bodies that are read and held: the largest one, and beside it a few of vantages.
    Bodies,
    /// Large answers that are being sent.
    Readers,
    /// Bytes that are packed within a second, which takes a tenth of it: rounds wait for it, and anybody may make up names
    /// of hosts that each have a page of their own.
    Packing,
    /// Answers that are held back as their askers want it.
    Delayed,
    /// Who waits for the resolvers to answer for one target.
    Lookups,
    /// Streams of events: each takes some 30 kB of the isolate's memory.
    Streams,
}

/// After so many seconds it is worth asking again.
pub const RETRY_AFTER_S: u32 = 1;
/// The same, in seconds, where nothing can be stored, or what is stored cannot be read: that takes somebody to mend it.
pub const RETRY_STORAGE_AFTER_S: u32 = 10;

impl Limit {
    pub const ALL: [Self; 6] =
        [Self::Bodies, Self::Readers, Self::Packing, Self::Delayed, Self::Lookups, Self::Streams];

    /// Returns its stable name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Bodies => "bodies",
            Self::Readers => "readers",
            Self::Packing => "packing",
            Self::Delayed => "delayed",
            Self::Lookups => "lookups",
            Self::Streams => "streams",
        }
    }

    /// Returns how much there is, in its unit.
    pub const fn quota(self) -> u32 {
        match self {
            Self::Bodies => 20 * 1024 * 1024,
            Self::Readers | Self::Delayed => 256,
            Self::Packing => 3 * 1024 * 1024,
            Self::Lookups => 64,
            Self::Streams => 1_500,
        }
    }

    /// Returns the unit, as the draft of the header fields names it.
    const fn unit(self) -> &'static str {
        match self {
            Self::Bodies | Self::Packing => "content-bytes",
            Self::Readers | Self::Delayed | Self::Lookups | Self::Streams => "concurrent-requests",
        }
    }

    /// Returns the seconds for which it is there anew; `None`: what is given back is there at once.
    const fn window_s(self) -> Option<u32> {
        match self {
            Self::Packing => Some(1),
            Self::Bodies | Self::Readers | Self::Delayed | Self::Lookups | Self::Streams => None,
        }
    }

    /// Returns what is said of it to who is refused, and in the description of the API.
    pub const fn detail(self) -> &'static str {
        match self {
            Self::Bodies => "other bodies are being read; send this one again in a moment",
            Self::Readers => "too many readers are being answered; ask again in a moment",
            Self::Packing => "too much is being packed; ask again in a moment",
            Self::Delayed => "too many answers are held back; ask again in a moment",
            Self::Lookups => "the resolvers are being asked; ask again in a moment",
            Self::Streams => "too many streams are open; read the documents instead, and ask again in a minute",
        }
    }

    /// Returns the value of `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers-11, section 3).
    ///
    /// ```
    /// use dualwatch_wire::answer::limit::Limit;
    /// assert_eq!(Limit::Packing.policy(), r#""packing";q=3145728;qu="content-bytes";w=1"#);
    /// assert_eq!(Limit::Readers.policy(), r#""readers";q=256;qu="concurrent-requests""#);
    /// ```
    pub fn policy(self) -> String {
        let window = self.window_s().map(|s| format!(";w={s}")).unwrap_or_default();
        format!("\"{}\";q={};qu=\"{}\"{window}", self.name(), self.quota(), self.unit())
    }

    /// Returns the value of `RateLimit` (section 4 there) where nothing is left.
    ///
    /// ```
    /// use dualwatch_wire::answer::limit::Limit;
    /// assert_eq!(Limit::Bodies.spent(), r#""bodies";r=0;t=1"#);
    /// ```
    pub fn spent(self) -> String {
        format!("\"{}\";r=0;t={RETRY_AFTER_S}", self.name())
    }
}
