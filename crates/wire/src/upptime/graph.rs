//! The graphs of Upptime's pages: a PNG of how long answers took, without letters or axes, which lies behind a site's name.
//!
//! The file is written by hand: four colours, not packed (RFC 1951, section 3.2.4), which is what a line needs.

/// Upptime's graphs have three halves of this ratio; these are drawn behind a line of text.
const WIDTH: usize = 600;
const HEIGHT: usize = 200;
/// Four pixels in a byte, behind the byte that names the filter of a line.
const LINE_BYTES: usize = 1 + WIDTH / 4;

/// Transparent, the ground below the line, the line, and where nothing was observed.
const PALETTE: [u8; 12] = [0xff, 0xff, 0xff, 0x89, 0xe0, 0xcf, 0x1a, 0xbc, 0x9c, 0xd0, 0xd7, 0xde];
const OPACITY: [u8; 4] = [0, 255, 255, 255];

/// Returns the file for values of equal distance in time, the oldest first; `None`: nothing was observed then.
pub fn png(values: &[Option<f64>]) -> Vec<u8> {
    let most = values.iter().flatten().copied().fold(0.0, f64::max).max(1.0);
    let mut pixels = vec![0_u8; LINE_BYTES * HEIGHT];
    let mut set = |x: usize, y: usize, color: u8| pixels[y * LINE_BYTES + 1 + x / 4] |= color << (6 - 2 * (x % 4));
    for x in 0..WIDTH {
        let value = values.get(x * values.len() / WIDTH).copied().flatten();
        match value {
            // One line of pixels at the bottom: a gap is drawn as a gap.
            None => set(x, HEIGHT - 1, 3),
            Some(value) => {
                let share = (value / most).clamp(0.0, 1.0);
                let top = HEIGHT - 1 - ((HEIGHT - 4) as f64 * share) as usize;
                for y in top..HEIGHT {
                    set(x, y, if y < top + 3 { 2 } else { 1 });
                }
            }
        }
    }
    let mut file = vec![0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n'];
    let mut head = Vec::new();
    head.extend((WIDTH as u32).to_be_bytes());
    head.extend((HEIGHT as u32).to_be_bytes());
    // Two bits, palette; deflate, filters of each line, not interlaced.
    head.extend([2, 3, 0, 0, 0]);
    chunk(&mut file, *b"IHDR", &head);
    chunk(&mut file, *b"PLTE", &PALETTE);
    chunk(&mut file, *b"tRNS", &OPACITY);
    chunk(&mut file, *b"IDAT", &zlib(&pixels));
    chunk(&mut file, *b"IEND", &[]);
    file
}

fn chunk(file: &mut Vec<u8>, kind: [u8; 4], data: &[u8]) {
    file.extend((data.len() as u32).to_be_bytes());
    let from = file.len();
    file.extend(kind);
    file.extend(data);
    let sum = crc32(&file[from..]);
    file.extend(sum.to_be_bytes());
}

/// RFC 1950, of blocks that are stored as they are.
fn zlib(data: &[u8]) -> Vec<u8> {
    const MOST: usize = 0xffff;
    let mut packed = vec![0x78, 0x01];
    let n = data.len().div_ceil(MOST);
    for (i, block) in data.chunks(MOST).enumerate() {
        let length = block.len() as u16;
        packed.push(u8::from(i + 1 == n));
        packed.extend(length.to_le_bytes());
        packed.extend((!length).to_le_bytes());
        packed.extend(block);
    }
    let (a, b) = data.iter().fold((1_u32, 0_u32), |(a, b), byte| {
        let a = (a + u32::from(*byte)) % 65_521;
        (a, (b + a) % 65_521)
    });
    packed.extend(((b << 16) | a).to_be_bytes());
    packed
}

/// PNG, annex D.
fn crc32(data: &[u8]) -> u32 {
    !data.iter().fold(!0_u32, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| if sum & 1 == 1 { (sum >> 1) ^ 0xedb8_8320 } else { sum >> 1 })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_are_those_of_the_standards() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
        assert_eq!(crc32(b"IEND"), 0xae42_6082);
        assert_eq!(zlib(b"Wikipedia")[zlib(b"Wikipedia").len() - 4..], 0x11e6_0398_u32.to_be_bytes());
    }

    /// More than one stored block, and browsers decode it: `tests/browser/badges.test.mjs`.
    #[test]
    fn a_gap_is_no_zero() {
        let with_gap = png(&[Some(10.0), None, Some(20.0)]);
        assert_eq!(&with_gap[..8], b"\x89PNG\r\n\x1a\n");
        assert_ne!(with_gap, png(&[Some(10.0), Some(0.0), Some(20.0)]));
        assert_eq!(png(&[]), png(&[None]), "nothing known is a gap");
        assert!(png(&[Some(f64::MAX), Some(-1.0), Some(f64::NAN)]).len() > 100);
    }
}
