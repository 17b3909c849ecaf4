//! What is not as it should be with a service that is reached.

use dualwatch_core::measure::sample::Warning;

/// Returns what it is, as a fragment; `coding` is the one that a body came in, where that was not read.
pub fn warning(warning: &Warning, coding: Option<&str>) -> String {
    match warning {
        Warning::CertificateExpires { days_left, expected_days, made_for_days } => {
            let expires = match days_left {
                0 => "its certificate expires within a day".to_owned(),
                1 => "its certificate expires in 1 day".to_owned(),
                n => format!("its certificate expires in {n} days"),
            };
            let never = made_for_days.map_or_else(String::new, |made_for| {
                let days = if made_for == 1 { "day" } else { "days" };
                format!(" (it was made for {made_for} {days}: {expected_days} are never left)")
            });
            expires + &never
        }
        Warning::BodyUnread => {
            let coding = coding.unwrap_or("a content coding");
            format!("what is expected of its body is not known: it came in {coding}, which is not read here")
        }
        Warning::CertificateDisputed { why } => crate::handshake::disputed(*why),
        Warning::AddressesFail { failing, of, mute } => match (failing, mute) {
            (1, true) => format!("1 of its {of} addresses does not answer"),
            (1, false) => format!("1 of its {of} addresses fails"),
            (n, true) => format!("{n} of its {of} addresses do not answer"),
            (n, false) => format!("{n} of its {of} addresses fail"),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_never_be_otherwise_is_said() {
        let expires = |days_left, made_for_days| {
            warning(&Warning::CertificateExpires { days_left, expected_days: 14, made_for_days }, None)
        };
        assert_eq!(expires(0, None), "its certificate expires within a day");
        assert_eq!(expires(1, Some(1)), "its certificate expires in 1 day (it was made for 1 day: 14 are never left)");
        assert_eq!(
            expires(5, Some(6)),
            "its certificate expires in 5 days (it was made for 6 days: 14 are never left)"
        );
        let fail = |failing, mute| warning(&Warning::AddressesFail { failing, of: 3, mute }, None);
        assert_eq!(fail(1, true), "1 of its 3 addresses does not answer");
        assert_eq!(fail(2, false), "2 of its 3 addresses fail");
        assert!(warning(&Warning::BodyUnread, Some("br")).contains("it came in br"));
    }
}
