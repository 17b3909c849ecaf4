//! Reads a pattern: the syntax by `regex-syntax`, the meaning that of `regex-lite`.

use crate::{
    Error,
    boundary::{ALL, Look},
    chars::{Chars, in_both_cases},
    graph::{Graph, Part},
};
use regex_syntax::ast::{
    AssertionKind, Ast, ClassAsciiKind, ClassPerlKind, ClassSet, ClassSetItem, Flag, Flags, FlagsItemKind, GroupKind,
    RepetitionKind, RepetitionRange, parse::ParserBuilder,
};

/// As deep as `regex-lite` goes.
const MAX_DEPTH: u32 = 50;

pub fn graph(text: &str) -> Result<Graph, Error> {
    let ast = ParserBuilder::new()
        .nest_limit(MAX_DEPTH)
        .build()
        .parse(text)
        .map_err(|error| Error::Syntax(error.kind().to_string()))?;
    let mut reading = Reading { graph: Graph::default(), modes: Modes::default() };
    let whole = reading.part(&ast)?;
    Ok(reading.graph.whole(whole))
}

/// What the flags say, from where they stand to the end of their group.
#[derive(Clone, Copy, Debug, Default)]
#[allow(clippy::struct_excessive_bools)] // One for each flag of the syntax.
struct Modes {
    ignores_case: bool,
    /// `^` and `$` are those of lines.
    is_by_line: bool,
    dot_takes_all: bool,
    /// Lines end in `\r\n` too.
    has_returns: bool,
}

impl Modes {
    fn set(&mut self, flags: &Flags) {
        let mut is_on = true;
        for item in &flags.items {
            let mode = match &item.kind {
                FlagsItemKind::Negation => {
                    is_on = false;
                    continue;
                }
                FlagsItemKind::Flag(Flag::CaseInsensitive) => &mut self.ignores_case,
                FlagsItemKind::Flag(Flag::MultiLine) => &mut self.is_by_line,
                FlagsItemKind::Flag(Flag::DotMatchesNewLine) => &mut self.dot_takes_all,
                FlagsItemKind::Flag(Flag::CRLF) => &mut self.has_returns,
                // Which of several matches is taken makes no difference; white space is left out by the parser; and `u`
                // changes nothing in `regex-lite` either.
                FlagsItemKind::Flag(Flag::SwapGreed | Flag::IgnoreWhitespace | Flag::Unicode) => continue,
            };
            *mode = is_on;
        }
    }
}

fn unsupported<T>(what: &str) -> Result<T, Error> {
    Err(Error::Syntax(format!("{what} is not supported")))
}

struct Reading {
    graph: Graph,
    modes: Modes,
}

impl Reading {
    fn part(&mut self, ast: &Ast) -> Result<Part, Error> {
        match ast {
            Ast::Empty(_) => Ok(self.graph.nothing(ALL)),
            Ast::Flags(set) => {
                self.modes.set(&set.flags);
                Ok(self.graph.nothing(ALL))
            }
            Ast::Literal(literal) => self.chars([(literal.c, literal.c)]),
            Ast::Dot(_) => {
                let without: &[(char, char)] = match (self.modes.dot_takes_all, self.modes.has_returns) {
                    (true, _) => &[],
                    (false, false) => &[('\n', '\n')],
                    (false, true) => &[('\n', '\n'), ('\r', '\r')],
                };
                self.graph.one_of(Chars::of(without.iter().copied()).negated())
            }
            Ast::Assertion(assertion) => {
                let look = self.look(&assertion.kind);
                Ok(self.graph.nothing(look.boundaries()))
            }
            Ast::ClassUnicode(_) => unsupported("a class of Unicode, such as `\\pL`,"),
            Ast::ClassPerl(class) => {
                let chars = perl(&class.kind, class.negated);
                self.graph.one_of(chars)
            }
            Ast::ClassBracketed(class) => {
                let mut chars = Chars::default();
                match &class.kind {
                    ClassSet::Item(item) => self.item(item, &mut chars)?,
                    ClassSet::BinaryOp(_) => return unsupported("`&&`, `--` or `~~` in a class"),
                }
                self.graph.one_of(if class.negated { chars.negated() } else { chars })
            }
            Ast::Repetition(repetition) => {
                let (min, max) = match &repetition.op.kind {
                    RepetitionKind::ZeroOrOne => (0, Some(1)),
                    RepetitionKind::ZeroOrMore => (0, None),
                    RepetitionKind::OneOrMore => (1, None),
                    RepetitionKind::Range(RepetitionRange::Exactly(n)) => (*n, Some(*n)),
                    RepetitionKind::Range(RepetitionRange::AtLeast(n)) => (*n, None),
                    RepetitionKind::Range(RepetitionRange::Bounded(n, m)) => (*n, Some(*m)),
                };
                let part = self.part(&repetition.ast)?;
                self.graph.repeated(part, min, max)
            }
            Ast::Group(group) => {
                let outside = self.modes;
                if let GroupKind::NonCapturing(flags) = &group.kind {
                    self.modes.set(flags);
                }
                let part = self.part(&group.ast);
                self.modes = outside;
                part
            }
            Ast::Alternation(alternation) => {
                let mut parts = alternation.asts.iter();
                let mut whole = self.part(parts.next().unwrap_or(ast))?;
                for next in parts {
                    whole = Graph::either(whole, &self.part(next)?);
                }
                Ok(whole)
            }
            Ast::Concat(concat) => {
                let mut whole = self.graph.nothing(ALL);
                for next in &concat.asts {
                    let next = self.part(next)?;
                    whole = self.graph.then(whole, next);
                }
                Ok(whole)
            }
        }
    }

