//! Scores and help-desk codes against what test-ipv6.com's own rules answer, recorded by running them.
//!
//! `TEST_IPV6_TRUTH` names another file.

use dualwatch_core::{
    measure::family::Family,
    self_test::score::{Ended, Inputs, score},
};
use std::{collections::BTreeMap, fs, path::PathBuf};

/// Where we answer otherwise on purpose: what it is called, and why.
const DIFFERENCES: [(&str, &str); 4] = [
    (
        "works, and one leg is slow",
        "each family works; there, one slow answer makes it 0/0 and \"inconclusive\": here the slow leg costs what it costs alone",
    ),
    (
        "a result without a score",
        "the name with IPv6 alone fails and the name with both is slow over IPv6: there a misspelt name gives 10/10, here it is as where that name is quick",
    ),
    (
        "a state without a code",
        "there IPv6 alone with IPv4 that times out has no code, and an IPv6 address beside a missing name gives the code \"undefined\": here 6, and no code",
    ),
    (
        "slow IPv6 whose large packets are lost",
        "there the path MTU is looked at only where IPv6 is quick; trouble with large packets is what makes it slow",
    ),
];

/// Returns the difference that explains why a row is not as there, by its place in the list.
fn difference(row: &Row) -> Option<usize> {
    let i = &row.inputs;
    let is_odd_leg = [i.ipv4, i.ipv6, i.dual].contains(&Ended::Slow);
    let both = i.ipv4.works() && i.ipv6.works() && i.dual.works();
    let is_ipv6_only = !i.ipv4.works() && i.ipv6.works() && i.dual.works() && i.chosen == Some(Family::Ipv6);
    if i.ipv6 == Ended::Slow && (i.large_ipv6 != Ended::Ok || i.large_dual != Ended::Ok) {
        Some(3)
    } else if row.helpdesk.starts_with("undefined") && i.dual == Ended::Slow && i.chosen == Some(Family::Ipv6) {
        Some(1)
    } else if row.helpdesk.starts_with("undefined")
        || (i.ipv4 == Ended::Timeout && row.helpdesk.is_empty() && !is_odd_leg)
    {
        Some(2)
    } else if is_odd_leg && (both || is_ipv6_only) {
        Some(0)
    } else if i.ipv4 == Ended::Timeout && row.helpdesk.is_empty() {
        Some(2)
    } else {
        None
    }
}

struct Row {
    inputs: Inputs,
    scores: (Option<u8>, Option<u8>),
    helpdesk: String,
}

fn ended(text: &str) -> Ended {
    match text {
        "ok" => Ended::Ok,
        "slow" => Ended::Slow,
        "bad" => Ended::Bad,
        "timeout" => Ended::Timeout,
        other => panic!("{other} is no state"),
    }
}

fn read(line: &str) -> Row {
    let fields: Vec<&str> = line.split('\t').collect();
    let [a, aaaa, ds, v6mtu, v6ns, dsmtu, _, v4, v6, helpdesk, ..] = fields[..] else { panic!("{line}") };
    let (dual, family) = ds.split_once('/').unwrap_or((ds, ""));
    let chosen = match family {
        "ipv4" => Some(Family::Ipv4),
        "ipv6" => Some(Family::Ipv6),
        _ => None,
    };
    let number = |text: &str| text.parse::<i8>().unwrap().try_into().ok();
    Row {
        inputs: Inputs {
            ipv4: ended(a),
            ipv6: ended(aaaa),
            dual: ended(dual),
            chosen,
            large_ipv6: ended(v6mtu),
            large_dual: ended(dsmtu),
            resolver_ipv6: ended(v6ns),
            tunnel: None,
        },
        scores: (number(v4), number(v6)),
        helpdesk: helpdesk.to_owned(),
    }
}

#[test]
fn scores_equal_the_truth_of_test_ipv6_but_where_it_is_named() {
    let path = std::env::var_os("TEST_IPV6_TRUTH").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/falling-sky/truth.tsv"),
        PathBuf::from,
    );
    let Ok(table) = fs::read_to_string(&path) else {
        return dualwatch_notrun::no_data(format_args!(
            "the recorded answers of test-ipv6.com are not at {} (TEST_IPV6_TRUTH names another place)",
            path.display()
        ));
    };
    let mut n_rows = 0;
    let (mut n_by_kind, mut wrong) = (BTreeMap::<&str, usize>::new(), Vec::new());
    for line in table.lines().skip(1) {
        let row = read(line);
        let ours = score(&row.inputs);
        let helpdesk = ours.helpdesk.map_or(String::new(), |helpdesk| helpdesk.to_string());
        n_rows += 1;
        if ((ours.ipv4, ours.ipv6), &helpdesk) == (row.scores, &row.helpdesk) {
            continue;
        }
        match difference(&row) {
            Some(kind) => *n_by_kind.entry(DIFFERENCES[kind].0).or_default() += 1,
            None => wrong.push(format!("{line}\n    ours: {ours:?}")),
        }
    }
    assert!(n_rows > 4_000, "{n_rows} rows");
    assert!(wrong.is_empty(), "{} rows differ without a reason:\n{}", wrong.len(), wrong.join("\n"));
    assert_eq!(n_by_kind.len(), DIFFERENCES.len(), "a difference that there is none of: {n_by_kind:?}");
    for (name, why) in DIFFERENCES {
        eprintln!("{:5} rows: {name}: {why}", n_by_kind[name]);
    }
}
