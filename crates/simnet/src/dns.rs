//! The authoritative DNS server of the lab: over UDP and TCP on one port, and over HTTPS.

mod answer;
mod doh;
mod server;

pub(crate) use answer::Zone;
pub(crate) use doh::{PATH, serve as serve_doh};
pub(crate) use server::{serve_tcp, serve_udp};
