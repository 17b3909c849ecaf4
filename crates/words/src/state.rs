//! The words of a target's health in one family.

use dualwatch_core::{judge::health::Health, respond::incident::Rate};

pub const UNKNOWN: &str = "not known";
pub const UP: &str = "up";
/// Failed, not yet often enough to say so.
pub const SUSPECT: &str = "failing, not yet confirmed";
pub const DOWN: &str = "down";
/// Answering again, not yet often enough to say so.
pub const RECOVERING: &str = "answering again, not yet confirmed";

/// It fails again and again, never often enough in a row to be down.
pub const UNSTABLE: &str = "unstable";

/// Returns how much failed, such as "29 of 60 rounds".
pub fn rate(Rate { failed, of }: Rate) -> String {
    format!("{failed} of {}", rounds(of))
}

/// Returns so many rounds: "1 round", "60 rounds".
pub fn rounds(n: u32) -> String {
    format!("{n} {}", if n == 1 { "round" } else { "rounds" })
}

/// Returns how often something came and went: "came and went 3 times"; of what `lasts` it has not gone yet: "came 3 times
/// and went 2 times".
pub fn turns(n: u32, lasts: bool) -> String {
    let times = |n: u32| if n == 1 { "once".to_owned() } else { format!("{n} times") };
    if lasts && n > 1 {
        format!("came {} and went {}", times(n), times(n - 1))
    } else {
        format!("came and went {}", times(n))
    }
}

/// Returns the words of a health.
pub const fn health(health: &Health) -> &'static str {
    match health {
        Health::Unknown { .. } => UNKNOWN,
        Health::Up { .. } => UP,
        Health::Suspect { .. } => SUSPECT,
        Health::Down { .. } => DOWN,
        Health::Recovering { .. } => RECOVERING,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use dualwatch_core::measure::time::Timestamp;

    #[test]
    fn what_lasts_has_come_once_more_than_it_went() {
        assert_eq!(turns(3, false), "came and went 3 times");
        assert_eq!(turns(3, true), "came 3 times and went 2 times");
        assert_eq!(turns(2, true), "came 2 times and went once");
    }

    #[test]
    fn unknown_is_never_up() {
        assert_eq!(health(&Health::default()), "not known");
        assert_eq!(health(&Health::Down { since: Timestamp::from_unix_ms(0) }), "down");
    }
}
