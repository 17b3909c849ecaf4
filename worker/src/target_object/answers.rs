//! What a target answers: its detail, rounds, incidents, availability and history.

use super::{Plan, TargetObject, read_plan, store::Subject, tell::report};
use crate::{call, dial, reply};
use dualwatch_core::{
    judge::{clients::clients, consistency::differences},
    measure::{
        family::Family,
        round,
        target::Slo,
        time::{DAY, Timestamp},
    },
    notice::detection::Finding,
    remember::{
        availability::{Period, Window},
        history::History,
        rollup::{
            Rollup,
            bucket::{Bucket, Size},
            latency::Timing,
        },
        spell::Track,
    },
    respond::{
        incident::{self, Incident},
        report::{Context, Peer},
    },
    watch::Progress,
};
use dualwatch_wire::{
    time,
    v1::{
        self, IncidentDocument, Incidents, Rounds, Status, TargetAvailability, TargetDetail, TargetHistory, VERSION,
        history::{FamilyBucket, HistoryBucket, Quantiles, TrackAvailability, WindowAvailability},
        target::FindingDocument,
    },
};
use worker::{Request, Response, Result, console_error};

/// So many incidents are in one answer.
const MAX_INCIDENTS: i64 = 100;
/// So many calendar months are told about.
const MONTHS: usize = 13;
/// So many buckets are in one answer.
const MAX_BUCKETS: i64 = 9_000;

impl TargetObject {
    pub(super) async fn detail(&self, text: &str, plan: &Plan) -> Result<Response> {
        let store = &self.stores()?.store;
        let now = dial::now();
        let progress: Vec<Progress> = store.progress()?.into_iter().map(Into::into).collect();
        let report = report(plan, &progress, &self.windows(text, plan, now), now);
        // As the directory would publish it.
        let entry = std::iter::once((&plan.target, report.as_ref()));
        let status = Status::publish(entry, &plan.vantage, now).targets.remove(0);
        let last_round = store.last_round()?;
        let measured: Option<round::Round> = last_round.clone().map(round::Round::from);
        let next_due_at = self.state.storage().get_alarm().await?.map(Timestamp::from_unix_ms);
        reply::internal(&TargetDetail {
            version: VERSION,
            status,
            interval_s: plan.target.interval_s,
            timeout_ms: plan.target.timeout_ms,
            next_due_at,
            n_rounds: store.n_rounds()?,
            last_round,
            differences: measured.as_ref().map(|round| differences(&round.samples)).unwrap_or_default(),
            findings: store.watch()?.detection.open().iter().map(finding).collect(),
            clients: measured.map(|round| clients(round.samples.as_ref(), round.dual_stack)),
        })
    }

    pub(super) fn rounds(&self, plan: &Plan, request: &Request) -> Result<Response> {
        let Some((from, to)) = span(request)? else { return reply::bad_request("`from` and `to` are needed") };
        let found = self.stores()?.store.rounds(from, to)?;
        reply::internal(&Rounds {
            version: VERSION,
            slug: plan.target.slug.clone(),
            from,
            to,
            rounds: found.rounds,
            next_from: found.next_from,
            n_unreadable: found.n_unreadable,
        })
    }

    /// The incidents that began in a span, the newest first.
    pub(super) fn incidents(&self, plan: &Plan, request: &Request) -> Result<Response> {
        let (from, to) = span(request)?.unwrap_or((Timestamp::from_unix_ms(0), dial::now() + 1));
        let stores = self.stores()?;
        let open = stores.store.watch()?.incidents.open;
        let newest = |incident: Incident| match &open {
            Some(open) if open.id == incident.id => Incident::clone(open),
            _ => incident,
        };
        let found = stores.ledger.between(from.unix_ms(), to.unix_ms(), MAX_INCIDENTS)?;
        let document = |incident| v1::Incident::of(&plan.target.slug, &plan.target.name, &newest(incident));
        reply::internal(&Incidents {
            version: VERSION,
            incidents: found.into_iter().map(document).collect(),
            events: Vec::new(),
            next_before: None,
        })
    }

