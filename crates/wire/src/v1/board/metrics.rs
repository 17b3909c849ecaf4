//! `GET /metrics`: what the board says of targets, vantages and incidents, as metrics.

use super::{Board, Place};
use crate::{
    answer::exposition::Format,
    metrics::{
        Exposition, Kind,
        probe::{self, Labelled},
    },
    v1::{Incident, Report, VantageStatus, status::State},
};
use dualwatch_core::{
    judge::schedule::late_after_ms,
    measure::{family::Family, time::Timestamp, vantage::Standing},
    respond::incident::Trouble,
};
use std::collections::HashMap;

const TROUBLES: [(Trouble, &str); 2] = [(Trouble::Down, "down"), (Trouble::Unstable, "unstable")];

/// The window of the shares that the board knows.
const WINDOW: &str = "30d";

fn bit(value: bool) -> f64 {
    f64::from(u8::from(value))
}

fn unix_s(at: Timestamp) -> f64 {
    at.unix_ms() as f64 / 1_000.0
}

impl Place {
    /// Returns the newest report, where the target is not late.
    pub(super) fn current(&self, now: Timestamp) -> Option<&Report> {
        self.report.as_ref().filter(|_| self.late_from.is_some_and(|late| now < late))
    }

    fn slug(&self) -> &str {
        &self.target.slug
    }
}

impl Board {
    /// Returns the metrics at `now`, with the incidents that are open then. What is unknown is absent, and never 0.
    pub fn metrics(&self, format: Format, open: &[Incident], now: Timestamp) -> String {
        let mut all = Exposition::new(format);
        let version = env!("CARGO_PKG_VERSION");
        all.family("dualwatch_build", Kind::Info, "The version of this instance.").sample(&[("version", version)], 1.0);
        self.write_probes(&mut all, now);
        self.write_families(&mut all, now);
        self.write_incidents(&mut all, open);
        self.write_targets(&mut all, now);
        write_vantages(&mut all, &self.vantages());
        let mut trouble = all.family("dualwatch_storage_trouble", Kind::Gauge, "1 while nothing can be stored.");
        trouble.sample(&[], bit(self.storage.as_ref().is_some_and(|storage| storage.trouble.is_some())));
        all.finish()
    }

    /// What each vantage measured last, as long as that speaks for now.
    fn write_probes(&self, all: &mut Exposition, now: Timestamp) {
        let mut labels = Vec::new();
        let mut probes = Vec::new();
        for place in &self.places {
            let late_ms = late_after_ms(place.target.interval_s);
            let measured = place.current(now).into_iter().flat_map(|report| &report.probes);
            for probed in measured.filter(|probed| now.ms_since(probed.at) <= late_ms) {
                for family in Family::ALL {
                    labels.push([("target", place.slug()), ("family", family.code()), ("vantage", &*probed.vantage)]);
                    probes.push((place.target.endpoint.scheme, family, probed.probe(family)));
                }
            }
        }
        let labelled = labels.iter().zip(&probes);
        let labelled = labelled.map(|(labels, (scheme, family, probe))| Labelled {
            labels,
            scheme: *scheme,
            family: *family,
            probe,
        });
        probe::write(all, &labelled);
    }

    /// What is published of each family, of all vantages together.
    fn write_families(&self, all: &mut Exposition, now: Timestamp) {
        let each = || {
            self.places.iter().flat_map(|place| Family::ALL.map(|family| (place, family, place.status.facts(family))))
        };
        let mut write = |name, kind, help, value: fn(State) -> Option<f64>| {
            let mut family = all.family(name, kind, help);
            for (place, over, facts) in each() {
                if let Some(value) = value(facts.state) {
                    family.sample(&[("target", place.slug()), ("family", over.code())], value);
                }
            }
        };
        let help = "1: up, or not yet confirmed as down; 0: down, or not yet confirmed as up; absent: unknown.";
        write("dualwatch_family_up", Kind::Gauge, help, |state| match state {
            State::Up | State::Suspect => Some(1.0),
            State::Down | State::Recovering => Some(0.0),
            State::Unknown => None,
        });
        let mut states = all.family("dualwatch_family_state", Kind::Gauge, "1 for the state that is published.");
        for (place, over, facts) in each() {
            let labels = [("target", place.slug()), ("family", over.code()), ("state", facts.state.code())];
            states.sample(&labels, 1.0);
        }
        let mut since = all.family(
            "dualwatch_family_state_since_timestamp_seconds",
            Kind::Gauge,
            "Since when it is in that state, in seconds since 1970.",
        );
        for (place, over, facts) in each() {
            if let Some(at) = facts.since {
                since.sample(&[("target", place.slug()), ("family", over.code())], unix_s(at));
            }
        }
        let mut degraded = all.family("dualwatch_family_degraded", Kind::Gauge, "1: reached, but not as expected.");
        for (place, over, facts) in each().filter(|(.., facts)| facts.state != State::Unknown) {
            degraded.sample(&[("target", place.slug()), ("family", over.code())], bit(facts.degraded));
        }
        let mut announced = all.family("dualwatch_family_maintenance", Kind::Gauge, "1: within an announced time.");
        for (place, over, facts) in each() {
            announced.sample(&[("target", place.slug()), ("family", over.code())], bit(facts.maintenance));
        }
        let mut causes = all.family("dualwatch_family_cause", Kind::Info, "Why the state is not simply up.");
        for (place, over, facts) in each() {
            if let Some(cause) = facts.cause {
                causes.sample(&[("target", place.slug()), ("family", over.code()), ("cause", cause.code())], 1.0);
            }
        }
        let help = "By how much later a dual-stack client gets there than it could.";
        let mut costs = all.family("dualwatch_dual_stack_cost_seconds", Kind::Gauge, help);
        for place in self.places.iter().filter(|place| place.current(now).is_some()) {
            if let Some(ms) = place.status.dual_stack.cost_ms {
                costs.sample(&[("target", place.slug())], ms / 1_000.0);
            }
        }
        let help = "The share of the observed time of the window in which it was up.";
        let mut shares = all.family("dualwatch_uptime_ratio", Kind::Gauge, help);
        for place in &self.places {
            let Some(uptime) = place.report.as_ref().and_then(|report| report.uptime) else { continue };
            let tracks = [("ipv4", uptime.ipv4), ("ipv6", uptime.ipv6), ("dual_stack", uptime.dual_stack)];
            for (track, share) in tracks.into_iter().filter_map(|(track, share)| Some((track, share?))) {
                shares.sample(&[("target", place.slug()), ("family", track), ("window", WINDOW)], share);
            }
        }
    }

