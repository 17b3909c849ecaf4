//! Fuzz targets: what a stranger can send us, through the code that reads it.
//!
//! In scope: one function per target that takes any bytes, runs the real code over them in memory, and panics where a
//! promise is broken. `cargo xtask fuzz` runs them under libFuzzer; the tests run the seeds.
//! Out of scope: whether the answer is right (the suites); here it must only be one, in time, to an allowed address.
//!
//! | target | the bytes are | and what must hold |
//! |---|---|---|
//! | [`addresses`] | an address, a URL, what a name resolves to | nothing that is not public is ever connected to |
//! | [`dns`] | what a resolver answers, over TCP and HTTPS, and a name server that is the target | the round ends in time |
//! | [`http`] | what a web server answers, redirects included | the same, and what is kept is bounded |
//! | [`certificates`] | certificates, alone and in a TLS 1.2 handshake | the same, and none of them is trusted |
//! | [`routes`] | a request: method, address, headers | a route that means itself, or a refusal; no call between objects |
//! | [`inner`] | what objects ask each other, and texts that look like it | it is read as it was written, and as nothing else |
//! | [`shared`] | the fragment of a link to a result, and what is behind its checksum | a result, written the same way again; or a refusal |
//! | [`texts`] | a text of somebody else, and everything that a target can say of itself | no order reaches a glass: nothing hidden, no Markdown; shown twice is shown once |
//! | [`config`] | `dualwatch.yml` or `.upptimerc.yml` | a configuration or findings; what is accepted keeps its bounds |

pub mod addresses;
pub mod certificates;
pub mod config;
pub mod dns;
pub mod host;
pub mod http;
pub mod inner;
pub mod routes;
pub mod shared;
pub mod texts;

/// Runs a target over some bytes; panics where a promise is broken.
pub type Run = fn(&[u8]);

/// Every target: its name and its function.
pub const TARGETS: [(&str, Run); 9] = [
    ("addresses", addresses::run),
    ("certificates", certificates::run),
    ("config", config::run),
    ("dns", dns::run),
    ("http", http::run),
    ("inner", inner::run),
    ("routes", routes::run),
    ("shared", shared::run),
    ("texts", texts::run),
];

#[cfg(test)]
mod tests {
    use super::*;
    use std::{fs, path::Path};

    /// Every seed, cut at every eighth, and with one byte changed at every 64th: so that no target rots.
    #[test]
    fn every_target_takes_its_seeds_and_what_is_near_them() {
        let seeds = Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds");
        for (name, run) in TARGETS {
            let mut n_seeds = 0;
            for entry in fs::read_dir(seeds.join(name)).unwrap() {
                let seed = fs::read(entry.unwrap().path()).unwrap();
                n_seeds += 1;
                run(&seed);
                for i in 0..8 {
                    run(&seed[..seed.len() * i / 8]);
                }
                for i in 0..64 {
                    let mut near = seed.clone();
                    if let Some(byte) = near.get_mut(seed.len() * i / 64) {
                        *byte ^= 1 << (i % 8);
                    }
                    run(&near);
                }
            }
            assert!(n_seeds >= 5, "{name} has {n_seeds} seeds");
        }
    }

    #[test]
    fn every_target_has_its_program() {
        let manifest = include_str!("../Cargo.toml");
        for (name, _) in TARGETS {
            assert!(manifest.contains(&format!("path = \"targets/{name}.rs\"")), "{name}");
        }
    }
}
