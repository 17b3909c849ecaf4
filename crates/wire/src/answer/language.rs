//! `Accept-Language`: in which language an answer is written.

use super::coding::element;

/// A language that all texts for people are written in. The first one is taken where nobody asks for any of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Language {
    #[default]
    En,
    ZhHans,
    De,
}

impl Language {
    pub const ALL: [Self; 3] = [Self::En, Self::ZhHans, Self::De];

    /// Returns its tag (BCP 47), as `Content-Language`, `lang` and the name of a file have it.
    pub const fn code(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::ZhHans => "zh-Hans",
            Self::De => "de",
        }
    }

    /// Returns what it calls itself.
    pub const fn own_name(self) -> &'static str {
        match self {
            Self::En => "English",
            Self::ZhHans => "简体中文",
            Self::De => "Deutsch",
        }
    }

    /// Returns the language that somebody who asks for `range` reads: the lookup of RFC 4647 section 3.4, which takes
    /// away from the end of a range until it is the tag of something that is there.
    ///
    /// Chinese is the one of our languages with two scripts. A range that names none means the one that is usual in its
    /// region (the likely subtags of CLDR), and who reads traditional characters is better served by the next range.
    pub fn of_range(range: &str) -> Option<Self> {
        let mut subtags = range.split('-');
        let primary = subtags.next()?;
        let is = |name: &str| primary.eq_ignore_ascii_case(name);
        // One way to write a tag is enough for us: what is no tag at all, such as `de_AT`, is nothing that is there.
        if !range
            .split('-')
            .all(|part| (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric()))
        {
            return None;
        }
        if is("en") {
            Some(Self::En)
        } else if is("de") {
            Some(Self::De)
        } else if is("zh") || is("cmn") {
            is_simplified(subtags).then_some(Self::ZhHans)
        } else {
            None
        }
    }

    /// Reads the field (RFC 9110 section 12.5.4), or returns the first language where there is none, or none of ours in it.
    pub fn negotiate(field: Option<&str>) -> Self {
        Self::choose(field.unwrap_or_default()).unwrap_or(Self::ALL[0])
    }

    /// Returns the language that weighs most; of equal weights the first, as browsers write them.
    ///
    /// An element that cannot be read is passed over. `*` stands for each language that is not named.
    fn choose(field: &str) -> Option<Self> {
        let elements = || field.split(',').filter_map(element);
        let mut others = Self::ALL.to_vec();
        for (range, _) in elements() {
            others.retain(|language| Self::of_range(range) != Some(*language));
        }
        let mut best: Option<(Self, u16)> = None;
        for (range, weight) in elements() {
            let language = if range == "*" { others.first().copied() } else { Self::of_range(range) };
            if let Some(language) = language
                && weight > best.map_or(0, |(_, most)| most)
            {
                best = Some((language, weight));
            }
        }
        best.map(|(language, _)| language)
    }
}

/// In which language an answer is, and whether its address says so: then the addresses in it do so, too.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spoken {
    pub language: Language,
    pub is_chosen: bool,
}

impl Spoken {
    /// Takes what the address chose, or else what fits the field `Accept-Language`.
    pub fn of(chosen: Option<Language>, field: Option<&str>) -> Self {
        let language = chosen.unwrap_or_else(|| Language::negotiate(field));
        Self { language, is_chosen: chosen.is_some() }
    }

    /// Returns the language that the address chose.
    pub fn chosen(self) -> Option<Language> {
        self.is_chosen.then_some(self.language)
    }

    /// Returns the path of another page of ours, so that it comes in the same language.
    pub fn link(self, path: &str) -> String {
        if !self.is_chosen {
            return path.to_owned();
        }
        let sign = if path.contains('?') { '&' } else { '?' };
        format!("{path}{sign}lang={}", self.language.code())
    }
}

