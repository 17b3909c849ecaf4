//! The pages without scripts: asks the objects for the documents that each is made of.

use crate::{call, dial};
use dualwatch_app::{Assets, pages};
use dualwatch_wire::v1::{IncidentDocument, Incidents, PageData, TargetAvailability, TargetHistory};
use worker::{Env, Request, Result};

/// The HTML, or the sentence that says what there is none of.
type Page = std::result::Result<String, String>;

/// `GET /incidents`; with `?before=MS` those that began earlier.
pub async fn incidents(request: &Request, env: &Env, assets: &Assets) -> Result<Page> {
    let url = request.url()?;
    let before = url.query_pairs().find(|(key, _)| key == "before").and_then(|(_, ms)| ms.parse::<i64>().ok());
    let query = before.map_or_else(String::new, |ms| format!("?before={ms}"));
    let all: Incidents = call::read(call::directory(env, &format!("/incidents{query}"), None).await?).await?;
    Ok(Ok(pages::incidents(&all, dial::now(), assets)))
}

/// `GET /incidents/{id}`.
pub async fn incident(env: &Env, id: &str, assets: &Assets) -> Result<Page> {
    let is_name = id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    let response = if is_name { call::incident(env, id, "/incident").await? } else { None };
    let Some(response) = response.filter(|response| response.status_code() != 404) else {
        return Ok(Err(format!("There is no incident with the name “{id}”: it may be mistyped.")));
    };
    let document: IncidentDocument = call::read(response).await?;
    Ok(Ok(pages::incident(&document, dial::now(), assets)))
}

/// `GET /targets/{slug}`.
pub async fn target(env: &Env, slug: &str, assets: &Assets) -> Result<Page> {
    let data: PageData = call::read(call::directory(env, "/page", None).await?).await?;
    let now = data.now;
    let known = data.status.targets.iter().zip(&data.targets).find(|(status, _)| status.slug == slug);
    let Some((status, plan)) = known else {
        return Ok(Err(format!("There is no service with the name “{slug}”: it may be mistyped, or was removed.")));
    };
    let history = pages::TargetPage::history_from(now).unix_ms();
    let history = format!("/history?size=1d&from={history}&to={}", now.unix_ms() + 1);
    let availability: TargetAvailability = call::read(call::target(env, slug, "/availability", None).await?).await?;
    let history: TargetHistory = call::read(call::target(env, slug, &history, None).await?).await?;
    let own: Incidents = call::read(call::directory(env, &format!("/incidents?target={slug}"), None).await?).await?;
    let page = pages::TargetPage {
        status,
        interval_s: plan.interval_s,
        availability: &availability,
        history: &history,
        incidents: &own.incidents,
        now,
    };
    Ok(Ok(pages::target(&page, assets)))
}
