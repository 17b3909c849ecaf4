//! Who asks: address, port and family of the peer, as far as the host tells.

use crate::arrival;
use dualwatch_core::measure::family::Family;
use serde::Deserialize;
use std::net::{IpAddr, SocketAddr};
use worker::{Env, Request, js_sys::Reflect, wasm_bindgen::JsValue, web_sys};

/// What is known of the peer of a request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Client {
    pub ip: Option<IpAddr>,
    pub port: Option<u16>,
    pub family: Option<Family>,
    pub protocol: Option<String>,
    pub asn: Option<u32>,
    /// How its autonomous system calls itself.
    pub network: Option<String>,
}

/// The part of `request.cf` that is read. Plain workerd fills in `clientIp`, Cloudflare the others.
#[derive(Deserialize)]
struct Cf {
    #[serde(rename = "clientIp")]
    client_ip: Option<String>,
    #[serde(rename = "httpProtocol")]
    http_protocol: Option<String>,
    asn: Option<u32>,
    #[serde(rename = "asOrganization")]
    as_organization: Option<String>,
}

/// Reads who asks: what the host tells of the peer, or what a proxy says that is trusted.
pub fn of(request: &Request, env: &Env) -> Client {
    let client = peer(request.inner());
    let Some(ip) = client.ip else { return client };
    let header = |name: &str| request.headers().get(name).ok().flatten();
    let who = arrival::front(env).proxies.hear((ip, client.port), header).who;
    let (ip, port) = who.map_or((None, None), |(ip, port)| (Some(ip), port));
    // What the host knows, it knows of its peer: not of who stands behind a proxy.
    let is_peer = ip == client.ip;
    let (asn, network) = (client.asn.filter(|_| is_peer), client.network.filter(|_| is_peer));
    Client { ip, port, family: ip.map(Family::of), protocol: client.protocol, asn, network }
}

/// Reads what the host tells of the peer.
pub fn peer(request: &web_sys::Request) -> Client {
    let cf = Reflect::get(request, &JsValue::from_str("cf")).unwrap_or_default();
    let text = worker::js_sys::JSON::stringify(&cf).ok().and_then(|t| t.as_string());
    let cf: Option<Cf> = text.and_then(|t| serde_json::from_str(&t).ok());
    // Plain workerd tells the peer of the connection, which no client can set. On Cloudflare there is no such field, and
    // Cloudflare itself sets these headers; the first has the real address where "Pseudo IPv4" overwrites the second.
    let header = |name: &str| request.headers().get(name).ok().flatten();
    let told = cf
        .as_ref()
        .and_then(|cf| cf.client_ip.clone())
        .or_else(|| header("cf-connecting-ipv6"))
        .or_else(|| header("cf-connecting-ip"));
    let (ip, port) = told.as_deref().map_or((None, None), address);
    let (protocol, asn, network) =
        cf.map_or((None, None, None), |cf| (cf.http_protocol, cf.asn, cf.as_organization.as_deref().map(short)));
    Client { ip, port, family: ip.map(Family::of), protocol, asn, network }
}

/// No name of a network is longer that people would read.
fn short(name: &str) -> String {
    name.chars().take(80).collect()
}

/// Reads `192.0.2.1`, `2001:db8::1`, `192.0.2.1:4711` and `[2001:db8::1]:4711`.
fn address(text: &str) -> (Option<IpAddr>, Option<u16>) {
    if let Ok(ip) = text.parse::<IpAddr>() {
        return (Some(ip.to_canonical()), None);
    }
    text.parse::<SocketAddr>().map_or((None, None), |a| (Some(a.ip().to_canonical()), Some(a.port())))
}
