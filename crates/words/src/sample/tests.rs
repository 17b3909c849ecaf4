use super::*;
use dualwatch_core::measure::sample::Warning;
use dualwatch_core::measure::{
    sample::{Attempt, Certificate, Phases},
    time::Timestamp,
};

fn at(address: &str, cause: Cause, elapsed: Option<f64>) -> Sample {
    let mut sample = Sample::failed(cause);
    sample.address = Some(address.parse().unwrap());
    sample.evidence.elapsed_ms = elapsed;
    sample
}

fn check(sample: &Sample, family: Family, sentence: &str) {
    assert_eq!(sample_sentence("https://service.example/", family, sample), sentence);
}

#[test]
fn what_was_reached_has_a_latency() {
    let mut reached = Sample::reached();
    reached.address = Some("192.0.2.1".parse().unwrap());
    reached.phases = Phases { resolve: Some(2.0), connect: Some(10.0), total: Some(46.0), ..Phases::default() };
    reached.http_status = Some(200);
    check(&reached, Family::Ipv4, "IPv4: reached 192.0.2.1 in 44 ms (HTTP 200)");
    reached.cause = Some(Cause::Slow);
    check(&reached, Family::Ipv4, "IPv4: reached 192.0.2.1 in 44 ms (HTTP 200), but slower than expected");
    check(&Sample::reached(), Family::Ipv4, "IPv4: reached the service");
    let mut expiring = Sample::reached();
    expiring.evidence.warning =
        Some(Warning::CertificateExpires { days_left: 9, expected_days: 14, made_for_days: None });
    check(&expiring, Family::Ipv4, "IPv4: reached the service; its certificate expires in 9 days");
    let mut unread = Sample::reached();
    unread.evidence.warning = Some(Warning::BodyUnread);
    unread.evidence.seen = Some("the content coding `br`".into());
    let sentence = "IPv4: reached the service; what is expected of its body is not known: it came in the content coding \
                    `br`, which is not read here";
    check(&unread, Family::Ipv4, sentence);
    let mut must_fail = Sample::reached();
    must_fail.evidence.measured = Some(Cause::TcpRefused);
    check(&must_fail, Family::Ipv4, "IPv4: failed as it must: connection refused");
}

#[test]
fn what_failed_says_after_how_long() {
    use Cause as C;
    use Family::Ipv6;
    let a = "2001:db8::1";
    check(&at(a, C::TcpRefused, Some(12.0)), Ipv6, "IPv6: 2001:db8::1 refused the connection after 12 ms");
    check(&at(a, C::TcpTimeout, Some(5_000.0)), Ipv6, "IPv6: 2001:db8::1 does not answer; gave up after 5 s");
    let mut late = at(a, C::HttpTimeout, Some(197.0));
    late.evidence.spent_ms = Some(5_000.0);
    let sentence = "accepted the connection and gave no answer; gave up after 5 s, of which it had 197 ms";
    check(&late, Ipv6, &format!("IPv6: 2001:db8::1 {sentence}"));
    late.evidence.elapsed_ms = Some(4_800.0);
    let sentence = "accepted the connection and gave no answer; gave up after 5 s";
    check(&late, Ipv6, &format!("IPv6: 2001:db8::1 {sentence}"));
    check(&at(a, C::NetUnreachable, None), Ipv6, "IPv6: there is no route to 2001:db8::1");
    let mut vague = at(a, C::TcpNoConnection, Some(12.0));
    vague.evidence.likely = Some(C::TcpRefused);
    let sentence = "no connection to 2001:db8::1 came about; failed after 12 ms, most likely: connection refused";
    check(&vague, Ipv6, &format!("IPv6: {sentence}"));
    let mut two = at(a, C::TcpRefused, None);
    let attempt = Attempt { address: "[2001:db8::1]:443".parse().unwrap(), cause: None, elapsed_ms: 1.0 };
    two.evidence.attempts = vec![attempt.clone(), attempt];
    check(&two, Ipv6, "IPv6: 2001:db8::1 refused the connection (2 addresses were tried)");
}

#[test]
fn what_cannot_be_unpacked_and_what_was_cut_is_told() {
    let mut packed = at("192.0.2.1", Cause::HttpCoding, None);
    packed.evidence.expected = Some("the body is in the content coding `gzip`".into());
    let sentence =
        "192.0.2.1 answered with a body that cannot be unpacked; expected: the body is in the content coding";
    check(&packed, Family::Ipv4, &format!("IPv4: {sentence} `gzip`"));
    let mut cut = at("192.0.2.1", Cause::MeasurementCut, Some(9_990.0));
    cut.evidence.bytes = Some(1_048_576);
    let sentence = "the time was over before the answer of 1048576 bytes was looked through";
    check(&cut, Family::Ipv4, &format!("IPv4: {sentence}"));
}

