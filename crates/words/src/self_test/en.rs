//! English.

mod advice;
mod around;
mod causes;
mod document;
mod lines;
mod sentences;
mod services;
mod states;

use super::times::{Formats, Times, counts};

/// English, with the formats of where it is spoken.
#[derive(Clone, Copy, Debug)]
pub struct En<F>(pub F);

impl<F: Formats> Times for En<F> {
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
        counts([(minutes, "minute", "minutes"), (seconds, "second", "seconds")])
    }

    fn less_than(&self, length: &str) -> String {
        format!("less than {length}")
    }
}
