//! What of a target everybody may know, and how the rest is taken out of what is told.
//!
//! A veil is drawn over values (evidence, rounds, incidents) before any word is made of them, so that what is drawn, counted
//! or written from them is free of it as well. Three things it does:
//!
//! - **Always**: user part, query and fragment of every URL are cut off: that is where secrets stand.
//! - **`url: false`**: no URL, and nothing that names a machine: where a redirect led, names in certificates and their
//!   digests (a log of certificates has the names to each), the digest of the body; of texts of others every name of a host.
//! - **`address: false`**: no address of the target, nor any in texts of others.
//!
//! What a target is called, its group and its slug are the operator's own words, and stay.

mod scan;

use crate::measure::{
    certificate_fault::CertificateFault,
    public::Public,
    sample::{Certificate, Evidence},
    target::{BrowserEndpoints, Target},
    url,
};
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

/// Stands where a text named what is not public.
pub const HIDDEN: &str = "(hidden)";

/// What is taken out of all that is told of one target.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Veil {
    public: Public,
    /// The host of its URL.
    host: String,
    /// For the operator: nothing is.
    #[serde(default)]
    is_lifted: bool,
}

impl Target {
    /// Returns what is taken out of all that everybody is told of it.
    pub fn veil(&self) -> Veil {
        Veil::new(self.public, &self.url())
    }
}

impl Veil {
    /// Returns the veil over a target with this URL.
    pub fn new(public: Public, url: &str) -> Self {
        Self { public, host: url::host(url).to_ascii_lowercase(), is_lifted: false }
    }

    /// Returns what takes out nothing: for whoever bears the operator's token.
    pub fn lifted() -> Self {
        Self { public: Public::default(), host: String::new(), is_lifted: true }
    }

    /// Returns the veil over a target that is not known any more: queries are cut, and nothing else.
    pub fn over_nobody() -> Self {
        Self::new(Public::default(), "")
    }

    pub const fn public(&self) -> Public {
        self.public
    }

    pub const fn is_lifted(&self) -> bool {
        self.is_lifted
    }

    pub const fn hides_url(&self) -> bool {
        !self.public.url && !self.is_lifted
    }

    pub const fn hides_address(&self) -> bool {
        !self.public.address && !self.is_lifted
    }

    /// Returns a URL of the target as it is told; empty where it is not.
    pub fn url(&self, url: &str) -> String {
        match self {
            _ if self.is_lifted => url.to_owned(),
            _ if self.hides_url() => String::new(),
            _ => url::public(url),
        }
    }

    /// Takes out of a text of somebody else what is not told.
    pub fn text(&self, text: &mut String) {
        if self.is_lifted {
            return;
        }
        scan::cut_queries(text);
        if self.hides_url() {
            scan::hide_urls(text);
            self.name(text);
            scan::hide(text, scan::is_host);
        }
        if self.hides_address() {
            scan::hide(text, scan::is_address);
        }
    }

    /// What a target was called when an incident of it began: it may have had the name of its host.
    pub fn name(&self, name: &mut String) {
        if self.hides_url() && !self.host.is_empty() {
            scan::hide(name, |word| scan::bare(word).eq_ignore_ascii_case(&self.host));
        }
    }

    /// The same of a text that may be missing.
    pub fn option(&self, text: &mut Option<String>) {
        for text in text.iter_mut() {
            self.text(text);
        }
    }

    pub fn address(&self, address: &mut Option<IpAddr>) {
        if self.hides_address() {
            *address = None;
        }
    }

    pub fn addresses(&self, addresses: &mut Vec<IpAddr>) {
        if self.hides_address() {
            addresses.clear();
        }
    }

    /// Names of a certificate: none of them, or those that are no address. Returns how many were taken out.
    pub fn names(&self, names: &mut Vec<String>) -> usize {
        let before = names.len();
        if self.hides_url() {
            names.clear();
        } else if self.hides_address() {
            names.retain(|name| !scan::is_address(name));
        }
        before - names.len()
    }

    /// Digests by which a log of certificates, or whoever guesses the page, finds the name.
    pub fn digest(&self, digest: &mut String) {
        if self.hides_url() {
            digest.clear();
        }
    }

    pub fn certificate(&self, certificate: &mut Certificate) {
        certificate.further_names += self.names(&mut certificate.subject_names);
        self.digest(&mut certificate.sha256);
        self.text(&mut certificate.issuer);
    }

    pub fn evidence(&self, evidence: &mut Evidence) {
        if self.is_lifted {
            return;
        }
        if self.hides_url() {
            evidence.location = None;
            evidence.body_digest = None;
            evidence.chain.clear();
        }
        if self.hides_address() {
            evidence.attempts.clear();
            evidence.unfit.clear();
            evidence.further_addresses = 0;
        }
        for text in [
            &mut evidence.error,
            &mut evidence.expected,
            &mut evidence.seen,
            &mut evidence.location,
            &mut evidence.server,
            &mut evidence.resolver,
        ] {
            self.option(text);
        }
        evidence.chain.iter_mut().for_each(|subject| self.text(subject));
        evidence.extended.iter_mut().for_each(|said| self.option(&mut said.text));
        evidence.fault.iter_mut().for_each(|fault| self.fault(fault));
    }

    fn fault(&self, fault: &mut CertificateFault) {
        if self.hides_url() && fault.is_servers {
            HIDDEN.clone_into(&mut fault.subject);
        }
        self.text(&mut fault.subject);
        self.option(&mut fault.issuer);
        self.option(&mut fault.about);
    }

    /// Returns what a visitor's browser may fetch: without a query, and nothing of what is hidden.
    pub fn browser(&self, endpoints: &BrowserEndpoints) -> BrowserEndpoints {
        let told = |url: &Option<String>| {
            let url = url.as_deref()?;
            let host = url::host(url);
            let is_hidden = (self.hides_url() && host.eq_ignore_ascii_case(&self.host))
                || (self.hides_address() && host.parse::<IpAddr>().is_ok());
            (!is_hidden).then(|| if self.is_lifted { url.to_owned() } else { url::public(url) })
        };
        BrowserEndpoints {
            ipv4: told(&endpoints.ipv4),
            ipv6: told(&endpoints.ipv6),
            dual_stack: told(&endpoints.dual_stack),
        }
    }
}

#[cfg(test)]
mod tests;