    fn chars<const N: usize>(&mut self, ranges: [(char, char); N]) -> Result<Part, Error> {
        let chars = self.cased(ranges);
        self.graph.one_of(Chars::of(chars))
    }

    fn cased<const N: usize>(&self, ranges: [(char, char); N]) -> Vec<(char, char)> {
        if self.modes.ignores_case { ranges.into_iter().flat_map(in_both_cases).collect() } else { ranges.to_vec() }
    }

    fn item(&self, item: &ClassSetItem, chars: &mut Chars) -> Result<(), Error> {
        match item {
            ClassSetItem::Empty(_) => {}
            ClassSetItem::Literal(literal) => chars.extend(self.cased([(literal.c, literal.c)])),
            ClassSetItem::Range(range) => chars.extend(self.cased([(range.start.c, range.end.c)])),
            ClassSetItem::Ascii(class) => {
                let mut ranges = posix(&class.kind).to_vec();
                if class.negated {
                    ranges = characters(&Chars::of(ranges).negated());
                }
                chars.extend(ranges.into_iter().flat_map(|range| self.cased([range])));
            }
            ClassSetItem::Perl(class) => {
                let ranges = characters(&perl(&class.kind, class.negated));
                chars.extend(ranges.into_iter().flat_map(|range| self.cased([range])));
            }
            ClassSetItem::Unicode(_) => return unsupported("a class of Unicode, such as `\\pL`,"),
            ClassSetItem::Bracketed(_) => return unsupported("a class in a class"),
            ClassSetItem::Union(union) => {
                for item in &union.items {
                    self.item(item, chars)?;
                }
            }
        }
        Ok(())
    }

    const fn look(&self, kind: &AssertionKind) -> Look {
        match (kind, self.modes.is_by_line, self.modes.has_returns) {
            (AssertionKind::StartText, ..) | (AssertionKind::StartLine, false, _) => Look::Start,
            (AssertionKind::EndText, ..) | (AssertionKind::EndLine, false, _) => Look::End,
            (AssertionKind::StartLine, true, false) => Look::StartOfLine,
            (AssertionKind::EndLine, true, false) => Look::EndOfLine,
            (AssertionKind::StartLine, true, true) => Look::StartOfAnyLine,
            (AssertionKind::EndLine, true, true) => Look::EndOfAnyLine,
            (AssertionKind::WordBoundary, ..) => Look::WordBoundary,
            (AssertionKind::NotWordBoundary, ..) => Look::NoWordBoundary,
            (AssertionKind::WordBoundaryStart | AssertionKind::WordBoundaryStartAngle, ..) => Look::WordStart,
            (AssertionKind::WordBoundaryEnd | AssertionKind::WordBoundaryEndAngle, ..) => Look::WordEnd,
            (AssertionKind::WordBoundaryStartHalf, ..) => Look::WordStartHalf,
            (AssertionKind::WordBoundaryEndHalf, ..) => Look::WordEndHalf,
        }
    }
}

/// Surrogates, which are no characters, are left out.
fn characters(chars: &Chars) -> Vec<(char, char)> {
    let known = |c| char::from_u32(c).unwrap_or('\u{e000}');
    chars.ranges().iter().map(|(first, last)| (known(*first), known(*last))).collect()
}

fn perl(kind: &ClassPerlKind, is_negated: bool) -> Chars {
    let chars = Chars::of(
        posix(&match kind {
            ClassPerlKind::Digit => ClassAsciiKind::Digit,
            ClassPerlKind::Space => ClassAsciiKind::Space,
            ClassPerlKind::Word => ClassAsciiKind::Word,
        })
        .iter()
        .copied(),
    );
    if is_negated { chars.negated() } else { chars }
}

const fn posix(kind: &ClassAsciiKind) -> &'static [(char, char)] {
    match kind {
        ClassAsciiKind::Alnum => &[('0', '9'), ('A', 'Z'), ('a', 'z')],
        ClassAsciiKind::Alpha => &[('A', 'Z'), ('a', 'z')],
        ClassAsciiKind::Ascii => &[('\0', '\x7f')],
        ClassAsciiKind::Blank => &[('\t', '\t'), (' ', ' ')],
        ClassAsciiKind::Cntrl => &[('\0', '\x1f'), ('\x7f', '\x7f')],
        ClassAsciiKind::Digit => &[('0', '9')],
        ClassAsciiKind::Graph => &[('!', '~')],
        ClassAsciiKind::Lower => &[('a', 'z')],
        ClassAsciiKind::Print => &[(' ', '~')],
        ClassAsciiKind::Punct => &[('!', '/'), (':', '@'), ('[', '`'), ('{', '~')],
        ClassAsciiKind::Space => &[('\t', '\r'), (' ', ' ')],
        ClassAsciiKind::Upper => &[('A', 'Z')],
        ClassAsciiKind::Word => &[('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')],
        ClassAsciiKind::Xdigit => &[('0', '9'), ('A', 'F'), ('a', 'f')],
    }
}
