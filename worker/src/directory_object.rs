//! The directory: the configuration, and the newest report of every target.

mod answers;
mod branding;
mod foreign;
mod lost;
mod news;
mod store;
mod widget;

use crate::{
    alarm, call, dial, events,
    kept::{Change, Version},
    reply, storage,
    target_object::{Handed, Plan, Taken},
    vantage,
};
use dualwatch_config::{Finding, Runtime};
use dualwatch_core::measure::{
    target::Target,
    time::{HOUR, SECOND, Timestamp},
};
use dualwatch_wire::{
    door::inner::{ToDirectory, ToTarget},
    events::Revision,
    problem::{Located, Problem},
    v1::{self, Board, ConfigDocument, ConfigUpload, Maintenance, Report, VERSION, board::Heard},
};
use serde::de::DeserializeOwned;
use std::cell::{Cell, OnceCell, RefCell, RefMut};
use store::{Entry, Store, Stored};
use worker::{DurableObject, Env, Error, Request, Response, Result, State, console_error, durable_object};

/// So many targets hear of their plan in one turn; Cloudflare allows 50 calls per invocation on its free plan.
const PLANS_PER_TURN: usize = 40;
/// So many late targets are woken in one turn, and not more often than this.
const WAKE_PER_TURN: usize = 20;
const WAKE_EVERY_MS: i64 = 30 * SECOND;
/// A plan that could not be delivered is tried again after this.
const RETRY_MS: i64 = 5 * SECOND;

#[durable_object(alarm)]
pub struct DirectoryObject {
    state: State,
    env: Env,
    woken_at: Cell<Option<Timestamp>>,
    /// So often in a row plans could not be handed out.
    n_failed: Cell<u32>,
    /// Opened by the first event that needs it: the schema is looked at once in the object's life.
    store: OnceCell<Store>,
    /// What is published of all targets: read from the store once in the object's life, and again with another
    /// configuration. From then on only what comes is read.
    board: RefCell<Option<Board>>,
    /// What was published under the configuration before.
    earlier_board: RefCell<Option<Board>>,
    /// Counts what the board says, and which incidents there are.
    version: Version,
    version_of_incidents: Version,
    /// Counts what is published but its times: of what says none but when something changed.
    version_of_news: Version,
    /// How new what is published is; read by the first event that needs it.
    revision: Cell<Option<Revision>>,
    /// The incidents of the page as text, and until when they are those.
    current: RefCell<Option<(String, Timestamp)>>,
    /// Until when what the board says of maintenance is so.
    announced_until: Cell<Option<Timestamp>>,
}

impl DurableObject for DirectoryObject {
    fn new(state: State, env: Env) -> Self {
        Self {
            state,
            env,
            woken_at: Cell::new(None),
            n_failed: Cell::new(0),
            store: OnceCell::new(),
            board: RefCell::new(None),
            earlier_board: RefCell::new(None),
            version: Version::default(),
            version_of_incidents: Version::default(),
            version_of_news: Version::default(),
            revision: Cell::new(None),
            current: RefCell::new(None),
            announced_until: Cell::new(None),
        }
    }

