//! Which hypothesis comes first, case by case.

use crate::{
    judge::dual_stack,
    measure::{
        cause::Cause,
        certificate_fault::{CertificateFault, FaultKind, Reason},
        family::{Family, PerFamily},
        round::{Round, Vantage},
        sample::{ExtendedError, Phases, Sample},
        target::Confirmation,
        time::{DAY, MINUTE, Timestamp},
        vantage::Standing,
    },
    respond::{
        incident::{Incident, Policy},
        report::{
            Context, Peer, Regression, Report,
            affected::Fate,
            hypotheses::{Argument, Code},
        },
    },
    watch::{Settings, Watch},
};

fn sample(word: &str) -> Sample {
    let connected = Phases { resolve: Some(1.0), connect: Some(10.0), ..Phases::default() };
    let (word, address) = word.split_once('@').unwrap_or((word, "192.0.2.1"));
    let (code, number) = word.split_once('(').map_or((word, None), |(code, n)| (code, Some(n.trim_end_matches(')'))));
    let mut sample = match code {
        "ok" => Sample { phases: Phases { total: Some(40.0), ..connected }, ..Sample::reached() },
        code => Sample::failed(Cause::from_code(code).unwrap()),
    };
    if sample.cause.is_some_and(|c| {
        matches!(c.phase(), crate::measure::cause::Phase::Handshake | crate::measure::cause::Phase::Exchange)
    }) {
        sample.phases = connected;
    }
    sample.http_status = number.and_then(|n| n.parse().ok());
    sample.addresses = address.parse().into_iter().collect();
    sample.address = address.parse().ok();
    sample.evidence.elapsed_ms = sample.cause.map(|_| 12.0);
    sample
}

/// Rounds once a minute as `IPv4/IPv6`.
fn incident(rounds: &str) -> Incident {
    let settings = Settings {
        url: "https://service.example/",
        own_vantage: "edge",
        interval_s: 60,
        timeout_ms: 10_000,
        unchanged_s: None,
        confirm: Confirmation::default(),
        incidents: Policy::default(),
        scheme: crate::measure::target::Scheme::Https,
        windows: &[],
    };
    let mut watch = Watch::default();
    for (minute, text) in rounds.split_whitespace().enumerate() {
        let (ipv4, ipv6) = text.split_once('/').unwrap();
        let samples = PerFamily { ipv4: sample(ipv4), ipv6: sample(ipv6) };
        let started_at = Timestamp::from_unix_ms(i64::try_from(minute).unwrap() * MINUTE);
        let standing = PerFamily { ipv4: Standing::Proven, ipv6: Standing::Proven };
        let round = Round {
            target: settings.url.into(),
            started_at,
            vantage: Vantage { name: "edge".into(), standing, silent_controls: Vec::new() },
            dual_stack: dual_stack::view(&samples),
            samples,
        };
        watch.hear(round, &settings, started_at);
    }
    watch.incident().unwrap().clone()
}

fn check(rounds: &str, first: Code) {
    let incident = incident(rounds);
    let report = Report::of(&incident, &Context::default());
    let codes: Vec<_> = report.hypotheses.iter().map(|h| (h.code, h.score)).collect();
    assert_eq!(codes.first().map(|c| c.0), Some(first), "{rounds}: {codes:?}");
    assert_eq!(Report::of(&incident, &Context::default()), report, "the same incident gives the same report");
}

#[test]
fn the_first_hypothesis() {
    check("ok/ok ok/tcp.refused ok/tcp.refused ok/ok ok/ok", Code::NoListener);
    check("ok/ok ok/tcp.timeout ok/tcp.timeout ok/ok ok/ok", Code::FirewallDrops);
    check("ok/ok ok/net.unreachable ok/net.unreachable ok/ok ok/ok", Code::RouteLost);
    check("ok/ok tcp.refused/tcp.refused tcp.refused/tcp.refused ok/ok ok/ok", Code::ServiceStopped);
    check("ok/ok tcp.timeout/tcp.timeout tcp.timeout/tcp.timeout ok/ok ok/ok", Code::HostDown);
    check("ok/ok tcp.timeout/net.unreachable tcp.timeout/net.unreachable ok/ok ok/ok", Code::HostDown);
    check("ok/ok ok/tls.name_mismatch ok/tls.name_mismatch ok/ok ok/ok", Code::OtherVirtualHost);
    check("ok/ok tls.name_mismatch/tls.name_mismatch tls.name_mismatch/tls.name_mismatch", Code::CertificateReplaced);
    check("ok/ok tls.expired/tls.expired tls.expired/tls.expired", Code::CertificateExpired);
    check("ok/ok ok/path.mtu ok/path.mtu", Code::PathMtu);
    check("ok/ok ok/tls.timeout ok/tls.timeout", Code::PathMtu);
    check("ok/ok http.timeout/http.timeout http.timeout/http.timeout", Code::Overloaded);
    check("ok/ok http.status(503)/http.status(503) http.status(503)/http.status(503)", Code::Overloaded);
    check("ok/ok http.status(500)/http.status(500) http.status(500)/http.status(500)", Code::ApplicationError);
    check("ok/ok ok/http.status(404) ok/http.status(404)", Code::OtherVirtualHost);
    check("ok/ok http.status(404)/http.status(404) http.status(404)/http.status(404)", Code::ContentChanged);
    check("ok/ok dns.nxdomain/dns.nxdomain dns.nxdomain/dns.nxdomain", Code::RecordRemoved);
    check("ok/ok dns.servfail/dns.servfail dns.servfail/dns.servfail", Code::NameServers);
    check("ok/ok tcp.reset/tcp.reset tcp.reset/tcp.reset", Code::ConnectionsCut);
    check("ok/ok ok/tcp.timeout@192.0.2.7 ok/tcp.timeout@192.0.2.7", Code::AddressChanged);
}

