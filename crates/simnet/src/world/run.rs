//! Makes the network of a world, runs a command in it and takes everything down again.

use super::{HopPorts, Place, Step, plain_steps, steps};
use crate::{ports::address, words::World};
use dualwatch_core::measure::family::{Family, PerFamily};
use serde_json::{Value, json};
use std::{
    ffi::OsString,
    io::{self, BufRead, BufReader},
    net::{SocketAddr, TcpStream},
    path::PathBuf,
    process::{Child, Command, ExitStatus, Stdio},
    sync::OnceLock,
    time::{Duration, Instant},
};

/// The environment variable in which the command finds the lab: one line of JSON with `ca`, `resolver`, `resolvers` (per
/// family), `doh`, `controls`, `address` (per family) and `services`.
pub const SETTING: &str = "DUALWATCH_LAB";

/// How long new links may take, and how long one attempt to use them.
const LINK_UP: Duration = Duration::from_secs(10);
const ATTEMPT: Duration = Duration::from_millis(250);

/// A command to be run in a world.
pub struct Order {
    pub world: World,
    pub over: Family,
    /// The lab's program, which serves at the hop and there.
    pub program: PathBuf,
    pub script: PathBuf,
    /// Where the lab's state is kept.
    pub dir: PathBuf,
    pub command: Vec<OsString>,
}

/// Everything of the kernel's that worlds are made of, tried once in a namespace that vanishes.
const TRIAL: &str = "ip link set lo up\nip link add trial0 type veth peer name trial1\nnft add table inet trial\n\
                     echo 0 > /proc/sys/net/ipv6/conf/all/accept_dad";

/// What programs say when the kernel does not let them: the texts of its errors, and of `sh` about a file of its.
const REFUSALS: &[&str] = &[
    "not permitted",
    "denied",
    "not supported",
    "not implemented",
    "not available",
    "Unknown device type",
    "Read-only file system",
    "Directory nonexistent",
    "No such file or directory",
    // A limit of zero namespaces (`user.max_user_namespaces`).
    "No space left on device",
    // A kernel without user namespaces.
    "Invalid argument",
];

/// Returns why the kernel does not let us make network namespaces, or `None` where it does. An error means that a
/// program which makes them is not here, or fails for a reason of its own.
pub fn refusal() -> io::Result<Option<String>> {
    if !cfg!(target_os = "linux") {
        return Ok(Some(format!("{} has no network namespaces", std::env::consts::OS)));
    }
    for program in ["unshare", "nsenter", "ip", "nft"] {
        let here = Command::new("sh").args(["-c", &format!("command -v {program}")]).output()?.status.success();
        if !here {
            return Err(io::Error::new(io::ErrorKind::NotFound, format!("the program `{program}` is not here")));
        }
    }
    let out = alone().args(["sh", "-ec", TRIAL]).stdin(Stdio::null()).output()?;
    if out.status.success() {
        return Ok(None);
    }
    refused(&String::from_utf8_lossy(&out.stderr)).map(Some)
}

/// Tells a refusal of the kernel from a mistake of ours by what was said.
fn refused(said: &str) -> io::Result<String> {
    let refusal = said.lines().find(|line| REFUSALS.iter().any(|text| line.contains(text)));
    let refusal = refusal.ok_or_else(|| io::Error::other(format!("no network namespace can be made: {said}")))?;
    Ok(format!("the kernel allows no network namespace with links and filters: {}", refusal.trim()))
}

/// Returns a command that runs its arguments alone in a network namespace.
pub fn alone() -> Command {
    let mut command = Command::new("unshare");
    command.args(unshare_options());
    command
}

/// Runs this program again with the same arguments and `--inside`, alone in a network namespace.
pub fn enter(mut arguments: Vec<OsString>) -> io::Result<ExitStatus> {
    // Behind the subcommand and before everything else: the command comes last and is not ours to read.
    arguments.insert(1.min(arguments.len()), "--inside".into());
    alone().arg(std::env::current_exe()?).args(arguments).status()
}

/// Returns the options of `unshare` for a new network namespace; a user namespace as well where we may not make one as
/// we are, which depends on more than being root.
fn unshare_options() -> &'static [&'static str] {
    const PLAIN: &[&str] = &["--net", "--"];
    static MAY: OnceLock<bool> = OnceLock::new();
    let may = MAY.get_or_init(|| {
        let mut trial = Command::new("unshare");
        trial.args(PLAIN).arg("true").output().is_ok_and(|out| out.status.success())
    });
    if *may { PLAIN } else { &["--user", "--map-root-user", "--net", "--"] }
}

