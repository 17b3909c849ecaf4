//! The status page in English, as a module for browsers.

fn main() {
    #[cfg(target_arch = "wasm32")]
    dualwatch_self_test::status(&dualwatch_words::self_test::En(dualwatch_self_test::Intl("en")));
}
