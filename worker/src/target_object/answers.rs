//! What a target answers: its detail, rounds, incidents, availability and history.

use super::{Plan, TargetObject, read_plan, store::Subject, tell::report};
use crate::{
    call, dial,
    kept::{self, Asked, Made, Of},
    public, reader, reply, storage,
};
use dualwatch_clients::Met;
use dualwatch_core::{
    judge::{
        clients::clients,
        consistency::{self, differences},
        schedule::late_after_ms,
    },
    measure::{
        family::Family,
        round,
        target::Slo,
        time::{MINUTE, SECOND, Timestamp},
        veil::Veil,
    },
    notice::detection::Finding,
    remember::{
        availability::Window,
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
};
use dualwatch_wire::{
    answer::language::Language,
    door::{IncidentName, Span, inner::ToDirectory},
    scheduled::Scheduled,
    v1::{
        self, IncidentDocument, Maintenance, Round, Rounds, TargetAvailability, TargetDetail, TargetHistory,
        TargetStatus, VERSION,
        history::{FamilyBucket, HistoryBucket, Quantiles, TrackAvailability, WindowAvailability, windows},
        maintenance::AHEAD_MS,
        target::FindingDocument,
    },
};
use worker::{Request, Response, Result, console_error};

/// So many incidents are in one answer.
const MAX_INCIDENTS: i64 = 100;
/// So many buckets are in one answer: a week of five minutes, or ninety days of hours. They are a megabyte and a half, and
/// nothing else happens in this isolate while they are written.
const MAX_BUCKETS: i64 = 2_200;
/// How long an answer that goes with the time is kept where nothing is committed.
const KEPT_MS: i64 = 10 * SECOND;

impl TargetObject {
    /// Returns what goes with an answer of ours that is true until a commit, and at most until a time.
    fn made(&self, plan: &Plan, until: Timestamp) -> Made {
        kept::json(Of::Target(plan.target.slug.clone()), &self.version, until)
    }

    /// The same of an answer under a veil: what is public may change before the plan that says so is here.
    fn made_under(&self, veil: &Veil, plan: &Plan, until: Timestamp) -> Made {
        under(veil, self.made(plan, until))
    }

    pub(super) async fn detail(&self, text: &str, plan: &Plan, request: &Request) -> Result<Response> {
        let next_due_at = self.state.storage().get_alarm().await?.map(Timestamp::from_unix_ms);
        let stores = self.stores()?;
        let store = &stores.store;
        let now = dial::now();
        let held = storage::held(&plan.target.slug);
        let watch = self.known(stores, text, plan, &held)?;
        let report = report(plan, &watch, &self.windows(text, plan, now), now);
        // As the directory would publish it.
        let url = plan.target.url();
        let veil = reader::veil(request, &url)?;
        let status = TargetStatus::publish(&plan.target, report.as_ref(), &veil, now);
        let late_from = status.last_round_at.map(|at| at + late_after_ms(plan.target.interval_s) + 1);
        let until = late_from.filter(|at| *at > now).map_or(now + KEPT_MS, |at| at.min(now + KEPT_MS));
        let made = self.made_under(&veil, plan, until);
        kept::answer(&Asked::of(request, &made)?, &made, || {
            let last_round = held.last().cloned().map_or_else(|| store.last_round(), |round| Ok(Some(round)))?;
            let measured: Option<round::Round> = last_round.clone().map(round::Round::from);
            let last_round = last_round.map(|mut round| {
                round.veil(&veil);
                round
            });
            let mut found = measured.as_ref().map(|round| differences(&round.samples)).unwrap_or_default();
            consistency::veil(&mut found, &veil);
            kept::body(&TargetDetail {
                version: VERSION,
                status,
                interval_s: plan.target.interval_s,
                timeout_ms: plan.target.timeout_ms,
                next_due_at,
                n_rounds: store.n_rounds()?,
                n_unstored: held.len() as u64,
                last_round,
                differences: found,
                maintenance: announced(plan, now),
                findings: watch.state.detection.open().iter().map(finding).collect(),
                addresses: dualwatch_words::every_address(
                    &watch.state.addresses,
                    &veil.url(&url),
                    &plan.target.clients,
                )
                .and_then(|every| every.veiled(&veil)),
                clients: measured.as_ref().map(|round| clients(round.samples.as_ref(), round.dual_stack)),
                real_clients: measured.and_then(|round| {
                    let met = Met::of(&round.samples.ipv4, &round.samples.ipv6);
                    dualwatch_words::real_clients(Language::En, met, &veil.url(&url), &plan.target.clients)
                }),
            })
        })
    }

    pub(super) fn rounds(&self, plan: &Plan, span: Span, request: &Request) -> Result<Response> {
        let now = dial::now();
        let (from, to) = span.at(now);
        let until = now + if span.is_closed() { MINUTE } else { KEPT_MS };
        let veil = reader::veil(request, &plan.target.url())?;
        let made = self.made_under(&veil, plan, until);
        kept::answer(&Asked::of(request, &made)?, &made, || {
            let found = self.stores()?.store.rounds(from, to)?;
            let told: Vec<_> = found.rounds.iter().filter_map(|text| Round::veiled(text, &veil)).collect();
            let n_unreadable = found.n_unreadable + (found.rounds.len() - told.len()) as u64;
            let frame = Rounds {
                version: VERSION,
                slug: plan.target.slug.clone(),
                from,
                to,
                rounds: Vec::new(),
                next_from: found.next_from,
                n_unreadable,
            };
            Ok(frame.with_stored(&told).into_bytes())
        })
    }

    pub(super) async fn incident(
        &self,
        name: &IncidentName,
        language: Language,
        request: &Request,
    ) -> Result<Response> {
        let made = self.made_of_incident(request)?;
        let asked = Asked::of(request, &made)?;
        if let Some(known) = kept::known(&asked, &made)? {
            return Ok(known);
        }
        match self.document(name, language, request).await? {
            Some(document) => kept::answer(&asked, &made, || kept::body(&document)),
            None => reply::not_found("there is no such incident; /api/v1/incidents lists them"),
        }
    }

    pub(super) async fn report_markdown(&self, name: &IncidentName, request: &Request) -> Result<Response> {
        let made = self.made_of_incident(request)?;
        let asked = Asked::of(request, &made)?;
        if let Some(known) = kept::known(&asked, &made)? {
            return Ok(known);
        }
        let Some(document) = self.document(name, Language::default(), request).await? else {
            return reply::not_found("there is no such incident; /api/v1/incidents lists them");
        };
        // RFC 7763.
        let made = Made { content_type: "text/markdown; charset=utf-8".to_owned(), ..made };
        kept::answer(&asked, &made, || {
            let (incident, report) = (&document.incident, &document.report);
            Ok(dualwatch_words::report::markdown(incident, report, Some(public::SITE_MARK)).into_bytes())
        })
    }

    /// What goes with a report. The directory knows more of other targets with time, so it is not kept for long.
    fn made_of_incident(&self, request: &Request) -> Result<Made> {
        let store = &self.stores()?.store;
        let subject = match read_plan(store)? {
            Some((_, plan)) => Some(Subject::from(&plan.target)),
            None => store.subject()?,
        };
        let slug = subject.map(|subject| subject.slug).unwrap_or_default();
        let now = dial::now();
        // What is open goes out of sight when the round that is due does not come.
        let unseen = self.stores()?.past.state()?.and_then(|history| history.next_unseen(now));
        let until = unseen.map_or(now + KEPT_MS, |unseen| unseen.min(now + KEPT_MS));
        // Of what is public the URL says nothing here.
        Ok(under(&reader::veil(request, "")?, kept::json(Of::Report(slug), &self.version, until)))
    }

    /// The incident of this name, with its report in a language; also of a target that was taken out of the configuration.
    async fn document(
        &self,
        asked: &IncidentName,
        language: Language,
        request: &Request,
    ) -> Result<Option<IncidentDocument>> {
        let stores = self.stores()?;
        let (subject, clients) = match read_plan(&stores.store)? {
            Some((_, plan)) => (Some(Subject::from(&plan.target)), plan.target.clients),
            None => (stores.store.subject()?, Vec::new()),
        };
        let Some(Subject { slug, name, scheme, url }) = subject else { return Ok(None) };
        let incident::State { open, last_heard, .. } = stores.store.watch()?.incidents;
        let (second, now) = (asked.began(), dial::now());
        let named = |incident: &Incident| v1::incident::id(&slug, incident.id) == asked.as_str();
        // The public name is to the second, the identifier to the millisecond.
        let found = stores.ledger.between(second.unix_ms(), second.unix_ms() + 1_000, MAX_INCIDENTS)?;
        let Some(found) = found.into_iter().find(named) else { return Ok(None) };
        let mut incident = match open {
            Some(open) if open.id == found.id => match stores.past.state()? {
                Some(history) => open.while_unseen(&history.unseen_since(now)),
                None => *open,
            },
            _ => found,
        };
        // Before any word is made of it.
        let veil = reader::veil(request, url.as_deref().unwrap_or_default())?;
        incident.veil(&veil);
        let url = url.map(|url| veil.url(&url)).filter(|url| !url.is_empty());
        let others = stores.ledger.between(0, now.unix_ms() + 1, MAX_INCIDENTS)?;
        let peers = self.peers(asked, veil.is_lifted()).await;
        // A past that was loaded ends somewhere before that; nobody has watched in between.
        let is_live = stores.store.live_from()?.is_some_and(|from| incident.id.0 >= from);
        let heard_to = last_heard.filter(|_| is_live);
        let now = Some(now);
        let context = Context {
            url: url.as_deref(),
            scheme: Some(scheme),
            clients: &clients,
            others: &others,
            peers: &peers,
            heard_to,
            now,
        };
        Ok(Some(IncidentDocument {
            version: VERSION,
            report: dualwatch_words::report::report_in(language, &slug, &name, &incident, &context),
            incident: v1::Incident::of(&slug, &name, &incident),
        }))
    }

    /// The other targets of the same event, as the directory sees them. A report without them is still a report.
    async fn peers(&self, name: &IncidentName, is_operator: bool) -> Vec<Peer> {
        let ask = ToDirectory::Peers(name.clone());
        let headers: &[_] = if is_operator { &[reader::FOR_OPERATOR] } else { &[] };
        let asked = async { call::read(call::directory_with(&self.env, &ask, headers).await?).await };
        asked.await.unwrap_or_else(|error: worker::Error| {
            console_error!("failed to ask the directory about {name}: {error}");
            Vec::new()
        })
    }

    pub(super) fn availability(&self, plan: &Plan, request: &Request) -> Result<Response> {
        let made = self.made(plan, dial::now() + KEPT_MS);
        kept::answer(&Asked::of(request, &made)?, &made, || kept::body(&self.availability_of(plan)?))
    }

    fn availability_of(&self, plan: &Plan) -> Result<TargetAvailability> {
        let stores = self.stores()?;
        let now = dial::now();
        let slug = plan.target.slug.clone();
        let slo = plan.target.slo;
        let percent = slo.map(Slo::percent);
        let known = stores.past.state()?;
        if known.is_none() && stores.past.told_from(Track::DualStack)?.is_none() {
            return Ok(TargetAvailability { version: VERSION, slug, slo: percent, since: None, windows: Vec::new() });
        }
        // A past may be loaded before anything is measured.
        let mut history = known.unwrap_or_else(|| History::new(now));
        let fresh = history.advance(now);
        let since = stores.past.known_from(&fresh, &history)?;
        let windows = windows(now, since);
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
        Ok(TargetAvailability { version: VERSION, slug, slo: percent, since, windows })
    }

    pub(super) fn history(&self, plan: &Plan, size: Size, span: Span, request: &Request) -> Result<Response> {
        let now = dial::now();
        let (from, to) = span.at(now);
        if to.ms_since(from) / size.ms() > MAX_BUCKETS {
            return reply::bad_request(format!(
                "at most {MAX_BUCKETS} buckets are in one answer: ask for a shorter span"
            ));
        }
        let until = now + if span.is_closed() { MINUTE } else { KEPT_MS };
        let made = self.made(plan, until);
        kept::answer(&Asked::of(request, &made)?, &made, || {
            let stores = self.stores()?;
            let (history, fresh) = stores.told(now)?;
            let window = Window { from, to };
            let found = stores.past.series(&fresh, window, size, &history)?;
            kept::body(&TargetHistory {
                version: VERSION,
                slug: plan.target.slug.clone(),
                size: size.code().to_owned(),
                from,
                to,
                buckets: found.rows.iter().map(|(bucket, rollup)| history_bucket(*bucket, rollup)).collect(),
                n_unreadable: found.n_unreadable,
            })
        })
    }
}

/// Names an answer by what of it is public, too.
fn under(veil: &Veil, made: Made) -> Made {
    let reader = if veil.is_lifted() { "operator" } else { veil.public().code() };
    Made { version: format!("{}-{reader}", made.version), ..made }
}

/// What is announced for a target: maintenance that goes on, and that is to come.
fn announced(plan: &Plan, now: Timestamp) -> Vec<Maintenance> {
    let of = |rule| {
        let windows = dualwatch_config::occurrences(rule, now, now + AHEAD_MS).unwrap_or_default();
        windows.iter().map(|window| Scheduled::new(rule, window)).collect::<Vec<_>>()
    };
    let mut windows: Vec<Scheduled> = plan.maintenance.iter().flat_map(of).collect();
    windows.sort_by_key(|window| window.from);
    Maintenance::told(&windows, now)
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
