//! `/api/v1` as an `OpenAPI` 3.1 document, made from the types that are served; and the page that people read of it.
//!
//! In no program that ships: both are made when a test writes them down (`web/api`), and served as files.

mod operations;
mod page;

pub use page::page;

use crate::{
    answer::limit::{Limit, RETRY_AFTER_S, RETRY_STORAGE_AFTER_S},
    problem::{self, Problem},
    signature::SIGNATURE_HEADER,
};
use operations::{CLOSED, READ};
use schemars::{JsonSchema, SchemaGenerator, generate::SchemaSettings};
use serde_json::{Map, Value, json};

/// A parameter: its name, and its schema with what it does.
type Parameter = (&'static str, fn() -> Value);

type ToSchema = fn(&mut SchemaGenerator) -> Value;

/// A way to ask an address.
struct Operation {
    path: &'static str,
    id: &'static str,
    summary: &'static str,
    method: Method,
    access: Access,
    /// Behind the question mark; what is between braces in the path is required.
    query: &'static [Parameter],
    /// Of the request; required.
    headers: &'static [Parameter],
    body: Option<Body>,
    /// Of the answer.
    content_type: &'static str,
    schema: ToSchema,
    /// Whether the answer has an `ETag`.
    has_tag: bool,
    /// Beside those that every address has.
    refusals: &'static [u16],
}

/// What is sent.
struct Body {
    about: &'static str,
    /// The forms that it may have.
    content: &'static [(&'static str, ToSchema)],
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Method {
    Get,
    Put,
    Post,
}

impl Method {
    const ALL: [Self; 3] = [Self::Get, Self::Put, Self::Post];

    const fn code(self) -> &'static str {
        match self {
            Self::Get => "get",
            Self::Put => "put",
            Self::Post => "post",
        }
    }
}

/// Who may.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Access {
    Everybody,
    Admin,
    Vantage,
    /// And signs what it sends.
    SignedVantage,
}

impl Access {
    fn security(self) -> Value {
        match self {
            Self::Everybody => json!([]),
            Self::Admin => json!([{ "admin": [] }]),
            Self::Vantage => json!([{ "vantage": [] }]),
            Self::SignedVantage => json!([{ "vantage": [], "signature": [] }]),
        }
    }

    const fn tag(self) -> &'static str {
        match self {
            Self::Everybody => "read",
            Self::Admin => "admin",
            Self::Vantage | Self::SignedVantage => "vantage",
        }
    }
}

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

const ABOUT: &str = "Whether services are reachable over IPv4 and over IPv6, for whom, since when, and why not. \
    What needs no token may be read by everybody, from any origin. An answer has an `ETag`: who sends it back in \
    `If-None-Match` is answered 304 while nothing has changed. Fields are only ever added: take unknown ones as absent. \
    `null` and what is left out is unknown, and never 0. A parameter that is not listed is refused. Lists have an end: \
    where an answer was cut it says how to ask for the rest. Every error is a problem document of RFC 9457.";

const ABOUT_LIMITS: &str = "Limits: nobody is counted, by address or otherwise, and no number of requests is too many; an \
    answer is made once per change and kept. Tokens are compared in a time that tells nothing of them, and a wrong one costs \
    no second try: take a long one. What is bounded is the whole, for all who ask together:";

/// Says what is bounded, and how a refusal says so.
fn about() -> String {
    let limits = Limit::ALL.map(|limit| format!("`{}`", limit.policy())).join(", ");
    format!(
        "{ABOUT} {ABOUT_LIMITS} {limits}. Who comes when nothing is left of that is answered 503 with `Retry-After`, and with \
         `RateLimit-Policy` and `RateLimit`, which name it (draft-ietf-httpapi-ratelimit-headers-11): never 429, for it is not \
         the asker that has asked too often. `Retry-After` is {RETRY_AFTER_S} there, and {RETRY_STORAGE_AFTER_S} where nothing \
         can be stored or read. An instance behind a proxy, or on a platform, may have its limits for single readers besides."
    )
}

