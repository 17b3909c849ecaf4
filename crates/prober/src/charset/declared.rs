//! What a document says of its own charset, in ASCII, before anybody knows it.

use memchr::memmem;

/// Returns the charset that an HTML document declares in these bytes, in lower case: HTML 13.2.3.2, "prescan a byte stream to
/// determine its encoding".
pub fn in_html(bytes: &[u8]) -> Option<String> {
    let mut rest = bytes;
    loop {
        rest = &rest[memchr::memchr(b'<', rest)?..];
        if let Some(comment) = rest.strip_prefix(b"<!--") {
            // `<!-->` is a whole comment.
            let from = &rest[2..];
            let end = memmem::find(from, b"-->")?;
            rest = if comment.is_empty() { comment } else { &from[end + 3..] };
            continue;
        }
        let name_length = rest[1..].iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
        let is_meta = rest[1..=name_length].eq_ignore_ascii_case(b"meta");
        let mut at = Attributes { rest: &rest[1 + name_length..] };
        if name_length == 0 {
            rest = match rest.get(1) {
                // A closing tag has attributes as well, which are passed over; `<!..>` and `<?..>` end at the next `>`.
                Some(b'!' | b'?') => &rest[memchr::memchr(b'>', rest)?..],
                _ => &rest[1..],
            };
            continue;
        }
        if is_meta && matches!(at.rest.first(), Some(b' ' | b'\t' | b'\n' | b'\r' | b'\x0c' | b'/')) {
            if let Some(label) = of_meta(&mut at) {
                return Some(label);
            }
        } else {
            while at.next().is_some() {}
        }
        rest = at.rest;
    }
}

/// Returns the charset that one `<meta>` declares.
fn of_meta(attributes: &mut Attributes<'_>) -> Option<String> {
    let (mut charset, mut content, mut is_pragma) = (None, None, false);
    for (name, value) in attributes {
        match name.as_str() {
            "charset" => charset = charset.or(Some(value)),
            "content" => content = content.or_else(|| in_content(&value)),
            "http-equiv" => is_pragma |= value == "content-type",
            _ => {}
        }
    }
    let label = charset.or(content.filter(|_| is_pragma))?;
    Some(match label.trim() {
        // Whoever could read this far as ASCII is not reading UTF-16.
        "utf-16" | "utf-16le" | "utf-16be" | "unicode" | "ucs-2" | "iso-10646-ucs-2" | "csunicode" => {
            "utf-8".to_owned()
        }
        "x-user-defined" => "windows-1252".to_owned(),
        label => label.to_owned(),
    })
    .filter(|label| !label.is_empty())
}

/// Returns `charset` of the text of `content`.
fn in_content(content: &str) -> Option<String> {
    let mut rest = content;
    loop {
        rest = &rest[rest.find("charset")? + "charset".len()..];
        let Some(value) = rest.trim_start().strip_prefix('=') else { continue };
        let value = value.trim_start();
        return match value.chars().next()? {
            quote @ ('"' | '\'') => value[1..].split_once(quote).map(|(value, _)| value.to_owned()),
            _ => value.split(|c: char| c == ';' || c.is_ascii_whitespace()).next().map(ToOwned::to_owned),
        };
    }
}

/// The attributes of a tag, names and values in lower case.
struct Attributes<'b> {
    rest: &'b [u8],
}

impl Iterator for Attributes<'_> {
    type Item = (String, String);

    fn next(&mut self) -> Option<Self::Item> {
        let skip = |bytes: &mut &[u8], also: u8| {
            let n = bytes.iter().take_while(|byte| byte.is_ascii_whitespace() || **byte == also).count();
            *bytes = &bytes[n..];
        };
        skip(&mut self.rest, b'/');
        if matches!(self.rest.first(), None | Some(b'>')) {
            return None;
        }
        // A name may begin with `=`.
        let ends = |byte: u8| byte.is_ascii_whitespace() || matches!(byte, b'=' | b'/' | b'>');
        let length = 1 + self.rest[1..].iter().take_while(|byte| !ends(**byte)).count();
        let name = lower(&self.rest[..length]);
        self.rest = &self.rest[length..];
        skip(&mut self.rest, b' ');
        let Some(value) = self.rest.strip_prefix(b"=") else { return Some((name, String::new())) };
        self.rest = value;
        skip(&mut self.rest, b' ');
        let (value, rest) = if let quote @ (b'"' | b'\'') = self.rest.first()? {
            let end = memchr::memchr(*quote, &self.rest[1..])?;
            (&self.rest[1..=end], &self.rest[end + 2..])
        } else {
            let ends = |byte: &u8| byte.is_ascii_whitespace() || *byte == b'>';
            self.rest.split_at(self.rest.iter().position(ends).unwrap_or(self.rest.len()))
        };
        let value = lower(value);
        self.rest = rest;
        Some((name, value))
    }
}

fn lower(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).to_ascii_lowercase()
}

/// Returns the charset that the declaration of an XML document names, in lower case (XML 1.0, section 2.8).
pub fn in_xml(bytes: &[u8]) -> Option<String> {
    let declaration = bytes.strip_prefix(b"<?xml")?;
    let declaration = lower(&declaration[..memmem::find(declaration, b"?>")?]);
    let value = declaration.split_once("encoding")?.1.trim_start().strip_prefix('=')?.trim_start();
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    value[1..].split_once(quote).map(|(value, _)| value.to_owned()).filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_page_declares_is_found_as_browsers_find_it() {
        for (page, label) in [
            ("<meta charset=windows-1251>", Some("windows-1251")),
            ("<!doctype html><html><head><META  CharSet = \"Shift_JIS\" />", Some("shift_jis")),
            ("<meta http-equiv='Content-Type' content='text/html; charset=ISO-8859-2'>", Some("iso-8859-2")),
            ("<meta content=\"text/html;charset='big5'\" http-equiv=content-type>", Some("big5")),
            // Without `http-equiv` a `content` is about something else.
            ("<meta name=description content='charset=big5'>", None),
            ("<meta http-equiv=refresh content='1; url=/?charset=big5'><meta charset=gbk>", Some("gbk")),
            ("<!-- <meta charset=big5> --><meta charset=gbk>", Some("gbk")),
            ("<!--><meta charset=gbk>-->", Some("gbk")),
            ("<a title='<meta charset=big5>'><meta charset=gbk>", Some("gbk")),
            ("</p title=\"<meta charset=big5>\"><meta charset=gbk>", Some("big5")),
            ("<metadata charset=big5><meta/charset=gbk>", Some("gbk")),
            ("<meta charset=utf-16>", Some("utf-8")),
            ("<meta charset=x-user-defined>", Some("windows-1252")),
            ("<meta charset=''>", None),
            ("<meta charset", None),
            ("<meta charset='gbk", None),
            ("<", None),
            ("<!--", None),
            ("", None),
        ] {
            assert_eq!(in_html(page.as_bytes()).as_deref(), label, "{page}");
        }
    }

    #[test]
    fn what_an_xml_document_declares() {
        for (document, label) in [
            ("<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><a/>", Some("iso-8859-1")),
            ("<?xml version='1.0' encoding = 'koi8-r' standalone='yes' ?>", Some("koi8-r")),
            ("<?xml version='1.0'?><a encoding='koi8-r'/>", None),
            (" <?xml encoding='koi8-r'?>", None),
            ("<?xml encoding='", None),
        ] {
            assert_eq!(in_xml(document.as_bytes()).as_deref(), label, "{document}");
        }
    }
}
