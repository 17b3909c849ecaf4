//! Answers as clients take them. hyper is stricter than the clients that people have; what all of them read, or what browsers
//! read and curl does not, is put right before hyper sees it. Anything else is passed on as it came, for hyper to judge.
//!
//! | what a server sends (`tests/suites/odd.toml` says what each client makes of it) | here |
//! |---|---|
//! | up to four bytes of something else before `HTTP/` | left out |
//! | `http/1.1`, `HTTP/2 200` in an answer of HTTP/1.1, two spaces before the status | `HTTP/1.1 200` |
//! | HTTP/1.0 with chunks, whose framing is at fault by RFC 9112 section 6.1 | read as chunks |
//! | a CR alone within a line | a space, as RFC 9112 section 2.2 allows |
//! | `Content-Length: +3`; `Content-Length:` | `3`; none |
//! | lines of chunks that end with LF alone | with CRLF |
//! | TLS that ends without saying so | the end of the connection; what has a length and falls short of it is still cut |

use crate::exchange::MAX_HEAD_BYTES;
use std::{
    io,
    pin::Pin,
    task::{Context, Poll, ready},
};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// Chromium and Firefox pass over so many bytes in search of the status line.
const MAX_BEFORE: usize = 4;
const PROTOCOL: &[u8] = b"http/";
/// What is read at once where it is looked at.
const PIECE_BYTES: usize = 8 * 1024;

/// A stream of answers to one request after another's end; it is asked for one only.
#[derive(Debug)]
pub struct Mended<S> {
    stream: S,
    reader: Reader,
    /// What is mended, and how much of it is read.
    ready: Vec<u8>,
    n_read: usize,
}

impl<S> Mended<S> {
    pub fn new(stream: S) -> Self {
        Self { stream, reader: Reader::default(), ready: Vec::new(), n_read: 0 }
    }

    /// Returns the stream, and what was taken from it and not read: for a protocol that begins behind an answer.
    pub fn into_parts(mut self) -> (S, Vec<u8>) {
        let unread = self.ready.split_off(self.n_read);
        (self.stream, unread)
    }
}

impl<S: AsyncRead + Unpin> Mended<S> {
    /// As the stream reads; the end of TLS without a word is the end.
    fn read(&mut self, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        match ready!(Pin::new(&mut self.stream).poll_read(cx, buf)) {
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Poll::Ready(Ok(())),
            read => Poll::Ready(read),
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Mended<S> {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        loop {
            let ready = &this.ready[this.n_read..];
            if !ready.is_empty() {
                let n = ready.len().min(buf.remaining());
                buf.put_slice(&ready[..n]);
                this.n_read += n;
                return Poll::Ready(Ok(()));
            }
            this.ready.clear();
            this.n_read = 0;
            if this.reader.at == At::Rest {
                return this.read(cx, buf);
            }
            let mut piece = [0; PIECE_BYTES];
            let mut piece = ReadBuf::new(&mut piece);
            ready!(this.read(cx, &mut piece))?;
            if piece.filled().is_empty() {
                this.reader.end(&mut this.ready);
                if this.ready.is_empty() {
                    return Poll::Ready(Ok(()));
                }
            }
            this.reader.take(piece.filled(), &mut this.ready);
        }
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Mended<S> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().stream).poll_write(cx, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(cx)
    }
}

/// What the next byte belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum At {
    Status,
    Head,
    /// The line of a chunk's size: what it says so far, and whether digits may still follow.
    Size(Option<u64>, bool),
    Chunk(u64),
    BehindChunk,
    /// Whether the line has anything in it.
    Trailer(bool),
    /// Whatever is passed on as it is.
    Rest,
}

#[derive(Debug)]
struct Reader {
    at: At,
    /// What came of a line of the head, and a few bytes before the first one.
    line: Vec<u8>,
    is_interim: bool,
    is_chunked: bool,
    /// The last byte of a line around chunks was CR.
    is_behind_cr: bool,
}

impl Default for Reader {
    fn default() -> Self {
        Self { at: At::Status, line: Vec::new(), is_interim: false, is_chunked: false, is_behind_cr: false }
    }
}

impl Reader {
    /// Takes what came, and gives what hyper is to read.
    fn take(&mut self, mut bytes: &[u8], out: &mut Vec<u8>) {
        while let Some(&byte) = bytes.first() {
            let n = match self.at {
                At::Rest => {
                    out.extend_from_slice(bytes);
                    bytes.len()
                }
                At::Status | At::Head => self.take_line(bytes, out),
                At::Chunk(left) => {
                    let n = usize::try_from(left).unwrap_or(usize::MAX).min(bytes.len());
                    out.extend_from_slice(&bytes[..n]);
                    self.at = if left == n as u64 { At::BehindChunk } else { At::Chunk(left - n as u64) };
                    n
                }
                At::Size(..) | At::BehindChunk | At::Trailer(_) => {
                    if byte == b'\n' && !self.is_behind_cr {
                        out.push(b'\r');
                    }
                    out.push(byte);
                    self.at = self.behind(byte);
                    self.is_behind_cr = byte == b'\r';
                    1
                }
            };
            bytes = &bytes[n..];
        }
    }

