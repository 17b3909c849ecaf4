//! `Accept` at `/metrics`: in which of the two text forms metrics are written.

/// A text form of metrics.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// Prometheus text 0.0.4, which everybody reads.
    #[default]
    Text,
    /// `OpenMetrics` 1.0.
    OpenMetrics,
}

/// A weight in thousandths where none is said (RFC 9110 section 12.4.2).
const WHOLE: u16 = 1_000;

impl Format {
    pub const ALL: [Self; 2] = [Self::Text, Self::OpenMetrics];

    pub const fn code(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::OpenMetrics => "openmetrics",
        }
    }

    pub const fn content_type(self) -> &'static str {
        match self {
            Self::Text => "text/plain; version=0.0.4; charset=utf-8",
            Self::OpenMetrics => "application/openmetrics-text; version=1.0.0; charset=utf-8",
        }
    }

    /// Reads the field. Only who names `OpenMetrics` is sent it, and only where it weighs no less than plain text: scrapers
    /// that do not know it ask with `*/*`, and read its last line as an error.
    ///
    /// ```
    /// use dualwatch_wire::answer::exposition::Format;
    /// assert_eq!(Format::of(Some("application/openmetrics-text;version=1.0.0,*/*;q=0.1")), Format::OpenMetrics);
    /// assert_eq!(Format::of(Some("*/*")), Format::Text);
    /// ```
    pub fn of(field: Option<&str>) -> Self {
        let (mut open, mut text) = (0, 0);
        for element in field.unwrap_or_default().split(',') {
            let mut parts = element.split(';').map(|part| part.trim_matches([' ', '\t']));
            let range = parts.next().unwrap_or_default();
            let (mut weight, mut version) = (Some(WHOLE), None);
            for (name, value) in parts.filter_map(|part| part.split_once('=')) {
                let value = value.trim_matches([' ', '\t', '"']);
                match name.trim_matches([' ', '\t']) {
                    "q" | "Q" => weight = thousandths(value),
                    "version" => version = Some(value),
                    _ => {}
                }
            }
            let Some(weight) = weight else { continue };
            if range.eq_ignore_ascii_case("application/openmetrics-text") {
                if version.is_none_or(|version| version == "1.0.0") {
                    open = weight.max(open);
                }
            } else if range.eq_ignore_ascii_case("text/plain") {
                text = weight.max(text);
            }
        }
        if open > 0 && open >= text { Self::OpenMetrics } else { Self::Text }
    }
}

/// Reads a weight: 0 to 1, with up to three digits after the point.
fn thousandths(text: &str) -> Option<u16> {
    let weight: f64 = text.parse().ok().filter(|weight| (0.0..=1.0).contains(weight))?;
    (text.len() <= "0.000".len()).then_some((weight * f64::from(WHOLE)).round() as u16)
}

#[cfg(test)]
mod tests {
    use super::*;
    use Format::{OpenMetrics, Text};

    #[test]
    fn only_who_names_open_metrics_is_sent_it() {
        // As versions of Prometheus ask.
        let prometheus_2_42 = "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,\
                               text/plain;version=0.0.4;q=0.5,*/*;q=0.1";
        let prometheus_3 = "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,\
                            application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;\
                            escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2";
        for (field, format) in [
            (None, Text),
            (Some(""), Text),
            (Some("*/*"), Text),
            (Some("text/html,application/xhtml+xml,*/*;q=0.8"), Text),
            (Some("text/plain;version=0.0.4;q=1,*/*;q=0.1"), Text),
            (Some(prometheus_2_42), OpenMetrics),
            (Some(prometheus_3), OpenMetrics),
            (Some("application/openmetrics-text"), OpenMetrics),
            (Some("Application/OpenMetrics-Text ; Q=0.1"), OpenMetrics),
            (Some("application/openmetrics-text; version=\"1.0.0\""), OpenMetrics),
            // A version that we do not write, and who would rather have the other form.
            (Some("application/openmetrics-text;version=0.0.1"), Text),
            (Some("application/openmetrics-text;version=2.0.0"), Text),
            (Some("application/openmetrics-text;q=0.1,text/plain;q=0.9"), Text),
            (Some("application/openmetrics-text;q=0.5,text/plain;q=0.5"), OpenMetrics),
            (Some("application/openmetrics-text;q=0"), Text),
            (Some("application/openmetrics-text;q=2"), Text),
            (Some("application/openmetrics-text;q=x,,;,="), Text),
            (Some("application/json"), Text),
        ] {
            assert_eq!(Format::of(field), format, "{field:?}");
        }
    }
}
