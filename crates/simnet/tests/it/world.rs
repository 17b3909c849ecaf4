//! Faulty networks, in namespaces.
//!
//! The command that runs in a world is this test program itself: [`look`] is a test that does nothing unless it finds
//! itself in one.

use crate::client::{End, connect_within, read_all};
use dualwatch_core::measure::family::{Family, PerFamily};
use dualwatch_simnet::{
    words::World,
    world::{SETTING, refusal},
};
use serde_json::{Value, json};
use std::{
    net::{IpAddr, SocketAddr},
    path::Path,
    process::Command,
    time::{Duration, Instant},
};
use tokio::io::AsyncWriteExt;

/// RFC 4861 section 10 and Linux's ARP: three solicitations, one second apart, before the kernel gives up.
const NEIGHBOUR_GIVES_UP: Duration = Duration::from_millis(2500);
/// How long [`look`] waits for a connection, in milliseconds.
const PATIENCE: &str = "DUALWATCH_LAB_PATIENCE_MS";

/// Runs in a world: asks target and control over both families and prints what came of it.
#[tokio::test]
async fn look() {
    let Ok(setting) = std::env::var(SETTING) else { return };
    let setting: Value = serde_json::from_str(&setting).unwrap();
    let port = setting["services"]["web"].as_u64().unwrap() as u16;
    let targets: PerFamily<IpAddr> = serde_json::from_value(setting["address"].clone()).unwrap();
    let controls: PerFamily<Vec<SocketAddr>> = serde_json::from_value(setting["controls"].clone()).unwrap();
    let patience = Duration::from_millis(std::env::var(PATIENCE).unwrap().parse().unwrap());
    let looks = Family::ALL.map(|family| {
        let (target, control) = (SocketAddr::new(*targets.get(family), port), controls.get(family)[0]);
        async move {
            let begun = Instant::now();
            let (target, control) = tokio::join!(ask(target, patience), ask(control, patience));
            (family.code(), json!({ "target": target, "control": control, "ms": begun.elapsed().as_millis() as u64 }))
        }
    });
    let seen: serde_json::Map<_, _> =
        futures_util::future::join_all(looks).await.into_iter().map(|(k, v)| (k.to_owned(), v)).collect();
    println!("SEEN {}", Value::Object(seen));
}

/// Asks for a page of 20 kB: `whole`, or where it ended.
async fn ask(at: SocketAddr, patience: Duration) -> String {
    let mut stream = match connect_within(at, patience).await {
        Err(why) => return why,
        Ok(stream) => stream,
    };
    stream.write_all(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await.unwrap();
    match read_all(&mut stream, 100_000, patience).await {
        seen if seen.end == End::Closed && seen.body().len() == 20_000 => "whole".to_owned(),
        seen => format!("{:?} after {}", seen.end, seen.bytes.len()).to_lowercase(),
    }
}

fn look_in(world: World, over: Family, dir: &Path) -> Value {
    let script = dir.join("script.toml");
    let body = "x".repeat(20_000);
    let page = format!("both = {{ body = \"{body}\" }}\n");
    std::fs::write(&script, format!("[service.web]\n{page}[service.control]\ncontrol = true\n{page}")).unwrap();
    let patience_ms = match world {
        World::GatewaySilent => 4500,
        // Between namespaces ICMP comes back before the connect call has ended, and Linux then keeps it to itself
        // until the second SYN, a second later. On a wire the first one is enough.
        World::Unreachable | World::Prohibited => 2000,
        _ => 700,
    };
    let out = Command::new(env!("CARGO_BIN_EXE_dualwatch-lab"))
        .args(["world", world.word(), script.to_str().unwrap(), "--over", over.code()])
        .args(["--dir", dir.to_str().unwrap(), "--"])
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", "world::look", "--nocapture"])
        .env(PATIENCE, patience_ms.to_string())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&out.stdout);
    let seen = said.split("SEEN ").nth(1).and_then(|rest| rest.lines().next());
    let Some(seen) = seen else { panic!("{world:?} over {over}: {said}{}", String::from_utf8_lossy(&out.stderr)) };
    serde_json::from_str(seen).unwrap()
}

#[test]
fn every_network() {
    if let Some(why) = refusal().expect("`cargo xtask test` gets every program") {
        return dualwatch_notrun::refused(why);
    }
    std::thread::scope(|threads| {
        for &world in World::ALL {
            for over in Family::ALL {
                threads.spawn(move || check(world, over));
            }
        }
    });
}

fn check(world: World, over: Family) {
    let dir = tempfile::tempdir().unwrap();
    let seen = look_in(world, over, dir.path());
    // What the target and the control look like over the family that has the fault.
    let (target, control) = match world {
        World::Plain => ("whole", "whole"),
        World::NoFamily | World::Offline => ("unreachable", "unreachable"),
        World::FamilySilent => ("silent", "silent"),
        World::NoRoute | World::GatewaySilent | World::Unreachable => ("unreachable", "whole"),
        // Linux tells a prohibition over IPv6 from other answers (EACCES), and not over IPv4.
        World::Prohibited if over == Family::Ipv6 => ("prohibited", "whole"),
        World::Prohibited => ("unreachable", "whole"),
        World::Blackhole | World::Dropped => ("silent", "whole"),
        World::Rejected => ("refused", "whole"),
        // The control is at the hop, whose own packets are small enough from the start.
        World::PathMtu => ("quiet", "whole"),
        World::ControlsDead => ("whole", "silent"),
        // What answers in everybody's name answers the control's too: an alert of TLS, a redirect, nothing.
        World::CaptivePortalTls => ("closed after", "closed after"),
        World::CaptivePortalHttp => ("closed after", "closed after"),
        World::Tunnel => ("quiet", "quiet"),
    };
    let at = format!("{} over {over}: {seen}", world.word());
    let faulty = &seen[over.code()];
    assert!(faulty["target"].as_str().unwrap().starts_with(target), "{at}");
    assert!(faulty["control"].as_str().unwrap().starts_with(control), "{at}");
    let waited = Duration::from_millis(faulty["ms"].as_u64().unwrap());
    assert_eq!(waited > NEIGHBOUR_GIVES_UP, world == World::GatewaySilent, "{at}");
    // The other family knows nothing of it.
    let other = if world == World::Offline { "unreachable" } else { "whole" };
    let sound = &seen[over.other().code()];
    assert_eq!((&sound["target"], &sound["control"]), (&json!(other), &json!(other)), "{at}");
}
