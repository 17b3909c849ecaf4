//! A page that answers as Statuspage does (`/api/v2/summary.json`).

use super::{Component, Page, Stands};
use serde::Deserialize;

/// What is read of it. Pages that only look like Statuspage leave things out, or say null.
#[derive(Deserialize)]
struct Summary {
    page: About,
    status: Overall,
    #[serde(default)]
    components: Option<Vec<Part>>,
    #[serde(default)]
    incidents: Option<Vec<Incident>>,
}

#[derive(Deserialize)]
struct About {
    #[serde(default)]
    name: Option<String>,
}

#[derive(Deserialize)]
struct Overall {
    indicator: String,
    #[serde(default)]
    description: Option<String>,
}

#[derive(Deserialize)]
struct Part {
    #[serde(default)]
    id: Option<String>,
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    status: Option<String>,
    #[serde(default)]
    group: Option<bool>,
    #[serde(default)]
    group_id: Option<String>,
}

#[derive(Deserialize)]
struct Incident {
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    status: Option<String>,
}

/// Reads the document; `None`: it is something else.
pub fn read(text: &str) -> Option<Page> {
    let summary: Summary = serde_json::from_str(text).ok()?;
    let parts = summary.components.unwrap_or_default();
    // A group is there for its parts; one without parts stands for itself.
    let has_parts = |id: &Option<String>| id.is_some() && parts.iter().any(|part| part.group_id == *id);
    let components: Vec<Component> = parts
        .iter()
        .filter(|part| !(part.group == Some(true) && has_parts(&part.id)))
        .map(|part| {
            let group = parts.iter().find(|group| group.id.is_some() && group.id == part.group_id);
            let group =
                group.and_then(|group| group.name.as_deref()).map_or_else(String::new, |name| format!("{name} / "));
            Component {
                name: format!("{group}{}", part.name.as_deref().unwrap_or("?")),
                state: part.status.as_deref().map_or(Stands::Unknown, of_component),
                ipv4: None,
                ipv6: None,
                detail: String::new(),
            }
        })
        .collect();
    let incidents = summary.incidents.unwrap_or_default().into_iter().map(|incident| {
        let name = incident.name.unwrap_or_else(|| "?".to_owned());
        incident.status.map_or(name.clone(), |status| format!("{name} ({status})"))
    });
    // The page's own word, and that of its parts: whichever is worse.
    let worst = components.iter().map(|component| component.state).max().unwrap_or(Stands::Absent);
    Some(Page {
        version: 1,
        kind: "statuspage",
        name: summary.page.name.unwrap_or_default(),
        state: of_indicator(&summary.status.indicator).max(worst),
        description: summary.status.description.unwrap_or_default(),
        components,
        incidents: incidents.collect(),
    })
}

fn of_component(status: &str) -> Stands {
    match status {
        "operational" => Stands::Up,
        "degraded_performance" => Stands::Degraded,
        "partial_outage" => Stands::Partial,
        "major_outage" => Stands::Down,
        "under_maintenance" => Stands::Maintenance,
        _ => Stands::Unknown,
    }
}

fn of_indicator(indicator: &str) -> Stands {
    match indicator {
        "none" => Stands::Up,
        "minor" => Stands::Degraded,
        "major" => Stands::Partial,
        "critical" => Stands::Down,
        "maintenance" => Stands::Maintenance,
        _ => Stands::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_read_with_what_it_leaves_out() {
        let page = read(
            r#"{"page":{"id":"1","name":"Shop"},"status":{"indicator":"minor","description":"Minor Service Outage"},
                "components":[
                  {"id":"g","name":"Web","status":"operational","group":true,"group_id":null},
                  {"id":"a","name":"IPv6","status":"major_outage","group":false,"group_id":"g"},
                  {"id":"b","name":"Mail","status":null},
                  {"id":"e","name":"Empty","status":"operational","group":true}],
                "incidents":[{"name":"IPv6 is down","status":"identified"},{"name":null}]}"#,
        )
        .unwrap();
        assert_eq!((&*page.name, page.state, &*page.description), ("Shop", Stands::Down, "Minor Service Outage"));
        let components: Vec<(&str, Stands)> = page.components.iter().map(|c| (&*c.name, c.state)).collect();
        assert_eq!(components, [("Web / IPv6", Stands::Down), ("Mail", Stands::Unknown), ("Empty", Stands::Up)]);
        assert_eq!(page.incidents, ["IPv6 is down (identified)", "?"]);
        let least = read(r#"{"page":{},"status":{"indicator":"none"},"components":null}"#).unwrap();
        assert_eq!(least.state, Stands::Up);
        assert_eq!(read(r#"{"page":{},"status":{"indicator":"fine"}}"#).unwrap().state, Stands::Unknown);
        for other in ["", "{}", "[]", r#"{"page":{},"status":"up"}"#, "<html>"] {
            assert!(read(other).is_none(), "{other}");
        }
    }

    #[test]
    fn every_word_has_its_exit() {
        use crate::exit::Exit;
        for (indicator, exit) in [
            ("none", Exit::Reachable),
            ("maintenance", Exit::Reachable),
            ("minor", Exit::Failed),
            ("major", Exit::Failed),
            ("critical", Exit::Failed),
            ("", Exit::CouldNotMeasure),
        ] {
            assert_eq!(of_indicator(indicator).exit(), exit, "{indicator}");
        }
    }
}
