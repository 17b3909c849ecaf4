//! The pages that measure nothing: asks the objects for the documents that each is made of.

use super::{HTML, LIVE_POLICY, STILL_POLICY, html, spoken_headers};
use crate::{
    call, dial,
    kept::{self, Answered, Made, Of, Source},
    public, site, storage, zone,
};
use dualwatch_app::{
    Assets,
    pages::{self, Still, charts::Charts},
};
use dualwatch_core::{
    measure::{
        slug::Slug,
        time::{MINUTE, SECOND, Timestamp},
    },
    remember::{availability::Period, rollup::bucket::Size},
};
use dualwatch_wire::{
    answer::language::{Language, Spoken},
    door::{
        Asks, Begin, Chosen, Document, IncidentName, Page, Span,
        inner::{ToDirectory, ToTarget},
    },
    v1::{
        ChartSums, IncidentDocument, Incidents, Maintenance, TargetAvailability, TargetDetail, TargetHistory,
        TargetStatus,
    },
};
use dualwatch_words::{
    capitalised,
    pages::{Heading, Told},
    self_test::words,
};
use serde::de::DeserializeOwned;
use worker::{Env, Request, Result, web_sys};

/// How often such a page is drawn anew while somebody asks for it: it says as of when it is true.
const DRAWN_EVERY_MS: i64 = 10 * SECOND;

/// The HTML; or a status, and the HTML of a page that says what there is none of.
type Drawn = std::result::Result<String, (u16, String)>;

/// Answers with a page.
pub async fn answer(
    request: &Request,
    env: &Env,
    page: &Page,
    spoken: Spoken,
    assets: &Assets,
) -> Result<web_sys::Response> {
    // One address is several answers, where the browser says in which language.
    let name = kept::in_language(&page.name(), spoken.language);
    if let Some(response) = kept::serve(&name, request)? {
        return Ok(response);
    }
    let of = match page {
        Page::Incident(incident, _) => Of::Report(incident.slug().to_string()),
        Page::Target(slug, ..) => Of::Service(slug.to_string()),
        Page::Incidents { .. }
        | Page::Status { .. }
        | Page::SelfTest { .. }
        | Page::Embed { .. }
        | Page::Clients { .. }
        | Page::About { .. } => Of::Incidents,
    };
    let age = kept::Age::new(&of);
    let path = page.clone().in_language(None).name();
    // What changes in this very millisecond may be missing.
    let still = Still { spoken, path: Some(path), now: dial::now(), live: Some(dial::now() - 1) };
    let drawn = match page {
        Page::Incident(incident, _) => draw_incident(env, incident, still, assets).await,
        Page::Target(slug, range, _) => target(env, slug, *range, still, assets).await,
        Page::Incidents { before, chosen, .. } => incidents(env, *before, chosen, still, assets).await,
        Page::Status { .. }
        | Page::SelfTest { .. }
        | Page::Embed { .. }
        | Page::Clients { .. }
        | Page::About { .. } => {
            let sentence = words(spoken.language).heading(Heading::NoPage);
            Ok(missing(sentence, still, assets))
        }
    };
    let text = match drawn {
        Ok(Ok(text)) => site::rooted(env, &zone::beside(env, text).await?).await?,
        Ok(Err((status, text))) => return Ok(html(&text, STILL_POLICY, spoken)?.with_status(status).into()),
        // What cannot be drawn anew just now is served as it was; it says as of when it is true.
        Err(error) => match kept::serve_new(&name, request)?.filter(|_| storage::trouble().is_some()) {
            Some(response) => return Ok(response),
            None => return Err(error),
        },
    };
    // Incidents are chosen with a form.
    let policy = match page {
        Page::Incidents { .. } => LIVE_POLICY.replace("form-action 'none'", "form-action 'self'"),
        _ => LIVE_POLICY.to_owned(),
    };
    let made = Made {
        content_type: HTML.to_owned(),
        headers: spoken_headers(policy.clone(), spoken),
        of,
        version: String::new(),
        every_ms: DRAWN_EVERY_MS,
        until: dial::now() + MINUTE,
    };
    if !kept::keep(&name, text.as_bytes(), made, age)? {
        return Ok(html(&text, &policy, spoken)?.into());
    }
    kept::serve_new(&name, request)?.ok_or_else(|| kept::gone(&name))
}

/// `GET /incidents`; with `?before=MS` those that began earlier, and of all those that are chosen.
async fn incidents(
    env: &Env,
    before: Option<Timestamp>,
    chosen: &Chosen,
    still: Still,
    assets: &Assets,
) -> Result<Drawn> {
    let all: Option<Incidents> = document(env, &Document::Incidents { target: chosen.target.clone(), before }).await?;
    let Some(all) = all else {
        return Ok(missing(words(still.spoken.language).heading(Heading::NoService), still, assets));
    };
    Ok(Ok(pages::incidents(&all, chosen, &as_of_now(still), assets)))
}

