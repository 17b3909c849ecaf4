//! The words of the widget, in every language: what stands in its documents, and the few that its script knows by itself,
//! for when there is no document. And those of the page that offers it.

mod embed;

pub use embed::{Label, label};

use dualwatch_core::{judge::verdict::Side, measure::family::Family};
use dualwatch_wire::{
    answer::language::Language,
    v1::widget::{Shade, Shown, Widget},
};
use std::fmt::Write as _;

/// Returns one of three texts, in the order of [`Language::ALL`].
pub(crate) const fn in_language(language: Language, [en, zh_hans, de]: [&'static str; 3]) -> &'static str {
    match language {
        Language::En => en,
        Language::ZhHans => zh_hans,
        Language::De => de,
    }
}

/// Returns a state in a word or two.
pub const fn shade(language: Language, shade: Shade) -> &'static str {
    let words = match shade {
        Shade::None => ["not offered", "未提供", "nicht angeboten"],
        Shade::Up => ["up", "正常", "erreichbar"],
        Shade::Degraded => ["degraded", "性能下降", "beeinträchtigt"],
        Shade::Unknown => ["not known", "未知", "nicht bekannt"],
        Shade::Maintenance => ["in maintenance", "维护中", "in Wartung"],
        Shade::Recovering => ["recovering", "恢复中", "erholt sich"],
        Shade::Suspect => ["failing", "出现失败", "antwortet nicht"],
        Shade::Unstable => ["unstable", "不稳定", "instabil"],
        Shade::Down => ["down", "故障", "ausgefallen"],
    };
    in_language(language, words)
}

/// Puts the words of a language into a document.
pub fn put(widget: &mut Widget, language: Language) {
    let n = widget.n;
    let both = in_language(language, ["Dual stack", "双栈", "Dual-Stack"]);
    let [ipv4, ipv6] = Family::ALL.map(|family| family.to_string());
    say(&mut widget.ipv4, &ipv4, n, language);
    say(&mut widget.ipv6, &ipv6, n, language);
    say(&mut widget.dual_stack, both, n, language);
    for row in &mut widget.targets {
        say(&mut row.ipv4, &ipv4, None, language);
        say(&mut row.ipv6, &ipv6, None, language);
    }
    let all = in_language(language, ["All services", "所有服务", "Alle Dienste"]);
    widget.name.get_or_insert_with(|| all.to_owned());
    let check = in_language(language, ["Check from here", "从此处检测", "Von hier prüfen"]);
    widget.check = n.is_none().then(|| check.to_owned());
}

/// Says how one way is; `of` is how many targets there are.
fn say(shown: &mut Shown, way: &str, of: Option<usize>, language: Language) {
    let mut text = format!("{way} {}", shade(language, shown.state));
    if let Some(family) = shown.via {
        text += &in_language(language, [" over @", "，经 @", " über @"]).replace('@', &family.to_string());
    }
    if let (Some(n), Some(of), true) = (shown.n, of, shown.state > Shade::Up) {
        // A text takes everything.
        _ = write!(text, " ({n}/{of})");
    }
    if shown.since.is_some() {
        text += in_language(language, [" since @", "，自 @ 起", " seit @"]);
    }
    shown.text = text;
}

/// Returns what the script says by itself: the tag of the language, that nothing can be had, as of when (`@`) something was
/// known before, and that there is no such service.
pub const fn alone(language: Language) -> [&'static str; 4] {
    let rest = match language {
        Language::En => ["status unavailable", ", as of @", "no such service"],
        Language::ZhHans => ["无法获取状态", "，截至 @", "没有此服务"],
        Language::De => ["Status nicht verfügbar", ", Stand @", "kein solcher Dienst"],
    };
    [language.code(), rest[0], rest[1], rest[2]]
}

/// Returns the names of what floats above a page: the button that opens, and the one that closes.
pub const fn floating(language: Language) -> [&'static str; 2] {
    match language {
        Language::En => ["Status", "Close"],
        Language::ZhHans => ["状态", "关闭"],
        Language::De => ["Status", "Schließen"],
    }
}

/// Returns whose side the fault is on, as a person says it.
pub const fn side(language: Language, side: Side) -> &'static str {
    let words = match side {
        Side::None => ["Nothing is wrong", "一切正常", "Alles in Ordnung"],
        Side::You => ["It is you", "问题在您这边", "Es liegt an Ihnen"],
        Side::Them => ["It is them", "问题在对方", "Es liegt am Dienst"],
        Side::Between => ["It is between you", "问题在您与服务之间", "Es liegt dazwischen"],
        Side::Unknown => {
            ["It is not known whose fault it is", "尚不清楚问题在哪一边", "Woran es liegt, ist nicht bekannt"]
        }
    };
    in_language(language, words)
}

