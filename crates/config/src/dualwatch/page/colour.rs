//! The accent colour: the colour of links and of what has the focus, readable on a light ground and on a dark one.
//!
//! One colour is given as it is where it can be read (WCAG 2.2, 1.4.3: 4.5 to 1), and in the nearest shade where it cannot; two
//! colours, one for each ground, must be readable as they are.

use crate::{
    fields::{self, Fields},
    finding::{Report, quoted},
    yaml::{Node, Value},
};
use dualwatch_wire::v1::branding::Accent;

const HINT: &str = "write `\"#0b57a8\"`, or one for each ground: `{ light: \"#0b57a8\", dark: \"#7db7ff\" }`";
const NEEDED: f64 = 4.5;

/// The darkest of the light grounds that links stand on, and the lightest of the dark ones.
const LIGHT: Colour = Colour([0xfd, 0xf1, 0xf0]);
const DARK: Colour = Colour([0x2b, 0x23, 0x15]);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Colour([u8; 3]);

pub(super) fn read(node: &Node, report: &mut Report) -> Option<Accent> {
    if !matches!(node.value, Value::Map(_)) {
        let colour = colour(node, "`accent`", report)?;
        let [light, dark] = [(LIGHT, 0), (DARK, 0xff)].map(|(ground, end)| colour.on(ground, end));
        for (shade, ground) in [(light, "light"), (dark, "dark")] {
            if shade != colour {
                let message =
                    format!("{} is hard to read on a {ground} ground: {} is used there", colour.hex(), shade.hex());
                let hint = "to choose both yourself, write `accent: { light: .., dark: .. }`";
                report.note(node.at, "accent_shade", message, hint);
            }
        }
        return Some(Accent { light: light.hex(), dark: dark.hex() });
    }
    let fields = Fields::read(node, "`accent`", &["light", "dark"], report)?;
    let mut on = |key: &str, ground, end| {
        let Some(node) = fields.get(key) else {
            report.error(fields.at, "missing_key", format!("`accent` without `{key}`"), HINT);
            return None;
        };
        let colour = colour(node, &format!("`{key}`"), report)?;
        let contrast = colour.contrast(ground);
        if contrast < NEEDED {
            let message = format!(
                "{} has a contrast of {contrast:.1} to 1 on the {key} ground {}; {NEEDED} is needed",
                colour.hex(),
                ground.hex()
            );
            report.error(
                node.at,
                "low_contrast",
                message,
                format!("the nearest that can be read is `{}`", colour.on(ground, end).hex()),
            );
            return None;
        }
        Some(colour.hex())
    };
    let (light, dark) = (on("light", LIGHT, 0), on("dark", DARK, 0xff));
    Some(Accent { light: light?, dark: dark? })
}

fn colour(node: &Node, what: &str, report: &mut Report) -> Option<Colour> {
    let text = fields::text(node, what, report)?.trim();
    let colour = Colour::parse(text);
    if colour.is_none() {
        let message = format!("{what} must be a colour as `#rrggbb`, this is {}", quoted(text));
        report.error(node.at, "bad_colour", message, HINT);
    }
    colour
}

impl Colour {
    fn parse(text: &str) -> Option<Self> {
        let digits: Option<Vec<u8>> =
            text.strip_prefix('#')?.chars().map(|c| c.to_digit(16).and_then(|d| u8::try_from(d).ok())).collect();
        match digits?[..] {
            [r, g, b] => Some(Self([r, g, b].map(|digit| digit * 17))),
            [r, r_low, g, g_low, b, b_low] => Some(Self([r * 16 + r_low, g * 16 + g_low, b * 16 + b_low])),
            _ => None,
        }
    }

    fn hex(self) -> String {
        let [r, g, b] = self.0;
        format!("#{r:02x}{g:02x}{b:02x}")
    }

    /// Returns the relative luminance (WCAG 2.2).
    fn luminance(self) -> f64 {
        let linear = self.0.map(|c| {
            let c = f64::from(c) / 255.0;
            if c <= 0.040_45 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
        });
        0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    }

    fn contrast(self, ground: Self) -> f64 {
        let (a, b) = (self.luminance() + 0.05, ground.luminance() + 0.05);
        if a > b { a / b } else { b / a }
    }

    /// Returns the shade nearest to it that can be read on a ground, on the way to black (0) or white (255).
    fn on(self, ground: Self, end: u8) -> Self {
        const STEPS: u16 = 255;
        let towards = |step: u16| {
            Self(self.0.map(|c| {
                let (c, end) = (u32::from(c), u32::from(end));
                u8::try_from((c * u32::from(STEPS - step) + end * u32::from(step)) / u32::from(STEPS))
                    .unwrap_or(u8::MAX)
            }))
        };
        (0..=STEPS).map(towards).find(|shade| shade.contrast(ground) >= NEEDED).unwrap_or(Self([end; 3]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contrast_is_that_of_wcag() {
        let of = |a, b| Colour::parse(a).unwrap().contrast(Colour::parse(b).unwrap());
        assert!((of("#000", "#fff") - 21.0).abs() < 0.001);
        // The lightest grey on white that WCAG takes.
        assert!(of("#767676", "#ffffff") > 4.5 && of("#777777", "#ffffff") < 4.5);
    }

    #[test]
    fn no_ground_of_the_pages_is_harder_to_read_on() {
        let style = include_str!("../../../../../web/app/style.css");
        let mut n = 0;
        for line in style.lines().map(str::trim).filter(|line| line.contains("ground:") || line.starts_with("--card:"))
        {
            let Some((_, colours)) = line.split_once("light-dark(") else { continue };
            let (light, dark) = colours.trim_end_matches(");").split_once(", ").expect("two colours");
            let [light, dark] = [light, dark].map(|text| Colour::parse(text).expect(line).luminance());
            assert!(light >= LIGHT.luminance() && dark <= DARK.luminance(), "{line}");
            n += 1;
        }
        assert_eq!(n, 4);
    }

    #[test]
    fn every_colour_has_a_shade_that_can_be_read_on_either_ground() {
        let steps = || (0..=255).step_by(15);
        for colour in steps().flat_map(|r| steps().flat_map(move |g| steps().map(move |b| Colour([r, g, b])))) {
            assert!(colour.on(LIGHT, 0).contrast(LIGHT) >= NEEDED, "{colour:?}");
            assert!(colour.on(DARK, 0xff).contrast(DARK) >= NEEDED, "{colour:?}");
        }
        let blue = Colour::parse("#0b57a8").unwrap();
        assert_eq!((blue.on(LIGHT, 0), blue.on(DARK, 0xff) == blue), (blue, false));
    }
}
