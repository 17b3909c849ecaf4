//! Rounds from letters, over [`super::settings::URL`].

use super::settings::URL;
use dualwatch_core::{
    judge::dual_stack,
    measure::{
        cause::Cause,
        family::PerFamily,
        round::{Round, Vantage},
        sample::{Phases, Sample},
        time::Timestamp,
        vantage::Standing,
    },
};

pub const VANTAGES: [&str; 3] = ["edge", "berlin", "tokyo"];

/// `g`ood, `s`low, `r`efused, `t`imeout, blind `?`, `n`ot offered.
fn sample(letter: char) -> Sample {
    let reached = || {
        let phases = Phases { connect: Some(10.0), total: Some(40.0), ..Phases::default() };
        Sample { phases, ..Sample::reached() }
    };
    match letter {
        'g' => reached(),
        's' => Sample { cause: Some(Cause::Slow), ..reached() },
        'r' => Sample::failed(Cause::TcpRefused),
        't' => Sample::failed(Cause::TcpTimeout),
        'n' => Sample::skipped(Some(Cause::DnsNodata)),
        _ => Sample::failed(Cause::VantageNoFamily),
    }
}

/// Returns a round of a vantage that has proven both families.
pub fn round(at: Timestamp, vantage: &str, ipv4: char, ipv6: char) -> Round {
    let samples = PerFamily { ipv4: sample(ipv4), ipv6: sample(ipv6) };
    Round {
        target: URL.to_owned(),
        started_at: at,
        vantage: Vantage {
            name: vantage.to_owned(),
            standing: PerFamily { ipv4: Standing::Proven, ipv6: Standing::Proven },
            silent_controls: Vec::new(),
        },
        dual_stack: dual_stack::view(&samples),
        samples,
    }
}
