//! What the suites share: every public address, the table of causes as a lab and a configuration, faulty networks, a worker on
//! real workerd, rounds of this process, servers that are odd, requests as bytes, a reader of events, servers that take turns,
//! programs that read metrics, proxies in front, the program as
//! a vantage and as an echo, vantages that deliver what a script says, a receiver of webhooks, a year of rounds,
//! and scenarios run through the engine; the stairs of our own code, and what its tests promise.

pub mod doors;
pub mod echo;
pub mod feed;
pub mod front;
pub mod hostile;
pub mod kept;
pub mod lab;
pub mod namespace;
pub mod native;
pub mod network;
pub mod odd;
pub mod program;
pub mod prometheus;
pub mod promises;
pub mod proxy;
pub mod published;
pub mod raw;
pub mod receiver;
pub mod scenario;
pub mod sentences;
pub mod small_disk;
pub mod stairs;
pub mod stream;
pub mod table;
pub mod told;
pub mod turns;
pub mod unpacked;
pub mod usage;
pub mod worker;
pub mod year;
