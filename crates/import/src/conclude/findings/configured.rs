//! What the configuration and the issues say wrongly.

use crate::{
    conclude::{
        codes::{Code, Finding},
        target::History,
        text::{span, time, upptime_duration},
    },
    read::{Source, Window, maintenance},
};
use dualwatch_config::{Severity, load};
use dualwatch_core::measure::time::MINUTE;

/// Returns what is wrong with the configuration as far as it changes what the history means: overall, and for each of
/// the targets. What else there is to say about it is `dualwatch lint`'s.
pub(crate) fn of_configuration(source: &Source, targets: &[History]) -> (Vec<Finding>, Vec<Vec<Finding>>) {
    let mut overall = Vec::new();
    let mut by_target = vec![Vec::new(); targets.len()];
    let Some((name, text)) = &source.configuration else { return (overall, by_target) };
    let findings = match load(text, name, &|_| Err("a configuration of Upptime refers to no files".to_owned())) {
        Ok(config) => config.warnings,
        Err(findings) => findings,
    };
    for finding in findings {
        let code = match finding.severity {
            Severity::Error => Code::ConfigurationUnreadable,
            Severity::Note => continue,
            Severity::Warning => match Code::from_name(finding.code) {
                Some(code) => code,
                None => continue,
            },
        };
        let hint = finding.hint.map_or_else(String::new, |hint| format!("; {hint}"));
        let at = format!("{}:{}:{}", finding.file, finding.line, finding.column);
        let own = Finding::new(code, format!("{at}: {}{hint}", finding.message));
        let is_about = |history: &History| {
            history.site.as_ref().is_some_and(|site| (site.lines.0..site.lines.1).contains(&finding.line))
        };
        // A key that many sites have is reported once, and is about none of them alone.
        let is_about_one = code != Code::UnknownKey;
        match targets.iter().position(is_about).filter(|_| is_about_one) {
            Some(index) => by_target[index].push(own),
            None => overall.push(own),
        }
    }
    (overall, by_target)
}

/// Returns the maintenance windows, and what is wrong with issues.
pub(crate) fn of_issues(source: &Source, targets: &[History]) -> (Vec<Window>, Vec<Finding>) {
    let (mut windows, mut found) = (Vec::new(), Vec::new());
    for issue in &source.issues {
        let shown = format!("issue {}#{} `{}`", issue.repo, issue.number, issue.title);
        match maintenance(issue) {
            Some(Ok(window)) => windows.push(window),
            Some(Err(reasons)) => {
                let reasons: Vec<String> = reasons.iter().map(ToString::to_string).collect();
                found.push(Finding::new(Code::MaintenanceIgnored, format!("{shown}: {}", reasons.join("; "))));
            }
            None => {}
        }
        let (Some(report), Some(resolution)) = (issue.report(), issue.resolution()) else { continue };
        let Some(stated) = resolution.minutes else { continue };
        let incident = targets.iter().flat_map(|history| &history.incidents).find(|incident| {
            !report.commit.is_empty() && !incident.commit.is_empty() && report.commit.starts_with(&incident.commit)
        });
        if let Some((incident, ms)) = incident.and_then(|incident| Some((incident, incident.duration_ms()?)))
            && ms / MINUTE != stated
        {
            let detail = format!(
                "{shown} says {}; from {} it was {}",
                upptime_duration(stated.saturating_mul(MINUTE)),
                time(incident.began),
                span(ms)
            );
            found.push(Finding::new(Code::IssueContradictsHistory, detail));
        }
    }
    (windows, found)
}

/// Returns what could not be read, and what contradicts itself.
pub(crate) fn of_problems(source: &Source) -> Vec<Finding> {
    let problems = source.problems.iter().map(|problem| Finding::new(Code::RecordUnreadable, problem.to_string()));
    let badges = source.badges.iter().filter_map(|(path, badge)| {
        let expected = badge.expected_color().filter(|expected| *expected != badge.color)?;
        let detail = format!("{path}: `{}` is {:?}, expected {expected:?}", badge.message, badge.color);
        Some(Finding::new(Code::BadgeContradictsMessage, detail))
    });
    problems.chain(badges).collect()
}
