//! Writes the table of all behaviours, which `BEHAVIOURS.md` is.

use crate::words::{Connect, Dns, Doh, Http, Tcp, Tls, WebSocket, World};
use dualwatch_core::measure::cause::Cause;
use std::fmt::Write;

/// Returns the text of `BEHAVIOURS.md`: every word with its sentence and its cause.
pub fn behaviours_markdown() -> String {
    let mut out = "# Behaviours of the fault lab\n\n\
        Written by `dualwatch-lab behaviours`. The cause is the one that an exact prober reports where it expects a \
        good answer; \u{2014} stands for none.\n"
        .to_owned();
    macro_rules! section {
        ($words:ident, $title:literal, $how:literal) => {
            let rows = $words::ALL.iter().map(|w| (w.word(), w.says(), w.cause()));
            table(&mut out, $title, $how, rows);
        };
    }
    section!(Dns, "Resolve", "`[name.\"x.test\"]` with `answer = WORD` for every type, or `a = WORD`, `aaaa = WORD`.");
    section!(Doh, "DNS over HTTPS", "The path of the resolver's URL: `/dns-query` or `/dns-query/WORD`.");
    section!(Connect, "Connect", "`connect = WORD`");
    section!(Tls, "Handshake", "`tls = WORD`, and `tls_delay_ms = N` to wait after ClientHello.");
    section!(Http, "Exchange", "`http = WORD`");
    section!(Tcp, "Other than HTTP", "`tcp = WORD`");
    section!(
        WebSocket,
        "WebSocket",
        "`web_socket = WORD`; whoever asks for none gets 426. The cause is that of a client that expects its message back."
    );
    section!(
        World,
        "Networks",
        "`dualwatch-lab world WORD --over ipv4|ipv6 SCRIPT --dir DIR -- COMMAND`, in network namespaces (Linux)."
    );
    out + FIELDS
}

fn table(
    out: &mut String,
    title: &str,
    how: &str,
    rows: impl Iterator<Item = (&'static str, &'static str, Option<Cause>)>,
) {
    let _ = write!(out, "\n## {title}\n\n{how}\n\n| word | what the server does | cause |\n|---|---|---|\n");
    for (word, says, cause) in rows {
        let cause = cause.map_or_else(|| "\u{2014}".to_owned(), |cause| format!("`{cause}`"));
        let _ = writeln!(out, "| `{word}` | {says} | {cause} |");
    }
}

const FIELDS: &str = r#"
## Answers and names in detail

| key of a behaviour | meaning |
|---|---|
| `status = 503` | The status of the answer (default 200). |
| `body = "text"` | The body (default: a line that names the service and the family). |
| `headers = { name = "value" }` | Headers of the answer, added or replaced. |
| `delay_ms = 800` | Wait before the answer. |
| `redirects = 3` | So many redirects on the service itself before the answer. |
| `redirect_to = "http://[::1]:{port:other}/"` | The answer redirects there; `{port:KEY}` is the port of a service. |
| `greeting = "text"` | What `tcp = "greet"` and `web_socket = "greet"` send. |

| `tls_record_bytes = 1`, `tls_piece_bytes = 1` | Bytes of a record of the handshake that is not encrypted; of a write below TLS. |

`play` is a server of bytes, inside of TLS if there is any: `{ hears = WORD, says = [...], ends = WORD }`.

| key of a play | meaning |
|---|---|
| `hears = "request"` | Waits for the head of a request (the default); `"client_hello"`: for a record of TLS; `"nothing"`: speaks first. |
| `says = ["text", { hex = "16 0303" }]` | What it sends, one after the other: a text, or a table with `text` or `hex`. |
| `times = 3`, `for_ever = true` | How often. |
| `piece = 1`, `pause_ms = 100` | Bytes that are sent at once; the wait behind each of these pieces. |
| `gzip = 2` | How often the bytes are compressed. |
| `record = 22` | Sent as an encrypted record of TLS 1.3 of this type; behind it come only others. |
| `new_keys = true` | Followed by a change of the keys of TLS 1.3. |
| `ends = "close"` | Closes (the default); `"cut"`: below TLS, without a word; `"reset"`; `"hold"`. |

In a text and in hex stand in braces: `{64000*x}`, a part again and again; `{i}` and `{next}`, the number of the time (in hex two
bytes); `{ok}`, the head of a good answer; `{path}` and `{accept}` of the request, `{session_id}` of `ClientHello`.

| key of a name | meaning |
|---|---|
| `a = ["127.0.0.1"]`, `aaaa = ["::1"]` | Its addresses, in this order; left out: NODATA. |
| `cname = "other.test"` | An alias; chains and loops are made of several. |
| `ttl_s = 60`, `delay_ms = 300` | The time to live; how long the server waits before it answers. |
| `reply = { says = [{ hex = "{id} 8180" }] }` | The bytes of the answer, as a play says them; `{id}`, `{question}`, `{type}`, and `{address}` (a loopback address of that type, with its length before it). |
| `length = 65535`, `piece = 1`, `pause_ms = 100` | Of a `reply` over TCP: the length that is said, the bytes that are sent at once, the wait behind them. |

| key of a service | meaning |
|---|---|
| `both = {}`, `ipv4 = {}`, `ipv6 = {}` | The behaviour; a family's own replaces `both` as a whole. |
| `ipv6 = [{ seconds = 40, behaviour = {} }, ...]` | Behaviours in turn, repeating by the wall clock. |
| `names = ["web.test"]` | The names in its certificates (default: `localhost`, `127.0.0.1`, `::1`). |
| `port = 8080` | A fixed port (default: a free one), the same over both families. |
| `control = true` | A destination by which a vantage proves its families. |

`[listen]` with `ipv4` and `ipv6` moves the whole lab to other addresses than loopback.
"#;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_is_the_table() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/BEHAVIOURS.md");
        let file = std::fs::read_to_string(path).unwrap_or_default();
        assert!(
            file == behaviours_markdown(),
            "write it with `dualwatch-lab behaviours > crates/simnet/BEHAVIOURS.md`"
        );
    }
}