/// Asking takes time: what is drawn is as of when the answers are here.
fn as_of_now(still: Still) -> Still {
    Still { now: dial::now(), ..still }
}

/// `GET /incidents/{name}`.
async fn draw_incident(env: &Env, name: &IncidentName, still: Still, assets: &Assets) -> Result<Drawn> {
    let language = still.spoken.language;
    let source = Source::from(&Document::Incident(name.clone()));
    let source = match language {
        Language::En => source,
        _ => Source { name: kept::in_language(&source.name, language), asks: Asks::incident(name, language), ..source },
    };
    let found: Option<IncidentDocument> = read(env, &source).await?;
    if let Some(document) = found {
        return Ok(Ok(pages::incident(&document, &as_of_now(still), assets)));
    }
    let words = words(still.spoken.language);
    Ok(match public::lost(env, name).await? {
        Some(sentence) => {
            let said = match still.spoken.language {
                // The directory's own words.
                Language::En => capitalised(format!("{}.", sentence.trim_end_matches('.'))),
                _ => words.heading(Heading::HistoryLostSays).to_owned(),
            };
            let still = Still { path: None, live: None, ..as_of_now(still) };
            Err((410, pages::failed(words.heading(Heading::HistoryLost), &said, &still, assets)))
        }
        None => missing(&words.tell(Told::NoIncidentNamed(&name.to_string())), still, assets),
    })
}

/// `GET /targets/{slug}`.
async fn target(env: &Env, slug: &Slug, range: Period, still: Still, assets: &Assets) -> Result<Drawn> {
    let facts = call::directory(env, &ToDirectory::Target(slug.clone()), None).await?;
    if facts.status_code() == 404 {
        let sentence = words(still.spoken.language).tell(Told::NoServiceNamed(&slug.to_string()));
        return Ok(missing(&sentence, still, assets));
    }
    let (status, interval_s, maintenance): (TargetStatus, u32, Vec<Maintenance>) = call::read(facts).await?;
    let still = as_of_now(still);
    let now = still.now;
    let span = Span { begin: Begin::At(pages::TargetPage::history_from(now)), to: Some(now + 1) };
    let availability: Option<TargetAvailability> = document(env, &Document::Availability(slug.clone())).await?;
    let history = call::target(env, slug, &ToTarget::History(Size::Day, span), None).await?;
    let history: TargetHistory = call::read(history).await?;
    let own = Document::Incidents { target: Some(slug.clone()), before: None };
    let own: Option<Incidents> = document(env, &own).await?;
    let detail: Option<TargetDetail> = self::document(env, &Document::Detail(slug.clone())).await?;
    let sums = charts(env, slug, range).await?;
    let year = if range == Period::Year { sums.clone() } else { charts(env, slug, Period::Year).await? };
    let zone = zone::clock(env).await?;
    let marks = detail.as_ref().map(|detail| pages::charts::marks(detail, &sums, &still)).unwrap_or_default();
    let ends = detail.as_ref().map(|detail| pages::charts::ends(detail, &still)).unwrap_or_default();
    let charts = Charts { range, sums: &sums, year: &year, zone: zone.as_ref(), marks: &marks, ends: &ends };
    let page = pages::TargetPage {
        status: &status,
        interval_s,
        maintenance: &maintenance,
        own: &crate::vantage::own_name(env),
        availability: &availability.ok_or_else(|| kept::gone("the availability"))?,
        history: &history,
        real_clients: detail.as_ref().and_then(|detail| detail.real_clients.as_ref()),
        addresses: detail.as_ref().and_then(|detail| detail.addresses.as_ref()),
        charts,
        incidents: &own.ok_or_else(|| kept::gone("the list of incidents"))?.incidents,
    };
    Ok(Ok(pages::target(&page, &still, assets)))
}

/// Asks for what the charts of a range are drawn from.
async fn charts(env: &Env, slug: &Slug, range: Period) -> Result<ChartSums> {
    call::read(call::target(env, slug, &ToTarget::Charts(range), None).await?).await
}

fn missing(sentence: &str, still: Still, assets: &Assets) -> Drawn {
    Err((404, pages::missing(sentence, &Still { path: None, live: None, ..as_of_now(still) }, assets)))
}

/// Asks for a document; `None` where there is none.
async fn document<T: DeserializeOwned>(env: &Env, document: &Document) -> Result<Option<T>> {
    read(env, &Source::from(document)).await
}

async fn read<T: DeserializeOwned>(env: &Env, source: &Source) -> Result<Option<T>> {
    match kept::ask(env, source).await? {
        Answered::Kept => {
            let kept = kept::earlier(&source.name).ok_or_else(|| kept::gone(&source.name))?;
            Ok(Some(serde_json::from_str(&kept.text)?))
        }
        Answered::Otherwise(response) if response.status_code() == 404 => Ok(None),
        Answered::Otherwise(response) => call::read(response).await.map(Some),
        Answered::Unknown => Ok(None),
    }
}
