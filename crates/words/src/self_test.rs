//! The self-test in words, in every language: one sentence first, what it means for the visitor, how each question
//! stands, what to do.
//!
//! The phrases are the methods of the traits in [`phrases`]; each language implements them all, so that a missing one does
//! not compile. Form of address: German says "Sie", Chinese "你"; both as plain as the English.
//!
//! A browser is sent one language alone: its module makes one of [`En`], [`ZhHans`] and [`De`] with the formats of the
//! browser, and knows nothing of the others. The edge has all of them ([`words`]).

mod de;
mod en;
pub mod phrases;
mod ticket;
pub mod times;
mod zh_hans;

pub use de::De;
pub use en::En;
pub use ticket::ticket;
pub use zh_hans::ZhHans;

use dualwatch_wire::answer::language::Language;
use phrases::Whole;
use times::Plain;

/// Returns all phrases of a language, with our own formats.
pub fn words(language: Language) -> &'static dyn Whole {
    match language {
        Language::En => &En(Plain(Language::En)),
        Language::ZhHans => &ZhHans(Plain(Language::ZhHans)),
        Language::De => &De(Plain(Language::De)),
    }
}
