//! Misbehaves in the HTTP exchange, byte by byte.

mod cookies;

use super::packed;
use super::wire::{Wire, hold, read_until};
use crate::words::Http;
use flate2::{Compress, Compression, Crc, FlushCompress, Status};
use std::{io, time::Duration};
use tokio::io::AsyncWriteExt;

/// No request head is longer (many servers' own limit).
pub const MAX_REQUEST_HEAD: usize = 16 * 1024;
const MEBIBYTE: usize = 1 << 20;
/// How many mebibytes of zeros a bomb unpacks to.
const N_BOMB_MEBIBYTES: u32 = 1024;
/// RFC 9113 section 4.1: SETTINGS (type 4, empty) and GOAWAY (type 7, last stream 0, `PROTOCOL_ERROR`), as HTTP/2
/// servers answer what is not their preface.
const HTTP2_FRAMES: [u8; 26] = [0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 8, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1];

/// Answers one request as scripted.
pub async fn serve(mut stream: impl Wire, http: Http) -> io::Result<()> {
    let head = read_until(&mut stream, MAX_REQUEST_HEAD, |bytes| bytes.windows(4).any(|w| w == b"\r\n\r\n")).await?;
    if head.is_empty() {
        return Ok(());
    }
    let request = if http == Http::Mirror { whole_request(&mut stream, head).await? } else { head };
    match script(http, &request) {
        Script::Send { bytes, then } => {
            stream.write_all(&bytes).await?;
            stream.flush().await?;
            match then {
                Then::Hold => hold(&mut stream).await,
                Then::Close => {
                    stream.shutdown().await?;
                    // Let the client close: closing with unread input would send RST after the FIN.
                    hold(&mut stream).await
                }
                Then::Reset => {
                    if !bytes.is_empty() {
                        // RST discards what the client has not read yet; give it a moment to read.
                        tokio::time::sleep(Duration::from_millis(20)).await;
                    }
                    stream.reset_on_drop();
                    Ok(())
                }
            }
        }
        Script::ForEver { first, again } => {
            stream.write_all(&first).await?;
            loop {
                stream.write_all(&again).await?;
            }
        }
        Script::Drip(bytes) => {
            for byte in bytes {
                stream.write_all(&[byte]).await?;
                stream.flush().await?;
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
            stream.shutdown().await
        }
        Script::Bomb => bomb(&mut stream).await,
    }
}

/// Reads what is missing of the body that Content-Length announces.
async fn whole_request(stream: &mut impl Wire, mut request: Vec<u8>) -> io::Result<Vec<u8>> {
    let text = String::from_utf8_lossy(&request).to_ascii_lowercase();
    let length: usize = text
        .lines()
        .find_map(|line| line.strip_prefix("content-length:"))
        .and_then(|length| length.trim().parse().ok())
        .unwrap_or(0);
    let end_of_head = text.find("\r\n\r\n").map_or(request.len(), |at| at + 4);
    let missing = (end_of_head + length).saturating_sub(request.len());
    request.extend(read_until(stream, missing.min(MAX_REQUEST_HEAD), |_| false).await?);
    Ok(request)
}

enum Script {
    Send { bytes: Vec<u8>, then: Then },
    ForEver { first: Vec<u8>, again: Vec<u8> },
    Drip(Vec<u8>),
    Bomb,
}

#[derive(Clone, Copy)]
enum Then {
    Hold,
    Close,
    Reset,
}

/// Returns what to send for a request.
fn script(http: Http, request: &[u8]) -> Script {
    use Then::{Close, Hold, Reset};
    const OK: &str = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n";
    let send = |text: String, then| Script::Send { bytes: text.into_bytes(), then };
    let long = "x".repeat(8 * 1024);
    match http {
        Http::Answer => send(format!("{OK}Content-Length: 3\r\n\r\nok\n"), Close),
        Http::RedirectLoop => {
            let path = request.split(|b| *b == b' ').nth(1).unwrap_or(b"/");
            let to = if path == b"/loop" { "/" } else { "/loop" };
            send(
                format!("HTTP/1.1 302 Found\r\nLocation: {to}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"),
                Close,
            )
        }
        Http::WantsCookie | Http::CookieWithoutEnd | Http::ForeignCookie => send(cookies::answer(http, request), Close),
        Http::GetOnly if request.starts_with(b"GET ") => send(format!("{OK}Content-Length: 3\r\n\r\nok\n"), Close),
        Http::GetOnly => send(
            "HTTP/1.1 405 Method Not Allowed\r\nAllow: GET\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                .to_owned(),
            Close,
        ),
        Http::Silent => send(String::new(), Hold),
        Http::SilentToGet if request.starts_with(b"HEAD ") => {
            send(format!("{OK}Content-Length: 20000\r\nConnection: close\r\n\r\n"), Close)
        }
        Http::SilentToGet => send(String::new(), Hold),
        Http::SilentAfterHeaders => send(format!("{OK}Content-Length: 1000\r\n\r\n"), Hold),
        Http::OneByteASecond => Script::Drip(format!("{OK}Content-Length: 3\r\n\r\nok\n").into_bytes()),
        Http::CloseBeforeAnswer => send(String::new(), Close),
        Http::ResetBeforeAnswer => send(String::new(), Reset),
        Http::CloseInHeaders => send(format!("{OK}Content-Len"), Close),
        Http::CloseInBody => send(format!("{OK}Content-Length: 1000\r\n\r\n0123456789"), Close),
        Http::ResetInBody => send(format!("{OK}Content-Length: 1000\r\n\r\n0123456789"), Reset),
        Http::CloseInChunks => send(format!("{OK}Transfer-Encoding: chunked\r\n\r\na\r\n0123456789\r\n"), Close),
        Http::BrokenChunking => {
            send(format!("{OK}Transfer-Encoding: chunked\r\n\r\na\r\n0123456789\r\nmany\r\nbytes\r\n"), Close)
        }
        Http::ConflictingLengths => send(format!("{OK}Content-Length: 3\r\nContent-Length: 30\r\n\r\nok\n"), Close),
        Http::LengthNotANumber => send(format!("{OK}Content-Length: many\r\n\r\nok\n"), Close),
        Http::LengthTooSmall => {
            send(format!("{OK}Connection: close\r\nContent-Length: 4\r\n\r\n{}", "0123456789abcdef".repeat(4)), Close)
        }
        Http::MalformedStatusLine => send("HTTP/1.1 OK\r\nContent-Length: 3\r\n\r\nok\n".to_owned(), Close),
        Http::NotHttp => send("220 mail.example ESMTP ready\r\n".to_owned(), Close),
        Http::Http2 => Script::Send { bytes: HTTP2_FRAMES.to_vec(), then: Close },
        Http::EndlessHeaders => {
            let again = format!("X-Endless: {long}\r\n").into_bytes();
            Script::ForEver { first: OK.to_owned().into_bytes(), again }
        }
        Http::EndlessEarlyHints => {
            let hint = "HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n".repeat(100);
            Script::ForEver { first: Vec::new(), again: hint.into_bytes() }
        }
        // RFC 9112 section 6.3: without a length the body ends with the connection, which never ends.
        Http::EndlessBody => {
            Script::ForEver { first: format!("{OK}Connection: close\r\n\r\n").into_bytes(), again: long.into_bytes() }
        }
        Http::EndlessChunks => Script::ForEver {
            first: format!("{OK}Transfer-Encoding: chunked\r\n\r\n").into_bytes(),
            again: format!("{:x}\r\n{long}\r\n", long.len()).into_bytes(),
        },
        Http::Mirror => {
            let head = format!("{OK}Content-Length: {}\r\n\r\n", request.len());
            Script::Send { bytes: [head.as_bytes(), request].concat(), then: Close }
        }
        Http::GzipBomb => Script::Bomb,
        Http::Gzip | Http::GzipTwice | Http::GzipNothing | Http::Brotli | Http::Zstandard => {
            Script::Send { bytes: packed::answer(http).unwrap_or_default(), then: Close }
        }
    }
}

async fn bomb(stream: &mut impl Wire) -> io::Result<()> {
    let Bomb { header, piece, trailer } = Bomb::of_mebibytes(N_BOMB_MEBIBYTES)?;
    let length = header.len() + piece.len() * N_BOMB_MEBIBYTES as usize + trailer.len();
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Encoding: gzip\r\nContent-Length: {length}\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(&header).await?;
    for _ in 0..N_BOMB_MEBIBYTES {
        stream.write_all(&piece).await?;
    }
    stream.write_all(&trailer).await?;
    stream.shutdown().await?;
    hold(stream).await
}

/// A whole gzip file (RFC 1952) of zeros: the header, one compressed mebibyte that is repeated, the trailer.
struct Bomb {
    header: [u8; 10],
    piece: Vec<u8>,
    trailer: Vec<u8>,
}

impl Bomb {
    fn of_mebibytes(n: u32) -> io::Result<Self> {
        /// RFC 1951 section 3.2.6: an empty last block of fixed codes.
        const LAST_BLOCK: [u8; 2] = [3, 0];
        let zeros = vec![0; MEBIBYTE];
        // A full flush ends on a byte and forgets all that came before, so the piece can be repeated.
        let mut piece = Vec::with_capacity(MEBIBYTE);
        let status = Compress::new(Compression::best(), false).compress_vec(&zeros, &mut piece, FlushCompress::Full)?;
        debug_assert!(matches!(status, Status::Ok));
        let (mut one, mut all) = (Crc::new(), Crc::new());
        one.update(&zeros);
        for _ in 0..n {
            all.combine(&one);
        }
        let trailer = [&LAST_BLOCK[..], &all.sum().to_le_bytes(), &all.amount().to_le_bytes()].concat();
        Ok(Self { header: [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255], piece, trailer })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    #[test]
    fn a_bomb_is_a_whole_gzip_file() {
        let Bomb { header, piece, trailer } = Bomb::of_mebibytes(3).unwrap();
        let file = [&header[..], &piece.repeat(3), &trailer].concat();
        let mut out = Vec::new();
        // The decoder checks the length and the checksum of the trailer.
        flate2::read::GzDecoder::new(&*file).read_to_end(&mut out).unwrap();
        assert_eq!((out.len(), out.iter().all(|byte| *byte == 0)), (3 * MEBIBYTE, true));
        assert!(piece.len() < 2048, "{}", piece.len());
    }
}
