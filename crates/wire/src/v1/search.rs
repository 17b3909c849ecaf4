//! The services of all pages that a reader looks for, as one page.

use super::{
    Judged, PageData, PagePart, PageTarget, TargetStatus,
    board::{Judge, PER_PAGE},
};
use serde::{Deserialize, Serialize};

/// So many letters of what is looked for count.
const MAX_LETTERS: usize = 64;

/// What was looked for, and in how many services it was found: there may be more than are shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Search {
    pub query: String,
    pub n_found: u32,
}

/// Returns what is looked for: small letters, one space between words, so that the same is asked for by one name. `None`:
/// nothing.
pub fn query(text: &str) -> Option<String> {
    let plain: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(MAX_LETTERS).collect();
    let words: Vec<String> = plain.split_whitespace().map(str::to_lowercase).collect();
    Some(words.join(" ")).filter(|query| !query.is_empty())
}

/// Whether a service is one that is looked for: each word stands in its name, its slug or the name of its group.
fn is_found(status: &TargetStatus, query: &str) -> bool {
    let of = [Some(&status.name), Some(&status.slug), status.group.as_ref()];
    let text = of.into_iter().flatten().map(|text| text.to_lowercase()).collect::<Vec<_>>().join("\n");
    query.split(' ').all(|word| text.contains(word))
}

impl PageData {
    /// Returns those of all pages that are looked for, as one page; the others count as elsewhere. `pages` are all of them,
    /// in their order; `None` where there is none.
    pub fn search(pages: Vec<Self>, query: &str, judge: Judge) -> Option<Self> {
        let mut pages = pages.into_iter();
        let mut page = pages.next()?;
        let now = page.now;
        let judged = |status: &TargetStatus, rows: &[PageTarget]| {
            let row = rows.iter().find(|row| row.slug == status.slug);
            judge(status, row.map_or(dualwatch_core::measure::target::DEFAULT_INTERVAL_S, |row| row.interval_s), now)
        };
        let of_page = |page: &Self| {
            page.status.targets.iter().fold(Judged::default(), |sum, status| sum.and(judged(status, &page.targets)))
        };
        let all = page.part.map_or_else(Judged::default, |part| part.elsewhere()).and(of_page(&page));
        let (mut found, mut rows) = (Vec::new(), Vec::new());
        let mut n_found = 0;
        let mut take = |targets: Vec<TargetStatus>, of: &[PageTarget]| {
            for status in targets.into_iter().filter(|status| is_found(status, query)) {
                n_found += 1;
                if found.len() < PER_PAGE {
                    rows.extend(of.iter().find(|row| row.slug == status.slug).cloned());
                    found.push(status);
                }
            }
        };
        take(std::mem::take(&mut page.status.targets), &page.targets);
        for other in pages {
            take(other.status.targets, &other.targets);
        }
        let here = found.iter().fold(Judged::default(), |sum, status| sum.and(judged(status, &rows)));
        page.part = Some(PagePart::new(1, 1, all.less(here)));
        page.groups = Vec::new();
        page.status.targets = found;
        page.targets = rows;
        page.search = Some(Search { query: query.to_owned(), n_found });
        Some(page)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_looked_for_has_one_form() {
        assert_eq!(query("  Mail \t SERVER\n"), Some("mail server".to_owned()));
        assert_eq!([query(""), query(" \u{7}\r\n ")], [None, None]);
        assert_eq!(query(&"x".repeat(10_000)).map(|query| query.len()), Some(MAX_LETTERS));
    }
}
