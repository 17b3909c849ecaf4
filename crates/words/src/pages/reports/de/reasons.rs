//! What speaks for a hypothesis and against it, in German.

use crate::{
    extended_error,
    pages::reports::built::{Pieces, cause_in, change},
    report::{certificates, moment},
};
use dualwatch_core::{measure::sample::Confidence, respond::report::hypotheses::Argument};
use dualwatch_wire::{answer::language::Language, v1::incident_report::ChangeFacts};

/// Returns one argument as a fragment.
#[allow(clippy::too_many_lines)] // One table, read from top to bottom.
pub(super) fn reason<W: Pieces>(w: &W, argument: &Argument) -> String {
    let list = |names: &[String], further: usize| {
        let names = names.join(", ");
        if further == 0 { names } else { format!("{names} und {further} weitere") }
    };
    match argument {
        Argument::FailedFor { cause, family, samples, of } => {
            let cause = cause_in(w, *family, *cause);
            if samples == of {
                format!("alle {of} gescheiterten Messungen über {family} zeigten das: {cause}")
            } else {
                format!("{samples} von {of} gescheiterten Messungen über {family} zeigten das: {cause}")
            }
        }
        Argument::RefusedAfter { family, ms } => {
            format!("die Abweisung über {family} kam nach {}: an der Adresse hat etwas geantwortet", w.elapsed(*ms))
        }
        Argument::SilentFor { family, ms } => {
            format!("über {family} kam innerhalb von {} nichts zurück", w.elapsed(*ms))
        }
        Argument::TcpCameUp { family, ms } => {
            format!("TCP kam über {family} in {} zustande: Adresse, Route und Port stimmen", w.elapsed(*ms))
        }
        Argument::OtherFamilyWell { family } => format!("{family} antwortete zur selben Zeit"),
        Argument::BothFamilies => "beide Familien scheiterten".to_owned(),
        Argument::OneFamilyOnly { family } => format!("nur {family} scheiterte"),
        Argument::Changed(c) => change(w, &ChangeFacts::from(c)),
        Argument::NothingChanged => "vorher war keine Änderung zu sehen".to_owned(),
        Argument::CertificateNames { family, names, .. } if names.is_empty() => {
            format!("das Zertifikat über {family} nennt niemanden")
        }
        Argument::CertificateNames { family, names, further } => {
            format!("das Zertifikat über {family} gilt für {}", list(names, *further))
        }
        Argument::CertificateEnded { family, at } => {
            format!("das Zertifikat über {family} lief ab: {}", moment(*at))
        }
        Argument::CertificateFresh { family, until } => {
            format!("das Zertifikat über {family} gilt bis {}", moment(*until))
        }
        Argument::CertificateFault { family, fault } => {
            format!("über {family} zeigt der Handshake, was nicht stimmt: {}", certificates::fault(fault, Language::De))
        }
        Argument::HttpStatus { family, status } => format!("HTTP-Status {status} über {family}"),
        Argument::Extended { family, error } => {
            format!("über {family} sagte der Resolver, worum es geht: {}", extended_error(error))
        }
        Argument::Unfit { family, unfit } => {
            format!("über {family} hat der Name: {}", w.say(crate::status::Said::Unfit(unfit)))
        }
        Argument::ExistsAllTheSame { family } => format!(
            "für {family} gibt es den Namen nicht, für {} schon: die beiden Antworten widersprechen sich",
            family.other()
        ),
        Argument::MethodRefused { family, method, allow: Some(allow) } => {
            format!("über {family} nimmt er {method} nicht an, und sagt, was er annimmt: {allow}")
        }
        Argument::MethodRefused { family, method, allow: None } => {
            format!("über {family} antwortete er, dass er {method} nicht annimmt")
        }
        Argument::TakenFor { cause, family, confidence } => {
            let sure = match confidence {
                Some(Confidence::High) => ", sehr sicher",
                Some(Confidence::Medium) => ", ziemlich sicher",
                Some(Confidence::Low) => ", nicht sicher",
                None => "",
            };
            format!(
                "die Plattform sagt über {family} nicht mehr; der Zeit nach war es: {}{sure}",
                cause_in(w, *family, *cause)
            )
        }
        Argument::FailedNowAndThen { family, failed, of } => {
            format!("{failed} von {of} Messungen über {family} scheiterten, dazwischen kam Antwort")
        }
        Argument::Flaps { episodes } => format!("es kam und ging {episodes}-mal"),
        Argument::Peers { names, share_network } => {
            let with = if *share_network { " im selben Netz" } else { "" };
            format!("zur selben Zeit fielen{with} aus: {}", names.join(", "))
        }
        Argument::NoPeers => "kein anderes Ziel fiel zur selben Zeit aus".to_owned(),
        Argument::SeenBy { vantages } => match &vantages[..] {
            [only] => format!("nur {only} sah es"),
            several => format!("gesehen von {}", several.join(", ")),
        },
        Argument::VantageProven { family } => {
            format!("der Ort der Messung hatte eben bewiesen, dass sein eigenes {family} funktioniert")
        }
        Argument::VantageUntested { family } => {
            format!("kein Vergleichsziel bewies, dass {family} am Ort der Messung funktioniert")
        }
        Argument::Blind { family } => format!("eine Zeit lang konnte es über {family} niemand sehen"),
    }
}