#[test]
fn a_status_about_the_method_is_about_the_method() {
    let refused = |method: &str, allow: Option<&str>| {
        let mut incident = incident("ok/ok http.status(405)/http.status(405) http.status(405)/http.status(405)");
        for span in &mut incident.causes {
            span.exhibit.evidence.method = Some(method.to_owned());
            span.exhibit.evidence.allow = allow.map(ToOwned::to_owned);
        }
        Report::of(&incident, &Context::default()).hypotheses.remove(0)
    };
    let hypothesis = refused("HEAD", Some("GET"));
    assert_eq!(hypothesis.code, Code::MethodRefused);
    let is_it = |argument: &Argument| match argument {
        Argument::MethodRefused { method, allow, .. } => method == "HEAD" && allow.as_deref() == Some("GET"),
        _ => false,
    };
    assert!(hypothesis.arguments_for.iter().any(is_it), "{:?}", hypothesis.arguments_for);
    assert_eq!(refused("POST", None).code, Code::MethodRefused);
    // Who refuses GET refuses everybody.
    assert_eq!(refused("GET", None).code, Code::ContentChanged);
}

#[test]
fn what_the_resolver_says_is_not_guessed() {
    let told = |cause: &str, extended: Option<u16>, exists_all_the_same| {
        let mut incident = incident(&format!("ok/ok ok/{cause} ok/{cause} ok/{cause}"));
        for span in &mut incident.causes {
            span.exhibit.evidence.extended =
                extended.map(|code| ExtendedError { code, text: None }).into_iter().collect();
            span.exhibit.evidence.exists_all_the_same = exists_all_the_same;
        }
        let report = Report::of(&incident, &Context::default());
        assert!(!report.hypotheses.iter().any(|h| h.code == Code::RecordRemoved), "{cause}: {:?}", report.hypotheses);
        report.hypotheses[0].code
    };
    assert_eq!(told("dns.servfail", Some(7), false), Code::SignaturesFail);
    assert_eq!(told("dns.nxdomain", Some(15), false), Code::ResolverBlocks);
    assert_eq!(told("dns.servfail", Some(23), false), Code::NameServers);
    assert_eq!(told("dns.nxdomain", None, true), Code::NameDenied);
}

#[test]
fn each_kind_of_certificate_fault_has_its_own_hypothesis() {
    let told = |kind, is_servers, cause: &str| {
        let mut incident = incident(&format!("ok/ok ok/{cause} ok/{cause} ok/{cause}"));
        let (subject, issuer) = ("CN=service.example".to_owned(), Some("CN=Root".to_owned()));
        let fault = CertificateFault { kind, subject, issuer, date: None, about: None, is_servers };
        let reason = fault.reason();
        for span in &mut incident.causes {
            span.exhibit.evidence.fault = Some(fault.clone());
        }
        (Report::of(&incident, &Context::default()).hypotheses.remove(0), reason)
    };
    let kinds = [
        (FaultKind::IssuerMissing, Reason::IntermediateMissing),
        (FaultKind::RootUntrusted, Reason::AuthorityUnknown),
        (FaultKind::SelfSigned, Reason::CertificateSelfMade),
        (FaultKind::WeakSignature, Reason::SignatureWeak),
        (FaultKind::WeakKey, Reason::KeyWeak),
        (FaultKind::Forged, Reason::IssuerOther),
        (FaultKind::UnknownSignature, Reason::SignatureUnusual),
        (FaultKind::Purpose, Reason::PurposeOther),
        (FaultKind::KeyUsage, Reason::UsageOther),
        (FaultKind::NameConstraint, Reason::NameNotAllowed),
        (FaultKind::PathLength, Reason::ChainTooLong),
        (FaultKind::AuthorityAsServer, Reason::AuthorityShown),
        (FaultKind::NoAuthority, Reason::IssuerNoAuthority),
        (FaultKind::Version, Reason::VersionOld),
        (FaultKind::CriticalExtension, Reason::ExtensionUnknown),
        (FaultKind::Unreadable, Reason::CertificateUnreadable),
    ];
    for (kind, expected) in kinds {
        let (first, reason) = told(kind, true, "tls.untrusted");
        assert_eq!((first.code, reason), (Code::Certificate(expected), expected), "{kind:?}");
        assert!(first.arguments_for.iter().any(|a| matches!(a, Argument::CertificateFault { .. })), "{kind:?}");
    }
    assert_eq!(told(FaultKind::Expired, true, "tls.expired").0.code, Code::CertificateExpired);
    assert_eq!(told(FaultKind::Expired, false, "tls.expired").0.code, Code::Certificate(Reason::IntermediateExpired));
    let early = told(FaultKind::NotYetValid, true, "tls.not_yet_valid").0.code;
    assert_eq!(early, Code::Certificate(Reason::CertificateEarly));
    assert_eq!(told(FaultKind::KeyUsage, false, "tls.untrusted").1, Reason::AuthorityMayNotSign);
}

