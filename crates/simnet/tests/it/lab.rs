//! The lab as a whole: ports, switching, schedules, restarts, controls.

use crate::client::{connect, get};
use dualwatch_core::measure::family::Family;
use dualwatch_simnet::{
    Behaviour, Lab, Plan, Script, Service,
    script::Step,
    words::{Connect, Tcp},
};
use std::time::{Duration, Instant};

#[tokio::test]
async fn a_service_is_switched_while_it_runs() {
    let lab = Lab::start(Script::new().service("web", Service::good())).await.unwrap();
    for family in lab.families() {
        let at = lab.address("web", family);
        assert!(get(at, "/").await.text().starts_with("HTTP/1.1 200 "));
        for round in 0..2 {
            lab.switch("web", family, Connect::Refused).await.unwrap();
            assert_eq!(connect(at).await.err().as_deref(), Some("refused"), "{family} {round}");
            lab.switch("web", family, Connect::Silent).await.unwrap();
            assert_eq!(connect(at).await.err().as_deref(), Some("silent"), "{family} {round}");
            lab.switch("web", family, Behaviour::status(503)).await.unwrap();
            assert!(get(at, "/").await.text().starts_with("HTTP/1.1 503 "), "{family} {round}");
            // Open connections end with the behaviour that they met.
            let mut open = connect(at).await.unwrap();
            lab.switch("web", family, Connect::Accept).await.unwrap();
            let ended = crate::client::read_all(&mut open, 10, crate::client::PATIENT).await.end;
            assert_ne!(ended, crate::client::End::Quiet, "{family} {round}");
            if round == 0 {
                assert_eq!(lab.n_accepted("web", family), 3);
            }
        }
    }
    assert!(lab.switch("none", Family::Ipv4, Connect::Accept).await.is_err());
}

#[tokio::test]
async fn a_schedule_is_followed() {
    let plan = Plan::Repeat(vec![
        Step { seconds: 1, behaviour: Behaviour::default() },
        Step { seconds: 1, behaviour: Connect::Refused.into() },
    ]);
    let lab = Lab::start(Script::new().service("web", Service::both(plan.clone()))).await.unwrap();
    let until = Instant::now() + Duration::from_millis(2100);
    let mut seen = Vec::new();
    while Instant::now() < until {
        let refused = connect(lab.address("web", lab.families()[0])).await.is_err();
        if seen.last() != Some(&refused) {
            seen.push(refused);
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    // Two switches in a little more than two seconds, or three where the first came at once.
    assert!((3..=4).contains(&seen.len()), "{seen:?}");
}

#[tokio::test]
async fn a_restart_has_the_same_ports_and_certificates() {
    let dir = tempfile::tempdir().unwrap();
    let script =
        |n: usize| (0..n).fold(Script::new(), |script, i| script.service(&format!("web-{}", n - i), Service::good()));
    let (first_ca, first_ports) = {
        let lab = Lab::start_in(script(2), dir.path(), None).await.unwrap();
        let kept = (lab.ca_pem().to_owned(), (lab.port("web-1"), lab.port("web-2"), lab.resolver(), lab.doh_url()));
        // A client that is still connected leaves its traces on the port.
        let _open = get(lab.address("web-1", lab.families()[0]), "/").await;
        lab.stop().await;
        kept
    };
    let lab = Lab::start_in(script(3), dir.path(), None).await.unwrap();
    assert_eq!(lab.ca_pem(), first_ca);
    assert_eq!((lab.port("web-1"), lab.port("web-2"), lab.resolver(), lab.doh_url()), first_ports);
    assert_ne!(lab.port("web-3"), lab.port("web-1"));
}

#[tokio::test]
async fn a_fixed_port_is_taken_or_an_error() {
    let lab = Lab::start(Script::new().service("web", Service::both(Connect::Refused))).await.unwrap();
    let fixed = || Script::new().service("fixed", Service { port: lab.port("web"), ..Service::good() });
    let error = Lab::start(fixed()).await.err().unwrap();
    assert!(error.to_string().contains("cannot bind"), "{error}");
    let script = fixed();
    lab.stop().await;
    Lab::start(script).await.unwrap();
}

#[tokio::test]
async fn there_is_always_a_control() {
    let lab = Lab::start(Script::new()).await.unwrap();
    let families = lab.families();
    // Both families have one, whether or not the machine can listen there.
    assert_eq!((lab.controls().ipv4.len(), lab.controls().ipv6.len()), (1, 1));
    for family in &families {
        connect(lab.controls().get(*family)[0]).await.unwrap();
    }
    let own = Service::both(Tcp::Hold).as_control().over(Family::Ipv6, Connect::Refused);
    let lab = Lab::start(Script::new().service("a", own.clone()).service("b", own)).await.unwrap();
    for family in families {
        assert_eq!(lab.controls().get(family).len(), 2);
        assert_eq!(connect(lab.controls().get(family)[0]).await.is_ok(), family == Family::Ipv4);
    }
}
