//! Markdown (`CommonMark`) as HTML that may stand in a page: paragraphs, lists, quotations, code, emphasis and links.
//!
//! HTML in it is text, a heading is a line of strong text (the outline of a page is the page's own), and there are no pictures.

use super::link_to;
use crate::{
    fields,
    finding::{Report, quoted},
    yaml::Node,
};
use dualwatch_core::measure::text::{is_hidden, visible};
use pulldown_cmark::{CodeBlockKind, Event, LinkType, Options, Parser, Tag, TagEnd};
use std::fmt::Write as _;

/// In bytes.
const MAX_TEXT: usize = 4_096;
/// Browsers stop nesting at some hundreds, and people long before.
const MAX_DEPTH: usize = 12;

type Mistake = (&'static str, String, &'static str);

/// Reads a text. `what` names the value.
pub(super) fn read(node: &Node, what: &str, report: &mut Report) -> Option<String> {
    let text = fields::text(node, what, report)?;
    let html = match html(text) {
        Ok(html) if html.is_empty() => Err(("empty_text", "is empty".to_owned(), "write some text, or remove it")),
        other => other,
    };
    html.map_err(|(code, message, hint)| report.error(node.at, code, format!("{what} {message}"), hint)).ok()
}

fn html(text: &str) -> Result<String, Mistake> {
    if text.len() > MAX_TEXT {
        let message = format!("has {} bytes; {MAX_TEXT} is the limit", text.len());
        return Err(("out_of_range", message, "say the rest on a page of your own, and link to it"));
    }
    let mut writer = Writer { html: String::with_capacity(text.len() * 2), depth: 0 };
    for event in Parser::new_ext(text, Options::empty()) {
        writer.write(event)?;
    }
    Ok(writer.html)
}

struct Writer {
    html: String,
    depth: usize,
}

impl Writer {
    fn write(&mut self, event: Event<'_>) -> Result<(), Mistake> {
        match event {
            Event::Start(tag) => {
                self.depth += 1;
                if self.depth > MAX_DEPTH {
                    let message = format!("nests more than {MAX_DEPTH} levels deep");
                    return Err(("too_complex", message, "write it flatter"));
                }
                return self.open(tag);
            }
            Event::End(tag) => {
                self.depth = self.depth.saturating_sub(1);
                self.html += closing(tag);
            }
            Event::Text(text) | Event::Html(text) | Event::InlineHtml(text) => return self.text(&text),
            Event::Code(text) => {
                self.html += "<code>";
                self.text(&text)?;
                self.html += "</code>";
            }
            Event::SoftBreak => self.html.push('\n'),
            Event::HardBreak => self.html += "<br>",
            Event::Rule => self.html += "<hr>",
            // Of extensions that are not asked for.
            Event::InlineMath(text) | Event::DisplayMath(text) | Event::FootnoteReference(text) => {
                return self.text(&text);
            }
            Event::TaskListMarker(_) => {}
        }
        Ok(())
    }

    fn open(&mut self, tag: Tag<'_>) -> Result<(), Mistake> {
        match tag {
            Tag::Heading { .. } => self.html += "<p><strong>",
            Tag::BlockQuote(_) => self.html += "<blockquote>",
            Tag::CodeBlock(CodeBlockKind::Indented | CodeBlockKind::Fenced(_)) => self.html += "<pre><code>",
            Tag::List(None) => self.html += "<ul>",
            Tag::List(Some(1)) => self.html += "<ol>",
            Tag::List(Some(first)) => _ = write!(self.html, "<ol start=\"{first}\">"),
            Tag::Item => self.html += "<li>",
            Tag::Emphasis => self.html += "<em>",
            Tag::Strong => self.html += "<strong>",
            Tag::Link { link_type, dest_url, .. } => return self.link(link_type, &dest_url),
            Tag::Image { dest_url, .. } => {
                let message = format!("has the picture {}", quoted(&dest_url));
                return Err((
                    "bad_markdown",
                    message,
                    "there are no pictures in texts; link to it: `[name](https://...)`",
                ));
            }
            // HTML is paragraphs of text.
            Tag::HtmlBlock | Tag::Paragraph => self.html += "<p>",
            _ => {}
        }
        Ok(())
    }

    fn link(&mut self, link_type: LinkType, to: &str) -> Result<(), Mistake> {
        let to_mail = [if link_type == LinkType::Email { "mailto:" } else { "" }, to].concat();
        let Some(url) = link_to(&to_mail) else {
            let message = format!("has a link to {}", quoted(to));
            return Err((
                "bad_markdown",
                message,
                "write the whole address: `https://...`, `http://...` or `mailto:...`",
            ));
        };
        self.html += "<a rel=\"nofollow noopener\" href=\"";
        self.text(url.as_str())?;
        self.html += "\">";
        Ok(())
    }

