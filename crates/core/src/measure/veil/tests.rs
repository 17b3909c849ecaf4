use super::*;
use crate::measure::{
    certificate_fault::FaultKind,
    sample::{Attempt, ExtendedError},
    time::Timestamp,
    unfit::UnfitAddress,
};

const URL: &str = "https://u:p@origin.shop.example:8443/a?token=s3cret#x";

fn veil(url: bool, address: bool) -> Veil {
    Veil::new(Public { url, address, ..Public::default() }, URL)
}

fn told(veil: &Veil, text: &str) -> String {
    let mut text = text.to_owned();
    veil.text(&mut text);
    text
}

#[test]
fn queries_and_user_parts_are_cut_off_whatever_stands_around() {
    let all = veil(true, true);
    for (text, expected) in [
        ("", ""),
        ("failed to GET https://u:p@a.example/x?k=v#f: closed", "failed to GET https://a.example/x closed"),
        ("(http://a.example/?k=v)", "(http://a.example/"),
        ("\"//u@a.example/b?c\" and more", "\"//a.example/b\" and more"),
        ("to /login?next=/&session=abc, then", "to /login then"),
        ("login?session=abc", "login"),
        ("is it down?", "is it down?"),
        ("colou?r|gr[ae]y", "colou?r|gr[ae]y"),
        ("(?i)all well", "(?i)all well"),
        ("mail to ops@shop.example", "mail to ops@shop.example"),
        ("issue #12 of 3", "issue #12 of 3"),
        ("wss://a.example/s?x`y", "wss://a.example/s`y"),
        ("://u:p@a.example", "://a.example"),
        ("https://a.example/状态?密=码 好", "https://a.example/状态 好"),
    ] {
        assert_eq!(told(&all, text), expected, "{text}");
    }
    assert_eq!(all.url(URL), "https://origin.shop.example:8443/a");
    assert_eq!(Veil::lifted().url(URL), URL);
    assert_eq!(told(&Veil::lifted(), "https://u@a.example/?k=v 192.0.2.1"), "https://u@a.example/?k=v 192.0.2.1");
}

#[test]
fn a_hidden_url_takes_every_name_of_a_host_with_it() {
    let hidden = veil(false, true);
    for (text, expected) in [
        ("CN=Origin.Shop.example,O=Shop", "CN=(hidden),O=Shop"),
        ("led to https://login.else.example:8443/a/b.", "led to (hidden)"),
        (
            "href='https://u:p@shop.example/deep?x=1#y', shop.example/deep and //shop.example/z",
            "href='(hidden) (hidden) and (hidden)",
        ),
        ("*.shop.example. and xn--4gbrim.xn--p1ai", "(hidden) and (hidden)"),
        ("bücher.example", "(hidden)"),
        ("nginx/1.25.3", "nginx/1.25.3"),
        ("HTTP/1.1 from 192.0.2.1", "HTTP/1.1 from 192.0.2.1"),
        ("e.g. nothing", "e.g. nothing"),
    ] {
        assert_eq!(told(&hidden, text), expected, "{text}");
    }
    assert_eq!(hidden.url(URL), "");
    // A name of one label is the host, or no name at all.
    let single = Veil::new(Public { url: false, ..Public::default() }, "http://intranet:8080/");
    assert_eq!(
        told(&single, "connected to INTRANET:8080, an intranet-like thing"),
        "connected to (hidden), an intranet-like thing"
    );
}

#[test]
fn a_hidden_address_takes_every_address_with_it() {
    let hidden = veil(true, false);
    for (text, expected) in [
        ("refused by 192.0.2.1:443, then [2001:db8::1]:443.", "refused by (hidden), then (hidden)"),
        ("2001:db8::1: no route", "(hidden) no route"),
        ("fe80::1%eth0 ::1 ::", "(hidden) (hidden) (hidden)"),
        ("version 1.2.3, at 10:11:12", "version 1.2.3, at 10:11:12"),
        ("shop.example", "shop.example"),
    ] {
        assert_eq!(told(&hidden, text), expected, "{text}");
    }
}

