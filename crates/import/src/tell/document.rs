//! The analysis as the document that `dualwatch import --json` prints.

use crate::conclude::{
    analysis::Analysis,
    codes::Finding,
    target::{History, Incident},
};
use dualwatch_core::measure::time::SECOND;
use dualwatch_wire::v1::{self, import};

impl Analysis {
    /// Returns the document of `dualwatch import --json`, without what the engine makes of the records.
    pub fn document(&self) -> import::Import {
        import::Import {
            version: v1::VERSION,
            measured_every_s: self.measured_every_s,
            targets: self.targets.iter().map(target).collect(),
            findings: self.findings.iter().map(finding).collect(),
        }
    }
}

fn target(history: &History) -> import::Target {
    import::Target {
        slug: history.slug.clone(),
        name: history.name.clone(),
        url: history.url.clone(),
        findings: history.findings.iter().map(finding).collect(),
        incidents: history.incidents.iter().map(incident).collect(),
        past: None,
    }
}

fn finding(finding: &Finding) -> import::Finding {
    import::Finding { code: finding.code.as_str().to_owned(), detail: finding.detail.clone() }
}

fn incident(incident: &Incident) -> import::Incident {
    import::Incident {
        began: incident.began,
        ended: incident.ended,
        duration_s: incident.duration_ms().map(|ms| (ms + SECOND / 2) / SECOND),
        status: incident.status,
        code: incident.code,
    }
}
