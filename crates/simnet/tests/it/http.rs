//! Exchanges, good and bad.

use crate::client::{End, PATIENT, QUIET, Seen, get, get_within, request};
use dualwatch_core::measure::family::Family;
use dualwatch_simnet::{Behaviour, Lab, Script, Service, words::Http};
use std::time::{Duration, Instant};

/// Returns what a raw client must see: how it begins, what it contains, how it ends.
fn promise(http: Http, service: &str, family: Family) -> (&'static str, String, End) {
    const OK: &str = "HTTP/1.1 200 OK\r\n";
    let (begins, contains, end) = match http {
        Http::Answer => return (OK, format!("{service} over {family}\n"), End::Closed),
        Http::RedirectLoop => ("HTTP/1.1 302 Found\r\n", "Location: /loop\r\n", End::Closed),
        Http::WantsCookie => ("HTTP/1.1 302 Found\r\n", "Location: /set\r\n", End::Closed),
        Http::CookieWithoutEnd => ("HTTP/1.1 302 Found\r\n", "Set-Cookie: n=1; Path=/\r\n", End::Closed),
        Http::ForeignCookie => ("HTTP/1.1 302 Found\r\n", "Set-Cookie: b=2; Secure\r\n", End::Closed),
        Http::GetOnly => (OK, "\r\n\r\nok\n", End::Closed),
        Http::Silent | Http::SilentToGet => ("", "", End::Quiet),
        Http::SilentAfterHeaders => (OK, "Content-Length: 1000\r\n\r\n", End::Quiet),
        Http::OneByteASecond => ("H", "H", End::Quiet),
        Http::CloseBeforeAnswer => ("", "", End::Closed),
        Http::ResetBeforeAnswer => ("", "", End::Reset),
        Http::CloseInHeaders => (OK, "\r\nContent-Len", End::Closed),
        Http::CloseInBody => (OK, "Content-Length: 1000\r\n\r\n0123456789", End::Closed),
        Http::ResetInBody => (OK, "Content-Length: 1000\r\n\r\n0123456789", End::Reset),
        Http::CloseInChunks => (OK, "\r\n\r\na\r\n0123456789\r\n", End::Closed),
        Http::BrokenChunking => (OK, "\r\nmany\r\n", End::Closed),
        Http::ConflictingLengths => (OK, "Content-Length: 3\r\nContent-Length: 30\r\n", End::Closed),
        Http::LengthNotANumber => (OK, "Content-Length: many\r\n", End::Closed),
        Http::LengthTooSmall => (OK, "Content-Length: 4\r\n\r\n0123456789", End::Closed),
        Http::MalformedStatusLine => ("HTTP/1.1 OK\r\n", "", End::Closed),
        Http::NotHttp => ("220 mail.example", "", End::Closed),
        Http::Http2 => ("\0\0\0\u{4}", "", End::Closed),
        Http::EndlessHeaders => (OK, "\r\nX-Endless: x", End::More),
        Http::EndlessEarlyHints => ("HTTP/1.1 103 Early Hints\r\n", "\r\n\r\nHTTP/1.1 103 Early Hints\r\n", End::More),
        Http::EndlessBody => (OK, "\r\n\r\nx", End::More),
        Http::EndlessChunks => (OK, "\r\n2000\r\nx", End::More),
        Http::Gzip => (OK, "Content-Encoding: gzip\r\n", End::Closed),
        Http::GzipTwice => (OK, "Content-Encoding: gzip, gzip\r\n", End::Closed),
        Http::GzipNothing => (OK, "Content-Encoding: gzip\r\n", End::Closed),
        Http::Brotli => (OK, "Content-Encoding: br\r\n", End::Closed),
        Http::Zstandard => (OK, "Content-Encoding: zstd\r\n", End::Closed),
        Http::Mirror => (OK, "\r\n\r\nGET / HTTP/1.1\r\n", End::Closed),
        Http::GzipBomb => (OK, "Content-Encoding: gzip\r\n", End::Closed),
    };
    (begins, contains.to_owned(), end)
}

#[tokio::test]
async fn every_exchange() {
    let script = Http::ALL.iter().fold(Script::new(), |script, &http| script.service(http.word(), Service::both(http)));
    let lab = Lab::start(script).await.unwrap();
    let checks = lab.families().into_iter().flat_map(|family| Http::ALL.iter().map(move |http| (family, *http)));
    futures_util::future::join_all(checks.map(|(family, http)| {
        let lab = &lab;
        async move {
            let (begins, contains, end) = promise(http, http.word(), family);
            let wait = if end == End::Quiet { QUIET } else { PATIENT };
            let seen = get_within(lab.address(http.word(), family), "/", wait).await;
            let (text, at) = (seen.text(), format!("{} over {family}", http.word()));
            assert_eq!(seen.end, end, "{at}: {} bytes", seen.bytes.len());
            assert!(text.starts_with(begins) && text.contains(&contains), "{at}: {text:.300}");
            match http {
                Http::OneByteASecond => assert_eq!(text, "H", "{at}"),
                Http::CloseInBody | Http::ResetInBody => assert_eq!(seen.body().len(), 10, "{at}"),
                Http::SilentAfterHeaders => assert_eq!(seen.body().len(), 0, "{at}"),
                Http::GzipBomb => check_bomb(&seen),
                _ => {}
            }
        }
    }))
    .await;
}

