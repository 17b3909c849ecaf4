//! The self-test in Chinese in simplified characters, as a module for browsers.

fn main() {
    #[cfg(target_arch = "wasm32")]
    dualwatch_self_test::self_test(&dualwatch_words::self_test::ZhHans(dualwatch_self_test::Intl("zh-Hans")));
}
