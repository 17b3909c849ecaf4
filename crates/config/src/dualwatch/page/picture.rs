//! A picture beside the configuration: SVG or PNG, and not large.
//!
//! Pages show it as a picture, in which no script runs, and it is served so that a browser runs none either where somebody opens
//! it by itself. What is refused here is what its author cannot have meant.

use super::super::Files;
use crate::{
    DATA_URL, fields,
    finding::{Report, quoted},
    yaml::Node,
};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use dualwatch_wire::v1::branding::Picture;

/// In bytes: it is loaded with every page.
const MAX_BYTES: usize = 64 * 1024;
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";
/// Where the element begins that an SVG file is.
const WITHIN: usize = 4_096;

const HINT: &str = "write the path of an SVG or PNG file, relative to this one";

/// Reads which kind it is, and what is in it, in Base64.
pub(super) fn read(node: &Node, key: &str, files: Files<'_>, report: &mut Report) -> Option<(Picture, String)> {
    let text = fields::text(node, &format!("`{key}`"), report)?;
    let content = match files(text) {
        Ok(content) => content,
        Err(why) => {
            let message = format!("the picture {} of `{key}` cannot be read: {why}", quoted(text));
            report.error(node.at, "unreadable_file", message, HINT);
            return None;
        }
    };
    let bytes = match content.strip_prefix(DATA_URL) {
        Some(data) => BASE64_STANDARD.decode(data).unwrap_or_default(),
        None => content.into_bytes(),
    };
    match kind(&bytes) {
        Ok(picture) => Some((picture, BASE64_STANDARD.encode(bytes))),
        Err((code, message, hint)) => {
            report.error(node.at, code, format!("{} {message}", quoted(text)), hint);
            None
        }
    }
}

type Mistake = (&'static str, String, &'static str);

fn kind(bytes: &[u8]) -> Result<Picture, Mistake> {
    if bytes.len() > MAX_BYTES {
        let message = format!("has {} bytes; {MAX_BYTES} is the limit", bytes.len());
        return Err(("out_of_range", message, "every page loads it: make it smaller, or simpler"));
    }
    if bytes.starts_with(PNG) {
        return Ok(Picture::Png);
    }
    let Ok(text) = std::str::from_utf8(bytes) else {
        return Err(("bad_picture", "is neither SVG nor PNG".to_owned(), HINT));
    };
    let text = text.to_ascii_lowercase();
    if text.find("<svg").is_none_or(|at| at > WITHIN) || !text.contains("http://www.w3.org/2000/svg") {
        return Err(("bad_picture", "is neither SVG nor PNG".to_owned(), HINT));
    }
    for what in ["<script", "<foreignobject", "javascript:", "<!entity"] {
        if text.contains(what) {
            let message = format!("has {} in it", quoted(what));
            return Err(("bad_picture", message, "export it as a plain SVG: nothing in it is run"));
        }
    }
    Ok(Picture::Svg)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_what_it_says_it_is() {
        let svg =
            |inside: &str| format!("<?xml version=\"1.0\"?>\n<svg xmlns=\"http://www.w3.org/2000/svg\">{inside}</svg>");
        let of = |bytes: &[u8]| kind(bytes).map_err(|(code, ..)| code);
        assert_eq!(of(svg("<path d='M0 0'/>").as_bytes()), Ok(Picture::Svg));
        assert_eq!(of(&[PNG, b"IHDR"].concat()), Ok(Picture::Png));
        assert_eq!(of(b"GIF89a\xff"), Err("bad_picture"));
        assert_eq!(of(b"<html>"), Err("bad_picture"));
        assert_eq!(of(b""), Err("bad_picture"));
        assert_eq!(of(svg("<SCRIPT>alert(1)</SCRIPT>").as_bytes()), Err("bad_picture"));
        assert_eq!(of(svg("<a href='javascript:alert(1)'/>").as_bytes()), Err("bad_picture"));
        assert_eq!(of(svg(&" ".repeat(MAX_BYTES)).as_bytes()), Err("out_of_range"));
    }
}
