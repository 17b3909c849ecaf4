//! Servers of bytes as data: what is heard first, what is said, how it ends. For whatever is hostile by its bytes alone.

use data_encoding::HEXLOWER_PERMISSIVE;
use serde::{Deserialize, Deserializer, de::Error as _};
use std::collections::BTreeMap;

/// One connection of such a server.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Play {
    pub hears: Hears,
    pub says: Vec<Saying>,
    pub ends: Ends,
}

/// What the server waits for before it says anything.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Hears {
    /// It speaks first.
    Nothing,
    /// The head of an HTTP request.
    #[default]
    Request,
    /// A record of TLS.
    ClientHello,
}

/// What becomes of the connection once everything is said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ends {
    /// It is closed as its protocol has it: over TLS with an alert that says so.
    #[default]
    Close,
    /// It is closed below TLS, without a word.
    Cut,
    Reset,
    /// It stays until the client goes.
    Hold,
}

/// Bytes, and how they are sent.
#[derive(Clone, Debug, PartialEq)]
pub struct Saying {
    words: Words,
    /// How often; `None`: for ever.
    pub times: Option<u32>,
    /// Bytes that are sent at once; `None`: all of them.
    pub piece: Option<usize>,
    /// The wait behind each piece, in milliseconds.
    pub pause_ms: u64,
    /// How often they are compressed with gzip.
    gzip: u8,
    /// Sent as the content of an encrypted record of TLS 1.3 of this type (RFC 8446 section 5.2).
    pub record: Option<u8>,
    /// Followed by a change of the keys of TLS 1.3 (RFC 8446 section 4.6.3).
    pub new_keys: bool,
}

#[derive(Clone, Debug, PartialEq)]
enum Words {
    Text(String),
    /// Pairs of digits; white space is nothing.
    Hex(String),
}

/// What is put where a word stands in braces.
pub type Blanks = BTreeMap<&'static str, Vec<u8>>;

/// The words that a server fills in: of the request, of `ClientHello`, of a DNS question.
pub const BLANKS: [&str; 7] = ["path", "accept", "session_id", "id", "question", "type", "address"];
/// `{ok}`: the head of a good answer, which other headers may follow.
const OK: &str = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n";

impl Saying {
    /// Returns the bytes of the `i`-th time.
    pub fn bytes(&self, blanks: &Blanks, i: u32) -> Result<Vec<u8>, String> {
        let bytes = self.words.fill(blanks, i)?;
        Ok((0..self.gzip).fold(bytes, |bytes, _| crate::service::gzip(&bytes)))
    }

    /// Whether it is the same every time.
    pub fn is_constant(&self) -> bool {
        let (Words::Text(text) | Words::Hex(text)) = &self.words;
        !text.contains("{i}") && !text.contains("{next}")
    }

    /// Returns why this cannot be said, if so.
    pub(super) fn check(&self) -> Result<(), String> {
        let blanks = BLANKS.iter().map(|name| (*name, Vec::new())).collect();
        self.bytes(&blanks, 0).map(|_| ())
    }

    pub(super) fn text(&self) -> &str {
        let (Words::Text(text) | Words::Hex(text)) = &self.words;
        text
    }

    pub(super) fn with_text(&self, change: impl Fn(&str) -> String) -> Self {
        let words = match &self.words {
            Words::Text(text) => Words::Text(change(text)),
            Words::Hex(text) => Words::Hex(text.clone()),
        };
        Self { words, ..self.clone() }
    }
}

impl Words {
    /// Fills in what stands in braces: `{N*PART}` is a part again and again, `{i}` the number of the time and `{next}` the
    /// one behind it (in text decimal, in hex two bytes), `{ok}` the head of an answer, and [`BLANKS`].
    fn fill(&self, blanks: &Blanks, i: u32) -> Result<Vec<u8>, String> {
        let (Self::Text(text) | Self::Hex(text)) = self;
        let mut out = Vec::new();
        let mut rest = text.as_str();
        while let Some((before, behind)) = rest.split_once('{') {
            out.extend(self.plain(before)?);
            let (name, after) = behind.split_once('}').ok_or_else(|| format!("a brace is not closed in {text:?}"))?;
            rest = after;
            match name.split_once('*') {
                Some((times, part)) => {
                    let times: usize = times.parse().map_err(|_| format!("{{{name}}} begins with no number"))?;
                    out.extend(self.plain(part)?.repeat(times));
                }
                None if name == "i" => out.extend(self.number(i)),
                None if name == "next" => out.extend(self.number(i + 1)),
                None if name == "ok" => out.extend(OK.as_bytes()),
                // Not known before the lab has its ports.
                None if name.starts_with("port:") => {}
                None => match blanks.get(name) {
                    Some(bytes) => out.extend(bytes),
                    None => return Err(format!("{{{name}}} is nothing that can be filled in")),
                },
            }
        }
        out.extend(self.plain(rest)?);
        Ok(out)
    }

