//! The status page in German, as a module for browsers.

fn main() {
    #[cfg(target_arch = "wasm32")]
    dualwatch_self_test::status(&dualwatch_words::self_test::De(dualwatch_self_test::Intl("de")));
}
