//! Scripted services: a supervisor per service and family, and what each connection meets.

mod answer;
mod body;
mod connection;
mod exchange;
mod handshake;
mod packed;
mod play;
mod records;
mod shredded;
mod silent;
mod stage;
mod web_socket;
mod wire;

pub(crate) use body::{Body, endless, full};
pub(crate) use handshake::Certificates;
pub(crate) use packed::gzip;
pub(crate) use stage::{Control, Stage};
