//! A certificate and its key from PEM files, with the place of what is wrong.

use rustls::{crypto::CryptoProvider, server::ParsedCertificate, sign::CertifiedKey};
use rustls_pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject};
use std::{fs, path::Path};

/// A file that is larger holds no chain that a server should send.
const MAX_BYTES: u64 = 256 * 1024;

/// A file, and what is in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// As it was named.
    pub name: String,
    pub bytes: Vec<u8>,
}

impl File {
    pub fn read(path: &Path) -> Result<Self, String> {
        let name = path.display().to_string();
        let size = fs::metadata(path).map_err(|e| format!("{name}: {e}"))?.len();
        if size > MAX_BYTES {
            return Err(format!("{name}: {size} bytes are too many for a certificate or a key"));
        }
        fs::read(path).map(|bytes| Self { name: name.clone(), bytes }).map_err(|e| format!("{name}: {e}"))
    }

    fn at(&self, line: usize, what: impl std::fmt::Display) -> String {
        format!("{}:{line}: {what}", self.name)
    }

    /// Returns what stands between `BEGIN` and `END` lines (RFC 7468), in order.
    fn sections(&self) -> Result<Vec<Section>, String> {
        let mut sections: Vec<Section> = Vec::new();
        let mut open: Option<Section> = None;
        for (i, line) in self.bytes.split_inclusive(|byte| *byte == b'\n').enumerate() {
            let text = String::from_utf8_lossy(line);
            let label = |begin: &str| text.trim().strip_prefix(begin)?.strip_suffix("-----").map(str::to_owned);
            if let Some(label) = label("-----BEGIN ") {
                if let Some(open) = open {
                    return Err(self.at(open.line, format!("{} has no end", open.label)));
                }
                open = Some(Section { line: i + 1, label, pem: Vec::new() });
            }
            if let Some(section) = &mut open {
                section.pem.extend_from_slice(line);
            }
            if let Some(label) = label("-----END ") {
                match open.take() {
                    Some(section) if section.label == label => sections.push(section),
                    _ => return Err(self.at(i + 1, format!("the end of {label} ends nothing"))),
                }
            }
        }
        open.map_or(Ok(sections), |open| Err(self.at(open.line, format!("{} has no end", open.label))))
    }
}

struct Section {
    /// Counted from 1.
    line: usize,
    /// Such as `CERTIFICATE`.
    label: String,
    pem: Vec<u8>,
}

/// Returns a chain with its key.
///
/// # Errors
/// What is wrong, with the file and the line where it begins.
pub fn load(chain: &File, key: &File, provider: &CryptoProvider) -> Result<CertifiedKey, String> {
    let mut certificates = Vec::new();
    let mut first_line = 1;
    for section in chain.sections()?.into_iter().filter(|section| section.label == "CERTIFICATE") {
        let unreadable =
            |e: &dyn std::fmt::Display| chain.at(section.line, format!("this certificate cannot be read: {e}"));
        let der = CertificateDer::from_pem_slice(&section.pem).map_err(|e| unreadable(&e))?;
        ParsedCertificate::try_from(&der).map_err(|e| unreadable(&e))?;
        if certificates.is_empty() {
            first_line = section.line;
        }
        certificates.push(der);
    }
    if certificates.is_empty() {
        return Err(chain.at(1, "there is no certificate in this file"));
    }
    let is_key = |section: &Section| section.label.ends_with("PRIVATE KEY");
    let Some(section) = key.sections()?.into_iter().find(is_key) else {
        return Err(key.at(1, "there is no private key in this file"));
    };
    if section.label == "ENCRYPTED PRIVATE KEY" {
        return Err(key.at(section.line, "this key is encrypted; `openssl pkey` writes it without a password"));
    }
    let unreadable = |e: &dyn std::fmt::Display| key.at(section.line, format!("this key cannot be read: {e}"));
    let der = PrivateKeyDer::from_pem_slice(&section.pem).map_err(|e| unreadable(&e))?;
    let private = provider.key_provider.load_private_key(der).map_err(|e| unreadable(&e))?;
    let certified = CertifiedKey::new(certificates, private);
    match certified.keys_match() {
        Ok(()) | Err(rustls::Error::InconsistentKeys(rustls::InconsistentKeys::Unknown)) => Ok(certified),
        Err(_) => {
            let at = format!("{}:{}", key.name, section.line);
            Err(chain.at(first_line, format!("this certificate is not of the key in {at}; the leaf comes first")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rcgen::{CertificateParams, KeyPair};
    use rustls::crypto::ring;

    fn file(name: &str, text: &str) -> File {
        File { name: name.to_owned(), bytes: text.as_bytes().to_vec() }
    }

    fn pair() -> (String, String) {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(vec!["ipv4.status.example".to_owned()]).unwrap();
        (params.self_signed(&key).unwrap().pem(), key.serialize_pem())
    }

    #[test]
    fn what_is_wrong_has_its_place() {
        let (chain, key) = pair();
        let (_, other_key) = pair();
        let provider = ring::default_provider();
        let check = |chain: &str, key: &str, expected: &str| {
            let found = load(&file("chain.pem", chain), &file("key.pem", key), &provider);
            match found {
                Ok(_) => assert_eq!(expected, ""),
                Err(error) => assert!(!expected.is_empty() && error.starts_with(expected), "{error}\n{expected}"),
            }
        };
        check(&chain, &key, "");
        // What else stands there does not matter, and one file may hold both.
        check(&format!("Subject: a\r\n{chain}{key}"), &format!("{chain}\n{key}"), "");
        check("", &key, "chain.pem:1: there is no certificate");
        check(&key, &key, "chain.pem:1: there is no certificate");
        check(&chain, &chain, "key.pem:1: there is no private key");
        check(&chain, &other_key, "chain.pem:1: this certificate is not of the key in key.pem:1");
        let half = chain.lines().take(4).collect::<Vec<_>>().join("\n") + "\n";
        check(&half, &key, "chain.pem:1: CERTIFICATE has no end");
        check(&format!("\n{half}{chain}"), &key, "chain.pem:2: CERTIFICATE has no end");
        check("\n-----END CERTIFICATE-----\n", &key, "chain.pem:2: the end of CERTIFICATE ends nothing");
        let n_lines = chain.lines().count();
        let garbage = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        let place = format!("chain.pem:{}: this certificate cannot be read", n_lines + 1);
        check(&format!("{chain}{garbage}"), &key, &place);
        check(&chain.replace("MII", "M\u{e9}I"), &key, "chain.pem:1: this certificate cannot be read");
        check(
            &chain,
            "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
            "key.pem:1: this key cannot be read",
        );
        let encrypted = "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n";
        check(&chain, encrypted, "key.pem:1: this key is encrypted");
        assert!(File::read(Path::new("/nowhere/at.pem")).unwrap_err().starts_with("/nowhere/at.pem: "));
    }
}