/// Says that nothing could be asked from where the reader is.
pub const fn not_asked(language: Language) -> &'static str {
    let words = [
        "This page or browser does not let the service be asked from here. The full test:",
        "此页面或浏览器不允许从此处检测该服务。完整检测：",
        "Diese Seite oder dieser Browser lässt nicht zu, den Dienst von hier zu fragen. Der ganze Test:",
    ];
    in_language(language, words)
}

#[cfg(test)]
mod tests {
    use super::*;
    use dualwatch_core::measure::time::Timestamp;

    fn widget() -> Widget {
        let shown = |state: Shade, since, via| Shown { state, tone: state.tone(), since, via, ..Shown::default() };
        let since = Some(Timestamp::from_unix_ms(1_795_428_711_042));
        Widget {
            version: 1,
            as_of: Timestamp::from_unix_ms(0),
            name: Some("Shop".to_owned()),
            path: "/targets/shop".to_owned(),
            state: Shade::Down,
            tone: Shade::Down.tone(),
            ipv4: shown(Shade::Up, since, None),
            ipv6: shown(Shade::Down, since, None),
            dual_stack: shown(Shade::Up, None, Some(Family::Ipv4)),
            targets: Vec::new(),
            n: None,
            check: None,
        }
    }

    #[test]
    fn every_language_says_it_and_in_600_bytes() {
        for (language, expected) in [
            (Language::En, ["IPv4 up since @", "IPv6 down since @", "Dual stack up over IPv4", "Check from here"]),
            (Language::ZhHans, ["IPv4 正常，自 @ 起", "IPv6 故障，自 @ 起", "双栈 正常，经 IPv4", "从此处检测"]),
            (
                Language::De,
                [
                    "IPv4 erreichbar seit @",
                    "IPv6 ausgefallen seit @",
                    "Dual-Stack erreichbar über IPv4",
                    "Von hier prüfen",
                ],
            ),
        ] {
            let mut widget = widget();
            put(&mut widget, language);
            let Widget { ipv4, ipv6, dual_stack, check, .. } = &widget;
            assert_eq!([&*ipv4.text, &*ipv6.text, &*dual_stack.text, check.as_deref().unwrap()], expected);
            let bytes = serde_json::to_string(&widget).unwrap().len();
            assert!(bytes <= 600, "{bytes} bytes in {}", language.code());
        }
    }

    #[test]
    fn of_several_it_says_of_how_many_it_is_so() {
        let mut several = Widget { n: Some(5), name: None, ..widget() };
        several.ipv4.n = Some(5);
        several.ipv6 = Shown { n: Some(2), since: None, ..several.ipv6 };
        put(&mut several, Language::En);
        assert_eq!((&*several.ipv4.text, &*several.ipv6.text), ("IPv4 up since @", "IPv6 down (2/5)"));
        assert_eq!((several.name.as_deref(), several.check), (Some("All services"), None));
    }

    #[test]
    fn no_text_has_the_sign_that_parts_them() {
        for language in Language::ALL {
            assert!(alone(language).iter().chain(&floating(language)).all(|text| !text.contains('|')));
        }
    }
}
