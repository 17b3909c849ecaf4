//! Numbers of YAML as js-yaml 4.3 tells them from texts, and as JavaScript reads and writes them.

/// Whether a scalar is a whole number: decimal, also with zeros before it, or `0b`, `0o`, `0x` with digits.
pub(crate) fn is_int(text: &str) -> bool {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let based = digits.strip_prefix('0').and_then(|rest| Some((radix(rest.chars().next()?)?, &rest[1..])));
    match based {
        Some((radix, digits)) => {
            !digits.is_empty() && digits.chars().all(|c| c.is_digit(radix)) && value(text).is_finite()
        }
        None => !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()) && value(text).is_finite(),
    }
}

const fn radix(letter: char) -> Option<u32> {
    match letter {
        'b' => Some(2),
        'o' => Some(8),
        'x' => Some(16),
        _ => None,
    }
}

/// Whether a scalar is a number with a fraction or an exponent, infinite, or none (`.nan`); one that is too large to be
/// finite is text.
pub(crate) fn is_float(text: &str) -> bool {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    if matches!(unsigned, ".inf" | ".Inf" | ".INF") || matches!(text, ".nan" | ".NaN" | ".NAN") {
        return true;
    }
    let (mantissa, exponent) = unsigned.split_once(['e', 'E']).map_or((unsigned, None), |(m, e)| (m, Some(e)));
    let is_digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    let has_mantissa = match mantissa.split_once('.') {
        // `.5` takes no sign.
        Some(("", fraction)) => unsigned.len() == text.len() && !fraction.is_empty() && is_digits(fraction),
        Some((whole, fraction)) => is_digits(whole) && is_digits(fraction),
        None => !mantissa.is_empty() && is_digits(mantissa),
    };
    let has_exponent = exponent.is_none_or(|exponent| {
        let digits = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
        !digits.is_empty() && is_digits(digits)
    });
    has_mantissa && has_exponent && value(text).is_finite()
}

/// Returns the value of such a scalar.
pub(crate) fn value(text: &str) -> f64 {
    let (sign, unsigned) = match text.strip_prefix('-') {
        Some(rest) => (-1.0, rest),
        None => (1.0, text.strip_prefix('+').unwrap_or(text)),
    };
    let based = unsigned.strip_prefix('0').and_then(|rest| Some((radix(rest.chars().next()?)?, &rest[1..])));
    let magnitude = match (based, unsigned) {
        (Some((radix, digits)), _) => {
            digits.chars().fold(0.0, |sum, c| sum * f64::from(radix) + f64::from(c.to_digit(radix).unwrap_or(0)))
        }
        (None, ".inf" | ".Inf" | ".INF") => f64::INFINITY,
        (None, text) => text.parse().unwrap_or(f64::NAN),
    };
    sign * magnitude
}

/// Returns a number as JavaScript writes it: `1e+21`, but `0.000001`.
pub(crate) fn shown(number: f64) -> String {
    let magnitude = number.abs();
    if number.is_nan() {
        "NaN".to_owned()
    } else if number.is_infinite() {
        if number > 0.0 { "Infinity".to_owned() } else { "-Infinity".to_owned() }
    } else if number == 0.0 {
        "0".to_owned()
    } else if !(1e-6..1e21).contains(&magnitude) {
        let text = format!("{number:e}");
        text.split_once('e').map_or_else(
            || text.clone(),
            |(mantissa, exponent)| {
                let sign = if exponent.starts_with('-') { "" } else { "+" };
                format!("{mantissa}e{sign}{exponent}")
            },
        )
    } else {
        number.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_told_from_texts() {
        for text in ["0", "-0", "017", "08", "+1", "0o17", "0x1F", "0b11", "-0x1f", "99999999999999999999"] {
            assert!(is_int(text), "{text}");
        }
        for text in ["", "-", "0x", "0o8", "1_000", "1.0", "1e3", "0b2", "190:20:30", " 1", "0B1"] {
            assert!(!is_int(text), "{text}");
        }
        for text in ["1.", "1.5", ".5", "1e3", "1E-3", "-1.5e+3", ".inf", "-.INF", "+.Inf", ".NaN", "5"] {
            assert!(is_float(text), "{text}");
        }
        for text in ["", ".", "-.5", "1e", "12e4567", "1e999", "e3", "inf", "nan", ".iNf", "1.5.2", "-.nan", "1_0.5"] {
            assert!(!is_float(text), "{text}");
        }
    }

    #[test]
    fn values_are_those_of_javascript() {
        for (text, written) in [
            ("017", "17"),
            ("-0x1F", "-31"),
            ("0b101", "5"),
            ("0o17", "15"),
            ("1.50", "1.5"),
            ("1e21", "1e+21"),
            ("1.5e-7", "1.5e-7"),
            ("0.000001", "0.000001"),
            ("123456789012345680000", "123456789012345680000"),
            ("-0", "0"),
            (".inf", "Infinity"),
            (".nan", "NaN"),
        ] {
            assert_eq!(shown(value(text)), written, "{text}");
        }
    }
}
