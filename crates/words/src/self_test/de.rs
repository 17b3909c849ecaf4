//! German.

mod advice;
mod around;
mod causes;
mod document;
mod lines;
mod sentences;
mod services;
mod states;

use super::times::{Formats, Times, counts};

/// German, with the formats of where it is spoken.
#[derive(Clone, Copy, Debug)]
pub struct De<F>(pub F);

impl<F: Formats> Times for De<F> {
    fn formats(&self) -> &dyn Formats {
        &self.0
    }

    fn milliseconds(&self, number: &str) -> String {
        format!("{number} ms")
    }

    fn seconds(&self, number: &str) -> String {
        format!("{number} s")
    }

    fn minutes(&self, minutes: u32, seconds: u32) -> String {
        counts([(minutes, "Minute", "Minuten"), (seconds, "Sekunde", "Sekunden")])
    }

    fn less_than(&self, length: &str) -> String {
        format!("weniger als {length}")
    }
}
