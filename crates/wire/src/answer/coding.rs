//! `Accept-Encoding`: in which coding an answer is sent.

/// How a body is packed. What is written first is smaller, and chosen where the asker does not care.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coding {
    /// RFC 7932.
    Brotli,
    /// RFC 1952.
    Gzip,
    /// As it is.
    Identity,
}

impl Coding {
    pub const ALL: [Self; 3] = [Self::Brotli, Self::Gzip, Self::Identity];

    /// Returns what `Content-Encoding` says of it.
    pub fn content_encoding(self) -> Option<&'static str> {
        match self {
            Self::Brotli => Some("br"),
            Self::Gzip => Some("gzip"),
            Self::Identity => None,
        }
    }

    /// Returns how the name of a file ends that is packed so.
    pub fn ending(self) -> &'static str {
        match self {
            Self::Brotli => ".br",
            Self::Gzip => ".gz",
            Self::Identity => "",
        }
    }

    /// Returns the strong tag of what is packed so (RFC 9110 section 8.8.3: each form of a document has its own).
    pub fn tag(self, name: &str) -> String {
        match self {
            Self::Brotli => format!("\"{name}-br\""),
            Self::Gzip => format!("\"{name}-gzip\""),
            Self::Identity => format!("\"{name}\""),
        }
    }
}

/// A weight in thousandths: three digits after the point are the most there may be.
const WHOLE: u16 = 1_000;

/// What an asker takes: a weight for each coding, 0 for what is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Accepted {
    brotli: u16,
    gzip: u16,
    /// `None`: taken, but rather anything else.
    identity: Option<u16>,
}

impl Accepted {
    /// Whoever says nothing of codings: to them only what everybody reads is sent.
    pub const PLAIN: Self = Self { brotli: 0, gzip: 0, identity: None };

    /// Reads the field (RFC 9110 section 12.5.3); `None` where there is none.
    ///
    /// An element that cannot be read is passed over, and of two of a kind the smaller weight counts: who is sent it
    /// unpacked lacks nothing.
    pub fn of(field: Option<&str>) -> Self {
        let Some(field) = field else { return Self::PLAIN };
        let (mut brotli, mut gzip, mut identity, mut others) = (None, None, None, None);
        for (coding, weight) in field.split(',').filter_map(element) {
            let is = |name: &str| coding.eq_ignore_ascii_case(name);
            let slot = if is("br") {
                &mut brotli
            } else if is("gzip") || is("x-gzip") {
                &mut gzip
            } else if is("identity") {
                &mut identity
            } else if coding == "*" {
                &mut others
            } else {
                continue;
            };
            *slot = Some(slot.map_or(weight, |earlier: u16| earlier.min(weight)));
        }
        Self {
            brotli: brotli.or(others).unwrap_or(0),
            gzip: gzip.or(others).unwrap_or(0),
            identity: identity.or(others),
        }
    }

    /// Returns the coding to send; `None` where the asker takes none of them. Where packing is not worth it, whoever takes
    /// a body as it is gets that.
    pub fn choose(self, is_worth_it: bool) -> Option<Coding> {
        let takes_plain = self.identity != Some(0);
        if takes_plain && !is_worth_it {
            return Some(Coding::Identity);
        }
        // Of equal weights the first one.
        let packed = if self.gzip > self.brotli { (Coding::Gzip, self.gzip) } else { (Coding::Brotli, self.brotli) };
        match packed {
            (coding, weight) if weight > 0 && weight >= self.identity.unwrap_or(0) => Some(coding),
            _ => takes_plain.then_some(Coding::Identity),
        }
    }
}

/// Reads one element: a coding (or a language), and its weight in thousandths.
pub(super) fn element(text: &str) -> Option<(&str, u16)> {
    let (coding, parameter) = match text.split_once(';') {
        Some((coding, parameter)) => (coding, Some(parameter)),
        None => (text, None),
    };
    let coding = coding.trim_matches([' ', '\t']);
    let weight = match parameter {
        None => WHOLE,
        Some(parameter) => {
            let (name, value) = parameter.split_once('=')?;
            if !name.trim_matches([' ', '\t']).eq_ignore_ascii_case("q") {
                return None;
            }
            weight(value.trim_matches([' ', '\t']))?
        }
    };
    (!coding.is_empty()).then_some((coding, weight))
}

