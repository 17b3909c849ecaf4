//! A badge as an image, in the styles of shields: the same places, colours that can be read, and words for who cannot see
//! them.
//!
//! Every text passes [`escaped`]. Nothing in an image runs, loads or moves; only [`Theme::Auto`] has a style sheet.

use super::{
    Badge, Tone,
    font::{Font, width_px},
};
use crate::{answer::language::Language, xml::escaped};
use std::fmt::Write as _;

/// The styles of shields.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Style {
    #[default]
    Flat,
    FlatSquare,
    Plastic,
    ForTheBadge,
    /// In a bubble. It has no colours: its words say all.
    Social,
}

impl Style {
    pub const ALL: [Self; 5] = [Self::Flat, Self::FlatSquare, Self::Plastic, Self::ForTheBadge, Self::Social];

    /// Returns the name that shields has for it.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Flat => "flat",
            Self::FlatSquare => "flat-square",
            Self::Plastic => "plastic",
            Self::ForTheBadge => "for-the-badge",
            Self::Social => "social",
        }
    }
}

/// On what ground a badge stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Theme {
    #[default]
    Light,
    Dark,
    /// As the reader's device says.
    Auto,
}

impl Theme {
    pub const ALL: [Self; 3] = [Self::Light, Self::Dark, Self::Auto];

    pub const fn code(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
            Self::Auto => "auto",
        }
    }
}

/// The ground of a message, on which white can be read (WCAG 2.2, 1.4.3: 4.5 to 1).
const fn ground(tone: Tone, is_dark: bool) -> &'static str {
    match (tone, is_dark) {
        (Tone::Good, false) => "#1f7a33",
        (Tone::Good, true) => "#238636",
        (Tone::Slow, false) => "#8a6100",
        (Tone::Slow, true) => "#9a6700",
        (Tone::Planned, false) => "#0969da",
        (Tone::Planned, true) => "#1f6feb",
        (Tone::Partial, false) => "#bc4c00",
        (Tone::Partial, true) => "#c2410c",
        (Tone::Bad, false) => "#c9252d",
        (Tone::Bad, true) => "#da3633",
        (Tone::Unknown, false) => "#656d76",
        (Tone::Unknown, true) => "#6e7681",
    }
}

/// The grounds and letters that are not those of a message: label, bubble, its border, letters in it.
const fn rest(is_dark: bool) -> [&'static str; 4] {
    if is_dark { ["#30363d", "#21262d", "#484f58", "#e6edf3"] } else { ["#555555", "#fafafa", "#d5d5d5", "#333333"] }
}

const VERDANA: &str = "Verdana,Geneva,DejaVu Sans,sans-serif";
const HELVETICA: &str = "Helvetica Neue,Helvetica,Arial,sans-serif";

/// Draws a badge. Its texts are in `language`.
pub fn draw(badge: &Badge, style: Style, theme: Theme, language: Language) -> String {
    let Badge { label, message, tone } = badge;
    let (body, width, height) = match style {
        Style::Flat => flat(badge, theme, &FLAT),
        Style::FlatSquare => flat(badge, theme, &FLAT_SQUARE),
        Style::Plastic => flat(badge, theme, &PLASTIC),
        Style::ForTheBadge => for_the_badge(badge, theme),
        Style::Social => social(badge, theme),
    };
    let said = if label.is_empty() { message.clone() } else { format!("{label}: {message}") };
    let said = escaped(&said);
    let sheet = if theme == Theme::Auto { sheet(*tone) } else { String::new() };
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" role=\"img\" \
         aria-label=\"{said}\" xml:lang=\"{}\"><title>{said}</title>{sheet}{body}</svg>",
        language.code()
    )
}

/// In a sheet, which has precedence over what elements say of themselves.
fn sheet(tone: Tone) -> String {
    let [label, bubble, border, letters] = rest(true);
    format!(
        "<style>@media(prefers-color-scheme:dark){{.l{{fill:{label}}}.m{{fill:{}}}.b{{fill:{bubble};stroke:{border}}}\
         .t{{fill:{letters}}}}}</style>",
        ground(tone, true)
    )
}

