//! nginx and Caddy in front of the worker, with TLS, as `web/proxy` tells operators to run them: with the very files, in which
//! only names, ports and the files of the certificate are others.

use crate::{
    unpacked::find,
    worker::{Answer, eventually, workspace},
};
use dualwatch_edgehost::{Log, Process, tied_command};
use rcgen::{CertificateParams, KeyPair};
use rustls::{
    ClientConfig, ClientConnection, RootCertStore, StreamOwned,
    crypto::ring,
    pki_types::{CertificateDer, ServerName, pem::PemObject as _},
};
use socket2::{Domain, Socket, Type};
use std::{
    fs,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener},
    path::Path,
    process::Command,
    sync::Arc,
    time::Duration,
};

/// They listen within milliseconds; a busy machine may need more.
const SOON: Duration = Duration::from_secs(30);

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// A visitor over IPv4 that is not the machine's own first address, which is that of proxies.
pub const VISITOR_IPV4: IpAddr = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 9));
pub const VISITOR_IPV6: IpAddr = IpAddr::V6(Ipv6Addr::LOCALHOST);

/// A running proxy on the same port of both loopback addresses.
pub struct Proxy {
    process: Process,
    pub port: u16,
    client: Arc<ClientConfig>,
}

impl Proxy {
    /// Starts nginx with a file of `web/proxy`; its own files are in `dir`.
    ///
    /// # Panics
    /// Where it does not begin.
    pub fn nginx(file: &str, worker: u16, dir: &Path) -> Self {
        let port = free_port();
        let site = shown(file).change("listen 443 ssl;", &format!("listen 127.0.0.1:{port} ssl;"));
        let site = site.change("listen [::]:443 ssl;", &format!("listen [::1]:{port} ssl;"));
        let name = if file.contains("sub-path") { "www.example" } else { "status.example" };
        let site = site.change(&format!("/etc/ssl/{name}."), &format!("{}/", dir.display()));
        let site = site.change("127.0.0.1:8787", &format!("127.0.0.1:{worker}"));
        fs::write(dir.join("site.conf"), site.0).expect("written");
        let temp = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map(|of| format!("{of}_temp_path {}/{of};\n", dir.display()))
            .concat();
        let around = format!(
            "daemon off;\nmaster_process off;\npid {0}/pid;\nevents {{}}\nhttp {{\naccess_log off;\n{temp}include {0}/site.conf;\n}}\n",
            dir.display()
        );
        fs::write(dir.join("nginx.conf"), around).expect("written");
        let mut command = tied_command(&find("nginx", &["nginx"]));
        command.args(["-e", "stderr", "-p"]).arg(dir).arg("-c").arg(dir.join("nginx.conf"));
        Self::start("nginx", command, port, dir)
    }

    /// The same of Caddy.
    ///
    /// # Panics
    /// Where it does not begin.
    pub fn caddy(file: &str, worker: u16, dir: &Path) -> Self {
        let port = free_port();
        let name = if file.contains("sub-path") { "www.example" } else { "status.example" };
        let site = format!(
            "https://localhost:{port}, https://127.0.0.1:{port}, https://[::1]:{port} {{\n\tbind 127.0.0.1 ::1\n\ttls {0}/pem {0}/key\n",
            dir.display()
        );
        let site =
            shown(file).change(&format!("{name} {{\n"), &site).change("127.0.0.1:8787", &format!("127.0.0.1:{worker}"));
        let text = format!(
            "{{\n\tadmin off\n\tauto_https disable_redirects\n\tstorage file_system {}/caddy\n}}\n{}",
            dir.display(),
            site.0
        );
        fs::write(dir.join("Caddyfile"), text).expect("written");
        let mut command = tied_command(&find("caddy", &["caddy"]));
        command.args(["run", "--adapter", "caddyfile", "--config"]).arg(dir.join("Caddyfile"));
        command.env("HOME", dir).env("XDG_CONFIG_HOME", dir).env("XDG_DATA_HOME", dir);
        Self::start("caddy", command, port, dir)
    }

    fn start(name: &'static str, command: Command, port: u16, dir: &Path) -> Self {
        let root = certificate(dir);
        let mut roots = RootCertStore::empty();
        roots.add(root).expect("a root");
        let client = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_root_certificates(roots)
            .with_no_client_auth();
        let log: Log = Arc::new(move |line| println!("{name}: {line}"));
        let process = Process::spawn(command, &log).unwrap_or_else(|e| panic!("{name} starts: {e}"));
        let mut proxy = Self { process, port, client: Arc::new(client) };
        eventually(name, SOON, || {
            assert!(proxy.process.ended().expect("a status").is_none(), "{}", proxy.process.last_words());
            std::net::TcpStream::connect(("127.0.0.1", port)).ok()
        });
        proxy
    }

    /// Returns the origin under which visitors find the page.
    pub fn origin(&self) -> String {
        format!("https://localhost:{}", self.port)
    }

    /// Asks for a path as a visitor with this address does, with these headers; returns the answer, and the visitor's port.
    ///
    /// # Panics
    /// Where there is no answer.
    pub fn ask(&self, visitor: IpAddr, path: &str, headers: &str) -> (Answer, u16) {
        let (socket, port) = connected(visitor, self.port);
        let name = ServerName::try_from("localhost").expect("a name");
        let session = ClientConnection::new(Arc::clone(&self.client), name).expect("a session");
        let host = format!("localhost:{}", self.port);
        (exchange(StreamOwned::new(session, socket), path, &host, headers), port)
    }
}

