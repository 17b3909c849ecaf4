//! Asks a name server one question over a connection, and compares its answer.

use crate::{
    classify::{self, Failure, clip},
    dial::{Clock, Deadline, Stopwatch},
    resolve::message::{self, Answer},
};
use dualwatch_core::measure::{
    cause::Cause,
    target::{DnsQuestion, Expect},
};
use std::{io, net::IpAddr};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

/// Asks (RFC 7766) and judges. `Ok`: when the answer came.
pub async fn ask<C: Clock, S: AsyncRead + AsyncWrite + Unpin>(
    clock: &C,
    stream: &mut S,
    question: &DnsQuestion,
    expect: &Expect,
    deadline: Deadline,
) -> Result<f64, Failure> {
    let watch = Stopwatch::start(clock);
    let asked = message::question_of(&question.name, question.record_type, 1)?;
    let answer = match deadline.bound(clock, exchange(stream, &asked.bytes)).await {
        None => Err(Failure::bare(Cause::DnsTimeout)),
        Some(Err(error)) => {
            let text = format!("the server ended the connection: {}", classify::io_text(&error));
            Err(Failure::with_error(Cause::DnsMalformed, text))
        }
        Some(Ok(bytes)) => message::read_records(&asked, &bytes),
    };
    let elapsed_ms = watch.elapsed_ms(clock);
    let result = answer.and_then(|answer| judge(question, expect, &answer));
    result.map(|()| elapsed_ms).map_err(|mut failure| {
        failure.evidence.elapsed_ms = Some(elapsed_ms);
        failure
    })
}

/// A message is at most 65,535 bytes (RFC 1035 section 4.2.2), so this is bounded by itself.
async fn exchange<S: AsyncRead + AsyncWrite + Unpin>(stream: &mut S, question: &[u8]) -> io::Result<Vec<u8>> {
    let length = u16::try_from(question.len()).map_err(io::Error::other)?;
    stream.write_all(&[&length.to_be_bytes()[..], question].concat()).await?;
    stream.flush().await?;
    let mut bytes = vec![0; usize::from(stream.read_u16().await?)];
    stream.read_exact(&mut bytes).await?;
    Ok(bytes)
}

/// | answer | expected | cause |
/// |---|---|---|
/// | NOERROR and records | those among them, or any | none |
/// | NOERROR and records | others, or another code | `http.body_mismatch` |
/// | NOERROR, no record | NOERROR | `dns.nodata` |
/// | another code | that one | none |
/// | another code | otherwise | its own: `dns.nxdomain`, `dns.refused`, `dns.servfail` |
fn judge(question: &DnsQuestion, expect: &Expect, answer: &Answer) -> Result<(), Failure> {
    let wanted_code = expect.dns_rcode.as_deref().unwrap_or("NOERROR");
    let fail = |cause, expected: String, seen: String| {
        let mut failure = Failure::bare(cause);
        failure.evidence.rcode = Some(answer.rcode.clone());
        failure.evidence.expected = Some(expected);
        failure.evidence.seen = Some(clip(&seen));
        Err(failure)
    };
    if !answer.rcode.eq_ignore_ascii_case(wanted_code) {
        let cause = answer.cause.unwrap_or(Cause::HttpBodyMismatch);
        return fail(cause, format!("{wanted_code} for {question}"), answer.rcode.clone());
    }
    if answer.cause.is_some() {
        return Ok(());
    }
    if answer.records.is_empty() {
        return fail(Cause::DnsNodata, format!("{question}"), "no such record".to_owned());
    }
    match expect.dns_answers.iter().find(|wanted| !answer.records.iter().any(|r| is_same(r, wanted))) {
        Some(wanted) => fail(Cause::HttpBodyMismatch, format!("{question} holds {wanted}"), answer.records.join(", ")),
        None => Ok(()),
    }
}

/// Addresses are compared as such, names without letter case and final dot.
fn is_same(record: &str, wanted: &str) -> bool {
    match (record.parse::<IpAddr>(), wanted.parse::<IpAddr>()) {
        (Ok(a), Ok(b)) => a == b,
        _ => record.trim_end_matches('.').eq_ignore_ascii_case(wanted.trim_end_matches('.')),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row() {
        let question = DnsQuestion { name: "shop.example".to_owned(), record_type: "AAAA" };
        let check = |rcode: &str, cause, records: &[&str], expect: (&str, &[&str]), expected: Option<Cause>| {
            let records = records.iter().map(|r| (*r).to_owned()).collect();
            let answer = Answer { rcode: rcode.to_owned(), cause, records };
            let dns_rcode = (!expect.0.is_empty()).then(|| expect.0.to_owned());
            let dns_answers = expect.1.iter().map(|a| (*a).to_owned()).collect();
            let expect = Expect { dns_rcode, dns_answers, ..Expect::default() };
            assert_eq!(judge(&question, &expect, &answer).err().map(|f| f.cause), expected, "{answer:?}");
        };
        let a = "2001:db8::1";
        check("NOERROR", None, &[a], ("", &[]), None);
        check("NOERROR", None, &[a, "2001:db8::2"], ("", &["2001:DB8:0::2"]), None);
        check("NOERROR", None, &["ns.example."], ("NOERROR", &["NS.example"]), None);
        check("NOERROR", None, &[a], ("", &["2001:db8::2"]), Some(Cause::HttpBodyMismatch));
        check("NOERROR", None, &[a], ("NXDOMAIN", &[]), Some(Cause::HttpBodyMismatch));
        check("NOERROR", None, &[], ("", &[]), Some(Cause::DnsNodata));
        check("NXDOMAIN", Some(Cause::DnsNxdomain), &[], ("nxdomain", &[]), None);
        check("NXDOMAIN", Some(Cause::DnsNxdomain), &[], ("", &[]), Some(Cause::DnsNxdomain));
        check("SERVFAIL", Some(Cause::DnsServfail), &[], ("REFUSED", &[]), Some(Cause::DnsServfail));
    }
}
