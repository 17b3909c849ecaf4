//! How much of the last 30 days a service was up, in a line.

use dualwatch_core::remember::availability::Period;
use dualwatch_wire::{
    answer::language::Language,
    v1::{PageTarget, Uptime},
};
use dualwatch_words::{
    self as words,
    self_test::phrases::Whole,
    status::{Caption, Said},
};

/// Returns the line of a target.
pub fn over_30_days(target: Option<&PageTarget>, w: &dyn Whole) -> String {
    let Some(Uptime { ipv4, ipv6, dual_stack, known_s }) = target.and_then(|t| t.uptime) else {
        return w.pair(&w.say(Said::UpOver30Days), w.caption(Caption::NotObserved));
    };
    let length_ms = Period::Days30.length_ms();
    let hardly = known_s.filter(|known| words::known_for(known.ms(), length_ms).is_some());
    let over = hardly.map_or_else(
        || w.say(Said::UpOver30Days),
        |known| {
            let [known, of] = [known.ms(), length_ms].map(|ms| w.length(ms));
            w.say(Said::KnownFor { known: known.trim_end(), of: of.trim_end() })
        },
    );
    let share = |name: &str, share: Option<f64>| {
        let share = share.map_or_else(|| w.caption(Caption::NotObserved).to_owned(), |share| w.percent(share));
        format!("{name}\u{a0}{share}")
    };
    let both = match w.language() {
        Language::En => w.caption(Caption::DualStack).to_lowercase(),
        _ => w.caption(Caption::DualStack).to_owned(),
    };
    let shares = [share("IPv4", ipv4), share("IPv6", ipv6), share(&both, dual_stack)];
    w.pair(&over, &shares.join(" · "))
}

/// Returns the share of each family, as it stands in a line; empty: nothing was observed.
pub fn shares(target: Option<&PageTarget>, w: &dyn Whole) -> [String; 2] {
    let uptime = target.and_then(|target| target.uptime).unwrap_or_default();
    [uptime.ipv4, uptime.ipv6].map(|share| share.map(|share| w.percent(share)).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{en, page, target, up};
    use dualwatch_core::measure::time::DAY;
    use dualwatch_wire::seconds::Seconds;

    #[test]
    fn what_was_not_observed_is_no_number() {
        let line = |uptime| {
            let mut target = page(vec![target("Api", up(), up(), None)]).targets.remove(0);
            target.uptime = uptime;
            over_30_days(Some(&target), en()).replace('\u{a0}', " ")
        };
        assert_eq!(over_30_days(None, en()), "Up over 30 days: not observed");
        assert_eq!(line(None), "Up over 30 days: not observed");
        assert_eq!(
            line(Some(Uptime { ipv4: Some(1.0), ipv6: None, dual_stack: Some(0.999_8), known_s: None })),
            "Up over 30 days: IPv4 100 % · IPv6 not observed · dual stack 99.98 %"
        );
        let known = |ms| Uptime { ipv4: Some(1.0), known_s: Some(Seconds::from_ms(ms)), ..Uptime::default() };
        assert_eq!(
            line(Some(known(8_000))),
            "Known for 8 seconds of 30 days: IPv4 100 % · IPv6 not observed · dual stack not observed"
        );
        assert!(line(Some(known(20 * DAY))).starts_with("Up over 30 days: IPv4 100 %"));
    }
}
