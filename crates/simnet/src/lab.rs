//! Runs a script: reserves the ports, starts the DNS server and every service, and stops all of it when dropped.

use crate::{
    dns::{PATH, Zone, serve_doh, serve_tcp, serve_udp},
    ports::{self, Reservation, address, bind},
    script::{Listen, Name, Plan, Script, Service},
    service::{Certificates, Control, Stage},
    state::State,
    tasks::Task,
    words::{Doh, Tcp, Tls},
};
use dualwatch_core::measure::family::{Family, PerFamily};
use socket2::Type;
use std::{collections::BTreeMap, io, net::SocketAddr, path::Path, sync::Arc};
use tokio::net::{TcpListener, UdpSocket};

/// The keys under which the resolver's ports are kept; no service can have them.
const DNS: &str = "@dns";
const DOH: &str = "@doh";
/// The control that a lab has where its script names none.
const CONTROL: &str = "control";

/// A running lab.
pub struct Lab {
    listen: Listen,
    available: PerFamily<bool>,
    ports: Arc<BTreeMap<String, u16>>,
    controls: PerFamily<Vec<SocketAddr>>,
    certificates: Arc<Certificates>,
    ca_pem: String,
    zone: Arc<Zone>,
    stages: BTreeMap<(String, Family), Control>,
    resolver: Vec<Task>,
    _reservations: Vec<Reservation>,
}

impl Lab {
    /// Starts a lab with a new CA; its ports are free ones where the script fixes none.
    pub async fn start(script: Script) -> io::Result<Self> {
        Self::start_with(script, &mut State::new()?, None).await
    }

    /// Starts a lab that keeps its CA, its certificates and its ports in a directory, so that a restart has the
    /// same. Ports that are new are `base_port` and the following ones, as far as these are free.
    pub async fn start_in(script: Script, dir: &Path, base_port: Option<u16>) -> io::Result<Self> {
        let mut state = State::load(dir)?;
        let lab = Self::start_with(script, &mut state, base_port).await?;
        state.save(dir)?;
        Ok(lab)
    }

    async fn start_with(mut script: Script, state: &mut State, base_port: Option<u16>) -> io::Result<Self> {
        script.check().map_err(|e| io::Error::new(io::ErrorKind::InvalidInput, e))?;
        if !script.services.values().any(|service| service.control) {
            let control = Service::both(Tcp::Hold).as_control();
            script.services.entry(CONTROL.to_owned()).or_insert(control);
        }
        let listen = script.listen;
        let available = ports::available(listen)?;
        let mut reservations = reserve(&script, available, &mut state.ports, base_port)?;
        let all_ports: BTreeMap<_, _> = reservations.iter().map(|(key, kept)| (key.clone(), kept.port)).collect();
        let zone = Arc::new(Zone::new(script.names));
        let certificates = Arc::new(Certificates::new(state.authority.clone()));

        let mut resolver = Vec::new();
        let doh_tls = certificates.acceptor(Tls::Good, &own_names(listen))?;
        for family in Family::ALL.into_iter().filter(|family| *available.get(*family)) {
            let listener = |key| serving(SocketAddr::new(address(listen, family), all_ports[key]));
            resolver.push(Task::spawn(serve_tcp(listener(DNS)?, Arc::clone(&zone))));
            resolver.push(Task::spawn(serve_doh(listener(DOH)?, Arc::clone(&zone), doh_tls.clone())));
            if let Some(udp) = reservations.get_mut(DNS).and_then(|dns| dns.udp.get_mut(family).take()) {
                resolver.push(Task::spawn(serve_udp(UdpSocket::from_std(udp.into())?, Arc::clone(&zone))));
            }
        }
        let mut lab = Self {
            listen,
            available,
            controls: PerFamily::default(),
            ports: Arc::new(all_ports),
            ca_pem: certificates.with_authority(|authority| authority.ca_pem().to_owned()),
            certificates,
            zone,
            stages: BTreeMap::new(),
            resolver,
            _reservations: reservations.into_values().collect(),
        };
        lab.play_all(script.services).await?;
        state.authority = lab.certificates.with_authority(Clone::clone);
        Ok(lab)
    }

    /// Starts every service, all at once: silence takes a moment to prove.
    async fn play_all(&mut self, services: BTreeMap<String, Service>) -> io::Result<()> {
        let mut plans = Vec::new();
        for (key, mut service) in services {
            if service.names.is_empty() {
                service.names = own_names(self.listen);
            }
            for family in Family::ALL {
                let at = SocketAddr::new(address(self.listen, family), self.ports[&key]);
                if service.control {
                    self.controls.get_mut(family).push(at);
                }
                if !self.available.get(family) {
                    continue;
                }
                // All of a schedule's certificates now, so that they are kept with the lab's state.
                for tls in service.plan.get(family).behaviours().filter_map(|behaviour| behaviour.tls) {
                    self.certificates.acceptor(tls, &service.names)?;
                }
                let stage = Stage {
                    service: key.clone(),
                    family,
                    at,
                    names: service.names.clone(),
                    certificates: Arc::clone(&self.certificates),
                    ports: Arc::clone(&self.ports),
                };
                self.stages.insert((key.clone(), family), stage.start());
                plans.push(((key.clone(), family), service.plan.get(family).clone()));
            }
        }
        let playing = plans.into_iter().map(|(key, plan)| {
            let control = &self.stages[&key];
            async move {
                let at = |e: io::Error| io::Error::new(e.kind(), format!("{} over {}: {e}", key.0, key.1));
                control.play(plan).await.map_err(at)
            }
        });
        futures_util::future::try_join_all(playing).await.map(|_| ())
    }

