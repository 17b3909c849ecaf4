//! What widgets show of the board.

use super::{Board, json, row};
use crate::{
    door::Whom,
    v1::{SelfTest, Widget, WidgetFacts},
};
use dualwatch_core::measure::{slug::Slug, time::Timestamp};

impl Board {
    /// Returns the document of a widget without its words; `None` where there is no such target and no such group.
    pub fn widget(&self, whom: &Whom, now: Timestamp) -> Option<String> {
        let known = match whom {
            // One of a thousand is found without looking at the others.
            Whom::Target(slug) => {
                let place = *self.by_slug.get(slug.as_str())?;
                &self.places[place..=place]
            }
            Whom::All | Whom::Group(_) => &self.places,
        };
        Widget::of(whom, known.iter().map(|place| &place.status), now).map(|widget| json(&widget))
    }

    /// Returns what a browser needs that is to ask this target itself; `None` where there is none.
    pub fn widget_facts(&self, slug: &Slug, self_test: SelfTest) -> Option<String> {
        let place = &self.places[*self.by_slug.get(slug.as_str())?];
        let target = row(&place.target, place.report.as_ref());
        Some(json(&WidgetFacts { status: place.status.clone(), target, self_test }))
    }
}
