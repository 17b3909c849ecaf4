//! What is described, one value each.

use super::{Access, Body, Method, Operation, Parameter, of, slug, time};
use crate::{
    events,
    signature::{ID_HEADER, TIMESTAMP_HEADER},
    v1::{
        ClientsDocument, ConfigDocument, ConfigUpload, IncidentDocument, Incidents, Loaded, PageData, Plans, Receipt,
        Rounds, Status, TargetAvailability, TargetDetail, TargetHistory, VantageBatch, Widget,
    },
};
use serde_json::json;

const JSON: &str = "application/json";

const FROM: Parameter = ("from", || time("Its beginning."));
const TO: Parameter = ("to", || time("Its end, which is not in it; now where it is left out."));

const WHOM: [Parameter; 3] = [
    ("target", || slug("Of this target.")),
    ("group", || json!({ "type": "string", "maxLength": 64, "description": "Or of this group; of all without both." })),
    (
        "lang",
        || json!({ "type": "string", "description": "`en`, `zh-Hans` or `de`, or a tag that means one of them." }),
    ),
];

/// What may be read by everybody, and is kept.
const EVERYBODY: Operation = Operation {
    path: "",
    id: "",
    summary: "",
    method: Method::Get,
    access: Access::Everybody,
    query: &[],
    headers: &[],
    body: None,
    content_type: JSON,
    schema: |_| json!({}),
    has_tag: true,
    refusals: &[],
};

/// What is sent to us.
const SENT: Operation = Operation { method: Method::Post, access: Access::Admin, has_tag: false, ..EVERYBODY };

pub(super) const READ: [Operation; 14] = [
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
        schema: of::<Status>,
        ..EVERYBODY
    },
    Operation {
        path: "/api/v1/page",
        id: "getPage",
        summary: "What the status page shows, and how to measure from a browser",
        query: &[
            ("page", || json!({ "type": "integer", "minimum": 1, "default": 1, "description": "A part of it." })),
            (
                "q",
                || json!({ "type": "string", "description": "Those of all parts whose name, slug or group has these words; at most 50 of them. Its first 64 letters count." }),
            ),
        ],
        schema: of::<PageData>,
        refusals: &[404],
        ..EVERYBODY
    },
    Operation {
        path: "/api/v1/events",
        id: "getEvents",
        summary: "A stream that says when something published has changed, and never ends of itself for long: `change` or \
                  `alive`, each with the `id` of what is published, and with it as `revision` in its data. What has changed \
                  is read from the documents. Who comes back with `Last-Event-ID` is told at once whether anything has \
                  changed since, also after a restart; without a change it says `alive` every 15 seconds",
        query: &[(
            "since",
            || json!({ "type": "integer", "description": "As `Last-Event-ID`, of who cannot send that: the `id` of an event, or the `revision` of `getPage`." }),
        )],
        content_type: "text/event-stream",
        schema: |_| json!({ "type": "string", "pattern": events::FORM }),
        has_tag: false,
        ..EVERYBODY
    },
    Operation {
        path: "/api/v1/targets/{slug}",
        id: "getTarget",
        summary: "One target: what is published of it, its schedule, and its newest round",
        schema: of::<TargetDetail>,
        refusals: &[404],
        ..EVERYBODY
    },
    Operation {
        path: "/api/v1/targets/{slug}/rounds",
        id: "getRounds",
        summary: "The rounds of a target in a span of time, oldest first; of the last day where none is named",
        query: &[FROM, TO],
        schema: of::<Rounds>,
        refusals: &[404],
        ..EVERYBODY
    },
    Operation {
        path: "/api/v1/targets/{slug}/availability",
        id: "getAvailability",
        summary: "How much of its observed time a target was up, in every window that people ask for",
        schema: of::<TargetAvailability>,
        refusals: &[404],
        ..EVERYBODY
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
        schema: of::<TargetHistory>,
        refusals: &[404],
        ..EVERYBODY
    },
    Operation {
        path: "/api/v1/incidents",
        id: "getIncidents",
        summary: "Incidents, those that are open first, then the newest",
        query: &[
            ("target", || slug("Of this target only.")),
            ("before", || time("That began before: the `next_before` of an answer that was cut.")),
        ],
        schema: of::<Incidents>,
        ..EVERYBODY
    },
    Operation {
        path: "/api/v1/incidents/{id}",
        id: "getIncident",
        summary: "One incident with its report",
        schema: of::<IncidentDocument>,
        refusals: &[404],
        ..EVERYBODY
    },
    Operation {
        path: "/api/v1/incidents/{id}/report.md",
        id: "getReport",
        summary: "The report as Markdown",
        content_type: "text/markdown; charset=utf-8",
        schema: |_| json!({ "type": "string" }),
        refusals: &[404],
        ..EVERYBODY
    },
    Operation {
        path: "/api/v1/clients",
        id: "getClients",
        summary: "What real clients do when the IPv6 side of a name is broken and IPv4 is well, as it was measured",
        schema: of::<ClientsDocument>,
        ..EVERYBODY
    },
    Operation {
        path: "/api/v1/widget",
        id: "getWidget",
        summary: "What an embedded widget shows of a target, a group, or all, with the words for it",
        query: &WHOM,
        schema: of::<Widget>,
        refusals: &[404],
        ..EVERYBODY
    },
    Operation {
        path: "/api/v1/widget/check",
        id: "getWidgetCheck",
        summary: "Whom a widget asks from its reader's browser, and what each outcome comes to",
        query: &WHOM,
        schema: |_| json!({ "type": "object" }),
        refusals: &[404],
        ..EVERYBODY
    },
    Operation {
        path: "/api/v1/openapi.json",
        id: "getDescription",
        summary: "This document",
        schema: |_| json!({ "type": "object" }),
        ..EVERYBODY
    },
];

