//! The names that one part of the document gives and other parts refer to.

use crate::{
    fields,
    finding::{Place, Report, Severity, quoted},
    yaml::Node,
};
use std::collections::BTreeSet;

/// What is declared, as far as it could be read.
pub(super) struct Declared {
    names: BTreeSet<String>,
    /// Whether there may be names that could not be read: nobody can say then that one is missing.
    is_in_doubt: bool,
    /// Where they were to be, and are not.
    empty_at: Option<Place>,
}

/// One name, where it is declared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Name {
    Certain(String),
    /// What it is likely to become once a mistake is corrected, which has been reported.
    Likely(String),
    /// It could not be read, which has been reported.
    Unreadable,
}

impl Declared {
    /// Where nothing is declared, and nothing was to be.
    pub(super) const fn nothing() -> Self {
        Self { names: BTreeSet::new(), is_in_doubt: false, empty_at: None }
    }

    /// Where the part itself could not be read.
    pub(super) const fn unreadable() -> Self {
        Self { names: BTreeSet::new(), is_in_doubt: true, empty_at: None }
    }

    /// Where the part is there, and nothing in it.
    pub(super) const fn empty(at: Place) -> Self {
        Self { names: BTreeSet::new(), is_in_doubt: false, empty_at: Some(at) }
    }

    /// Returns where the part is that has nothing in it.
    pub(super) const fn empty_at(&self) -> Option<Place> {
        self.empty_at
    }

    pub(super) fn add(&mut self, name: &Name) {
        match name {
            Name::Certain(name) | Name::Likely(name) => drop(self.names.insert(name.clone())),
            Name::Unreadable => self.is_in_doubt = true,
        }
    }

    /// Checks a reference; where nothing has its name, `what` says so, and the hint is the nearest name or `otherwise`.
    pub(super) fn check(
        &self,
        node: &Node,
        name: &str,
        (code, what): (&'static str, &str),
        otherwise: impl FnOnce(&[&str]) -> String,
        report: &mut Report,
    ) {
        if self.is_in_doubt || self.names.contains(name) {
            return;
        }
        let hint = if report.is_full(Severity::Error) {
            String::new()
        } else {
            let known: Vec<&str> = self.names.iter().map(String::as_str).collect();
            fields::nearest(name, &known).map_or_else(|| otherwise(&known), |near| format!("did you mean `{near}`?"))
        };
        report.error(node.at, code, format!("there is no {what} {}", quoted(name)), hint);
    }
}
