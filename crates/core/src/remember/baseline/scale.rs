//! The scale on which latencies are compared: octaves, as whole numbers, the same on every machine.
//!
//! A latency is stored as the upper bits of the `f32` of one more than its milliseconds. That is a logarithm to base 2
//! which is straight between powers of two (at most 0.09 octaves off), and it needs no mathematics library: those of a
//! native program and of WebAssembly differ in the last bit, and then the same rounds could give other findings. The
//! added millisecond takes the weight from differences below it, which are the vantage's own.

/// Units per octave.
pub const OCTAVE: i32 = 1 << 20;
/// Longer times are this long: 12 days.
const MAX_MS: f64 = (1 << 30) as f64;
const BITS_OF_ONE: u32 = 1.0_f32.to_bits();

/// Returns a time in milliseconds on the scale. What is no time (negative, not a number) is 0.
pub fn from_ms(ms: f64) -> i32 {
    let ms = if ms > 0.0 { ms.min(MAX_MS) } else { 0.0 };
    ((1.0 + ms as f32).to_bits() - BITS_OF_ONE).cast_signed() >> 3
}

/// Returns the milliseconds of a value on the scale.
pub fn to_ms(units: i32) -> f64 {
    let bits = units.clamp(0, 31 * OCTAVE).cast_unsigned() << 3;
    f64::from(f32::from_bits(BITS_OF_ONE + bits) - 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back() {
        for ms in [0.0, 0.05, 0.2, 1.0, 2.3, 41.0, 182.0, 999.5, 60_000.0, 3.6e6] {
            let back = to_ms(from_ms(ms));
            assert!((back - ms).abs() <= 2e-6 * (1.0 + ms), "{ms} came back as {back}");
        }
        assert_eq!((from_ms(-1.0), from_ms(f64::NAN), from_ms(0.0)), (0, 0, 0));
        assert_eq!(from_ms(f64::INFINITY), from_ms(1e12));
    }

    #[test]
    fn twice_as_long_is_one_octave_more() {
        for ms in [1.0, 7.0, 100.0, 3_000.0] {
            assert!((from_ms(2.0 * ms + 1.0) - from_ms(ms) - OCTAVE).abs() <= 1, "{ms}");
        }
        let mut last = -1;
        for i in 0..100_000 {
            let units = from_ms(f64::from(i) * 0.1);
            assert!(units > last, "the scale is strictly monotone");
            last = units;
        }
    }
}
