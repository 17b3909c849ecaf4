use super::*;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use dualwatch_core::self_test::{
    addresses::{Addresses, Classes},
    answer::{Echo, Protocol, Reply},
    question::Questions,
    run::{Ending, Offer, Order},
    score::Code,
};

const AT: Timestamp = Timestamp::from_unix_ms(1_795_428_711_000);

/// A run over healthy IPv4 and silent IPv6.
fn run() -> Run {
    let questions = [Question::Portal, Question::DualStack, Question::Ipv4, Question::Ipv6, Question::LargeIpv4];
    let mut run = Run::new(Offer { questions: Questions::from_iter(questions), ..Offer::default() }, 2);
    run.addresses = Addresses::Classes(Classes { ipv4: true, global: true, ..Classes::default() });
    let (mut now, mut port) = (0, 40_000);
    while let Some(next) = {
        for order in run.due(now) {
            let Order::Ask(ask) = order else { continue };
            if ask.question != Question::Ipv6 {
                let is_dual = ask.question == Question::DualStack;
                port += 1;
                let echo = Echo {
                    nonce: Some(ask.nonce),
                    family: Some(Family::Ipv4),
                    address: Some("198.51.100.77".parse().unwrap()),
                    port: Some(port),
                };
                let reply = Reply {
                    status: Some(200),
                    is_secure: true,
                    echo: Some(echo),
                    is_whole: true,
                    connect_ms: Some(if is_dual { 302 } else { 9 }),
                    round_trip_ms: Some(9),
                    ..Reply::default()
                };
                run.hear(ask.id, now + 20, Ending::Replied(reply));
            }
        }
        run.wake_at_ms(now)
    } {
        now = next;
    }
    run
}

fn result() -> SelfTestResult {
    let mut result = SelfTestResult::of(&run(), 4_000, AT, Tell::Networks);
    let route = |why, verdict, after_ms| Some(RouteResult { why, verdict, after_ms });
    result.targets.push(TargetResult {
        slug: Slug::parse("mail-2").unwrap(),
        ipv4: route(Why::Fine, Verdict::Up, Some(42)),
        ipv6: route(Why::YourFamily, Verdict::YoursIsBroken, Some(3_200)),
        dual_stack: None,
    });
    result
}

#[test]
fn a_result_says_what_the_run_does_and_no_whole_address() {
    let result = result();
    assert_eq!((result.sentence, result.side()), (Sentence::Broken(Family::Ipv6), Side::You));
    let code = result.helpdesk.map(|helpdesk| helpdesk.to_string());
    assert_eq!((result.score_ipv4, result.score_ipv6, code.as_deref()), (Some(10), Some(0), Some("112")));
    let address = |result: &SelfTestResult| result.families.ipv4.address.unwrap().to_string();
    assert_eq!(address(&result), "198.51.100.0/24");
    assert_eq!(address(&SelfTestResult::of(&run(), 4_000, AT, Tell::Addresses)), "198.51.100.77");
    let json = serde_json::to_string(&result).unwrap();
    assert!(!json.contains("198.51.100.77") && json.contains("\"broken ipv6\"") && json.contains("\"112\""), "{json}");
}

