//! What of a server's first flight is not encrypted.

use super::Ask;

/// RFC 8446 appendix B.1 and B.3.
const ALERT: u8 = 21;
const HANDSHAKE: u8 = 22;
const SERVER_HELLO: u8 = 2;
const CERTIFICATE: u8 = 11;
const SERVER_KEY_EXCHANGE: u8 = 12;
const SERVER_HELLO_DONE: u8 = 14;
const NAMED_CURVE: u8 = 3;
const FATAL: u8 = 2;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// The cipher suite that the server chose.
    pub suite: Option<u16>,
    pub group: Option<u16>,
    /// Whether it chose HTTP/2, as far as that is to be seen.
    pub is_h2: bool,
    /// The bytes of its certificates, where they are to be seen: TLS 1.2.
    pub certificates: Option<usize>,
    /// Its own certificate, where that is to be seen.
    pub leaf: Option<Vec<u8>>,
    /// It broke off.
    pub is_refused: bool,
    /// Nothing follows that could be read.
    is_done: bool,
}

impl Answer {
    /// Whether nothing more need be read to answer the question.
    pub fn is_complete(&self, ask: Ask) -> bool {
        self.is_done
            || self.is_refused
            || match ask {
                Ask::Size => self.certificates.is_some(),
                Ask::Choice { .. } | Ask::OurSignatures => {
                    let is_ours = |suite: u16| dualwatch_core::measure::client::suite(suite).is_none();
                    self.suite.is_some_and(|suite| !is_ours(suite))
                }
            }
    }
}

/// Reads what is there so far; what is cut off is not there yet.
pub fn read(bytes: &[u8]) -> Answer {
    let mut answer = Answer::default();
    let mut messages = Vec::new();
    let mut rest = bytes;
    while let [kind, _, _, high, low, behind @ ..] = rest {
        let length = usize::from(u16::from_be_bytes([*high, *low]));
        let (record, next) = behind.split_at(length.min(behind.len()));
        match *kind {
            HANDSHAKE => messages.extend_from_slice(record),
            ALERT if record.first() == Some(&FATAL) => answer.is_refused = answer.suite.is_none(),
            // Warnings, and what TLS 1.3 sends for the sake of others (RFC 8446 appendix D.4).
            ALERT | 20 => {}
            _ => answer.is_done = true,
        }
        rest = next;
    }
    let mut rest = &messages[..];
    while let [kind, a, b, c, behind @ ..] = rest {
        let length = usize::from(*a) << 16 | usize::from(*b) << 8 | usize::from(*c);
        if *kind == CERTIFICATE {
            answer.certificates = Some(length);
        }
        let Some((message, next)) = behind.split_at_checked(length) else { break };
        match *kind {
            SERVER_HELLO => server_hello(message, &mut answer),
            CERTIFICATE => answer.leaf = leaf(message),
            SERVER_KEY_EXCHANGE => {
                // RFC 8422 section 5.4.
                if let [NAMED_CURVE, high, low, ..] = message {
                    answer.group = Some(u16::from_be_bytes([*high, *low]));
                }
                answer.is_done = true;
            }
            SERVER_HELLO_DONE => answer.is_done = true,
            _ => {}
        }
        rest = next;
    }
    answer
}

/// RFC 5246 section 7.4.2: a list of certificates, each behind its length; the server's own is the first.
fn leaf(message: &[u8]) -> Option<Vec<u8>> {
    let [_, _, _, a, b, c, rest @ ..] = message else { return None };
    rest.get(..usize::from(*a) << 16 | usize::from(*b) << 8 | usize::from(*c)).map(<[u8]>::to_vec)
}

