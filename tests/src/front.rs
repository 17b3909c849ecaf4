//! TLS in front of the worker, as an operator puts it there: workerd itself listens on plain loopback.

use rcgen::{BasicConstraints, CertificateParams, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose};
use rustls::{ServerConfig, crypto::ring};
use rustls_pki_types::{PrivateKeyDer, pem::PemObject};
use std::{net::SocketAddr, sync::Arc};
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
};
use tokio_rustls::TlsAcceptor;

/// A listener on loopback that ends TLS for `localhost`; it ends with its runtime.
pub struct Front {
    address: SocketAddr,
    /// The root that clients are to trust.
    pub ca_pem: String,
}

impl Front {
    /// Starts one that passes on to `to`.
    pub async fn start(to: SocketAddr) -> Self {
        let (config, ca_pem) = config().expect("certificates can be made");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let acceptor = TlsAcceptor::from(Arc::new(config));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let acceptor = acceptor.clone();
                tokio::spawn(async move {
                    // A client that does not trust us, or that goes away, is its own affair.
                    let Ok(mut client) = acceptor.accept(stream).await else { return };
                    let Ok(mut worker) = TcpStream::connect(to).await else { return };
                    let _ = copy_bidirectional(&mut client, &mut worker).await;
                });
            }
        });
        Self { address, ca_pem }
    }

    /// Returns the origin under which the worker is then found.
    pub fn origin(&self) -> String {
        format!("https://localhost:{}", self.address.port())
    }
}

fn config() -> Result<(ServerConfig, String), Box<dyn std::error::Error>> {
    let ca_key = KeyPair::generate()?;
    let mut ca = CertificateParams::new(Vec::new())?;
    ca.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    ca.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    let ca_pem = ca.self_signed(&ca_key)?.pem();
    let key = KeyPair::generate()?;
    let mut leaf = CertificateParams::new(vec!["localhost".to_owned()])?;
    leaf.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    let certificate = leaf.signed_by(&key, &Issuer::new(ca, ca_key))?;
    let key = PrivateKeyDer::from_pem_slice(key.serialize_pem().as_bytes())?;
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key)?;
    Ok((config, ca_pem))
}
