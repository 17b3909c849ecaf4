//! Under which name targets are shown together.

use dualwatch_config::{Config, Finding, load};

fn read(group: &str) -> Result<Config, Vec<Finding>> {
    let text = format!("targets:\n  - url: https://shop.example/\n    group: {group}\n");
    load(&text, "dualwatch.yml", &|_| Err("no such file".to_owned()))
}

#[test]
fn a_target_has_the_group_that_it_names() {
    for (written, name) in [("Payments", "Payments"), ("' A/B & C '", "A/B & C"), ("支付", "支付")] {
        assert_eq!(read(written).unwrap().targets[0].group.as_deref(), Some(name));
    }
    let text = "targets:\n  - url: https://shop.example/\n";
    assert_eq!(load(text, "dualwatch.yml", &|_| Err(String::new())).unwrap().targets[0].group, None);
}

#[test]
fn what_is_no_name_is_said_at_its_place() {
    let long = "x".repeat(65);
    for (written, code) in [
        ("''", "bad_group"),
        (&*long, "bad_group"),
        (r#""a\nb""#, "bad_group"),
        (r#""a\u200bb""#, "invisible_character"),
    ] {
        let found = read(written).unwrap_err();
        assert_eq!(found.len(), 1, "{written}: {found:?}");
        assert_eq!((found[0].line, found[0].code), (3, code), "{written}");
        assert!(found[0].hint.is_some());
    }
}
