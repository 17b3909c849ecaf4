//! How long it was: time down, time of trouble, and the span from the first beginning to the last end, each by its name.

use crate::{duration_with_error, state};
use dualwatch_core::respond::incident::lasted::Lasted;

/// Returns what was wrong and for how long, such as "down over IPv6 for 12 minutes ± 30 seconds" or "down over IPv6
/// 2 times, for 1 minute 20 seconds ± 10 seconds in all, within 2 minutes ± 5 seconds". `over` begins with a space where
/// it says something.
pub fn lasted(lasted: &Lasted, over: &str) -> String {
    let Lasted { down, troubled, span, turns } = lasted;
    let was_unstable = down.is_none_or(|down| down != *troubled);
    let what = match (down, was_unstable) {
        (Some(_), false) => state::DOWN.to_owned(),
        (None, _) => state::UNSTABLE.to_owned(),
        (Some(_), true) => format!("{} or {}", state::DOWN, state::UNSTABLE),
    };
    let of_it = match down.filter(|_| was_unstable) {
        Some(down) => format!(", {} for {} of it", state::DOWN, duration_with_error(down)),
        None => String::new(),
    };
    let in_trouble = duration_with_error(*troubled);
    if *turns > 1 {
        let within = duration_with_error(*span);
        format!("{what}{over} {turns} times, for {in_trouble} in all, within {within}{of_it}")
    } else {
        format!("{what}{over} for {in_trouble}{of_it}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use dualwatch_core::{measure::time::SECOND, respond::incident::outline::DurationMs};

    fn check(down: Option<(i64, i64)>, troubled: (i64, i64), turns: u32, expected: &str) {
        let seconds = |(min, max): (i64, i64)| DurationMs { min: min * SECOND, max: Some(max * SECOND) };
        let span = seconds((150, 160));
        let it = Lasted { down: down.map(seconds), troubled: seconds(troubled), span, turns };
        assert_eq!(lasted(&it, " over IPv6"), expected);
    }

    #[test]
    fn three_numbers_have_three_names() {
        check(Some((75, 85)), (75, 85), 1, "down over IPv6 for 1 minute 20 seconds ± 5 seconds");
        check(
            Some((70, 90)),
            (70, 90),
            2,
            "down over IPv6 2 times, for 1 minute 20 seconds ± 10 seconds in all, within 2 minutes 35 seconds ± 5 seconds",
        );
        check(None, (75, 85), 1, "unstable over IPv6 for 1 minute 20 seconds ± 5 seconds");
        check(
            Some((20, 30)),
            (75, 85),
            1,
            "down or unstable over IPv6 for 1 minute 20 seconds ± 5 seconds, down for 25 seconds ± 5 seconds of it",
        );
    }
}
