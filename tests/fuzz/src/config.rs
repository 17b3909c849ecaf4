//! Configurations: any text is one, or has findings that say where it is not.

use dualwatch_config::{MAX_TARGETS, load};
use dualwatch_core::measure::target::INTERVAL_S;
use std::collections::BTreeSet;

/// The first byte chooses the file's name: ours or Upptime's.
///
/// # Panics
/// Where something is accepted that the rest of the program does not expect.
pub fn run(data: &[u8]) {
    let Some((how, text)) = data.split_first() else { return };
    let Ok(text) = std::str::from_utf8(text) else { return };
    let name = if how & 1 == 0 { "dualwatch.yml" } else { ".upptimerc.yml" };
    match load(text, name, &|file| if file.len() > 8 { Err("no such file".into()) } else { Ok(file.into()) }) {
        Ok(config) => {
            assert!(config.targets.len() <= MAX_TARGETS);
            let slugs: BTreeSet<&str> = config.targets.iter().map(|target| target.slug.as_str()).collect();
            assert_eq!(slugs.len(), config.targets.len(), "slugs are unique");
            for target in &config.targets {
                let is_slug_char = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
                assert!(!target.slug.is_empty() && target.slug.chars().all(is_slug_char), "{:?}", target.slug);
                assert!(INTERVAL_S.contains(&target.interval_s), "{}", target.interval_s);
                assert!((1..=target.interval_s * 1_000).contains(&target.timeout_ms), "{}", target.timeout_ms);
                let again = dualwatch_config::parse_url(&target.url()).map(|(endpoint, _)| endpoint);
                assert_eq!(again.as_ref(), Ok(&target.endpoint), "{} means itself", target.url());
            }
        }
        Err(findings) => {
            assert!(!findings.is_empty(), "what is refused has a reason");
            for finding in findings {
                assert!(finding.line >= 1 && finding.column >= 1, "{finding:?}");
                assert!(!finding.to_string().is_empty());
            }
        }
    }
}
