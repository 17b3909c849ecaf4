//! What values look like that are written otherwise than their types say: for descriptions of documents, and nothing that is
//! decided.

use super::{cause::Cause, time::Timestamp};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use std::borrow::Cow;

impl JsonSchema for Timestamp {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "UnixMs".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "integer", "format": "int64", "description": "Milliseconds since 1970-01-01T00:00:00Z." })
    }
}

impl JsonSchema for Cause {
    fn schema_name() -> Cow<'static, str> {
        "Cause".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let codes: Vec<&str> = Self::ALL.iter().map(|cause| cause.code()).collect();
        let about = "Why something was not simply reached: a closed set of stable codes.";
        json_schema!({ "type": "string", "enum": codes, "description": about })
    }
}