/// Returns the document.
pub fn document() -> Value {
    let settings = SchemaSettings::draft2020_12().for_serialize().with(|settings| {
        settings.definitions_path = "/components/schemas".into();
        settings.meta_schema = None;
    });
    let mut generator = settings.into_generator();
    let problem = of::<Problem>(&mut generator);
    let mut paths = Map::new();
    for operation in READ.iter().chain(&CLOSED) {
        let described = described(operation, &mut generator);
        let item = paths.entry(operation.path).or_insert_with(|| json!({}));
        item[operation.method.code()] = described;
    }
    let schemas = generator.take_definitions(true);
    let text = |about: &str| json!({ "description": about, "schema": { "type": "string" } });
    let seconds = |about: &str| json!({ "description": about, "schema": { "type": "integer" } });
    let refusal = |about: &str, headers: Value| json!({ "description": about, "headers": headers, "content": { problem::CONTENT_TYPE: { "schema": problem } } });
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Dualwatch",
            "version": env!("CARGO_PKG_VERSION"),
            "summary": "Is a service reachable over IPv4, and over IPv6?",
            "description": about(),
            "license": { "name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0" },
        },
        "servers": [{ "url": "/", "description": "This instance." }],
        "security": [],
        "tags": [
            { "name": "read", "description": "Documents that everybody may read." },
            { "name": "admin", "description": "What changes this instance: with its admin token." },
            { "name": "vantage", "description": "For further vantages: each with a token of its own." },
        ],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "admin": { "type": "http", "scheme": "bearer", "description": "The admin token of this installation." },
                "vantage": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "The token of a vantage: `dualwatch vantage-token NAME` makes it of the vantage token of this \
                        installation. It speaks for this name and for no other.",
                },
                "signature": {
                    "type": "apiKey",
                    "in": "header",
                    "name": SIGNATURE_HEADER,
                    "description": "`v1,` and the HMAC-SHA256 of `ID.TIMESTAMP.BODY` under the token of the vantage, in Base64; \
                        of several, separated by spaces, one is enough.",
                },
            },
            "responses": {
                "Known": { "description": "The asker has it: nothing has changed." },
                "Problem": refusal("It cannot be answered; `detail` says why, and what to ask instead.", json!({})),
                "Unauthorized": refusal(
                    "The token is missing, or is another one.",
                    json!({ "WWW-Authenticate": text("`Bearer`.") }),
                ),
                "Later": refusal(
                    "Not now; the same may be answered in a moment.",
                    json!({
                        "Retry-After": seconds("Seconds to wait."),
                        "RateLimit-Policy": text("What there is only so much of, where that is why."),
                        "RateLimit": text("That nothing is left of it, and for how long."),
                    }),
                ),
            },
        },
    })
}

