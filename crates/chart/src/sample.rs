//! Samples for a legend: what a line and a state look like.

use crate::lane::{self, State};
use std::fmt::Write as _;

/// Returns a sample of a line.
pub fn line(code: &str) -> String {
    format!("<svg width=\"28\" height=\"10\" aria-hidden=\"true\"><path class=\"line {code}\" d=\"M1 5h26\"/></svg>")
}

/// Returns a sample of a state, as it is in a lane.
pub fn state(state: State) -> String {
    let (y, height) = state.shape();
    let mut svg = format!("<svg width=\"12\" height=\"{}\" aria-hidden=\"true\">", lane::HEIGHT);
    // A text takes everything.
    _ = write!(svg, "<path class=\"{}\" d=\"M0 {y}h12v{height}h-12z\"/></svg>", state.code());
    svg
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_state_has_a_shape_of_its_own() {
        let drawn = State::ALL.map(state);
        let shape = |svg: &String| svg.split(" d=\"").nth(1).unwrap().to_owned();
        for (i, svg) in drawn.iter().enumerate() {
            assert!(drawn[..i].iter().all(|other| shape(other) != shape(svg)), "{svg}");
        }
        assert!(line("ipv6").contains("class=\"line ipv6\""));
    }
}
