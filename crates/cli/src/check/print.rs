//! A round as text: one sentence per family, then its phases and its certificate, then the comparison.

use super::compare;
use crate::clients::found_here;
use dualwatch_core::measure::{family::Family, round::Round, sample::Sample};
use dualwatch_wire::time;
use dualwatch_words as words;
use std::io::{Result, Write};

pub fn round(out: &mut impl Write, round: &Round) -> Result<()> {
    writeln!(out, "{}", round.target)?;
    for family in Family::ALL {
        let sample = round.samples.get(family);
        writeln!(out, "  {}", words::sample_sentence(&round.target, family, sample))?;
        phases(out, sample)?;
        certificate(out, sample)?;
        for line in words::each_address(&round.target, family, sample) {
            writeln!(out, "        {}", found_here(&line))?;
        }
        let standing = *round.vantage.standing.get(family);
        if let Some(text) = words::standing::meaning(&round.vantage.name, family, standing, None) {
            writeln!(out, "        {text}")?;
        }
    }
    for line in compare::lines(round) {
        writeln!(out, "  {line}")?;
    }
    Ok(())
}

fn phases(out: &mut impl Write, sample: &Sample) -> Result<()> {
    let p = &sample.phases;
    let named = [
        ("resolve", p.resolve),
        ("connect", p.connect),
        ("TLS", p.tls),
        ("first byte", p.first_byte),
        ("total", p.total),
    ];
    let parts: Vec<String> =
        named.iter().filter_map(|(name, ms)| Some(format!("{name} {}", words::elapsed((*ms)?)))).collect();
    if parts.is_empty() { Ok(()) } else { writeln!(out, "        {}", parts.join(" · ")) }
}

fn certificate(out: &mut impl Write, sample: &Sample) -> Result<()> {
    let Some(certificate) = &sample.certificate else { return Ok(()) };
    writeln!(
        out,
        "        certificate for {}, by {}, valid until {}",
        words::names_and_more(&certificate.subject_names, certificate.further_names),
        certificate.issuer,
        time::format(certificate.not_after),
    )
}
