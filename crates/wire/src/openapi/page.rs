//! The description of the API as a page for people: plain HTML, without a script, and nothing of anybody else.

use super::Method;
use serde_json::Value;
use std::fmt::Write as _;

/// Stands for the style sheet of the pages, whose name only a built bundle knows.
pub const STYLE_MARK: &str = "http://style.visit.invalid";

/// Returns the page of a document of [`super::document`].
pub fn page(document: &Value) -> String {
    let text = |value: &Value| escape(value.as_str().unwrap_or_default());
    let mut html = String::from("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    // A text takes everything.
    let _ = write!(
        html,
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>The API · Dualwatch</title>\n\
         <link rel=\"stylesheet\" href=\"{STYLE_MARK}\">\n</head>\n<body>\n<div id=\"app\">\n\
         <a class=\"skip\" href=\"#content\">Skip to the content</a>\n\
         <header class=\"top\"><p class=\"brand\">Dualwatch</p>\n\
         <nav aria-label=\"Pages\"><a href=\"/\">All services</a> · <a href=\"/incidents\">All incidents</a></nav>\n\
         <h1>The API</h1>\n<p class=\"lead\">{}</p></header>\n<main id=\"content\" tabindex=\"-1\">\n\
         <p>The same for programs: <a href=\"/api/v1/openapi.json\">OpenAPI 3.1</a>.</p>\n",
        code(&text(&document["info"]["description"])),
    );
    let each = document["paths"].as_object().into_iter().flatten().flat_map(|(path, item)| {
        Method::ALL.into_iter().filter_map(move |method| Some((path, method.code(), item.get(method.code())?)))
    });
    for (path, method, operation) in each {
        let id = text(&operation["operationId"]);
        let _ = write!(
            html,
            "<section class=\"part\" aria-labelledby=\"{id}\">\n<h2 id=\"{id}\">{}</h2>\n<p><code>{} {}</code></p>\n",
            text(&operation["summary"]),
            method.to_uppercase(),
            escape(path),
        );
        for scheme in operation["security"].as_array().into_iter().flatten().filter_map(Value::as_object) {
            for name in scheme.keys() {
                let about = &document["components"]["securitySchemes"][name]["description"];
                let _ = writeln!(html, "<p>Needs <code>{}</code>: {}</p>", escape(name), code(&text(about)));
            }
        }
        let sent = &operation["requestBody"];
        if sent.is_object() {
            let forms = sent["content"].as_object().into_iter().flatten();
            let forms: Vec<String> =
                forms.map(|(form, sent)| format!("{} as {}", kind(&sent["schema"]), escape(form))).collect();
            let _ = writeln!(html, "<p>Takes {}. {}</p>", forms.join(", or "), code(&text(&sent["description"])));
        }
        let parameters = operation["parameters"].as_array().map(Vec::as_slice).unwrap_or_default();
        if !parameters.is_empty() {
            html.push_str("<dl>\n");
            for parameter in parameters {
                let name = text(&parameter["name"]);
                let _ =
                    writeln!(html, "<dt><code>{name}</code></dt><dd>{}</dd>", code(&text(&parameter["description"])));
            }
            html.push_str("</dl>\n");
        }
        for (content_type, content) in operation["responses"]["200"]["content"].as_object().into_iter().flatten() {
            let _ = writeln!(html, "<p>Answers {} as {}.</p>", kind(&content["schema"]), escape(content_type));
        }
        let refusals = operation["responses"].as_object().into_iter().flatten();
        let refusals: Vec<&str> = refusals.map(|(status, _)| &**status).filter(|status| *status >= "400").collect();
        let _ = writeln!(html, "<p>Refused with {}.</p>", refusals.join(", "));
        html.push_str("</section>\n");
    }
    html.push_str("<section class=\"part\" aria-labelledby=\"types\">\n<h2 id=\"types\">Types</h2>\n");
    for (name, schema) in document["components"]["schemas"].as_object().into_iter().flatten() {
        let _ = write!(
            html,
            "<h3 id=\"type-{0}\">{0}</h3>\n<p>{1}</p>\n",
            escape(name),
            code(&text(&schema["description"]))
        );
        fields(&mut html, schema);
    }
    html.push_str("</section>\n</main>\n</div>\n</body>\n</html>\n");
    html
}

fn fields(html: &mut String, schema: &Value) {
    let codes: Vec<&str> = codes(schema);
    if !codes.is_empty() {
        let codes: Vec<String> = codes.into_iter().map(|code| format!("<code>{}</code>", escape(code))).collect();
        let _ = writeln!(html, "<p>One of {}.</p>", codes.join(", "));
    }
    let Some(properties) = schema["properties"].as_object() else { return };
    let required: Vec<&str> = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    html.push_str("<dl>\n");
    for (name, field) in properties {
        let absent = if required.contains(&&**name) { "" } else { ", may be left out" };
        let about = code(&escape(field["description"].as_str().unwrap_or_default()));
        let _ = writeln!(html, "<dt><code>{}</code></dt><dd>{}{absent}. {about}</dd>", escape(name), kind(field));
    }
    html.push_str("</dl>\n");
}

/// Returns the texts that a value is one of.
fn codes(schema: &Value) -> Vec<&str> {
    let list = schema["enum"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let each = schema["oneOf"].as_array().into_iter().flatten();
    list.chain(each.filter_map(|one| one["const"].as_str())).collect()
}

/// Says what a value is.
fn kind(schema: &Value) -> String {
    if let Some(name) = schema["$ref"].as_str().and_then(|reference| reference.rsplit('/').next()) {
        return format!("<a href=\"#type-{0}\">{0}</a>", escape(name));
    }
    if let Some(any) = schema["anyOf"].as_array().or_else(|| schema["oneOf"].as_array()) {
        return any.iter().map(kind).collect::<Vec<_>>().join(" or ");
    }
    let of_type = |name: &str| match name {
        "array" => format!("a list of {}", kind(&schema["items"])),
        "string" if schema["format"] == "date-time" => "time".to_owned(),
        "string" => "text".to_owned(),
        "object" if schema["additionalProperties"].is_object() => {
            format!("by name, {}", kind(&schema["additionalProperties"]))
        }
        name => escape(name),
    };
    match &schema["type"] {
        Value::String(name) => of_type(name),
        Value::Array(names) => names.iter().filter_map(Value::as_str).map(of_type).collect::<Vec<_>>().join(" or "),
        _ => "a value".to_owned(),
    }
}

/// Marks what stands between backticks.
fn code(text: &str) -> String {
    let mut is_code = false;
    let mut html = String::with_capacity(text.len());
    for c in text.chars() {
        if c == '`' {
            is_code = !is_code;
            html.push_str(if is_code { "<code>" } else { "</code>" });
        } else {
            html.push(c);
        }
    }
    if is_code {
        html.push_str("</code>");
    }
    html
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
