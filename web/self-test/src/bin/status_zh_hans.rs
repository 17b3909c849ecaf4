//! The status page in Chinese in simplified characters, as a module for browsers.

fn main() {
    #[cfg(target_arch = "wasm32")]
    dualwatch_self_test::status(&dualwatch_words::self_test::ZhHans(dualwatch_self_test::Intl("zh-Hans")));
}