#[test]
fn what_was_answered_is_told() {
    let mut status = at("192.0.2.1", Cause::HttpStatus, None);
    status.http_status = Some(503);
    status.evidence.expected = Some("200".into());
    check(&status, Family::Ipv4, "IPv4: 192.0.2.1 answered HTTP 503; expected: 200");
    let mut socket = at("192.0.2.1", Cause::HttpMalformed, None);
    check(&socket, Family::Ipv4, "IPv4: 192.0.2.1 answered with something that is not HTTP, or not well-formed");
    socket.http_status = Some(101);
    let sentence = "192.0.2.1 agreed to open a WebSocket, and does not speak it";
    check(&socket, Family::Ipv4, &format!("IPv4: {sentence}"));
    socket.evidence.error = Some("the Upgrade header does not say websocket".into());
    check(&socket, Family::Ipv4, &format!("IPv4: {sentence}: the Upgrade header does not say websocket"));
    let mut name = at("192.0.2.1", Cause::TlsNameMismatch, None);
    name.certificate = Some(Certificate {
        subject_names: vec!["other.example".into(), "more.example".into()],
        further_names: 0,
        not_before: None,
        issuer: "CN=Test CA".into(),
        not_after: Timestamp::from_unix_ms(0),
        sha256: String::new(),
    });
    check(&name, Family::Ipv4, "IPv4: 192.0.2.1 shows a certificate for other.example, more.example");
    name.evidence.expected = Some("service.example".into());
    let sentence = "192.0.2.1 shows a certificate for other.example, more.example, not for service.example";
    check(&name, Family::Ipv4, &format!("IPv4: {sentence}"));
    name.certificate.iter_mut().for_each(|c| c.further_names = 199);
    let sentence =
        "192.0.2.1 shows a certificate for other.example, more.example and 199 more, not for service.example";
    check(&name, Family::Ipv4, &format!("IPv4: {sentence}"));
    // The address is there, in the wrong place.
    name.certificate.iter_mut().for_each(|c| (c.subject_names, c.further_names) = (vec!["192.0.2.1".into()], 0));
    name.evidence.expected = Some("192.0.2.1".into());
    check(
        &name,
        Family::Ipv4,
        "IPv4: 192.0.2.1 shows a certificate for 192.0.2.1, and not for the address 192.0.2.1: that stands there as a DNS \
         name, and counts only as an address (`iPAddress`, RFC 5280 section 4.2.1.6)",
    );
    let mut untaken = Sample::failed(Cause::DnsServfail);
    untaken.evidence.rcode = Some("BADVERS".into());
    untaken.evidence.resolver = Some("192.0.2.53".into());
    check(&untaken, Family::Ipv4, "IPv4: the resolver does not take the question (BADVERS from 192.0.2.53)");
    let mut gone = Sample::failed(Cause::DnsNxdomain);
    gone.evidence.rcode = Some("NXDOMAIN".into());
    gone.evidence.resolver = Some("192.0.2.53".into());
    check(&gone, Family::Ipv4, "IPv4: the name does not exist (NXDOMAIN from 192.0.2.53)");
}

#[test]
fn nobody_is_accused_by_a_blind_vantage() {
    let mut blind = at("2001:db8::1", Cause::VantageNoFamily, Some(5_000.0));
    blind.evidence.measured = Some(Cause::TcpTimeout);
    check(&blind, Family::Ipv6, "IPv6: cannot tell: this place has no working IPv6 (measured: no answer)");
    check(&Sample::skipped(Some(Cause::DnsNodata)), Family::Ipv6, "IPv6: no AAAA record: IPv4 only by design");
    check(&Sample::skipped(None), Family::Ipv6, "IPv6: not asked for");
}

#[test]
fn an_address_that_is_written_down_has_no_record() {
    let mut pinned = Sample::skipped(Some(Cause::DnsNodata));
    pinned.evidence.seen = Some("192.0.2.1".into());
    check(&pinned, Family::Ipv6, "IPv6: nothing to measure: the configuration pins IPv4 addresses only");
    let mut pinned = Sample::failed(Cause::DnsNodata);
    pinned.evidence.seen = Some("192.0.2.1, 192.0.2.2".into());
    check(&pinned, Family::Ipv6, "IPv6: none of 192.0.2.1, 192.0.2.2 is an IPv6 address");
    let mut redirect = at("2001:db8::1", Cause::DnsNodata, None);
    redirect.evidence.seen = Some("192.0.2.9".into());
    redirect.evidence.location = Some("http://192.0.2.9/".into());
    let sentence = "2001:db8::1 redirects to http://192.0.2.9/, and 192.0.2.9 is no IPv6 address";
    check(&redirect, Family::Ipv6, &format!("IPv6: {sentence}"));
    let mut private = Sample::skipped(Some(Cause::PolicyPlatform));
    private.address = Some("2001:db8::1".parse().unwrap());
    private.evidence.location = Some("http://10.0.0.1/".into());
    private.evidence.error = Some("10.0.0.1 is not a public address, and private ones are not allowed here".into());
    let sentence = "2001:db8::1 redirects to http://10.0.0.1/, which is not measured: connecting there is not allowed here: \
                    10.0.0.1 is not a public address, and private ones are not allowed here";
    check(&private, Family::Ipv6, &format!("IPv6: {sentence}"));
}

#[test]
fn an_address_has_no_records_and_no_design() {
    let mut absent = Sample::skipped(Some(Cause::DnsNodata));
    // With the evidence of it, and as it was stored without.
    for seen in [None, Some("2606:4700::1".to_owned())] {
        absent.evidence.seen = seen;
        let sentence = "IPv4: nothing to measure: what is measured is an IPv6 address";
        assert_eq!(sample_sentence("https://[2606:4700::1]/", Family::Ipv4, &absent), sentence);
    }
    let refused = at("2001:db8::1", Cause::TcpRefused, None);
    let sentence = "IPv6: 2001:db8::1 refused the connection";
    assert_eq!(sample_sentence("https://[2001:db8::1]/", Family::Ipv6, &refused), sentence);
}

#[test]
fn no_failure_has_a_latency_or_a_zero() {
    for cause in Cause::ALL {
        let mut sample = at("192.0.2.1", *cause, Some(0.0));
        sample.phases = Phases { connect: Some(5.0), total: Some(44.0), ..Phases::default() };
        for family in Family::ALL {
            let text = sample_sentence("https://service.example/", family, &sample);
            assert!(!text.contains(" in 44") && !text.contains(" 0 ms"), "{text}");
        }
    }
}
