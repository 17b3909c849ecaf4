use super::*;

#[test]
fn an_incident_has_a_name_that_leads_back_to_its_target() {
    let name = id("my-service", IncidentId(Timestamp::from_unix_ms(1_795_428_711_042)));
    assert_eq!(name, "my-service-20261123T101151Z");
    assert_eq!(slug_of(&name), Some("my-service"));
    assert_eq!(began_of(&name), Some(Timestamp::from_unix_ms(1_795_428_711_000)));
    assert_eq!(began_of("a-20261323T101151Z"), None);
    for text in ["", "my-service", "my-service-20261123", "-20261123T101151Z", "my-service-20261123x101151Z"] {
        assert_eq!(slug_of(text), None, "{text}");
    }
}

/// One that began in the minute before second 60, and was noticed then.
pub fn incident() -> incident::Incident {
    let at = |s: i64| Timestamp::from_unix_ms(1_795_428_660_000 + s * 1_000);
    incident::Incident {
        id: IncidentId(at(60)),
        outages: vec![incident::Outage {
            family: Family::Ipv6,
            began: incident::Bound { after: Some(at(0)), by: at(60) },
            ended: Some((incident::Bound { after: Some(at(180)), by: at(185) }, Ending::Recovered)),
            unstable: None,
            answers: incident::Answers::default(),
        }],
        outages_omitted: 0,
        outages_omitted_ms: PerFamily::default(),
        causes: Vec::new(),
        causes_omitted: 0,
        blind: Vec::new(),
        blind_omitted_ms: PerFamily::default(),
        episodes: 1,
        flapping: false,
        confirmed_at: at(65),
        resolved_at: Some(at(190)),
        impact: Impact::default(),
        changes: Vec::new(),
        addresses: Vec::new(),
        n_effects: 2,
    }
}

#[test]
fn targets_of_one_name_are_told_apart_and_called_as_asked() {
    use dualwatch_core::respond::report::Peer;
    let of = |slug: &str, name: &str| Incident::of(slug, name, &incident());
    let incidents = [of("a", "Shop"), of("b", "Shop"), of("c", "Mail")];
    let events = events(&incidents, |incident| incident.name.clone());
    assert_eq!(events.len(), 1, "{events:?}");
    let peers = |slug: &str| -> Vec<String> {
        Peer::among(&events, &id(slug, incident().id)).into_iter().map(|peer| peer.name).collect()
    };
    assert_eq!(peers("a"), ["Shop", "Mail"]);
    assert_eq!(peers("c"), ["Shop", "Shop"]);
    assert_eq!(peers("d"), [""; 0]);
    // What was down at the first look began with nothing that is known.
    let mut unseen = incidents;
    for incident in &mut unseen {
        incident.summary.began.after = None;
    }
    assert_eq!(super::events(&unseen, |incident| incident.name.clone()), []);
}

#[test]
fn a_summary_has_the_pinned_form() {
    let incident = incident();
    let text = serde_json::to_string(&Summary::of("a", &incident)).unwrap();
    assert_eq!(
        text,
        concat!(
            r#"{"id":"a-20261123T101200Z","kind":"down","families":["ipv6"],"#,
            r#""began":{"after":"2026-11-23T10:11:00.000Z","by":"2026-11-23T10:12:00.000Z"},"#,
            r#""ended":{"after":"2026-11-23T10:14:00.000Z","by":"2026-11-23T10:14:05.000Z"},"#,
            r#""duration_s":{"min":120,"max":185},"down_s":{"min":120,"max":185},"#,
            r#""troubled_s":{"min":120,"max":185},"causes":[],"episodes":1,"flapping":false}"#,
        )
    );
}
