//! Where notices go.

use crate::target::Endpoint;
use serde::{Deserialize, Serialize};

/// One entry of `notify:`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Channel {
    /// Unique; what targets name it by.
    pub name: String,
    pub means: Means,
}

/// How a notice is delivered. More kinds come; each is one variant here, and one function at the host.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Means {
    /// A line in the host's log.
    Log,
    /// A POST that is signed as Standard Webhooks says.
    Webhook {
        /// Its path may be as good as a password: never shown.
        endpoint: Endpoint,
        /// The value of the `Authorization` header that credentials in the URL stand for. Never shown.
        authorization: Option<String>,
        /// `whsec_` and Base64. Never shown.
        secret: String,
    },
}

impl Channel {
    /// Whether a target that names these channels (or none, for all) is heard on this one.
    pub fn hears(&self, notify: Option<&[String]>) -> bool {
        notify.is_none_or(|names| names.contains(&self.name))
    }
}