/// Runs the command of an order. This process must already be alone in a network namespace.
pub fn run(order: &Order) -> io::Result<ExitStatus> {
    let (hop, there) = (Namespace::new()?, Namespace::new()?);
    let network = Network { hop: &hop, there: &there };
    for step in plain_steps() {
        network.perform(&step)?;
    }
    // One after the other: they share the CA in the directory.
    let hop_lab = network.serve(order, Place::Hop)?;
    let there_lab = network.serve(order, Place::There)?;
    prove_routes(&there_lab.ready)?;
    for step in steps(order.world, order.over, &hop_ports(&hop_lab.ready)?) {
        network.perform(&step)?;
    }
    let setting = json!({
        "ca": hop_lab.ready["ca"],
        "resolver": hop_lab.ready["resolver"],
        "resolvers": hop_lab.ready["resolvers"],
        "doh": hop_lab.ready["doh"],
        "controls": hop_lab.ready["controls"],
        "address": { "ipv4": super::THERE.ipv4, "ipv6": super::THERE.ipv6 },
        "services": there_lab.ready["services"],
    });
    let (program, arguments) = order.command.split_first().ok_or_else(|| io::Error::other("no command"))?;
    Command::new(program).args(arguments).env(SETTING, setting.to_string()).status()
}

fn hop_ports(ready: &Value) -> io::Result<HopPorts> {
    let resolvers: PerFamily<SocketAddr> = serde_json::from_value(ready["resolvers"].clone())?;
    let controls: PerFamily<Vec<SocketAddr>> = serde_json::from_value(ready["controls"].clone())?;
    Ok(HopPorts {
        controls: controls.ipv4.iter().map(SocketAddr::port).collect(),
        resolvers: vec![resolvers.ipv4.port()],
        services: serde_json::from_value(ready["services"].clone())?,
    })
}

/// Waits until the far end answers over both families: a new link drops packets until the kernel has noticed it.
fn prove_routes(ready: &Value) -> io::Result<()> {
    let resolver: SocketAddr = serde_json::from_value(ready["resolver"].clone())?;
    let give_up = Instant::now() + LINK_UP;
    for at in Family::ALL.map(|family| SocketAddr::new(address(super::THERE, family), resolver.port())) {
        while let Err(e) = TcpStream::connect_timeout(&at, ATTEMPT) {
            if Instant::now() > give_up {
                return Err(io::Error::new(e.kind(), format!("the network was made, but {at} does not answer: {e}")));
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }
    Ok(())
}

/// A process that does nothing but hold a namespace; it ends with its standard input, that is with us.
struct Namespace(Child);

impl Namespace {
    fn new() -> io::Result<Self> {
        let mut holder = Command::new("unshare")
            .args(["--net", "--", "sh", "-c", "echo ready; exec cat > /dev/null"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        first_line(&mut holder)?;
        Ok(Self(holder))
    }

    fn id(&self) -> String {
        self.0.id().to_string()
    }
}

/// A lab that serves in a namespace.
struct Serving {
    child: Child,
    ready: Value,
}

impl Drop for Namespace {
    fn drop(&mut self) {
        end(&mut self.0);
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        end(&mut self.child);
    }
}

fn end(child: &mut Child) {
    drop(child.stdin.take());
    let _ = child.wait();
}

struct Network<'a> {
    hop: &'a Namespace,
    there: &'a Namespace,
}

impl Network<'_> {
    fn at(&self, place: Place, program: impl Into<OsString>) -> Command {
        let namespace = match place {
            Place::Here => return Command::new(program.into()),
            Place::Hop => self.hop,
            Place::There => self.there,
        };
        let mut command = Command::new("nsenter");
        command.args(["--target", &namespace.id(), "--net", "--"]).arg(program.into());
        command
    }

    fn perform(&self, step: &Step) -> io::Result<()> {
        let mut command = self.at(step.place, "sh");
        command.args(["-ec", &step.script]).env("HOP", self.hop.id()).env("THERE", self.there.id());
        let out = command.stdin(Stdio::null()).output()?;
        if out.status.success() {
            return Ok(());
        }
        let said = String::from_utf8_lossy(&out.stderr);
        Err(io::Error::other(format!("cannot make the network ({:?}): {}", step.place, said.trim())))
    }

    fn serve(&self, order: &Order, place: Place) -> io::Result<Serving> {
        let part = if place == Place::Hop { "hop" } else { "there" };
        let mut child = self
            .at(place, &order.program)
            .arg("run")
            .arg(&order.script)
            .arg("--dir")
            .arg(&order.dir)
            .args(["--part", part])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let ready = serde_json::from_str(&first_line(&mut child)?)?;
        Ok(Serving { child, ready })
    }
}

fn first_line(child: &mut Child) -> io::Result<String> {
    let mut line = String::new();
    if let Some(stdout) = child.stdout.as_mut() {
        BufReader::new(stdout).read_line(&mut line)?;
    }
    if line.is_empty() {
        let status = child.wait()?;
        return Err(io::Error::other(format!("a process of the network ended at once: {status}")));
    }
    Ok(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_the_kernels_and_a_mistake_is_ours() {
        let why = refused("unshare: unshare failed: Operation not permitted\n").unwrap();
        assert!(why.ends_with(": unshare: unshare failed: Operation not permitted"), "{why}");
        assert!(refused("\"type\" is invalid lladdr.\n").is_err());
        assert!(refused("").is_err());
    }
}
