//! Hands the configuration to the worker.

use super::configuration::Configuration;
use anyhow::{Context as _, Result, bail};
use std::time::Duration;

/// Thousands of targets are planned within it.
const PATIENCE: Duration = Duration::from_mins(1);

/// Sends `PUT /api/v1/config`; an error shows what the worker says of it.
pub fn put(origin: &str, token: &str, configuration: &Configuration) -> Result<()> {
    let body = serde_json::json!({
        "name": configuration.name, "text": configuration.text, "files": configuration.files,
    });
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .timeout_global(Some(PATIENCE))
        .http_status_as_error(false)
        // A proxy of the environment is not for this machine's own addresses.
        .proxy(None)
        .build()
        .into();
    let mut response = agent
        .put(format!("{origin}/api/v1/config"))
        .header("authorization", format!("Bearer {token}"))
        .header("content-type", "application/json")
        .send(body.to_string())
        .context("cannot hand the configuration to the worker")?;
    let status = response.status();
    if status.is_success() {
        return Ok(());
    }
    let text = response.body_mut().read_to_string().unwrap_or_default();
    bail!("the worker does not take the configuration ({status}): {}", explain(&text))
}

/// Returns what a problem document (RFC 9457) says, or the text as it is.
fn explain(text: &str) -> String {
    let problem: serde_json::Value = serde_json::from_str(text).unwrap_or_default();
    match (problem["title"].as_str(), problem["detail"].as_str()) {
        (Some(title), Some(detail)) => format!("{title}: {detail}"),
        (Some(title), None) => title.to_owned(),
        _ => text.trim().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::explain;

    #[test]
    fn problems_are_explained_in_their_own_words() {
        assert_eq!(explain(r#"{"title":"Bad","detail":"because"}"#), "Bad: because");
        assert_eq!(explain("plain\n"), "plain");
    }
}