/// What the three styles differ in that are alike otherwise.
struct Flat {
    height: u32,
    radius: u32,
    /// Of the letters' base, in tenths of a pixel.
    base: u32,
    /// What lies over the grounds; none: no shadow either.
    shine: &'static str,
}

const FLAT: Flat = Flat {
    height: 20,
    radius: 3,
    base: 140,
    shine: "<stop offset=\"0\" stop-color=\"#bbb\" stop-opacity=\".1\"/><stop offset=\"1\" stop-opacity=\".1\"/>",
};
const FLAT_SQUARE: Flat = Flat { height: 20, radius: 0, base: 140, shine: "" };
const PLASTIC: Flat = Flat {
    height: 18,
    radius: 4,
    base: 130,
    shine: "<stop offset=\"0\" stop-color=\"#fff\" stop-opacity=\".4\"/>\
            <stop offset=\".1\" stop-color=\"#aaa\" stop-opacity=\".1\"/>\
            <stop offset=\".9\" stop-color=\"#000\" stop-opacity=\".3\"/>\
            <stop offset=\"1\" stop-color=\"#000\" stop-opacity=\".5\"/>",
};

/// Rounded down, and up to an odd number, so that the middle is that of a pixel (shields, `preferredWidthOf`).
fn odd_px(text: &str, font: Font) -> u32 {
    width_px(text, font) as u32 | 1
}

fn flat(badge: &Badge, theme: Theme, style: &Flat) -> (String, f64, u32) {
    let Flat { height, radius, base, shine } = *style;
    let of_label = if badge.label.is_empty() { 0 } else { odd_px(&badge.label, Font::Verdana11) };
    let of_message = odd_px(&badge.message, Font::Verdana11);
    let left = if badge.label.is_empty() { 0 } else { of_label + 10 };
    let right = of_message + 10;
    let width = left + right;
    let mut svg = String::new();
    if !shine.is_empty() {
        let _ = write!(
            svg,
            "<linearGradient id=\"s\" x2=\"0\" y2=\"100%\">{shine}</linearGradient>\
             <clipPath id=\"r\"><rect width=\"{width}\" height=\"{height}\" rx=\"{radius}\"/></clipPath>"
        );
    }
    let around = if shine.is_empty() { "shape-rendering=\"crispEdges\"" } else { "clip-path=\"url(#r)\"" };
    let _ = write!(svg, "<g {around}>{}", grounds(badge.tone, theme, left.into(), right.into(), height));
    if !shine.is_empty() {
        let _ = write!(svg, "<rect width=\"{width}\" height=\"{height}\" fill=\"url(#s)\"/>");
    }
    let _ = write!(
        svg,
        "</g><g fill=\"#fff\" text-anchor=\"middle\" font-family=\"{VERDANA}\" text-rendering=\"geometricPrecision\" \
         font-size=\"110\">"
    );
    // In tenths of a pixel.
    let label = Placed { middle: 60.0 + 5.0 * f64::from(of_label), base, length: 10.0 * f64::from(of_label) };
    let begin = if left == 0 { 60.0 } else { 10.0 * f64::from(left) + 40.0 };
    let message = Placed { middle: begin + 5.0 * f64::from(of_message), base, length: 10.0 * f64::from(of_message) };
    for (text, placed) in [(&badge.label, label), (&badge.message, message)] {
        if text.is_empty() {
            continue;
        }
        if !shine.is_empty() {
            let shadow = Placed { base: base + 10, ..placed };
            svg += &shadow.text(text, "aria-hidden=\"true\" fill=\"#010101\" fill-opacity=\".3\"");
        }
        svg += &placed.text(text, "");
    }
    svg += "</g>";
    (svg, width.into(), height)
}

/// The grounds of label and message, beside each other.
fn grounds(tone: Tone, theme: Theme, left: f64, right: f64, height: u32) -> String {
    let is_dark = theme == Theme::Dark;
    let ([label, ..], message) = (rest(is_dark), ground(tone, is_dark));
    format!(
        "<rect class=\"l\" width=\"{left}\" height=\"{height}\" fill=\"{label}\"/>\
         <rect class=\"m\" x=\"{left}\" width=\"{right}\" height=\"{height}\" fill=\"{message}\"/>"
    )
}

