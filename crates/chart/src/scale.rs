//! A scale of numbers: from where to where an axis reaches, and its ticks.

/// From where to where the axis of a chart reaches.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scale {
    pub from: f64,
    pub to: f64,
    step: f64,
}

impl Scale {
    /// Returns the scale that holds zero and all of these, with about so many steps, each 1, 2 or 5 times a power of ten. What
    /// is no number is left out; where nothing is left, it is a scale all the same.
    pub fn of(values: impl IntoIterator<Item = f64>, n_steps: u32) -> Self {
        let (mut from, mut to) = (0.0_f64, 0.0_f64);
        for value in values.into_iter().filter(|value| value.abs() <= MOST) {
            (from, to) = (from.min(value), to.max(value));
        }
        if to - from < LEAST {
            to = from + 1.0;
        }
        let step = step((to - from) / f64::from(n_steps.max(1)));
        Self { from: (from / step).floor() * step, to: (to / step).ceil() * step, step }
    }

    /// Returns the ticks, the lowest first.
    pub fn ticks(&self) -> Vec<f64> {
        let (first, last) = ((self.from / self.step).round() as i64, (self.to / self.step).round() as i64);
        // A step below one is divided by, so that 3 tenths are 0.3.
        let inverse = (1.0 / self.step).round();
        let at = |i: i64| if self.step < 1.0 { i as f64 / inverse } else { i as f64 * self.step };
        (first..=last).map(at).collect()
    }

    /// Returns how many digits behind the point tell its ticks apart.
    pub fn decimals(&self) -> usize {
        (0..=3).find(|n| self.step * 10_f64.powi(*n) > 0.999).unwrap_or(3).cast_unsigned() as usize
    }

    /// Returns where a value lies, 0 at the low end and 1 at the high one.
    pub fn share(&self, value: f64) -> f64 {
        ((value - self.from) / (self.to - self.from)).clamp(0.0, 1.0)
    }
}

/// Further than this nothing is measured, in either direction.
const MOST: f64 = 1e12;
/// A microsecond, of milliseconds: less cannot be told apart.
const LEAST: f64 = 1e-3;

/// Returns the least of 1, 2, 5, 10.. that is no less.
fn step(least: f64) -> f64 {
    let power = 10_f64.powi(least.log10().floor() as i32);
    // Rounding must not take the next one.
    let nice = [1.0, 2.0, 5.0, 10.0].into_iter().find(|n| n * power >= least * 0.999_999).unwrap_or(10.0);
    nice * power
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(values: &[f64], n_steps: u32, ticks: &[f64], decimals: usize) {
        let scale = Scale::of(values.iter().copied(), n_steps);
        assert_eq!(scale.ticks(), ticks, "{values:?}");
        assert_eq!(scale.decimals(), decimals, "{values:?}");
        for value in values.iter().filter(|value| value.is_finite()) {
            assert!((0.0..=1.0).contains(&scale.share(*value)), "{value}");
        }
    }

    #[test]
    fn ticks_are_round_and_hold_every_value() {
        check(&[12.0, 44.0], 4, &[0.0, 20.0, 40.0, 60.0], 0);
        check(&[480.0], 4, &[0.0, 200.0, 400.0, 600.0], 0);
        check(&[100.0], 4, &[0.0, 50.0, 100.0], 0);
        check(&[0.3], 3, &[0.0, 0.1, 0.2, 0.3], 1);
        check(&[0.07, 0.01], 4, &[0.0, 0.02, 0.04, 0.06, 0.08], 2);
        check(&[-30.0, 12.0], 4, &[-40.0, -20.0, 0.0, 20.0], 0);
        check(&[-0.4, -0.1], 4, &[-0.4, -0.3, -0.2, -0.1, 0.0], 1);
        check(&[12_345.0], 4, &[0.0, 5_000.0, 10_000.0, 15_000.0], 0);
    }

    #[test]
    fn nothing_and_what_is_no_number_give_a_scale() {
        for values in [&[][..], &[0.0], &[f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e300], &[0.0, 1e-9]] {
            check(values, 4, &[0.0, 0.5, 1.0], 1);
        }
    }

    #[test]
    fn a_scale_has_no_more_ticks_than_fit() {
        for exponent in -2..9 {
            for digit in 1..100 {
                let top = f64::from(digit) * 10_f64.powi(exponent);
                let ticks = Scale::of([top], 4).ticks();
                assert!(
                    (3..=5).contains(&ticks.len()) && *ticks.last().unwrap() >= top * 0.999_999,
                    "{top}: {ticks:?}"
                );
            }
        }
    }
}
