//! `/api/v1` as an `OpenAPI` 3.1 document, made from the types that are served; and the page that people read of it.
//!
//! In no program that ships: both are made when a test writes them down (`web/api`), and served as files.

mod page;

pub use page::page;

use crate::{
    problem::{self, Problem},
    v1::{
        ClientsDocument, IncidentDocument, Incidents, PageData, Rounds, Status, TargetAvailability, TargetDetail,
        TargetHistory,
    },
};
use schemars::{JsonSchema, SchemaGenerator, generate::SchemaSettings};
use serde_json::{Map, Value, json};

/// A parameter: its name, and its schema with what it does.
type Parameter = (&'static str, fn() -> Value);

/// A document that is read.
struct Operation {
    path: &'static str,
    id: &'static str,
    summary: &'static str,
    /// Behind the question mark; what is between braces in the path is required.
    query: &'static [Parameter],
    content_type: &'static str,
    schema: fn(&mut SchemaGenerator) -> Value,
    /// Whether there may be none of the name.
    is_named: bool,
}

const JSON: &str = "application/json";

fn of<T: JsonSchema>(generator: &mut SchemaGenerator) -> Value {
    generator.subschema_for::<T>().to_value()
}

fn slug(about: &str) -> Value {
    json!({ "type": "string", "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$", "maxLength": 63, "description": about })
}

fn time(about: &str) -> Value {
    let about = format!("{about} RFC 3339, or milliseconds since 1970.");
    json!({ "type": ["string", "integer"], "description": about })
}

const FROM: Parameter = ("from", || time("Its beginning."));
const TO: Parameter = ("to", || time("Its end, which is not in it; now where it is left out."));

const OPERATIONS: [Operation; 11] = [
    Operation {
        path: "/api/v1/status",
        id: "getStatus",
        summary: "Every target, per family, as published",
        query: &[
            ("after", || slug("Only targets behind this one: the `next_after` of an answer that was cut.")),
            (
                "limit",
                || json!({ "type": "integer", "minimum": 1, "maximum": 1000, "description": "So many targets at most." }),
            ),
        ],
        content_type: JSON,
        schema: of::<Status>,
        is_named: false,
    },
    Operation {
        path: "/api/v1/page",
        id: "getPage",
        summary: "What the status page shows, and how to measure from a browser",
        query: &[("page", || json!({ "type": "integer", "minimum": 1, "default": 1, "description": "A part of it." }))],
        content_type: JSON,
        schema: of::<PageData>,
        is_named: true,
    },
    Operation {
        path: "/api/v1/targets/{slug}",
        id: "getTarget",
        summary: "One target: what is published of it, its schedule, and its newest round",
        query: &[],
        content_type: JSON,
        schema: of::<TargetDetail>,
        is_named: true,
    },
    Operation {
        path: "/api/v1/targets/{slug}/rounds",
        id: "getRounds",
        summary: "The rounds of a target in a span of time, oldest first; of the last day where none is named",
        query: &[FROM, TO],
        content_type: JSON,
        schema: of::<Rounds>,
        is_named: true,
    },
    Operation {
        path: "/api/v1/targets/{slug}/availability",
        id: "getAvailability",
        summary: "How much of its observed time a target was up, in every window that people ask for",
        query: &[],
        content_type: JSON,
        schema: of::<TargetAvailability>,
        is_named: true,
    },
    Operation {
        path: "/api/v1/targets/{slug}/history",
        id: "getHistory",
        summary: "Sums of rounds in buckets, oldest first",
        query: &[
            (
                "size",
                || json!({ "type": "string", "enum": ["5m", "1h", "1d"], "default": "1d", "description": "Of a bucket." }),
            ),
            FROM,
            TO,
        ],
        content_type: JSON,
        schema: of::<TargetHistory>,
        is_named: true,
    },
    Operation {
        path: "/api/v1/incidents",
        id: "getIncidents",
        summary: "Incidents, those that are open first, then the newest",
        query: &[
            ("target", || slug("Of this target only.")),
            ("before", || time("That began before: the `next_before` of an answer that was cut.")),
        ],
        content_type: JSON,
        schema: of::<Incidents>,
        is_named: false,
    },
    Operation {
        path: "/api/v1/incidents/{id}",
        id: "getIncident",
        summary: "One incident with its report",
        query: &[],
        content_type: JSON,
        schema: of::<IncidentDocument>,
        is_named: true,
    },
    Operation {
        path: "/api/v1/incidents/{id}/report.md",
        id: "getReport",
        summary: "The report as Markdown",
        query: &[],
        content_type: "text/markdown; charset=utf-8",
        schema: |_| json!({ "type": "string" }),
        is_named: true,
    },
    Operation {
        path: "/api/v1/clients",
        id: "getClients",
        summary: "What real clients do when the IPv6 side of a name is broken and IPv4 is well, as it was measured",
        query: &[],
        content_type: JSON,
        schema: of::<ClientsDocument>,
        is_named: false,
    },
    Operation {
        path: "/api/v1/openapi.json",
        id: "getDescription",
        summary: "This document",
        query: &[],
        content_type: JSON,
        schema: |_| json!({ "type": "object" }),
        is_named: false,
    },
];

const ABOUT: &str = "Whether services are reachable over IPv4 and over IPv6, for whom, since when, and why not. \
    Everything here may be read by everybody, from any origin. An answer has an `ETag`: who sends it back in \
    `If-None-Match` is answered 304 while nothing has changed. Fields are only ever added: take unknown ones as absent. \
    `null` and what is left out is unknown, and never 0. A parameter that is not listed is refused. Lists have an end: \
    where an answer was cut it says how to ask for the rest. Every error is a problem document of RFC 9457.";

/// Returns the document.
pub fn document() -> Value {
    let settings = SchemaSettings::draft2020_12().for_serialize().with(|settings| {
        settings.definitions_path = "/components/schemas".into();
        settings.meta_schema = None;
    });
    let mut generator = settings.into_generator();
    let problem = of::<Problem>(&mut generator);
    let mut paths = Map::new();
    for operation in &OPERATIONS {
        let schema = (operation.schema)(&mut generator);
        paths.insert(operation.path.to_owned(), json!({ "get": described(operation, &schema) }));
    }
    let schemas = generator.take_definitions(true);
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Dualwatch",
            "version": env!("CARGO_PKG_VERSION"),
            "summary": "Is a service reachable over IPv4, and over IPv6?",
            "description": ABOUT,
            "license": { "name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0" },
        },
        "servers": [{ "url": "/", "description": "This instance." }],
        "security": [],
        "tags": [{ "name": "read", "description": "Documents that everybody may read." }],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "responses": {
                "Known": { "description": "The asker has it: nothing has changed." },
                "Problem": {
                    "description": "It cannot be answered; `detail` says why, and what to ask instead.",
                    "content": { problem::CONTENT_TYPE: { "schema": problem } },
                },
            },
        },
    })
}

