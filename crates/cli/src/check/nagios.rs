//! A check as a plugin of Nagios and Icinga (Monitoring Plugins Development Guidelines): one line with how it stands,
//! performance data behind a bar, one line more for each family; and an exit code of theirs.

use crate::{exit::Exit, out::Out};
use dualwatch_core::{
    judge::diagnosis::{Conclusion, conclude},
    measure::{
        family::Family,
        round::Round,
        sample::Sample,
        time::{DAY, Timestamp},
    },
};
use dualwatch_words as words;
use std::{fmt::Write as _, io::Write as _};

/// How a plugin says that something stands, in the order of precedence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Service {
    Ok,
    Unknown,
    Warning,
    Critical,
}

impl Service {
    /// Returns the exit code that the guidelines give.
    pub const fn code(self) -> u8 {
        match self {
            Self::Ok => 0,
            Self::Warning => 1,
            Self::Critical => 2,
            Self::Unknown => 3,
        }
    }

    const fn word(self) -> &'static str {
        match self {
            Self::Ok => "OK",
            Self::Warning => "WARNING",
            Self::Critical => "CRITICAL",
            Self::Unknown => "UNKNOWN",
        }
    }

    /// Decides from one round: critical where every family that is there failed, or none is known to work beside one that
    /// failed; a warning where another one works, or one is slow; unknown where this machine could not measure.
    pub fn of(round: &Round) -> Self {
        let conclusions = Family::ALL.map(|family| conclude(round.samples.get(family)));
        let has = |is: fn(&Conclusion) -> bool| conclusions.iter().any(is);
        let is_good = has(|c| matches!(c, Conclusion::Good { .. }));
        let is_slow = has(|c| matches!(c, Conclusion::Good { degraded: true }));
        let is_bad = has(|c| matches!(c, Conclusion::Bad(_)));
        match (is_bad, is_good) {
            (true, false) => Self::Critical,
            (true, true) => Self::Warning,
            _ if has(|c| matches!(c, Conclusion::Blind(_))) => Self::Unknown,
            (false, true) if is_slow => Self::Warning,
            (false, true) => Self::Ok,
            // Nothing is offered over either family.
            (false, false) => Self::Unknown,
        }
    }
}

/// Returns what a plugin prints for these rounds, and how they stand together.
pub fn print(rounds: &[Round], now: Timestamp) -> (String, Service) {
    let worst = rounds.iter().map(Service::of).max().unwrap_or(Service::Unknown);
    let mut first: Vec<String> = Vec::new();
    let (mut further, mut performance) = (String::new(), Vec::new());
    for (i, round) in rounds.iter().enumerate() {
        let stands = Service::of(round);
        let head = if rounds.len() == 1 { String::new() } else { format!("{} {} ", stands.word(), round.target) };
        let told: Vec<String> =
            Family::ALL.iter().map(|f| words::sample_sentence(&round.target, *f, round.samples.get(*f))).collect();
        // Of several only what is wrong is in the line that is sent to a telephone.
        if rounds.len() == 1 || stands != Service::Ok {
            first.push(line(&format!("{head}{}", told.join("; "))));
        }
        for sentence in told {
            let _ = writeln!(further, "{}", line(&format!("{}: {sentence}", round.target)));
        }
        let prefix = if rounds.len() == 1 { String::new() } else { format!("{}_", i + 1) };
        for family in Family::ALL {
            performance.extend(data(&prefix, family, round.samples.get(family), now));
        }
    }
    let first = if first.is_empty() { format!("all {} reached", rounds.len()) } else { first.join(", ") };
    let bar = if performance.is_empty() { String::new() } else { format!(" | {}", performance.join(" ")) };
    (format!("DUALWATCH {} - {first}{bar}\n{further}", worst.word()), worst)
}

/// Says that nothing was measured, as a plugin does: on standard output, where its caller reads.
pub fn failed(why: &str) -> Exit {
    let mut out = Out::new();
    // A closed pipe is no reason to fail differently.
    let _ = writeln!(out, "DUALWATCH UNKNOWN - {}", line(why));
    Exit::Plugin(Service::Unknown)
}

/// A text of one line without a bar, which begins the performance data.
fn line(text: &str) -> String {
    dualwatch_core::measure::text::visible(text).replace('|', "¦")
}

