//! Incidents as the issues of a code host that Upptime's pages ask for.
//!
//! Those pages put comments into their HTML as they are: every name of others is escaped for XML here, which also leaves no
//! comment of HTML in a body, where the pages look for metadata.

use dualwatch_core::measure::{family::Family, time::Timestamp};
use dualwatch_wire::{
    time,
    v1::{Incident, incident::Summary},
    xml::escaped,
};
use serde_json::{Value, json};

/// Returns the number of an issue: the second in which the incident was first seen, and three digits that keep those of one
/// second apart. It is the same for ever, and a number that JavaScript has exactly.
pub fn number(id: &str, began: Timestamp) -> u64 {
    let apart = id.bytes().fold(0_u64, |sum, byte| (sum * 31 + u64::from(byte)) % 1_000);
    u64::try_from(began.unix_ms() / 1_000).unwrap_or_default() * 1_000 + apart
}

/// Returns an incident as an issue. `origin`: where our own pages are.
pub fn issue(incident: &Incident, origin: &str) -> Value {
    let Incident { target, summary, open, resolved_at, .. } = incident;
    let Summary { id, began, .. } = summary;
    let number = number(id, began.by);
    let page = format!("{origin}/incidents/{id}");
    let is_down = incident.segments.iter().any(|segment| segment.families.len() > segment.unstable.len());
    let over = over(&summary.families);
    let name = escaped(&incident.name);
    let (title, said) = if is_down {
        (format!("🛑 {} is down{over}", incident.name), format!("{name} was **down**{over}"))
    } else {
        // The word by which Upptime's pages choose the colour.
        (format!("⚠️ {} has degraded performance{over}", incident.name), format!("{name} was **unstable**{over}"))
    };
    let causes: Vec<String> =
        summary.causes.iter().map(|cause| format!("\n- {}: {}", cause.family, crate::cause(cause.cause))).collect();
    let updated = resolved_at.unwrap_or(incident.confirmed_at);
    json!({
        "id": number,
        "number": number,
        "title": title,
        "state": if *open { "open" } else { "closed" },
        "body": format!("{said}, seen from {}:{}\n\n[Report]({page})", time::format(began.by), causes.concat()),
        "created_at": time::format(began.by),
        "updated_at": time::format(updated),
        "closed_at": resolved_at.map(time::format),
        "comments": u32::from(!open),
        "labels": [{ "name": "status" }, { "name": target }],
        "user": user(origin),
        "html_url": page,
    })
}

/// Returns the comments of an issue: that it is over.
pub fn comments(incident: &Incident, origin: &str) -> Value {
    let Some(resolved_at) = incident.resolved_at else { return json!([]) };
    let lasted = crate::duration(resolved_at.ms_since(incident.summary.began.by));
    json!([{
        "id": number(&incident.summary.id, incident.summary.began.by),
        "body": format!("**Resolved:** {} is back up after {lasted}.", escaped(&incident.name)),
        "created_at": time::format(resolved_at),
        "updated_at": time::format(resolved_at),
        "user": user(origin),
        "html_url": format!("{origin}/incidents/{}", incident.summary.id),
    }])
}

fn user(origin: &str) -> Value {
    json!({ "login": "dualwatch", "html_url": origin })
}

fn over(families: &[Family]) -> String {
    match families {
        [] => String::new(),
        [family] => format!(" over {family}"),
        _ => " over IPv4 and IPv6".to_owned(),
    }
}
