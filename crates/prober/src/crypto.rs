//! The choice of the TLS cryptography, all of it: `ring` where it is compiled in, else `rustls-rustcrypto`; and what common
//! clients verify beside it.

mod ecdsa;

use ecdsa::{P256_SHA512, P384_SHA512, P521_SHA256, P521_SHA384, P521_SHA512};
use rustls::{
    SignatureScheme,
    crypto::{CryptoProvider, WebPkiSupportedAlgorithms},
};
use rustls_pki_types::SignatureVerificationAlgorithm;
use std::sync::{Arc, LazyLock};

#[cfg(not(any(feature = "ring", feature = "rustcrypto")))]
compile_error!("dualwatch-prober needs one of the features `ring` and `rustcrypto`");

type Algorithm = &'static dyn SignatureVerificationAlgorithm;
type Scheme = (SignatureScheme, &'static [Algorithm]);

static OF_P521: [Algorithm; 1] = [&P521_SHA512];
static ALGORITHMS: LazyLock<(Vec<Algorithm>, Vec<Scheme>)> = LazyLock::new(|| {
    let own = chosen().signature_verification_algorithms;
    let further: [Algorithm; 5] = [&P256_SHA512, &P384_SHA512, &P521_SHA256, &P521_SHA384, &P521_SHA512];
    let all = own.all.iter().copied().chain(further).collect();
    let last: Scheme = (SignatureScheme::ECDSA_NISTP521_SHA512, &OF_P521);
    let mapping = own.mapping.iter().copied().filter(|(scheme, _)| *scheme != last.0).chain([last]).collect();
    (all, mapping)
});

/// Returns the provider of this build.
pub fn provider() -> Arc<CryptoProvider> {
    let (all, mapping) = &*ALGORITHMS;
    let signature_verification_algorithms = WebPkiSupportedAlgorithms { all, mapping };
    Arc::new(CryptoProvider { signature_verification_algorithms, ..chosen() })
}

fn chosen() -> CryptoProvider {
    #[cfg(feature = "ring")]
    let provider = rustls::crypto::ring::default_provider();
    #[cfg(all(feature = "rustcrypto", not(feature = "ring")))]
    let provider = rustls_rustcrypto::provider();
    provider
}
