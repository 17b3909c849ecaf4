//! Starts, watches and stops workerd on a built bundle.
//!
//! In scope: workerd's configuration, its listening sockets, its process, its log, the disk under its objects; [`Process`] serves other programs
//! that run beside it. Out of scope: how a bundle is built
//! and where a configuration of targets comes from (`xtask`), and what the worker does (`dualwatch-worker`).
//! Linux and macOS; on Windows use a Linux subsystem.
//!
//! ```no_run
//! use dualwatch_edgehost::{Bundle, Edge, Network, Options};
//!
//! let edge = Edge::start(&Options {
//!     workerd: dualwatch_edgehost::workerd_in("worker/node_modules".as_ref()).unwrap(),
//!     bundle: Bundle::open("target/dualwatch".as_ref()).unwrap(),
//!     data: "/tmp/dualwatch".into(),
//!     listen: dualwatch_edgehost::loopback(0),
//!     vars: [("ADMIN_TOKEN".into(), "secret".into())].into(),
//!     network: Network::Everywhere,
//!     extra_ca: Vec::new(),
//!     log: std::sync::Arc::new(|line| eprintln!("workerd: {line}")),
//! })
//! .unwrap();
//! println!("{}", edge.origin());
//! edge.stop().unwrap();
//! ```
//!
//! # What the worker can know of the one who asks
//!
//! Measured with workerd 2026-11-17 on plain HTTP sockets:
//!
//! - **Address and port.** `request.cf.clientIp` is the peer of the TCP connection with its port: `192.0.2.1:56756`,
//!   `[2001:db8::1]:57522`. It is the only field of `request.cf`. A client cannot set it: the sockets here have no
//!   `cfBlobHeader` (with one, workerd believes whatever the client writes there, and sets nothing itself).
//!   `worker::Cf` has no accessor for it: read the property `clientIp` of `request.inner().cf()` by `js_sys::Reflect`.
//!   Behind a reverse proxy it is the proxy's address: `dualwatch_wire::door::proxies` says who asks then.
//! - **Family.** Every request carries the header [`LISTENER_HEADER`] with `ipv4` or `ipv6`, the family of the socket
//!   that took the connection. A header of that name from the client is replaced. IPv6 sockets take IPv6 only, so that
//!   an IPv4 client never looks like `::ffff:192.0.2.1`.
//! - **`CF-Connecting-IP`** and its relatives are removed here, unless the binding [`PROXY_HEADERS`] says that a proxy that is
//!   trusted sets the first. On Cloudflare, where `cf.clientIp` does not exist,
//!   Cloudflare sets that header itself: a worker that reads `cf.clientIp` first and the header second is right on
//!   both hosts. On Cloudflare a client can forge [`LISTENER_HEADER`]: it means something only next to `cf.clientIp`.
//! - **Protocol.** workerd's sockets speak HTTP/1.1 only; `request.cf.httpProtocol` exists on Cloudflare alone.

mod bundle;
mod config;
mod edge;
mod guard;
mod health;
mod listen;
mod private;
mod process;
mod quiet;
mod workerd;

pub use bundle::{Bundle, BundleError, Module, ModuleKind, PageAssets, Pages, WidgetAssets};
pub use config::{COMPATIBILITY_DATE, LISTENER_HEADER, Network, PROXY_HEADERS};
pub use edge::{Edge, Options, StartError};
pub use listen::{ListenError, SkippedAddress, loopback};
pub use process::{Log, Process, tied_command};
pub use workerd::{WorkerdMissing, workerd_in};
