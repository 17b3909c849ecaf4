//! The charts of a service: latency over both families, the difference between them, the phases, and a year of days; behind
//! each its figures as a table.
//!
//! As text: as views it would be much more of WebAssembly.

mod figures;
mod marks;
mod year;

pub use marks::{Noted, ends, marks};

use super::Still;
use crate::{components::markup::escape, document::Assets};
use dualwatch_chart::{
    lane::{Spell, State},
    plot::{Lane, Line, Mark, Plot, Point},
    sample,
    times::{self, Tick},
};
use dualwatch_core::{
    measure::{
        family::{Family, PerFamily},
        time::DAY,
        zone::Zone,
    },
    remember::{availability::Period, rollup::latency::Timing},
};
use dualwatch_wire::{
    answer::language::Language,
    door::page::ranged,
    v1::{
        Day,
        chart::{ChartSums, Usual},
    },
};
use dualwatch_words::{
    charts::{self as words, Label, label},
    pages::{Heading, Told},
};

/// What the charts of a service are drawn from.
#[derive(Clone, Debug)]
pub struct Charts<'a> {
    pub range: Period,
    pub sums: &'a ChartSums,
    /// The sums of a year.
    pub year: &'a ChartSums,
    /// The clock of the operator: ticks are where it is round.
    pub zone: Option<&'a Zone>,
    pub marks: &'a [Noted],
    /// When its certificates end, in sentences.
    pub ends: &'a [String],
}

const HEIGHT: u32 = 180;
/// Of the smaller ones.
const LOW: u32 = 110;
/// The phases that have a chart each.
const PHASES: [Timing; 4] = [Timing::Resolve, Timing::Connect, Timing::Tls, Timing::FirstByte];

/// Returns the elements of the head that load what charts need.
pub fn loads(assets: &Assets) -> String {
    let [style, script] = [&assets.chart_css, &assets.chart_js].map(|url| escape(url));
    format!("<script type=\"module\" src=\"{script}\"></script>\n<link rel=\"stylesheet\" href=\"{style}\">\n")
}

/// Returns the parts of the page, each under its heading.
pub fn parts(charts: &Charts<'_>, slug: &str, still: &Still) -> String {
    let drawn = Drawn::of(charts, still);
    let part = |id: &str, heading: Label, content: String| {
        let heading = label(still.spoken.language, heading);
        format!("<section class=\"part\" aria-labelledby=\"{id}\"><h2 id=\"{id}\">{heading}</h2>{content}</section>")
    };
    let mut html = part("latency", Label::Latency, drawn.ranges(slug) + &drawn.latency());
    if let Some(difference) = drawn.difference() {
        html += &part("difference", Label::Difference, difference);
    }
    if let Some(phases) = drawn.phases() {
        html += &part("phases", Label::Phases, phases);
    }
    html + &part("year", Label::Year, year::parts(charts.year, still))
}

/// What all charts of a range share.
struct Drawn<'a> {
    charts: &'a Charts<'a>,
    still: &'a Still,
    language: Language,
    ticks: Vec<Tick>,
    range: String,
}

/// Which lines a chart has, and what is said of them.
struct Shown<'a> {
    id: &'a str,
    title: String,
    about: String,
    lines: &'a [Line<'a>],
    lanes: &'a [Lane<'a>],
    marks: &'a [Mark<'a>],
    height: u32,
    /// A pointer reads its figures, which the table of the latency has.
    is_read: bool,
}

impl<'a> Drawn<'a> {
    fn of(charts: &'a Charts<'a>, still: &'a Still) -> Self {
        let ticks = times::ticks(charts.sums.from, charts.sums.to, charts.zone);
        let range = range(charts.range, still);
        Self { charts, still, language: still.spoken.language, ticks, range }
    }

    /// Links to the same page over other ranges.
    fn ranges(&self, slug: &str) -> String {
        let links = Period::ALL.map(|period| {
            let current = if period == self.charts.range { " aria-current=\"page\"" } else { "" };
            let href = escape(&self.still.link(&ranged(slug, period)));
            format!("<a href=\"{href}\"{current}>{}</a>", range(period, self.still))
        });
        let name = label(self.language, Label::Range);
        format!("<nav class=\"ranges\" aria-label=\"{name}\">{}</nav>", links.concat())
    }

