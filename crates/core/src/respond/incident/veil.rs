//! What everybody may know of an incident.

use super::Incident;
use crate::measure::veil::Veil;

impl Incident {
    /// Takes out what is not told of its target: whatever is written from it is free of that then.
    pub fn veil(&mut self, veil: &Veil) {
        if veil.is_lifted() {
            return;
        }
        for exhibit in self.causes.iter_mut().map(|span| &mut span.exhibit) {
            veil.address(&mut exhibit.address);
            veil.evidence(&mut exhibit.evidence);
            exhibit.certificate.iter_mut().for_each(|certificate| veil.certificate(certificate));
        }
        if veil.hides_address() {
            self.addresses.clear();
        }
        self.changes.retain_mut(|change| change.veil(veil));
    }
}