    pub(super) async fn incident(&self, request: &Request) -> Result<Response> {
        match self.document(request).await? {
            Some(document) => reply::internal(&document),
            None => reply::not_found("there is no such incident; /api/v1/incidents lists them"),
        }
    }

    pub(super) async fn report_markdown(&self, request: &Request) -> Result<Response> {
        let Some(document) = self.document(request).await? else {
            return reply::not_found("there is no such incident; /api/v1/incidents lists them");
        };
        let text = dualwatch_words::report::markdown(&document.incident, &document.report);
        let mut response = Response::ok(text)?;
        // RFC 7763.
        response.headers_mut().set("content-type", "text/markdown; charset=utf-8")?;
        Ok(response)
    }

    /// The incident that `id` names, with its report; also of a target that was taken out of the configuration.
    async fn document(&self, request: &Request) -> Result<Option<IncidentDocument>> {
        let url = request.url()?;
        let Some((_, id)) = url.query_pairs().find(|(key, _)| key == "id") else { return Ok(None) };
        let stores = self.stores()?;
        let subject = match read_plan(&stores.store)? {
            Some((_, plan)) => Some(Subject::from(&plan.target)),
            None => stores.store.subject()?,
        };
        let Some(Subject { slug, name, scheme }) = subject else { return Ok(None) };
        let incident::State { open, last_heard, .. } = stores.store.watch()?.incidents;
        let Some(second) = v1::incident::began_of(&id) else { return Ok(None) };
        let named = |incident: &Incident| v1::incident::id(&slug, incident.id) == id;
        // The public name is to the second, the identifier to the millisecond.
        let found = stores.ledger.between(second.unix_ms(), second.unix_ms() + 1_000, MAX_INCIDENTS)?;
        let Some(found) = found.into_iter().find(named) else { return Ok(None) };
        let incident = match open {
            Some(open) if open.id == found.id => *open,
            _ => found,
        };
        let others = stores.ledger.between(0, dial::now().unix_ms() + 1, MAX_INCIDENTS)?;
        let peers = self.peers(&id).await;
        // A past that was loaded ends somewhere before that; nobody has watched in between.
        let is_live = stores.store.live_from()?.is_some_and(|from| incident.id.0 >= from);
        let heard_to = last_heard.filter(|_| is_live);
        let context = Context { scheme: Some(scheme), others: &others, peers: &peers, heard_to };
        Ok(Some(IncidentDocument {
            version: VERSION,
            report: dualwatch_words::report::report(&slug, &name, &incident, &context),
            incident: v1::Incident::of(&slug, &name, &incident),
        }))
    }

    /// The other targets of the same event, as the directory sees them. A report without them is still a report.
    async fn peers(&self, id: &str) -> Vec<Peer> {
        let asked = async { call::read(call::directory(&self.env, &format!("/peers/{id}"), None).await?).await };
        asked.await.unwrap_or_else(|error: worker::Error| {
            console_error!("failed to ask the directory about {id}: {error}");
            Vec::new()
        })
    }

    pub(super) fn availability(&self, plan: &Plan) -> Result<Response> {
        let stores = self.stores()?;
        let now = dial::now();
        let slug = plan.target.slug.clone();
        let slo = plan.target.slo;
        let percent = slo.map(Slo::percent);
        let known = stores.past.state()?;
        if known.is_none() && stores.past.told_from(Track::DualStack)?.is_none() {
            return reply::internal(&TargetAvailability { version: VERSION, slug, slo: percent, windows: Vec::new() });
        }
        // A past may be loaded before anything is measured.
        let mut history = known.unwrap_or_else(|| History::new(now));
        let fresh = history.advance(now);
        let mut windows: Vec<(String, Window)> =
            Period::ALL.iter().map(|period| (period.code().to_owned(), period.ending(now))).collect();
        windows.extend(months(now));
        let spans: Vec<Window> = windows.iter().map(|(_, window)| *window).collect();
        let over = |track| stores.past.over(&fresh, &spans, track, &history);
        let tracks = [over(Track::Ipv4)?, over(Track::Ipv6)?, over(Track::DualStack)?];
        let windows = (windows.into_iter().enumerate())
            .filter_map(|(i, (window, span))| {
                let [ipv4, ipv6, dual_stack] = tracks.each_ref().map(|track| track.get(i));
                Some(WindowAvailability {
                    window,
                    from: span.from,
                    to: span.to,
                    ipv4: TrackAvailability::of(ipv4?, slo),
                    ipv6: TrackAvailability::of(ipv6?, slo),
                    dual_stack: TrackAvailability::of(dual_stack?, slo),
                })
            })
            .collect();
        reply::internal(&TargetAvailability { version: VERSION, slug, slo: percent, windows })
    }

