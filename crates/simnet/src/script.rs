//! Reads a script: which names resolve to what, and which services behave how over each family.

mod behaviour;
mod name;
mod play;
mod service;

pub use behaviour::{Behaviour, Plan, Step};
pub use name::{Name, Records, Reply};
pub(crate) use play::{BLANKS, Blanks};
pub use play::{Ends, Hears, Play, Saying};
pub use service::Service;

use serde::Deserialize;
use std::{
    collections::BTreeMap,
    net::{Ipv4Addr, Ipv6Addr},
};

/// What a lab is to do. The same value comes from a TOML file ([`Script::parse`]) and from code.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Script {
    pub listen: Listen,
    /// Names in lower case without the final dot. A name that is not here does not exist.
    #[serde(rename = "name")]
    pub names: BTreeMap<String, Name>,
    #[serde(rename = "service")]
    pub services: BTreeMap<String, Service>,
}

/// The address of each family that everything listens on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Listen {
    pub ipv4: Ipv4Addr,
    pub ipv6: Ipv6Addr,
}

impl Default for Listen {
    fn default() -> Self {
        Self { ipv4: Ipv4Addr::LOCALHOST, ipv6: Ipv6Addr::LOCALHOST }
    }
}

/// Why a text is not a script.
#[derive(Debug, thiserror::Error)]
pub enum ScriptError {
    /// Not TOML, an unknown key or word, or a wrong type; the text names line and column.
    #[error("{0}")]
    Toml(#[from] toml::de::Error),
    /// Well-formed, but it cannot be done.
    #[error("{at}: {why}")]
    Impossible { at: String, why: String },
}

impl Script {
    pub fn new() -> Self {
        Self::default()
    }

    /// Parses a TOML script and checks that every part of it can be done.
    pub fn parse(text: &str) -> Result<Self, ScriptError> {
        let script: Self = toml::from_str(text)?;
        script.check()?;
        Ok(script)
    }

    /// Returns the script with a name added.
    #[must_use]
    pub fn name(mut self, name: &str, records: Name) -> Self {
        self.names.insert(canonical(name), records);
        self
    }

    /// Returns the script with a service added.
    #[must_use]
    pub fn service(mut self, key: &str, service: Service) -> Self {
        self.services.insert(key.to_owned(), service);
        self
    }

    /// Checks what the types cannot say: keys, placeholders, schedules.
    pub fn check(&self) -> Result<(), ScriptError> {
        let fail = |at: String, why: String| Err(ScriptError::Impossible { at, why });
        for (name, entry) in &self.names {
            if *name != canonical(name) || name.is_empty() {
                return fail(format!("name {name:?}"), "write it in lower case without the final dot".into());
            }
            if let Some(Err(why)) = entry.reply.as_ref().map(Reply::check) {
                return fail(format!("name {name:?}"), why);
            }
        }
        for (key, service) in &self.services {
            let at = format!("service {key:?}");
            if key.is_empty() || !key.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b)) {
                return fail(at, "a key is made of letters, digits, `-` and `_`".into());
            }
            for behaviour in service.plan.iter().flat_map(|(_, plan)| plan.behaviours()) {
                if let Err(why) = behaviour.check() {
                    return fail(at, why);
                }
                for port_of in behaviour.texts().flat_map(placeholders) {
                    if !self.services.contains_key(port_of) {
                        return fail(at, format!("{{port:{port_of}}} names no service"));
                    }
                }
            }
        }
        Ok(())
    }
}

/// Returns a DNS name as scripts and the zone hold it.
pub fn canonical(name: &str) -> String {
    name.trim_end_matches('.').to_ascii_lowercase()
}

/// Returns the services whose ports a text asks for with `{port:KEY}`.
fn placeholders(text: &str) -> impl Iterator<Item = &str> {
    text.split("{port:").skip(1).filter_map(|rest| rest.split_once('}').map(|(key, _)| key))
}

/// Returns the text with each `{port:KEY}` replaced.
pub(crate) fn fill_ports(text: &str, ports: &BTreeMap<String, u16>) -> String {
    let known = placeholders(text).filter_map(|key| Some((key, ports.get(key)?)));
    known.fold(text.to_owned(), |out, (key, port)| out.replace(&format!("{{port:{key}}}"), &port.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::{Connect, Dns, Http, Tls};

    #[test]
    fn a_script_reads_as_it_is_written() {
        let script = Script::parse(
            r#"
            [name."dual.test"]
            a = ["127.0.0.1"]
            aaaa = ["::1"]

            [name."half.test"]
            a = ["127.0.0.1"]
            aaaa = "servfail"

            [service.web]
            names = ["dual.test"]
            both = { tls = "good", status = 503, headers = { server = "lab" } }
            ipv6 = [
              { seconds = 40, behaviour = { tls = "expired" } },
              { seconds = 20, behaviour = { connect = "refused" } },
            ]

            [service.hop]
            both = { redirect_to = "http://127.0.0.1:{port:web}/" }
            "#,
        )
        .unwrap();
        assert_eq!(script.names["dual.test"], Name::dual());
        assert_eq!(script.names["half.test"].aaaa, Records::Does(Dns::Servfail));
        let web = &script.services["web"];
        let Plan::Always(ipv4) = &web.plan.ipv4 else { panic!("{web:?}") };
        assert_eq!((ipv4.tls, ipv4.status, ipv4.http), (Some(Tls::Good), 503, Http::Answer));
        let Plan::Repeat(steps) = &web.plan.ipv6 else { panic!("{web:?}") };
        assert_eq!(steps[1].behaviour.connect, Connect::Refused);
        assert_eq!(fill_ports("a{port:web}b{port:none}", &[("web".into(), 8080)].into()), "a8080b{port:none}");
    }

    #[test]
    fn a_wrong_script_says_what_and_where() {
        let check = |text: &str, part: &str| {
            let error = Script::parse(text).expect_err(text).to_string();
            assert!(error.contains(part), "{text}\n{error}");
        };
        check("[service.a]\nboth = { conect = \"refused\" }", "line 2");
        check("[service.a]\nboth = { conect = \"refused\" }", "connect");
        check("[service.a]\nboth = { tls = \"goood\" }", "unknown variant `goood`");
        check("[service.a]\nipv4 = {}", "ipv6");
        check("[service.a]\nboth = []", "at least one step");
        check("[service.a]\nboth = [{ seconds = 0, behaviour = {} }]", "at least one second");
        check("[service.a]\nboth = { tcp = \"hold\", http = \"silent\" }", "one of");
        check("[service.a]\nboth = { tcp = \"hold\", play = {} }", "one of");
        check("[service.a]\nboth = { play = { says = [\"{what}\"] } }", "{what}");
        check("[service.a]\nboth = { play = { says = [\"{port:b}\"] } }", "{port:b}");
        check("[name.\"a.test\"]\nreply = { says = [{ hex = \"00\", for_ever = true }] }", "ends");
        check("[service.a]\nboth = { status = 99 }", "status");
        check("[service.a]\nboth = { body = \"{port:b}\" }", "{port:b}");
        check("[service.\"a b\"]\nboth = {}", "letters");
        check("[name.\"A.test\"]\na = []", "lower case");
        check("[name.\"a.test\"]\na = [\"::1\"]", "IPv4");
        check("[name.\"a.test\"]\na = \"maybe\"", "maybe");
    }
}