    fn plain(&self, part: &str) -> Result<Vec<u8>, String> {
        match self {
            Self::Text(_) => Ok(part.as_bytes().to_vec()),
            Self::Hex(_) => {
                let digits: String = part.chars().filter(|c| !c.is_whitespace()).collect();
                HEXLOWER_PERMISSIVE.decode(digits.as_bytes()).map_err(|e| format!("{part:?} is not hexadecimal: {e}"))
            }
        }
    }

    fn number(&self, n: u32) -> Vec<u8> {
        match self {
            Self::Text(_) => n.to_string().into_bytes(),
            Self::Hex(_) => (n as u16).to_be_bytes().to_vec(),
        }
    }
}

/// A text by itself, or a table.
#[derive(Deserialize)]
#[serde(untagged, expecting = "a text, or a table with `text` or `hex`")]
enum Written {
    Text(String),
    Table(Table),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    text: Option<String>,
    hex: Option<String>,
    times: Option<u32>,
    #[serde(default)]
    for_ever: bool,
    piece: Option<usize>,
    #[serde(default)]
    pause_ms: u64,
    #[serde(default)]
    gzip: u8,
    record: Option<u8>,
    #[serde(default)]
    new_keys: bool,
}

impl<'de> Deserialize<'de> for Saying {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let table = match Written::deserialize(deserializer)? {
            Written::Text(text) => return Ok(Self::from(Words::Text(text))),
            Written::Table(table) => table,
        };
        let words = match (table.text, table.hex) {
            (Some(text), None) => Words::Text(text),
            (None, Some(hex)) => Words::Hex(hex),
            (None, None) if table.new_keys => Words::Text(String::new()),
            _ => return Err(D::Error::custom("write one of `text` and `hex`")),
        };
        if table.for_ever && table.times.is_some() {
            return Err(D::Error::custom("write one of `times` and `for_ever`"));
        }
        if table.piece == Some(0) {
            return Err(D::Error::custom("a piece is at least one byte"));
        }
        Ok(Self {
            words,
            times: if table.for_ever { None } else { Some(table.times.unwrap_or(1)) },
            piece: table.piece,
            pause_ms: table.pause_ms,
            gzip: table.gzip,
            record: table.record,
            new_keys: table.new_keys,
        })
    }
}

impl From<Words> for Saying {
    fn from(words: Words) -> Self {
        Self { words, times: Some(1), piece: None, pause_ms: 0, gzip: 0, record: None, new_keys: false }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize)]
    struct Holder {
        play: Play,
    }

    fn read(text: &str) -> Play {
        toml::from_str::<Holder>(text).unwrap_or_else(|e| panic!("{e}")).play
    }

    #[test]
    fn a_play_reads_as_it_is_written() {
        let play = read(
            r#"play = { hears = "nothing", ends = "cut", says = ["{ok}\r\n", { hex = "16 {3*0a} {i}{next} {id}", for_ever = true }] }"#,
        );
        assert_eq!((play.hears, play.ends), (Hears::Nothing, Ends::Cut));
        let blanks = Blanks::from([("id", vec![7, 8])]);
        assert_eq!(play.says[0].bytes(&blanks, 0).unwrap(), format!("{OK}\r\n").as_bytes());
        assert!(play.says[0].is_constant());
        assert_eq!((play.says[1].times, play.says[1].is_constant()), (None, false));
        assert_eq!(play.says[1].bytes(&blanks, 258).unwrap(), [0x16, 10, 10, 10, 1, 2, 1, 3, 7, 8]);
        let numbers = read(r#"play = { says = ["X-{i}: {2*ab}"] }"#);
        assert_eq!(numbers.says[0].bytes(&blanks, 12).unwrap(), b"X-12: abab");
    }

    #[test]
    fn what_cannot_be_said_is_refused() {
        for text in ["{nobody}", "{3x*a}", "{open"] {
            assert!(Saying::from(Words::Text(text.to_owned())).check().is_err(), "{text}");
        }
        assert!(Saying::from(Words::Hex("0".to_owned())).check().is_err());
        assert!(Saying::from(Words::Text("{port:web}{path}".to_owned())).check().is_ok());
        for text in ["{}", "{ text = 'a', hex = '00' }", "{ text = 'a', times = 2, for_ever = true }"] {
            assert!(toml::from_str::<Holder>(&format!("play = {{ says = [{text}] }}")).is_err(), "{text}");
        }
    }
}
