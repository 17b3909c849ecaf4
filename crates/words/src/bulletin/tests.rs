use super::*;
use dualwatch_core::measure::time::Timestamp;
use dualwatch_core::respond::maintenance::Expected;
use dualwatch_wire::{
    bulletin::{Moment, What},
    phrases::{Announced, Headline, Subject},
    scheduled::Phase,
    statuspage::{Overall, Standing},
};

const AT: Timestamp = Timestamp::from_unix_ms(1_795_428_711_000);
const V6: PerFamily<bool> = PerFamily { ipv4: false, ipv6: true };
const BOTH: PerFamily<bool> = PerFamily { ipv4: true, ipv6: true };

fn in_all(say: impl Fn(&dyn Phrases) -> String) -> [String; 3] {
    Language::ALL.map(|language| say(phrases(language)))
}

fn moment(what: What, down: PerFamily<bool>, causes: &[(Family, Cause)]) -> Moment {
    Moment { what, at: AT, told_at: AT, down, unstable: PerFamily::default(), causes: causes.to_vec() }
}

#[test]
fn an_incident_in_each_language() {
    let headline = |headline: Headline| in_all(|words| words.headline("Shop", headline));
    assert_eq!(
        headline(Headline::Down(BOTH)),
        [
            "Shop is down over IPv4 and IPv6",
            "Shop 目前通过 IPv4 和 IPv6 无法访问",
            "Shop ist über IPv4 und IPv6 nicht erreichbar"
        ]
    );
    let over = Headline::Over { families: V6, is_unstable: false, lasted: Some((120_000, 185_000)) };
    assert_eq!(
        headline(over),
        [
            "Shop was down over IPv6 for 2 min – 3 min 5 s",
            "Shop 曾通过 IPv6 无法访问（2 分钟 – 3 分钟 5 秒）",
            "Shop war über IPv6 nicht erreichbar (2 min – 3 min 5 s)"
        ]
    );
    let began = moment(What::Began, V6, &[(Family::Ipv6, Cause::TcpRefused)]);
    assert_eq!(
        in_all(|words| words.moment(&began)),
        [
            "Down over IPv6: connection refused.",
            "通过 IPv6 无法访问：连接被拒绝。",
            "Nicht erreichbar über IPv6: Verbindung abgewiesen."
        ]
    );
    let two = moment(What::Changed, BOTH, &[(Family::Ipv4, Cause::TcpTimeout), (Family::Ipv6, Cause::TcpRefused)]);
    assert_eq!(
        phrases(Language::En).moment(&two),
        "Now down over IPv4 and IPv6: IPv4: no answer; IPv6: connection refused."
    );
    let unstable = Moment { unstable: V6, ..moment(What::Began, PerFamily::default(), &[]) };
    assert_eq!(phrases(Language::En).moment(&unstable), "Unstable over IPv6.");
}

#[test]
fn maintenance_in_each_language() {
    let announced = Announced { title: "Router", from: AT, to: AT + 60_000, families: V6, expected: Expected::Down };
    assert_eq!(
        in_all(|words| words.announced(&announced)),
        [
            "Router: may be down over IPv6 from 23 November 2026, 10:11:51 UTC to 23 November 2026, 10:12:51 UTC.",
            "Router：从 2026年11月23日 10:11:51 UTC 到 2026年11月23日 10:12:51 UTC，通过 IPv6 可能无法访问。",
            "Router: von 23. November 2026, 10:11:51 UTC bis 23. November 2026, 10:12:51 UTC über IPv6 eventuell nicht \
             erreichbar.",
        ]
    );
    for phase in Phase::ALL {
        let said = in_all(|words| words.announced_title("Router", phase));
        assert!(said.iter().all(|title| title.ends_with("Router")), "{said:?}");
    }
}

#[test]
fn nothing_is_said_twice_and_nothing_is_said_of_what_says_itself() {
    for language in Language::ALL {
        let words = phrases(language);
        let all: Vec<&str> = Overall::ALL.iter().map(|overall| words.overall(*overall)).collect();
        for (i, one) in all.iter().enumerate() {
            assert!(!one.is_empty() && !all[i + 1..].contains(one), "{one}");
        }
        assert_eq!(words.description(Standing::Down, Some(Family::Ipv6)), None);
        assert!(words.description(Standing::Unknown, Some(Family::Ipv6)).is_some());
        assert_ne!(
            words.description(Standing::Absent, Some(Family::Ipv4)),
            words.description(Standing::Absent, Some(Family::Ipv6))
        );
        let titles =
            [false, true].map(|is| words.feed("s", &Subject::Target("Shop".to_owned()), Some(Family::Ipv6), is));
        assert!(titles[0] != titles[1] && titles.iter().all(|title| title.contains("Shop") && title.contains("IPv6")));
        assert_eq!(words.code(), language.code());
    }
}

#[test]
fn lengths_have_two_units_at_most() {
    for (ms, said) in [
        (0, "0 s"),
        (59_400, "59 s"),
        (60_000, "1 min"),
        (3_605_000, "1 h"),
        (5_400_000, "1 h 30 min"),
        (648_900_000, "7 d 12 h"),
    ] {
        assert_eq!(length(ms, ["d", "h", "min", "s"]), said, "{ms}");
    }
    assert_eq!(lasted((60_000, 60_000), ["d", "h", "min", "s"]), "1 min");
}
