//! The words of charts, in every language: what they show, what goes with it, and the figures behind them.

use crate::widget::in_language;
use dualwatch_core::{
    measure::family::Family,
    notice::detection::Kind,
    remember::{baseline::Phase, rollup::latency::Timing},
};
use dualwatch_wire::answer::language::Language;

/// A text that is always the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Label {
    /// The headings of the parts.
    Latency,
    Difference,
    Phases,
    Year,
    /// The name of the links that choose a range.
    Range,
    /// The head of a column of times, and of months.
    Time,
    Month,
    /// The head of a list of what is marked in a chart.
    Marks,
    /// There is nothing to draw.
    NoAnswer,
    /// How a chart is read with a pointer or the keyboard.
    Read,
    /// What a chart of differences shows.
    DifferenceSays,
    /// What a calendar shows.
    YearSays,
}

/// Returns a text in a language.
pub const fn label(language: Language, label: Label) -> &'static str {
    let words = match label {
        Label::Latency => ["Latency", "延迟", "Latenz"],
        Label::Difference => ["IPv6 minus IPv4", "IPv6 减 IPv4", "IPv6 minus IPv4"],
        Label::Phases => ["Phases", "各阶段", "Phasen"],
        Label::Year => ["A year, day by day", "一年，逐日", "Ein Jahr, Tag für Tag"],
        Label::Range => ["Range", "时间范围", "Zeitraum"],
        Label::Time => ["From", "开始时间", "Ab"],
        Label::Month => ["Month", "月份", "Monat"],
        Label::Marks => ["Marked in it", "图中标记", "Darin markiert"],
        Label::NoAnswer => [
            "Nothing has answered in this time that could be drawn.",
            "此时间范围内没有可以绘制的应答。",
            "In dieser Zeit kam keine Antwort, die sich zeichnen ließe.",
        ],
        Label::Read => [
            "Move over the chart, or use the arrow keys, to read both families at one time.",
            "在图上移动指针或使用方向键，可同时读取两个协议族的数值。",
            "Mit dem Zeiger oder den Pfeiltasten lassen sich beide Familien zu einer Zeit ablesen.",
        ],
        Label::DifferenceSays => [
            "Of the medians of the same time. Above zero IPv6 takes longer.",
            "同一时间段中位数之差。大于零表示 IPv6 耗时更长。",
            "Der Mediane derselben Zeit. Über null braucht IPv6 länger.",
        ],
        Label::YearSays => [
            "A column is a week from Monday on, a cell is a day of UTC.",
            "每列为一周（从星期一开始），每格为一天（UTC）。",
            "Eine Spalte ist eine Woche ab Montag, ein Feld ein Tag in UTC.",
        ],
    };
    in_language(language, words)
}

/// Returns the name of a part of a probe.
pub const fn timing(language: Language, timing: Timing) -> &'static str {
    let words = match timing {
        Timing::Resolve => ["Name (DNS)", "域名解析 (DNS)", "Name (DNS)"],
        Timing::Connect => ["Connection", "连接", "Verbindung"],
        Timing::Tls => ["TLS", "TLS", "TLS"],
        Timing::FirstByte => ["First byte", "首字节", "Erstes Byte"],
        Timing::Total => ["In all", "总计", "Insgesamt"],
    };
    in_language(language, words)
}

/// Says of what a line is the median; `step` is a length of time.
pub fn median(language: Language, step: &str) -> String {
    in_language(language, ["medians over @", "每 @ 的中位数", "Mediane über @"]).replace('@', step)
}

/// Says what a band is.
pub fn usual(language: Language, days: i64) -> String {
    let words = match days {
        ..=1 => [
            "shaded: 8 of 10 answers of the last day",
            "阴影：最近一天 80% 的应答",
            "getönt: 8 von 10 Antworten des letzten Tages",
        ],
        _ => [
            "shaded: 8 of 10 answers of the last @ days",
            "阴影：最近 @ 天 80% 的应答",
            "getönt: 8 von 10 Antworten der letzten @ Tage",
        ],
    };
    in_language(language, words).replace('@', &days.to_string())
}

