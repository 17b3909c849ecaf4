//! Reports in German.

mod reasons;

use super::{
    Reports,
    built::{self, Fragment, Pieces, built},
};
use crate::{
    pages::de::turns,
    report::certificates,
    self_test::{
        De,
        phrases::Lines,
        times::{Formats, Times},
    },
};
use dualwatch_core::{
    measure::{family::Family, sample::Confidence, time::Timestamp},
    notice::changes::{LISTED_NAMES, What},
    remember::baseline::Phase,
    respond::{
        incident::Ending,
        report::{
            hypotheses::{Argument, Code},
            known::Compared,
        },
    },
};
use dualwatch_wire::{
    answer::language::Language,
    v1::{
        IncidentReport,
        incident::{Bound, Incident},
        incident_report::{Affected, Hypothesis, Regression, ReportedCause, ReportedChange, Similar},
    },
};

built!(De, likelihood);

const fn likelihood(confidence: Confidence) -> &'static str {
    match confidence {
        Confidence::High => "wahrscheinlich",
        Confidence::Medium => "möglich",
        Confidence::Low => "unwahrscheinlich, aber nicht ausgeschlossen",
    }
}

impl<F: Formats> Pieces for De<F> {
    #[allow(clippy::too_many_lines)] // One table, read from top to bottom.
    fn piece(&self, fragment: Fragment<'_>) -> String {
        match fragment {
            Fragment::ByFirstLook(by) => format!("spätestens {by} (so war es bei der ersten Messung)"),
            Fragment::FromTo(from, to) => format!("{from} bis {to} UTC"),
            Fragment::Since(from) => format!("seit {from}"),
            Fragment::FromUntil(from, to) => format!("von {from} bis {to} UTC"),
            Fragment::Began(when) => format!("Begann {when}"),
            Fragment::Ended(when, ending) => match ending {
                Some(Ending::Withdrawn) => format!("Endete {when} (seine Adressen wurden aus dem DNS genommen)"),
                Some(Ending::Reconfigured) => format!("Endete {when} (seine Konfiguration wurde geändert)"),
                Some(Ending::HistoryLost) => format!("Endete spätestens {when}: sein Verlauf ging verloren"),
                Some(Ending::Recovered | Ending::WentDown | Ending::RecordEnds) | None => format!("Endete {when}"),
            },
            Fragment::NotOver => "Noch nicht vorbei".to_owned(),
            Fragment::NotOverWell(since) => {
                format!("Noch nicht vorbei: seit {since} in Ordnung, und auf einen Rückfall hin beobachtet")
            }
            Fragment::RecordEnds(at) => format!("Nicht vorbei, wo die Aufzeichnung endet: {at}"),
            Fragment::DownFor(length, false) => format!("{length} ausgefallen"),
            Fragment::DownFor(length, true) => format!("Zusammen {length} ausgefallen"),
            Fragment::Lasted(length, false) => format!("Dauerte {length}"),
            Fragment::Lasted(length, true) => {
                format!("Dauerte vom ersten Ausfall bis zur letzten Erholung {length}")
            }
            Fragment::Turns { n, lasts, flaps } => {
                format!("Er {}{}", turns(n, lasts), if flaps { ": er flattert" } else { "" })
            }
            Fragment::NobodySaw(family, when) => format!("Niemand konnte {family} sehen, {when}"),
            Fragment::FailedIn { family, failed, of, when } => {
                format!("{family}: {failed} von {of} Messungen gescheitert, {when}")
            }
            Fragment::SeenBy { what, by, n } => {
                format!("{what}, gesehen von {by} in {n} {}", if n == 1 { "Messung" } else { "Messungen" })
            }
            Fragment::After(length) => format!("nach {length}"),
            Fragment::Likely(cause) => format!("am wahrscheinlichsten: {cause}"),
            Fragment::Expected(expected, None) => format!("erwartet {expected}"),
            Fragment::Expected(expected, Some(seen)) => format!("erwartet {expected}, gesehen {seen}"),
            Fragment::SeenWithin(length) => format!("Spätestens {length} nach dem Beginn gesehen"),
            Fragment::BegunBefore => "Er hatte begonnen, bevor jemand hinsah".to_owned(),
            Fragment::ConfirmedAfter(length) => {
                format!("{length} nach dem ersten Anzeichen bestätigt")
            }
            Fragment::RecoveryWithin(length) => format!("Die Erholung spätestens {length} danach gesehen"),
            Fragment::BlindInBoth(ipv4, ipv6) => {
                format!("Während des Ausfalls {ipv4} über IPv4 und {ipv6} über IPv6 nichts gesehen")
            }
            Fragment::Blind(length, 1) => format!("Während des Ausfalls {length} am Stück nichts gesehen"),
            Fragment::Blind(length, n) => format!("Während des Ausfalls {length} in {n} Abschnitten nichts gesehen"),
            Fragment::Clients(clients) => match clients {
                "dual_stack" => "Browser und andere, die beide Familien gegeneinander antreten lassen (Happy Eyeballs)",
                "sequential" => "Dual-Stack-Programme, die eine Adresse nach der anderen versuchen",
                "ipv4_only" => "Wer nur IPv4 hat",
                _ => "Wer nur IPv6 hat",
            }
            .to_owned(),
            Fragment::Fared(fate) => match fate {
                "served" => "hatte Zugang",
                "partly" => "hatte nur zeitweise Zugang",
                "waits" => "wartete auf die gestörte Familie, bis die Frist ablief",
                "fails" => "hatte keinen Zugang",
                _ => "nicht bekannt: niemand konnte es sehen",
            }
            .to_owned(),
            Fragment::Similar { when, lasted, is_same, causes } => {
                let lasted = lasted.map_or_else(String::new, |lasted| format!(", Dauer {lasted}"));
                let family = if is_same { "dieselbe Familie" } else { "eine andere Familie" };
                format!("{when}{lasted}: {family}, {causes}")
            }
            Fragment::OtherCause => "eine andere Ursache".to_owned(),
            Fragment::Watched(until) => format!("Bis {until} auf einen Rückfall hin beobachtet: bisher keiner."),
            Fragment::Held(until) => format!("Bis {until} auf einen Rückfall hin beobachtet: es gab keinen."),
            Fragment::CameBackAs(id) => format!("Er ist nach der Erholung zurückgekehrt: {id}."),
            Fragment::NotOverYet => "Er ist noch nicht vorbei.".to_owned(),
            Fragment::EndsBefore => "Die Aufzeichnung endet, bevor er vorbei war.".to_owned(),
            Fragment::Happened { name, when, over, is_mild, why, until } => {
                let until = until.map_or_else(String::new, |until| format!("; seit {until} antwortet er wieder"));
                format!("{when} {}{}{until}.", became(name, over, is_mild), because(why))
            }
            Fragment::Happens { name, when, over, is_mild, why } => {
                format!("{when} {}{}.", became(name, over, is_mild), because(why))
            }
        }
    }

