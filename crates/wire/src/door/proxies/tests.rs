use super::*;

fn ip(text: &str) -> IpAddr {
    text.parse().unwrap()
}

/// What is heard where these headers are read, and stand in a request, as `NAME: VALUE` on a line each.
fn hear(read: &str, peer: &str, headers: &str) -> Told {
    let proxies = Proxies::parse("127.0.0.1, ::1,10.0.0.0/8, 2001:db8:1::/48", read).unwrap();
    proxies.hear((ip(peer), Some(1)), |name| {
        let named = |line: &&str| line.split_once(": ").is_some_and(|(other, _)| other.eq_ignore_ascii_case(name));
        let values: Vec<_> = headers.lines().filter(named).filter_map(|line| Some(line.split_once(": ")?.1)).collect();
        (!values.is_empty()).then(|| values.join(", "))
    })
}

/// Checks who is heard: an address, with a port behind it where one is told; `-`: nobody.
fn check(read: &str, peer: &str, headers: &str, expected: &str) {
    let found = hear(read, peer, headers).who.map_or_else(
        || "-".to_owned(),
        |(ip, port)| port.map_or_else(|| ip.to_string(), |port| format!("{ip} {port}")),
    );
    assert_eq!(found, expected, "{read}: {peer}\n{headers}");
}

const FOR: &str = "X-Forwarded-For";

/// Promise (Names from outside): What a client says of its own address counts nothing unless a proxy that the operator has
/// named says it, in a header that the operator has named.
#[test]
fn only_who_is_trusted_is_believed() {
    let all = "X-Forwarded-For: 203.0.113.9\nForwarded: for=203.0.113.9;proto=https;host=evil.example\n\
               CF-Connecting-IP: 203.0.113.9\nX-Forwarded-Proto: https\nX-Forwarded-Host: evil.example\nX-Forwarded-Port: 1";
    for read in ["", "Forwarded", "cf-connecting-ip", "X-Forwarded-For,X-Forwarded-Host,X-Forwarded-Port"] {
        let told = hear(read, "198.51.100.1", all);
        assert_eq!(told, Told { who: Some((ip("198.51.100.1"), Some(1))), ..Told::default() }, "{read}");
    }
    // A header that is not named is the visitor's own, whoever hands it on.
    let told = hear(FOR, "127.0.0.1", all);
    assert_eq!(told, Told { who: Some((ip("203.0.113.9"), None)), ..Told::default() });
    check("Forwarded", "127.0.0.1", "X-Forwarded-For: 203.0.113.9\nCF-Connecting-IP: 203.0.113.9", "-");
    check("CF-Connecting-IP", "127.0.0.1", "X-Forwarded-For: 203.0.113.9\nForwarded: for=203.0.113.9", "-");
    // Nobody is trusted where nobody is named.
    let nobody = Proxies::parse("", "").unwrap();
    let me = (ip("127.0.0.1"), None);
    assert!(nobody.is_empty());
    assert_eq!(nobody.hear(me, |_| Some("9.9.9.9".to_owned())), Told { who: Some(me), ..Told::default() });
}

#[test]
fn who_asks_is_the_last_that_is_no_proxy_of_ours() {
    let check = |peer: &str, list: &str, expected: &str| check(FOR, peer, &format!("{FOR}: {list}"), expected);
    check("127.0.0.1", "203.0.113.9", "203.0.113.9");
    check("::ffff:127.0.0.1", "203.0.113.9", "203.0.113.9");
    check("10.9.8.7", "1.2.3.4, 203.0.113.9", "203.0.113.9");
    check("10.9.8.7", "1.2.3.4, 203.0.113.9, 10.0.0.3,127.0.0.1", "203.0.113.9");
    check("10.9.8.7", "1.2.3.4,::ffff:203.0.113.9 ,\t::ffff:10.0.0.3", "203.0.113.9");
    check("2001:db8:1:2::3", "2001:db8:2::9", "2001:db8:2::9");
    // A proxy's own device, and whoever sits beside it.
    check("127.0.0.1", "::1", "::1");
    check("127.0.0.1", "10.0.0.1, 127.0.0.1", "10.0.0.1");
    // Several headers are one list.
    check("127.0.0.1", "1.2.3.4\nX-Forwarded-For: 203.0.113.9", "203.0.113.9");
    check("127.0.0.1", "203.0.113.9\nx-forwarded-for: 10.0.0.3", "203.0.113.9");
    // Who asks is not known, and neither the proxy nor what stands before it is who asks.
    for unreadable in [
        "unknown",
        "_hidden",
        "",
        " ",
        "203.0.113.9.example",
        "203.0.113.9:80:80",
        "[2001:db8::9",
        "0x7f.1",
        "2001:db8::9]",
        "[203.0.113.9]",
        "[2001:db8::9]x",
        "fe80::1%eth0",
        "203.0.113.9:65536",
        "203.0.113.9 evil",
    ] {
        check("127.0.0.1", &format!("1.2.3.4, {unreadable}"), "-");
        check("127.0.0.1", &format!("{unreadable}, 203.0.113.9"), "203.0.113.9");
    }
    super::tests::check(FOR, "127.0.0.1", "", "-");
}