#[test]
fn it_reads_back_from_json_and_from_a_link() {
    for tell in [Tell::Networks, Tell::Addresses] {
        let mut result = result();
        result.families.ipv6.address = Some(Seen::whole("2001:db8:1:2::3".parse().unwrap()));
        if tell == Tell::Networks {
            result.families.ipv6.address = Some(Seen::shortened("2001:db8:1:2::3".parse().unwrap()));
        }
        let json = serde_json::to_string(&result).unwrap();
        assert_eq!(serde_json::from_str::<SelfTestResult>(&json).unwrap(), result);
        let shared = write_shared(&result);
        assert_eq!(read_shared(&shared), Ok(result));
        assert!(shared.len() < 250 && shared.len() * 6 < json.len(), "{} of {}", shared.len(), json.len());
        assert!(shared.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_'), "{shared}");
    }
}

#[test]
fn every_code_has_its_place_and_reads_back() {
    let mut result = result();
    let mut check = |change: &dyn Fn(&mut SelfTestResult)| {
        change(&mut result);
        assert_eq!(read_shared(&write_shared(&result)).as_ref(), Ok(&result));
        let json = serde_json::to_value(&result).unwrap();
        assert_eq!(serde_json::from_value::<SelfTestResult>(json).unwrap(), result);
    };
    for sentence in Sentence::all() {
        check(&|result| result.sentence = sentence);
    }
    for why in Why::ALL {
        check(&|result| result.why = *why);
    }
    for told in Told::ALL {
        check(&|result| result.questions[0].told = told);
    }
    for fact in Fact::ALL {
        for condition in Condition::ALL {
            check(&|result| result.environment = vec![FactResult { fact, condition }]);
        }
    }
    for protocol in Protocol::ALL {
        for ms in [None, Some(0), Some(300)] {
            let phases = Phases { resolve_ms: ms, tls_ms: Some(1), protocol: Some(protocol), ..Phases::default() };
            check(&|result| result.questions[0].phases = phases);
        }
    }
    for code in Code::ALL {
        for (mtu, slow) in [(false, false), (true, false), (false, true), (true, true)] {
            check(&|result| result.helpdesk = Some(HelpDesk { code, mtu, slow }));
        }
    }
    // A change of a list is another version: links that were sent must not read otherwise.
    assert_eq!((Fact::ALL.len(), Condition::ALL.len(), Protocol::ALL.len()), (6, 5, 3));
    let lengths = (Sentence::all().len(), Why::ALL.len(), Told::ALL.len(), Verdict::ALL.len(), Question::ALL.len());
    assert_eq!(lengths, (32, 42, 22, 17, 16));
}

/// Links that were sent before the lists became longer.
#[test]
fn a_link_of_the_first_form_is_read() {
    let result = result();
    let mut bytes = URL_SAFE_NO_PAD.decode(write_shared(&result)).unwrap();
    let end = bytes.len() - 4;
    bytes[2] = 1;
    let sum = bytes[..end].iter().fold(0x811c_9dc5_u32, |sum, byte| (sum ^ u32::from(*byte)).wrapping_mul(0x0100_0193));
    bytes[end..].copy_from_slice(&sum.to_le_bytes());
    assert_eq!(read_shared(&URL_SAFE_NO_PAD.encode(bytes)), Ok(result));
}

/// Promise (Names from outside): A link that is no result of ours, damaged, or of a later version is refused as that, and
/// nothing of it is shown.
#[test]
fn what_is_not_a_result_is_refused() {
    let shared = write_shared(&result());
    assert_eq!(read_shared(&"A".repeat(10_000_000)), Err(Unreadable::TooLong));
    for text in ["", "A", "AAAA", "<script>alert(1)</script>", "../../etc/passwd", "ä", "eyJ2IjoxfQ"] {
        assert_eq!(read_shared(text), Err(Unreadable::NotOurs), "{text}");
    }
    for cut in 3..shared.len() {
        let read = read_shared(&shared[..cut]);
        assert!(matches!(read, Err(Unreadable::Damaged | Unreadable::NotOurs)), "{cut}: {read:?}");
    }
    for i in 0..shared.len() {
        let mut changed = shared.clone().into_bytes();
        changed[i] = if changed[i] == b'A' { b'B' } else { b'A' };
        let text = String::from_utf8(changed).unwrap();
        assert!(read_shared(&text).is_err() || text == shared, "{i}");
    }
}

#[test]
fn a_later_version_is_named() {
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
    let later = URL_SAFE_NO_PAD.encode([b'd', b'w', 9, 1, 2, 3]);
    assert_eq!(read_shared(&later), Err(Unreadable::Later(9)));
    assert_eq!(read_shared(&URL_SAFE_NO_PAD.encode([b'd', b'w'])), Err(Unreadable::Damaged));
}

#[test]
fn networks_alone_are_told() {
    let check = |address: &str, expected: &str| {
        assert_eq!(Seen::shortened(address.parse().unwrap()).to_string(), expected);
    };
    check("192.0.2.200", "192.0.2.0/24");
    check("2001:db8:1:2:3::4", "2001:db8:1::/48");
    check("::ffff:192.0.2.200", "192.0.2.0/24");
    assert!(!Seen { address: "192.0.2.1".parse().unwrap(), prefix: 24 }.is_clean());
    assert!(Seen { address: "192.0.2.1".parse().unwrap(), prefix: 33 } != Seen::whole("192.0.2.1".parse().unwrap()));
}
