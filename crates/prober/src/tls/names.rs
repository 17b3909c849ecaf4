//! The names in certificates as text, also of the kinds of strings that old authorities have.

use crate::classify::clip;
use x509_parser::{
    asn1_rs::{Any, Tag},
    objects::{oid_registry, oid2abbrev},
    x509::X509Name,
};

/// Prints a name, such as `C=DE, CN=Example CA`.
pub fn name(name: &X509Name<'_>) -> String {
    let printed = name.to_string_with_registry(oid_registry());
    clip(&printed.unwrap_or_else(|_| by_hand(name)))
}

/// The same of any kind of string: what the registry prints has none of `TeletexString`, `BMPString` and
/// `UniversalString` (X.680 section 41).
fn by_hand(name: &X509Name<'_>) -> String {
    let part = |attribute: &x509_parser::x509::AttributeTypeAndValue<'_>| {
        let kind = oid2abbrev(attribute.attr_type(), oid_registry())
            .map_or_else(|_| attribute.attr_type().to_id_string(), str::to_owned);
        format!("{kind}={}", text(attribute.attr_value()))
    };
    let parts =
        |rdn: &x509_parser::x509::RelativeDistinguishedName<'_>| rdn.iter().map(part).collect::<Vec<_>>().join(" + ");
    name.iter_rdn().map(parts).collect::<Vec<_>>().join(", ")
}

/// Reads a string by its kind.
pub fn text(value: &Any<'_>) -> String {
    let bytes = value.data;
    match value.tag() {
        Tag::BmpString => {
            let units = bytes.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]]));
            char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
        }
        Tag::UniversalString => bytes
            .chunks_exact(4)
            .map(|four| u32::from_be_bytes([four[0], four[1], four[2], four[3]]))
            .map(|c| char::from_u32(c).unwrap_or(char::REPLACEMENT_CHARACTER))
            .collect(),
        // T.61 has accents of its own, and whoever wrote it meant Latin-1 (as OpenSSL reads it).
        Tag::TeletexString => bytes.iter().map(|byte| char::from(*byte)).collect(),
        _ => String::from_utf8_lossy(bytes).into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_read_by_their_kind() {
        let read = |tag, bytes: &[u8]| text(&Any::from_tag_and_data(tag, bytes));
        assert_eq!(read(Tag::TeletexString, b"M\xfcnchen"), "München");
        assert_eq!(read(Tag::BmpString, &[0x4e, 0x2d, 0, b'A', 0xd8, 0x3d, 0xde, 0x92]), "中A🚒");
        assert_eq!(read(Tag::UniversalString, &[0, 1, 0xf6, 0x92]), "🚒");
        assert_eq!(read(Tag::Utf8String, "é".as_bytes()), "é");
    }
}