#[test]
fn a_node_has_brackets_and_a_port_or_not() {
    for (node, expected) in [
        ("203.0.113.9:4711", "203.0.113.9 4711"),
        ("[2001:db8::9]:4711", "2001:db8::9 4711"),
        ("[2001:db8::9]", "2001:db8::9"),
        ("2001:db8::9", "2001:db8::9"),
        ("203.0.113.9:0", "203.0.113.9"),
        ("203.0.113.9:_hidden", "203.0.113.9"),
        ("[2001:db8::9]:_hidden", "2001:db8::9"),
        ("[::ffff:203.0.113.9]:4711", "203.0.113.9 4711"),
    ] {
        check(FOR, "127.0.0.1", &format!("{FOR}: {node}"), expected);
        check("Forwarded", "127.0.0.1", &format!("Forwarded: for=\"{node}\""), expected);
    }
}

#[test]
fn an_element_of_rfc_7239_says_all() {
    let check = |list: &str, expected: &str| check("Forwarded", "127.0.0.1", &format!("Forwarded: {list}"), expected);
    // The examples of section 4.
    check("for=\"_gazonk\"", "-");
    check("For=\"[2001:db8:cafe::17]:4711\"", "2001:db8:cafe::17 4711");
    check("for=192.0.2.60;proto=http;by=203.0.113.43", "192.0.2.60");
    check("for=192.0.2.43, for=198.51.100.17", "198.51.100.17");
    // Section 6.
    check("for=unknown", "-");
    check("for=192.0.2.43, for=_SEVKISEK", "-");
    check("for=192.0.2.43, for=\"[2001:db8:1::17]\", for=10.0.0.3", "192.0.2.43");
    check("by=203.0.113.43;proto=https", "-");
    check("for=192.0.2.43:47011", "192.0.2.43 47011");
    check("for=\"192.0.2.\\43\"", "192.0.2.43");
    check("for=192.0.2.43 ; proto=https\t, for=10.0.0.1", "192.0.2.43");
    check("secret=\"a, for=1.2.3.4\";for=192.0.2.43", "192.0.2.43");
    check("for=1.2.3.4\nForwarded: for=192.0.2.43", "192.0.2.43");
    // A beginning that would swallow what a proxy puts behind it, and what else is none.
    for broken in [
        "for=\"1.2.3.4",
        "for=1.2.3.4;x=\"",
        "for=1.2.3.4, ;",
        "for",
        "for=",
        "=1.2.3.4",
        "for==\"a\"b",
        ",",
        "",
        "for=1.2.3.4;for=1.2.3.5",
        "f or=1.2.3.4",
        "for=\"a\\",
        "for=a\"b",
    ] {
        check(&format!("{broken}, for=\"[2001:db8::9]:1\";host=\"a.example\""), "-");
    }
    let told = hear(
        "Forwarded",
        "::1",
        "Forwarded: for=1.2.3.4;host=evil.example;proto=http, for=192.0.2.43;host=\"Status.example:8443\";proto=HTTPS, for=10.0.0.1;proto=http;host=inside",
    );
    assert_eq!((told.is_secure, told.host.as_deref()), (Some(true), Some("status.example:8443")));
    let hidden = hear("Forwarded", "::1", "Forwarded: for=_hidden;host=status.example;proto=https");
    assert_eq!((hidden.who, hidden.is_secure, hidden.host.as_deref()), (None, Some(true), Some("status.example")));
}

