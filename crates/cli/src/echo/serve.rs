//! Connections: taken where there is room, each with a time for every phase, and let go when the program ends.

use super::{
    answer::Echo,
    listen::{self, Listener},
};
use hyper::{Request, body::Incoming, header, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use std::{
    cell::Cell,
    convert::Infallible,
    net::{IpAddr, SocketAddr},
    pin::pin,
    rc::Rc,
    time::Duration,
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
    sync::watch,
    task::JoinSet,
    time::{sleep, timeout},
};
use tokio_rustls::TlsAcceptor;

/// How long the handshake of TLS may take.
const HANDSHAKE_WITHIN: Duration = Duration::from_secs(10);
/// How long the head of a request may take, from the end of what came before on: an idle connection is over then.
const HEAD_WITHIN: Duration = Duration::from_secs(10);
/// How long a connection lives, whatever is done over it.
const LIFE: Duration = Duration::from_secs(30);
/// So many requests have an answer over one connection.
const MOST_REQUESTS: u32 = 100;
/// The longest head, in bytes, and the most that a connection holds of what is read or written.
const MAX_HEAD: usize = 16 * 1024;
const MAX_HEADERS: usize = 64;
/// How long what is being answered may take when the program ends.
const GRACE: Duration = Duration::from_secs(3);
/// Where the system gives no more connections, it is asked again after this.
const BREATH: Duration = Duration::from_millis(100);

/// What was done, in numbers.
#[derive(Debug, Default)]
pub struct Tally {
    n_connections: Cell<u64>,
    /// Connections that found no room.
    n_turned_away: Cell<u64>,
}

impl Tally {
    pub fn told(&self, n_answered: u64) -> String {
        let (n, away) = (self.n_connections.get(), self.n_turned_away.get());
        format!("{n_answered} requests answered over {n} connections; {away} more found no room")
    }
}

/// Serves until it is told to stop; returns when what was being answered is answered.
pub async fn run(
    listener: Listener,
    echo: Rc<Echo>,
    tls: Option<TlsAcceptor>,
    tally: Rc<Tally>,
    mut stopped: watch::Receiver<bool>,
) {
    let mut connections = JoinSet::new();
    let ending = stopped.clone();
    loop {
        let accepted = tokio::select! {
            accepted = listener.socket.accept() => accepted,
            Some(_) = connections.join_next() => continue,
            _ = stopped.wait_for(|is_over| *is_over) => break,
        };
        // No more files, or gone before it was taken: neither concerns the others.
        let Ok((stream, peer)) = accepted else {
            sleep(BREATH).await;
            continue;
        };
        let Some(place) = Place::take(&echo, peer.ip()) else {
            tally.n_turned_away.set(tally.n_turned_away.get() + 1);
            continue;
        };
        tally.n_connections.set(tally.n_connections.get() + 1);
        let (echo, tls, ending) = (echo.clone(), tls.clone(), ending.clone());
        connections.spawn_local(async move {
            // Held until the connection is over.
            let _place = place;
            // A client that is too slow, or goes away, is its own affair.
            let _ = timeout(LIFE, connection(stream, peer, echo, tls, ending)).await;
        });
    }
    // Nobody is taken any more.
    drop(listener);
    let _ = timeout(GRACE, async { while connections.join_next().await.is_some() {} }).await;
}

/// A place among the connections; it is given back when it is dropped.
struct Place {
    echo: Rc<Echo>,
    ip: IpAddr,
}

impl Place {
    fn take(echo: &Rc<Echo>, ip: IpAddr) -> Option<Self> {
        let has_room = echo.limits.borrow_mut().enter(ip, echo.now_ms());
        has_room.then(|| Self { echo: echo.clone(), ip })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.echo.limits.borrow_mut().leave(self.ip);
    }
}

async fn connection(
    stream: TcpStream,
    peer: SocketAddr,
    echo: Rc<Echo>,
    tls: Option<TlsAcceptor>,
    ending: watch::Receiver<bool>,
) {
    listen::accepted(&stream);
    match tls {
        None => exchange(stream, peer, echo, ending).await,
        Some(tls) => {
            if let Ok(Ok(stream)) = timeout(HANDSHAKE_WITHIN, tls.accept(stream)).await {
                exchange(stream, peer, echo, ending).await;
            }
        }
    }
}

async fn exchange<S>(stream: S, peer: SocketAddr, echo: Rc<Echo>, mut ending: watch::Receiver<bool>)
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let n_requests = Cell::new(0_u32);
    let service = service_fn(|request: Request<Incoming>| {
        let (echo, n_requests) = (&echo, &n_requests);
        async move {
            let mut response = echo.answer(request, peer).await;
            n_requests.set(n_requests.get() + 1);
            if n_requests.get() >= MOST_REQUESTS {
                response.headers_mut().insert(header::CONNECTION, header::HeaderValue::from_static("close"));
            }
            Ok::<_, Infallible>(response)
        }
    });
    let serving = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_WITHIN)
        .max_buf_size(MAX_HEAD)
        .max_headers(MAX_HEADERS)
        // Who has asked and closes its side still wants the answer.
        .half_close(true)
        .serve_connection(TokioIo::new(stream), service);
    let mut serving = pin!(serving);
    tokio::select! {
        _ = serving.as_mut() => return,
        _ = ending.wait_for(|is_over| *is_over) => serving.as_mut().graceful_shutdown(),
    }
    // What is being answered is answered; one that waits is over.
    let _ = serving.await;
}