    fn points(&self, value: impl Fn(&dualwatch_wire::v1::chart::ChartStep) -> Option<f64>) -> Vec<Point> {
        let sums = self.charts.sums;
        let point = |step: &dualwatch_wire::v1::chart::ChartStep| Point {
            from: step.from.unix_ms(),
            to: (step.from + sums.step_ms).min(sums.to).unix_ms(),
            value: value(step),
        };
        sums.steps.iter().map(point).collect()
    }

    fn of_family(&self, timing: Timing) -> PerFamily<Vec<Point>> {
        PerFamily::from_fn(|family| self.points(|step| step.family(family).median(timing)))
    }

    fn spells(&self, family: Family) -> Vec<Spell> {
        let sums = self.charts.sums;
        let spell = |step: &dualwatch_wire::v1::chart::ChartStep| {
            let to = (step.from + sums.step_ms).min(sums.to);
            let state = state(step.family(family).state(to.ms_since(step.from)))?;
            Some(Spell { from: step.from.unix_ms(), to: to.unix_ms(), state })
        };
        sums.steps.iter().filter_map(spell).collect()
    }

    fn latency(&self) -> String {
        let sums = self.charts.sums;
        let points = self.of_family(Timing::Total);
        if Family::ALL.iter().all(|family| points.get(*family).iter().all(|point| point.value.is_none())) {
            return format!("<p>{}</p>", label(self.language, Label::NoAnswer));
        }
        let usual = sums.usual.as_ref().map(|_, usual| usual.map(|Usual { p10_ms, p90_ms, .. }| (p10_ms, p90_ms)));
        let of_family = |family| Line { code: code(family), points: points.get(family), usual: *usual.get(family) };
        let spells = PerFamily::from_fn(|family| self.spells(family));
        let names = PerFamily::from_fn(|family| family.to_string());
        let seen_over = |family| Lane { label: names.get(family), spells: spells.get(family) };
        let (lines, both) = (Family::ALL.map(of_family), Family::ALL.map(seen_over));
        let labels: Vec<String> = (1..=self.charts.marks.len()).map(|n| n.to_string()).collect();
        let marks: Vec<Mark<'_>> = self
            .charts
            .marks
            .iter()
            .zip(&labels)
            .map(|(noted, label)| Mark { at: noted.at.unix_ms(), label, text: &noted.text })
            .collect();
        let limits = Family::ALL
            .map(|family| words::limits(self.language, family, limits(points.get(family)), *usual.get(family)));
        let shown = Shown {
            id: "chart-latency",
            title: format!("{}, {}", label(self.language, Label::Latency), self.range),
            about: limits.join(" "),
            lines: &lines,
            lanes: &both,
            marks: &marks,
            height: HEIGHT,
            is_read: true,
        };
        let said = limits.map(|text| escape(&text)).join(" ");
        [
            format!("<p class=\"note\">{said}</p>"),
            self.figure(&shown, &self.key(usual.get(Family::Ipv4).or(*usual.get(Family::Ipv6)).is_some())),
            self.noted(),
            figures::table(sums, &self.range, self.still),
        ]
        .concat()
    }

    /// A chart with what its lines mean.
    fn figure(&self, shown: &Shown<'_>, key: &str) -> String {
        let sums = self.charts.sums;
        let plot = Plot {
            id: shown.id,
            title: &shown.title,
            description: &shown.about,
            from: sums.from.unix_ms(),
            to: sums.to.unix_ms(),
            height: shown.height,
            unit: "\u{a0}ms",
            point: (self.language == Language::De).then_some(','),
            lines: shown.lines,
            lanes: shown.lanes,
            marks: shown.marks,
            ticks: &self.ticks,
        };
        let reads = if shown.is_read { " data-reads" } else { "" };
        format!("<figure class=\"card chart\"{reads}><figcaption>{key}</figcaption>{}</figure>", plot.svg())
    }

    fn key(&self, has_usual: bool) -> String {
        let w = self.still.words();
        let sums = self.charts.sums;
        let mut items: Vec<String> =
            Family::ALL.map(|family| [sample::line(code(family)), family.to_string()].join(" ")).into();
        items.push(words::median(self.language, &w.span(sums.step_ms)));
        let days = sums.usual.iter().filter_map(|(_, usual)| usual.map(|usual| usual.days)).max().unwrap_or_default();
        if has_usual {
            items.push(words::usual(self.language, days));
        }
        items.extend(states(self.still));
        items.push(words::clock(self.language, &escape(&self.clock())));
        list(&items)
    }