#[test]
fn scheme_host_and_port_are_of_the_proxy_that_was_asked() {
    let read = "X-Forwarded-For,X-Forwarded-Proto,X-Forwarded-Host,X-Forwarded-Port";
    let check = |headers: &str, is_secure: Option<bool>, host: Option<&str>, port: Option<u16>| {
        let told = hear(read, "127.0.0.1", headers);
        assert_eq!((told.is_secure, told.host.as_deref(), told.port), (is_secure, host, port), "{headers}");
    };
    let who = "X-Forwarded-For: 1.2.3.4, 203.0.113.9, 10.0.0.1";
    check(who, None, None, None);
    check(
        &format!("{who}\nX-Forwarded-Proto: https\nX-Forwarded-Host: a.example:8443\nX-Forwarded-Port: 8443"),
        Some(true),
        Some("a.example:8443"),
        Some(8443),
    );
    // One item for each proxy; what who asks has written stands before them.
    check(
        &format!(
            "{who}\nX-Forwarded-Proto: http, https, http\nX-Forwarded-Host: evil.example, a.example, inside\nX-Forwarded-Port: 1,443,8787"
        ),
        Some(true),
        Some("a.example"),
        Some(443),
    );
    // Of another length, it is the last.
    check(
        &format!("{who}\nX-Forwarded-Proto: http, https\nX-Forwarded-Host: evil.example, [2001:DB8::1]:8443"),
        Some(true),
        Some("[2001:db8::1]:8443"),
        None,
    );
    for bad in [
        "a.example/x",
        "a.example?x",
        "user@a.example",
        "a b",
        "a.example:port",
        "a.example:0",
        "[::1",
        "[1.2.3.4]",
        "a.example\\",
        "a:1:2",
        "",
        "<script>",
        "exämple.example",
    ] {
        check(
            &format!("{who}\nX-Forwarded-Host: {bad}\nX-Forwarded-Proto: gopher\nX-Forwarded-Port: 65536"),
            None,
            None,
            None,
        );
    }
    assert_eq!(hear("", "127.0.0.1", &format!("{who}\nX-Forwarded-Host: a.example")).host, None);
    let proto = hear("Forwarded,X-Forwarded-Proto", "::1", "Forwarded: for=1.2.3.4\nX-Forwarded-Proto: http, https");
    assert_eq!(proto.is_secure, Some(true));
}

#[test]
fn cloudflare_tells_one_address() {
    let check = |headers: &str, expected: &str| check("CF-Connecting-IP", "127.0.0.1", headers, expected);
    check("CF-Connecting-IP: 2001:db8::9", "2001:db8::9");
    check("CF-Connecting-IP: 203.0.113.9\nCF-Connecting-IPv6: 2001:db8::66", "203.0.113.9");
    // "Pseudo IPv4".
    check("CF-Connecting-IP: 246.1.2.3\nCF-Connecting-IPv6: 2001:db8::9", "2001:db8::9");
    check("CF-Connecting-IP: 246.1.2.3", "-");
    check("CF-Connecting-IP: 203.0.113.9, 203.0.113.10", "-");
    check("CF-Connecting-IPv6: 2001:db8::9", "-");
}

#[test]
fn what_is_no_network_or_no_header_is_said() {
    for text in [
        "localhost",
        "10.0.0.0/33",
        "::/129",
        "10.0.0.0/x",
        "10.0.0.0/+8",
        "10.0.0.0/",
        "10.0.0.1:80",
        "[::1]",
        "::ffff:10.0.0.0/90",
    ] {
        let why = Proxies::parse(&format!("::1, {text}"), "").unwrap_err();
        assert!(why.starts_with(&format!("`{text}` is no address and no network; write `192.0.2.1`")), "{why}");
    }
    for (headers, said) in [
        ("X-Real-IP", "`X-Real-IP` is no header that is read; there are X-Forwarded-For, X-Forwarded-Proto, "),
        (
            "X-Forwarded-Proto",
            "none of the headers says who asks; name one of X-Forwarded-For, Forwarded, CF-Connecting-IP",
        ),
        ("x-forwarded-for,forwarded", "X-Forwarded-For and Forwarded both say who asks"),
    ] {
        let why = Proxies::parse("::1", headers).unwrap_err();
        assert!(why.starts_with(said), "{why}");
    }
    let all = Proxies::parse("0.0.0.0/0,::/0", "").unwrap();
    assert!(all.trusts(ip("9.9.9.9")) && all.trusts(ip("2620:fe::9")));
    let mapped = Proxies::parse("::ffff:10.0.0.0/104", "").unwrap();
    assert!(mapped.trusts(ip("10.1.2.3")) && mapped.trusts(ip("::ffff:10.1.2.3")) && !mapped.trusts(ip("11.1.2.3")));
}