/// Returns the performance data of a family: `'label'=value[UOM];[warn];[crit];[min];[max]`, and `U` for a value that could
/// not be determined: a failed probe has no time. Of a family that is not there, nothing.
fn data(prefix: &str, family: Family, sample: &Sample, now: Timestamp) -> Vec<String> {
    if matches!(conclude(sample), Conclusion::Unpublished(_)) {
        return Vec::new();
    }
    let label = |what: &str| format!("{prefix}{}_{what}", family.code());
    let ms = |what: &str, value: Option<f64>| match value.filter(|ms| ms.is_finite()) {
        Some(ms) => format!("{}={ms:.3}ms;;;0", label(what)),
        None => format!("{}=U;;;0", label(what)),
    };
    let mut all = vec![ms("time", sample.latency_ms()), ms("connect", sample.phases.connect)];
    if let Some(certificate) = &sample.certificate {
        let days = certificate.not_after.ms_since(now).div_euclid(DAY);
        all.push(format!("{}={days}", label("certificate_days")));
    }
    all
}

#[cfg(test)]
mod tests {
    use super::super::tests::{failed, reached, round};
    use super::*;
    use dualwatch_core::measure::cause::Cause;

    const NOW: Timestamp = Timestamp::from_unix_ms(1_795_428_711_000);

    #[test]
    fn how_it_stands() {
        let missing = || Sample::skipped(Some(Cause::DnsNodata));
        let slow = || Sample { cause: Some(Cause::Slow), ..reached(44.0) };
        for (ipv4, ipv6, expected) in vec![
            (reached(1.0), reached(2.0), Service::Ok),
            (reached(1.0), missing(), Service::Ok),
            (reached(1.0), slow(), Service::Warning),
            (reached(1.0), failed(Cause::TcpRefused), Service::Warning),
            (failed(Cause::TcpTimeout), failed(Cause::TcpRefused), Service::Critical),
            (failed(Cause::TcpRefused), missing(), Service::Critical),
            (failed(Cause::TcpRefused), failed(Cause::VantageNoFamily), Service::Critical),
            (reached(1.0), failed(Cause::VantageNoFamily), Service::Unknown),
            (failed(Cause::VantageOffline), failed(Cause::VantageOffline), Service::Unknown),
            (missing(), missing(), Service::Unknown),
        ] {
            let told = format!("{:?} {:?}", ipv4.cause, ipv6.cause);
            assert_eq!(Service::of(&round("https://a.example/", ipv4, ipv6)), expected, "{told}");
        }
        assert_eq!(
            [Service::Ok, Service::Warning, Service::Critical, Service::Unknown].map(Service::code),
            [0, 1, 2, 3]
        );
    }

    /// Whether a text is performance data as the guidelines write it, section "Performance data".
    fn is_performance_data(text: &str) -> bool {
        text.split(' ').all(|item| {
            let Some((label, rest)) = item.split_once('=') else { return false };
            let mut parts = rest.split(';');
            let value = parts.next().unwrap_or_default();
            let number = value.trim_end_matches(|c: char| c.is_ascii_alphabetic() || c == '%');
            let unit = &value[number.len()..];
            let is_number = |text: &str| text.is_empty() || text.parse::<f64>().is_ok();
            !label.is_empty()
                && !label.contains(['\'', '=', '|'])
                && (value == "U" || (!number.is_empty() && is_number(number)))
                && ["", "s", "us", "ms", "%", "B", "KB", "MB", "TB", "c", "U"].contains(&unit)
                && parts.clone().count() <= 4
                && parts.all(is_number)
        })
    }

    #[test]
    fn one_line_and_performance_data() {
        let half = round("https://a.example/", reached(44.0), failed(Cause::TcpRefused));
        let (text, service) = print(std::slice::from_ref(&half), NOW);
        assert_eq!(service, Service::Warning);
        let first = text.lines().next().unwrap();
        let (said, performance) = first.split_once(" | ").unwrap();
        assert!(said.starts_with("DUALWATCH WARNING - IPv4: reached "), "{said}");
        assert_eq!(performance, "ipv4_time=44.000ms;;;0 ipv4_connect=U;;;0 ipv6_time=U;;;0 ipv6_connect=U;;;0");
        assert!(is_performance_data(performance));
        let good = round("https://b.example/?a|b", reached(1.0), Sample::skipped(Some(Cause::DnsNodata)));
        let (text, _) = print(&[half, good], NOW);
        let (said, performance) = text.lines().next().unwrap().split_once(" | ").unwrap();
        assert!(said.contains("WARNING https://a.example/") && !said.contains("b.example"), "{said}");
        assert!(is_performance_data(performance) && performance.contains("2_ipv4_time=1.000ms;;;0"), "{performance}");
        assert_eq!(text.matches('|').count(), 1, "the bar begins the performance data: {text}");
    }
}
