//! Measures a target: resolve, connect, handshake, exchange, over both families at once, within one deadline.
//!
//! In scope: what goes over the wire, how long each phase takes, which cause of the closed set a failure has.
//! Out of scope: what it means (`dualwatch-core`: [`diagnosis`](dualwatch_core::judge::diagnosis)), where rounds are kept,
//! and which host this runs in: sockets and clocks come through [`Dial`] and [`Clock`], of tokio natively and of
//! `cloudflare:sockets` in the worker.
//!
//! | file | decides or does |
//! |---|---|
//! | `round` | the order of a round: resolve, controls beside probes, settle |
//! | `resolve` | names to addresses, by DNS over TCP, DNS over HTTPS or the system |
//! | `connect` | one family's addresses, one after the other |
//! | `tls`, `exchange` | the handshake, the HTTP request |
//! | `upgrade` | the HTTP request after which a connection speaks another protocol |
//! | `bounded` | no stream gives more bytes than it may |
//! | `mended` | what clients read all the same, though it is not quite HTTP |
//! | `coding` | compressed bodies, unpacked within a bound |
//! | `charset` | bodies as text, in the charset that browsers find |
//! | `cookies` | what a site sets on the way, sent back during the visit |
//! | `work` | how long a thread may be held by what a target sent |
//! | `round/visit` | one family's visit: connect, handshake, and what is said, along redirects |
//! | `round/dialogue`, `round/web_socket`, `round/dns` | what is said where it is no HTTP: bytes, messages, a question |
//! | `round/expect` | whether the answer is what the target promises |
//! | `round/large` | whether a silent path loses large packets only |
//! | `round/whole` | what came whole over one family, as a witness for the other |
//! | `round/every` | the visits to each address of a name, where that is asked for |
//! | `round/doubt` | whether something near us answers in everybody's name |
//! | `classify` | **errors to causes**, with their evidence |
//! | `texts` | what runtimes say, word for word, and what that means |
//! | `control` | which controls are asked, and their tally |
//! | `post` | a text to where an operator wants it, by the same rule of addresses |
//!
//! ```
//! # use dualwatch_core::measure::{target::{Endpoint, Host, Policy, Scheme, Target}, cause::Cause};
//! # use dualwatch_prober::{Prober, native::Tokio};
//! # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
//! // A port on loopback that nobody listens on. Private addresses are measured only where the policy says so.
//! let port = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
//! let host = Host::Address("127.0.0.1".parse().unwrap());
//! let target = Target::new("nobody", Endpoint { scheme: Scheme::Tcp, host, port, path: String::new() });
//! let policy = Policy { allow_private: true, ..Policy::default() };
//!
//! let round = Prober::new(Tokio::new(), policy, "here").unwrap().round(&target).await;
//! assert_eq!(round.samples.ipv4.cause, Some(Cause::TcpRefused));
//! assert_eq!(round.samples.ipv6.cause, Some(Cause::DnsNodata)); // an IPv4 literal has no IPv6
//! # });
//! ```

#[cfg(feature = "bench")]
pub mod bench;
mod body;
mod bounded;
mod charset;
pub mod classify;
mod coding;
mod connect;
mod control;
mod cookies;
mod crypto;
pub mod dial;
mod exchange;
mod mended;
#[cfg(feature = "native")]
pub mod native;
pub mod post;
pub mod resolve;
pub mod round;
pub mod texts;
pub mod tls;
mod upgrade;
mod work;

pub use dial::{Clock, Decode, Dial, DialError, DialErrorKind};
pub use round::Prober;
