//! A vantage never blames a target for its own fault.

use dualwatch_core::measure::{
    cause::Cause,
    family::Family,
    target::{Policy, Target},
    vantage::Standing,
};
use dualwatch_prober::{Clock, Prober, native::Tokio};
use dualwatch_simnet::{
    Lab,
    script::{Script, Service},
    words::{Connect, Tcp, Tls},
};
use serde_json::json;

/// Measures `https://localhost` that behaves as `target`, beside a control that behaves as `control`.
async fn check(target: Tls, control: Service, standing: Standing, cause: Option<Cause>) {
    let script = Script::new().service("target", Service::both(target)).service("control", control.as_control());
    let lab = Lab::start(script).await.expect("the lab starts");
    let url = format!("https://localhost:{}/", lab.port("target"));
    let config = json!({
        "targets": [{ "url": url, "timeout": "3s" }],
        "network": { "allow_private": true },
        "tls": { "roots": [lab.ca_pem()] },
    });
    let config = dualwatch_config::load(&config.to_string(), "dualwatch.yml", &|_| Err("no files".into()))
        .unwrap_or_else(|findings| panic!("{findings:#?}"));
    let policy = Policy { controls: lab.controls().clone(), ..config.policy };
    let prober = Prober::new(Tokio::new(), policy, "here").expect("the lab's CA can be used");
    let round = Box::pin(prober.round(&config.targets[0])).await;
    for family in lab.families() {
        let sample = round.samples.get(family);
        assert_eq!((*round.vantage.standing.get(family), sample.cause), (standing, cause), "{target:?} {family}");
        // The lab's authority is the operator's: whoever is not told of it does not trust what is trusted here.
        assert_eq!(sample.evidence.own_authority, target == Tls::Good, "{sample:?}");
        if standing != Standing::Proven {
            assert!(sample.evidence.measured.is_some(), "what was measured is kept: {sample:?}");
        }
    }
}

#[tokio::test]
async fn an_intercepted_connection_is_the_vantages_fault() {
    let portal = Some(Cause::VantageCaptivePortal);
    check(Tls::UnknownRoot, Service::both(Tls::UnknownRoot), Standing::CaptivePortal, portal).await;
    check(Tls::WrongName, Service::both(Tls::SelfSigned), Standing::CaptivePortal, portal).await;
}

#[tokio::test]
async fn a_wrong_clock_is_the_vantages_fault() {
    check(Tls::NotYetValid, Service::both(Tls::NotYetValid), Standing::Clock, Some(Cause::VantageClock)).await;
    check(Tls::Expired, Service::both(Tls::Expired), Standing::Clock, Some(Cause::VantageClock)).await;
}

#[tokio::test]
async fn a_bad_certificate_beside_a_good_control_is_the_targets_fault() {
    for (target, cause) in [
        (Tls::UnknownRoot, Cause::TlsUntrusted),
        (Tls::NotYetValid, Cause::TlsNotYetValid),
        (Tls::WrongName, Cause::TlsNameMismatch),
    ] {
        check(target, Service::both(Tls::Good), Standing::Proven, Some(cause)).await;
        // A control that does not speak TLS gives no opinion.
        check(target, Service::both(Tcp::Close), Standing::Proven, Some(cause)).await;
    }
}

#[tokio::test]
async fn an_intercepted_control_does_not_condemn_what_is_reached() {
    check(Tls::Good, Service::both(Tls::UnknownRoot), Standing::Proven, None).await;
}

/// Returns an interval in seconds that puts the first of two controls first, now and for some seconds.
fn interval_of_first_turn() -> u32 {
    let now_s = Tokio::new().wall().unix_ms() / 1_000;
    let is_first = |interval: &i64| (now_s / interval) % 2 == 0 && (1..interval - 10).contains(&(now_s % interval));
    let interval = (60..3_600).find(is_first).expect("some interval");
    u32::try_from(interval).expect("small")
}

#[tokio::test]
async fn a_control_that_dies_alone_is_dropped_and_condemns_nobody() {
    let script = Script::new()
        .service("target", Service::good())
        .service("a_dead", Service::both(Connect::Refused).as_control())
        .service("b_good", Service::both(Tcp::Hold).as_control());
    let lab = Lab::start(script).await.expect("the lab starts");
    let config = json!({
        "targets": [{ "url": format!("http://localhost:{}/", lab.port("target")), "timeout": "3s" }],
        "network": { "allow_private": true },
    });
    let config = dualwatch_config::load(&config.to_string(), "dualwatch.yml", &|_| Err("no files".into()))
        .unwrap_or_else(|findings| panic!("{findings:#?}"));
    let policy = Policy { controls: lab.controls().clone(), ..config.policy };
    let dead = lab.address("a_dead", Family::Ipv4);
    let prober = Prober::new(Tokio::new(), policy.clone(), "here").expect("no roots of its own");
    let target = Target { interval_s: interval_of_first_turn(), ..config.targets[0].clone() };
    let mut seen = Vec::new();
    for _ in 0..4 {
        let round = Box::pin(prober.round(&target)).await;
        assert_eq!((round.vantage.standing.ipv4, round.samples.ipv4.cause), (Standing::Proven, None));
        let finding = round.vantage.silent_controls.iter().find(|found| found.control == dead).copied();
        seen.push(finding.map(|found| found.is_dropped));
    }
    assert_eq!(seen, [None, Some(false), Some(true), Some(true)], "noticed, then dropped");
    // Another process of the same vantage goes on with what was learnt, as the worker's objects do.
    let n_before = lab.n_accepted("b_good", Family::Ipv4);
    let later = Prober::new(Tokio::new(), policy, "here").expect("no roots").with_controls(prober.controls());
    let round = Box::pin(later.round(&target)).await;
    assert!(round.vantage.silent_controls.iter().any(|found| found.control == dead && found.is_dropped));
    assert_eq!(lab.n_accepted("b_good", Family::Ipv4), n_before + 1, "one control of a family in a healthy round");
}