#[test]
fn a_change_needs_a_before() {
    // Down at the first look: nothing is known of a time before.
    check("tls.name_mismatch/tls.name_mismatch tls.name_mismatch/tls.name_mismatch", Code::CertificateUnfit);
    check("tls.not_yet_valid/tls.not_yet_valid tls.not_yet_valid/tls.not_yet_valid", Code::CertificateUnfit);
    check("dns.nxdomain/dns.nxdomain dns.nxdomain/dns.nxdomain", Code::RecordMissing);
    check("http.status(404)/http.status(404) http.status(404)/http.status(404)", Code::ContentUnexpected);
    check("http.body_mismatch/http.body_mismatch http.body_mismatch/http.body_mismatch", Code::ContentUnexpected);
    // A name of this kind was never in the DNS, and a revoked certificate is the same as before.
    check("ok/ok dns.special_use/dns.special_use dns.special_use/dns.special_use", Code::RecordMissing);
    check("ok/ok tls.revoked/tls.revoked tls.revoked/tls.revoked", Code::CertificateUnfit);
    for first_look in Cause::ALL.iter().filter(|cause| cause.counts_against_target() && **cause != Cause::Slow) {
        let round = format!("{first_look}/{first_look} ").repeat(3);
        let told = Report::of(&incident(&round), &Context::default()).hypotheses;
        for hypothesis in told {
            let changed = [Code::CertificateReplaced, Code::RecordRemoved, Code::ContentChanged, Code::AddressChanged];
            assert!(!changed.contains(&hypothesis.code), "{first_look}: {hypothesis:?}");
        }
    }
}

#[test]
fn what_both_families_have_in_common_is_told_once() {
    for cause in Cause::ALL.iter().filter(|cause| cause.counts_against_target() && **cause != Cause::Slow) {
        let rounds = format!("ok/ok {}", format!("{cause}/{cause} ").repeat(3));
        let told = Report::of(&incident(&rounds), &Context::default()).hypotheses;
        let codes: Vec<Code> = told.iter().map(|h| h.code).collect();
        assert!(codes.iter().enumerate().all(|(i, code)| !codes[i + 1..].contains(code)), "{cause}: {codes:?}");
        let is_hang = matches!(cause, Cause::TlsTimeout | Cause::HttpTimeout);
        assert!(!is_hang || !codes.contains(&Code::PathMtu), "{cause}: {codes:?}");
    }
}

#[test]
fn families_that_failed_one_after_the_other_did_not_fail_together() {
    let incident = incident("ok/ok ok/tcp.refused ok/tcp.refused tcp.refused/ok tcp.refused/ok ok/ok ok/ok");
    assert_eq!(incident.families(), PerFamily { ipv4: true, ipv6: true });
    let hypotheses = Report::of(&incident, &Context::default()).hypotheses;
    let codes: Vec<_> = hypotheses.iter().map(|h| (h.code, h.family)).collect();
    assert_eq!(codes, [(Code::NoListener, Some(Family::Ipv4)), (Code::NoListener, Some(Family::Ipv6))]);
    for hypothesis in hypotheses {
        let other = hypothesis.family.unwrap().other();
        assert!(hypothesis.arguments_for.contains(&Argument::OtherFamilyWell { family: other }), "{hypothesis:?}");
        assert_eq!(hypothesis.arguments_against, []);
    }
}

