//! Waits until the worker answers.

use std::net::SocketAddr;
use std::time::Duration;

/// How long one question may take before the caller looks again whether workerd is still alive.
const PATIENCE: Duration = Duration::from_millis(500);

/// Returns whether `GET /healthz` is answered: with 200, or with 503, by a worker that runs and says what is wrong.
pub fn answers(address: SocketAddr) -> Result<(), String> {
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .timeout_global(Some(PATIENCE))
        .http_status_as_error(false)
        // A proxy of the environment is not for this machine's own addresses.
        .proxy(None)
        .build()
        .into();
    match agent.get(format!("http://{address}/healthz")).call() {
        Ok(response) if [200, 503].contains(&response.status().as_u16()) => Ok(()),
        Ok(response) => Err(format!("/healthz was answered with {}", response.status())),
        Err(error) => Err(format!("/healthz: {error}")),
    }
}
