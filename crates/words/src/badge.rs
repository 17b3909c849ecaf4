//! The words on badges, in every language.

mod de;
mod en;
mod zh_hans;

use dualwatch_core::{
    measure::family::Family,
    remember::{availability::Period, spell::Track},
};
use dualwatch_wire::{
    answer::language::Language,
    badge::{
        Badge,
        condition::{Condition, Of, Whole},
        said::Said,
    },
    door::badge::About,
};

/// The phrases of badges: a method for each, which every language has, or it does not compile.
pub trait Phrases {
    /// Returns how something stands, in a word or two.
    fn condition(&self, condition: Condition) -> &'static str;

    /// Returns what is said of one family, where the other one stands better.
    fn part(&self, family: Family, said: &str) -> String;

    /// Returns what is said of the only family that there is.
    fn only(&self, family: Family, said: &str) -> String;

    /// Returns what is said of all services.
    fn all(&self, of: Of) -> String;

    /// Returns what a badge of all services is called.
    fn services(&self) -> &'static str;

    /// Returns what a badge is called that is about a track.
    fn track(&self, track: Track) -> &'static str;

    /// Returns what a badge is called that is about the uptime of a window.
    fn uptime(&self, period: Period) -> String;

    fn latency(&self) -> &'static str;

    fn certificate(&self) -> &'static str;

    /// Returns a share in percent, as [`crate::percent`] writes it but for the signs of the language.
    fn share(&self, percent: &str) -> String;

    fn not_observed(&self) -> &'static str;

    /// Returns when a certificate ends: in so many whole days, 0 or more.
    fn ends(&self, days: i64) -> String;

    fn ended(&self) -> &'static str;

    fn no_certificate(&self) -> &'static str;

    fn no_service(&self) -> &'static str;

    fn no_group(&self) -> &'static str;

    fn no_badge(&self) -> &'static str;

    fn unavailable(&self) -> &'static str;
}

fn phrases(language: Language) -> &'static dyn Phrases {
    match language {
        Language::En => &en::En,
        Language::ZhHans => &zh_hans::ZhHans,
        Language::De => &de::De,
    }
}

/// Returns a badge. `name`: of the target or the group; `None`: it is about all services.
pub fn badge(name: Option<&str>, about: About, track: Option<Track>, said: Said, language: Language) -> Badge {
    let words = phrases(language);
    let mut label = name.unwrap_or_else(|| words.services()).to_owned();
    let about = match about {
        About::Status => String::new(),
        About::Uptime(period) => words.uptime(period),
        About::Latency => words.latency().to_owned(),
        About::Certificate => words.certificate().to_owned(),
    };
    for part in [track.map_or("", |track| words.track(track)), &about] {
        if !part.is_empty() {
            label.push(' ');
            label += part;
        }
    }
    Badge::new(&label, &message(said, words), said.tone())
}

fn message(said: Said, words: &dyn Phrases) -> String {
    match said {
        Said::Whole(Whole::Both(condition)) | Said::One(condition) => words.condition(condition).to_owned(),
        Said::Whole(Whole::Only(family, condition)) => words.only(family, words.condition(condition)),
        Said::Whole(Whole::Part(family, condition, _)) => words.part(family, words.condition(condition)),
        Said::All(of) => words.all(of),
        Said::Share(Some(share)) => words.share(&crate::percent(share)),
        Said::Share(None) => words.not_observed().to_owned(),
        Said::Took(ms, _) => format!("{} ms", (ms.max(0.0).round() as u64).max(1)),
        Said::Ends(days) if days < 0 => words.ended().to_owned(),
        Said::Ends(days) => words.ends(days),
        Said::NoCertificate => words.no_certificate().to_owned(),
        Said::NotKnown => words.condition(Condition::Unknown).to_owned(),
        Said::NoService => words.no_service().to_owned(),
        Said::NoGroup => words.no_group().to_owned(),
        Said::NoBadge => words.no_badge().to_owned(),
        Said::Unavailable => words.unavailable().to_owned(),
    }
}

/// Returns a badge that says why there is none.
pub fn missing(said: Said, language: Language) -> Badge {
    Badge::new("Dualwatch", &message(said, phrases(language)), said.tone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use dualwatch_wire::badge::Tone;

    #[test]
    fn what_is_written_on_it() {
        let on = |name, about, track, said, language| {
            let Badge { label, message, .. } = badge(name, about, track, said, language);
            format!("{label} | {message}")
        };
        let shop = Some("Shop");
        let part = Said::Whole(Whole::Part(Family::Ipv6, Condition::Down, Tone::Partial));
        let only = Said::Whole(Whole::Only(Family::Ipv4, Condition::Up));
        for (language, expected) in [
            (
                Language::En,
                [
                    "Shop | IPv6 down",
                    "Shop | up (IPv4 only)",
                    "Shop IPv6 uptime 30d | 99.98 %",
                    "Shop latency | 44 ms",
                    "Shop certificate | ends in 1 day",
                    "services | 1 of 3 with trouble",
                    "Shop | not known",
                ],
            ),
            (
                Language::De,
                [
                    "Shop | IPv6 ausgefallen",
                    "Shop | erreichbar (nur IPv4)",
                    "Shop IPv6 Verfügbarkeit 30 T | 99,98 %",
                    "Shop Antwortzeit | 44 ms",
                    "Shop Zertifikat | noch 1 Tag",
                    "Dienste | 1 von 3 mit Störung",
                    "Shop | nicht bekannt",
                ],
            ),
            (
                Language::ZhHans,
                [
                    "Shop | IPv6 中断",
                    "Shop | 正常（仅 IPv4）",
                    "Shop IPv6 可用率 30天 | 99.98%",
                    "Shop 响应时间 | 44 ms",
                    "Shop 证书 | 剩余 1 天",
                    "服务 | 3 个中有 1 个异常",
                    "Shop | 未知",
                ],
            ),
        ] {
            let got = [
                on(shop, About::Status, None, part, language),
                on(shop, About::Status, None, only, language),
                on(shop, About::Uptime(Period::Days30), Some(Track::Ipv6), Said::Share(Some(0.9998)), language),
                on(shop, About::Latency, None, Said::Took(43.6, Tone::Good), language),
                on(shop, About::Certificate, None, Said::Ends(1), language),
                on(None, About::Status, None, Said::All(Of::Trouble(1, 3)), language),
                on(shop, About::Status, None, Said::Whole(Whole::Both(Condition::Unknown)), language),
            ];
            assert_eq!(got, expected, "{language:?}");
        }
    }

    /// A word that says more than is known would be worse than a colour.
    #[test]
    fn what_is_late_or_unknown_says_so_in_every_language() {
        for language in Language::ALL {
            let words = phrases(language);
            let all = Condition::ALL.map(|condition| words.condition(condition));
            for (i, word) in all.iter().enumerate() {
                assert!(!all[..i].contains(word), "{word} is said of two conditions");
            }
            let late = badge(Some("Shop"), About::Latency, None, Said::One(Condition::Late), language);
            assert_eq!((late.tone, &*late.message), (Tone::Unknown, words.condition(Condition::Late)));
        }
    }
}