    /// Nothing follows any more: what is left of a line is passed on.
    fn end(&mut self, out: &mut Vec<u8>) {
        out.append(&mut self.line);
        self.at = At::Rest;
    }

    /// Returns where one byte around chunks leads to.
    fn behind(&self, byte: u8) -> At {
        match (self.at, byte) {
            (At::Size(Some(0), _), b'\n') => At::Trailer(false),
            (At::Size(Some(n), _), b'\n') => At::Chunk(n),
            (At::Size(size, true), byte) if byte.is_ascii_hexdigit() => {
                let digit = char::from(byte).to_digit(16).map_or(0, u64::from);
                let size = size.unwrap_or(0).checked_mul(16).map(|size| size + digit);
                if size.is_some() { At::Size(size, true) } else { At::Rest }
            }
            (At::Size(Some(n), _), _) => At::Size(Some(n), false),
            (At::BehindChunk, b'\n') => At::Size(None, true),
            (At::BehindChunk, b'\r') if !self.is_behind_cr => At::BehindChunk,
            (At::Trailer(true), b'\n') => At::Trailer(false),
            (At::Trailer(is_begun), b'\r') => At::Trailer(is_begun),
            (At::Trailer(_), byte) if byte != b'\n' => At::Trailer(true),
            // The end, or nothing that could be mended.
            _ => At::Rest,
        }
    }

    /// Takes up to the end of a line; returns how much that was.
    fn take_line(&mut self, bytes: &[u8], out: &mut Vec<u8>) -> usize {
        let end = bytes.iter().position(|byte| *byte == b'\n');
        let n = end.map_or(bytes.len(), |end| end + 1);
        self.line.extend_from_slice(&bytes[..n]);
        let is_nothing_yet = self.at == At::Status && start(&self.line).is_none();
        let is_blank = matches!(&*self.line, b"\n" | b"\r\n");
        let is_hopeless =
            self.line.len() > MAX_HEAD_BYTES || is_nothing_yet && self.line.len() >= MAX_BEFORE + PROTOCOL.len();
        if is_nothing_yet && !is_blank && self.line.len() <= MAX_BEFORE {
            return n;
        }
        if end.is_some() {
            let line = std::mem::take(&mut self.line);
            let length = line.len() - if line.ends_with(b"\r\n") { 2 } else { 1 };
            let (text, line_end) = line.split_at(length);
            if self.at == At::Status { self.status(text, line_end, out) } else { self.header(text, line_end, out) }
        } else if is_hopeless {
            self.end(out);
        }
        n
    }

    fn status(&mut self, text: &[u8], line_end: &[u8], out: &mut Vec<u8>) {
        // hyper passes over empty lines.
        if text.is_empty() {
            return out.extend_from_slice(line_end);
        }
        if let Some(status) = start(text).and_then(|at| status_of(&text[at + PROTOCOL.len()..])) {
            out.extend_from_slice(b"HTTP/1.1 ");
            push_without_cr(status, out);
            out.extend_from_slice(line_end);
            self.is_interim = status.starts_with(b"1") && !status.starts_with(b"101");
            self.is_chunked = false;
            self.at = At::Head;
        } else {
            out.extend_from_slice(text);
            out.extend_from_slice(line_end);
            self.at = At::Rest;
        }
    }