    /// Returns the root certificate that clients are to trust.
    pub fn ca_pem(&self) -> &str {
        &self.ca_pem
    }

    /// Returns the families that a test can use here. One that is missing is counted as not run.
    pub fn families(&self) -> Vec<Family> {
        let (there, missing): (Vec<_>, Vec<_>) = Family::ALL.into_iter().partition(|f| *self.available.get(*f));
        for family in missing {
            dualwatch_notrun::refused(format_args!("over {family}: its loopback address cannot be bound"));
        }
        there
    }

    /// Returns which families this machine can listen on.
    pub fn available(&self) -> PerFamily<bool> {
        self.available
    }

    /// Returns the DNS server's address, the same for TCP and UDP: over IPv4 where there is one.
    pub fn resolver(&self) -> SocketAddr {
        self.resolver_over(if self.available.ipv4 { Family::Ipv4 } else { Family::Ipv6 })
    }

    /// Returns the DNS server's address of one family.
    pub fn resolver_over(&self, family: Family) -> SocketAddr {
        SocketAddr::new(address(self.listen, family), self.ports[DNS])
    }

    /// Returns the URL of DNS over HTTPS; its certificate is for the lab's addresses and `localhost`.
    pub fn doh_url(&self) -> String {
        self.doh_url_that(Doh::Good)
    }

    /// Returns the URL of a misbehaving DNS over HTTPS. With `http` instead of `https` it answers as well.
    pub fn doh_url_that(&self, behaves: Doh) -> String {
        let family = if self.available.ipv4 { Family::Ipv4 } else { Family::Ipv6 };
        let at = SocketAddr::new(address(self.listen, family), self.ports[DOH]);
        match behaves {
            Doh::Good => format!("https://{at}{PATH}"),
            other => format!("https://{at}{PATH}/{}", other.word()),
        }
    }

    /// Returns the port of a service.
    ///
    /// # Panics
    /// Where the script has no such service.
    pub fn port(&self, service: &str) -> u16 {
        *self.ports.get(service).unwrap_or_else(|| panic!("the script has no service {service:?}"))
    }

    /// Returns where a service is over one family, whether or not anything listens there.
    pub fn address(&self, service: &str, family: Family) -> SocketAddr {
        SocketAddr::new(address(self.listen, family), self.port(service))
    }

    /// Returns the ports of all services.
    pub fn ports(&self) -> impl Iterator<Item = (&str, u16)> {
        self.ports.iter().filter(|(key, _)| !key.starts_with('@')).map(|(key, port)| (key.as_str(), *port))
    }

    /// Returns the destinations by which a vantage proves its families, also of a family that this machine lacks:
    /// without one that fails, nobody could tell that it does.
    pub fn controls(&self) -> &PerFamily<Vec<SocketAddr>> {
        &self.controls
    }

    /// Changes what a service does over one family; returns when the change holds. Open connections end.
    pub async fn switch(&self, service: &str, family: Family, plan: impl Into<Plan>) -> io::Result<()> {
        match self.stages.get(&(service.to_owned(), family)) {
            Some(control) => control.play(plan.into()).await,
            None => Err(io::Error::other(format!("no service {service:?} over {family}"))),
        }
    }

    /// Changes what a name resolves to, from the next question on.
    pub fn set_name(&self, name: &str, records: Name) {
        self.zone.set(name, records);
    }

    /// Returns how many connections a service has accepted over one family.
    pub fn n_accepted(&self, service: &str, family: Family) -> u64 {
        self.stages.get(&(service.to_owned(), family)).map_or(0, Control::n_accepted)
    }

    /// Returns how many questions of any type came in for a name.
    pub fn n_questions(&self, name: &str) -> u64 {
        self.zone.n_questions(name)
    }

    /// Stops everything and returns when every port is closed. A drop does the same without waiting.
    pub async fn stop(self) {
        for task in self.resolver {
            task.stop().await;
        }
        for (_, control) in self.stages {
            control.stop().await;
        }
    }
}

/// Reserves a port per service, those of the script first, then those kept, then those from the base on.
fn reserve(
    script: &Script,
    available: PerFamily<bool>,
    kept: &mut BTreeMap<String, u16>,
    base_port: Option<u16>,
) -> io::Result<BTreeMap<String, Reservation>> {
    let listen = script.listen;
    let mut reserved = BTreeMap::new();
    for (key, service) in script.services.iter().filter(|(_, service)| service.port != 0) {
        reserved.insert(key.clone(), ports::reserve_exactly(listen, available, service.port)?);
    }
    let keys: Vec<&str> = [DNS, DOH].into_iter().chain(script.services.keys().map(String::as_str)).collect();
    for pass_over_new in [true, false] {
        for key in &keys {
            // Kept ports come first, so that no new service takes the number of an old one.
            if reserved.contains_key(*key) || (pass_over_new && !kept.contains_key(*key)) {
                continue;
            }
            let from_base = base_port.into_iter().flat_map(|base| base..base.saturating_add(keys.len() as u16 * 2));
            let preferred = kept.get(*key).copied().into_iter().chain(from_base);
            reserved.insert((*key).to_owned(), ports::reserve(listen, available, preferred)?);
        }
    }
    kept.extend(reserved.iter().map(|(key, reservation)| (key.clone(), reservation.port)));
    Ok(reserved)
}

/// The names of whatever the script gives no name.
fn own_names(listen: Listen) -> Vec<String> {
    vec!["localhost".to_owned(), listen.ipv4.to_string(), listen.ipv6.to_string()]
}

fn serving(at: SocketAddr) -> io::Result<TcpListener> {
    let listener = bind(at, Type::STREAM)?;
    listener.listen(1024)?;
    TcpListener::from_std(listener.into())
}
