use super::*;
use crate::samples::{down, page, target, up};
use dualwatch_core::measure::cause::Cause;

fn assets() -> Assets {
    let url = |name: &str| format!("/assets/{name}");
    Assets {
        css: url("style.css"),
        boot: url("boot.js"),
        js: url("test.js"),
        wasm: url("test_bg.wasm"),
        ..Assets::default()
    }
}

fn drawn(language: Language) -> String {
    let spoken = Spoken { language, is_chosen: true };
    self_test(&page(vec![target("web", up(), down(Cause::TcpRefused), None)]), false, spoken, &assets())
}

/// What a reader is shown or told: the text between tags, and attributes that are read out or written into the page.
fn said(html: &str) -> Vec<String> {
    let (before, script) = html.split_once("<script id=\"early\"").unwrap();
    let (_, after) = script.split_once("</script>").unwrap();
    let body = format!("{before}{after}");
    let mut said = Vec::new();
    for (tag, text) in body.split('<').filter_map(|part| part.split_once('>')) {
        said.push(text.to_owned());
        let is_plain = tag.contains("data-plain");
        for attribute in tag.split(' ').filter(|part| part.starts_with("aria-label=")) {
            said.push(attribute.trim_start_matches("aria-label=").to_owned());
        }
        if is_plain {
            said.extend(tag.split('"').skip(1).step_by(2).map(str::to_owned));
        }
    }
    said.retain(|text| !text.trim().is_empty());
    said
}

#[test]
fn the_page_is_in_the_language_that_is_spoken_and_no_other() {
    // Names, and what the switch calls the others.
    let names = [
        "Dualwatch",
        "English",
        "Deutsch",
        "IPv4",
        "IPv6",
        "HTTP",
        "JavaScript",
        "WebAssembly",
        "WebRTC",
        "web",
        "family",
    ];
    let said_in = said(&drawn(Language::ZhHans));
    assert!(said_in.len() > 30, "{said_in:?}");
    for text in said_in {
        // Endpoints, by their names.
        if text.contains(".example") {
            continue;
        }
        for word in
            text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| word.chars().any(char::is_alphabetic))
        {
            assert!(names.contains(&word), "`{word}` in {text}");
        }
    }
    let english = said(&drawn(Language::En));
    for language in [Language::ZhHans, Language::De] {
        let other = said(&drawn(language));
        assert_eq!(other.len(), english.len(), "{language:?}");
        let shared = other.iter().zip(&english).filter(|(other, english)| other == english);
        let shared: Vec<&str> = shared.map(|(text, _)| text.trim()).collect();
        let is_a_name = |text: &str| {
            ["Dualwatch", "web", "IPv4", "IPv6", "·", "· Dualwatch", "简体中文", "Deutsch", "English"].contains(&text)
                || text.contains(".example")
        };
        assert!(shared.iter().all(|text| is_a_name(text)), "{language:?}: {shared:?}");
    }
}

#[test]
fn the_switch_needs_no_script_and_names_each_language_in_itself() {
    for language in Language::ALL {
        let html = drawn(language);
        assert!(html.contains(&format!("<html lang=\"{}\">", language.code())), "{html}");
        for other in Language::ALL {
            let link = format!("href=\"/self-test?lang={}\" lang=\"{0}\"", other.code());
            assert_eq!(html.contains(&link), other != language, "{link} in {html}");
            assert!(html.contains(other.own_name()), "{html}");
        }
    }
}