    /// Answers other objects and `routes`; no visitor's request comes here as it is.
    async fn fetch(&self, mut request: Request) -> Result<Response> {
        let url = request.inner().url();
        let Some(asked) = ToDirectory::decode(&url) else {
            return Err(Error::RustError(format!("the directory has no {url}")));
        };
        match asked {
            ToDirectory::Config => self.config(),
            ToDirectory::TakeConfig => self.take_config(&request.text().await?).await,
            ToDirectory::Report | ToDirectory::Pulse => {
                self.take_report(&request.text().await?, asked == ToDirectory::Report)
            }
            ToDirectory::Past => {
                let incidents: Vec<v1::Incident> = parse(&request.text().await?)?;
                if let Some(refusal) = storage::refusal()? {
                    return Ok(refusal);
                }
                let store = self.store()?;
                for incident in &incidents {
                    self.keep_incident(store, incident)?;
                }
                Response::ok("")
            }
            ToDirectory::Status(after, limit) => self.status(after.as_ref(), limit, &request),
            ToDirectory::Page(part) => self.page(part, &request),
            ToDirectory::Events(known) => self.events(known),
            ToDirectory::End => events::close(&self.state),
            ToDirectory::Plans => self.plans(),
            ToDirectory::Metrics(format) => self.metrics(format, &request),
            ToDirectory::Timezone => reply::internal(&self.store()?.config()?.and_then(|stored| stored.timezone)),
            ToDirectory::PublicUrl => reply::internal(&self.store()?.config()?.and_then(|stored| stored.public_url)),
            ToDirectory::Branding => reply::internal(&self.store()?.branding()?),
            ToDirectory::Pictures => reply::internal(&self.store()?.pictures()?),
            ToDirectory::Incidents(target, before) => self.incidents(target.as_ref(), before, &request),
            ToDirectory::Known => {
                let slugs: Vec<String> = parse(&request.text().await?)?;
                let board = self.board()?;
                reply::internal(&slugs.iter().filter(|slug| board.has(slug)).collect::<Vec<_>>())
            }
            ToDirectory::Rearm => {
                let late = self.board()?.late(dial::now(), WAKE_PER_TURN);
                wake(&self.env, &late).await;
                Response::empty()
            }
            ToDirectory::Resume => self.resume(),
            ToDirectory::Lacking => self.hand_out_again(&parse::<Vec<String>>(&request.text().await?)?).await,
            ToDirectory::Lost(name) => self.lost(&name),
            ToDirectory::Has(name) => self.has(&name, &request),
            ToDirectory::Statuspage(which, after, language) => {
                self.statuspage(which, after.as_ref(), language, &request)
            }
            ToDirectory::Months(page, language) => self.months(page, language, &request),
            ToDirectory::Feed(form, about, before, spoken) => self.feed(form, &about, before, spoken, &request),
            ToDirectory::Peers(name) => self.peers(&name, &request),
            ToDirectory::Target(slug) => {
                let board = self.board()?;
                match board.target(slug.as_str()) {
                    Some((status, interval_s)) => {
                        reply::internal(&(status, interval_s, board.maintenance_of(slug.as_str())))
                    }
                    None => reply::not_found("there is no such target"),
                }
            }
            ToDirectory::Widget(whom) => self.widget(&whom, &request),
            ToDirectory::WidgetFacts(slug) => self.widget_facts(&slug, &request),
            ToDirectory::Badge(whom) => self.badge(&whom, &request),
            ToDirectory::Upptime => self.upptime(&request),
            ToDirectory::Knows(slug) => self.knows(&slug, &request),
        }
    }

    /// Hands out what could not be handed out at once.
    async fn alarm(&self) -> Result<Response> {
        storage::outlast().await;
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
            match call::named_target(&self.env, slug, &ToTarget::Stop, Some(String::new())).await {
                Ok(_) => store.forget_stopped(slug)?,
                Err(error) => {
                    console_error!("failed to stop {slug}: {error}");
                    has_failed = true;
                }
            }
        }
        let vantage = vantage::own_name(&self.env);
        let (directory, internal) = (store.identity()?, store.internal()?);
        let waiting = store.without_plan(PLANS_PER_TURN)?;
        for target in &waiting {
            let slug = &target.slug;
            let plan = plan(target, &stored, &vantage, &internal);
            let handed = Handed { plan, directory: directory.clone(), open: store.open_incidents(slug)? };
            let taken = async {
                let body = Some(call::json(&handed)?);
                call::read::<Taken>(call::named_target(&self.env, slug, &ToTarget::Plan, body).await?).await
            };
            match taken.await {
                Ok(Taken { lost }) => {
                    store.has_plan(target, &stored)?;
                    lost.iter().try_for_each(|id| self.close_lost(id))?;
                }
                Err(error) => {
                    // What the file of a target has to do with it is said once, elsewhere.
                    if !storage::is_unusable(slug) {
                        console_error!("{slug} did not take its plan: {error}");
                    }
                    has_failed = true;
                }
            }
        }
        if has_failed {
            // Twice as long each time, up to ten minutes: what does not work for long is no reason to hurry.
            let n = self.n_failed.replace(self.n_failed.get().saturating_add(1));
            alarm::set(&self.state.storage(), dial::now() + (RETRY_MS << n.min(7))).await?;
            return Ok(());
        }
        self.n_failed.set(0);
        if waiting.len().max(stopped.len()) == PLANS_PER_TURN {
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
            branding: store.branding()?,
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
        let config = match dualwatch_config::load_for(Runtime::Edge, &upload.text, &upload.name, &files) {
            Ok(config) => config,
            Err(findings) => return refuse(&findings),
        };
        let stored = Stored {
            name: upload.name,
            accepted_at: dial::now(),
            policy: config.policy,
            self_test: config.self_test,
            self_test_beside: config.self_test_beside,
            warnings: config.warnings.iter().map(located).collect(),
            maintenance: config.maintenance,
            channels: config.channels,
            timezone: config.timezone,
            public_url: config.public_url,
        };
        self.store()?.set_branding(&config.branding, &config.pictures)?;
        self.store()?.set_config(&stored, &config.targets)?;
        self.n_failed.set(0);
        if let Some(board) = self.board.take() {
            self.earlier_board.replace(Some(board));
        }
        self.version_of_incidents.advance();
        self.news(&Change::Config, true)?;
        // Should this be cut off, the alarm makes up for it. Who reads next finds targets that have begun.
        alarm::set(&self.state.storage(), dial::now() + RETRY_MS).await?;
        self.hand_out().await?;
        self.config()
    }

