//! The DNS server, over UDP, TCP and HTTPS, over both families.

use crate::client::{PATIENT, QUIET, connect, read_all, shake};
use dualwatch_core::measure::family::Family;
use dualwatch_simnet::{
    Lab, Name, Script,
    words::{Dns, Doh},
};
use hickory_proto::{
    op::{Message, Query},
    rr::{RData, RecordType},
};
use std::{fmt::Write, net::SocketAddr, time::Duration};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::UdpSocket,
    time::timeout,
};

const ID: u16 = 0x1234;

fn question(name: &str, kind: RecordType) -> Vec<u8> {
    let mut message = Message::query();
    message.metadata.id = ID;
    message.metadata.recursion_desired = true;
    message.add_query(Query::query(format!("{name}.").parse().unwrap(), kind));
    message.to_vec().unwrap()
}

/// What came back: bytes, `silent` or `closed`.
type Came = Result<Vec<u8>, &'static str>;

async fn over_udp(at: SocketAddr, question: &[u8], wait: Duration) -> Came {
    let local = if at.is_ipv4() { "127.0.0.1:0" } else { "[::1]:0" };
    let socket = UdpSocket::bind(local).await.unwrap();
    socket.connect(at).await.unwrap();
    socket.send(question).await.unwrap();
    let mut buffer = vec![0; 4096];
    let length = timeout(wait, socket.recv(&mut buffer)).await.map_err(|_| "silent")?.unwrap();
    buffer.truncate(length);
    Ok(buffer)
}

async fn over_tcp(at: SocketAddr, question: &[u8], wait: Duration) -> Came {
    let mut stream = connect(at).await.unwrap();
    stream.write_u16(question.len() as u16).await.unwrap();
    stream.write_all(question).await.unwrap();
    let length = timeout(wait, stream.read_u16()).await.map_err(|_| "silent")?.map_err(|_| "closed")?;
    let mut answer = vec![0; usize::from(length)];
    stream.read_exact(&mut answer).await.unwrap();
    Ok(answer)
}

/// Asks over plain HTTP, or over TLS with trust in the lab's CA.
async fn over_doh(
    lab: &Lab,
    family: Family,
    path: &str,
    question: &[u8],
    tls: bool,
    wait: Duration,
) -> (String, Vec<u8>) {
    let port = lab.doh_url().rsplit(':').next().and_then(|rest| rest.split('/').next()?.parse().ok()).unwrap();
    let at = SocketAddr::new(lab.resolver_over(family).ip(), port);
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: dns\r\nContent-Type: application/dns-message\r\nContent-Length: {}\r\n\
         Connection: close\r\n\r\n",
        question.len()
    );
    let request = [head.as_bytes(), question].concat();
    let seen = if tls {
        let mut stream = shake(lab, at, &at.ip().to_string(), PATIENT).await.unwrap();
        stream.write_all(&request).await.unwrap();
        read_all(&mut stream, 100_000, wait).await
    } else {
        let mut stream = connect(at).await.unwrap();
        stream.write_all(&request).await.unwrap();
        read_all(&mut stream, 100_000, wait).await
    };
    let head = seen.text().split("\r\n\r\n").next().unwrap_or_default().to_owned();
    (format!("{head} {:?}", seen.end), seen.body().to_vec())
}

/// Says in short what a client makes of an answer.
fn read(came: Came, asked: &[u8]) -> String {
    let bytes = match came {
        Ok(bytes) => bytes,
        Err(why) => return why.to_owned(),
    };
    if bytes == asked {
        return "echo".to_owned();
    }
    let Ok(message) = Message::from_vec(&bytes) else { return "malformed".to_owned() };
    let mut out = format!("{:?}", message.metadata.response_code).to_lowercase();
    if message.metadata.id != ID {
        out += " other-id";
    }
    if Message::from_vec(asked).unwrap().queries != message.queries {
        out += " other-question";
    }
    if message.metadata.truncation {
        out += " truncated";
    }
    for record in &message.answers {
        let _ = match &record.data {
            RData::A(a) => write!(out, " {a}"),
            RData::AAAA(a) => write!(out, " {a}"),
            RData::CNAME(to) => write!(out, " ->{to}"),
            other => write!(out, " {}", other.record_type()),
        };
    }
    if !message.authorities.is_empty() {
        out += " soa";
    }
    out
}

