//! `history/{slug}.yml`, and the numbers of a graph.

use super::Status;
use crate::{
    time,
    v1::{TargetDetail, TargetHistory},
};
use dualwatch_core::measure::time::{DAY, HOUR};
use std::fmt::Write as _;

/// Returns the file. What is not known has no line: Upptime's own word for it is 0.
pub fn yaml(detail: &TargetDetail) -> String {
    let status = &detail.status;
    // JSON's quotation is YAML's, too.
    let url = serde_json::to_string(&status.url).unwrap_or_default();
    let mut text = format!("url: {url}\nstatus: {}\n", Status::of(status).code());
    let mut samples = detail.last_round.iter().flat_map(|round| [&round.ipv6, &round.ipv4]);
    if let Some(code) = samples.find_map(|sample| sample.http_status) {
        let _ = writeln!(text, "code: {code}");
    }
    let took = status.dual_stack.family.and_then(|family| status.facts(family).latency_ms);
    if let Some(ms) = took {
        let _ = writeln!(text, "responseTime: {}", (ms.round() as u64).max(1));
    }
    if let Some(at) = status.last_round_at {
        let _ = writeln!(text, "lastUpdated: {}", time::format(at));
    }
    text += "generator: Dualwatch\n";
    text
}

/// Returns how long answers took in each part of a history, in milliseconds, the oldest first: of the faster family, and
/// `None` for a part in which there were none.
pub fn medians(history: &TargetHistory) -> Vec<Option<f64>> {
    let step = if history.size == "1h" { HOUR } else { DAY };
    let n = (history.to.ms_since(history.from).max(0) / step).min(1_000);
    let mut values = vec![None; usize::try_from(n).unwrap_or_default()];
    for bucket in &history.buckets {
        let at = usize::try_from(bucket.from.ms_since(history.from).div_euclid(step)).ok();
        let families = [&bucket.ipv4, &bucket.ipv6];
        let total = families.into_iter().filter_map(|family| family.latency_ms.get("total")).map(|total| total.median);
        if let Some(value) = at.and_then(|at| values.get_mut(at)) {
            *value = total.min_by(f64::total_cmp);
        }
    }
    values
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::v1::{
        FamilyFacts, TargetStatus,
        history::{BucketTimes, FamilyBucket, HistoryBucket, Quantiles},
        status::State,
    };
    use dualwatch_core::measure::{family::Family, round::DualStack, time::Timestamp};

    const T0: Timestamp = Timestamp::from_unix_ms(1_795_424_400_000);

    #[test]
    fn what_is_not_known_has_no_line() {
        let facts = FamilyFacts { state: State::Up, latency_ms: Some(43.6), ..FamilyFacts::default() };
        let mut detail = TargetDetail {
            version: 1,
            status: TargetStatus {
                slug: "shop".into(),
                name: "Shop".into(),
                group: None,
                url: "https://shop.example/?a: b # c".into(),
                last_round_at: Some(T0),
                ipv4: facts.clone(),
                ipv6: facts,
                dual_stack: DualStack { family: Some(Family::Ipv6), cost_ms: None },
                clients: None,
                client_tally: None,
                differences: Vec::new(),
                alternations: Vec::new(),
            },
            interval_s: 60,
            timeout_ms: 1_000,
            next_due_at: None,
            n_rounds: 1,
            n_unstored: 0,
            last_round: None,
            maintenance: Vec::new(),
            clients: None,
            real_clients: None,
            addresses: None,
            differences: Vec::new(),
            findings: Vec::new(),
        };
        assert_eq!(
            yaml(&detail),
            "url: \"https://shop.example/?a: b # c\"\nstatus: up\nresponseTime: 44\n\
             lastUpdated: 2026-11-23T09:00:00.000Z\ngenerator: Dualwatch\n"
        );
        detail.status.dual_stack = DualStack::default();
        assert!(!yaml(&detail).contains("responseTime"));
    }

    #[test]
    fn each_part_has_its_place() {
        let bucket = |hour: i64, ms: Option<f64>| {
            let family = |ms: Option<f64>| FamilyBucket {
                latency_ms: ms
                    .map(|median| ("total".to_owned(), Quantiles { n: 1, median, p95: median }))
                    .into_iter()
                    .collect(),
                ..FamilyBucket::default()
            };
            HistoryBucket {
                from: T0 + hour * HOUR,
                to: T0 + (hour + 1) * HOUR,
                ipv4: family(ms.map(|ms| ms + 5.0)),
                ipv6: family(ms),
                dual_stack: BucketTimes::default(),
            }
        };
        let history = TargetHistory {
            version: 1,
            slug: "shop".into(),
            size: "1h".into(),
            from: T0,
            to: T0 + 4 * HOUR,
            buckets: vec![bucket(1, Some(10.0)), bucket(2, None), bucket(9, Some(1.0)), bucket(-1, Some(1.0))],
            n_unreadable: 0,
        };
        assert_eq!(medians(&history), [None, Some(10.0), None, None]);
    }
}
