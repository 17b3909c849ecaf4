//! What name servers answer: a resolver over TCP, one over HTTPS (here in the clear), and one that is the target.

use crate::host::{End, Memory, Says};
use dualwatch_core::measure::{
    family::PerFamily,
    target::{Endpoint, Host, Policy, Resolver, Scheme, Target},
};
use dualwatch_prober::Prober;
use std::net::{IpAddr, SocketAddr};

const NAME_SERVER: [u8; 4] = [192, 0, 2, 53];
/// Where the type stands in a question for `service.example`: behind the head (RFC 1035 section 4.1.1) and the name.
const TYPE_AT: usize = 12 + 17;
const AAAA: [u8; 2] = [0, 28];

/// The first byte chooses who is asked, and whether the rest is a message or everything that comes over the stream.
///
/// # Panics
/// Where a round does not end in time.
pub fn run(data: &[u8]) {
    let Some((how, rest)) = data.split_first() else { return };
    let is_raw = how & 0x80 != 0;
    let address = SocketAddr::from((NAME_SERVER, 53));
    let (host, port) = (Host::Address(IpAddr::from(NAME_SERVER)), 53);
    let target = |scheme, host, path: &str| Target::new("t", Endpoint { scheme, host, port, path: path.to_owned() });
    let service = || target(Scheme::Tcp, Host::Name("service.example".to_owned()), "");
    let (resolver, target, bytes) = match how & 3 {
        0 | 1 => (Resolver::Tcp { address }, service(), [framed(rest, 1, None), framed(rest, 2, Some(AAAA))].concat()),
        2 => {
            let endpoint = Endpoint { scheme: Scheme::Http, host, port, path: "/dns-query".to_owned() };
            (Resolver::Doh { endpoint }, service(), over_http(rest))
        }
        _ => (Resolver::System, target(Scheme::Dns, host, "/service.example?type=A"), framed(rest, 1, None)),
    };
    let says = if is_raw { Says::of(rest) } else { Says { bytes, piece: usize::MAX, end: End::Close, at_once: false } };
    let memory = Memory::new(Vec::new(), move |to, _| (to == address).then(|| says.clone()));
    let policy = Policy {
        controls: PerFamily::default(),
        resolvers: vec![resolver],
        allow_private: true,
        extra_roots_pem: Vec::new(),
        ..Policy::default()
    };
    let prober = Prober::new(memory.clone(), policy, "fuzz").expect("the public roots");
    memory.round(&prober, &target);
}

/// A message with its length before it (RFC 1035 section 4.2.2), the id that we ask under, and the type that we ask for.
fn framed(message: &[u8], id: u16, asked: Option<[u8; 2]>) -> Vec<u8> {
    let mut message = message[..message.len().min(usize::from(u16::MAX))].to_vec();
    if let Some(at) = message.first_chunk_mut() {
        *at = id.to_be_bytes();
    }
    if let (Some(asked), Some(at)) = (asked, message.get_mut(TYPE_AT..TYPE_AT + 2)) {
        at.copy_from_slice(&asked);
    }
    [&(message.len() as u16).to_be_bytes()[..], &message].concat()
}

/// A message as RFC 8484 carries it, where the id is 0.
fn over_http(message: &[u8]) -> Vec<u8> {
    let mut message = message.to_vec();
    if let Some(at) = message.first_chunk_mut() {
        *at = [0, 0];
    }
    let length = message.len();
    let head = format!("HTTP/1.1 200 OK\r\ncontent-type: application/dns-message\r\ncontent-length: {length}\r\n\r\n");
    [head.as_bytes(), &message].concat()
}
