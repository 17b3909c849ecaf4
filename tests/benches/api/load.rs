//! Readers without pause: connections that are kept, each with one request at a time, for a bounded time.

use std::{net::SocketAddr, time::Duration};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::Instant,
};

/// So many read at the same time, where worker and constants are compared.
pub const N_READERS: usize = 16;

/// A request as it goes out, and what has to come back.
#[derive(Clone, Debug)]
pub struct Question {
    text: String,
    is_head: bool,
}

impl Question {
    pub fn new(host: SocketAddr, method: &str, path: &str, if_none_match: Option<&str>) -> Self {
        let condition = if_none_match.map_or_else(String::new, |tag| format!("If-None-Match: {tag}\r\n"));
        Self { text: format!("{method} {path} HTTP/1.1\r\nHost: {host}\r\n{condition}\r\n"), is_head: method == "HEAD" }
    }
}

/// What came back.
#[derive(Clone, Debug, Default)]
pub struct Answers {
    pub n: usize,
    pub n_304: usize,
    /// How long each took.
    pub each: Vec<Duration>,
    pub took: Duration,
}

impl Answers {
    pub fn per_second(&self) -> f64 {
        self.n as f64 / self.took.as_secs_f64()
    }

    /// Returns within which time a share of the answers came, such as 0.99 of them.
    pub fn within(&self, share: f64) -> Duration {
        let mut each = self.each.clone();
        each.sort_unstable();
        let at = (each.len() as f64 * share) as usize;
        each.get(at.min(each.len().saturating_sub(1))).copied().unwrap_or_default()
    }
}

/// Lets so many readers ask for so long, the questions shared out among them.
///
/// # Panics
/// Where an answer is not whole, or neither 200 nor 304.
pub async fn read(address: SocketAddr, questions: &[Question], n_readers: usize, length: Duration) -> Answers {
    let begun = Instant::now();
    let until = begun + length;
    let readers: Vec<_> =
        (0..n_readers).map(|i| tokio::spawn(reader(address, questions[i % questions.len()].clone(), until))).collect();
    let mut all = Answers::default();
    for reader in readers {
        let one = reader.await.expect("a reader");
        all.n += one.n;
        all.n_304 += one.n_304;
        all.each.extend(one.each);
    }
    all.took = begun.elapsed();
    all
}

async fn reader(address: SocketAddr, question: Question, until: Instant) -> Answers {
    let mut stream = TcpStream::connect(address).await.expect("a connection");
    stream.set_nodelay(true).expect("no delay");
    let mut buffer = vec![0; 256 * 1024];
    let mut answers = Answers::default();
    while Instant::now() < until {
        let asked = Instant::now();
        stream.write_all(question.text.as_bytes()).await.expect("the request is sent");
        let status = answer(&mut stream, &mut buffer, question.is_head).await;
        assert!(matches!(status, 200 | 304), "{status} for {}", question.text);
        answers.n += 1;
        answers.n_304 += usize::from(status == 304);
        answers.each.push(asked.elapsed());
    }
    answers
}

/// Reads one answer to its end; returns its status.
async fn answer(stream: &mut TcpStream, buffer: &mut [u8], is_head: bool) -> u16 {
    let mut filled = 0;
    loop {
        let n = stream.read(&mut buffer[filled..]).await.expect("the answer");
        assert!(n > 0, "the connection ended in an answer");
        filled += n;
        let Some(end) = buffer[..filled].windows(4).position(|w| w == b"\r\n\r\n") else { continue };
        let head = std::str::from_utf8(&buffer[..end]).expect("a head of ASCII").to_ascii_lowercase();
        let status = head.get(9..12).and_then(|s| s.parse().ok()).expect("a status");
        let length = head.lines().find_map(|line| line.strip_prefix("content-length:"));
        let has_body = !is_head && status != 304;
        let length: usize = if has_body { length.expect("a length").trim().parse().expect("a number") } else { 0 };
        let mut left = (end + 4 + length).checked_sub(filled).expect("one answer, and no more");
        while left > 0 {
            let n = stream.read(buffer).await.expect("the body");
            assert!(n > 0, "the connection ended in a body");
            left = left.checked_sub(n).expect("one answer, and no more");
        }
        return status;
    }
}
