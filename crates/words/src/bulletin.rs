//! What readers of feeds and of Statuspage's API are told, in every language: the words of `dualwatch_wire::phrases`.

mod de;
mod en;
mod zh_hans;

use dualwatch_core::measure::{
    cause::Cause,
    family::{Family, PerFamily},
    time::{DAY, HOUR, MINUTE, SECOND},
};
use dualwatch_wire::{answer::language::Language, phrases::Phrases};

/// Returns the words of a language.
///
/// ```
/// use dualwatch_core::measure::family::{Family, PerFamily};
/// use dualwatch_wire::{answer::language::Language, phrases::Headline};
/// use dualwatch_words::bulletin::phrases;
///
/// let down = Headline::Down(PerFamily { ipv4: false, ipv6: true });
/// assert_eq!(phrases(Language::En).headline("Shop", down), "Shop is down over IPv6");
/// assert_eq!(phrases(Language::De).component("Shop", Some(Family::Ipv6)), "Shop über IPv6");
/// ```
pub fn phrases(language: Language) -> &'static dyn Phrases {
    match language {
        Language::En => &en::En,
        Language::ZhHans => &zh_hans::ZhHans,
        Language::De => &de::De,
    }
}

/// Returns the families that are meant, joined.
fn joined(families: PerFamily<bool>, and: &str) -> String {
    let meant: Vec<String> = families.iter().filter(|(_, is)| **is).map(|(family, _)| family.to_string()).collect();
    meant.join(and)
}

/// Returns the causes, each with its family where several are told.
fn causes(language: Language, told: &[(Family, Cause)], pair: &str, and: &str) -> Option<String> {
    let words = crate::self_test::words(language);
    let said = |(family, cause): &(Family, Cause)| {
        let cause = words.cause(*cause);
        if told.len() == 1 { cause.to_owned() } else { format!("{family}{pair}{cause}") }
    };
    (!told.is_empty()).then(|| told.iter().map(said).collect::<Vec<_>>().join(and))
}

/// Returns a length of time in its two largest units, with the signs that are given for days, hours, minutes and seconds.
fn length(ms: i64, units: [&str; 4]) -> String {
    let seconds = (ms.max(0) + SECOND / 2) / SECOND * SECOND;
    let counts = [seconds / DAY, seconds % DAY / HOUR, seconds % HOUR / MINUTE, seconds % MINUTE / SECOND];
    let first = counts.iter().position(|n| *n > 0).unwrap_or(counts.len() - 1);
    let parts = counts.iter().zip(units).skip(first).take(2).enumerate().filter(|(i, (n, _))| *i == 0 || **n > 0);
    parts.map(|(_, (n, unit))| format!("{n} {unit}")).collect::<Vec<_>>().join(" ")
}

/// Returns how long something lasted, with its error bar: the shortest and the longest that fit, where they differ.
fn lasted((min, max): (i64, i64), units: [&str; 4]) -> String {
    let (min, max) = (length(min, units), length(max, units));
    if min == max { min } else { format!("{min} – {max}") }
}

#[cfg(test)]
mod tests;
