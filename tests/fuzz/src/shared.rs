//! A result in a link: it is read to the last byte, or refused, and nothing of it is text of anybody's.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use dualwatch_wire::{
    answer::language::Language,
    v1::self_test::{MAX_SHARED_BYTES, SelfTestResult, read_shared, write_shared},
};
use dualwatch_words::self_test::{ticket, words};

/// The bytes are the text of a fragment; and once more what stands between its head and its checksum, so that what is
/// behind the checksum is met as well.
///
/// # Panics
/// Where a result is read otherwise than it is written, or its text has an order in it.
pub fn run(data: &[u8]) {
    if let Ok(text) = std::str::from_utf8(data) {
        check(text);
    }
    let mut bytes = b"dw\x01".to_vec();
    bytes.extend_from_slice(data);
    let sum = bytes.iter().fold(0x811c_9dc5_u32, |sum, byte| (sum ^ u32::from(*byte)).wrapping_mul(0x0100_0193));
    bytes.extend_from_slice(&sum.to_le_bytes());
    check(&URL_SAFE_NO_PAD.encode(bytes));
}

fn check(text: &str) {
    let Ok(result) = read_shared(text) else { return };
    assert!(text.len() <= MAX_SHARED_BYTES);
    let again = write_shared(&result);
    assert_eq!(again, text, "there is one way to write it");
    assert_eq!(read_shared(&again).as_ref(), Ok(&result));
    let json = serde_json::to_string(&result).unwrap();
    assert_eq!(serde_json::from_str::<SelfTestResult>(&json).unwrap(), result, "{json}");
    for language in Language::ALL {
        let told = ticket(words(language), &result);
        assert!(told.chars().all(|c| c == '\n' || (!c.is_control() && c != '<' && c != '&')), "{told}");
    }
}
