//! A service that is watched from `edge`, and often enough something happens.

use dualwatch_core::{
    measure::{
        target::{Confirmation, Scheme},
        time::{MINUTE, Timestamp},
    },
    respond::incident,
    watch::Settings,
};

pub const URL: &str = "https://service.example/";
pub const BEGIN: Timestamp = Timestamp::from_unix_ms(1_795_392_000_000);

pub fn settings() -> Settings<'static> {
    Settings {
        url: URL,
        own_vantage: "edge",
        interval_s: 60,
        timeout_ms: 10_000,
        unchanged_s: None,
        confirm: Confirmation::default(),
        // Short enough for all of it to happen in a hundred rounds.
        incidents: incident::Policy { relapse_within_ms: 15 * MINUTE, flapping_from: 3, calm_ms: 8 * MINUTE },
        scheme: Scheme::Https,
        windows: &[],
    }
}
