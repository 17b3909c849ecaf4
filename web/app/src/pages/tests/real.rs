//! What it costs a page to name the real clients that suffer.

use super::*;
use dualwatch_clients::{Fault, Met};
use dualwatch_wire::v1::RealClients;
use std::io::Write as _;

/// Bytes of a page of a service after brotli, as a server packs what it makes for each reader.
fn sent(language: Language, real: Option<&RealClients>) -> usize {
    const QUALITY: u32 = 5;
    let html = target_of(language, real, |_| {});
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
