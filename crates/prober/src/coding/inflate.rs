//! `gzip` and `deflate`.

use super::{Begun, Step, Unpack};
use flate2::{Decompress, FlushDecompress, Status};

/// The data behind the header of the first member (RFC 1952 section 2.3). Its trailer is not looked at, nor what follows
/// it: browsers do neither.
pub fn gzip(bytes: &[u8]) -> Begun {
    const MAGIC: [u8; 3] = [0x1f, 0x8b, 8];
    let begin = &bytes[..bytes.len().min(MAGIC.len())];
    if !MAGIC.starts_with(begin) {
        return Err("it does not begin as gzip does".to_owned());
    }
    Ok((Box::new(Inflate(Decompress::new(false))), header_len(bytes).unwrap_or(bytes.len())))
}

/// `None` where the header is not whole.
fn header_len(bytes: &[u8]) -> Option<usize> {
    const FIXED: usize = 10;
    const CHECKED: u8 = 2;
    const EXTRA: u8 = 4;
    const NAME: u8 = 8;
    const COMMENT: u8 = 16;
    let flags = *bytes.get(3)?;
    let mut at = FIXED;
    if flags & EXTRA != 0 {
        at += 2 + usize::from(u16::from_le_bytes([*bytes.get(at)?, *bytes.get(at + 1)?]));
    }
    for text in [NAME, COMMENT] {
        if flags & text != 0 {
            at += bytes.get(at..)?.iter().position(|b| *b == 0)? + 1;
        }
    }
    if flags & CHECKED != 0 {
        at += 2;
    }
    (at <= bytes.len()).then_some(at)
}

/// RFC 9110 section 8.4.1.2: some servers send it without the zlib frame.
pub fn deflate(bytes: &[u8]) -> (Box<dyn Unpack>, usize) {
    (Box::new(Inflate(Decompress::new(is_zlib(bytes)))), 0)
}

/// RFC 1950 section 2.2: the method is 8, and both bytes together are a multiple of 31.
fn is_zlib(bytes: &[u8]) -> bool {
    matches!(bytes, [cmf, flg, ..] if cmf & 0x0f == 8 && (u16::from(*cmf) << 8 | u16::from(*flg)) % 31 == 0)
}

struct Inflate(Decompress);

impl Unpack for Inflate {
    fn step(&mut self, input: &[u8], output: &mut [u8]) -> Result<Step, String> {
        let before = (self.0.total_in(), self.0.total_out());
        let status = self.0.decompress(input, output, FlushDecompress::None).map_err(|e| e.to_string())?;
        Ok(Step {
            n_in: (self.0.total_in() - before.0) as usize,
            n_out: (self.0.total_out() - before.1) as usize,
            is_end: status == Status::StreamEnd,
        })
    }
}
