//! What is said once for the whole file, with the number of sites it is about.

use super::known::{self, DOCUMENT, WEBSITE};
use crate::finding::{Place, Report, Severity, count, quoted};
use std::collections::HashMap;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Remark {
    NoMeaning,
    NotFollowed(&'static str),
    UnknownInDocument,
    UnknownInSite,
    /// An assumption that Upptime makes, too: code, what it is, hint.
    Assumed(&'static str, &'static str, &'static str),
    /// What is done here in another way, and nothing wrong with the file: code, what it is, hint.
    Otherwise(&'static str, &'static str, &'static str),
}

struct Row {
    remark: Remark,
    key: String,
    first: Place,
    /// 0: not about sites.
    n_sites: usize,
}

/// Counts remarks until the end of the file.
#[derive(Default)]
pub(super) struct Tally {
    rows: Vec<Row>,
    index: HashMap<(String, bool), usize>,
}

impl Tally {
    pub(super) fn note_document(&mut self, remark: Remark, key: &str, at: Place) {
        self.note(remark, key, at, false);
    }

    pub(super) fn note_site(&mut self, remark: Remark, key: &str, at: Place) {
        self.note(remark, key, at, true);
    }

    fn note(&mut self, remark: Remark, key: &str, at: Place, is_site: bool) {
        let index = *self.index.entry((key.to_owned(), is_site)).or_insert_with(|| {
            self.rows.push(Row { remark, key: key.to_owned(), first: at, n_sites: 0 });
            self.rows.len() - 1
        });
        self.rows[index].n_sites += usize::from(is_site);
    }

    pub(super) fn report(self, report: &mut Report) {
        let without: Vec<&Row> = self.rows.iter().filter(|r| r.remark == Remark::NoMeaning).collect();
        if let Some(first) = without.iter().map(|r| r.first).min() {
            let keys: Vec<String> = without.iter().map(|r| r.named()).collect();
            report.note(first, "no_meaning_here", format!("without meaning here: {}", keys.join(", ")), "");
        }
        for row in &self.rows {
            if report.is_full(Severity::Warning) {
                break;
            }
            let sites = || count(row.n_sites, "site");
            match row.remark {
                Remark::NoMeaning => {}
                Remark::NotFollowed(instead) => {
                    report.note(row.first, "not_followed", format!("not followed: {}", row.named()), instead);
                }
                Remark::UnknownInDocument => {
                    let hint = if known::has(WEBSITE, &row.key) {
                        "Upptime reads it below `status-website:` only".to_owned()
                    } else {
                        known::meant(&row.key, known::names(DOCUMENT))
                    };
                    report.warning(row.first, "unknown_key", format!("Upptime does not know {}", row.named()), hint);
                }
                Remark::UnknownInSite => {
                    let message = format!("Upptime does not know {} in a site ({})", quoted(&row.key), sites());
                    let hint = known::meant(&row.key, known::of_site().map(|(name, _)| name));
                    report.warning(row.first, "unknown_key", message, hint);
                }
                Remark::Assumed(code, what, hint) => {
                    report.warning(row.first, code, format!("{what} ({})", sites()), hint);
                }
                Remark::Otherwise(code, what, hint) => {
                    report.note(row.first, code, format!("{what} ({})", sites()), hint);
                }
            }
        }
    }
}

impl Row {
    fn named(&self) -> String {
        match self.n_sites {
            0 => quoted(&self.key),
            n => format!("{} ({})", quoted(&self.key), count(n, "site")),
        }
    }
}
