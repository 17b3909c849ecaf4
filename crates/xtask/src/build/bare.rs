//! Texts that browsers load, without what only their authors need.

/// Returns a script without its comments and indents. They stand in lines of their own.
pub fn script(text: &str) -> String {
    let lines = text.lines().map(str::trim_start);
    let lines = lines.filter(|line| !line.is_empty() && !line.starts_with("//") && !line.starts_with("/**"));
    lines.fold(String::new(), |text, line| text + line + "\n")
}

/// Returns a style without its comments, and without the white space that separates nothing. What is quoted stays as it is.
pub fn style(text: &str) -> String {
    let mut bare = String::with_capacity(text.len());
    let mut rest = text;
    // White space is owed: written if what comes next needs it.
    let mut is_owed = false;
    while let Some(c) = rest.chars().next() {
        if let Some(comment) = rest.strip_prefix("/*") {
            // CSS closes at the end of the file what is open.
            rest = comment.split_once("*/").map_or("", |(_, after)| after);
            is_owed = true;
        } else if c.is_whitespace() {
            rest = &rest[c.len_utf8()..];
            is_owed = true;
        } else {
            let quoted = if matches!(c, '"' | '\'') { end_of_quote(rest, c) } else { c.len_utf8() };
            let says_nothing = stands_alone(c) || bare.ends_with(|c: char| stands_alone(c) || c == ':');
            if is_owed && !bare.is_empty() && !says_nothing {
                bare.push(' ');
            }
            is_owed = false;
            // The last declaration of a block needs no end.
            if c == '}' && bare.ends_with(';') {
                bare.pop();
            }
            bare.push_str(&rest[..quoted]);
            rest = &rest[quoted..];
        }
    }
    bare
}

/// Whether white space on either side of a character means nothing, wherever it stands. Before a colon it means something
/// (`a :is(b)`), and so it does beside brackets and signs (`calc(1px + 2px)`).
const fn stands_alone(c: char) -> bool {
    matches!(c, '{' | '}' | ';' | ',' | '>')
}

/// Returns how long a quoted text is that begins here.
fn end_of_quote(text: &str, quote: char) -> usize {
    let mut is_escaped = false;
    for (i, c) in text.char_indices().skip(1) {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            c if c == quote => return i + 1,
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_style_says_the_same_in_less() {
        let check = |text, expected| assert_eq!(style(text), expected);
        check(
            "/* Of\n all. */\na,\nb :is(c, d) > e {\n  color: red;\n  margin: 0 1px;\n}\n",
            "a,b :is(c,d)>e{color:red;margin:0 1px}",
        );
        check(
            "/* A, b. */\n:host([hidden]), .a { display: none }\n.b > [part=c] * {\n  margin: 0 1em;\n}\n",
            ":host([hidden]),.a{display:none}.b>[part=c] *{margin:0 1em}",
        );
        check("a { b: calc(1px + 2px) } /* open", "a{b:calc(1px + 2px)}");
        check("a/* b */.c { }", "a .c{}");
        check("@media (max-width: 1px) and (x) {\n  a { b: c; }\n}\n", "@media (max-width:1px) and (x){a{b:c}}");
        // What is quoted is nobody's to change.
        check(r#"a { content: "/* ; } \"  " / "x,  y"; }"#, r#"a{content:"/* ; } \"  " / "x,  y"}"#);
        check("a { --glyph: '✓'; }", "a{--glyph:'✓'}");
        check("", "");
    }

    #[test]
    fn a_script_has_neither_comments_nor_indents() {
        assert_eq!(script("// Why.\n/** What. */\nif (a) {\n  b(); // c\n}\n\n"), "if (a) {\nb(); // c\n}\n");
    }
}