#[tokio::test]
async fn every_answer_over_every_transport() {
    let script = Dns::ALL.iter().fold(Script::new(), |s, &dns| s.name(&format!("{}.test", dns.word()), dns.into()));
    let lab = Lab::start(script).await.unwrap();
    let checks = lab.families().into_iter().flat_map(|family| Dns::ALL.iter().map(move |dns| (family, *dns)));
    futures_util::future::join_all(checks.map(|(family, dns)| {
        let lab = &lab;
        async move {
            let name = format!("{}.test", dns.word());
            let asked = question(&name, RecordType::AAAA);
            let (udp, tcp) = match dns {
                Dns::Nxdomain | Dns::Blocked => ("nxdomain soa", "nxdomain soa"),
                Dns::Nodata => ("noerror soa", "noerror soa"),
                Dns::Servfail | Dns::Bogus | Dns::Unreached => ("servfail", "servfail"),
                Dns::Refused => ("refused", "refused"),
                Dns::Silent => ("silent", "silent"),
                Dns::Close => ("silent", "closed"),
                Dns::Malformed | Dns::Cut => ("malformed", "malformed"),
                Dns::MismatchedId => ("noerror other-id ::1", "noerror other-id ::1"),
                Dns::MismatchedQuestion => ("noerror other-question ::1", "noerror other-question ::1"),
                Dns::OtherType => ("noerror TXT", "noerror TXT"),
                Dns::QueryEcho => ("echo", "echo"),
                Dns::NoExtensions | Dns::OneAnswer => ("noerror ::1", "noerror ::1"),
                Dns::Truncated => ("noerror truncated", "noerror ::1"),
                Dns::CnameLoop => {
                    let both = "noerror ->loop.cname_loop.test. ->cname_loop.test.";
                    (both, both)
                }
            };
            let at = lab.resolver_over(family);
            let at_case = format!("{name} over {family}");
            let wait = |expected| if expected == "silent" { QUIET } else { PATIENT };
            let (by_udp, by_tcp, (head, body)) = tokio::join!(
                over_udp(at, &asked, wait(udp)),
                over_tcp(at, &asked, wait(tcp)),
                over_doh(lab, family, "/dns-query", &asked, false, wait(tcp))
            );
            assert_eq!(read(by_udp, &asked), udp, "{at_case}, UDP");
            assert_eq!(read(by_tcp, &asked), tcp, "{at_case}, TCP");
            match dns {
                Dns::Silent => assert_eq!(head, " Quiet", "{at_case}"),
                Dns::Close => assert!(head.starts_with("HTTP/1.1 400 "), "{at_case}: {head}"),
                _ => assert_eq!(read(Ok(body), &asked), tcp, "{at_case}, DoH"),
            }
        }
    }))
    .await;
}

#[tokio::test]
async fn every_doh_fault() {
    let lab = Lab::start(Script::new().name("web.test", Name::dual())).await.unwrap();
    let asked = question("web.test", RecordType::A);
    let (at, lab, asked) = (lab.doh_url(), &lab, &asked);
    assert!(at.starts_with("https://127.0.0.1:") || at.starts_with("https://[::1]:"), "{at}");
    let checks = lab.families().into_iter().flat_map(|family| Doh::ALL.iter().map(move |doh| (family, *doh)));
    futures_util::future::join_all(checks.map(|(family, doh)| async move {
        let url = lab.doh_url_that(doh);
        let path = format!("/{}", url.splitn(4, '/').nth(3).unwrap());
        for tls in [false, true] {
            let (head, body) =
                over_doh(lab, family, &path, asked, tls, if doh == Doh::Silent { QUIET } else { PATIENT }).await;
            let (status, kind, answer) = match doh {
                Doh::Good => ("200", "application/dns-message", "noerror 127.0.0.1"),
                Doh::Http500 => ("500", "", "malformed"),
                Doh::WrongContentType => ("200", "text/html", "malformed"),
                Doh::Cut | Doh::Empty | Doh::Endless => ("200", "application/dns-message", "malformed"),
                Doh::Silent => ("", "Quiet", "malformed"),
            };
            let (begins, lower) = (format!("HTTP/1.1 {status} "), head.to_lowercase());
            assert!(doh == Doh::Silent || head.starts_with(&begins), "{doh:?} over {family}: {head}");
            assert!(lower.contains(&kind.to_lowercase()), "{doh:?} over {family}: {head}");
            assert!(doh != Doh::Endless || head.ends_with("More"), "{head}");
            assert_eq!(read(Ok(body), asked), answer, "{doh:?} over {family}");
        }
    }))
    .await;
    // RFC 8484 section 4.1.1: GET, the message in base64url without padding.
    let get =
        "GET /dns-query?dns=EjQBAAABAAAAAAAAA3dlYgR0ZXN0AAABAAE HTTP/1.1\r\nHost: dns\r\nConnection: close\r\n\r\n";
    let doh: SocketAddr = at.trim_start_matches("https://").split('/').next().unwrap().parse().unwrap();
    let seen = crate::client::request(doh, get, PATIENT).await;
    assert_eq!(read(Ok(seen.body().to_vec()), asked), "noerror 127.0.0.1");
}