/// Says of a family within which limits its medians were, and what is usual.
pub fn limits(language: Language, family: Family, seen: Option<(f64, f64)>, usual: Option<(f64, f64)>) -> String {
    let range = |(low, high)| match language {
        Language::De => format!("{} bis {}", ms(language, low), ms(language, high)),
        Language::ZhHans => format!("{} 至 {}", ms(language, low), ms(language, high)),
        Language::En => format!("{} to {}", ms(language, low), ms(language, high)),
    };
    let Some(seen) = seen else {
        return format!("{family}: {}", in_language(language, ["no answer.", "无应答。", "keine Antwort."]));
    };
    let (stop, usually) = match language {
        Language::En => (".", ", usually "),
        Language::De => (".", ", üblich "),
        Language::ZhHans => ("。", "，通常 "),
    };
    let usual = usual.map(|usual| [usually, &range(usual)].concat()).unwrap_or_default();
    format!("{family}: {}{usual}{stop}", range(seen))
}

/// Returns how long something took, in milliseconds: to a hundredth below one, to a tenth below a hundred.
pub fn ms(language: Language, ms: f64) -> String {
    let decimals = match ms.abs() {
        0.005..0.995 => 2,
        0.995..99.95 => 1,
        _ => 0,
    };
    let number = format!("{ms:.decimals$}");
    let number = if number.contains('.') { number.trim_end_matches('0').trim_end_matches('.') } else { &number };
    let number = match language {
        Language::De => number.replace('.', ","),
        Language::En | Language::ZhHans => number.to_owned(),
    };
    format!("{}\u{a0}ms", number.replace('-', "\u{2212}"))
}

/// Returns a difference, with its sign.
pub fn difference(language: Language, value: f64) -> String {
    let told = ms(language, value);
    if value > 0.0 { ["+", &told].concat() } else { told }
}

/// Says when a certificate ends. The time is as it is printed.
pub fn certificate(language: Language, family: Family, ends: &str, days: i64) -> String {
    let words = match (days < 0, days) {
        (true, _) => [
            "The certificate over @ ended on #.",
            "通过 @ 获得的证书已于 # 到期。",
            "Das Zertifikat über @ ist am # abgelaufen.",
        ],
        (false, 1) => [
            "The certificate over @ ends on #, in 1 day.",
            "通过 @ 获得的证书将于 # 到期，还剩 1 天。",
            "Das Zertifikat über @ läuft am # ab, in 1 Tag.",
        ],
        _ => [
            "The certificate over @ ends on #, in % days.",
            "通过 @ 获得的证书将于 # 到期，还剩 % 天。",
            "Das Zertifikat über @ läuft am # ab, in % Tagen.",
        ],
    };
    in_language(language, words).replace('@', &family.to_string()).replace('#', ends).replace('%', &days.to_string())
}

/// Says that a name has no such address any more; or what an address became, in the words of the page.
pub fn address(language: Language, family: Family, address: &str, became: Option<&str>) -> String {
    let words = if became.is_none() {
        [
            "The name was seen with # (@) for the last time.",
            "最后一次看到该域名解析到 #（@）。",
            "Der Name hatte # (@) zum letzten Mal.",
        ]
    } else {
        ["# (@): $", "#（@）：$", "# (@): $"]
    };
    in_language(language, words)
        .replace('@', &family.to_string())
        .replace('#', address)
        .replace('$', became.unwrap_or_default())
}

/// Says what departs from the usual. `code` is that of a finding; one that is not known is told by its figures.
pub fn finding(language: Language, code: &str, family: Family, phase: Phase, [expected, seen]: [f64; 2]) -> String {
    let timing = match phase {
        Phase::Resolve => Timing::Resolve,
        Phase::Connect => Timing::Connect,
        Phase::Tls => Timing::Tls,
        Phase::FirstByte => Timing::FirstByte,
        Phase::Total => Timing::Total,
    };
    let words = if code == Kind::SlowDegradation.code() {
        [
            "@, $: longer from day to day, # where % was usual.",
            "@，$：逐日变慢，现为 #，通常为 %。",
            "@, $: von Tag zu Tag länger, # statt üblicher %.",
        ]
    } else if code == Kind::FamilyGap.code() {
        [
            "IPv6 beside IPv4, $: # apart where % was usual.",
            "IPv6 与 IPv4 相比，$：相差 #，通常为 %。",
            "IPv6 neben IPv4, $: # Abstand statt üblicher %.",
        ]
    } else if code == Kind::ImpossibleRoundTrip.code() {
        [
            "@, $: # is too soon for an answer from there (% over the other family).",
            "@，$：# 过短，不可能来自该处（另一协议族为 %）。",
            "@, $: # ist zu schnell für eine Antwort von dort (% über die andere Familie).",
        ]
    } else {
        ["@, $: # where % was usual.", "@，$：现为 #，通常为 %。", "@, $: # statt üblicher %."]
    };
    in_language(language, words)
        .replace('@', &family.to_string())
        .replace('$', self::timing(language, timing))
        .replace('#', &ms(language, seen))
        .replace('%', &ms(language, expected))
}

