//! Keeps one service over one family in the behaviour that its plan asks for, and switches it in time.

use super::{connection, handshake::Certificates, silent::Silence, wire::Scene};
use crate::{
    ports::bind,
    script::{Behaviour, Plan},
    tasks::{Task, accept_loop},
    words::Connect,
};
use dualwatch_core::measure::family::Family;
use socket2::Type;
use std::{
    collections::BTreeMap,
    io,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, SystemTime},
};
use tokio::{
    net::TcpListener,
    sync::{mpsc, oneshot},
};

/// The kernel's queue of a serving port; benches open many connections at once.
const BACKLOG: i32 = 1024;
/// How soon a switch that failed is tried again.
const TRY_AGAIN: Duration = Duration::from_secs(1);

/// One service over one family: all that its supervisor needs.
pub struct Stage {
    pub service: String,
    pub family: Family,
    pub at: SocketAddr,
    pub names: Vec<String>,
    pub certificates: Arc<Certificates>,
    pub ports: Arc<BTreeMap<String, u16>>,
}

/// Changes a running stage and counts what it accepted.
pub struct Control {
    plans: mpsc::Sender<(Plan, oneshot::Sender<io::Result<()>>)>,
    n_accepted: Arc<AtomicU64>,
    supervisor: Task,
}

impl Control {
    /// Returns when the new plan holds: old listeners are closed, new ones accept.
    pub async fn play(&self, plan: Plan) -> io::Result<()> {
        let ended = || io::Error::other("the lab has ended");
        let (done, wait) = oneshot::channel();
        self.plans.send((plan, done)).await.map_err(|_| ended())?;
        wait.await.map_err(|_| ended())?
    }

    pub fn n_accepted(&self) -> u64 {
        self.n_accepted.load(Ordering::Relaxed)
    }

    /// Returns when every socket of the stage is closed.
    pub async fn stop(self) {
        self.supervisor.stop().await;
    }
}

/// What a port does right now.
enum Act {
    /// Nothing listens; the lab's reservation keeps the number.
    Refusing,
    Silent {
        _silence: Silence,
    },
    Serving(Task),
}

impl Act {
    async fn end(self) {
        if let Self::Serving(task) = self {
            task.stop().await;
        }
    }
}

impl Stage {
    /// Starts the supervisor; it refuses connections until [`Control::play`] gives it a plan.
    pub fn start(self) -> Control {
        let (plans, orders) = mpsc::channel(1);
        let n_accepted = Arc::new(AtomicU64::new(0));
        let supervisor = Task::spawn(self.supervise(orders, Arc::clone(&n_accepted)));
        Control { plans, n_accepted, supervisor }
    }

    async fn supervise(
        self,
        mut orders: mpsc::Receiver<(Plan, oneshot::Sender<io::Result<()>>)>,
        n_accepted: Arc<AtomicU64>,
    ) {
        let mut plan = Plan::from(Connect::Refused);
        let mut act = Act::Refusing;
        let mut switch_in = None;
        loop {
            let order = tokio::select! {
                order = orders.recv() => match order {
                    Some(order) => Some(order),
                    None => return,
                },
                () = tokio::time::sleep(switch_in.unwrap_or(Duration::MAX)), if switch_in.is_some() => None,
            };
            let done = order.map(|(new, done)| {
                plan = new;
                done
            });
            act.end().await;
            let (behaviour, lasts) = plan.at(SystemTime::now());
            let begun = self.begin(behaviour, &n_accepted).await;
            let result = match begun {
                Ok(next) => {
                    (act, switch_in) = (next, lasts);
                    Ok(())
                }
                Err(e) => {
                    (act, switch_in) = (Act::Refusing, lasts.map(|lasts| lasts.min(TRY_AGAIN)));
                    Err(e)
                }
            };
            match (done, result) {
                (Some(done), result) => {
                    let _ = done.send(result);
                }
                (None, Err(e)) => eprintln!("lab: {} over {}: {e}", self.service, self.family),
                (None, Ok(())) => {}
            }
        }
    }

    async fn begin(&self, behaviour: &Behaviour, n_accepted: &Arc<AtomicU64>) -> io::Result<Act> {
        match behaviour.connect {
            Connect::Refused => Ok(Act::Refusing),
            Connect::Silent => Ok(Act::Silent { _silence: Silence::begin(self.at).await? }),
            Connect::Accept | Connect::Reset => {
                let acceptor = behaviour.tls.map(|tls| self.certificates.acceptor(tls, &self.names)).transpose()?;
                let scene = Arc::new(Scene {
                    service: self.service.clone(),
                    family: self.family,
                    behaviour: behaviour.with_ports(&self.ports),
                    acceptor,
                });
                let listener = bind(self.at, Type::STREAM)?;
                listener.listen(BACKLOG)?;
                let listener = TcpListener::from_std(listener.into())?;
                let n_accepted = Arc::clone(n_accepted);
                Ok(Act::Serving(Task::spawn(accept_loop(listener, move |stream| {
                    n_accepted.fetch_add(1, Ordering::Relaxed);
                    connection::serve(stream, Arc::clone(&scene))
                }))))
            }
        }
    }
}
