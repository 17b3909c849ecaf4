//! What is shown, as values and words: functions of what is published and the time.
//!
//! `model` is the whole page at one moment, built from a module per part.
//! Nothing here knows HTML or a browser: that is for `components`.

pub mod days;
pub mod groups;
pub mod incidents;
pub mod model;
pub mod notice;
pub mod overview;
pub mod phrases;
pub mod target;
pub mod timeline;
pub mod tone;
pub mod uptime;
pub mod vantage;
