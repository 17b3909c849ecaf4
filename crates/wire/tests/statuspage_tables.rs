//! The tables of what is told to readers of Statuspage's API and of feeds, held against the text that shows them.

use dualwatch_core::measure::family::PerFamily;
use dualwatch_wire::{
    bulletin::What,
    statuspage::{Overall, ROUTES, Standing, Whole, component_id},
};
use std::{fmt::Write as _, fs, path::Path};

const fn means(standing: Standing) -> &'static str {
    match standing {
        Standing::Up => "answers; or fails and is not confirmed to be down",
        Standing::Absent => "no address of the family is published, and none is expected",
        Standing::Degraded => "answers, not as well as expected",
        Standing::Unknown => "nobody knows: the format has no word for it, and this one is neither green nor red",
        Standing::Unstable => "fails again and again: an incident of that kind is open",
        Standing::Maintenance => "in an announced window, and no incident is open about it",
        Standing::Down => "down; or answers again and is not confirmed to be up",
    }
}

const fn counts(overall: Overall) -> &'static str {
    match overall {
        Overall::Up => "every target is up",
        Overall::Maintenance => "nothing is worse than announced maintenance",
        Overall::Degraded => "nothing is worse than degraded",
        Overall::Unknown => "nothing is known to be worse, and of some target nothing is known",
        Overall::Partly => "some target is down over one of two families, or unstable",
        Overall::Down => "some target is down over all that it offers",
        Overall::AllDown => "every target is down over all that it offers",
    }
}

#[test]
fn the_tables_are_as_they_are_shown() {
    let mut text = String::from(
        "# What readers of other formats are told\n\nWritten by `crates/wire/tests/statuspage_tables.rs` from what decides it.\n\n\
         ## A component\n\n| over a family | status | |\n|---|---|---|\n",
    );
    for standing in Standing::ALL {
        writeln!(text, "| {standing:?} | `{}` | {} |", standing.status().code(), means(standing)).unwrap();
    }
    text += "\nThe component of a client with both families stands as the better of those that are known.\n\n\
             ## A target: the group\n\n| IPv4 | IPv6 | status |\n|---|---|---|\n";
    for (i, ipv4) in Standing::ALL.into_iter().enumerate() {
        for ipv6 in Standing::ALL.into_iter().skip(i) {
            let whole = Whole::of(PerFamily { ipv4, ipv6 });
            assert_eq!(whole, Whole::of(PerFamily { ipv4: ipv6, ipv6: ipv4 }));
            writeln!(text, "| {ipv4:?} | {ipv6:?} | `{}` |", whole.status().code()).unwrap();
        }
    }
    text += "\nThe other way round it is the same.\n\n## The page\n\n| | indicator |\n|---|---|\n";
    for overall in Overall::ALL {
        writeln!(text, "| {} | `{}` |", counts(overall), overall.indicator()).unwrap();
    }
    text += "\n## An incident\n\n\
             - `impact`: `major` where both families were down at the same time, else `minor`; of maintenance `maintenance`.\n\
             - `status`: `investigating` while something is down or unstable, `monitoring` while all answers and it is not \
             over, `resolved`. `identified` and `postmortem` are words of people.\n\
             - Its moments become updates, and paragraphs of its entry in a feed:\n\n| moment | status of the update |\n|---|---|\n";
    for what in What::ALL {
        let status = match what {
            What::Began | What::Changed | What::Cause => "investigating",
            What::Quiet => "monitoring",
            What::Over => "resolved",
        };
        writeln!(text, "| `{}` | `{status}` |", what.code()).unwrap();
    }
    text += "\n## Identifiers\n\nAll of them are for ever: they are made of names and moments that do not change, and no list is kept.\n\n";
    let components: Vec<String> = ROUTES.iter().map(|family| format!("`{}`", component_id("shop", *family))).collect();
    writeln!(
        text,
        "- A group is the slug of its target, `shop`; its components are {}. No slug has two hyphens in a row.",
        components.join(", ")
    )
    .unwrap();
    text += "- An incident has its public name, `shop-20261123T140200Z`: the second in which it was first seen. An update adds what \
             it is and its second, `shop-20261123T140200Z--changed-20261123T140400Z`.\n\
             - Maintenance is `maintenance--`, twelve hexadecimal digits of the SHA-256 of title, targets and families, and when \
             it begins.\n\
             - The page is the name of the host, with hyphens for dots.\n\
             - An entry of a feed is `tag:HOST,2026:FEED/INCIDENT`, and `/over` behind it for the entry that says so. FEED is \
             `all`, or what the feed is about (`shop.ipv6`): of two feeds with one identifier, newsboat shows only one entry.\n";
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("STATUSPAGE.md");
    if std::env::var_os("DUALWATCH_TESTS_WRITE").is_some() {
        fs::write(&path, &text).unwrap();
    }
    let kept = fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == text, "{} is not as the tables are; write it with DUALWATCH_TESTS_WRITE=1", path.display());
}
