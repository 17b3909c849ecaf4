//! Badges, drawn from answers that are kept: one that nothing has changed for is bytes.
//!
//! The image proxies of code hosts keep what they may: `no-cache`, which every kept answer says, is what GitHub's asks for
//! (docs.github.com, "About anonymized URLs"), and a tag lets them ask again for nothing.

use crate::{
    dial,
    kept::{self, Earlier, Made, Of, Source},
    reply,
};
use dualwatch_app::found::{edge, route::Route};
use dualwatch_core::{
    judge::verdict::Edge,
    measure::time::Timestamp,
    remember::{
        availability::Period,
        spell::{PerTrack, Track},
    },
};
use dualwatch_wire::{
    answer::language::Language,
    badge::{
        self,
        facts::Facts,
        said::Said,
        svg::{self, Style, Theme},
    },
    door::{
        AskedBadge, Asks, Document, NoBadge, Whom,
        badge::{About, Badge, Form},
        inner::ToDirectory,
    },
    v1::{TargetAvailability, TargetDetail, TargetStatus},
};
use worker::{Env, Request, Response, Result, console_error, web_sys};

/// An image may be opened by itself: then nothing in it runs or loads.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; sandbox";

const SVG: &str = "image/svg+xml; charset=utf-8";

/// Answers with a badge. That there is none is a badge too.
pub async fn answer(request: &Request, env: &Env, asked: &AskedBadge) -> Result<web_sys::Response> {
    let badge = match &asked.what {
        Ok(badge) => badge,
        Err(NoBadge::NoName) => return missing(asked.form, Said::NoService, Language::default()),
        Err(NoBadge::NoGroup) => return missing(asked.form, Said::NoGroup, Language::default()),
        Err(NoBadge::Parameter(_)) => return missing(asked.form, Said::NoBadge, Language::default()),
    };
    let name = badge.name();
    if let Some(response) = kept::serve(&name, request)? {
        return Ok(response);
    }
    match draw(env, badge, &name).await {
        Ok(true) => kept::serve_new(&name, request)?.ok_or_else(|| kept::gone(&name)),
        Ok(false) => {
            let said = if matches!(badge.whom, Whom::Group(_)) { Said::NoGroup } else { Said::NoService };
            missing(badge.form, said, badge.language)
        }
        // Whoever embeds an image cannot read a problem document.
        Err(error) => {
            console_error!("failed to draw {name}: {error}");
            missing(badge.form, Said::Unavailable, badge.language)
        }
    }
}

/// Draws a badge and keeps it. `false`: there is no such target, or group.
async fn draw(env: &Env, badge: &Badge, name: &str) -> Result<bool> {
    // Objects are told it in a header, at whose end no space stays.
    let whom = match badge.whom.query() {
        query if query.is_empty() => "all".to_owned(),
        query => query,
    };
    let facts = Source {
        name: format!("badge of {whom}"),
        of: Of::Board,
        asks: Asks::Directory(ToDirectory::Badge(badge.whom.clone())),
    };
    let Some((facts, mut earlier)) = kept::read::<Facts>(env, &facts).await? else { return Ok(false) };
    let now = dial::now();
    let (label, said) = match (facts, &badge.whom) {
        (Facts::Several(facts), _) => (facts.name.clone(), Said::of_several(badge.about, &facts, badge.track, now)),
        (Facts::Target { status, interval_s, uptime }, whom) => {
            let edges = edges(&status, interval_s, now);
            let said = match (badge.about, whom) {
                (About::Uptime(period), Whom::Target(slug)) if period != Period::Days30 => {
                    let document = Source::from(&Document::Availability(slug.clone()));
                    match kept::read::<TargetAvailability>(env, &document).await? {
                        Some((availability, of)) => {
                            earlier = of;
                            Said::uptime(&availability, period, badge.track)
                        }
                        None => Said::Share(None),
                    }
                }
                (About::Uptime(_), _) => {
                    Said::Share(uptime.and_then(|shares| shares.share(badge.track.unwrap_or(Track::DualStack))))
                }
                (About::Certificate, Whom::Target(slug)) => {
                    match kept::read::<TargetDetail>(env, &Source::from(&Document::Detail(slug.clone()))).await? {
                        Some((detail, of)) => {
                            earlier = of;
                            Said::certificate(&detail, edges, badge.track, now)
                        }
                        None => Said::NotKnown,
                    }
                }
                (About::Latency, _) => Said::latency(&status, edges, badge.track),
                (About::Status | About::Certificate, _) => Said::status(&status, edges, badge.track),
            };
            (Some(status.name), said)
        }
    };
    let drawn = dualwatch_words::badge::badge(label.as_deref(), badge.about, badge.track, said, badge.language);
    let (body, content_type, headers) = match badge.form {
        Form::Svg => {
            let image = svg::draw(&drawn, badge.style, badge.theme, badge.language);
            (image, SVG, vec![("content-security-policy", POLICY.to_owned())])
        }
        Form::Json => (serde_json::to_string(&drawn.shields(false))?, reply::JSON, Vec::new()),
    };
    let Earlier { made, age, .. } = earlier;
    let made = Made { content_type: content_type.to_owned(), headers, ..made };
    kept::keep(name, body.as_bytes(), made, age)
}

/// What the edge says of each track.
fn edges(status: &TargetStatus, interval_s: u32, now: Timestamp) -> PerTrack<Edge> {
    let side = |route| edge::side(status, interval_s, route, now).edge;
    PerTrack { ipv4: side(Route::Ipv4), ipv6: side(Route::Ipv6), dual_stack: side(Route::DualStack) }
}

/// Says why there is no badge, with 200: Firefox draws no SVG that comes with 404 or 503
/// (findings/firefox-draws-no-svg-of-a-refusal.sh), the proxies of code hosts hand on none, and shields reads nothing else. Its own form says that this is an error.
fn missing(form: Form, said: Said, language: Language) -> Result<web_sys::Response> {
    let badge: badge::Badge = dualwatch_words::badge::missing(said, language);
    let (body, content_type) = match form {
        Form::Svg => (svg::draw(&badge, Style::default(), Theme::default(), language), SVG),
        Form::Json => (serde_json::to_string(&badge.shields(true))?, reply::JSON),
    };
    let mut response = Response::ok(body)?;
    let headers = response.headers_mut();
    headers.set("content-type", content_type)?;
    headers.set("content-security-policy", POLICY)?;
    headers.set("cache-control", "no-cache")?;
    reply::public(headers)?;
    Ok(response.into())
}