fn described(operation: &Operation, schema: &Value) -> Value {
    let between = operation.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    let required = between.map(|name| {
        let schema = match name {
            "slug" => slug("The name of a target in addresses; `getStatus` lists them all."),
            _ => json!({ "type": "string", "description": "Of an incident; `getIncidents` lists them all." }),
        };
        json!({ "name": name, "in": "path", "required": true, "schema": schema })
    });
    let further =
        operation.query.iter().map(|(name, schema)| json!({ "name": name, "in": "query", "schema": schema() }));
    let parameters: Vec<Value> = required.chain(further).map(with_description).collect();
    let etag = json!({ "description": "Names this very answer.", "schema": { "type": "string" } });
    let mut responses = json!({
        "200": {
            "description": "It.",
            "headers": { "ETag": etag },
            "content": { operation.content_type: { "schema": schema } },
        },
        "304": { "$ref": "#/components/responses/Known" },
        "400": { "$ref": "#/components/responses/Problem" },
        "503": { "$ref": "#/components/responses/Problem" },
    });
    if operation.is_named {
        responses["404"] = json!({ "$ref": "#/components/responses/Problem" });
    }
    json!({
        "operationId": operation.id,
        "summary": operation.summary,
        "tags": ["read"],
        "parameters": parameters,
        "responses": responses,
    })
}

/// What a schema says of a parameter is said of the parameter.
fn with_description(mut parameter: Value) -> Value {
    if let Some(about) = parameter["schema"].as_object_mut().and_then(|schema| schema.remove("description")) {
        parameter["description"] = about;
    }
    parameter
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::door::{Document, Route, parse};
    use dualwatch_core::measure::time::Timestamp;

    /// What is described is what the door leads to, and knows the same parameters.
    #[test]
    fn every_operation_is_an_address_and_names_every_parameter() {
        let document = document();
        let paths = document["paths"].as_object().unwrap();
        for (path, item) in paths {
            let path = path.replace("{slug}", "shop").replace("{id}", "shop-20261123T101151Z");
            let ask =
                |query: &str| parse("GET", &format!("https://status.example{path}{query}"), Timestamp::from_unix_ms(0));
            let refusal = ask("?no-such=1").expect_err("nobody knows it").problem().detail;
            let told: Vec<&str> = refusal.rsplit_once(" here; ").unwrap().1.split('`').skip(1).step_by(2).collect();
            let parameters = item["get"]["parameters"].as_array().unwrap().iter();
            let described: Vec<&str> =
                parameters.filter(|p| p["in"] == "query").filter_map(|p| p["name"].as_str()).collect();
            assert_eq!(told, described, "{path}");
            assert!(ask("").is_ok(), "{path}");
        }
        let every = |route: &Route| matches!(route, Route::Document(Document::Status { .. }));
        assert!(
            parse("GET", "https://status.example/api/v1/status", Timestamp::from_unix_ms(0)).is_ok_and(|r| every(&r))
        );
    }

    #[test]
    fn every_reference_leads_somewhere_and_every_schema_is_used() {
        let document = document();
        let text = document.to_string();
        let names: Vec<&String> = document["components"]["schemas"].as_object().unwrap().keys().collect();
        for name in &names {
            assert!(name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_'), "{name}");
            assert!(
                !name.ends_with(|c: char| c.is_ascii_digit() && c != '4' && c != '6'),
                "two types are called {name}"
            );
            assert!(text.contains(&format!("\"#/components/schemas/{name}\"")), "{name} is used by nobody");
        }
        for reference in text.split("\"$ref\":\"#").skip(1).filter_map(|rest| rest.split('"').next()) {
            assert!(document.pointer(reference).is_some(), "{reference}");
        }
    }
}
