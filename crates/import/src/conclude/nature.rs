//! What a record that says "down" is really about.

use crate::{conclude::measured::Measured, read::Version};
use dualwatch_wire::upptime::Status;

/// Why the status was not "up".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nature {
    /// As far as the record tells, the site.
    Outage,
    /// The site was never seen up by this vantage, so nothing shows that the vantage could have seen it.
    NeverUp,
    /// The certificate had fewer than 7 days left; the site answered.
    CertificateWarning,
    /// The measuring service refused its job, and its own answer was published as the site's.
    MeasurementError,
}

/// What Globalping's API answers where it does not measure: 400 (the request does not validate) and 422 (no probe
/// there). A site that answers with these itself cannot be told from that.
const GLOBALPING_ERRORS: [u16; 2] = [400, 422];

/// The code of the `ssl` check for a certificate that it could read, however few days it has left.
const CERTIFICATE_READ: u16 = 200;

impl Nature {
    /// Returns what a version that does not say "up" is about, on its own.
    pub fn of(version: &Version, measured: Measured) -> Self {
        let record = &version.record;
        match record.code {
            // uptime-monitor writes a number whenever there was an answer, and 0 where there was none.
            None => Self::MeasurementError,
            Some(code) if measured.by_globalping && GLOBALPING_ERRORS.contains(&code) => Self::MeasurementError,
            Some(CERTIFICATE_READ) if measured.is_certificate_check && record.status == Status::Down => {
                Self::CertificateWarning
            }
            Some(_) => Self::Outage,
        }
    }

    /// Whether the site itself failed, as far as anybody can tell.
    pub const fn accuses(self) -> bool {
        matches!(self, Self::Outage)
    }
}