    fn header(&mut self, text: &[u8], line_end: &[u8], out: &mut Vec<u8>) {
        if text.is_empty() {
            out.extend_from_slice(line_end);
            self.at = match (self.is_interim, self.is_chunked) {
                (true, _) => At::Status,
                (false, true) => At::Size(None, true),
                (false, false) => At::Rest,
            };
            return;
        }
        if let Some(colon) = text.iter().position(|byte| *byte == b':') {
            let (name, value) = (text[..colon].trim_ascii(), text[colon + 1..].trim_ascii());
            if name.eq_ignore_ascii_case(b"transfer-encoding") {
                let last = value.rsplit(|byte| *byte == b',').next().unwrap_or(value);
                self.is_chunked = last.trim_ascii().eq_ignore_ascii_case(b"chunked");
            }
            if name.eq_ignore_ascii_case(b"content-length") && (value.is_empty() || value.starts_with(b"+")) {
                if let Some(length) = value.strip_prefix(b"+").filter(|length| length.iter().all(u8::is_ascii_digit)) {
                    out.extend_from_slice(b"Content-Length: ");
                    out.extend_from_slice(length);
                    out.extend_from_slice(line_end);
                    return;
                }
                if value.is_empty() {
                    return;
                }
            }
        }
        push_without_cr(text, out);
        out.extend_from_slice(line_end);
    }
}

/// Returns where the protocol is named, within what may be passed over.
fn start(line: &[u8]) -> Option<usize> {
    (0..=MAX_BEFORE)
        .find(|at| line.get(*at..at + PROTOCOL.len()).is_some_and(|protocol| protocol.eq_ignore_ascii_case(PROTOCOL)))
}

/// Returns what stands behind a version that browsers know (they are the same for all of them), and the spaces behind that.
fn status_of(behind_protocol: &[u8]) -> Option<&[u8]> {
    let n = behind_protocol.iter().position(|byte| *byte == b' ')?;
    let is_version = matches!(behind_protocol[..n], [b'1'..=b'3'] | [b'1'..=b'3', b'.', b'0'..=b'9']);
    let status = behind_protocol[n..].trim_ascii_start();
    (is_version && status.first().is_some_and(u8::is_ascii_digit)).then_some(status)
}

fn push_without_cr(text: &[u8], out: &mut Vec<u8>) {
    out.extend(text.iter().map(|byte| if *byte == b'\r' { b' ' } else { *byte }));
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::AsyncReadExt as _;

    /// What comes out, read in pieces of each of these sizes, is always the same.
    fn check(said: &str, expected: &str) {
        for piece in [1, 2, 3, 7, said.len().max(1)] {
            let (mut reader, mut out) = (Reader::default(), Vec::new());
            said.as_bytes().chunks(piece).for_each(|bytes| reader.take(bytes, &mut out));
            reader.end(&mut out);
            assert_eq!(String::from_utf8_lossy(&out), expected, "{said:?} in pieces of {piece}");
        }
    }

    fn is_kept(said: &str) {
        check(said, said);
    }

    #[test]
    fn status_lines() {
        is_kept("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nok\n");
        is_kept("\r\n\r\nHTTP/1.1 200\r\n\r\n");
        for odd in ["http/1.1 200 OK", "HTTP/1.0 200 OK", "HTTP/1.1   200 OK", "HTTP/2 200 OK", "HTTP/2.0 200 OK"] {
            check(&format!("{odd}\n\nok"), "HTTP/1.1 200 OK\n\nok");
        }
        for before in [" ", "abc\n", "abcd", "\u{feff}"] {
            check(&format!("{before}HTTP/1.1 200 OK\r\n\r\n"), "HTTP/1.1 200 OK\r\n\r\n");
        }
        for other in [
            "",
            "H",
            "ok\n",
            "ok\nok\n",
            "HTTP",
            "HTTP/1.1",
            "HTTP/9.9 200 OK\r\n\r\n",
            "abcdeHTTP/1.1 200 OK\r\n\r\n",
            "220 mail.example\r\n",
            "HTTP/x 200 OK\r\n",
        ] {
            is_kept(other);
        }
        is_kept("HTTP/1.1 OK\r\n\r\n");
        is_kept("HTTP 200 OK\r\nA: b\r\n\r\n");
        is_kept("ICY 200 OK\r\n\r\n");
        is_kept(&"\0".repeat(100));
    }

    #[test]
    fn headers() {
        let head = |headers: &str| format!("HTTP/1.1 200 OK\r\n{headers}\r\n\r\nok\rok\n");
        check(&head("A: b\rc\rd"), &head("A: b c d"));
        check(&head("content-length : +3"), &head("Content-Length: 3"));
        check(&head("A: b\r\nContent-Length: \t"), &head("A: b"));
        for kept in
            ["A: b\r\n c\r\nD : e", "Content-Length: -3", "Content-Length: +x", "Content-Length: ++3", "no colon"]
        {
            is_kept(&head(kept));
        }
        let long = "x".repeat(MAX_HEAD_BYTES + 10);
        is_kept(&format!("HTTP/1.1 200 {long}\r\n\r\n"));
    }

    #[test]
    fn chunks() {
        let chunked = |rest: &str| format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, Chunked \r\n\r\n{rest}");
        let whole = "3;a=\"b\"\r\nok\n\r\nA \r\n0123456789\r\n0\r\nX: y\r\n\r\n";
        is_kept(&chunked(whole));
        is_kept(&chunked(&format!("{whole}\n\nmore\n")));
        check(
            &chunked("3\nok\n\n0a;x\n012345678\n\n00\nX: y\n\n\n"),
            &chunked("3\r\nok\n\r\n0a;x\r\n012345678\n\r\n00\r\nX: y\r\n\r\n\n"),
        );
        check(&chunked("\nok\n"), &chunked("\r\nok\n"));
        for broken in ["-5\nhello\n", "fffffffffffffffff\nx\n", "3\r\nokokok\n"] {
            is_kept(&chunked(broken));
        }
        // The lines of a body without chunks are its own.
        is_kept("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, gzip\r\n\r\n3\nok\n\n");
    }

    #[test]
    fn answers_behind_interim_ones() {
        let early = "HTTP/1.1 103 Early Hints\r\nTransfer-Encoding: chunked\r\n\r\n";
        check(&format!("{early}http/1.1 200 OK\r\n\r\n3\nok\n"), &format!("{early}HTTP/1.1 200 OK\r\n\r\n3\nok\n"));
        is_kept("HTTP/1.1 101 Switching Protocols\r\n\r\nhttp/1.1 200 OK\r\n\r\n");
    }

    /// TLS that was cut off.
    struct Cut<'a>(&'a [u8]);

