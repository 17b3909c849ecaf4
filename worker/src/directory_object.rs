//! The directory: the configuration, and the newest report of every target.

mod store;

use crate::{alarm, call, dial, reply, target_object::Plan, vantage};
use dualwatch_config::Finding;
use dualwatch_core::{
    judge::schedule::late_after_ms,
    measure::{
        target::{Policy, Resolver, Target},
        time::{DAY, SECOND, Timestamp},
    },
    notice::grouping,
    respond::report::Peer,
};
use dualwatch_wire::{
    problem::{Located, Problem},
    v1::{self, ConfigDocument, ConfigUpload, PageData, PageTarget, Report, SelfTest, Status, VERSION},
};
use serde::de::DeserializeOwned;
use std::cell::{Cell, OnceCell};
use store::{Entry, Store, Stored};
use worker::{DurableObject, Env, Error, Request, Response, Result, State, console_error, durable_object};

/// So many targets hear of their plan in one turn; Cloudflare allows 50 calls per invocation on its free plan.
const PLANS_PER_TURN: usize = 40;
/// So many late targets are woken in one turn, and not more often than this.
const WAKE_PER_TURN: usize = 20;
const WAKE_EVERY_MS: i64 = 30 * SECOND;
/// So many incidents are on the page of each kind, and in one answer.
const MAX_CURRENT: i32 = 20;
/// The largest number that JavaScript has exactly (ECMA-262, `Number.MAX_SAFE_INTEGER`): later than every incident.
const MAX_SAFE_INTEGER: i64 = (1 << 53) - 1;
const MAX_INCIDENTS: i32 = 100;
/// A plan that could not be delivered is tried again after this.
const RETRY_MS: i64 = 5 * SECOND;

#[durable_object(alarm)]
pub struct DirectoryObject {
    state: State,
    env: Env,
    woken_at: Cell<Option<Timestamp>>,
    /// Opened by the first event that needs it: the schema is looked at once in the object's life.
    store: OnceCell<Store>,
}

impl DurableObject for DirectoryObject {
    fn new(state: State, env: Env) -> Self {
        Self { state, env, woken_at: Cell::new(None), store: OnceCell::new() }
    }

    /// Answers other objects and `routes`; no visitor's request comes here as it is.
    async fn fetch(&self, mut request: Request) -> Result<Response> {
        let path = request.path();
        let is_read = request.method() == worker::Method::Get;
        match path.as_str() {
            "/config" if is_read => self.config(),
            "/config" => self.take_config(&request.text().await?).await,
            "/report" => self.take_report(&request.text().await?),
            "/past" => {
                let incidents: Vec<v1::Incident> = parse(&request.text().await?)?;
                let store = self.store()?;
                incidents.iter().try_for_each(|incident| store.set_incident(incident))?;
                Response::ok("")
            }
            "/status" => {
                let entries = self.store()?.entries()?;
                self.wake_late(&entries);
                reply::internal(&self.publish(&entries))
            }
            "/page" => self.page(),
            "/plans" => self.plans(),
            "/incidents" => self.incidents(&request),
            "/known" => {
                let slugs: Vec<String> = parse(&request.text().await?)?;
                let store = self.store()?;
                let mut known = Vec::new();
                for slug in slugs {
                    if store.knows(&slug)? {
                        known.push(slug);
                    }
                }
                reply::internal(&known)
            }
            "/rearm" => {
                wake(&self.env, &late(&self.store()?.entries()?)).await;
                Response::empty()
            }
            path if path.starts_with("/has/") => self.has(&path["/has/".len()..]),
            path if path.starts_with("/peers/") => self.peers(&path["/peers/".len()..]),
            path => match path.strip_prefix("/knows/") {
                Some(slug) if self.store()?.knows(slug)? => Response::ok(""),
                Some(slug) => reply::not_found(format!("there is no target `{slug}`")),
                None => Err(Error::RustError(format!("the directory has no {path}"))),
            },
        }
    }

    /// Hands out what could not be handed out at once.
    async fn alarm(&self) -> Result<Response> {
        self.hand_out().await?;
        Response::empty()
    }
}

impl DirectoryObject {
    /// Hands out plans that targets have not got yet, one turn of them; the alarm goes on with the others.
    async fn hand_out(&self) -> Result<()> {
        let store = self.store()?;
        let Some(stored) = store.config()? else { return Ok(()) };
        let mut has_failed = false;
        let stopped = store.stopped(PLANS_PER_TURN)?;
        for slug in &stopped {
            match call::target(&self.env, slug, "/stop", Some(String::new())).await {
                Ok(_) => store.forget_stopped(slug)?,
                Err(error) => {
                    console_error!("failed to stop {slug}: {error}");
                    has_failed = true;
                }
            }
        }
        let vantage = vantage::own_name(&self.env);
        let waiting = store.without_plan(PLANS_PER_TURN)?;
        for target in &waiting {
            let plan = plan(target, &stored, &vantage);
            match call::target(&self.env, &target.slug, "/plan", Some(call::json(&plan)?)).await {
                Ok(response) if response.status_code() < 300 => store.has_plan(target, &stored)?,
                Ok(response) => {
                    console_error!("{} did not take its plan: it answered {}", target.slug, response.status_code());
                    has_failed = true;
                }
                Err(error) => {
                    console_error!("{} did not take its plan: {error}", target.slug);
                    has_failed = true;
                }
            }
        }
        if has_failed {
            alarm::set(&self.state.storage(), dial::now() + RETRY_MS).await?;
        } else if waiting.len().max(stopped.len()) == PLANS_PER_TURN {
            alarm::set(&self.state.storage(), dial::now()).await?;
        }
        Ok(())
    }