    pub(super) fn history(&self, plan: &Plan, request: &Request) -> Result<Response> {
        let now = dial::now();
        let (from, to) = span(request)?.unwrap_or((now - 90 * DAY, now));
        let url = request.url()?;
        let size = url.query_pairs().find(|(key, _)| key == "size").map_or_else(|| "1d".to_owned(), |(_, v)| v.into());
        let Some(bucket) = Size::ALL.into_iter().find(|s| s.code() == size) else {
            return reply::bad_request(format!("`size` is `5m`, `1h` or `1d`, not `{size}`"));
        };
        if to.ms_since(from) / bucket.ms() > MAX_BUCKETS {
            return reply::bad_request(format!(
                "at most {MAX_BUCKETS} buckets are in one answer: ask for a shorter span"
            ));
        }
        let stores = self.stores()?;
        let (history, fresh) = stores.told(plan, now)?;
        let window = Window { from, to };
        let found = stores.past.series(&fresh, window, bucket, &history)?;
        reply::internal(&TargetHistory {
            version: VERSION,
            slug: plan.target.slug.clone(),
            size,
            from,
            to,
            buckets: found.rows.iter().map(|(bucket, rollup)| history_bucket(*bucket, rollup)).collect(),
            n_unreadable: found.n_unreadable,
        })
    }
}

/// The milliseconds since 1970 in `from` and `to`; `None` where one is missing.
fn span(request: &Request) -> Result<Option<(Timestamp, Timestamp)>> {
    let url = request.url()?;
    let bound = |name: &str| {
        let value = url.query_pairs().find(|(key, _)| key == name)?.1.parse().ok()?;
        Some(Timestamp::from_unix_ms(value))
    };
    Ok(bound("from").zip(bound("to")))
}

/// The calendar months of UTC up to now, the newest first.
fn months(now: Timestamp) -> Vec<(String, Window)> {
    let mut months = Vec::new();
    let mut to = now;
    while months.len() < MONTHS {
        let name = time::format(to - 1)[..7].to_owned();
        let Ok(from) = time::parse(&format!("{name}-01T00:00:00Z")) else { break };
        months.push((name, Window { from, to }));
        to = from;
    }
    months
}

fn finding(finding: &Finding) -> FindingDocument {
    FindingDocument {
        code: finding.kind.code().to_owned(),
        family: finding.family,
        phase: finding.phase,
        expected_ms: finding.expected.ms,
        seen_ms: finding.seen_ms,
        since: finding.since.into(),
        text: dualwatch_words::finding(finding, dualwatch_words::report::moment),
    }
}

fn history_bucket(bucket: Bucket, rollup: &Rollup) -> HistoryBucket {
    let family = |family: Family, track: Track| {
        let counts = rollup.counts.get(family);
        let latency = rollup.latency.get(family);
        FamilyBucket {
            times: rollup.times.get(track).into(),
            rounds: counts.n_rounds(),
            causes: counts.bad.iter().chain(counts.blind.iter()).collect(),
            latency_ms: (Timing::ALL.iter().copied())
                .filter_map(|timing| {
                    let quantiles = Quantiles {
                        n: latency.count(timing),
                        median: latency.quantile_ms(timing, 0.5)?,
                        p95: latency.quantile_ms(timing, 0.95)?,
                    };
                    Some((timing.code().to_owned(), quantiles))
                })
                .collect(),
        }
    };
    HistoryBucket {
        from: bucket.start(),
        to: bucket.end(),
        ipv4: family(Family::Ipv4, Track::Ipv4),
        ipv6: family(Family::Ipv6, Track::Ipv6),
        dual_stack: rollup.times.get(Track::DualStack).into(),
    }
}
