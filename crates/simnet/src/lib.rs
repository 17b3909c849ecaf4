//! The fault lab: real servers on both families that misbehave exactly as a script says.
//!
//! In scope: an authoritative DNS server (UDP, TCP, HTTPS), a CA with every kind of certificate, and TCP, TLS and
//! HTTP servers whose behaviour is chosen per family and can change while they run; and, where loopback cannot show it, small
//! networks made of namespaces ([`world`], Linux). Every behaviour has a word, a
//! sentence and the cause that an exact prober finds ([`words`]; `BEHAVIOURS.md` lists them all).
//! Beside it, [`scenario`] reads what was measured over time, where no server is needed to ask what it means.
//! Out of scope: measuring anything (`dualwatch-prober`). Production code does not depend on this crate.
//!
//! ```
//! use dualwatch_core::measure::family::Family;
//! use dualwatch_simnet::{Lab, Script, words::Connect};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let script = Script::parse(
//!     r#"
//!     [name."web.test"]
//!     a = ["127.0.0.1"]
//!     aaaa = ["::1"]
//!
//!     [service.web]
//!     names = ["web.test"]
//!     ipv4 = { tls = "good" }
//!     ipv6 = { connect = "refused" }
//!     "#,
//! )?;
//! let lab = Lab::start(script).await?;
//! tokio::net::TcpStream::connect(lab.address("web", Family::Ipv4)).await?;
//! assert!(tokio::net::TcpStream::connect(lab.address("web", Family::Ipv6)).await.is_err());
//!
//! lab.switch("web", Family::Ipv4, Connect::Refused).await?;
//! assert!(tokio::net::TcpStream::connect(lab.address("web", Family::Ipv4)).await.is_err());
//! # Ok(())
//! # }
//! ```

mod authority;
pub mod demo;
mod dns;
mod lab;
mod ports;
pub mod scenario;
pub mod script;
mod service;
mod state;
mod table;
mod tasks;
pub mod words;
pub mod world;

pub use authority::OTHER_NAME;
pub use lab::Lab;
pub use script::{Behaviour, Name, Plan, Script, Service};
pub use state::STATE_FILE;
pub use table::behaviours_markdown;
