//! What the documents of other formats need words for: every language implements it (`dualwatch_words::bulletin`), and no
//! document here knows a word of its own.

use crate::{
    bulletin::Moment,
    scheduled::{Phase, Scheduled},
    statuspage::{Overall, Standing},
};
use dualwatch_core::{
    measure::{
        family::{Family, PerFamily},
        time::Timestamp,
    },
    respond::maintenance::Expected,
};

/// What is said of an incident in one line: how it stands now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Headline {
    /// Down over these families.
    Down(PerFamily<bool>),
    Unstable(PerFamily<bool>),
    /// All answers, and it is not over.
    Quiet,
    /// It was down over these families, or only unstable, for so many milliseconds at least and at most.
    Over {
        families: PerFamily<bool>,
        is_unstable: bool,
        lasted: Option<(i64, i64)>,
    },
    /// What was known of it is lost.
    Lost,
}

/// What a list is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    Everything,
    /// The name of a target.
    Target(String),
}

/// An announced time, as it is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Announced<'a> {
    pub title: &'a str,
    pub from: Timestamp,
    pub to: Timestamp,
    pub families: PerFamily<bool>,
    pub expected: Expected,
}

impl<'a> From<&'a Scheduled> for Announced<'a> {
    fn from(window: &'a Scheduled) -> Self {
        let Scheduled { title, families, expected, from, to, .. } = window;
        Self { title, from: *from, to: *to, families: *families, expected: *expected }
    }
}

/// The words of one language.
pub trait Phrases {
    /// Returns its tag (BCP 47).
    fn code(&self) -> &'static str;

    /// Returns the name of a component: a target over one family; `None`: as a client with both fares.
    fn component(&self, target: &str, family: Option<Family>) -> String;

    /// Returns what is said of a component whose status does not say it all; `None` where it does.
    fn description(&self, standing: Standing, family: Option<Family>) -> Option<&'static str>;

    /// Returns how the whole page stands.
    fn overall(&self, overall: Overall) -> &'static str;

    /// Returns how an incident of a target stands, in one line.
    fn headline(&self, target: &str, headline: Headline) -> String;

    /// Returns the headline of what says that it is over.
    fn resolved(&self, headline: &str) -> String;

    /// Returns what a moment brought, in one or two sentences.
    fn moment(&self, moment: &Moment) -> String;

    /// Returns what was announced, in one or two sentences.
    fn announced(&self, announced: &Announced<'_>) -> String;

    /// Returns a title of what was announced that says whether it is to come, goes on, or is over.
    fn announced_title(&self, title: &str, at: Phase) -> String;

    /// Returns the title of a feed of a site: about everything or one target, over one family, about maintenance alone.
    fn feed(&self, site: &str, subject: &Subject, family: Option<Family>, is_maintenance: bool) -> String;

    /// Returns the text of a link to the report on an incident.
    fn report(&self) -> &'static str;

    /// Returns a moment to the second, in UTC.
    fn time(&self, at: Timestamp) -> String;
}