/// Asks the worker itself, past any proxy.
///
/// # Panics
/// Where there is no answer.
pub fn ask_past(worker: u16, visitor: IpAddr, path: &str, headers: &str) -> (Answer, u16) {
    let (socket, port) = connected(visitor, worker);
    (exchange(socket, path, &format!("localhost:{worker}"), headers), port)
}

/// Connects from an address of this machine to a port of the loopback address of its family.
fn connected(visitor: IpAddr, port: u16) -> (std::net::TcpStream, u16) {
    let to: IpAddr = if visitor.is_ipv4() { Ipv4Addr::LOCALHOST.into() } else { Ipv6Addr::LOCALHOST.into() };
    let to = SocketAddr::new(to, port);
    let socket = Socket::new(Domain::for_address(to), Type::STREAM, None).expect("a socket");
    socket.bind(&SocketAddr::new(visitor, 0).into()).expect("an address of this machine");
    socket.connect(&to.into()).unwrap_or_else(|e| panic!("{to}: {e}"));
    let stream = std::net::TcpStream::from(socket);
    stream.set_read_timeout(Some(PATIENCE)).expect("a time");
    let port = stream.local_addr().expect("an address").port();
    (stream, port)
}

fn exchange(mut stream: impl std::io::Read + std::io::Write, path: &str, host: &str, headers: &str) -> Answer {
    // Whoever forges a host names another one.
    let host =
        if headers.to_ascii_lowercase().starts_with("host:") { String::new() } else { format!("Host: {host}\r\n") };
    let headers = headers.lines().fold(String::new(), |all, line| all + line.trim() + "\r\n");
    let request = format!("GET {path} HTTP/1.1\r\n{headers}{host}Connection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).expect("sent");
    let mut bytes = Vec::new();
    // Some end without a word of TLS.
    let _ = stream.read_to_end(&mut bytes);
    answer(&bytes)
}

/// Reads an answer, in chunks or not.
fn answer(bytes: &[u8]) -> Answer {
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").expect("a head");
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let mut lines = head.lines();
    let status = lines.next().and_then(|line| line.split(' ').nth(1)?.parse().ok()).expect("a status");
    let mut headers = ureq::http::HeaderMap::new();
    for (name, value) in lines.filter_map(|line| line.split_once(": ")) {
        let name = ureq::http::HeaderName::from_bytes(name.as_bytes()).expect("a name");
        headers.append(name, value.parse().expect("a value"));
    }
    let mut rest = &bytes[end + 4..];
    let is_chunked = headers.get("transfer-encoding").is_some_and(|value| value == "chunked");
    let mut body = Vec::new();
    loop {
        if !is_chunked {
            body = rest.to_vec();
            break;
        }
        let line = rest.windows(2).position(|two| two == b"\r\n").expect("the size of a chunk");
        let n = usize::from_str_radix(&String::from_utf8_lossy(&rest[..line]), 16).expect("a size");
        body.extend_from_slice(&rest[line + 2..][..n]);
        rest = &rest[line + 2 + n + 2..];
        if n == 0 {
            break;
        }
    }
    Answer { status, headers, body: String::from_utf8_lossy(&body).into_owned() }
}

/// A file of `web/proxy`.
struct Shown(String);

fn shown(file: &str) -> Shown {
    Shown(fs::read_to_string(workspace().join("web/proxy").join(file)).unwrap_or_else(|e| panic!("{file}: {e}")))
}

impl Shown {
    /// Puts something else in the place of what stands there.
    fn change(self, from: &str, to: &str) -> Self {
        assert!(self.0.contains(from), "{from} is not in\n{}", self.0);
        Self(self.0.replace(from, to))
    }
}

/// Writes a certificate for the loopback addresses, and its key; returns its own root.
fn certificate(dir: &Path) -> CertificateDer<'static> {
    let names = ["localhost", "127.0.0.1", "::1"].map(str::to_owned).to_vec();
    let key = KeyPair::generate().expect("a key");
    let certificate = CertificateParams::new(names).expect("names").self_signed(&key).expect("a certificate");
    fs::write(dir.join("pem"), certificate.pem()).expect("written");
    fs::write(dir.join("key"), key.serialize_pem()).expect("written");
    CertificateDer::from_pem_slice(certificate.pem().as_bytes()).expect("a certificate")
}

/// A port that is free on both addresses.
fn free_port() -> u16 {
    (0..100)
        .find_map(|_| {
            let one = TcpListener::bind("127.0.0.1:0").ok()?;
            let port = one.local_addr().ok()?.port();
            TcpListener::bind(("::1", port)).ok().map(|_| port)
        })
        .expect("a port")
}

/// Returns the worker's bindings that mean the options which a file of `web/proxy` names.
///
/// # Panics
/// Where it names none.
pub fn options(file: &str) -> Vec<(String, String)> {
    let text = shown(file).0;
    let line = text.lines().find_map(|line| line.strip_prefix("# dualwatch: ")).expect("a line with the options");
    let mut words = line.split(' ');
    let mut options: Vec<(String, String)> = Vec::new();
    while let (Some(option), Some(value)) = (words.next(), words.next()) {
        let name = match option {
            "--trusted-proxy" => "TRUSTED_PROXIES",
            "--proxy-header" => "PROXY_HEADERS",
            "--base-path" => "BASE_PATH",
            other => panic!("{other} in {file}"),
        };
        match options.iter_mut().find(|(known, _)| known == name) {
            Some((_, values)) => *values = format!("{values},{value}"),
            None => options.push((name.to_owned(), value.to_owned())),
        }
    }
    options
}