    fn what(&self, what: &What, family: Family) -> String {
        match what {
            What::Addresses { before, after } => {
                let list = |addresses: &[std::net::IpAddr]| {
                    addresses.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
                };
                format!("die Adressen über {family} änderten sich von {} zu {}", list(before), list(after))
            }
            What::Ttl { before_s, after_s } => {
                let how = if after_s < before_s { "gesenkt" } else { "erhöht" };
                format!("die DNS-TTL der Adressen über {family} wurde von {before_s} auf {after_s} s {how}")
            }
            What::Certificate { before, after, names } => {
                let more = if names.len() > LISTED_NAMES { " und weitere" } else { "" };
                let listed = names[..names.len().min(LISTED_NAMES)].join(", ");
                let names = if names.is_empty() { String::new() } else { format!(", für {listed}{more}") };
                format!("ein anderes Zertifikat über {family} (vorher {before}…, jetzt {after}…{names})")
            }
            What::Server { before, after } => {
                format!("der Server nennt sich über {family} `{after}`, vorher `{before}`")
            }
            What::Latency { phase, before_ms, after_ms } => {
                let (before, after) = (self.elapsed(*before_ms), self.elapsed(*after_ms));
                format!("{} über {family} dauert {after}, vorher {before}", doing(*phase))
            }
            What::Status { before, after } => {
                format!("gute Antworten über {family} haben den HTTP-Status {after}, vorher {before}")
            }
        }
    }

    fn answered(&self, compared: Compared) -> String {
        match compared {
            Compared::SameCertificate => "IPv4 und IPv6 zeigen dasselbe Zertifikat.".to_owned(),
            Compared::OtherCertificate => "IPv4 und IPv6 zeigen verschiedene Zertifikate.".to_owned(),
            Compared::SameStatus(status) => format!("Der HTTP-Status ist über beide Familien gleich: {status}."),
            Compared::OtherStatus(status) => {
                format!("Der HTTP-Status ist verschieden: {} über IPv4, {} über IPv6.", status.ipv4, status.ipv6)
            }
            Compared::Alike => "Beide Familien scheitern gleich.".to_owned(),
            Compared::Served(family) => format!("{family} antwortete zur selben Zeit."),
        }
    }

