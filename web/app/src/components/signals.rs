//! The signals that carry the page's state to what is drawn from it.

use crate::show::{model::PageModel, state::State};
use dualwatch_wire::v1::PageData;
use leptos::prelude::*;

/// The session writes the state; components read what is to be shown of it. One signal and one memo: every further
/// type of either is a copy of the reactive system's code in the browser's module.
#[derive(Clone, Copy)]
pub struct Signals {
    pub state: RwSignal<State>,
    pub model: Memo<PageModel>,
}

impl Signals {
    pub fn new(data: PageData) -> Self {
        let state = RwSignal::new(State::new(data));
        Self { state, model: Memo::new(move |_| state.with(State::model)) }
    }
}
