//! The causes that the edge finds, in English: as all other pages have them.

use super::En;
use crate::self_test::phrases::Causes;
use dualwatch_core::measure::cause::Cause;

impl<F> Causes for En<F> {
    fn cause(&self, cause: Cause) -> &'static str {
        crate::cause(cause)
    }
}
