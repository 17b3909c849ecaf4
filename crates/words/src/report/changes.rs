//! What changed about a target, in words.

use super::{between, moment};
use crate::elapsed;
use dualwatch_core::notice::changes::{Change, LISTED_NAMES, What};

/// Returns a change with the interval in which it happened.
pub fn change(change: &Change) -> String {
    let family = change.family;
    let what = match &change.what {
        What::Addresses { before, after } => {
            let list = |addresses: &[std::net::IpAddr]| {
                let texts: Vec<String> = addresses.iter().map(ToString::to_string).collect();
                texts.join(", ")
            };
            format!("the addresses over {family} changed from {} to {}", list(before), list(after))
        }
        What::Ttl { before_s, after_s } => {
            let how = if after_s < before_s { "lowered" } else { "raised" };
            format!("the DNS TTL of the addresses over {family} was {how} from {before_s} to {after_s} s")
        }
        What::Certificate { before, after, names } => {
            let more = if names.len() > LISTED_NAMES { " and more" } else { "" };
            let listed = &names[..names.len().min(LISTED_NAMES)];
            let names = if names.is_empty() { String::new() } else { format!(", for {}{more}", listed.join(", ")) };
            format!("another certificate over {family} ({before}… before, {after}… now{names})")
        }
        What::Server { before, after } => format!("the server over {family} calls itself `{after}`, before `{before}`"),
        What::Latency { phase, before_ms, after_ms } => {
            let mut doing = crate::doing(*phase).to_owned();
            if let Some(first) = doing.get_mut(..1) {
                first.make_ascii_lowercase();
            }
            format!("{doing} over {family} takes {}, before {}", elapsed(*after_ms), elapsed(*before_ms))
        }
        What::Status { before, after } => {
            format!("good answers over {family} have HTTP status {after}, before {before}")
        }
    };
    match change.at.after {
        Some(after) => format!("{what}, {}", between(after, change.at.by)),
        None => format!("{what}, by {}", moment(change.at.by)),
    }
}
