//! How each part stands, in German.

use super::De;
use crate::self_test::{
    phrases::States,
    times::{Formats, Times},
};
use dualwatch_core::{
    measure::family::Family,
    self_test::{
        addresses::Presence,
        family::FamilyState,
        question::Question,
        told::{Pace, Refusal, Told},
        why::{Confidence, Why},
    },
};

impl<F: Formats> States for De<F> {
    fn family_state(&self, state: FamilyState) -> &'static str {
        match state {
            FamilyState::Works => "funktioniert",
            FamilyState::Slow => "langsam",
            FamilyState::Broken => "gestört",
            FamilyState::None => "nicht vorhanden",
            FamilyState::Blocked => "blockiert",
            FamilyState::Unknown => "nicht bekannt",
        }
    }

    fn confidence(&self, confidence: Confidence) -> &'static str {
        match confidence {
            Confidence::Certain => "das ist sicher",
            Confidence::Likely => "das ist sehr wahrscheinlich",
            Confidence::Unsure => "das ist eine Vermutung, mehr verrät der Browser nicht",
        }
    }

    fn question(&self, question: Question) -> &'static str {
        match question {
            Question::Portal => "Der Server dieser Seite",
            Question::DualStack => "Ein Server mit beidem: was Ihr Browser nimmt",
            Question::Ipv4 => "Ein Server nur mit IPv4",
            Question::Ipv6 => "Ein Server nur mit IPv6",
            Question::LiteralIpv4 => "Eine IPv4-Adresse ohne Namen",
            Question::LiteralIpv6 => "Eine IPv6-Adresse ohne Namen",
            Question::LargeIpv4 => "Eine große Antwort über IPv4",
            Question::LargeIpv6 => "Eine große Antwort über IPv6",
            Question::LargeDualStack => "Eine große Antwort von einem Server mit beidem",
            Question::UploadIpv4 => "Ein großer Upload über IPv4",
            Question::UploadIpv6 => "Ein großer Upload über IPv6",
            Question::UploadDualStack => "Ein großer Upload zu einem Server mit beidem",
            Question::Http3 => "Das neueste Webprotokoll (HTTP/3)",
            Question::ResolverIpv6 => "Namen, die sich nur über IPv6 auflösen lassen",
            Question::NeutralIpv4 => "Ein Server nur mit IPv4, unter neutralem Namen",
            Question::NeutralIpv6 => "Ein Server nur mit IPv6, unter neutralem Namen",
        }
    }

    fn told(&self, told: Told, after_ms: Option<u32>) -> String {
        let after = after_ms.map(|ms| self.elapsed(f64::from(ms)));
        let timed = |text: &str| match &after {
            Some(after) => format!("{text} nach {after}"),
            None => text.to_owned(),
        };
        match told {
            Told::NotAsked => "nicht gefragt".to_owned(),
            Told::Waiting => "wartet …".to_owned(),
            Told::Overdue => "bisher keine Antwort".to_owned(),
            Told::Ok => timed("Antwort"),
            Told::Slow => timed("späte Antwort,"),
            Told::Silent => match after {
                Some(after) => format!("keine Antwort; nach {after} aufgegeben"),
                None => "keine Antwort".to_owned(),
            },
            Told::Failed(Pace::AtOnce) => timed("auf Ihrem Gerät gescheitert"),
            Told::Failed(Pace::RoundTrip) => timed("abgewiesen"),
            Told::Failed(Pace::Gateway) => timed("das nächste Gerät auf dem Weg antwortet nicht: gescheitert"),
            Told::Failed(Pace::Unclear) => timed("gescheitert"),
            Told::Foreign => "etwas anderes hat stattdessen geantwortet".to_owned(),
            Told::Status => "mit einem Fehler geantwortet".to_owned(),
            Told::Partial => "die Antwort brach ab".to_owned(),
            Told::WrongFamily => "Antwort über die andere Art von Adresse".to_owned(),
            Told::Refused(refusal) => refused(refusal).to_owned(),
            Told::Discarded => "Antwort über eine Verbindung, die schon bestand: zählt nicht".to_owned(),
            Told::NotOffered => "der Server bietet es nicht an".to_owned(),
            Told::NotUsed => "wird angeboten; Ihr Browser hat dieses Mal auf die ältere Art gefragt".to_owned(),
        }
    }

    fn presence(&self, presence: Presence, family: Family) -> String {
        match presence {
            Presence::Unknown => format!("Ihr Browser verrät nicht, ob Ihr Gerät eine {family}-Adresse hat"),
            Presence::Global => format!("Ihr Gerät hat eine {family}-Adresse für das Internet"),
            Presence::Local => format!("Ihr Gerät hat nur {family}-Adressen des eigenen Netzes"),
            Presence::Tunnel => format!("Ihr Gerät hat eine {family}-Adresse einer veralteten Art von Tunnel"),
            Presence::Some => format!("Ihr Gerät hat offenbar eine {family}-Adresse"),
            Presence::Absent => format!("Ihr Gerät hat keine {family}-Adresse"),
            Presence::Hidden => format!("Ihr Gerät hat offenbar keine {family}-Adresse"),
        }
    }

    #[allow(clippy::too_many_lines)] // One table, read from top to bottom.
    fn why(&self, why: Why) -> &'static str {
        match why {
            Why::Fine => "alles in Ordnung",
            Why::Checking => "wird noch geprüft",
            Why::NotTested => "nicht geprüft",
            Why::NoAddress => "Ihr Gerät hat keine solche Adresse",
            Why::LocalAddress => "Ihr Gerät hat nur Adressen des eigenen Netzes",
            Why::FailsAtOnce => "es scheitert sofort; ob es fehlt oder abgewiesen wird, verrät der Browser nicht",
            Why::RejectedNear => "etwas auf Ihrem Gerät oder in seiner Nähe weist es sofort ab",
            Why::NoGateway => "Ihr Router antwortet dafür nicht",
            Why::Silent => "was Ihr Gerät sendet, bleibt ohne Antwort",
            Why::Hangs => "Verbindungen kommen zustande, danach kommt nichts mehr",
            Why::Rejected => "etwas weist die Verbindung ab",
            Why::LargeLost => "große Pakete gehen unterwegs verloren",
            Why::LargeLate => "große Pakete kommen erst nach einer Weile durch",
            Why::Late => "Antworten kommen spät",
            Why::CutShort => "Antworten brechen ab",
            Why::NamesFiltered => {
                "der Weg ist in Ordnung, aber Namen werden nicht gefunden: Ihr Namensserver lässt sie weg"
            }
            Why::Intercepted => "etwas in Ihrer Nähe antwortet anstelle des echten Servers",
            Why::OurName => "es funktioniert; nur unser eigener Testname antwortet nicht",
            Why::OurServer => "unser eigener Testserver ist ausgefallen",
            Why::WrongFamily => "unser Testname hat über die andere Art von Adresse geantwortet",
            Why::Reused => "Ihr Browser hat eine alte Verbindung wiederverwendet",
            Why::Csp => "die Regeln dieser Seite verbieten es",
            Why::MixedContent => "eine sichere Seite darf keine unsichere Adresse fragen",
            Why::LocalNetwork => "der Zugriff auf Ihr lokales Netz wurde nicht erlaubt",
            Why::Permission => "Ihr Browser wartet auf Ihre Erlaubnis",
            Why::Blocker => "eine Erweiterung oder ein Filter auf Ihrem Gerät blockiert es",
            Why::Offline => "Ihr Gerät ist offline",
            Why::CaptivePortal => "eine Anmeldeseite antwortet statt aller Server",
            Why::WrongClock => "die Uhr Ihres Geräts geht falsch",
            Why::NothingAnswers => "nichts antwortet, und nichts verrät, warum",
            Why::NoSuchName => "der Name existiert nicht",
            Why::Unpublished => "das wird dort nicht angeboten",
            Why::PrivateAddress => "die Adresse gehört zu einem privaten Netz",
            Why::Unreadable => "es antwortet; Ihr Browser verbirgt die Antwort vor dieser Seite",
            Why::ErrorStatus => "es antwortet mit einem Fehler",
            Why::Down => "es ist ausgefallen, auch für andere",
            Why::Between => "bei anderen funktioniert es, und Ihre Verbindung auch: der Fehler liegt dazwischen",
            Why::NameBlocked => "etwas in Ihrem Browser oder Netz sperrt den Namen",
            Why::Certificate => "das Zertifikat ist ungültig, auch für andere",
            Why::CertificateHere => "das Zertifikat wird hier nicht akzeptiert",
            Why::NotKnown => "es ist hier gescheitert, und nichts verrät, warum",
            Why::YourFamily => "Ihre eigene Verbindung funktioniert auf diesem Weg nicht",
        }
    }
}

const fn refused(refusal: Refusal) -> &'static str {
    match refusal {
        Refusal::Csp => "die Regeln dieser Seite verbieten es",
        Refusal::MixedContent => "eine sichere Seite darf keine unsichere Adresse fragen",
        Refusal::LocalNetwork => "Sie haben die Erlaubnis verweigert",
        Refusal::Permission => "Ihr Browser wartet auf Ihre Erlaubnis",
        Refusal::Blocker => "von einer Erweiterung oder einem Filter blockiert",
    }
}
