//! Charts: what was summed up over time as an SVG text that needs no script and no style of its own.
//!
//! In scope: scales and their ticks ([`scale`], [`times`]), a chart of lines over time with what was down below it
//! ([`plot`]), and a year of days ([`calendar`]). Out of scope: where the sums come from, words, colours.
//!
//! A drawing is as wide as its place and as high as it says, in pixels: what depends on time is given in shares of the width,
//! so that letters and marks keep their size on a phone. Every colour is a class's; there is no attribute `style`, which the
//! policy of a page would refuse.
//!
//! ```
//! use dualwatch_chart::plot::{Line, Plot, Point};
//!
//! let points = [Some(20.0), Some(24.0), None, Some(22.0)].into_iter().zip(0..);
//! let points: Vec<_> = points.map(|(value, i)| Point { from: i * 60_000, to: (i + 1) * 60_000, value }).collect();
//! let line = Line { code: "ipv4", points: &points, usual: Some((19.0, 25.0)) };
//! let plot = Plot { id: "latency", title: "Latency", from: 0, to: 240_000, height: 160, lines: &[line], ..Plot::default() };
//! let svg = plot.svg();
//! assert!(svg.starts_with("<svg") && svg.contains("<title id=\"latency-title\">Latency</title>"));
//! // Two pieces: the minute of which nothing is known is a gap.
//! assert_eq!(svg.split("class=\"line ipv4\"").nth(1).unwrap().split('/').next().unwrap().matches('M').count(), 2);
//! ```

pub mod calendar;
mod column;
pub mod lane;
pub mod plot;
pub mod sample;
pub mod scale;
pub mod times;
mod xml;