fn described(operation: &Operation, generator: &mut SchemaGenerator) -> Value {
    let between = operation.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    let required = between.map(|name| {
        let schema = match name {
            "slug" => slug("The name of a target in addresses; `getStatus` lists them all."),
            _ => json!({ "type": "string", "description": "Of an incident; `getIncidents` lists them all." }),
        };
        json!({ "name": name, "in": "path", "required": true, "schema": schema })
    });
    let headers = operation
        .headers
        .iter()
        .map(|(name, schema)| json!({ "name": name, "in": "header", "required": true, "schema": schema() }));
    let further =
        operation.query.iter().map(|(name, schema)| json!({ "name": name, "in": "query", "schema": schema() }));
    let parameters: Vec<Value> = required.chain(headers).chain(further).map(with_description).collect();
    let mut answer = json!({
        "description": "It.",
        "content": { operation.content_type: { "schema": (operation.schema)(generator) } },
    });
    let response = |name: &str| json!({ "$ref": format!("#/components/responses/{name}") });
    let mut responses = json!({ "400": response("Problem"), "503": response("Later") });
    if operation.has_tag {
        answer["headers"] =
            json!({ "ETag": { "description": "Names this very answer.", "schema": { "type": "string" } } });
        responses["304"] = response("Known");
    }
    if operation.access != Access::Everybody {
        responses["401"] = response("Unauthorized");
    }
    for status in operation.refusals {
        responses[status.to_string()] = response(if *status == 507 { "Later" } else { "Problem" });
    }
    responses["200"] = answer;
    let mut described = json!({
        "operationId": operation.id,
        "summary": operation.summary,
        "tags": [operation.access.tag()],
        "security": operation.access.security(),
        "parameters": parameters,
        "responses": responses,
    });
    if let Some(Body { about, content }) = &operation.body {
        let forms: Map<String, Value> = (content.iter())
            .map(|(kind, schema)| ((*kind).to_owned(), json!({ "schema": schema(generator) })))
            .collect();
        described["requestBody"] = json!({ "description": about, "required": true, "content": forms });
    }
    described
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
        let each = paths.iter().flat_map(|(path, item)| {
            Method::ALL.into_iter().filter_map(move |method| Some((path, method, item.get(method.code())?)))
        });
        for (path, method, operation) in each {
            let path = path.replace("{slug}", "shop").replace("{id}", "shop-20261123T101151Z");
            // Whose check it is.
            let own = if path.ends_with("/check") { "&target=shop" } else { "" };
            let method = method.code().to_uppercase();
            let ask = |query: &str| {
                let url = format!("https://status.example{path}?{query}{own}");
                parse(&method, &url, Timestamp::from_unix_ms(0))
            };
            let refusal = ask("no-such=1").expect_err("nobody knows it").problem().detail;
            let told: Vec<&str> = refusal.rsplit_once(" here; ").unwrap().1.split('`').skip(1).step_by(2).collect();
            let parameters = operation["parameters"].as_array().unwrap().iter();
            let described: Vec<&str> =
                parameters.filter(|p| p["in"] == "query").filter_map(|p| p["name"].as_str()).collect();
            assert_eq!(told, described, "{method} {path}");
            assert!(ask("").is_ok(), "{method} {path}");
        }
        let every = |route: &Route| matches!(route, Route::Document(Document::Status { .. }));
        assert!(
            parse("GET", "https://status.example/api/v1/status", Timestamp::from_unix_ms(0)).is_ok_and(|r| every(&r))
        );
    }

    /// What needs a token is described with its scheme and with the refusal of who has none.
    #[test]
    fn what_is_closed_says_by_what() {
        let document = document();
        let schemes = document["components"]["securitySchemes"].as_object().unwrap();
        let mut closed = Vec::new();
        for (path, item) in document["paths"].as_object().unwrap() {
            for (method, operation) in item.as_object().unwrap() {
                let names: Vec<&String> = operation["security"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .flat_map(|one| one.as_object().unwrap().keys())
                    .collect();
                assert!(names.iter().all(|name| schemes.contains_key(*name)), "{method} {path}");
                assert_eq!(operation["responses"]["401"].is_object(), !names.is_empty(), "{method} {path}");
                assert!(operation["responses"]["503"].is_object(), "{method} {path}");
                if !names.is_empty() {
                    closed.push(format!("{method} {path}"));
                }
            }
        }
        closed.sort();
        let expected = [
            "get /api/v1/config",
            "get /api/v1/vantage/plans",
            "post /api/v1/targets/{slug}/rounds",
            "post /api/v1/vantage/rounds",
            "put /api/v1/config",
        ];
        assert_eq!(closed, expected);
    }

    /// What one validator or another wants that others do not, so that a document passes all: servers, security, a licence, and
    /// of each operation a name of its own, a summary, its parameters declared, and a refusal described.
    #[test]
    fn every_validator_finds_what_it_wants() {
        let document = document();
        assert!(document["openapi"].as_str().is_some_and(|version| version.split('.').count() == 3));
        assert!(document["servers"].as_array().is_some_and(|servers| !servers.is_empty()));
        assert!(document["security"].is_array() && document["info"]["license"]["name"].is_string());
        assert!(!document.to_string().contains("\"nullable\""));
        let mut ids = Vec::new();
        for (path, item) in document["paths"].as_object().unwrap() {
            let wanted: Vec<&str> =
                path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}')).collect();
            for operation in item.as_object().unwrap().values() {
                ids.push(operation["operationId"].as_str().unwrap().to_owned());
                assert!(operation["summary"].as_str().is_some_and(|summary| !summary.is_empty()), "{path}");
                assert!(
                    operation["responses"].as_object().unwrap().keys().any(|status| status.starts_with('4')),
                    "{path}"
                );
                let parameters = operation["parameters"].as_array().unwrap();
                let named = parameters.iter().filter(|parameter| parameter["in"] == "path");
                assert_eq!(
                    named.filter_map(|parameter| parameter["name"].as_str()).collect::<Vec<_>>(),
                    wanted,
                    "{path}"
                );
            }
        }
        let n = ids.len();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), n);
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