    fn reason(&self, argument: &Argument) -> String {
        reasons::reason(self, argument)
    }

    fn code(&self, code: Code, family: Option<Family>) -> String {
        let over = family.map_or(String::new(), |family| format!(" über {family}"));
        let said = match code {
            Code::NoListener => "kein lauschendes Programm, oder eine abweisende Firewall",
            Code::FirewallDrops => "eine Firewall, die Pakete verwirft",
            Code::HostDown => return "der Rechner oder sein Netz war aus".to_owned(),
            Code::ServiceStopped => return "der Dienst lief nicht, sein Rechner war an".to_owned(),
            Code::RouteLost => "keine Route führte dorthin",
            Code::AddressChanged => "die Adresse wurde auf eine geändert, die den Dienst nicht hat",
            Code::RecordRemoved => "die DNS-Einträge wurden entfernt",
            Code::RecordMissing => "im DNS gibt es solche Einträge nicht",
            Code::NameServers => return "die Nameserver der Domain versagten".to_owned(),
            Code::ResolverFailed => return "der gefragte Resolver versagte".to_owned(),
            Code::CertificateExpired => return "das Zertifikat wurde nicht rechtzeitig erneuert".to_owned(),
            Code::OtherVirtualHost => "ein anderer Server oder virtueller Host antwortet",
            Code::CertificateReplaced => {
                return "das Zertifikat wurde durch eines ersetzt, das Clients nicht annehmen".to_owned();
            }
            Code::CertificateUnfit => {
                return "der Server ist mit einem Zertifikat eingerichtet, das Clients nicht annehmen".to_owned();
            }
            Code::TlsSettings => "die TLS-Einstellungen des Servers passen nicht zu denen der Clients",
            Code::PathMtu => "große Pakete gehen unterwegs verloren (Path MTU)",
            Code::OneOfSeveral => "einer von mehreren Rechnern hinter dem Namen versagt",
            Code::RateLimited => "etwas lässt nur so viele Anfragen in einer Zeit zu",
            Code::PacketLoss => "unterwegs gehen hin und wieder Pakete verloren",
            Code::Overloaded => return "der Server war überlastet oder hing".to_owned(),
            Code::ApplicationError => return "die Anwendung versagte".to_owned(),
            Code::ContentChanged => return "die Seite wurde verschoben oder ihr Inhalt geändert".to_owned(),
            Code::ContentUnexpected => {
                return "der Dienst hat nie geantwortet, was die Konfiguration erwartet".to_owned();
            }
            Code::MethodRefused => {
                return "der Server nimmt die Methode nicht an, mit der er gefragt wird".to_owned();
            }
            Code::SignaturesFail => return "die Signaturen der Zone halten nicht (DNSSEC)".to_owned(),
            Code::ResolverBlocks => return "der gefragte Resolver sperrt den Namen".to_owned(),
            Code::RecordUnfit => {
                return "was im DNS steht, ist keine Adresse, mit der sich jemand verbinden kann".to_owned();
            }
            Code::NameDenied => {
                "die Nameserver leugnen fälschlich den ganzen Namen, statt nur einen Eintrag zu verneinen"
            }
            Code::RedirectLoop => return "die Weiterleitungen führen im Kreis".to_owned(),
            Code::ConnectionsCut => "etwas vor dem Server kappt Verbindungen",
            Code::ProviderWide => return "der Anbieter oder sein Netz versagte für mehrere Dienste".to_owned(),
            Code::Certificate(reason) => return certificates::hypothesis(reason, Language::De).to_owned(),
            Code::Vantage => "der Ort der Messung hatte selbst Schwierigkeiten",
        };
        format!("{said}{over}")
    }
}

fn became(name: &str, over: &str, is_mild: bool) -> String {
    format!("ist {name} über {over} {}", if is_mild { "instabil geworden" } else { "ausgefallen" })
}

fn because(why: &str) -> String {
    if why.is_empty() { String::new() } else { format!(" ({why})") }
}

const fn doing(phase: Phase) -> &'static str {
    match phase {
        Phase::Resolve => "das Nachschlagen des Namens",
        Phase::Connect => "das Verbinden",
        Phase::Tls => "der TLS-Handshake",
        Phase::FirstByte => "das erste Byte der Antwort",
        Phase::Total => "die ganze Antwort",
    }
}
