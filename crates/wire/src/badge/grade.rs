//! Numbers on a badge: how good a share, or how near the end of a certificate is.

use super::Tone;
use dualwatch_core::measure::time::{DAY, Timestamp};

/// Returns the tone of a share, 0 to 1, in which something was up; each bound belongs to the better one. `None`: nothing
/// was observed.
///
/// Upptime's badges stay green down to 95 %, which is a day and a half of outage a month; these are the shares that
/// objectives are made of.
pub fn of_uptime(share: Option<f64>) -> Tone {
    match share {
        None => Tone::Unknown,
        Some(share) if share >= 0.999 => Tone::Good,
        Some(share) if share >= 0.99 => Tone::Slow,
        Some(share) if share >= 0.95 => Tone::Partial,
        Some(_) => Tone::Bad,
    }
}

/// Returns the whole days until a certificate ends, rounded down: 0 on its last day, below 0 where it has ended.
pub fn days_left(not_after: Timestamp, now: Timestamp) -> i64 {
    not_after.ms_since(now).div_euclid(DAY)
}

/// Returns the tone of a certificate that ends in so many days. Renewal is usual a month before the end; a week is what a
/// person needs who has to do it by hand.
pub const fn of_certificate(days: i64) -> Tone {
    match days {
        ..0 => Tone::Bad,
        0..7 => Tone::Partial,
        7..21 => Tone::Slow,
        21.. => Tone::Good,
    }
}

/// Returns the mean of what is there; `None` where nothing is.
pub fn mean(values: impl IntoIterator<Item = f64>) -> Option<f64> {
    let (n, sum) = values.into_iter().fold((0_u32, 0.0), |(n, sum), value| (n + 1, sum + value));
    (n > 0).then(|| sum / f64::from(n))
}

/// Returns the value in the middle; of an even number of them the lower one. `None` where there are none.
pub fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    values.get(values.len().checked_sub(1)? / 2).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grades() {
        for (share, tone) in [
            (None, Tone::Unknown),
            (Some(1.0), Tone::Good),
            (Some(0.999), Tone::Good),
            (Some(0.998_999), Tone::Slow),
            (Some(0.99), Tone::Slow),
            (Some(0.95), Tone::Partial),
            (Some(0.949), Tone::Bad),
            (Some(0.0), Tone::Bad),
        ] {
            assert_eq!(of_uptime(share), tone, "{share:?}");
        }
        let now = Timestamp::from_unix_ms(1_795_428_711_000);
        for (ms, days, tone) in [
            (-1, -1, Tone::Bad),
            (0, 0, Tone::Partial),
            (DAY - 1, 0, Tone::Partial),
            (7 * DAY, 7, Tone::Slow),
            (21 * DAY - 1, 20, Tone::Slow),
            (21 * DAY, 21, Tone::Good),
        ] {
            let left = days_left(now + ms, now);
            assert_eq!((left, of_certificate(left)), (days, tone), "{ms}");
        }
        assert_eq!((mean([]), mean([1.0, 0.5])), (None, Some(0.75)));
        assert_eq!((median(vec![]), median(vec![9.0, 1.0, 5.0, 2.0])), (None, Some(2.0)));
    }
}