/// Reads a weight as RFC 9110 section 12.4.2 writes it: 0 to 1, with up to three digits after the point.
fn weight(text: &str) -> Option<u16> {
    let (whole, digits) = text.split_once('.').unwrap_or((text, ""));
    if digits.len() > 3 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let thousandths =
        digits.bytes().chain(std::iter::repeat(b'0')).take(3).fold(0, |sum, b| sum * 10 + u16::from(b - b'0'));
    match whole {
        "0" => Some(thousandths),
        "1" if thousandths == 0 => Some(WHOLE),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Coding::{Brotli, Gzip, Identity};

    #[test]
    fn who_says_what_is_sent_what() {
        let table: [(Option<&str>, Option<Coding>); 41] = [
            // Nothing is said: what everybody reads.
            (None, Some(Identity)),
            (Some(""), Some(Identity)),
            (Some(" , ,"), Some(Identity)),
            // As browsers and others ask.
            (Some("gzip, deflate, br, zstd"), Some(Brotli)),
            (Some("gzip, deflate"), Some(Gzip)),
            (Some("gzip"), Some(Gzip)),
            (Some("deflate, zstd"), Some(Identity)),
            (Some("br;q=1.0, gzip;q=0.8, *;q=0.1"), Some(Brotli)),
            (Some("gzip;q=1.0, identity; q=0.5, *;q=0"), Some(Gzip)),
            (Some("compress, gzip"), Some(Gzip)),
            // Names are the same in any case, and one has two.
            (Some("BR"), Some(Brotli)),
            (Some("GZip"), Some(Gzip)),
            (Some("x-gzip"), Some(Gzip)),
            // Weights.
            (Some("br;q=0.5, gzip;q=0.9"), Some(Gzip)),
            (Some("gzip;q=0.001"), Some(Gzip)),
            (Some("br;q=0, gzip"), Some(Gzip)),
            (Some("br;q=0.000, gzip;q=0"), Some(Identity)),
            (Some("gzip;q=0.5, br;q=0.5"), Some(Brotli)),
            (Some("gzip \t; Q=1 ,\tbr ; q=0.9"), Some(Gzip)),
            // Whoever names `identity` compares it with the others.
            (Some("identity"), Some(Identity)),
            (Some("identity, br;q=0.9"), Some(Identity)),
            (Some("identity;q=0.9, br"), Some(Brotli)),
            (Some("identity;q=0.5, gzip;q=0.5"), Some(Gzip)),
            (Some("identity;q=0, gzip"), Some(Gzip)),
            (Some("identity;q=0, gzip;q=0.1, br;q=0.2"), Some(Brotli)),
            // The star is all that is not named.
            (Some("*"), Some(Brotli)),
            (Some("*;q=0.1"), Some(Brotli)),
            (Some("*, br;q=0"), Some(Gzip)),
            (Some("*;q=0.5, gzip"), Some(Gzip)),
            (Some("identity, *;q=0.5"), Some(Identity)),
            (Some("br;q=0, gzip;q=0, *"), Some(Identity)),
            (Some("gzip, *;q=0"), Some(Gzip)),
            // Nothing of ours is taken.
            (Some("*;q=0"), None),
            (Some("identity;q=0"), None),
            (Some("identity;q=0, deflate"), None),
            (Some("br;q=0, gzip;q=0, identity;q=0"), None),
            // What cannot be read says nothing; of two of a kind the smaller one counts.
            (Some("gzip;q=2"), Some(Identity)),
            (Some("br;q=0.1234, gzip;q=x, gzip;level=9"), Some(Identity)),
            (Some("gzip;q=-1, br;q=1."), Some(Brotli)),
            (Some("gzip, gzip;q=0"), Some(Identity)),
            (Some("br/gzip \"br\" br gzip"), Some(Identity)),
        ];
        for (field, expected) in table {
            assert_eq!(Accepted::of(field).choose(true), expected, "{field:?}");
        }
    }

    #[test]
    fn what_is_not_worth_it_is_packed_for_nobody_but_who_wants_it_so() {
        for (field, expected) in [
            (None, Some(Identity)),
            (Some("br, gzip"), Some(Identity)),
            (Some("*"), Some(Identity)),
            (Some("identity;q=0.1, br"), Some(Identity)),
            (Some("identity;q=0, br"), Some(Brotli)),
            (Some("gzip, *;q=0"), Some(Gzip)),
            (Some("*;q=0"), None),
        ] {
            assert_eq!(Accepted::of(field).choose(false), expected, "{field:?}");
        }
    }

    #[test]
    fn each_form_has_its_own_tag() {
        assert_eq!(Coding::ALL.map(|coding| coding.tag("0a")), ["\"0a-br\"", "\"0a-gzip\"", "\"0a\""]);
    }

    #[test]
    fn a_choice_is_never_of_what_was_refused() {
        let weights = ["", ";q=0", ";q=0.3", ";q=1"];
        let kinds = ["br", "gzip", "identity", "*"];
        // Every kind is not named, or has one of the weights.
        for case in 0..5_usize.pow(4) {
            let picked: Vec<String> = (0..4)
                .filter_map(|i| Some(format!("{}{}", kinds[i], weights.get(case / 5_usize.pow(i as u32) % 5)?)))
                .collect();
            let field = picked.join(", ");
            let accepted = Accepted::of(Some(&field));
            for is_worth_it in [true, false] {
                let is_taken = match accepted.choose(is_worth_it) {
                    Some(Brotli) => accepted.brotli > 0,
                    Some(Gzip) => accepted.gzip > 0,
                    Some(Identity) => accepted.identity != Some(0),
                    None => accepted.brotli == 0 && accepted.gzip == 0 && accepted.identity == Some(0),
                };
                assert!(is_taken, "{field}");
            }
        }
    }
}
