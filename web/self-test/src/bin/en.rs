//! The self-test in English, as a module for browsers.

fn main() {
    #[cfg(target_arch = "wasm32")]
    dualwatch_self_test::self_test(&dualwatch_words::self_test::En(dualwatch_self_test::Intl("en")));
}