#[tokio::test]
async fn a_server_may_answer_head_alone_and_no_ranges() {
    let long = Behaviour { body: Some("x".repeat(5_000)), ..Behaviour::default() };
    let script = Script::new()
        .service("head", Service::both(Http::SilentToGet))
        .service("ranges", Service::both(long.clone()))
        .service("whole", Service::both(Behaviour { ranges: false, ..long }));
    let lab = Lab::start(script).await.unwrap();
    for family in lab.families() {
        let ask = async |service: &str, text: &str| request(lab.address(service, family), text, PATIENT).await;
        let head = ask("head", "HEAD / HTTP/1.1\r\nHost: web.test\r\n\r\n").await;
        assert!(head.text().contains("Content-Length: 20000\r\n"), "{}", head.text());
        assert_eq!((head.body().len(), head.end), (0, End::Closed));
        let first = "GET / HTTP/1.1\r\nHost: web.test\r\nRange: bytes=0-99\r\nConnection: close\r\n\r\n";
        for (service, status, length) in [("ranges", "206", 100), ("whole", "200", 5_000)] {
            let seen = ask(service, first).await;
            assert!(seen.text().starts_with(&format!("HTTP/1.1 {status} ")), "{}", seen.text());
            assert_eq!(seen.body().len(), length);
        }
    }
}

fn check_bomb(seen: &Seen) {
    use std::io::Read;
    let length = format!("Content-Length: {}\r\n", seen.body().len());
    assert!(seen.text().contains(&length) && seen.body().len() < 2 << 20, "{}", seen.body().len());
    // The first part is enough here; that the end is a whole gzip file is tested where it is made.
    let mut first = vec![1; 3 << 20];
    flate2::read::GzDecoder::new(seen.body()).read_exact(&mut first).unwrap();
    assert!(first.iter().all(|byte| *byte == 0));
}

fn header<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    text.lines().find_map(|line| line.split_once(": ").filter(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v))
}

#[tokio::test]
async fn answers_are_as_worded() {
    let odd = Behaviour {
        body: Some("see {port:good}".into()),
        headers: [("server".into(), "odd".into()), ("cache-control".into(), "max-age=5".into())].into(),
        ..Behaviour::status(503)
    };
    let chain = Behaviour { redirects: 2, ..Behaviour::default() };
    let away = Behaviour { redirect_to: Some("http://[::1]:{port:good}/x".into()), ..Behaviour::status(301) };
    let script = Script::new()
        .service("good", Service::good())
        .service("odd", Service::both(odd))
        .service("slow", Service::both(Behaviour::slow(150)))
        .service("chain", Service::both(chain))
        .service("away", Service::both(away));
    let lab = Lab::start(script).await.unwrap();
    for family in lab.families() {
        let seen = async |service, path| get(lab.address(service, family), path).await.text();
        let good = seen("good", "/any/path").await;
        for (name, value) in [
            ("access-control-allow-origin", "*"),
            ("timing-allow-origin", "*"),
            ("cache-control", "no-store"),
            ("content-type", "text/plain; charset=utf-8"),
        ] {
            assert_eq!(header(&good, name), Some(value), "{good}");
        }
        let odd = seen("odd", "/").await;
        assert!(odd.starts_with("HTTP/1.1 503 ") && odd.ends_with(&format!("see {}", lab.port("good"))), "{odd}");
        assert_eq!((header(&odd, "server"), header(&odd, "cache-control")), (Some("odd"), Some("max-age=5")));
        assert_eq!(header(&seen("chain", "/").await, "location"), Some("/redirect/1"));
        assert_eq!(header(&seen("chain", "/redirect/1").await, "location"), Some("/redirect/2"));
        assert!(seen("chain", "/redirect/2").await.starts_with("HTTP/1.1 200 "));
        let away = seen("away", "/").await;
        assert!(away.starts_with("HTTP/1.1 301 "), "{away}");
        assert_eq!(header(&away, "location"), Some(&*format!("http://[::1]:{}/x", lab.port("good"))));

        let begun = Instant::now();
        seen("slow", "/").await;
        assert!(begun.elapsed() >= Duration::from_millis(150));
        let asked = "OPTIONS / HTTP/1.1\r\nHost: x\r\nOrigin: http://other.example\r\nConnection: close\r\n\r\n";
        let preflight = request(lab.address("good", family), asked, PATIENT).await.text();
        assert!(preflight.starts_with("HTTP/1.1 204 "), "{preflight}");
        assert_eq!(header(&preflight, "access-control-allow-headers"), Some("*"));
    }
}
