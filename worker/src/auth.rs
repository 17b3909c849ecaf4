//! Who may: bearers of a token that is a text binding of this worker.

use crate::{client, reply};
use dualwatch_wire::{door::credentials, problem::Problem};
use sha2::{Digest, Sha256};
use worker::{Env, Request, Response, Result, console_warn};

/// A token: its binding, and what people call it.
pub struct Token {
    variable: &'static str,
    name: &'static str,
}

/// May configure.
pub const ADMIN: Token = Token { variable: "ADMIN_TOKEN", name: "admin token" };
/// May read the plans, and sign rounds.
pub const VANTAGE: Token = Token { variable: "VANTAGE_TOKEN", name: "vantage token" };

/// May read the metrics, where there is such a token at all.
pub const METRICS: Token = Token { variable: "METRICS_TOKEN", name: "metrics token" };

/// Is the host program of this installation, which says what it sees of its disk.
pub const HOST: Token = Token { variable: "HOST_TOKEN", name: "token of the host program" };

impl Token {
    /// Returns the token of this installation; empty where there is none, and then nobody may.
    pub fn expected(&self, env: &Env) -> String {
        env.var(self.variable).map(|v| v.to_string()).unwrap_or_default()
    }

    /// Whether this installation has it.
    pub fn is_there(&self, env: &Env) -> bool {
        !self.expected(env).is_empty()
    }
}

/// Returns the refusal of a request that does not carry the token.
pub fn refuse_without(token: &Token, request: &Request, env: &Env) -> Result<Option<Response>> {
    let expected = token.expected(env);
    let given = bearer(request)?;
    // Digests are compared, so that the time taken says nothing about the token.
    if !expected.is_empty() && Sha256::digest(&expected) == Sha256::digest(&given) {
        return Ok(None);
    }
    let detail = format!("send `Authorization: Bearer TOKEN` with the {} of this installation", token.name);
    let response = refuse(token, request, env, "wrong or missing token", detail)?;
    response.headers().set("www-authenticate", "Bearer")?;
    Ok(Some(response))
}

/// Whether a request bears the admin token. Whoever asks with another one is everybody.
pub fn is_operator(request: &Request, env: &Env) -> Result<bool> {
    let (expected, given) = (ADMIN.expected(env), bearer(request)?);
    Ok(!expected.is_empty() && !given.is_empty() && Sha256::digest(&expected) == Sha256::digest(&given))
}

/// Returns the token that a request bears; empty where it bears none.
pub fn bearer(request: &Request) -> Result<String> {
    let given = request.headers().get("authorization")?.unwrap_or_default();
    Ok(credentials::bearer(&given).unwrap_or_default().to_owned())
}

/// Refuses with 401, and notes who it was.
pub fn refuse(token: &Token, request: &Request, env: &Env, why: &str, detail: impl Into<String>) -> Result<Response> {
    let from = client::of(request, env).ip.map_or_else(|| "an unknown address".to_owned(), |ip| ip.to_string());
    console_warn!("refused {} from {from} ({}): {why}", request.path(), token.name);
    let title = match token.variable {
        "ADMIN_TOKEN" => "Admin token needed",
        "VANTAGE_TOKEN" => "Vantage token needed",
        "METRICS_TOKEN" => "Metrics token needed",
        _ => "Token needed",
    };
    reply::problem(&Problem::new(401, "unauthorized", title, detail))
}
