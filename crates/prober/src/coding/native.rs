//! `br` and `zstd`, where their size does not matter.

use super::{Begun, Step, Unpack};
use brotli_decompressor::{BrotliDecompressStream, BrotliResult, BrotliState, StandardAlloc};
use ruzstd::decoding::StreamingDecoder;
use std::io::{Cursor, Read};

/// RFC 7932; windows larger than it has are refused.
pub fn brotli() -> (Box<dyn Unpack>, usize) {
    let alloc = StandardAlloc::default;
    (Box::new(Brotli(Box::new(BrotliState::new_strict(alloc(), alloc(), alloc())))), 0)
}

struct Brotli(Box<BrotliState<StandardAlloc, StandardAlloc, StandardAlloc>>);

impl Unpack for Brotli {
    fn step(&mut self, input: &[u8], output: &mut [u8]) -> Result<Step, String> {
        let (mut n_in, mut n_out, mut total) = (0, 0, 0);
        let (mut left, mut room) = (input.len(), output.len());
        let result =
            BrotliDecompressStream(&mut left, &mut n_in, input, &mut room, &mut n_out, output, &mut total, &mut self.0);
        match result {
            BrotliResult::ResultFailure => Err("it is no Brotli stream".to_owned()),
            BrotliResult::ResultSuccess => Ok(Step { n_in, n_out, is_end: true }),
            BrotliResult::NeedsMoreInput | BrotliResult::NeedsMoreOutput => Ok(Step { n_in, n_out, is_end: false }),
        }
    }
}

/// RFC 8878, the first frame. The decoder reads by itself, so it gets all of the input at once.
pub fn zstd(bytes: &[u8]) -> Begun {
    /// RFC 9659 section 3; the decoder takes that much memory.
    const MAX_WINDOW_BYTES: u64 = 8 * 1024 * 1024;
    if window_bytes(bytes).is_some_and(|window| window > MAX_WINDOW_BYTES) {
        return Err("its window is larger than 8 MiB".to_owned());
    }
    let source = Cursor::new(bytes.to_vec());
    let decoder = StreamingDecoder::new(source).map_err(|e| e.to_string())?;
    Ok((Box::new(Zstd(Box::new(decoder))), 0))
}

/// How much of the text the frame refers back to (RFC 8878 section 3.1.1.1). `None` where its header is not whole.
fn window_bytes(bytes: &[u8]) -> Option<u64> {
    const MAGIC_BYTES: usize = 4;
    let descriptor = *bytes.get(MAGIC_BYTES)?;
    let behind = bytes.get(MAGIC_BYTES + 1..)?;
    if descriptor & 0x20 == 0 {
        let window = *behind.first()?;
        let base = 1_u64 << (10 + (window >> 3));
        return Some(base + base / 8 * u64::from(window & 7));
    }
    // A single segment: the window is the whole text.
    let dictionary = [0, 1, 2, 4][usize::from(descriptor & 3)];
    let n = [1, 2, 4, 8][usize::from(descriptor >> 6)];
    let size = behind.get(dictionary..dictionary + n)?;
    Some(size.iter().rev().fold(0, |size, byte| size << 8 | u64::from(*byte)))
}

struct Zstd(Box<StreamingDecoder<Cursor<Vec<u8>>, ruzstd::decoding::FrameDecoder>>);

impl Unpack for Zstd {
    fn step(&mut self, _input: &[u8], output: &mut [u8]) -> Result<Step, String> {
        /// Blocks that give little are many.
        const AT_ONCE: usize = 1024;
        let n = output.len().min(AT_ONCE);
        match self.0.read(&mut output[..n]) {
            Ok(n_out) => Ok(Step { n_in: 0, n_out, is_end: n_out == 0 }),
            // The end is missing.
            Err(_) if self.0.get_ref().position() >= self.0.get_ref().get_ref().len() as u64 => {
                Ok(Step { n_in: 0, n_out: 0, is_end: true })
            }
            Err(error) => Err(error.to_string()),
        }
    }
}
