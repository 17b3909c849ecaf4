//! Connecting, and services that speak nothing in particular.

use crate::client::{End, PATIENT, QUIET, connect, read_all};
use dualwatch_core::measure::family::Family;
use dualwatch_simnet::{
    Lab, Script, Service,
    words::{Connect, Tcp},
};
use tokio::io::AsyncWriteExt;

#[tokio::test]
async fn every_way_to_connect() {
    let script = Connect::ALL.iter().fold(Script::new(), |script, &connect| {
        // The other behaviour over the other family, so that neither leaks into the other.
        let alone = Service::both(connect).over(Family::Ipv6, Connect::Accept);
        script.service(connect.word(), Service::both(connect)).service(&format!("{}-alone", connect.word()), alone)
    });
    let lab = Lab::start(script).await.unwrap();
    let meets = async |at, expected: Connect| match connect(at).await {
        Err(why) => why,
        Ok(mut stream) => {
            match read_all(&mut stream, 100, if expected == Connect::Accept { QUIET } else { PATIENT }).await.end {
                End::Reset => "reset".to_owned(),
                End::Quiet => "accept".to_owned(),
                other => format!("{other:?}"),
            }
        }
    };
    let checks = lab.families().into_iter().flat_map(|family| Connect::ALL.iter().map(move |c| (family, *c)));
    futures_util::future::join_all(checks.map(|(family, c)| {
        let (lab, meets) = (&lab, &meets);
        async move {
            assert_eq!(meets(lab.address(c.word(), family), c).await, c.word(), "{family}");
            let alone = if family == Family::Ipv4 { c } else { Connect::Accept };
            assert_eq!(
                meets(lab.address(&format!("{}-alone", c.word()), family), alone).await,
                alone.word(),
                "{family}"
            );
        }
    }))
    .await;
}

#[tokio::test]
async fn every_plain_service() {
    let script = Tcp::ALL.iter().fold(Script::new(), |script, &tcp| script.service(tcp.word(), Service::both(tcp)));
    let lab = Lab::start(script).await.unwrap();
    let checks = lab.families().into_iter().flat_map(|family| Tcp::ALL.iter().map(move |tcp| (family, *tcp)));
    futures_util::future::join_all(checks.map(|(family, tcp)| {
        let lab = &lab;
        async move {
            let mut stream = connect(lab.address(tcp.word(), family)).await.unwrap();
            stream.write_all(b"hello").await.unwrap();
            let wait = if tcp == Tcp::Close { PATIENT } else { QUIET };
            let seen = read_all(&mut stream, 100, wait).await;
            let (text, end) = match tcp {
                Tcp::Hold => ("", vec![End::Quiet]),
                Tcp::Greet => ("220 ready\r\n", vec![End::Quiet]),
                Tcp::Echo => ("hello", vec![End::Quiet]),
                // What it was sent in vain turns the end into a reset, if it comes in time.
                Tcp::Close => ("", vec![End::Closed, End::Reset]),
            };
            assert_eq!(seen.text(), text, "{tcp:?} over {family}");
            assert!(end.contains(&seen.end), "{tcp:?} over {family}: {:?}", seen.end);
        }
    }))
    .await;
}