    fn text(&mut self, text: &str) -> Result<(), Mistake> {
        for c in text.chars() {
            match c {
                '&' => self.html += "&amp;",
                '<' => self.html += "&lt;",
                '>' => self.html += "&gt;",
                '"' => self.html += "&quot;",
                '\n' | '\t' => self.html.push(c),
                c if is_hidden(c) => {
                    let message = format!("has the invisible character {}", visible(c.encode_utf8(&mut [0; 4])));
                    return Err(("invisible_character", message, "write it without"));
                }
                c => self.html.push(c),
            }
        }
        Ok(())
    }
}

const fn closing(tag: TagEnd) -> &'static str {
    match tag {
        TagEnd::Heading(_) => "</strong></p>",
        TagEnd::BlockQuote(_) => "</blockquote>",
        TagEnd::CodeBlock => "</code></pre>",
        TagEnd::List(true) => "</ol>",
        TagEnd::List(false) => "</ul>",
        TagEnd::Item => "</li>",
        TagEnd::Emphasis => "</em>",
        TagEnd::Strong => "</strong>",
        TagEnd::Link => "</a>",
        TagEnd::HtmlBlock | TagEnd::Paragraph => "</p>",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Promise (Texts): Markdown of the operator becomes a handful of elements without attributes but a link's: HTML in it is
    /// text, and links lead to the web or to a mailbox.
    #[test]
    fn markdown_becomes_a_few_elements() {
        for (text, expected) in [
            ("One *two* **three** `<b>`", "<p>One <em>two</em> <strong>three</strong> <code>&lt;b&gt;</code></p>"),
            ("a  \nb\nc", "<p>a<br>b\nc</p>"),
            ("# Head", "<p><strong>Head</strong></p>"),
            ("- a\n- b", "<ul><li>a</li><li>b</li></ul>"),
            ("3. a", "<ol start=\"3\"><li>a</li></ol>"),
            ("> said", "<blockquote><p>said</p></blockquote>"),
            ("```js\nalert(\"1\")\n```", "<pre><code>alert(&quot;1&quot;)\n</code></pre>"),
            (
                "[us](https://shop.example/a?b=\"c\"&d \"title\")",
                "<p><a rel=\"nofollow noopener\" href=\"https://shop.example/a?b=%22c%22&amp;d\">us</a></p>",
            ),
            (
                "<ops@shop.example>",
                "<p><a rel=\"nofollow noopener\" href=\"mailto:ops@shop.example\">ops@shop.example</a></p>",
            ),
            ("a <script>alert(1)</script>", "<p>a &lt;script&gt;alert(1)&lt;/script&gt;</p>"),
            ("<img src=x onerror=alert(1)>", "<p>&lt;img src=x onerror=alert(1)&gt;</p>"),
            ("<!-- a\n\n--> </p></main>", "<p>&lt;!-- a\n\n--&gt; &lt;/p&gt;&lt;/main&gt;</p>"),
            ("&lt;b&gt; &quot;", "<p>&lt;b&gt; &quot;</p>"),
            ("| a | b |\n|---|---|\n| ~~c~~ | d[^1] |", "<p>| a | b |\n|---|---|\n| ~~c~~ | d[^1] |</p>"),
        ] {
            assert_eq!(html(text).as_deref(), Ok(expected), "{text}");
        }
    }

    #[test]
    fn what_would_reach_further_is_refused() {
        for (text, code) in [
            ("![x](https://evil.example/x.png)", "bad_markdown"),
            ("[x](javascript:alert(1))", "bad_markdown"),
            ("[x](JaVaScRiPt:alert(1))", "bad_markdown"),
            ("[x](&#106;avascript:alert(1))", "bad_markdown"),
            ("[x](data:text/html,x)", "bad_markdown"),
            ("[x](/about)", "bad_markdown"),
            ("[x](//evil.example)", "bad_markdown"),
            ("[x](https://bank.example@evil.example/)", "bad_markdown"),
            ("<javascript:alert(1)>", "bad_markdown"),
            ("\u{202e}x", "invisible_character"),
            ("a&#x202e;b", "invisible_character"),
            ("`\u{200f}`", "invisible_character"),
            (&">".repeat(100), "too_complex"),
            (&"a".repeat(10_000), "out_of_range"),
        ] {
            assert_eq!(html(text).map_err(|(code, ..)| code), Err(code), "{text}");
        }
        assert_eq!(html(&"a".repeat(MAX_TEXT)).map(|html| html.len()), Ok(MAX_TEXT + "<p></p>".len()));
    }
}
