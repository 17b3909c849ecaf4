//! A chart over time: lines with the band of what is usual, gaps where nobody looked, and below them how each family was.

use crate::{
    column::{Piece, Span, WIDTH, pieces},
    lane::{self, Spell, State},
    scale::Scale,
    times::Tick,
    xml::{escape, percent},
};
use std::fmt::Write as _;

/// What was measured from `from` up to `to`, in milliseconds since 1970; `None`: nothing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    pub from: i64,
    pub to: i64,
    pub value: Option<f64>,
}

/// One series.
#[derive(Clone, Copy, Debug)]
pub struct Line<'a> {
    /// Its class, which gives the dash as well as the colour.
    pub code: &'a str,
    /// In the order of time. Between two that do not touch is a gap.
    pub points: &'a [Point],
    /// From where to where most of what is known lies.
    pub usual: Option<(f64, f64)>,
}

/// How something was, as a strip.
#[derive(Clone, Copy, Debug)]
pub struct Lane<'a> {
    pub label: &'a str,
    pub spells: &'a [Spell],
}

/// Something that happened at a moment.
#[derive(Clone, Copy, Debug)]
pub struct Mark<'a> {
    pub at: i64,
    /// A letter or two.
    pub label: &'a str,
    /// What it is, for who asks.
    pub text: &'a str,
}

/// A chart.
#[derive(Clone, Debug, Default)]
pub struct Plot<'a> {
    /// No other drawing of a page has it; letters and digits.
    pub id: &'a str,
    /// What it shows, in a few words, and in a sentence or two.
    pub title: &'a str,
    pub description: &'a str,
    /// In milliseconds since 1970.
    pub from: i64,
    pub to: i64,
    /// Of the part with the lines, in pixels.
    pub height: u32,
    /// Behind the numbers of the axis.
    pub unit: &'a str,
    /// Between the whole and its parts; `None`: a point.
    pub point: Option<char>,
    pub lines: &'a [Line<'a>],
    pub lanes: &'a [Lane<'a>],
    pub marks: &'a [Mark<'a>],
    pub ticks: &'a [Tick],
}

/// So many marks are drawn.
const MOST_MARKS: usize = 40;
/// What is above the lines, for marks and for the highest number of the axis.
const TOP: i64 = 18;
/// What is below them, for times.
const BELOW: i64 = 20;
/// A lane with its name.
const LANE: i64 = 28;
const N_STEPS: u32 = 4;

