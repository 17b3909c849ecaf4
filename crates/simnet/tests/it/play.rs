//! Servers of bytes.

use crate::client::{End, PATIENT, QUIET, Seen, connect, get, get_within, read_all, shake, tls_error};
use dualwatch_core::measure::family::Family;
use dualwatch_simnet::{Lab, Script};
use tokio::io::AsyncWriteExt;

const SCRIPT: &str = r#"
[name."odd.test"]
reply = { says = [{ hex = "{id} 8180 {question}" }], length = 9, piece = 1 }

[service.pieces.both.play]
says = ["{ok}\r\n{path} ", { text = "{i}-{next} ", times = 3, piece = 2 }, { hex = "61 {3*62}" }]

[service.endless.both.play]
says = [{ text = "{100*x}", for_ever = true }]

[service.first.both.play]
hears = "nothing"
says = ["220 at port {port:pieces}"]
ends = "hold"

[service.reset.both.play]
says = ["a"]
ends = "reset"

[service.records]
names = ["web.test"]
both = { tls = "good", play = { says = [{ text = "by hand", record = 23 }, { hex = "01 00", record = 21 }] } }

[service.cut]
names = ["web.test"]
both = { tls = "good", play = { says = ["a", { new_keys = true, text = "" }, "b"], ends = "cut" } }

[service.hello.both.play]
hears = "client_hello"
says = [{ hex = "16 0303 0004 0e 000000 {session_id}" }]

[service.one_byte]
names = ["web.test"]
both = { tls = "good_tls12", tls_record_bytes = 1, tls_piece_bytes = 100 }
"#;

async fn lab() -> Lab {
    Lab::start(Script::parse(SCRIPT).unwrap_or_else(|e| panic!("{e}"))).await.expect("the lab starts")
}

#[tokio::test]
async fn what_is_written_is_said() {
    let lab = lab().await;
    for family in lab.families() {
        let seen = get(lab.address("pieces", family), "/some/path").await;
        let text = seen.text();
        assert!(text.starts_with("HTTP/1.1 200 OK\r\n"), "{text}");
        assert_eq!((seen.body(), seen.end), (&b"/some/path 0-1 1-2 2-3 abbb"[..], End::Closed));
        let endless = get(lab.address("endless", family), "/").await;
        assert_eq!(endless.end, End::More);
        let reset = get(lab.address("reset", family), "/").await;
        assert_eq!((&*reset.bytes, reset.end), (&b"a"[..], End::Reset));
        let first = get_within(lab.address("first", family), "/", QUIET).await;
        assert_eq!((first.text(), first.end), (format!("220 at port {}", lab.port("pieces")), End::Quiet));
    }
}

#[tokio::test]
async fn tls_is_said_record_by_record() {
    let lab = lab().await;
    let ask = async |service: &str| -> Seen {
        let mut stream = shake(&lab, lab.address(service, family(&lab)), "web.test", PATIENT).await.expect("shaken");
        stream.write_all(b"GET / HTTP/1.1\r\nHost: web.test\r\n\r\n").await.expect("written");
        read_all(&mut stream, 1 << 20, PATIENT).await
    };
    let by_hand = ask("records").await;
    // The alert of the last record is `close_notify`.
    assert_eq!((by_hand.text(), by_hand.end), ("by hand".to_owned(), End::Closed));
    let cut = ask("cut").await;
    assert_eq!((cut.text(), cut.end), ("ab".to_owned(), End::Closed));
    assert!(ask("one_byte").await.text().starts_with("HTTP/1.1 200 "));
    let refused = shake(&lab, lab.address("hello", family(&lab)), "web.test", PATIENT).await;
    assert_eq!(tls_error(&refused.expect_err("that is no handshake")), "InappropriateHandshakeMessage");
}

#[tokio::test]
async fn a_name_is_answered_in_bytes() {
    let lab = lab().await;
    let mut stream = connect(lab.resolver()).await.expect("connected");
    let question = b"\x12\x34\x01\0\0\x01\0\0\0\0\0\0\x03odd\x04test\0\0\x01\0\x01";
    stream.write_all(&(question.len() as u16).to_be_bytes()).await.expect("written");
    stream.write_all(question).await.expect("written");
    let seen = read_all(&mut stream, 1_000, QUIET).await;
    let expected = [&b"\0\x09\x12\x34\x81\x80"[..], &question[12..]].concat();
    assert_eq!((seen.bytes, seen.end), (expected, End::Quiet));
}

fn family(lab: &Lab) -> Family {
    lab.families()[0]
}
