//! A service: one port number, the same on both families, and what happens there.

use super::behaviour::{Behaviour, Plan};
use dualwatch_core::measure::family::{Family, PerFamily};
use serde::Deserialize;

/// One scripted server.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(try_from = "Written")]
pub struct Service {
    /// 0: any port that is free on both families.
    pub port: u16,
    /// The names in its certificates; none: `localhost` and the two addresses that the lab listens on.
    pub names: Vec<String>,
    /// Whether it is one of the destinations by which a vantage proves its families.
    pub control: bool,
    pub plan: PerFamily<Plan>,
}

impl Service {
    /// Returns a service that behaves alike over both families.
    pub fn both(plan: impl Into<Plan>) -> Self {
        let plan = plan.into();
        Self { port: 0, names: Vec::new(), control: false, plan: PerFamily { ipv4: plan.clone(), ipv6: plan } }
    }

    /// Returns a service that answers 200 over plain HTTP.
    pub fn good() -> Self {
        Self::both(Behaviour::default())
    }

    /// Returns the service with another behaviour over one family.
    #[must_use]
    pub fn over(mut self, family: Family, plan: impl Into<Plan>) -> Self {
        *self.plan.get_mut(family) = plan.into();
        self
    }

    /// Returns the service with these names in its certificates.
    #[must_use]
    pub fn named(mut self, names: &[&str]) -> Self {
        self.names = names.iter().map(|&name| name.to_owned()).collect();
        self
    }

    /// Returns the service as a control.
    #[must_use]
    pub fn as_control(mut self) -> Self {
        self.control = true;
        self
    }
}

/// A service as a script writes it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    #[serde(default)]
    port: u16,
    #[serde(default)]
    names: Vec<String>,
    #[serde(default)]
    control: bool,
    both: Option<Plan>,
    ipv4: Option<Plan>,
    ipv6: Option<Plan>,
}

impl TryFrom<Written> for Service {
    type Error = String;

    fn try_from(w: Written) -> Result<Self, String> {
        let over = |own: Option<Plan>, key: &str| {
            own.or_else(|| w.both.clone()).ok_or_else(|| format!("write what happens over `{key}`, or over `both`"))
        };
        let plan = PerFamily { ipv4: over(w.ipv4, "ipv4")?, ipv6: over(w.ipv6, "ipv6")? };
        Ok(Self { port: w.port, names: w.names, control: w.control, plan })
    }
}
