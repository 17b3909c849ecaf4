//! The listening sockets: of one family each.

use anyhow::{Context, Result, ensure};
use dualwatch_core::measure::family::{Family, PerFamily};
use socket2::{Domain, Protocol, SockRef, Socket, Type};
use std::{
    io,
    net::{IpAddr, SocketAddr},
};
use tokio::net::{TcpListener, TcpStream};

/// So many wait to be accepted; what is beyond finds no answer, as over a full line.
const BACKLOG: i32 = 256;
/// What the kernel holds of one connection each way. It would give megabytes to who sends fast or reads slowly.
const KERNEL_BYTES: usize = 64 * 1024;

/// A socket that listens, and what is spoken there.
#[derive(Debug)]
pub struct Listener {
    pub socket: TcpListener,
    pub address: SocketAddr,
    pub is_tls: bool,
}

/// The ports; 0 stands for any that is free.
#[derive(Clone, Copy, Debug)]
pub struct Ports {
    pub http: Option<u16>,
    pub https: Option<u16>,
}

/// Listens over each family at each port, as far as this machine has the family.
///
/// # Errors
/// An address that it has and cannot be listened on, or none at all.
pub fn bind(addresses: &PerFamily<IpAddr>, ports: Ports) -> Result<Vec<Listener>> {
    let mut listeners: Vec<Listener> = Vec::new();
    for (port, is_tls) in [(ports.http, false), (ports.https, true)] {
        let Some(port) = port else { continue };
        let mut drawn = port;
        for (family, ip) in addresses.iter() {
            let address = SocketAddr::new(*ip, drawn);
            match listen(address) {
                Ok(socket) => {
                    let address = socket.local_addr()?;
                    drawn = address.port();
                    listeners.push(Listener { socket, address, is_tls });
                }
                Err(error) if is_absent(&error) => complain!("warning: no {family} here: {address}: {error}"),
                Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
                    return Err(error).with_context(|| {
                        format!("failed to listen on {address}: ports below 1024 need a right; see --help")
                    });
                }
                Err(error) => return Err(error).with_context(|| format!("failed to listen on {address}")),
            }
        }
    }
    ensure!(!listeners.is_empty(), "none of the addresses to listen on exists on this machine");
    Ok(listeners)
}

/// `EADDRNOTAVAIL`: no such address here; `EAFNOSUPPORT`: no such family at all.
fn is_absent(error: &io::Error) -> bool {
    const EAFNOSUPPORT: i32 = if cfg!(target_os = "macos") { 47 } else { 97 };
    error.kind() == io::ErrorKind::AddrNotAvailable || error.raw_os_error() == Some(EAFNOSUPPORT)
}

fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    if Family::of(address.ip()) == Family::Ipv6 {
        // Otherwise `[::]` takes IPv4 too, and its clients would look like IPv6.
        socket.set_only_v6(true)?;
    }
    // A restart must not wait for the connections of the run before.
    socket.set_reuse_address(true)?;
    // What is accepted inherits it, and the window that is offered fits it (tcp(7)).
    socket.set_recv_buffer_size(KERNEL_BYTES)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    socket.set_nonblocking(true)?;
    TcpListener::from_std(socket.into())
}

/// Prepares what was accepted.
pub fn accepted(stream: &TcpStream) {
    // One that is gone already is found out when it is read.
    let _ = SockRef::from(stream).set_send_buffer_size(KERNEL_BYTES);
    let _ = stream.set_nodelay(true);
}