/// RFC 8446 section 4.1.3.
fn server_hello(message: &[u8], answer: &mut Answer) {
    let Some((session_id, rest)) = message.get(34..).and_then(|rest| rest.split_first()) else { return };
    let Some([high, low, _, _, _, extensions @ ..]) = rest.get(usize::from(*session_id)..) else {
        // Without extensions, as TLS 1.2 may be.
        if let Some([high, low, ..]) = rest.get(usize::from(*session_id)..) {
            answer.suite = Some(u16::from_be_bytes([*high, *low]));
        }
        return;
    };
    answer.suite = Some(u16::from_be_bytes([*high, *low]));
    let mut rest = extensions;
    while let [kind_high, kind_low, high, low, behind @ ..] = rest {
        let length = usize::from(u16::from_be_bytes([*high, *low]));
        let Some((body, next)) = behind.split_at_checked(length) else { return };
        match (u16::from_be_bytes([*kind_high, *kind_low]), body) {
            // The group stands first, also where another share is asked for.
            (51, [high, low, ..]) => answer.group = Some(u16::from_be_bytes([*high, *low])),
            // TLS 1.3: the rest is encrypted.
            (43, [3, 4]) => answer.is_done = true,
            (16, [_, _, 2, b'h', b'2']) => answer.is_h2 = true,
            _ => {}
        }
        rest = next;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(kind: u8, body: &[u8]) -> Vec<u8> {
        [&[kind, 3, 3][..], &u16::try_from(body.len()).unwrap().to_be_bytes(), body].concat()
    }

    fn message(kind: u8, body: &[u8]) -> Vec<u8> {
        [&[kind, 0][..], &u16::try_from(body.len()).unwrap().to_be_bytes(), body].concat()
    }

    fn server_hello(suite: u16, extensions: &[u8]) -> Vec<u8> {
        let head = [&[3, 3][..], &[7; 32], &[0], &suite.to_be_bytes(), &[0]].concat();
        let length = u16::try_from(extensions.len()).unwrap().to_be_bytes();
        message(SERVER_HELLO, &if extensions.is_empty() { head } else { [&head[..], &length, extensions].concat() })
    }

    #[test]
    fn the_choice_is_read_wherever_records_end() {
        let hello = server_hello(0xc02f, &[0, 16, 0, 5, 0, 3, 2, b'h', b'2']);
        let flight = [
            hello,
            message(CERTIFICATE, &[&[0, 2, 185, 0, 2, 182][..], &[9; 694]].concat()),
            message(SERVER_KEY_EXCHANGE, &[3, 0, 0x19, 1, 4]),
        ]
        .concat();
        for size in [1, 7, 100, 5_000] {
            let bytes: Vec<u8> = flight.chunks(size).flat_map(|part| record(HANDSHAKE, part)).collect();
            let answer = read(&bytes);
            assert_eq!((answer.suite, answer.group, answer.is_h2), (Some(0xc02f), Some(0x19), true));
            assert_eq!(
                (answer.certificates, answer.leaf.map(|leaf| leaf.len()), answer.is_done),
                (Some(700), Some(694), true)
            );
            // Cut anywhere it is less, and never something else.
            assert!((0..bytes.len()).all(|n| read(&bytes[..n]).suite.is_none_or(|suite| suite == 0xc02f)));
        }
        assert_eq!(read(&record(HANDSHAKE, &server_hello(0x2f, &[]))).suite, Some(0x2f));
    }

    #[test]
    fn a_refusal_and_a_request_for_another_share_are_read() {
        assert!(read(&record(ALERT, &[2, 40])).is_refused);
        assert!(!read(&record(ALERT, &[1, 112])).is_refused);
        let retry = read(&record(HANDSHAKE, &server_hello(0x1301, &[0, 43, 0, 2, 3, 4, 0, 51, 0, 2, 1, 0])));
        assert_eq!((retry.suite, retry.group, retry.is_done), (Some(0x1301), Some(0x100), true));
        assert!(read(b"HTTP/1.1 400 Bad Request\r\n\r\n").suite.is_none());
        assert_eq!(read(&[]), Answer::default());
    }
}
