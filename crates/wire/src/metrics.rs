//! Metrics as text: the two forms that Prometheus reads, and what is written of one probe.
//!
//! What real readers refuse (a second header of a family, a comment or an empty line in `OpenMetrics`, `info` as a type in
//! the older form, a time stamp, a unit that is none) cannot be written with [`Exposition`].

pub mod probe;

use crate::answer::exposition::Format;
use std::fmt::Write as _;

/// What the samples of a family are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Gauge,
    /// Only ever grows; its samples are called `_total`.
    Counter,
    /// Says something with its labels, and its value is 1; its samples are called `_info`.
    Info,
}

impl Kind {
    const fn suffix(self) -> &'static str {
        match self {
            Self::Gauge => "",
            Self::Counter => "_total",
            Self::Info => "_info",
        }
    }

    /// The older form knows no `info`.
    const fn code(self, format: Format) -> &'static str {
        match (self, format) {
            (Self::Counter, _) => "counter",
            (Self::Info, Format::OpenMetrics) => "info",
            (Self::Gauge | Self::Info, _) => "gauge",
        }
    }
}

/// Metrics, family after family.
#[derive(Debug)]
pub struct Exposition {
    format: Format,
    text: String,
}

/// The samples of one family; one without any leaves no trace.
#[derive(Debug)]
pub struct Family<'a> {
    exposition: &'a mut Exposition,
    name: &'static str,
    kind: Kind,
    help: &'static str,
    is_begun: bool,
}

/// The units that a name may end in.
const UNITS: [&str; 3] = ["seconds", "bytes", "ratio"];

impl Exposition {
    pub const fn new(format: Format) -> Self {
        Self { format, text: String::new() }
    }

    /// Begins a family. `name`: without the suffix of its kind, each once; `help`: a sentence without quotation marks and
    /// backslashes, which the two forms escape differently.
    pub const fn family(&mut self, name: &'static str, kind: Kind, help: &'static str) -> Family<'_> {
        Family { exposition: self, name, kind, help, is_begun: false }
    }

    /// Returns the text.
    pub fn finish(mut self) -> String {
        if self.format == Format::OpenMetrics {
            self.text.push_str("# EOF\n");
        }
        self.text
    }
}

impl Family<'_> {
    /// Writes a sample. A value that is no number is left out: readers keep it and no comparison finds it.
    pub fn sample(&mut self, labels: &[(&str, &str)], value: f64) {
        if !value.is_finite() {
            return;
        }
        self.begin();
        let text = &mut self.exposition.text;
        text.push_str(self.name);
        text.push_str(self.kind.suffix());
        for (i, (name, value)) in labels.iter().enumerate() {
            text.push(if i == 0 { '{' } else { ',' });
            text.push_str(name);
            text.push_str("=\"");
            escape(text, value);
            text.push('"');
        }
        if !labels.is_empty() {
            text.push('}');
        }
        // A text takes everything.
        let _ = writeln!(text, " {value}");
    }

    fn begin(&mut self) {
        if std::mem::replace(&mut self.is_begun, true) {
            return;
        }
        let Self { name, kind, help, .. } = *self;
        let Exposition { format, text } = &mut *self.exposition;
        // The older form has the name of the samples there, the newer one that of the family.
        let suffix = if *format == Format::Text { kind.suffix() } else { "" };
        let _ = writeln!(text, "# TYPE {name}{suffix} {}", kind.code(*format));
        let unit = UNITS.into_iter().find(|unit| name.strip_suffix(unit).is_some_and(|rest| rest.ends_with('_')));
        if let Some(unit) = unit.filter(|_| *format == Format::OpenMetrics) {
            let _ = writeln!(text, "# UNIT {name} {unit}");
        }
        let _ = writeln!(text, "# HELP {name}{suffix} {help}");
    }
}

/// Both forms escape the same three in the value of a label.
fn escape(text: &mut String, value: &str) {
    for c in value.chars() {
        match c {
            '\\' => text.push_str("\\\\"),
            '"' => text.push_str("\\\""),
            '\n' => text.push_str("\\n"),
            c => text.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(format: Format) -> String {
        let mut all = Exposition::new(format);
        let mut waits = all.family("dualwatch_wait_seconds", Kind::Gauge, "How long.");
        waits.sample(&[("target", "shop"), ("family", "ipv6")], 0.000_35);
        waits.sample(&[("target", "a\"b\\c\nd\te\r\u{fc}")], 1_795_428_711.042);
        waits.sample(&[], f64::NAN);
        all.family("dualwatch_nothing", Kind::Gauge, "Nobody says this.");
        all.family("dualwatch_probes", Kind::Counter, "How many.").sample(&[], 12.0);
        all.family("dualwatch_cause", Kind::Info, "Why.").sample(&[("cause", "tcp.refused")], 1.0);
        all.finish()
    }

    #[test]
    fn the_older_form_is_pinned() {
        assert_eq!(
            written(Format::Text),
            "# TYPE dualwatch_wait_seconds gauge\n\
             # HELP dualwatch_wait_seconds How long.\n\
             dualwatch_wait_seconds{target=\"shop\",family=\"ipv6\"} 0.00035\n\
             dualwatch_wait_seconds{target=\"a\\\"b\\\\c\\nd\te\r\u{fc}\"} 1795428711.042\n\
             # TYPE dualwatch_probes_total counter\n\
             # HELP dualwatch_probes_total How many.\n\
             dualwatch_probes_total 12\n\
             # TYPE dualwatch_cause_info gauge\n\
             # HELP dualwatch_cause_info Why.\n\
             dualwatch_cause_info{cause=\"tcp.refused\"} 1\n"
        );
    }

    #[test]
    fn the_newer_form_names_families_and_units_and_ends() {
        assert_eq!(
            written(Format::OpenMetrics),
            "# TYPE dualwatch_wait_seconds gauge\n\
             # UNIT dualwatch_wait_seconds seconds\n\
             # HELP dualwatch_wait_seconds How long.\n\
             dualwatch_wait_seconds{target=\"shop\",family=\"ipv6\"} 0.00035\n\
             dualwatch_wait_seconds{target=\"a\\\"b\\\\c\\nd\te\r\u{fc}\"} 1795428711.042\n\
             # TYPE dualwatch_probes counter\n\
             # HELP dualwatch_probes How many.\n\
             dualwatch_probes_total 12\n\
             # TYPE dualwatch_cause info\n\
             # HELP dualwatch_cause Why.\n\
             dualwatch_cause_info{cause=\"tcp.refused\"} 1\n\
             # EOF\n"
        );
    }

    #[test]
    fn nothing_to_say_is_a_whole_text_in_both_forms() {
        assert_eq!(Exposition::new(Format::Text).finish(), "");
        assert_eq!(Exposition::new(Format::OpenMetrics).finish(), "# EOF\n");
    }
}