    /// Hears a report; one that has nothing new but its times is not kept.
    fn take_report(&self, body: &str, is_kept: bool) -> Result<Response> {
        let mut report: Report = parse(body)?;
        let can_store = storage::trouble().is_none();
        // An incident that is told counts as known from then on.
        if !report.incidents.is_empty()
            && let Some(refusal) = storage::refusal()?
        {
            return Ok(refusal);
        }
        let store = self.store()?;
        for incident in std::mem::take(&mut report.incidents) {
            self.keep_incident(store, &incident)?;
        }
        let mut board = self.board()?;
        if board.has(&report.status.slug) {
            if is_kept && can_store {
                store.set_report(&report.status.slug, &call::json(&report)?)?;
            }
            match board.hear(report, is_kept, dial::now()) {
                Heard::News => self.news(&Change::Board, is_kept && can_store)?,
                // Who confirms what is kept, once a second, finds that.
                Heard::Times => self.version.advance(),
                Heard::Nobody => {}
            }
        }
        Response::ok("")
    }

    /// Keeps an incident where it says something new.
    fn keep_incident(&self, store: &Store, incident: &v1::Incident) -> Result<()> {
        // Of what nobody is told nothing changes.
        if store.set_incident(incident)? && !store.is_internal(&incident.target)? {
            *self.current.borrow_mut() = None;
            self.version_of_incidents.advance();
            self.news(&Change::Incidents, true)?;
        }
        Ok(())
    }

    /// Returns what is published now.
    fn board(&self) -> Result<RefMut<'_, Board>> {
        let now = dial::now();
        let mut board = self.board.borrow_mut();
        if board.is_none() {
            // What was heard since the last report that is stored is known all the same.
            let earlier = self.earlier_board.take();
            let entries = self.store()?.entries()?.into_iter().map(|Entry { target, report }| {
                let heard = earlier.as_ref().and_then(|earlier| earlier.report(&target.slug));
                let report = heard.cloned().or(report);
                (target, report)
            });
            self.announced_until.set(None);
            *board = Some(Board::new(&vantage::own_name(&self.env), dualwatch_app::show::model::judge, entries, now));
        }
        let mut board = RefMut::map(board, |board| {
            board.get_or_insert_with(|| Board::new("", dualwatch_app::show::model::judge, [], now))
        });
        let is_announced = match self.announced_until.get() {
            Some(until) if now < until => false,
            _ => {
                let (windows, change) = self.windows(now)?;
                self.announced_until.set(Some(change.map_or(now + HOUR, |change| change.min(now + HOUR))));
                board.set_maintenance(Maintenance::told(&windows, now))
            }
        };
        if board.set_storage(storage::published()) | board.pass(now) | is_announced {
            // What time alone has changed is found by time again.
            self.news(&Change::Board, false)?;
        }
        Ok(board)
    }

    /// Any read looks after targets that have gone quiet; nobody waits for that.
    fn wake_late(&self, board: &Board) {
        let now = dial::now();
        if self.woken_at.get().is_some_and(|t| now.ms_since(t) < WAKE_EVERY_MS) {
            return;
        }
        let late = board.late(now, WAKE_PER_TURN);
        if !late.is_empty() {
            self.woken_at.set(Some(now));
            let env = self.env.clone();
            self.state.wait_until(async move { wake(&env, &late).await });
        }
    }
}

/// What one target needs of a configuration: the rules that concern it, and the channels that it is heard on. It tells of its
/// maintenance, and so knows no other target that is internal.
fn plan(target: &Target, stored: &Stored, vantage: &str, internal: &[String]) -> Plan {
    let concerning = stored.maintenance.iter().filter(|rule| rule.concerns(&target.slug));
    let rules =
        concerning.filter_map(|rule| if target.public.target { rule.without(internal) } else { Some(rule.clone()) });
    let channels = stored.channels.iter().filter(|channel| channel.hears(target.notify.as_deref()));
    Plan {
        target: target.clone(),
        policy: stored.policy.clone(),
        vantage: vantage.to_owned(),
        maintenance: rules.collect(),
        channels: channels.cloned().collect(),
    }
}

async fn wake(env: &Env, slugs: &[String]) {
    let mut lacking = Vec::new();
    for slug in slugs {
        match call::named_target(env, slug, &ToTarget::Arm, Some(String::new())).await {
            // It has no plan, though it was given one.
            Ok(response) if response.status_code() == 410 => lacking.push(slug),
            Ok(_) => {}
            // What the file of a target has to do with it is said once, elsewhere.
            Err(_) if storage::is_unusable(slug) => {}
            Err(error) => console_error!("failed to wake {slug}: {error}"),
        }
    }
    if lacking.is_empty() {
        return;
    }
    let asked = async { call::directory(env, &ToDirectory::Lacking, Some(call::json(&lacking)?)).await };
    if let Err(error) = asked.await {
        console_error!("failed to see to the plans of {lacking:?}: {error}");
    }
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
