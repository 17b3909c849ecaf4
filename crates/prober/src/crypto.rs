//! The choice of the TLS cryptography, all of it: `ring` where it is compiled in, else `rustls-rustcrypto`.

use rustls::crypto::CryptoProvider;
use std::sync::Arc;

#[cfg(not(any(feature = "ring", feature = "rustcrypto")))]
compile_error!("dualwatch-prober needs one of the features `ring` and `rustcrypto`");

/// Returns the provider of this build.
pub fn provider() -> Arc<CryptoProvider> {
    #[cfg(feature = "ring")]
    let provider = rustls::crypto::ring::default_provider();
    #[cfg(all(feature = "rustcrypto", not(feature = "ring")))]
    let provider = rustls_rustcrypto::provider();
    Arc::new(provider)
}
