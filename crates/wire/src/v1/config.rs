//! `PUT` and `GET /api/v1/config`.

use super::Branding;
#[cfg(feature = "schema")]
use super::Object;
use crate::{problem::Located, time::rfc3339};
use dualwatch_core::{
    measure::{
        target::{Octets, Policy, Target},
        time::Timestamp,
    },
    respond::{
        delivery::{Channel, Means},
        maintenance::Rule,
    },
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A configuration on its way to the worker: the text as it is, and the files that it refers to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ConfigUpload {
    /// The name that findings call it, such as `dualwatch.yml`.
    pub name: String,
    pub text: String,
    /// Path as written in the text -> content. What is no text in UTF-8 is a `data` URL in Base64:
    /// `data:application/octet-stream;base64,...`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub files: BTreeMap<String, String>,
}

/// What was made of a configuration. Credentials are replaced by [`HIDDEN`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ConfigDocument {
    pub version: u32,
    pub name: String,
    #[serde(with = "rfc3339")]
    pub accepted_at: Timestamp,
    /// As they were read, with every default: the names are those of the configuration or close to them, and not part of
    /// what is stable here.
    #[cfg_attr(feature = "schema", schemars(with = "Vec<Object>"))]
    pub targets: Vec<Target>,
    /// What holds for all targets.
    #[cfg_attr(feature = "schema", schemars(with = "Object"))]
    pub policy: Policy,
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(with = "Vec<Object>"))]
    pub maintenance: Vec<Rule>,
    /// Who is told of incidents.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(with = "Vec<Object>"))]
    pub channels: Vec<Channel>,
    /// What makes the pages the operator's own, without the pictures themselves.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(with = "Object"))]
    pub branding: Branding,
    /// What was accepted and may not mean what its author thinks.
    pub warnings: Vec<Located>,
}

/// Stands for a secret that exists and is not shown.
pub const HIDDEN: &str = "(hidden)";

impl ConfigDocument {
    /// Hides every secret.
    #[must_use]
    pub fn without_secrets(mut self) -> Self {
        for target in &mut self.targets {
            if let Some(authorization) = &mut target.authorization {
                HIDDEN.clone_into(authorization);
            }
            for header in &mut target.request.headers {
                HIDDEN.clone_into(&mut header.value);
            }
            if let Some(body) = &mut target.request.body {
                HIDDEN.clone_into(body);
            }
            if let Some(send) = &mut target.request.send {
                *send = Octets::Text(HIDDEN.to_owned());
            }
        }
        for channel in &mut self.channels {
            if let Means::Webhook { endpoint, authorization, secret } = &mut channel.means {
                // Receivers give out addresses whose path is the password.
                endpoint.path = format!("/{HIDDEN}");
                if let Some(authorization) = authorization {
                    HIDDEN.clone_into(authorization);
                }
                HIDDEN.clone_into(secret);
            }
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use dualwatch_core::measure::target::{Endpoint, Host, Request, RequestHeader, Scheme};

    fn target() -> Target {
        let host = Host::Name("shop.example".to_owned());
        Target::new("shop", Endpoint { scheme: Scheme::Https, host, port: 443, path: "/".to_owned() })
    }

    /// Configurations are stored: what an earlier version wrote has none of the later fields.
    #[test]
    fn a_target_of_an_earlier_version_reads_as_the_default() {
        let mut stored = serde_json::to_value(target()).unwrap();
        for field in ["request", "slo", "confirm", "notify"] {
            assert!(stored.as_object_mut().unwrap().remove(field).is_some(), "{field}");
        }
        let later =
            ["body_matches", "body_json", "receives", "dns_rcode", "dns_answers", "certificate_days", "fails_with"];
        for field in later {
            assert!(stored["expect"].as_object_mut().unwrap().remove(field).is_some(), "{field}");
        }
        assert_eq!(serde_json::from_value::<Target>(stored).unwrap(), target());
        let mut stored = serde_json::to_value(Policy::default()).unwrap();
        assert!(stored.as_object_mut().unwrap().remove("history").is_some());
        assert_eq!(serde_json::from_value::<Policy>(stored).unwrap(), Policy::default());
    }

    /// Promise (Secrets): Nothing that is sent to a target, and no secret of a channel, is in the configuration that is
    /// shown.
    #[test]
    fn nothing_that_is_sent_is_shown() {
        let header = RequestHeader { name: "x-key".to_owned(), value: "secret".to_owned() };
        let request = Request {
            headers: vec![header],
            body: Some("secret".to_owned()),
            send: Some(Octets::Text("secret".to_owned())),
            ..Request::default()
        };
        let target = Target { authorization: Some("secret".to_owned()), request, ..target() };
        let host = Host::Name("hooks.example".to_owned());
        let webhook = Means::Webhook {
            endpoint: Endpoint { scheme: Scheme::Https, host, port: 443, path: "/secret".to_owned() },
            authorization: Some("secret".to_owned()),
            secret: "whsec_secret".to_owned(),
        };
        let document = ConfigDocument {
            version: 1,
            name: "dualwatch.yml".to_owned(),
            accepted_at: Timestamp::from_unix_ms(0),
            targets: vec![target],
            policy: Policy::default(),
            maintenance: Vec::new(),
            channels: vec![Channel { name: "ops".to_owned(), means: webhook }],
            branding: Branding::default(),
            warnings: Vec::new(),
        };
        assert!(
            !serde_json::to_string(&document.without_secrets()).unwrap().replace("\"secret\":", "").contains("secret")
        );
    }
}
