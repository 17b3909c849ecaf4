//! `GET /probe/ip`: what the worker sees of the one who asks.

use crate::time::rfc3339;
use dualwatch_core::measure::{family::Family, time::Timestamp};
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProbeAnswer {
    pub version: u32,
    /// `null` where the host does not tell.
    pub ip: Option<IpAddr>,
    pub family: Option<Family>,
    /// The peer's port, where the host tells: two answers from the same port came over one connection.
    pub port: Option<u16>,
    /// The `nonce` of the query, to tell this answer from a portal's.
    pub nonce: Option<String>,
    /// The worker's clock when the request came in.
    #[serde(with = "rfc3339")]
    pub received_at: Timestamp,
    /// `HTTP/1.1`, `HTTP/2`, ..., where the host tells.
    pub protocol: Option<String>,
}
