//! The parts of an address, and what its query says.

use super::{Chosen, Refusal, page::USUAL_RANGE};
use crate::{answer::language::Language, time};
use dualwatch_core::{
    measure::{cause::Cause, family::Family, slug::Slug, time::Timestamp},
    remember::availability::Period,
};
use std::{borrow::Cow, fmt::Display, ops::RangeInclusive, str::FromStr};

/// So much of a text from outside is repeated, in bytes.
const MAX_SHOWN: usize = 200;

/// The parts of an absolute address as text, as they were sent: nothing is decoded or made shorter, so that what is
/// written in another way than we write it is something else.
#[derive(Clone, Copy)]
pub(super) struct Address<'a> {
    pub authority: &'a str,
    /// Begins with a slash.
    pub path: &'a str,
    pub query: Query<'a>,
}

impl<'a> Address<'a> {
    pub fn of(url: &'a str) -> Option<Self> {
        let (authority, rest) = split(url)?;
        let rest = rest.split('#').next().unwrap_or_default();
        let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
        let path = if path.is_empty() { "/" } else { path };
        path.starts_with('/').then_some(Self { authority, path, query: Query(query) })
    }
}

/// Cuts an absolute address behind the host and its port; returns both parts.
pub fn split(url: &str) -> Option<(&str, &str)> {
    let (_, rest) = url.split_once("://")?;
    Some(rest.split_at(rest.find(['/', '?', '#', '\\']).unwrap_or(rest.len())))
}

/// What stands behind the question mark.
#[derive(Clone, Copy)]
pub(super) struct Query<'a>(&'a str);

impl<'a> Query<'a> {
    /// Returns a parameter, the first of its name.
    pub fn value(&self, name: &str) -> Option<Cow<'a, str>> {
        form_urlencoded::parse(self.0.as_bytes()).find(|(key, _)| key == name).map(|(_, value)| value)
    }

    /// Refuses parameters that are not known: who misspells one would take another answer for the one asked for.
    pub fn only(&self, known: &[&str]) -> Result<(), Refusal> {
        let mut keys = form_urlencoded::parse(self.0.as_bytes()).map(|(key, _)| key);
        let Some(unknown) = keys.find(|key| !known.contains(&&**key)) else { return Ok(()) };
        let listed: Vec<String> = known.iter().map(|name| format!("`{name}`")).collect();
        let those = match &listed[..] {
            [] => "are none".to_owned(),
            [most @ .., last] if !most.is_empty() => format!("are {} and {last}", most.join(", ")),
            all => format!("is {}", all.concat()),
        };
        Err(Refusal::Bad(format!("there is no parameter `{}` here; there {those}", shown(&unknown))))
    }

    /// Returns a parameter that is a whole number.
    pub fn number<N>(&self, name: &str, range: RangeInclusive<N>) -> Result<Option<N>, Refusal>
    where
        N: FromStr + PartialOrd + Display,
    {
        let Some(text) = self.value(name) else { return Ok(None) };
        let is_digits = text.bytes().all(|byte| byte.is_ascii_digit());
        match text.parse() {
            Ok(n) if is_digits && range.contains(&n) => Ok(Some(n)),
            _ => {
                let (from, to) = (range.start(), range.end());
                Err(Refusal::Bad(format!("`{name}` is a number from {from} to {to}, not `{}`", shown(&text))))
            }
        }
    }

    /// Whether a parameter is there, with or without a value.
    pub fn has(&self, name: &str) -> bool {
        self.value(name).is_some()
    }

    /// Returns the language that `lang` names; none where it names one that we do not write.
    pub fn language(&self) -> Option<Language> {
        self.value("lang").and_then(|range| Language::of_range(&range))
    }

    /// Returns a parameter that is the name of a target.
    pub fn slug(&self, name: &str) -> Result<Option<Slug>, Refusal> {
        let Some(text) = self.value(name) else { return Ok(None) };
        let no_slug = || Refusal::Bad(format!("`{name}` is the slug of a target, not `{}`", shown(&text)));
        Slug::parse(&text).map(Some).ok_or_else(no_slug)
    }

    /// Returns what charts are to reach over.
    pub fn range(&self) -> Result<Period, Refusal> {
        let Some(text) = self.value("range") else { return Ok(USUAL_RANGE) };
        let known = Period::ALL.map(Period::code);
        Period::ALL
            .into_iter()
            .find(|period| period.code() == text)
            .ok_or_else(|| Refusal::Bad(format!("`range` is one of {}, not `{}`", known.join(", "), shown(&text))))
    }

    /// Returns which incidents are chosen. A form sends what was left open as an empty text.
    pub fn chosen(&self) -> Result<Chosen, Refusal> {
        let value = |name: &str| self.value(name).filter(|text| !text.is_empty());
        let no = |name: &str, text: &str| Refusal::Bad(format!("`{name}` is none that there is: `{}`", shown(text)));
        let target = value("target").map(|text| Slug::parse(&text).ok_or_else(|| no("target", &text))).transpose()?;
        let family = value("family").map(|text| {
            Family::ALL.into_iter().find(|family| family.code() == text).ok_or_else(|| no("family", &text))
        });
        let cause = value("cause").map(|text| {
            Cause::ALL.iter().copied().find(|cause| cause.code() == text).ok_or_else(|| no("cause", &text))
        });
        Ok(Chosen { target, family: family.transpose()?, cause: cause.transpose()? })
    }

    /// Returns a parameter that is a time: RFC 3339, or milliseconds since 1970. One that no calendar can hold is the
    /// nearest that can.
    pub fn time(&self, name: &str) -> Result<Option<Timestamp>, Refusal> {
        let Some(text) = self.value(name) else { return Ok(None) };
        let digits = text.strip_prefix('-').unwrap_or(&text);
        let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        let read = if is_number { text.parse().ok() } else { time::parse(&text).ok().map(Timestamp::unix_ms) };
        let no_time = || {
            Refusal::Bad(format!(
                "`{name}` must be a time such as 2026-11-23T10:00:00Z, or milliseconds since 1970, not `{}`",
                shown(&text)
            ))
        };
        read.map(|ms: i64| Some(Timestamp::from_unix_ms(ms.clamp(time::MIN_MS, time::MAX_MS)))).ok_or_else(no_time)
    }
}

/// Returns the beginning of a text from outside, as it is repeated.
pub(super) fn shown(text: &str) -> &str {
    let mut end = text.len().min(MAX_SHOWN);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}