#[test]
fn peers_speak_for_the_provider() {
    let incident = incident("ok/ok tcp.timeout/tcp.timeout tcp.timeout/tcp.timeout");
    let peers: Vec<Peer> =
        ["a", "b", "c"].map(|name| Peer { name: name.into(), shares_network: true }).into_iter().collect();
    let report = Report::of(&incident, &Context { peers: &peers, ..Context::default() });
    assert_eq!(report.hypotheses[0].code, Code::ProviderWide);
}

#[test]
fn a_relapse_is_watched_for_until_a_day_has_been_seen() {
    let incident = incident("ok/ok ok/tcp.refused ok/tcp.refused ok/ok ok/ok");
    let until = Timestamp::from_unix_ms(3 * MINUTE + DAY);
    let found = |heard_to| Report::of(&incident, &Context { heard_to, ..Context::default() }).regression;
    assert_eq!(found(None), Regression::WatchedUntil(until));
    assert_eq!(found(Some(until)), Regression::WatchedUntil(until));
    assert_eq!(found(Some(until + 1)), Regression::Held(until));
}

#[test]
fn who_was_affected() {
    let report = |rounds: &str| Report::of(&incident(rounds), &Context::default()).affected;
    let affected = report("ok/ok ok/tcp.refused ok/tcp.refused ok/tcp.refused ok/ok ok/ok");
    assert_eq!(affected.dual_stack, Fate::Served { worst_ms: Some(11.0) });
    assert_eq!(affected.single, PerFamily { ipv4: Fate::Served { worst_ms: None }, ipv6: Fate::Fails });
    assert!(affected.is_hidden);
    let affected = report("ok/ok ok/tcp.timeout ok/tcp.timeout ok/ok ok/ok");
    assert_eq!(affected.sequential, Fate::Waits);
    let affected = report("ok/ok ok/tls.name_mismatch ok/tls.name_mismatch ok/ok ok/ok");
    assert_eq!((affected.dual_stack, affected.is_hidden), (Fate::Fails, false), "there is no way back once TCP is up");
}

/// A failure every other round, and answers in between.
fn now_and_then(failure: &str) -> String {
    format!("{failure} ok/ok ").repeat(8)
}

#[test]
fn an_outage_that_takes_turns_with_answers_is_of_one_of_several() {
    // Confirmed, and never two good rounds in a row: two certificates behind one address, of which one has run out.
    let turns = "AABABAAABABAABAAABAB".replace('A', "tls.expired/ok ").replace('B', "ok/ok ");
    let report = Report::of(&incident(&turns.repeat(2)), &Context::default());
    let codes: Vec<_> = report.hypotheses.iter().map(|h| (h.code, h.score)).collect();
    assert_eq!(report.hypotheses[0].code, Code::OneOfSeveral, "{codes:?}");
    let rate = Argument::FailedNowAndThen { family: Family::Ipv4, failed: 26, of: 39 };
    assert!(report.hypotheses[0].arguments_for.contains(&rate), "{:?}", report.hypotheses);
    assert_eq!(report.affected.single.ipv4, Fate::Partly { served: 13, failed: 26 });
    // One answer in between is nothing.
    let once = format!("{}ok/ok {}", "tcp.refused/ok ".repeat(12), "tcp.refused/ok ".repeat(12));
    let report = Report::of(&incident(&once), &Context::default());
    assert_eq!((report.hypotheses[0].code, report.affected.single.ipv4), (Code::NoListener, Fate::Fails));
}

#[test]
fn what_answers_in_between_is_not_gone() {
    check(&now_and_then("ok/tls.name_mismatch"), Code::OneOfSeveral);
    check(&now_and_then("ok/tcp.refused"), Code::OneOfSeveral);
    check(&now_and_then("http.status(429)/http.status(429)"), Code::RateLimited);
    check(&now_and_then("http.status(502)/http.status(502)"), Code::Overloaded);
    check(&now_and_then("ok/tcp.timeout"), Code::PacketLoss);
    check(&now_and_then("http.timeout/http.timeout"), Code::Overloaded);
    check(&now_and_then("ok/tcp.reset"), Code::ConnectionsCut);

    let incident = incident(&now_and_then("ok/tcp.refused"));
    let report = Report::of(&incident, &Context::default());
    let rate = Argument::FailedNowAndThen { family: Family::Ipv6, failed: 8, of: 16 };
    assert!(report.hypotheses[0].arguments_for.contains(&rate), "{:?}", report.hypotheses);
    let silent = |code| report.hypotheses.iter().all(|h| h.code != code || h.arguments_against.contains(&rate));
    assert!(silent(Code::NoListener), "{:?}", report.hypotheses);
    assert_eq!(report.affected.single.ipv6, Fate::Partly { served: 8, failed: 8 });
}