    fn store(&self) -> Result<&Store> {
        if let Some(store) = self.store.get() {
            return Ok(store);
        }
        let store = Store::open(self.state.storage().sql())?;
        Ok(self.store.get_or_init(|| store))
    }

    fn config(&self) -> Result<Response> {
        let store = self.store()?;
        let Some(stored) = store.config()? else {
            return reply::not_found("there is no configuration yet; PUT one here");
        };
        let targets = store.entries()?.into_iter().map(|entry| entry.target).collect();
        let document = ConfigDocument {
            version: VERSION,
            name: stored.name,
            accepted_at: stored.accepted_at,
            targets,
            policy: stored.policy,
            maintenance: stored.maintenance,
            channels: stored.channels,
            warnings: stored.warnings,
        };
        reply::internal(&document.without_secrets())
    }

    /// Takes a configuration whole or not at all.
    async fn take_config(&self, body: &str) -> Result<Response> {
        let upload: ConfigUpload = parse(body)?;
        let files = |path: &str| {
            let hint = "send its content in `files`, or put the PEM text itself here";
            upload.files.get(path).cloned().ok_or_else(|| format!("the edge has no files; {hint}"))
        };
        let config = match dualwatch_config::load(&upload.text, &upload.name, &files) {
            Ok(config) => config,
            Err(findings) => return refuse(&findings),
        };
        if let Some(why) = not_at_the_edge(&config.policy) {
            let problem = Problem::new(422, "configuration", "Configuration not accepted", why);
            return reply::problem(&problem);
        }
        let stored = Stored {
            name: upload.name,
            accepted_at: dial::now(),
            policy: config.policy,
            self_test: config.self_test,
            warnings: config.warnings.iter().map(located).collect(),
            maintenance: config.maintenance,
            channels: config.channels,
        };
        self.store()?.set_config(&stored, &config.targets)?;
        // Should this be cut off, the alarm makes up for it. Who reads next finds targets that have begun.
        alarm::set(&self.state.storage(), dial::now() + RETRY_MS).await?;
        self.hand_out().await?;
        self.config()
    }

    fn take_report(&self, body: &str) -> Result<Response> {
        let mut report: Report = parse(body)?;
        let store = self.store()?;
        for incident in std::mem::take(&mut report.incidents) {
            store.set_incident(&incident)?;
        }
        store.set_report(&report.status.slug, &call::json(&report)?)?;
        Response::ok("")
    }

    fn page(&self) -> Result<Response> {
        let store = self.store()?;
        let entries = store.entries()?;
        self.wake_late(&entries);
        let status = self.publish(&entries);
        let origins = store.config()?.map(|stored| stored.self_test).unwrap_or_default();
        reply::internal(&PageData {
            version: VERSION,
            now: status.published_at,
            status,
            self_test: SelfTest { origins, same_machine: false },
            targets: entries
                .into_iter()
                .map(|entry| PageTarget {
                    slug: entry.target.slug,
                    interval_s: entry.target.interval_s,
                    browser: entry.target.browser,
                    uptime: entry.report.and_then(|report| report.uptime),
                })
                .collect(),
            incidents: store.current_incidents(dial::now() - DAY, MAX_CURRENT)?.iter().map(Into::into).collect(),
        })
    }

    fn publish(&self, entries: &[Entry]) -> Status {
        let reported = entries.iter().map(|e| (&e.target, e.report.as_ref()));
        Status::publish(reported, &vantage::own_name(&self.env), dial::now())
    }

    /// The incidents of all targets, or of one; the newest first.
    fn incidents(&self, request: &Request) -> Result<Response> {
        let url = request.url()?;
        let value = |name: &str| url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
        let before = value("before").and_then(|ms| ms.parse().ok()).unwrap_or(MAX_SAFE_INTEGER);
        let slug = value("target");
        let store = self.store()?;
        let mut incidents = store.incidents(slug.as_deref(), Timestamp::from_unix_ms(before), MAX_INCIDENTS + 1)?;
        let next_before = cut(&mut incidents);
        let events = v1::incident::events(&incidents, |incident| incident.name.clone());
        let events = events.iter().map(dualwatch_words::event).collect();
        reply::internal(&v1::Incidents { version: VERSION, incidents, events, next_before })
    }