/// Whether the subtags behind "zh" mean simplified characters.
fn is_simplified<'a>(subtags: impl Iterator<Item = &'a str>) -> bool {
    for subtag in subtags {
        let is_one_of = |names: &[&str]| names.iter().any(|name| subtag.eq_ignore_ascii_case(name));
        match subtag.len() {
            // A script, which says it whatever the region is.
            4 if subtag.bytes().all(|b| b.is_ascii_alphabetic()) => return is_one_of(&["Hans"]),
            // Another Chinese language, such as Cantonese (RFC 5646 section 2.2.2).
            3 if !is_one_of(&["cmn"]) => return false,
            2 => return !is_one_of(&["TW", "HK", "MO"]),
            // What is behind a single letter or digit is no script and no region.
            1 => return true,
            _ => {}
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use Language::{De, En, ZhHans};

    #[test]
    fn a_range_finds_its_language_or_none() {
        for (range, language) in [
            ("en", Some(En)),
            ("EN-gb", Some(En)),
            ("en-US-posix", Some(En)),
            ("de", Some(De)),
            ("de-AT", Some(De)),
            ("de-CH-1996", Some(De)),
            ("zh", Some(ZhHans)),
            ("zh-CN", Some(ZhHans)),
            ("zh-SG", Some(ZhHans)),
            ("zh-Hans", Some(ZhHans)),
            ("zh-hans-tw", Some(ZhHans)),
            ("zh-cmn-Hans-CN", Some(ZhHans)),
            ("cmn-Hans", Some(ZhHans)),
            ("zh-x-TW", Some(ZhHans)),
            ("zh-TW", None),
            ("zh-HK", None),
            ("zh-Hant", None),
            ("zh-Hant-CN", None),
            ("zh-Latn-CN", None),
            ("zh-yue", None),
            ("deu", None),
            ("den", None),
            ("fr", None),
            ("", None),
            ("-", None),
            ("de_AT", None),
            ("de-", None),
            ("de-ÄT", None),
            ("de-<script>", None),
            ("i-klingon", None),
        ] {
            assert_eq!(Language::of_range(range), language, "{range}");
        }
        for language in Language::ALL {
            assert_eq!(Language::of_range(language.code()), Some(language));
        }
    }

    #[test]
    fn a_choice_wins_and_is_carried_on() {
        let chosen = Spoken::of(Some(De), Some("zh-CN"));
        assert_eq!(chosen, Spoken { language: De, is_chosen: true });
        assert_eq!(chosen.link("/incidents"), "/incidents?lang=de");
        assert_eq!(chosen.link("/?page=2"), "/?page=2&lang=de");
        let negotiated = Spoken::of(None, Some("zh-CN"));
        assert_eq!(negotiated, Spoken { language: ZhHans, is_chosen: false });
        assert_eq!(negotiated.link("/incidents"), "/incidents");
    }

    #[test]
    fn what_weighs_most_is_chosen() {
        for (field, language) in [
            ("de-AT,de;q=0.9,en;q=0.8", De),
            ("zh-CN,zh;q=0.9,en;q=0.8", ZhHans),
            ("en-US,en;q=0.5", En),
            ("en;q=0.5, de;q=0.6", De),
            ("de;q=0.6,zh;q=0.6", De),
            // Traditional characters: the next that can be read.
            ("zh-TW,zh-Hant;q=0.9,de;q=0.3", De),
            ("zh-TW", En),
            ("fr,it;q=0.9", En),
            ("fr,de;q=0.1", De),
            ("*", En),
            ("fr, *;q=0.5, de;q=0.1", En),
            // Whatever else, but not English.
            ("en;q=0, *", ZhHans),
            ("en;q=0,zh;q=0,*;q=0.1", De),
            ("de;q=0", En),
            ("de;q=0, de-AT;q=0", En),
            // Nothing there is nothing asked for; what cannot be read is passed over.
            ("", En),
            (",,;q=1,", En),
            ("de;q=2,zh", ZhHans),
            ("de;q=-1", En),
            ("de;q=0.1234,zh;q=0.1", ZhHans),
            ("de;level=1", En),
            ("*;*;*,\u{1},de", De),
            (" \tde\t ; q=0.4 ", De),
        ] {
            assert_eq!(Language::negotiate(Some(field)), language, "{field:?}");
        }
        assert_eq!(Language::negotiate(None), En);
        assert_eq!(Language::negotiate(Some(&"de,".repeat(10_000))), De);
    }
}
