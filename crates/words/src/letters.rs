//! The first letter of our own words.

/// Returns a text with its first letter in upper case.
///
/// Our own words begin in ASCII; the tables for all of Unicode would weigh more than a module of the page.
pub fn capitalised(mut text: String) -> String {
    if let Some(first) = text.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    text
}
