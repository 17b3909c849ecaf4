//! What is shown, as values and words: functions of what is published, what was found, and the time.
//!
//! `model` is the whole page at one moment, built from a module per part; `state` is what it is built from.
//! Nothing here knows HTML, signals or a browser: that is for `components`.

pub mod announce;
pub mod incidents;
pub mod model;
pub mod notice;
pub mod overview;
pub mod percent;
pub mod phrases;
pub mod self_test;
pub mod state;
pub mod target;
pub mod timeline;
pub mod tone;
pub mod uptime;
pub mod vantage;
