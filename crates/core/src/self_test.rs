//! What a visitor's own connection can do, why not, and on whose side that is: the decisions of the self-test.
//!
//! In scope: which questions a page asks and when ([`run`]), what an answer proves ([`answer`]), what follows for each family
//! ([`family`]), for the whole ([`conclude`]) and for a service ([`target`]), and the scores that help desks know
//! ([`score`]). Out of scope: asking (the page), words (`dualwatch-words`), the shared document (`dualwatch-wire`).
//! Times are whole milliseconds since the page's navigation began; there is no clock and no chance here.
//!
//! # How a page drives it
//!
//! ```
//! use dualwatch_core::self_test::{question::{Question, Questions}, run::{Ending, Offer, Order, Run}};
//!
//! // What there is an endpoint for. The seed is random, and makes the nonces and the order of the families.
//! let offer = Offer { questions: Questions::from_iter([Question::Ipv4, Question::Ipv6]), ..Offer::default() };
//! let mut run = Run::new(offer, 0x5eed);
//!
//! // 1. At the beginning, after everything that was heard, and at `wake_at_ms`: do what is due.
//! let orders = run.due(0);
//! let Order::Ask(ask) = orders[0] else { panic!("something is asked first") };
//! //    A new host label for each ask (`ask.label(run.seed())`), `ask.nonce` in its query, no deadline of the page's own.
//!
//! // 2. Whatever becomes of it is heard: an answer, a failure, a refusal.
//! run.hear(ask.id, 3, Ending::Failed);
//!
//! // 3. What can be said so far, at any time; it is only made more precise by what comes later.
//! let so_far = run.conclude(3);
//! assert_eq!(so_far.families.ipv6.state.code(), "unknown");
//! assert!(!so_far.is_complete && run.wake_at_ms(3).is_some());
//! ```
//!
//! A script that runs before this code has arrived may ask first: it asks what [`run::Run::due`] would, at the same
//! time (everything that waits for nothing, `dual_stack` before the others), with nonces of its own, and hands over what it
//! did with [`run::Run::adopt`].
//! The environment comes in beside it: [`run::Run::addresses`] half a second after gathering began, `offline`, `clock`.

pub mod addresses;
pub mod answer;
pub mod conclude;
pub mod environment;
pub mod evidence;
pub mod family;
pub mod patience;
pub mod place;
pub mod question;
pub mod reach;
pub mod run;
pub mod score;
pub mod sentence;
pub mod signal;
pub mod target;
pub mod told;
pub mod why;

/// A decision by a table: the first row that holds. It gives a function, and its rows as documentation.
macro_rules! table {
    (
        $(#[$doc:meta])* pub fn $name:ident($facts:ident: &$of:ty) -> $out:ty;
        $(#[$row_doc:meta])* pub fn $row:ident;
        $(#[$says_doc:meta])* pub const $says:ident;
        pub const $then:ident;
        $($words:literal => $when:expr => $what:expr;)+
        otherwise => $last:expr;
    ) => {
        $(#[$doc])*
        pub fn $name($facts: &$of) -> $out {
            $(if $when { return $what; })+
            $last
        }

        $(#[$row_doc])*
        pub fn $row($facts: &$of) -> usize {
            let mut row = 0;
            $(if $when { return row; } row += 1;)+
            row
        }

        $(#[$says_doc])*
        pub const $says: &[&str] = &[$($words,)+ "otherwise"];
        /// What each row comes to.
        pub const $then: &[$out] = &[$($what,)+ $last];
    };
}
use table;
