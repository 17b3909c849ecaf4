use super::*;
use dualwatch_core::{
    judge::addresses::Pool,
    measure::{
        round::{DualStack, Round, Vantage},
        target::Confirmation,
        time::{MINUTE, Timestamp},
        vantage::Standing,
    },
};

const URL: &str = "https://service.example/";

/// Returns what is known after rounds a minute apart: each the answer of the name, and which of it are silent.
fn known(rounds: &[(&[u16], &[u16])]) -> Addresses {
    let mut addresses = Addresses { ipv4: Pool::default(), ipv6: Pool::default() };
    for (i, (answer, bad)) in rounds.iter().enumerate() {
        let address = |n: u16| std::net::IpAddr::from([0x2001, 0xdb8, 0, 0, 0, 0, 0, n]);
        let mut ipv6 = Sample::reached();
        ipv6.phases.resolve = Some(1.0);
        ipv6.addresses = answer.iter().map(|n| address(*n)).collect();
        ipv6.each = (answer.iter())
            .map(|n| {
                let silent = || EachAddress::unconnected(address(*n), Cause::TcpTimeout, 10_000.0);
                if bad.contains(n) { silent() } else { EachAddress::of(address(*n), &Sample::reached()) }
            })
            .collect();
        let standing = PerFamily { ipv4: Standing::Proven, ipv6: Standing::Proven };
        let mut round = Round {
            target: URL.to_owned(),
            started_at: Timestamp::from_unix_ms(1_795_428_720_000) + i64::try_from(i).unwrap() * MINUTE,
            vantage: Vantage { name: "edge".to_owned(), standing, silent_controls: Vec::new() },
            samples: PerFamily { ipv4: Sample::skipped(None), ipv6 },
            dual_stack: DualStack::default(),
        };
        addresses.hear(&mut round, &Confirmation::default(), 60);
    }
    addresses
}

#[test]
fn one_dead_of_three_is_told_with_its_rate_and_who_meets_it() {
    let known = known(&[(&[1, 2, 3], &[]), (&[2, 3, 1], &[2]), (&[3, 1, 2], &[2]), (&[2, 3, 1], &[2])]);
    let every = every_address(&known, URL, &["nginx".to_owned()]).unwrap();
    let ipv6 = every.ipv6.unwrap();
    assert_eq!((ipv6.failing, ipv6.of, ipv6.failing_percent), (1, 3, Some(33.3)));
    assert_eq!(
        ipv6.text,
        [
            "1 of 3 IPv6 addresses does not answer",
            "A client that takes one of them at random, and no other, fails with 33 % of its visits",
            "One that takes the first address of an answer: 1 of the last 2 answers had one that fails in the first place",
            "2001:db8::2: down since 2026-11-23 10:13:00 UTC, no answer; 3 of 4 visits failed",
        ]
    );
    let real = ipv6.real_clients.clone().unwrap();
    assert_eq!(real.fault, "silent");
    assert!(real.lines[0].text.starts_with("Fail when they take such an address first, and take no other: HAProxy"));
    assert!(real.lines.iter().all(|line| !line.text.contains("Chromium")), "it races addresses");
    assert_eq!(real.stack[0].client, "nginx");
    for language in [Language::ZhHans, Language::De] {
        let told = every_address_in(language, Family::Ipv6, &ipv6, URL, &|cause| cause.code().to_owned());
        assert_eq!(told.len(), ipv6.text.len() + real.texts().count(), "{told:#?}");
        assert!(told.iter().all(|line| !line.contains('@')), "{told:#?}");
    }
    let de = every_address_in(Language::De, Family::Ipv6, &ipv6, URL, &|cause| cause.code().to_owned());
    assert_eq!(de[0], "1 von 3 IPv6-Adressen antwortet nicht");
    assert_eq!(
        de[3],
        "2001:db8::2: ausgefallen seit 2026-11-23 10:13:00 UTC, tcp.timeout; 3 von 4 Besuchen scheiterten"
    );
}

#[test]
fn what_comes_and_goes_and_what_is_gone_are_remarks() {
    let mut rounds: Vec<(&[u16], &[u16])> = vec![(&[1, 2, 3], &[2]); 3];
    for _ in 0..32 {
        rounds.extend([(&[1_u16, 3][..], &[][..]), (&[1], &[])]);
    }
    let every = every_address(&known(&rounds), URL, &[]).unwrap();
    let ipv6 = every.ipv6.unwrap();
    assert_eq!(
        ipv6.text,
        [
            "The only IPv6 address answers",
            "2001:db8::3: up since 2026-11-23 10:12:00 UTC (it comes and goes: 35 of 67 answers of the name had it)",
            "2001:db8::2 is no longer an address of the name, since 2026-11-23 10:14:00 UTC; it failed until then, and did not \
             recover",
        ]
    );
    assert_eq!(ipv6.real_clients, None);
}

#[test]
fn one_round_says_what_it_found_at_each() {
    let mut sample = Sample::reached();
    let address = |n: u16| std::net::IpAddr::from([0x2001, 0xdb8, 0, 0, 0, 0, 0, n]);
    sample.addresses = vec![address(1), address(2)];
    assert_eq!(each_address(URL, Family::Ipv6, &Sample::reached()), Vec::<String>::new());
    sample.each = vec![
        EachAddress::of(address(1), &Sample::reached()),
        EachAddress::unconnected(address(2), Cause::TcpRefused, 12.0),
    ];
    let lines = each_address(URL, Family::Ipv6, &sample);
    assert_eq!(lines[..2], ["IPv6: reached 2001:db8::1", "IPv6: 2001:db8::2 refused the connection after 12 ms"]);
    assert_eq!(lines[2], "A client that takes one of them at random, and no other, fails with 50 % of its visits");
    assert!(
        lines[3].starts_with("Fail when they take such an address first, and take no other: HAProxy"),
        "{lines:#?}"
    );
}
