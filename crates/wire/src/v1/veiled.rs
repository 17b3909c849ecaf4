//! Documents of a target as everybody may read them: what a veil takes out of each.

use super::{Certificate, EveryAddress, FamilyFacts, Incident, Round, Sample, TargetStatus};
use dualwatch_core::{judge::consistency, measure::veil::Veil};
use std::borrow::Cow;

impl TargetStatus {
    /// Takes out what is not told of the target.
    pub fn veil(&mut self, veil: &Veil) {
        self.url = veil.url(&self.url);
        self.ipv4.veil(veil);
        self.ipv6.veil(veil);
        consistency::veil(&mut self.differences, veil);
        self.alternations.retain_mut(|alternation| alternation.veil(veil));
        // Whose clients were counted tells what is spoken there.
        if veil.hides_url() {
            self.client_tally = None;
        }
    }
}

impl FamilyFacts {
    fn veil(&mut self, veil: &Veil) {
        veil.address(&mut self.address);
        veil.option(&mut self.why);
        if veil.hides_address() {
            self.unfit.clear();
        }
        if veil.hides_url() {
            self.certificate = None;
        }
        if let Some(certificate) = &mut self.certificate {
            veil.names(&mut certificate.names);
            veil.option(&mut certificate.wanted);
        }
    }
}

impl Incident {
    /// Takes out what is not told of its target.
    pub fn veil(&mut self, veil: &Veil) {
        veil.name(&mut self.name);
        for evidence in &mut self.evidence {
            veil.address(&mut evidence.address);
            evidence.detail.iter_mut().for_each(|detail| veil.evidence(detail));
            evidence.certificate.iter_mut().for_each(|certificate| certificate.veil(veil));
        }
    }
}

impl Round {
    /// Takes out what is not told of its target.
    pub fn veil(&mut self, veil: &Veil) {
        self.target = veil.url(&self.target);
        for sample in [&mut self.ipv4, &mut self.ipv6] {
            sample.veil(veil);
        }
    }

    /// Returns a round that is text already, as [`veil`](Self::veil) leaves it. Most have nothing to be taken out, and a day of
    /// them is a megabyte: those are not read. One that cannot be read tells nothing.
    pub fn veiled<'t>(text: &'t str, veil: &Veil) -> Option<Cow<'t, str>> {
        let is_bare = veil.public().is_all() && !text.contains(['?', '#', '@']);
        if veil.is_lifted() || is_bare {
            return Some(Cow::Borrowed(text));
        }
        let mut round: Self = serde_json::from_str(text).ok()?;
        round.veil(veil);
        serde_json::to_string(&round).ok().map(Cow::Owned)
    }
}

impl EveryAddress {
    /// Takes out what is not told of the target; `None`: that is all of it.
    #[must_use]
    pub fn veiled(mut self, veil: &Veil) -> Option<Self> {
        if veil.hides_address() {
            return None;
        }
        let each = self.ipv4.iter_mut().chain(&mut self.ipv6).flat_map(|family| &mut family.addresses);
        each.filter_map(|each| each.detail.as_mut()).for_each(|detail| veil.evidence(detail));
        Some(self)
    }
}

impl Sample {
    fn veil(&mut self, veil: &Veil) {
        veil.addresses(&mut self.addresses);
        veil.address(&mut self.address);
        self.detail.iter_mut().for_each(|detail| veil.evidence(detail));
        self.certificate.iter_mut().for_each(|certificate| certificate.veil(veil));
        if veil.hides_address() {
            self.each.clear();
        }
        self.each.iter_mut().filter_map(|each| each.detail.as_mut()).for_each(|detail| veil.evidence(detail));
    }
}

impl Certificate {
    fn veil(&mut self, veil: &Veil) {
        self.further_names += veil.names(&mut self.subject_names);
        veil.digest(&mut self.sha256);
        veil.text(&mut self.issuer);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use dualwatch_core::measure::{
        family::PerFamily, public::Public, round, sample, time::Timestamp, vantage::Standing,
    };

    const URL: &str = "https://shop.example/?token=s3cret";

    fn stored(location: Option<&str>) -> String {
        let mut reached = sample::Sample::reached();
        reached.address = Some("192.0.2.1".parse().unwrap());
        reached.addresses = reached.address.into_iter().collect();
        reached.evidence.location = location.map(str::to_owned);
        let round = round::Round {
            target: location.unwrap_or("https://shop.example/").to_owned(),
            started_at: Timestamp::from_unix_ms(1_795_428_711_042),
            vantage: round::Vantage {
                name: "edge".into(),
                standing: PerFamily { ipv4: Standing::Proven, ipv6: Standing::Proven },
                silent_controls: Vec::new(),
            },
            samples: PerFamily { ipv4: reached, ipv6: sample::Sample::skipped(None) },
            dual_stack: round::DualStack::default(),
        };
        serde_json::to_string(&Round::from(&round)).unwrap()
    }

    #[test]
    fn a_stored_round_is_read_only_where_something_is_taken_out() {
        let all = Veil::new(Public::default(), URL);
        assert!(matches!(Round::veiled(&stored(None), &all), Some(Cow::Borrowed(_))));
        let secret = stored(Some(URL));
        let told = Round::veiled(&secret, &all).unwrap();
        assert!(!told.contains("s3cret") && told.matches("\"https://shop.example/\"").count() == 2, "{told}");
        assert_eq!(Round::veiled(&secret, &Veil::lifted()).as_deref(), Some(&*secret));
        let none = Veil::new(Public::NAME_ONLY, URL);
        let told = Round::veiled(&secret, &none).unwrap();
        assert!(!told.contains("shop") && !told.contains("192.0.2") && Round::is_as_stored(&told), "{told}");
        assert_eq!(Round::veiled("{\"?\":1}", &all), None);
    }
}
