//! Bytes as people write them: text, or anything else.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Bytes that are sent or expected; text wherever it is text, so that it is stored and shown as such.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Octets {
    Text(String),
    Bytes(Vec<u8>),
}

impl Octets {
    pub const fn as_bytes(&self) -> &[u8] {
        match self {
            Self::Text(text) => text.as_bytes(),
            Self::Bytes(bytes) => bytes.as_slice(),
        }
    }
}

/// Shows text in quotation marks, and other bytes in hexadecimal.
impl fmt::Display for Octets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => write!(f, "{text:?}"),
            Self::Bytes(bytes) => {
                f.write_str("hex")?;
                bytes.iter().try_for_each(|byte| write!(f, " {byte:02x}"))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shown_on_one_line() {
        assert_eq!(Octets::Text("220 a\r\n".into()).to_string(), r#""220 a\r\n""#);
        assert_eq!(Octets::Bytes(vec![0, 255]).to_string(), "hex 00 ff");
    }
}