    fn write_incidents(&self, all: &mut Exposition, open: &[Incident]) {
        let mut of: HashMap<&str, &Incident> = HashMap::new();
        for incident in open.iter().filter(|incident| incident.open) {
            of.insert(&incident.target, incident);
        }
        let mut opened = all.family(
            "dualwatch_incident_open",
            Kind::Gauge,
            "1 while an incident of the kind is open over the family.",
        );
        for place in &self.places {
            let incident = of.get(place.slug());
            for family in Family::ALL {
                for (trouble, kind) in TROUBLES {
                    let is_open = incident.is_some_and(|incident| {
                        incident.outages.iter().any(|outage| {
                            let is = if outage.unstable.is_some() { Trouble::Unstable } else { Trouble::Down };
                            outage.family == family && outage.ended.is_none() && is == trouble
                        })
                    });
                    let labels = [("target", place.slug()), ("family", family.code()), ("kind", kind)];
                    opened.sample(&labels, bit(is_open));
                }
            }
        }
        let mut began = all.family(
            "dualwatch_incident_began_timestamp_seconds",
            Kind::Gauge,
            "When the open incident of the target was first seen, in seconds since 1970.",
        );
        for (place, incident) in self.places.iter().filter_map(|place| Some((place, of.get(place.slug())?))) {
            began.sample(&[("target", place.slug())], unix_s(incident.summary.began.by));
        }
    }

    fn write_targets(&self, all: &mut Exposition, now: Timestamp) {
        let mut targets = all.family("dualwatch_target", Kind::Info, "The name and the address of a target.");
        for place in &self.places {
            let labels = [("target", place.slug()), ("name", &place.status.name), ("url", &place.status.url)];
            targets.sample(&labels, 1.0);
        }
        let mut intervals =
            all.family("dualwatch_target_interval_seconds", Kind::Gauge, "How often the target is measured.");
        for place in &self.places {
            intervals.sample(&[("target", place.slug())], f64::from(place.target.interval_s));
        }
        let mut rounds = all.family(
            "dualwatch_target_last_round_timestamp_seconds",
            Kind::Gauge,
            "When the newest round began, in seconds since 1970; absent before the first.",
        );
        for place in &self.places {
            if let Some(at) = place.report.as_ref().and_then(|report| report.status.last_round_at) {
                rounds.sample(&[("target", place.slug())], unix_s(at));
            }
        }
        let help = "1: no round came for two periods and a minute, and what is published is unknown.";
        let mut late = all.family("dualwatch_target_late", Kind::Gauge, help);
        for place in self.places.iter().filter(|place| place.report.is_some()) {
            late.sample(&[("target", place.slug())], bit(place.current(now).is_none()));
        }
    }
}

fn write_vantages(all: &mut Exposition, vantages: &[VantageStatus]) {
    let each = || {
        vantages.iter().flat_map(|vantage| {
            [(Family::Ipv4, vantage.ipv4), (Family::Ipv6, vantage.ipv6)]
                .map(|(family, standing)| (&*vantage.name, family.code(), standing))
        })
    };
    let help = "1: proven by a control; 0: nothing that is measured over the family there accuses a target.";
    let mut healthy = all.family("dualwatch_vantage_healthy", Kind::Gauge, help);
    for (vantage, family, standing) in each() {
        // Of what nobody tested, or two say differently, neither is known.
        if !matches!(standing, Standing::Untested | Standing::Disputed) {
            healthy.sample(&[("vantage", vantage), ("family", family)], bit(standing.may_accuse()));
        }
    }
    let help = "1 for what the vantage has last proven about the family.";
    let mut standings = all.family("dualwatch_vantage_standing", Kind::Gauge, help);
    for (vantage, family, standing) in each() {
        standings.sample(&[("vantage", vantage), ("family", family), ("standing", standing.code())], 1.0);
    }
    let mut rounds = all.family(
        "dualwatch_vantage_last_round_timestamp_seconds",
        Kind::Gauge,
        "When the newest round of the vantage began, in seconds since 1970.",
    );
    for vantage in vantages {
        rounds.sample(&[("vantage", &*vantage.name)], unix_s(vantage.last_round_at));
    }
}

#[cfg(test)]
mod tests;