    impl AsyncRead for Cut<'_> {
        fn poll_read(mut self: Pin<&mut Self>, _: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
            if self.0.is_empty() {
                return Poll::Ready(Err(io::ErrorKind::UnexpectedEof.into()));
            }
            let n = self.0.len().min(buf.remaining()).min(5);
            buf.put_slice(&self.0[..n]);
            self.0 = &self.0[n..];
            Poll::Ready(Ok(()))
        }
    }

    #[tokio::test]
    async fn what_was_not_read_is_not_lost() {
        const HEAD: &str = "HTTP/1.1 101 Switching Protocols\r\n\r\n";
        let all = format!("{HEAD}first frame");
        let mut mended = Mended::new(all.as_bytes());
        let mut head = [0; HEAD.len()];
        mended.read_exact(&mut head).await.unwrap();
        let (left, unread) = mended.into_parts();
        assert_eq!((&head[..], &*unread, left), (HEAD.as_bytes(), &b"first frame"[..], &b""[..]));
    }

    #[tokio::test]
    async fn the_end_of_tls_is_the_end() {
        for said in ["HTTP/1.0 200 OK\r\n\r\nok\n", "HTTP/1.1 2", ""] {
            let mut read = String::new();
            Mended::new(Cut(said.as_bytes())).read_to_string(&mut read).await.unwrap();
            assert_eq!(read, said.replace("1.0", "1.1"));
        }
    }
}
