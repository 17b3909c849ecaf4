//! What people meet where something fails, in words.

use dualwatch_core::judge::meets::Meets;

/// Returns what somebody gets, as what comes after "gets": "an error page", "silence, until it gives up".
pub const fn meets(meets: Meets) -> &'static str {
    match meets {
        Meets::NoAddress => "no address for the name",
        Meets::NoConnection => "no connection",
        Meets::Silence => "no answer",
        Meets::CertificateWarning => "a certificate warning",
        Meets::NoSecureConnection => "no secure connection",
        Meets::ErrorPage => "an error page",
        Meets::OtherAnswer => "another answer than expected",
        Meets::EndlessRedirect => "redirects without end",
        Meets::BrokenAnswer => "an answer that breaks off or cannot be read",
        Meets::Unknown => "nothing that serves it",
    }
}

/// Returns what somebody got who met these, the most frequent first.
pub(crate) fn all(met: &[Meets]) -> String {
    let words: Vec<&str> = met.iter().map(|one| meets(*one)).collect();
    match words[..] {
        [] => meets(Meets::Unknown).to_owned(),
        [only] => only.to_owned(),
        [ref most @ .., last] => format!("{} or {last}", most.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use dualwatch_core::measure::cause::Cause;

    #[test]
    fn no_answer_is_said_of_silence_alone() {
        for cause in Cause::ALL.iter().filter(|cause| cause.counts_against_target()) {
            let met = Meets::of(*cause, None);
            assert_eq!(meets(met).contains("no answer"), met == Meets::Silence, "{cause}");
        }
        assert_eq!(all(&[Meets::ErrorPage, Meets::Silence]), "an error page or no answer");
    }
}
