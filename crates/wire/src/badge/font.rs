//! How wide a text is: the advance widths of the fonts that shields draws with.
//!
//! The table, `badge/widths.txt`, holds hundredths of a pixel by character: Verdana of 11 px, of 10 px, of 10 px bold, and
//! Helvetica of 11 px bold, as measured for shields (npm `anafanafo`, MIT). Where a reader has another font, `textLength` in
//! the image fits it into the same place.

use std::sync::OnceLock;

/// A font of the table, in the order of its columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Font {
    Verdana11,
    Verdana10,
    Verdana10Bold,
    Helvetica11Bold,
}

impl Font {
    pub const ALL: [Self; 4] = [Self::Verdana11, Self::Verdana10, Self::Verdana10Bold, Self::Helvetica11Bold];
}

/// First and last character, and their widths in every font, in hundredths of a pixel.
type Range = (u32, u32, [u16; 4]);

const TABLE: &str = include_str!("widths.txt");

fn ranges() -> &'static [Range] {
    static RANGES: OnceLock<Vec<Range>> = OnceLock::new();
    RANGES.get_or_init(|| TABLE.lines().filter_map(range).collect())
}

/// Reads a line: `41 752 684 776 794`, or `30-39` for several characters.
fn range(line: &str) -> Option<Range> {
    let mut parts = line.split(' ');
    let chars = parts.next()?;
    let (first, last) = chars.split_once('-').unwrap_or((chars, chars));
    let hex = |text| u32::from_str_radix(text, 16).ok();
    let mut widths = [0; 4];
    for width in &mut widths {
        *width = parts.next()?.parse().ok()?;
    }
    Some((hex(first)?, hex(last)?, widths))
}

/// Returns the width of a text in pixels. What is not in the table is as wide as an `m`, as shields takes it.
pub fn width_px(text: &str, font: Font) -> f64 {
    let hundredths: u32 = text.chars().map(|c| u32::from(width(c, font))).sum();
    f64::from(hundredths) / 100.0
}

fn width(c: char, font: Font) -> u16 {
    if c.is_ascii_control() {
        return 0;
    }
    let find = |c: char| {
        let ranges = ranges();
        let at = ranges.partition_point(|(_, last, _)| *last < u32::from(c));
        ranges.get(at).filter(|(first, ..)| *first <= u32::from(c)).map(|(.., widths)| widths[font as usize])
    };
    find(c).or_else(|| find('m')).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_table_is_read_and_in_order() {
        assert_eq!(ranges().len(), TABLE.lines().count());
        assert!(ranges().iter().all(|(first, last, _)| first <= last));
        assert!(ranges().windows(2).all(|pair| pair[0].1 < pair[1].0));
    }

    #[test]
    fn widths() {
        for (text, font, px) in [
            ("", Font::Verdana11, 0.0),
            ("A", Font::Verdana11, 7.52),
            ("mm", Font::Verdana11, 21.4),
            ("\u{0}\n", Font::Verdana11, 0.0),
            ("中", Font::Verdana11, 11.0),
            // As an `m`: a letter that is not in the table, and one beyond the first plane.
            ("한", Font::Verdana11, 10.7),
            ("\u{1f600}", Font::Helvetica11Bold, 9.97),
        ] {
            assert!((width_px(text, font) - px).abs() < 1e-9, "{text}");
        }
    }
}