    /// Whether a target of the configuration has this incident, perhaps, or one that was taken out had it.
    fn has(&self, id: &str) -> Result<Response> {
        let store = self.store()?;
        let has = v1::incident::slug_of(id).map_or(Ok(false), |slug| store.knows(slug))? || store.has_incident(id)?;
        if has { Response::ok("") } else { reply::not_found(format!("there is no incident `{id}`")) }
    }

    /// The other targets of the event that an incident belongs to.
    fn peers(&self, id: &str) -> Result<Response> {
        let store = self.store()?;
        let Some(began) = v1::incident::began_of(id) else { return reply::internal(&Vec::<Peer>::new()) };
        // An identifier is to the second.
        let near = store.incidents(None, began + SECOND + grouping::MAX_APART_MS, MAX_INCIDENTS)?;
        let events = v1::incident::events(&near, |incident| incident.name.clone());
        reply::internal(&Peer::among(&events, id))
    }

    /// What a further vantage measures: everything, under the same policy.
    fn plans(&self) -> Result<Response> {
        let store = self.store()?;
        let plans = match store.config()? {
            Some(stored) => (store.entries()?.into_iter())
                .map(|entry| v1::Plan { target: entry.target, policy: stored.policy.clone() })
                .collect(),
            None => Vec::new(),
        };
        reply::internal(&v1::Plans { version: VERSION, plans })
    }

    /// Any read looks after targets that have gone quiet; nobody waits for that.
    fn wake_late(&self, entries: &[Entry]) {
        let now = dial::now();
        if self.woken_at.get().is_some_and(|t| now.ms_since(t) < WAKE_EVERY_MS) {
            return;
        }
        let late = late(entries);
        if !late.is_empty() {
            self.woken_at.set(Some(now));
            let env = self.env.clone();
            self.state.wait_until(async move { wake(&env, &late).await });
        }
    }
}

/// Shortens a list that is longer than an answer; returns the `before` that the rest has. Incidents that began in the
/// same millisecond are on the same side of the cut.
fn cut(incidents: &mut Vec<v1::Incident>) -> Option<Timestamp> {
    let most = usize::try_from(MAX_INCIDENTS).unwrap_or(usize::MAX);
    let began = |incident: &v1::Incident| incident.summary.began.by;
    let rest = incidents.get(most).map(began)?;
    let n = incidents.iter().take_while(|incident| began(incident) > rest).count();
    // A whole answer of one millisecond: what began with it and is left over cannot be asked for.
    let (n, next) = if n == 0 { (most, rest) } else { (n, rest + 1) };
    incidents.truncate(n);
    Some(next)
}

/// What one target needs of a configuration: the rules that concern it, and the channels that it is heard on.
fn plan(target: &Target, stored: &Stored, vantage: &str) -> Plan {
    let rules = stored.maintenance.iter().filter(|rule| rule.concerns(&target.slug));
    let channels = stored.channels.iter().filter(|channel| channel.hears(target.notify.as_deref()));
    Plan {
        target: target.clone(),
        policy: stored.policy.clone(),
        vantage: vantage.to_owned(),
        maintenance: rules.cloned().collect(),
        channels: channels.cloned().collect(),
    }
}

/// The targets that should have reported by now.
fn late(entries: &[Entry]) -> Vec<String> {
    let now = dial::now();
    entries
        .iter()
        .filter(|entry| {
            let last = entry.report.as_ref().and_then(|r| r.status.last_round_at);
            last.is_none_or(|last| now.ms_since(last) > late_after_ms(entry.target.interval_s))
        })
        .map(|entry| entry.target.slug.clone())
        .take(WAKE_PER_TURN)
        .collect()
}

async fn wake(env: &Env, slugs: &[String]) {
    for slug in slugs {
        if let Err(error) = call::target(env, slug, "/arm", Some(String::new())).await {
            console_error!("failed to wake {slug}: {error}");
        }
    }
}

fn not_at_the_edge(policy: &Policy) -> Option<String> {
    policy.resolvers.contains(&Resolver::System).then(|| {
        "`resolvers: [system]` cannot be used at the edge: it has no resolver of its own; name a DNS-over-HTTPS URL \
         or `tcp://literal:53`"
            .to_owned()
    })
}

fn refuse(findings: &[Finding]) -> Result<Response> {
    let text = findings.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
    let mut problem = Problem::new(422, "configuration", "Configuration not accepted", text);
    problem.errors = findings.iter().map(located).collect();
    reply::problem(&problem)
}

fn located(finding: &Finding) -> Located {
    Located { line: finding.line, column: finding.column, message: finding.message.clone(), hint: finding.hint.clone() }
}

fn parse<T: DeserializeOwned>(text: &str) -> Result<T> {
    serde_json::from_str(text).map_err(|e| Error::RustError(format!("failed to read a message: {e}")))
}
