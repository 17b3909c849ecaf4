//! The listening sockets: bound here, handed to workerd, so that a port of 0 and a taken port are settled at once.

use socket2::{Domain, Protocol, Socket, Type};
use std::io::{self, ErrorKind};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};

/// As Linux's own upper bound (`net.core.somaxconn`, 4096 since 5.4).
const BACKLOG: i32 = 4096;
/// How often another port is drawn when one that is free over one family is taken over the other.
const DRAWS: usize = 20;

/// An address that this machine, or this network namespace, does not have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SkippedAddress {
    pub address: SocketAddr,
    pub reason: String,
}

/// Both loopback addresses, at the same port; 0 stands for any port that is free over both families.
pub fn loopback(port: u16) -> Vec<SocketAddr> {
    vec![(IpAddr::V4(Ipv4Addr::LOCALHOST), port).into(), (IpAddr::V6(Ipv6Addr::LOCALHOST), port).into()]
}

pub struct Bound {
    pub listeners: Vec<TcpListener>,
    pub skipped: Vec<SkippedAddress>,
}

/// Why the sockets could not be had.
#[derive(Debug, thiserror::Error)]
pub enum ListenError {
    #[error("cannot listen on {address}: {reason}")]
    Refused { address: SocketAddr, reason: String },
    #[error("none of the addresses to listen on exists on this machine")]
    NoAddress,
}

/// Binds every address. All that ask for port 0 get the same one.
pub fn bind(addresses: &[SocketAddr]) -> Result<Bound, ListenError> {
    let mut last = ListenError::NoAddress;
    for _ in 0..DRAWS {
        match bind_once(addresses) {
            Ok(bound) => return Ok(bound),
            Err((error, drawn)) => last = if drawn { error } else { return Err(error) },
        }
    }
    Err(last)
}

/// The flag beside an error says whether it concerns a port that was drawn, so that another may succeed.
fn bind_once(addresses: &[SocketAddr]) -> Result<Bound, (ListenError, bool)> {
    let mut drawn = None;
    let mut bound = Bound { listeners: Vec::new(), skipped: Vec::new() };
    for address in addresses {
        let any_port = address.port() == 0;
        let wanted = SocketAddr::new(address.ip(), drawn.filter(|_| any_port).unwrap_or(address.port()));
        match listener(wanted) {
            Ok(listener) => {
                if any_port && drawn.is_none() {
                    drawn = listener.local_addr().ok().map(|address| address.port());
                }
                bound.listeners.push(listener);
            }
            Err(error) if is_absent(&error) => {
                bound.skipped.push(SkippedAddress { address: wanted, reason: error.to_string() });
            }
            Err(error) => {
                let reason = match error.kind() {
                    ErrorKind::AddrInUse => "another program listens there".into(),
                    ErrorKind::PermissionDenied => "ports below 1024 need special rights".into(),
                    _ => error.to_string(),
                };
                let retry = any_port && error.kind() == ErrorKind::AddrInUse;
                return Err((ListenError::Refused { address: wanted, reason }, retry));
            }
        }
    }
    if bound.listeners.is_empty() { Err((ListenError::NoAddress, false)) } else { Ok(bound) }
}

/// `EADDRNOTAVAIL`: no such address here; `EAFNOSUPPORT`: no such family at all.
fn is_absent(error: &io::Error) -> bool {
    const EAFNOSUPPORT: i32 = if cfg!(target_os = "macos") { 47 } else { 97 };
    error.kind() == ErrorKind::AddrNotAvailable || error.raw_os_error() == Some(EAFNOSUPPORT)
}

fn listener(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    if address.is_ipv6() {
        // Otherwise `[::]` takes IPv4 too, and its clients would look like IPv6.
        socket.set_only_v6(true)?;
    }
    // A restart must not wait for the connections of the run before.
    socket.set_reuse_address(true)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    Ok(socket.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ports(bound: &Bound) -> Vec<u16> {
        bound.listeners.iter().map(|listener| listener.local_addr().unwrap().port()).collect()
    }

    #[test]
    fn port_zero_is_one_port_for_all() {
        let bound = bind(&loopback(0)).unwrap();
        let ports = ports(&bound);
        assert!(ports[0] != 0 && ports.iter().all(|port| *port == ports[0]), "{ports:?}");
    }

    #[test]
    fn an_address_of_another_machine_is_left_out_and_named() {
        let bound = bind(&["192.0.2.1:0".parse().unwrap(), "127.0.0.1:0".parse().unwrap()]).unwrap();
        assert_eq!(bound.listeners.len(), 1);
        assert_eq!(bound.skipped[0].address.ip().to_string(), "192.0.2.1");
    }

    #[test]
    fn only_absent_addresses_are_an_error() {
        assert!(matches!(bind(&["192.0.2.1:0".parse().unwrap()]), Err(ListenError::NoAddress)));
    }

    #[test]
    fn a_taken_port_is_an_error_that_says_so() {
        let taken = bind(&["127.0.0.1:0".parse().unwrap()]).unwrap();
        let address = taken.listeners[0].local_addr().unwrap();
        let error = bind(&[address]).err().unwrap().to_string();
        assert_eq!(error, format!("cannot listen on {address}: another program listens there"));
    }
}