/// Says from when on something was so, as it is printed.
pub fn since(language: Language, when: &str, what: &str) -> String {
    match language {
        Language::En => format!("Since {when}: {what}"),
        Language::De => format!("Seit {when}: {what}"),
        Language::ZhHans => format!("自 {when} 起：{what}"),
    }
}

/// Says by which clock the times of an axis are.
pub fn clock(language: Language, name: &str) -> String {
    in_language(language, ["times below it: @", "横轴时间：@", "Zeiten darunter: @"]).replace('@', name)
}

/// Returns the head of the figures of a range.
pub fn figures(language: Language, range: &str) -> String {
    in_language(
        language,
        ["Medians and what was not up, @", "中位数及异常时间，@", "Mediane und was nicht erreichbar war, @"],
    )
    .replace('@', range)
}

/// Says how a family was over a year.
pub fn year(language: Language, family: Family, n_down: usize, n_unseen: usize) -> String {
    let days = |n: usize| if n == 1 { "1 day".to_owned() } else { format!("{n} days") };
    let tage = |n: usize| if n == 1 { "1 Tag".to_owned() } else { format!("{n} Tagen") };
    match language {
        Language::En => format!("{family}: outages on {}, {} not observed", days(n_down), days(n_unseen)),
        Language::De => format!("{family}: Ausfälle an {}, {n_unseen} nicht beobachtet", tage(n_down)),
        Language::ZhHans => format!("{family}：{n_down} 天有故障，{n_unseen} 天未观测"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_as_fine_as_they_are_known() {
        let all = |value| Language::ALL.map(|language| ms(language, value).replace('\u{a0}', " "));
        assert_eq!(all(44.12), ["44.1 ms", "44.1 ms", "44,1 ms"]);
        assert_eq!(all(0.25)[0], "0.25 ms");
        assert_eq!(all(20.0)[2], "20 ms");
        assert_eq!(all(100.0)[0], "100 ms");
        assert_eq!(all(480.4)[0], "480 ms");
        assert_eq!(all(99.96)[0], "100 ms");
        assert_eq!(all(0.0)[0], "0 ms");
        assert_eq!(difference(Language::En, -3.25).replace('\u{a0}', " "), "\u{2212}3.2 ms");
        assert_eq!(difference(Language::De, 12.5).replace('\u{a0}', " "), "+12,5 ms");
        assert_eq!(difference(Language::En, 0.0).replace('\u{a0}', " "), "0 ms");
    }

    #[test]
    fn sentences_have_all_their_parts_in_every_language() {
        for language in Language::ALL {
            for code in ["latency_shift", "slow_degradation", "family_gap", "impossible_round_trip"] {
                let told = finding(language, code, Family::Ipv6, Phase::Connect, [20.0, 40.0]);
                assert!(told.contains("20\u{a0}ms") && told.contains("40\u{a0}ms") && told.contains("IPv6"), "{told}");
                assert!(!told.contains(['@', '#', '$', '%']), "{told}");
            }
            for days in [-1, 0, 1, 30] {
                let told = certificate(language, Family::Ipv4, "2027-01-03", days);
                assert!(
                    told.contains("IPv4") && told.contains("2027-01-03") && !told.contains(['@', '#', '%']),
                    "{told}"
                );
            }
            let told = limits(language, Family::Ipv4, Some((20.0, 44.5)), Some((19.0, 50.0)));
            assert!(told.contains("44") && told.contains("50"), "{told}");
            assert!(year(language, Family::Ipv6, 1, 3).contains('3'));
        }
        assert_eq!(limits(Language::En, Family::Ipv6, None, None), "IPv6: no answer.");
        assert_eq!(year(Language::De, Family::Ipv6, 2, 3), "IPv6: Ausfälle an 2 Tagen, 3 nicht beobachtet");
    }
}
