//! What badges say of what is published.

use super::{Board, Place};
use crate::{
    badge::{
        facts::{Facts, Several},
        grade::{mean, median},
        said::Ends,
    },
    door::{Whom, badge::PERIODS},
    v1::Judged,
};
use dualwatch_core::{
    measure::{family::Family, time::Timestamp},
    remember::{
        availability::Period,
        spell::{PerTrack, Track},
    },
};

impl Board {
    /// Returns the facts of one target, of a group, or of all at `now`. `None`: there is no such target, or group.
    pub fn badge(&self, whom: &Whom, now: Timestamp) -> Option<Facts> {
        let group = match whom {
            Whom::Target(slug) => {
                let place = &self.places[*self.by_slug.get(slug.as_str())?];
                let uptime = place.report.as_ref().and_then(|report| report.uptime);
                return Some(Facts::Target {
                    status: place.status.clone(),
                    interval_s: place.target.interval_s,
                    uptime,
                });
            }
            Whom::Group(group) => Some(group.as_str()),
            Whom::All => None,
        };
        let meant = || self.places.iter().filter(|place| group.is_none() || place.status.group.as_deref() == group);
        if group.is_some() && meant().next().is_none() {
            return None;
        }
        let shares = |i: usize, track| mean(meant().filter_map(|place| place.share(i, track)));
        let latencies = |track| median(meant().filter_map(|place| place.status.latency_over(track)).collect());
        let certificates = |track| meant().map(|place| place.certificate(track, now)).max().unwrap_or_default();
        Some(Facts::Several(Several {
            name: group.map(str::to_owned),
            judged: meant().fold(Judged::default(), |sum, place| sum.and(place.judged)),
            uptime: std::array::from_fn(|i| PerTrack::from_fn(|track| shares(i, track))),
            latency_ms: PerTrack::from_fn(latencies),
            certificates: PerTrack::from_fn(certificates),
        }))
    }
}

impl Place {
    /// Returns in how much of the window in this place of [`PERIODS`] it was up.
    fn share(&self, period: usize, track: Track) -> Option<f64> {
        let report = self.report.as_ref()?;
        // Of 30 days there is one that is newer.
        let newest = report.uptime.filter(|_| PERIODS[period] == Period::Days30).and_then(|shares| shares.share(track));
        newest.or_else(|| *report.upptime.as_ref()?.shares[period].get(track))
    }

    /// Returns which certificate ends first that the vantages have seen in their newest rounds.
    fn certificate(&self, track: Track, now: Timestamp) -> Ends {
        let newest = self.current(now).into_iter().flat_map(|report| &report.probes);
        let over = Family::ALL.into_iter().filter(|family| track == Track::DualStack || track == (*family).into());
        let probes = newest.flat_map(|probed| over.clone().map(|family| probed.probe(family)));
        probes.map(|probe| Ends::of(probe.certificate_ends_at, probe.phases.total.is_some())).max().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        metrics::probe::{Probe, Probed},
        upptime::numbers::Numbers,
        v1::{Report, TargetStatus, Uptime},
    };
    use dualwatch_core::{
        judge::schedule::late_after_ms,
        measure::{
            group::Group,
            slug::Slug,
            target::{Endpoint, Host, Scheme, Target},
            time::DAY,
        },
    };

    const T0: Timestamp = Timestamp::from_unix_ms(1_795_428_711_042);

    fn judge(_: &TargetStatus, _: u32, _: Timestamp) -> Judged {
        Judged { targets: 1, ..Judged::default() }
    }

    /// Of these groups, in this order; the certificate of the n-th ends in n days, seen over IPv4 alone.
    fn board(groups: &[Option<&str>]) -> Board {
        let entry = |(i, group): (i64, Option<&str>)| {
            let host = Host::Name("shop.example".into());
            let mut target =
                Target::new(&format!("t{i}"), Endpoint { scheme: Scheme::Https, host, port: 443, path: "/".into() });
            target.group = group.map(str::to_owned);
            let blank = Board::new("edge", judge, [(target.clone(), None)], T0).statuses()[0].clone();
            let seen = Probe { certificate_ends_at: Some(T0 + i * DAY), ..Probe::default() };
            let share = |share| PerTrack { dual_stack: Some(share), ..PerTrack::default() };
            let report = Report {
                status: TargetStatus { last_round_at: Some(T0), group: target.group.clone(), ..blank },
                vantages: Vec::new(),
                incidents: Vec::new(),
                uptime: Some(Uptime { dual_stack: Some(0.5), ..Uptime::default() }),
                upptime: Some(Box::new(Numbers {
                    shares: [share(1.0), share(0.9), share(0.1), share(0.8)],
                    ..Numbers::default()
                })),
                spoken: None,
                turns_of_sight: 0,
                about: String::new(),
                probes: vec![Probed { vantage: "edge".into(), at: T0, ipv4: seen, ipv6: Probe::default() }],
            };
            (target, Some(report))
        };
        Board::new("edge", judge, (0..).zip(groups.iter().copied()).map(entry), T0)
    }

    fn several(board: &Board, whom: &Whom, now: Timestamp) -> Option<Several> {
        match board.badge(whom, now)? {
            Facts::Several(several) => Some(several),
            Facts::Target { .. } => None,
        }
    }

    #[test]
    fn a_group_is_counted_by_itself() {
        let board = board(&[None, Some("Shops"), Some("Payments / & more"), Some("Shops")]);
        let group = |name: &str| Whom::Group(Group::parse(name).unwrap());
        let shops = several(&board, &group("Shops"), T0).unwrap();
        assert_eq!((shops.name.as_deref(), shops.judged.targets), (Some("Shops"), 2));
        assert_eq!(shops.certificates.ipv4, Ends::of(Some(T0 + DAY), true));
        assert_eq!(shops.certificates.ipv6, Ends::NotKnown);
        assert_eq!(shops.uptime.map(|share| share.dual_stack), [Some(1.0), Some(0.9), Some(0.5), Some(0.8)]);
        let all = several(&board, &Whom::All, T0).unwrap();
        assert_eq!((all.name.as_deref(), all.judged.targets), (None, 4));
        assert_eq!(all.certificates.dual_stack, Ends::of(Some(T0), true));
        // Nothing is said any more of what nobody has measured for long.
        let late = T0 + late_after_ms(Target::new("x", board.places[0].target.endpoint.clone()).interval_s) + 1;
        assert_eq!(several(&board, &Whom::All, late).unwrap().certificates.dual_stack, Ends::NotKnown);
        assert!(several(&board, &group("Payments / & more"), T0).is_some());
        assert_eq!(board.badge(&group("shops"), T0), None);
        assert_eq!(board.badge(&Whom::Target(Slug::parse("t9").unwrap()), T0), None);
        assert!(board.badge(&Whom::Target(Slug::parse("t2").unwrap()), T0).is_some());
    }
}
