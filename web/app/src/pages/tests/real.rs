//! What it costs a page to name the real clients that suffer.

use super::*;
use dualwatch_clients::{Fault, Met};
use dualwatch_core::respond::incident::each::{Failed, Visited};
use dualwatch_wire::v1::RealClients;
use std::io::Write as _;

/// Bytes of a page of a service that are sent.
fn sent(language: Language, real: Option<&RealClients>) -> usize {
    packed(&target_of(language, real, |_| {}))
}

/// Bytes after brotli, as a server packs what it makes for each reader.
fn packed(html: &str) -> usize {
    const QUALITY: u32 = 5;
    let mut packed = Vec::new();
    let mut writer = brotli::CompressorWriter::new(&mut packed, 4096, QUALITY, 22);
    writer.write_all(html.as_bytes()).unwrap();
    drop(writer);
    packed.len()
}

#[test]
fn to_name_who_suffers_costs_nothing_where_nothing_is_wrong_and_little_where_something_is() {
    const MOST: usize = 4_000;
    // An operator's own clients have lines of their own.
    let stack = ["nginx", "python-requests", "node-22"].map(str::to_owned);
    let url = "https://api.example/";
    for language in [Language::En, Language::ZhHans, Language::De] {
        let without = sent(language, None);
        assert!(!target_of(language, None, |_| {}).contains(dualwatch_clients::MEASURED_ON));
        for fault in Fault::ALL.iter().filter(|fault| **fault != Fault::Healthy) {
            let real = dualwatch_words::real_clients(Language::En, Met::Measured(*fault), url, &stack).unwrap();
            let cost = sent(language, Some(&real)) - without;
            println!("{}, {}: {cost} B more than {without} B", language.code(), fault.code());
            assert!(cost > 100, "{}: it is there", fault.code());
            assert!(cost <= MOST, "{}, {}: {cost} B", language.code(), fault.code());
        }
    }
}

/// The page of an incident of one family, whose every round failed for this cause; with 32 addresses, most of which failed.
fn reported(language: Language, cause: Cause, url: Option<&str>) -> IncidentDocument {
    let mut whole = record(&[(Family::Ipv6, 30, 0)]);
    whole.impact.other_family_served = 30;
    whole.causes.iter_mut().for_each(|span| span.cause = cause);
    let (from, to) = (NOW - 30 * MINUTE, NOW);
    whole.addresses = (0..32_u16)
        .map(|n| Visited {
            family: Family::Ipv6,
            address: std::net::Ipv6Addr::new(0x2001, 0xdb8, n, 0, 0, 0, 0, n * 7).into(),
            visits: 30,
            failed: (n < 30).then_some(Failed { n: u32::from(n), from, to, cause }),
        })
        .collect();
    let stack = ["nginx", "python-requests", "node-22"].map(str::to_owned);
    let context = Context { url, clients: &stack, ..Context::default() };
    IncidentDocument {
        version: 1,
        incident: Incident::of("api", "Api", &whole),
        report: dualwatch_words::report::report_in(language, "api", "Api", &whole, &context),
    }
}

#[test]
fn a_report_that_names_who_suffers_costs_little_and_one_that_does_not_nothing() {
    const MOST: usize = 4_000;
    let causes = [
        Cause::TcpRefused,
        Cause::TcpTimeout,
        Cause::NetUnreachable,
        Cause::HttpTimeout,
        Cause::TlsTimeout,
        Cause::TlsNameMismatch,
        Cause::PathMtu,
        Cause::TcpReset,
    ];
    for language in Language::ALL {
        for cause in causes {
            let page =
                |document: &IncidentDocument| incident(document, &in_language("/incidents/x", language), &assets());
            let mut document = reported(language, cause, Some("https://api.example/"));
            let with = packed(&page(&document));
            document.report.addresses.clear();
            let alone = packed(&page(&document));
            document.report.real_clients = None;
            let without = packed(&page(&document));
            let code = (language.code(), cause.code());
            println!(
                "{code:?}: {} B for clients, {} B for addresses, {without} B without",
                alone - without,
                with - alone
            );
            assert!(alone > without && with > alone && with - without <= MOST, "{code:?}: {} B", with - without);
        }
        let unknown = reported(language, Cause::TcpRefused, None).report;
        assert!(unknown.real_clients.is_none() && unknown.affected.iter().all(|line| line.tally.is_none()));
    }
}

#[test]
fn a_page_and_a_report_name_ten_well_known_ones_by_their_fate_in_every_language() {
    let url = "https://api.example/";
    for language in Language::ALL {
        for (cause, fault) in [(Cause::TcpRefused, Fault::Refused), (Cause::TcpTimeout, Fault::Silent)] {
            let report = reported(language, cause, Some(url));
            let of_report = incident(&report, &in_language("/incidents/x", language), &assets());
            let real = dualwatch_words::real_clients(Language::En, Met::Measured(fault), url, &[]);
            let of_target = target_of(language, real.as_ref(), |_| {});
            for html in [of_report, of_target] {
                let named = |name: &str| html.contains(name);
                let n = dualwatch_clients::all().iter().filter(|client| named(client.name)).count();
                assert!(n >= 10, "{} {}: {n}", language.code(), fault.code());
                // Each fate has a line, which names those of that fate first.
                for group in dualwatch_clients::groups(fault, dualwatch_clients::Protocol::Http) {
                    let first = group.clients[0].client.name;
                    assert!(named(first), "{} {}: {first}", language.code(), fault.code());
                }
            }
        }
    }
}