impl Plot<'_> {
    /// Returns the drawing. It is bounded: at most 40 kB, of which two lines over a day are five.
    pub fn svg(&self) -> String {
        let span = Span { from: self.from, to: self.to };
        let height = i64::from(self.height);
        let below = TOP + height + BELOW;
        let whole = self.lanes.iter().fold(below, |whole, _| whole + LANE);
        let (id, title, description) = (self.id, escape(self.title), escape(self.description));
        let mut svg = format!(
            "<svg class=\"plot\" role=\"img\" aria-labelledby=\"{id}-title\" aria-describedby=\"{id}-about\" width=\"100%\" \
             height=\"{whole}\"><title id=\"{id}-title\">{title}</title><desc id=\"{id}-about\">{description}</desc>"
        );
        let pieces: Vec<Vec<Piece>> = self.lines.iter().map(|line| pieces(line.points, span)).collect();
        let drawn = pieces.iter().flatten().flatten().map(|(_, value)| *value);
        let usual = self.lines.iter().filter_map(|line| line.usual).flat_map(|(low, high)| [low, high]);
        let scale = Scale::of(drawn.chain(usual), N_STEPS);
        self.announced(&mut svg, span);
        self.grid(&mut svg, scale);
        self.times(&mut svg, span);
        // Letters keep their size: only what is in here is as wide as the place.
        _ = write!(
            svg,
            "<svg y=\"{TOP}\" width=\"100%\" height=\"{height}\" viewBox=\"0 0 {WIDTH} {}\" preserveAspectRatio=\"none\">",
            height * 10
        );
        self.down(&mut svg, span);
        for line in self.lines {
            self.usual(&mut svg, line, scale);
        }
        for (line, pieces) in self.lines.iter().zip(&pieces) {
            self.line(&mut svg, line, pieces, scale);
        }
        svg += "</svg>";
        self.numbers(&mut svg, scale);
        for (lane, top) in self.lanes.iter().zip((below..).step_by(LANE as usize)) {
            _ = write!(svg, "<text class=\"tick\" y=\"{}\">{}</text>", top + 12, escape(lane.label));
            _ = write!(
                svg,
                "<svg y=\"{}\" width=\"100%\" height=\"{h}\" viewBox=\"0 0 {WIDTH} {}\" preserveAspectRatio=\"none\">",
                top + 16,
                lane::HEIGHT * 10,
                h = lane::HEIGHT
            );
            lane::draw(&mut svg, lane.spells, span, 0);
            svg += "</svg>";
        }
        self.marks(&mut svg, span);
        svg + "</svg>"
    }

    /// What was announced, hatched behind the lines.
    fn announced(&self, svg: &mut String, span: Span) {
        let stretches = self.stretches(span, State::Maintenance);
        if stretches.is_empty() {
            return;
        }
        let id = self.id;
        _ = write!(
            svg,
            "<defs><pattern id=\"{id}-hatch\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\">\
             <path class=\"hatch\" d=\"M-1 7L7-1M-1 1L1-1M5 7L7 5\"/></pattern></defs>"
        );
        for range in stretches {
            let share = |column: i64| column as f64 / crate::column::N as f64;
            svg.push_str("<rect x=\"");
            percent(svg, share(range.start));
            svg.push_str("\" width=\"");
            percent(svg, share(range.end - range.start));
            _ = write!(svg, "\" y=\"{TOP}\" height=\"{}\" fill=\"url(#{id}-hatch)\"/>", self.height);
        }
    }

    /// What was down in any lane, behind the lines.
    fn down(&self, svg: &mut String, span: Span) {
        let mut path = String::new();
        for range in self.stretches(span, State::Down) {
            let x = |column: i64| column as f64 * WIDTH as f64 / crate::column::N as f64;
            let width = x(range.end) - x(range.start);
            _ = write!(path, "M{} 0h{width}v{}h-{width}z", x(range.start), self.height * 10);
        }
        if !path.is_empty() {
            _ = write!(svg, "<path class=\"was-down\" d=\"{path}\"/>");
        }
    }

    fn stretches(&self, span: Span, state: State) -> Vec<std::ops::Range<i64>> {
        let spells: Vec<Spell> = self.lanes.iter().flat_map(|lane| lane.spells).copied().collect();
        lane::stretches(&spells, span).into_iter().filter(|(_, of)| *of == state).map(|(range, _)| range).collect()
    }

    fn grid(&self, svg: &mut String, scale: Scale) {
        for value in scale.ticks() {
            let y = self.at(value, scale);
            let kind = if value == 0.0 { "zero" } else { "grid" };
            _ = write!(svg, "<line class=\"{kind}\" x2=\"100%\" y1=\"{y}\" y2=\"{y}\"/>");
        }
    }

    /// The numbers of the axis, above the lines that they stand on and above those that cross them.
    fn numbers(&self, svg: &mut String, scale: Scale) {
        let decimals = scale.decimals();
        for value in scale.ticks() {
            let y = self.at(value, scale);
            let number = format!("{value:.decimals$}").replace('.', &self.point.unwrap_or('.').to_string());
            let number = number.replace('-', "\u{2212}");
            _ = write!(svg, "<text class=\"tick\" y=\"{}\">{number}{}</text>", y - 3, escape(self.unit));
        }
    }

    fn times(&self, svg: &mut String, span: Span) {
        let (top, bottom) = (TOP, TOP + i64::from(self.height));
        for tick in self.ticks {
            let share = span.share(tick.at);
            let fine = if tick.is_fine { " fine" } else { "" };
            // At the edges there is no room to both sides.
            let side = match share {
                share if share < 0.05 => " first",
                share if share > 0.95 => " last",
                _ => "",
            };
            let mut x = String::new();
            percent(&mut x, share);
            _ = write!(svg, "<line class=\"grid{fine}\" x1=\"{x}\" x2=\"{x}\" y1=\"{top}\" y2=\"{}\"/>", bottom + 4);
            let label = escape(&tick.label);
            _ = write!(svg, "<text class=\"time{fine}{side}\" x=\"{x}\" y=\"{}\">{label}</text>", bottom + 16);
        }
    }

    fn usual(&self, svg: &mut String, line: &Line<'_>, scale: Scale) {
        let Some((low, high)) = line.usual.filter(|(low, high)| low.is_finite() && high.is_finite()) else { return };
        let (top, bottom) = (self.y(high.max(low), scale), self.y(low.min(high), scale));
        let (code, height) = (line.code, (bottom - top).max(10));
        _ = write!(svg, "<rect class=\"usual {code}\" y=\"{top}\" width=\"{WIDTH}\" height=\"{height}\"/>");
    }

    fn line(&self, svg: &mut String, line: &Line<'_>, pieces: &[Piece], scale: Scale) {
        let mut path = String::new();
        for piece in pieces {
            let mut last = None;
            for (x, value) in piece {
                let y = self.y(*value, scale);
                match last.replace((*x, y)) {
                    None => _ = write!(path, "M{x} {y}"),
                    Some((before, above)) => step(&mut path, x - before, y - above),
                }
            }
            // A line of no length is a dot where its ends are round.
            if piece.len() == 1 {
                path.push_str("h0");
            }
        }
        if !path.is_empty() {
            _ = write!(svg, "<path class=\"line {}\" d=\"{path}\"/>", line.code);
        }
    }

    fn marks(&self, svg: &mut String, span: Span) {
        let bottom = TOP + i64::from(self.height);
        let within = self.marks.iter().filter(|mark| mark.at >= span.from && mark.at <= span.to);
        for mark in within.take(MOST_MARKS) {
            let mut x = String::new();
            percent(&mut x, span.share(mark.at));
            let (label, text) = (escape(mark.label), escape(mark.text));
            _ = write!(
                svg,
                "<g class=\"at\"><title>{text}</title><line x1=\"{x}\" x2=\"{x}\" y1=\"12\" y2=\"{bottom}\"/>\
                 <svg x=\"{x}\"><path d=\"M0 0l7 7-7 7-7-7z\"/><text y=\"10\">{label}</text></svg></g>"
            );
        }
    }

    /// Returns where a value lies in the drawing, in pixels.
    fn at(&self, value: f64, scale: Scale) -> i64 {
        TOP + (self.y(value, scale) + 5) / 10
    }

    /// Returns where a value lies in the part with the lines, in tenths of a pixel from its top.
    fn y(&self, value: f64, scale: Scale) -> i64 {
        ((1.0 - scale.share(value)) * f64::from(self.height) * 10.0).round() as i64
    }
}

/// Writes a step of a path; a sign separates as well as a space.
fn step(path: &mut String, x: i64, y: i64) {
    let space = if y < 0 { "" } else { " " };
    _ = write!(path, "l{x}{space}{y}");
}

#[cfg(test)]
mod tests;