pub(super) const CLOSED: [Operation; 5] = [
    Operation {
        path: "/api/v1/config",
        id: "getConfiguration",
        summary: "The configuration as it was read, without what is sent to targets and the secrets of channels",
        access: Access::Admin,
        schema: of::<ConfigDocument>,
        has_tag: false,
        refusals: &[404],
        ..EVERYBODY
    },
    Operation {
        path: "/api/v1/config",
        id: "putConfiguration",
        summary: "Takes a configuration, whole or not at all: targets, maintenance and who is told are in it",
        method: Method::Put,
        body: Some(Body {
            about: "`dualwatch.yml` or `.upptimerc.yml`: as it is, or with the files that it refers to. At most 2 MiB.",
            content: &[(JSON, of::<ConfigUpload>), ("application/yaml", |_| json!({ "type": "string" }))],
        }),
        schema: of::<ConfigDocument>,
        refusals: &[413, 422, 507],
        ..SENT
    },
    Operation {
        path: "/api/v1/targets/{slug}/rounds",
        id: "loadRounds",
        summary: "Loads rounds of the past into a target",
        query: &[
            (
                "confirm",
                || json!({ "type": "integer", "minimum": 1, "maximum": 10, "description": "So many rounds in a row confirm a change; as the target is configured where it is left out." }),
            ),
            (
                "interval",
                || json!({ "type": "integer", "minimum": 5, "maximum": 604_800, "description": "The usual distance of rounds, in seconds." }),
            ),
            (
                "unchanged",
                || json!({ "type": "integer", "minimum": 5, "maximum": 31_622_400, "description": "They are records of what has changed: one stands for so many seconds at most." }),
            ),
        ],
        body: Some(Body {
            about: "Lines of JSON, a round of `getRounds` each, as `dualwatch check --json` prints them. At most 16 MiB.",
            content: &[("application/x-ndjson", |_| json!({ "type": "string" }))],
        }),
        schema: of::<Loaded>,
        refusals: &[404, 413, 507],
        ..SENT
    },
    Operation {
        path: "/api/v1/vantage/plans",
        id: "getPlans",
        summary: "Everything that a further vantage is to measure, credentials of targets included",
        access: Access::Vantage,
        schema: of::<Plans>,
        ..EVERYBODY
    },
    Operation {
        path: "/api/v1/vantage/rounds",
        id: "sendRounds",
        summary: "Takes rounds of a further vantage; sending them again changes nothing",
        access: Access::SignedVantage,
        headers: &[
            (
                ID_HEADER,
                || json!({ "type": "string", "maxLength": 256, "description": "Names this batch; the same when it is sent again." }),
            ),
            (
                TIMESTAMP_HEADER,
                || json!({ "type": "string", "pattern": "^[0-9]+$", "description": "When it was signed, in seconds since 1970: at most five minutes from now." }),
            ),
        ],
        body: Some(Body {
            about: "Rounds in the order in which they were measured. At most 1 MiB, and of 40 targets.",
            content: &[(JSON, of::<VantageBatch>)],
        }),
        schema: of::<Receipt>,
        refusals: &[413, 422, 507],
        ..SENT
    },
];