fn evidence() -> Evidence {
    let text = || Some("origin.shop.example is 192.0.2.1, https://origin.shop.example/?token=s3cret".to_owned());
    let address: std::net::IpAddr = "192.0.2.1".parse().unwrap();
    Evidence {
        error: text(),
        expected: text(),
        seen: text(),
        location: Some("https://login.shop.example/?token=s3cret".to_owned()),
        server: text(),
        resolver: text(),
        body_digest: Some("0123456789abcdef".to_owned()),
        chain: vec!["CN=origin.shop.example".to_owned()],
        attempts: vec![Attempt { address: (address, 443).into(), cause: None, elapsed_ms: 1.0 }],
        unfit: UnfitAddress::of("64:ff9b::c000:201".parse().unwrap()).into_iter().collect(),
        further_addresses: 2,
        extended: vec![ExtendedError { code: 22, text: text() }],
        fault: Some(CertificateFault {
            kind: FaultKind::Expired,
            subject: "CN=origin.shop.example".to_owned(),
            issuer: text(),
            date: None,
            about: text(),
            is_servers: true,
        }),
        ..Evidence::default()
    }
}

/// Promise (Secrets): Of a target whose URL or addresses are not public, no evidence names its host, an address or what is in
/// its certificate; the query of no URL is ever told.
#[test]
fn no_field_of_evidence_tells_what_is_hidden() {
    let certificate = || Certificate {
        subject_names: ["origin.shop.example", "192.0.2.1"].map(str::to_owned).to_vec(),
        further_names: 1,
        not_before: None,
        issuer: "CN=ca.shop.example".to_owned(),
        not_after: Timestamp::from_unix_ms(0),
        sha256: "ab".repeat(32),
    };
    let has = |veil: &Veil, what: &str| {
        let (mut evidence, mut certificate) = (evidence(), certificate());
        veil.evidence(&mut evidence);
        veil.certificate(&mut certificate);
        assert_eq!(certificate.n_names(), 3);
        format!("{evidence:?} {certificate:?}").contains(what)
    };
    for (veil, gone, kept) in [
        (veil(true, true), &["s3cret"][..], &["shop.example", "192.0.2.1", "abab", "0123456789abcdef", "64:ff9b"][..]),
        (veil(false, true), &["s3cret", "shop.example", "abab", "0123456789abcdef"], &["192.0.2.1", "64:ff9b"]),
        (veil(true, false), &["s3cret", "192.0.2.1", "64:ff9b"], &["shop.example", "abab"]),
        (veil(false, false), &["s3cret", "shop.example", "192.0.2.1", "64:ff9b", "abab"], &[]),
        (Veil::lifted(), &[], &["s3cret", "shop.example", "192.0.2.1", "abab"]),
    ] {
        assert!(gone.iter().all(|what| !has(&veil, what)), "{veil:?}");
        assert!(kept.iter().all(|what| has(&veil, what)), "{veil:?}");
    }
}

#[test]
fn what_a_target_was_called_after_its_host_it_is_not_called_any_more() {
    let mut name = "Origin.shop.example:8443 and www.shop.example".to_owned();
    veil(false, true).name(&mut name);
    assert_eq!(name, "(hidden) and www.shop.example");
}

#[test]
fn a_browser_is_told_no_query_and_nothing_that_is_hidden() {
    let url = |url: &str| Some(url.to_owned());
    let endpoints = BrowserEndpoints {
        ipv4: url("http://192.0.2.1/?a"),
        ipv6: url("https://v6.shop.example/x?token=s3cret"),
        dual_stack: url("https://origin.shop.example:8443/a?token=s3cret"),
    };
    let of = |url, address| veil(url, address).browser(&endpoints);
    assert_eq!(of(true, true).ipv6, url("https://v6.shop.example/x"));
    assert_eq!(of(true, true).dual_stack, url("https://origin.shop.example:8443/a"));
    assert_eq!(of(false, true).dual_stack, None);
    // What the operator names for browsers is told.
    assert_eq!(of(false, true).ipv6, url("https://v6.shop.example/x"));
    assert_eq!((of(true, false).ipv4, of(true, true).ipv4), (None, url("http://192.0.2.1/")));
}