    /// What the clock of the axis is called.
    fn clock(&self) -> String {
        let at = self.charts.zone.and_then(|zone| zone.at(self.charts.sums.to));
        at.map_or_else(|| "UTC".to_owned(), |clock| clock.name.clone())
    }

    /// What the marks are.
    fn noted(&self) -> String {
        let ends = self.charts.ends.iter().map(|text| format!("<p class=\"note\">{}</p>", escape(text)));
        let ends: String = ends.collect();
        if self.charts.marks.is_empty() {
            return ends;
        }
        let items = self.charts.marks.iter().map(|noted| format!("<li>{}</li>", escape(&noted.text)));
        let name = label(self.language, Label::Marks);
        format!("<h3>{name}</h3><ol class=\"items\">{}</ol>{ends}", items.collect::<String>())
    }

    fn difference(&self) -> Option<String> {
        let points = self.points(figures::difference);
        let (low, high) = limits(&points)?;
        let lines = [Line { code: "difference", points: &points, usual: None }];
        let about = label(self.language, Label::DifferenceSays);
        let [low, high] = [low, high].map(|ms| words::difference(self.language, ms));
        let shown = Shown {
            id: "chart-difference",
            title: format!("{}, {}: {low} … {high}", label(self.language, Label::Difference), self.range),
            about: about.to_owned(),
            lines: &lines,
            lanes: &[],
            marks: &[],
            height: LOW,
            is_read: true,
        };
        // Its figures stand beside those of the latency.
        Some(self.figure(&shown, about))
    }

    fn phases(&self) -> Option<String> {
        let charts: String = PHASES.into_iter().filter_map(|timing| self.phase(timing)).collect();
        let table = || figures::phases(self.charts.sums, PHASES, &self.range, self.still);
        (!charts.is_empty()).then(|| format!("<div class=\"phases\">{charts}</div>{}", table()))
    }

    fn phase(&self, timing: Timing) -> Option<String> {
        let points = self.of_family(timing);
        let seen = Family::ALL.map(|family| limits(points.get(family)));
        if seen.iter().all(Option::is_none) {
            return None;
        }
        let name = words::timing(self.language, timing);
        let of_family = |family| Line { code: code(family), points: points.get(family), usual: None };
        let limits =
            Family::ALL.into_iter().zip(seen).map(|(family, seen)| words::limits(self.language, family, seen, None));
        let shown = Shown {
            id: &format!("chart-{}", timing.code()),
            title: format!("{name}, {}", self.range),
            about: limits.collect::<Vec<_>>().join(" "),
            lines: &Family::ALL.map(of_family),
            lanes: &[],
            marks: &[],
            height: LOW,
            is_read: false,
        };
        Some(self.figure(&shown, &format!("<h3>{name}</h3>")))
    }
}

/// Returns what each state looks like, with its name.
fn states(still: &Still) -> Vec<String> {
    let named = |state| match state {
        State::Up => Heading::Up,
        State::Maintenance => Heading::Maintenance,
        State::Degraded => Heading::Degraded,
        State::Down => Heading::Down,
    };
    State::ALL.map(|state| [&sample::state(state), still.words().heading(named(state))].join(" ")).into()
}

fn list(items: &[String]) -> String {
    let items = items.iter().map(|item| format!("<li>{item}</li>"));
    format!("<ul class=\"key\">{}</ul>", items.collect::<String>())
}

/// Returns the class of a family's line.
const fn code(family: Family) -> &'static str {
    match family {
        Family::Ipv4 => "ipv4",
        Family::Ipv6 => "ipv6",
    }
}

fn range(period: Period, still: &Still) -> String {
    let w = still.words();
    match period {
        Period::Day => w.tell(Told::Hours(24)),
        Period::Year => w.tell(Told::Year),
        period => w.tell(Told::LastDays(period.length_ms() / DAY)),
    }
}

/// Returns what is drawn of a state; nothing of what nobody saw.
const fn state(day: Day) -> Option<State> {
    match day {
        Day::Unobserved => None,
        Day::Up | Day::Partly => Some(State::Up),
        Day::Degraded => Some(State::Degraded),
        Day::Maintenance => Some(State::Maintenance),
        Day::Down => Some(State::Down),
    }
}

/// Returns the least and the largest value.
fn limits(points: &[Point]) -> Option<(f64, f64)> {
    let values = || points.iter().filter_map(|point| point.value);
    Some((values().reduce(f64::min)?, values().reduce(f64::max)?))
}

#[cfg(test)]
mod tests;