#[tokio::test]
async fn the_zone_answers_as_written() {
    let mut script = Script::parse(
        r#"
        [name."dual.test"]
        a = ["192.0.2.1", "192.0.2.2"]
        aaaa = ["2001:db8::1"]
        [name."half.test"]
        a = ["192.0.2.1"]
        aaaa = "servfail"
        [name."alias.test"]
        cname = "second.test"
        [name."second.test"]
        cname = "dual.test"
        [name."dangling.test"]
        cname = "nowhere.test"
        [name."around.test"]
        cname = "about.test"
        [name."about.test"]
        cname = "around.test"
        [name."broken.test"]
        cname = "half.test"
        [name."odd.test"]
        aaaa = ["fd00::1", "::ffff:192.0.2.1", "2002:c000:201::1", "2001:0:c000:201::1"]
        "#,
    )
    .unwrap();
    script = script.name("late.test", Name { delay_ms: 100, ..Name::dual() });
    let lab = Lab::start(script).await.unwrap();
    let check = async |name: &str, kind, expected: &str| {
        let asked = question(name, kind);
        assert_eq!(read(over_tcp(lab.resolver(), &asked, PATIENT).await, &asked), expected, "{name} {kind}");
    };
    let (a, aaaa) = (RecordType::A, RecordType::AAAA);
    check("dual.test", a, "noerror 192.0.2.1 192.0.2.2").await;
    check("DUAL.test", aaaa, "noerror 2001:db8::1").await;
    check("dual.test", RecordType::MX, "noerror soa").await;
    check("half.test", a, "noerror 192.0.2.1").await;
    check("half.test", aaaa, "servfail").await;
    check("alias.test", aaaa, "noerror ->second.test. ->dual.test. 2001:db8::1").await;
    check("alias.test", RecordType::CNAME, "noerror ->second.test.").await;
    check("dangling.test", a, "nxdomain ->nowhere.test. soa").await;
    check("around.test", a, "noerror ->about.test. ->around.test.").await;
    check("broken.test", aaaa, "servfail ->half.test.").await;
    check("odd.test", aaaa, "noerror fd00::1 ::ffff:192.0.2.1 2002:c000:201::1 2001:0:c000:201::1").await;
    check("odd.test", a, "noerror soa").await;
    check("missing.test", a, "nxdomain soa").await;
    assert_eq!((lab.n_questions("missing.test"), lab.n_questions("never.test")), (1, 0));

    let begun = std::time::Instant::now();
    check("late.test", a, "noerror 127.0.0.1").await;
    assert!(begun.elapsed().as_millis() >= 100);

    // DNS rebinding: the next question gets another answer.
    lab.set_name("dual.test", Name::dual());
    check("dual.test", a, "noerror 127.0.0.1").await;
    lab.set_name("dual.test", Dns::Nxdomain.into());
    check("dual.test", a, "nxdomain soa").await;
}

#[tokio::test]
async fn one_connection_carries_many_questions() {
    let late = Name { delay_ms: 100, ..Name::dual() };
    let lab = Lab::start(Script::new().name("late.test", late).name("dual.test", Name::dual())).await.unwrap();
    let mut stream = connect(lab.resolver()).await.unwrap();
    for name in ["late.test", "dual.test"] {
        let asked = question(name, RecordType::A);
        stream.write_u16(asked.len() as u16).await.unwrap();
        stream.write_all(&asked).await.unwrap();
    }
    // RFC 7766 section 6.2.1.1: answers come when they are ready, not in the order of the questions.
    for name in ["dual.test.", "late.test."] {
        let mut answer = vec![0; usize::from(stream.read_u16().await.unwrap())];
        stream.read_exact(&mut answer).await.unwrap();
        assert_eq!(Message::from_vec(&answer).unwrap().queries[0].name().to_string(), name);
    }
}
