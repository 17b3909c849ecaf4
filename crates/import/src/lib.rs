//! The history of an Upptime repository: what it recorded, which incidents that implies, and what is wrong with it.
//!
//! In scope: reading the texts of such a repository (versions of `history/*.yml`, their extract as TSV, the summary,
//! badges, issues), incidents, findings, and the same history as rounds; and finding those texts in a folder or in a
//! clone ([`folder`]). Out of scope: deciding what a failure means today (`dualwatch-core`), and the edge: this crate is
//! for native programs.
//!
//! In rooms, each using only those before it: the texts as values ([`read`]), what they amount to ([`conclude`]), and
//! the same for others ([`tell`]).
//! Nothing that cannot be read is dropped: it becomes a finding with its file and line.
//!
//! ```
//! use dualwatch_import::{Source, analyse};
//!
//! let mut source = Source::default();
//! source.read_versions(
//!     "commit\tcommit_time\tslug\turl\tstatus\tcode\tresponseTime\tlastUpdated\tstartTime\n\
//!      a1\t2026-01-01T00:00:01Z\tshop\thttps://shop.example\tup\t200\t90\t2026-01-01T00:00:00Z\t2026-01-01T00:00:00Z\n\
//!      a2\t2026-01-01T01:00:01Z\tshop\thttps://shop.example\tdown\t0\t0\t2026-01-01T01:00:00Z\t2026-01-01T00:00:00Z\n\
//!      a3\t2026-01-01T01:03:26Z\tshop\thttps://shop.example\tup\t200\t95\t2026-01-01T01:03:25Z\t2026-01-01T00:00:00Z\n",
//!     "history-versions.tsv",
//! );
//! let document = analyse(source).document();
//! assert_eq!(document.targets[0].incidents[0].duration_s, Some(205));
//! ```

pub mod conclude;
pub mod read;
pub mod tell;

pub use conclude::{
    Measured,
    analysis::{Analysis, analyse},
    availability,
    codes::{Code, Finding},
    nature::Nature,
    target::{History, Incident},
    text::{span, upptime_duration},
};
pub use read::{Place, Problem, Source, Version, folder};
pub use tell::rounds;