/// Where a text stands, in tenths of a pixel.
#[derive(Clone, Copy)]
struct Placed {
    middle: f64,
    base: u32,
    length: f64,
}

impl Placed {
    fn text(self, text: &str, attributes: &str) -> String {
        let Self { middle, base, length } = self;
        let space = if attributes.is_empty() { "" } else { " " };
        format!(
            "<text x=\"{middle}\" y=\"{base}\" transform=\"scale(.1)\" textLength=\"{length}\"{space}{attributes}>{}</text>",
            escaped(text)
        )
    }
}

fn for_the_badge(badge: &Badge, theme: Theme) -> (String, f64, u32) {
    const SPACING: f64 = 1.25;
    const MARGIN: f64 = 12.0;
    const HEIGHT: u32 = 28;
    let (label, message) = (badge.label.to_uppercase(), badge.message.to_uppercase());
    let width = |text: &str, font| width_px(text, font).floor() + SPACING * text.encode_utf16().count() as f64;
    let of_label = width(&label, Font::Verdana10);
    let of_message = width(&message, Font::Verdana10Bold);
    let left = if label.is_empty() { 0.0 } else { of_label + 2.0 * MARGIN };
    let right = of_message + 2.0 * MARGIN;
    let mut svg = format!(
        "<g shape-rendering=\"crispEdges\">{}</g><g fill=\"#fff\" text-anchor=\"middle\" font-family=\"{VERDANA}\" \
         text-rendering=\"geometricPrecision\" font-size=\"100\">",
        grounds(badge.tone, theme, left, right, HEIGHT)
    );
    if !label.is_empty() {
        let placed = Placed { middle: 10.0 * (MARGIN + of_label / 2.0), base: 175, length: 10.0 * of_label };
        svg += &placed.text(&label, "");
    }
    let placed = Placed { middle: 10.0 * (left + MARGIN + of_message / 2.0), base: 175, length: 10.0 * of_message };
    svg += &placed.text(&message, "font-weight=\"bold\"");
    svg += "</g>";
    (svg, left + right, HEIGHT)
}

fn social(badge: &Badge, theme: Theme) -> (String, f64, u32) {
    const GUTTER: u32 = 6;
    let mut letters = badge.label.chars();
    // With a capital, as shields has it.
    let label: String = letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect();
    let of_label = odd_px(&label, Font::Helvetica11Bold);
    let of_message = odd_px(&badge.message, Font::Helvetica11Bold);
    let (left, right) = (of_label + 10, of_message + 8);
    let [_, bubble, border, fill] = rest(theme == Theme::Dark);
    let tip = f64::from(left + GUTTER) + 0.5;
    let mut svg = format!(
        "<g class=\"b\" fill=\"{bubble}\" stroke=\"{border}\"><rect x=\".5\" y=\".5\" width=\"{left}\" height=\"19\" rx=\"2\"/>\
         <rect x=\"{tip}\" y=\".5\" width=\"{right}\" height=\"19\" rx=\"2\"/></g>\
         <path class=\"b\" d=\"M{tip} 6.5l-3 3v1l3 3\" fill=\"{bubble}\" stroke=\"{border}\"/>\
         <g class=\"t\" fill=\"{fill}\" text-anchor=\"middle\" font-family=\"{HELVETICA}\" \
         text-rendering=\"geometricPrecision\" font-weight=\"700\" font-size=\"110\">"
    );
    let placed = Placed { middle: 5.0 * f64::from(of_label) + 50.0, base: 140, length: 10.0 * f64::from(of_label) };
    svg += &placed.text(&label, "");
    let middle = 10.0 * f64::from(left + GUTTER) + 5.0 * f64::from(right);
    svg += &Placed { middle, base: 140, length: 10.0 * f64::from(of_message) }.text(&badge.message, "");
    svg += "</g>";
    (svg, f64::from(left + 1 + GUTTER + right), 20)
}

#[cfg(test)]
mod tests;
