use super::*;
use dualwatch_core::{
    judge::clients::Clients,
    measure::{group::Group, round::DualStack, slug::Slug},
};

const T: Timestamp = Timestamp::from_unix_ms(1_795_428_711_042);

fn facts(state: State) -> FamilyFacts {
    FamilyFacts { state, since: Some(T), ..FamilyFacts::default() }
}

fn status(slug: &str, ipv4: FamilyFacts, ipv6: FamilyFacts, via: Option<Family>) -> TargetStatus {
    TargetStatus {
        slug: slug.into(),
        name: slug.to_uppercase(),
        url: format!("https://{slug}.example/"),
        last_round_at: Some(T),
        ipv4,
        ipv6,
        dual_stack: DualStack { family: via, ..DualStack::default() },
        clients: None::<Clients>,
        client_tally: None,
        differences: Vec::new(),
        alternations: Vec::new(),
        group: (slug != "other").then(|| "A & B".to_owned()),
    }
}

fn target(slug: &str) -> Whom {
    Whom::Target(Slug::parse(slug).unwrap())
}

#[test]
fn the_form_is_pinned_and_small() {
    let all = [status("shop", facts(State::Up), facts(State::Down), Some(Family::Ipv4))];
    let widget = Widget::of(&target("shop"), all.iter(), T).unwrap();
    let text = serde_json::to_string(&widget).unwrap();
    assert_eq!(
        text,
        concat!(
            r#"{"version":1,"as_of":"2026-11-23T10:11:51.042Z","name":"SHOP","path":"/targets/shop","state":"down","tone":"bad","#,
            r#""ipv4":{"state":"up","tone":"good","since":"2026-11-23T10:11:51.042Z"},"#,
            r#""ipv6":{"state":"down","tone":"bad","since":"2026-11-23T10:11:51.042Z"},"#,
            r#""dual_stack":{"state":"up","tone":"good","via":"ipv4"}}"#,
        )
    );
    assert_eq!(serde_json::from_str::<Widget>(&text).unwrap(), widget);
}

#[test]
fn a_state_that_is_not_known_is_never_good_and_never_bad() {
    let cause = |cause| FamilyFacts { cause, ..FamilyFacts::default() };
    for (facts, shade) in [
        (facts(State::Up), Shade::Up),
        (FamilyFacts { degraded: true, ..facts(State::Up) }, Shade::Degraded),
        (FamilyFacts { unstable: true, ..facts(State::Up) }, Shade::Unstable),
        (FamilyFacts { maintenance: true, ..facts(State::Up) }, Shade::Up),
        (FamilyFacts { maintenance: true, ..facts(State::Down) }, Shade::Maintenance),
        (facts(State::Suspect), Shade::Suspect),
        (facts(State::Recovering), Shade::Recovering),
        (facts(State::Down), Shade::Down),
        (cause(None), Shade::None),
        (cause(Some(Cause::DnsNodata)), Shade::None),
        (cause(Some(Cause::NotObserved)), Shade::Unknown),
        (cause(Some(Cause::VantageNoFamily)), Shade::Unknown),
    ] {
        assert_eq!(Shade::of(&facts), shade, "{facts:?}");
        let is_known = !matches!(shade, Shade::Unknown | Shade::None);
        assert_eq!(
            matches!(shade.tone(), Tone::Good | Tone::Bad | Tone::Warn),
            is_known && shade != Shade::Maintenance
        );
    }
    for shade in Shade::ALL {
        assert_eq!(Shade::of_both(Shade::Unknown, shade), Shade::Unknown);
        assert_eq!(Shade::of_both(shade, Shade::None), shade);
        assert_eq!(Shade::of_both(Shade::Down, Shade::Down), Shade::Down);
    }
}

#[test]
fn of_several_the_worst_counts_and_is_listed_first() {
    let all = [
        status("shop", facts(State::Up), facts(State::Up), Some(Family::Ipv6)),
        status("mail", facts(State::Up), facts(State::Down), Some(Family::Ipv4)),
        status("other", facts(State::Down), facts(State::Down), None),
    ];
    let group = Whom::Group(Group::parse("A & B").unwrap());
    let widget = Widget::of(&group, all.iter(), T).unwrap();
    assert_eq!((widget.name.as_deref(), widget.n, widget.state), (Some("A & B"), Some(2), Shade::Down));
    assert_eq!((widget.ipv4.state, widget.ipv4.n), (Shade::Up, Some(2)));
    assert_eq!((widget.ipv6.state, widget.ipv6.n, widget.ipv6.since), (Shade::Down, Some(1), Some(T)));
    assert_eq!(widget.targets.iter().map(|row| &*row.name).collect::<Vec<_>>(), ["MAIL", "SHOP"]);
    assert_eq!(Widget::of(&Whom::All, all.iter(), T).unwrap().ipv4.state, Shade::Down);
    assert_eq!(Widget::of(&target("none"), all.iter(), T), None);
    assert_eq!(Widget::of(&Whom::Group(Group::parse("None").unwrap()), all.iter(), T), None);
    let nothing = Widget::of(&Whom::All, [].iter(), T).unwrap();
    assert_eq!((nothing.state, nothing.tone), (Shade::Unknown, Tone::Quiet));
}

#[test]
fn no_more_than_fifty_are_listed() {
    let all: Vec<TargetStatus> =
        (0..60).map(|i| status(&format!("t{i}"), facts(State::Up), facts(State::Up), None)).collect();
    let widget = Widget::of(&Whom::All, all.iter(), T).unwrap();
    assert_eq!((widget.targets.len(), widget.n), (MAX_ROWS, Some(60)));
}
