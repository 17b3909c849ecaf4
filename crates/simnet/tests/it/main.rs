//! Proves the lab itself: every behaviour is met by a plain client on both loopback addresses.

mod client;
mod connect;
mod dns;
mod http;
mod lab;
mod play;
mod program;
mod tls;
mod world;
