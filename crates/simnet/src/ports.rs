//! Reserves one port number on both families and keeps it, listening or not.
//!
//! A reservation is a TCP socket that is bound and does not listen: the kernel still refuses connections to it, but
//! no outgoing connection can be given the port. Listeners bind beside it, which needs `SO_REUSEADDR`, and so does
//! a restart within a minute. That option would let a second lab bind as well; the UDP socket of the same number,
//! bound without it, keeps the port exclusive. The DNS server answers on that socket.

use crate::script::Listen;
use dualwatch_core::measure::family::{Family, PerFamily};
use socket2::{Domain, Protocol, Socket, Type};
use std::{
    io,
    net::{IpAddr, SocketAddr},
    sync::Once,
};

/// How often a random port is tried before giving up: each try fails only if something else has it in use.
const N_TRIES: usize = 64;

/// A port number of ours on every available family.
pub struct Reservation {
    pub port: u16,
    /// Held for its effect alone.
    _tcp: PerFamily<Option<Socket>>,
    pub udp: PerFamily<Option<Socket>>,
}

/// Returns the address of a family that the lab listens on.
pub fn address(listen: Listen, family: Family) -> IpAddr {
    match family {
        Family::Ipv4 => listen.ipv4.into(),
        Family::Ipv6 => listen.ipv6.into(),
    }
}

/// Returns the families that this machine can listen on; says once which one it cannot.
pub fn available(listen: Listen) -> io::Result<PerFamily<bool>> {
    static SAID: Once = Once::new();
    let tried = PerFamily::from_fn(|family| bind(SocketAddr::new(address(listen, family), 0), Type::STREAM));
    match (&tried.ipv4, &tried.ipv6) {
        (Err(v4), Err(v6)) => {
            return Err(io::Error::other(format!("cannot bind {}: {v4}, nor {}: {v6}", listen.ipv4, listen.ipv6)));
        }
        (Err(e), Ok(_)) => SAID.call_once(|| eprintln!("lab: IPv6 only, because {} cannot be bound: {e}", listen.ipv4)),
        (Ok(_), Err(e)) => SAID.call_once(|| eprintln!("lab: IPv4 only, because {} cannot be bound: {e}", listen.ipv6)),
        (Ok(_), Ok(_)) => {}
    }
    Ok(tried.map(|_, tried| tried.is_ok()))
}

/// Reserves the first of the preferred ports that is free on every available family, or any other.
pub fn reserve(
    listen: Listen,
    available: PerFamily<bool>,
    preferred: impl IntoIterator<Item = u16>,
) -> io::Result<Reservation> {
    let any = std::iter::repeat_n(0, N_TRIES);
    let mut last = io::Error::other("no port was tried");
    for port in preferred.into_iter().chain(any) {
        match reserve_exactly(listen, available, port) {
            Ok(reservation) => return Ok(reservation),
            Err(e) => last = e,
        }
    }
    Err(last)
}

/// Reserves this port on every available family; 0: one that the kernel chooses for the first of them.
pub fn reserve_exactly(listen: Listen, available: PerFamily<bool>, mut port: u16) -> io::Result<Reservation> {
    let (mut tcp, mut udp) = (PerFamily::default(), PerFamily::default());
    for family in Family::ALL.into_iter().filter(|family| *available.get(*family)) {
        let mut take = |kind| {
            let at = SocketAddr::new(address(listen, family), port);
            let socket = bind(at, kind).map_err(|e| io::Error::new(e.kind(), format!("cannot bind {at}: {e}")))?;
            port = socket.local_addr()?.as_socket().map_or(port, |bound| bound.port());
            Ok::<_, io::Error>(Some(socket))
        };
        *tcp.get_mut(family) = take(Type::STREAM)?;
        *udp.get_mut(family) = take(Type::DGRAM)?;
    }
    Ok(Reservation { port, _tcp: tcp, udp })
}

/// Binds a non-blocking socket that does not listen yet.
pub fn bind(at: SocketAddr, kind: Type) -> io::Result<Socket> {
    let protocol = if kind == Type::DGRAM { Protocol::UDP } else { Protocol::TCP };
    let socket = Socket::new(Domain::for_address(at), kind, Some(protocol))?;
    if at.is_ipv6() {
        socket.set_only_v6(true)?;
    }
    if kind == Type::STREAM {
        socket.set_reuse_address(true)?;
    }
    socket.set_nonblocking(true)?;
    socket.bind(&at.into())?;
    Ok(socket)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_taken_port_is_passed_over_and_a_reserved_one_is_ours() {
        let listen = Listen::default();
        let families = available(listen).unwrap();
        let theirs = std::net::TcpListener::bind((listen.ipv4, 0)).unwrap();
        let taken = theirs.local_addr().unwrap().port();
        assert!(reserve_exactly(listen, families, taken).is_err());
        let ours = reserve(listen, families, [taken]).unwrap();
        assert_ne!(ours.port, taken);
        assert!(reserve_exactly(listen, families, ours.port).is_err(), "no second lab on it");
        // While it is reserved, a listener of ours can come and go.
        for _ in 0..2 {
            bind(SocketAddr::new(listen.ipv4.into(), ours.port), Type::STREAM).unwrap().listen(1).unwrap();
        }
    }
}
