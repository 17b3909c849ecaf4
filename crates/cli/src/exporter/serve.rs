//! Connections of scrapers: so many at once, each with a time for its head.

use super::answer::Exporter;
use crate::echo::listen::{self, Listener};
use hyper::{Request, body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use std::{convert::Infallible, pin::pin, rc::Rc, time::Duration};
use tokio::{
    net::TcpStream,
    sync::watch,
    task::JoinSet,
    time::{sleep, timeout},
};

/// So many connections at once: a scraper keeps one for each of its targets.
const MOST_CONNECTIONS: usize = 1_024;
/// How long the head of a request may take. Prometheus scrapes once a minute, and keeps its connections meanwhile.
const HEAD_WITHIN: Duration = Duration::from_mins(3);
/// The longest head, in bytes.
const MAX_HEAD: usize = 32 * 1024;
/// How long what is being answered may take when the program ends.
const GRACE: Duration = Duration::from_secs(3);
/// Where the system gives no more connections, it is asked again after this.
const BREATH: Duration = Duration::from_millis(100);

/// Serves until it is told to stop; returns when what was being answered is answered.
pub async fn run(listener: Listener, exporter: Rc<Exporter>, mut stopped: watch::Receiver<bool>) {
    let mut connections = JoinSet::new();
    let ending = stopped.clone();
    loop {
        let has_room = connections.len() < MOST_CONNECTIONS;
        let accepted = tokio::select! {
            accepted = listener.socket.accept(), if has_room => accepted,
            Some(_) = connections.join_next() => continue,
            _ = stopped.wait_for(|is_over| *is_over) => break,
        };
        // No more files, or gone before it was taken: neither concerns the others.
        let Ok((stream, _)) = accepted else {
            sleep(BREATH).await;
            continue;
        };
        connections.spawn_local(connection(stream, exporter.clone(), ending.clone()));
    }
    // Nobody is taken any more.
    drop(listener);
    let _ = timeout(GRACE, async { while connections.join_next().await.is_some() {} }).await;
}

async fn connection(stream: TcpStream, exporter: Rc<Exporter>, mut ending: watch::Receiver<bool>) {
    listen::accepted(&stream);
    let service = service_fn(|request: Request<Incoming>| {
        let exporter = &exporter;
        async move { Ok::<_, Infallible>(exporter.answer(&request).await) }
    });
    let serving = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_WITHIN)
        .max_buf_size(MAX_HEAD)
        .serve_connection(TokioIo::new(stream), service);
    let mut serving = pin!(serving);
    tokio::select! {
        _ = serving.as_mut() => return,
        _ = ending.wait_for(|is_over| *is_over) => serving.as_mut().graceful_shutdown(),
    }
    // What is being answered is answered; one that waits is over.
    let _ = serving.await;
}
