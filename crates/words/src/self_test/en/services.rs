//! What a service is for this visitor, in English.

use super::En;
use crate::self_test::{
    phrases::{Services, States},
    times::{Formats, Times},
};
use dualwatch_core::{
    judge::verdict::{Edge, Verdict},
    measure::family::Family,
    self_test::{reach::Reach, told::Told, why::Why},
};

impl<F: Formats> Services for En<F> {
    fn reach(&self, reach: Reach) -> String {
        match reach {
            Reach::Both => "You reach it over IPv4 and IPv6.".to_owned(),
            Reach::Over { family, later_ms: Some(ms) } => {
                format!("You reach it over {family}, {} later.", self.elapsed(f64::from(ms)))
            }
            Reach::Over { family, later_ms: None } => format!("You reach it over {family}."),
            Reach::Answers => "You reach it.".to_owned(),
            Reach::Stuck(family) => {
                format!("You do not reach it at its usual name, though it answers you over {family} alone.")
            }
            Reach::No => "You do not reach it.".to_owned(),
            Reach::Checking => "Asking it…".to_owned(),
            Reach::Unknown => String::new(),
        }
    }

    fn verdict(&self, verdict: Verdict, family: Option<Family>) -> String {
        // As the status page has it.
        match family {
            Some(family) => crate::verdict(verdict, family),
            None => crate::verdict_dual_stack(verdict).to_owned(),
        }
    }

    fn suspected(&self, verdict: Verdict, family: Family) -> String {
        crate::suspected(verdict, family)
    }

    fn but_slow(&self, said: &str) -> String {
        [said, ", but slow"].concat()
    }

    fn blocked(&self, why: Why) -> &'static str {
        match why {
            Why::Checking => "asking…",
            Why::Blocker => "blocked in your browser",
            Why::NameBlocked => "blocked in your browser or network",
            why => self.why(why),
        }
    }

    fn found(&self, told: Told, after_ms: Option<u32>, is_hidden: bool) -> String {
        let said = self.told(told, after_ms);
        if is_hidden {
            format!("You: {said}; your browser hides the answer from this page")
        } else {
            format!("You: {said}")
        }
    }

    fn edge(&self, edge: Edge) -> &'static str {
        match edge {
            Edge::Ok => "Edge: reaches it",
            Edge::Failed => "Edge: does not reach it",
            Edge::Blind => "Edge: cannot tell",
            Edge::Late => "Edge: our own watcher is late, so nothing recent is known",
            Edge::Unpublished => "Edge: not offered",
            Edge::Nothing => "Edge: nothing is known",
        }
    }

    fn services(&self, n: usize, n_no: usize, n_partly: usize) -> String {
        let of = |count: usize| if count == n { format!("{n}") } else { format!("{count} of {n}") };
        match (n, n_no, n_partly) {
            (1, 0, 0) => "You reach the service.".to_owned(),
            (1, 0, _) => "You reach the service, but not in every way that it offers.".to_owned(),
            (1, ..) => "You do not reach the service.".to_owned(),
            (_, 0, 0) => format!("You reach all {n} services."),
            (_, 0, partly) => {
                format!("You reach all {n} services, {} not in every way that they offer.", of(partly))
            }
            (_, no, 0) => format!("You do not reach {} services.", of(no)),
            (_, no, partly) => format!("You do not reach {} services; {partly} more not in every way.", of(no)),
        }
    }
}
