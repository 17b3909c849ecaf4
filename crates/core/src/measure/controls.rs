//! Which controls are worth asking: one that is silent while others answer is noticed, dropped, and asked again later.

use crate::measure::time::{HOUR, Timestamp};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, net::SocketAddr};

/// After so many failures in a row, each while another control of its family answered, a control is dropped.
pub const DROPPED_AFTER: u32 = 3;
/// A dropped control is asked again so often.
pub const ASKED_AGAIN_MS: i64 = HOUR;

/// The memory of a vantage for its controls, kept across rounds. Holds only those that last failed alone.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Controls {
    silent: BTreeMap<SocketAddr, Silence>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Silence {
    since: Timestamp,
    failures: u32,
    asked_at: Timestamp,
}

/// A control that does not answer though others of its family do: a finding about the control, not about the vantage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SilentControl {
    pub control: SocketAddr,
    /// When the first of its failures in a row was.
    pub since: Timestamp,
    /// Whether it is left out of the rounds.
    pub is_dropped: bool,
}

/// Whom to ask in a round.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Order {
    /// One after the other until one answers; dropped ones last, because without them silence would not be that of all.
    pub staged: Vec<SocketAddr>,
    /// A dropped one that is due to be asked again, whatever the others say.
    pub again: Option<SocketAddr>,
}

impl Silence {
    const fn is_dropped(&self) -> bool {
        self.failures >= DROPPED_AFTER
    }
}

impl Controls {
    /// Returns whom to ask of the controls of one family; `turn` decides who comes first.
    pub fn order(&self, controls: &[SocketAddr], turn: usize, now: Timestamp) -> Order {
        let dropped = |control: &SocketAddr| self.silent.get(control).filter(|silence| silence.is_dropped());
        let (last, mut staged): (Vec<_>, Vec<_>) = controls.iter().copied().partition(|c| dropped(c).is_some());
        if !staged.is_empty() {
            let first = turn % staged.len();
            staged.rotate_left(first);
        }
        let is_due = |c: &&SocketAddr| dropped(c).is_some_and(|s| now.ms_since(s.asked_at) >= ASKED_AGAIN_MS);
        // Where all are dropped, all are asked anyway.
        let again = last.iter().find(is_due).copied().filter(|_| !staged.is_empty());
        staged.extend(last.into_iter().filter(|c| Some(*c) != again));
        Order { staged, again }
    }

    /// Takes what came of asking controls of one family in a round: whether each answered.
    ///
    /// Where none answered, that is the vantage's fault or nobody's, and says nothing of a control.
    pub fn absorb(&mut self, asked: &[(SocketAddr, bool)], now: Timestamp) {
        if !asked.iter().any(|(_, answered)| *answered) {
            return;
        }
        for (control, answered) in asked {
            if *answered {
                self.silent.remove(control);
            } else {
                let silence = self.silent.entry(*control).or_insert(Silence { since: now, failures: 0, asked_at: now });
                silence.failures = silence.failures.saturating_add(1);
                silence.asked_at = now;
            }
        }
    }

    /// Forgets controls that are not configured any more.
    pub fn keep(&mut self, is_configured: impl Fn(&SocketAddr) -> bool) {
        self.silent.retain(|control, _| is_configured(control));
    }

    /// Returns the controls that failed alone at least twice: once may be a lost packet.
    pub fn findings(&self) -> Vec<SilentControl> {
        let lasting = self.silent.iter().filter(|(_, silence)| silence.failures > 1);
        lasting
            .map(|(control, s)| SilentControl { control: *control, since: s.since, is_dropped: s.is_dropped() })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::time::MINUTE;

    fn control(n: u8) -> SocketAddr {
        SocketAddr::from(([192, 0, 2, n], 443))
    }

    fn at(ms: i64) -> Timestamp {
        Timestamp::from_unix_ms(ms)
    }

    /// Feeds rounds a minute apart; each names who answered (`1`) and who did not (`!1`). Returns the findings at the end
    /// as `control`, `since` in minutes and `dropped`.
    fn check(rounds: &[&str], findings: &[(u8, i64, bool)]) -> Controls {
        let mut controls = Controls::default();
        for (i, round) in (0..).zip(rounds) {
            let asked: Vec<_> = round
                .split(' ')
                .map(|word| (control(word.trim_start_matches('!').parse().unwrap()), !word.starts_with('!')))
                .collect();
            controls.absorb(&asked, at(i * MINUTE));
        }
        let seen: Vec<_> = controls.findings();
        let expected: Vec<_> = (findings.iter())
            .map(|(n, since, is_dropped)| SilentControl {
                control: control(*n),
                since: at(since * MINUTE),
                is_dropped: *is_dropped,
            })
            .collect();
        assert_eq!(seen, expected, "{rounds:?}");
        controls
    }

    #[test]
    fn a_control_that_dies_alone_is_noticed_then_dropped_and_returns_when_it_answers() {
        check(&["!1 2"], &[]);
        check(&["!1 2", "2", "!1 2"], &[(1, 0, false)]);
        check(&["!1 2", "!1 2", "!1 3"], &[(1, 0, true)]);
        check(&["!1 2", "!1 2", "!1 2", "1"], &[]);
        check(&["!1 2", "!1 2", "1", "!1 2"], &[]);
    }

    #[test]
    fn nobody_is_dropped_where_all_are_silent() {
        check(&["!1 !2", "!1 !2", "!1 !2", "!1 !2"], &[]);
        check(&["!1 2", "!1 !2", "!1 !2", "!1 2"], &[(1, 0, false)]);
    }

    #[test]
    fn a_dropped_control_is_asked_last_and_again_after_an_hour() {
        let all = [control(1), control(2), control(3)];
        let fresh = Controls::default().order(&all, 1, at(0));
        assert_eq!((fresh.staged, fresh.again), (vec![control(2), control(3), control(1)], None));

        let controls = check(&["!1 2", "!1 2", "!1 2"], &[(1, 0, true)]);
        let soon = controls.order(&all, 0, at(3 * MINUTE));
        assert_eq!((soon.staged, soon.again), (vec![control(2), control(3), control(1)], None));
        let later = controls.order(&all, 0, at(2 * MINUTE + ASKED_AGAIN_MS));
        assert_eq!((later.staged, later.again), (vec![control(2), control(3)], Some(control(1))));
        let alone = controls.order(&all[..1], 0, at(2 * MINUTE + ASKED_AGAIN_MS));
        assert_eq!((alone.staged, alone.again), (vec![control(1)], None));
    }

    #[test]
    fn what_is_not_configured_any_more_is_forgotten() {
        let mut controls = check(&["!1 2", "!1 2", "!1 2"], &[(1, 0, true)]);
        controls.keep(|c| *c != control(1));
        assert_eq!(controls, Controls::default());
    }
}
