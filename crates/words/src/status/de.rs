//! The status page, in German.

use super::{Caption, Said, Status, joined, parts};
use crate::self_test::{De, times::Formats};
use dualwatch_core::measure::{
    absence::Absence,
    certificate_fault::Dispute,
    family::Family,
    sample::Warning,
    unfit::{Unfit, UnfitAddress},
    vantage::Standing,
};
use dualwatch_wire::{
    answer::language::Language,
    v1::{Judged, status::State},
};

impl<F: Formats> Status for De<F> {
    fn language(&self) -> Language {
        Language::De
    }

    fn standing(&self, standing: Standing) -> &'static str {
        match standing {
            Standing::Proven => "bewiesen",
            Standing::NoFamily => "fehlt",
            Standing::Offline => "offline",
            Standing::CaptivePortal => "hinter einer Anmeldeseite",
            Standing::Clock => "Uhr falsch",
            Standing::Untested => "nicht geprüft",
            Standing::Disputed => "widersprüchlich",
        }
    }

    fn caption(&self, caption: Caption) -> &'static str {
        match caption {
            Caption::Skip => "Zu den Diensten springen",
            Caption::Troubled => "Dienste mit Störungen",
            Caption::Incidents => "Vorfälle",
            Caption::AllIncidents => "Alle Vorfälle",
            Caption::NoIncidents => "Zurzeit keine, auch keine am letzten Tag. ",
            Caption::Services => "Dienste",
            Caption::Availability => "Verfügbarkeit und Verlauf",
            Caption::WithoutQuery => "wird mit einer nicht öffentlichen Abfrage gemessen; Ihr Browser fragt ohne sie",
            Caption::MeasuredFrom => "Gemessen von",
            Caption::Edge => "Edge",
            Caption::DualStack => "Dual Stack",
            Caption::Published => "Stand: ",
            Caption::AsJson => "dasselbe als JSON",
            Caption::Privacy => {
                "Um von Ihnen aus zu messen, fragt Ihr Browser unsere eigenen Adressen und die Dienste auf dieser Seite ab und \
                 liest über WebRTC, welche Arten von Adressen Ihr Gerät hat. Die Ergebnisse bleiben auf dieser Seite; nichts \
                 wird gespeichert, niemand sonst wird gefragt."
            }
            Caption::NotObserved => "nicht beobachtet",
            Caption::NoOutageSeen => "kein Ausfall gesehen",
            Caption::NinetyDays => "90 Tage: oben IPv4, unten IPv6",
            Caption::ThirtyDays => "30 Tage",
            Caption::Now => "jetzt",
            Caption::PartlySeen => "erreichbar, soweit beobachtet",
            Caption::Find => "Dienst finden",
            Caption::Search => "Suchen",
            Caption::Others => "Weitere",
            Caption::About => "Wie gemessen wird",
            Caption::EveryFamily => "Beide Familien",
            Caption::EveryCause => "Alle Ursachen",
            Caption::Choose => "Anzeigen",
        }
    }

    #[allow(clippy::too_many_lines)] // One table, read from top to bottom.
    fn say(&self, said: Said<'_>) -> String {
        const NO_CAUSE: &str = "Ursache nicht bekannt";
        match said {
            Said::Headline(all) => headline(all),
            Said::MoreUnknown(n) => format!("Von {n} weiteren ist nichts bekannt."),
            Said::Unstable(1) => "1 Dienst ist instabil.".to_owned(),
            Said::Unstable(n) => format!("{n} Dienste sind instabil."),
            Said::Unreachable(from) => format!(
                "Unser eigener Beobachter ist nicht erreichbar; was Sie von ihm sehen, ist von {from}. Was Ihr Browser selbst \
                 findet, gilt weiter."
            ),
            Said::Late { by, n_late, n } => {
                let by = by.map_or_else(String::new, |by| format!(" um {}", accusative(by)));
                let of = if n_late == n { String::new() } else { format!(" bei {n_late} von {n} Diensten") };
                format!("Unser eigener Beobachter ist{by} im Rückstand{of}.")
            }
            Said::NotMeasuredYet => "noch nicht gemessen".to_owned(),
            Said::NoRecentRound => "keine neue Messung".to_owned(),
            Said::LastOne(ago) => format!("die letzte vor {ago}"),
            Said::Then(state) => format!("damals {}", word(state)),
            Said::State(state) => word(state).to_owned(),
            Said::But { state, why } => format!("{}, aber {why}", word(state)),
            Said::Also { said, why } => format!("{said}, aber {why}"),
            Said::Warned { warning: Warning::CertificateExpires { days_left, expected_days, made_for_days }, .. } => {
                let expires = match days_left {
                    0 => "sein Zertifikat läuft in weniger als einem Tag ab".to_owned(),
                    1 => "sein Zertifikat läuft in 1 Tag ab".to_owned(),
                    n => format!("sein Zertifikat läuft in {n} Tagen ab"),
                };
                let never = made_for_days.map_or_else(String::new, |made_for| {
                    format!(" (ausgestellt für {made_for} Tage: {expected_days} sind nie übrig)")
                });
                expires + &never
            }
            Said::Warned { warning: Warning::BodyUnread, coding } => format!(
                "was vom Inhalt erwartet wird, ist nicht bekannt: er kam in {}, was hier nicht gelesen wird",
                coding.unwrap_or("einer Kodierung")
            ),
            Said::Warned { warning: Warning::CertificateDisputed { why }, .. } => match why {
                Dispute::AuthorityAsServer => "sein Zertifikat ist als das einer Zertifizierungsstelle markiert, was Firefox ablehnt und andere annehmen",
                Dispute::CurveP521 => "der Schlüssel seines Zertifikats ist von der Kurve P-521, was Chromium ablehnt und andere annehmen",
            }
            .to_owned(),
            Said::Warned { warning: Warning::AddressesFail { failing, of, mute }, .. } => match (failing, mute) {
                (1, true) => format!("1 seiner {of} Adressen antwortet nicht"),
                (1, false) => format!("1 seiner {of} Adressen versagt"),
                (n, true) => format!("{n} seiner {of} Adressen antworten nicht"),
                (n, false) => format!("{n} seiner {of} Adressen versagen"),
            },
            Said::UpBut(why) => format!("Der Dienst ist erreichbar, aber {why}."),
            Said::Degraded(1) => "1 Dienst ist erreichbar, aber nicht, wie er sein soll.".to_owned(),
            Said::Degraded(n) => format!("{n} Dienste sind erreichbar, aber nicht, wie sie sein sollen."),
            Said::UnderMaintenance => "Es läuft eine Wartung.".to_owned(),
            Said::Concerns(names) => format!("Es geht um {names}."),
            Said::For(length) => format!("seit {length}"),
            Said::Since { when, lasts } => format!("seit {when}, {}", accusative(lasts)),
            Said::Why { state, why } => format!("{}: {}", word(state), why.unwrap_or(NO_CAUSE)),
            Said::Certificate { names, n_more, wanted } => {
                let more = if n_more == 0 { String::new() } else { format!(" und {n_more} weitere") };
                let not = wanted.map_or_else(String::new, |wanted| format!(", nicht für {wanted}"));
                format!("zeigt ein Zertifikat für {}{more}{not}", if names.is_empty() { "niemanden" } else { names })
            }
            Said::Absence(Absence::NoRecord, family) => {
                let record = if family == Family::Ipv4 { "A" } else { "AAAA" };
                format!("kein {record}-Eintrag: absichtlich nur {}", family.other())
            }
            Said::Absence(Absence::Translated, family) => {
                let record = if family == Family::Ipv4 { "A" } else { "AAAA" };
                format!("kein eigener {record}-Eintrag: absichtlich nur {}", family.other())
            }
            Said::Absence(Absence::Literal, family) => {
                format!("nichts zu messen: gemessen wird eine {}-Adresse", family.other())
            }
            Said::Absence(Absence::Pinned, family) => {
                format!("nichts zu messen: die Konfiguration gibt nur {}-Adressen vor", family.other())
            }
            Said::Only(Absence::NoRecord, family) => format!("absichtlich nur {}", family.other()),
            Said::Only(Absence::Translated, family) => format!("nur {}: das Netz übersetzt", family.other()),
            Said::Only(Absence::Literal, family) => format!("nur {}: es ist eine Adresse", family.other()),
            Said::Only(Absence::Pinned, family) => format!("nur {}: die Adressen sind vorgegeben", family.other()),
            Said::Unfit(UnfitAddress { address, why }) => match why {
                Unfit::Translated { holds } => {
                    let what = holds.map_or_else(|| "eine IPv4-Adresse".to_owned(), |holds| holds.to_string());
                    format!("{address} steht für {what}: ein Übersetzer (NAT64), der nichts über IPv6 dort sagt")
                }
                Unfit::LinkLocal => format!("kein Ziel: {address} gilt nur auf einem Link"),
                Unfit::Unspecified => format!(
                    "kein Ziel: {address} heißt „keine“; das antworten filternde Resolver, oder der Inhaber hat es so gesetzt"
                ),
                Unfit::Multicast => format!("kein Ziel: {address} ist Multicast"),
                Unfit::Broadcast => format!("kein Ziel: {address} ist Broadcast"),
            },
            Said::ByChoice => "absichtlich nicht gemessen".to_owned(),
            Said::CannotTell => "nicht zu beurteilen".to_owned(),
            Said::VantageHasNone(family) => format!("wo gemessen wird, funktioniert {family} nicht"),
            Said::Maintenance(said) => format!("{said} (Wartung)"),
            Said::MeasuredBy(name) => format!("gemessen von {name}"),
            Said::UpOver(family) => format!("erreichbar über {family}"),
            Said::NoAddress => "keine Adresse der beiden Familien".to_owned(),
            Said::LostToTrying { length, family } => format!("{length} verloren, weil zuerst {family} versucht wird"),
            Said::Slower(length) => format!("{length} langsamer als die bessere Familie allein"),
            Said::NoTimeLost => "keine Zeit verloren".to_owned(),
            Said::HeldUpBy { family, why } => format!("von {family} aufgehalten: {}", why.unwrap_or(NO_CAUSE)),
            Said::NoFallback { from } => {
                format!("ein Client, der sich über {from} verbindet, weicht nicht auf {} aus", from.other())
            }
            Said::NotAsked => "Von Ihrem Browser aus nicht abgefragt.".to_owned(),
            Said::AnotherMachine => {
                "Von Ihrem Browser aus nicht abgefragt: die Adresse gilt nur dort, wo gemessen wird; bei Ihnen wäre es ein \
                 anderer Rechner."
                    .to_owned()
            }
            Said::NoWebAddress(None) => "Von hier nicht abgefragt: keine Webadresse.".to_owned(),
            Said::NoWebAddress(Some(family)) => {
                format!("Von hier nicht abgefragt: keine Webadresse, die nur {family} hat.")
            }
            Said::UpOver30Days => "In 30 Tagen erreichbar".to_owned(),
            Said::KnownFor { known, of } => format!("Bekannt sind {} von {of}", accusative(known)),
            Said::Planned(over) => format!(
                "Angekündigte Wartung über {}: was deshalb ausfällt, zählt nicht als Ausfall",
                families(over)
            ),
            Said::Wavers(over) => {
                format!("über {}: fällt immer wieder aus und antwortet dazwischen", families(over))
            }
            Said::IsDown { name, over } => format!("{name} ist{} ausgefallen", of(over)),
            Said::IsUnstable { name, over } => format!("{name} ist{} instabil", of(over)),
            Said::ComesAndGoes { name, over } => format!("{name} kommt und geht{}", of(over)),
            Said::AnswersAgain { name, over } => format!("{name} antwortet{} wieder und wird beobachtet", of(over)),
            Said::Began { when, ago, is_least, again } => {
                let least = if is_least { "mindestens " } else { "" };
                let again = again.map_or_else(String::new, |(is_mild, since)| {
                    format!("; seit {since} UTC wieder {}", if is_mild { "instabil" } else { "ausgefallen" })
                });
                format!("Begann {when}, vor {least}{ago}{again}.")
            }
            Said::BeforeFirstLook(by) => format!("vor {by} UTC, als zum ersten Mal gemessen wurde"),
            Said::At(by) => format!("um {by} UTC"),
            Said::Between { after, by } => format!("zwischen {after} und {by} UTC"),
            Said::InGroup { n, troubled } => {
                let services = if n == 1 { "1 Dienst".to_owned() } else { format!("{n} Dienste") };
                if troubled == 0 { services } else { format!("{services}, {troubled} mit Störung") }
            }
            Said::Found { n: 0, .. } => "Kein Dienst gefunden.".to_owned(),
            Said::Found { n: 1, .. } => "1 Dienst gefunden.".to_owned(),
            Said::Found { n, shown } if n as usize > shown => {
                format!("{n} Dienste gefunden; gezeigt werden die ersten {shown}.")
            }
            Said::Found { n, .. } => format!("{n} Dienste gefunden."),
            Said::Vantage { name, ipv4, ipv6, ago } => {
                format!("{name}: IPv4 {ipv4}, IPv6 {ipv6}; letzte Messung vor {ago}")
            }
        }
    }

    fn length(&self, ms: i64) -> String {
        // As it stands behind "vor" and "seit".
        let units = [("Tag", "Tagen"), ("Stunde", "Stunden"), ("Minute", "Minuten"), ("Sekunde", "Sekunden")];
        parts(ms).map_or_else(|| "weniger als 1 Sekunde".to_owned(), |parts| joined(parts, units, " ", " "))
    }
}

/// Returns a length of time as it stands behind "um", or alone.
fn accusative(length: &str) -> String {
    length.replace("Tagen", "Tage")
}

const fn word(state: State) -> &'static str {
    match state {
        State::Unknown => "nicht bekannt",
        State::Up => "erreichbar",
        State::Suspect => "gestört, noch nicht bestätigt",
        State::Down => "ausgefallen",
        State::Recovering => "antwortet wieder, noch nicht bestätigt",
    }
}

const fn families(over: Option<Family>) -> &'static str {
    match over {
        Some(Family::Ipv4) => "IPv4",
        Some(Family::Ipv6) => "IPv6",
        None => "IPv4 und IPv6",
    }
}

fn of(over: Option<Family>) -> String {
    over.map_or_else(String::new, |family| format!(" über {family}"))
}

fn headline(all: Judged) -> String {
    let Judged { targets: n, troubled, over_ipv4: four, over_ipv6: six, unknown, .. } = all;
    let who = match (n, troubled) {
        (1, _) => "Der Dienst hat".to_owned(),
        (_, 1) => format!("1 von {n} Diensten hat"),
        _ => format!("{troubled} von {n} Diensten haben"),
    };
    match (troubled, four, six) {
        (0, ..) if n == 0 => "Noch wird kein Dienst beobachtet.".to_owned(),
        (0, ..) if unknown == n => "Zurzeit ist nichts bekannt.".to_owned(),
        (0, ..) if unknown > 0 => {
            let others = if n - unknown == 1 { "der andere ist erreichbar" } else { "die anderen sind erreichbar" };
            format!("{unknown} von {n} Diensten lassen sich jetzt nicht beurteilen; {others}.")
        }
        (0, ..) if n == 1 => "Der Dienst ist erreichbar.".to_owned(),
        (0, ..) => format!("Alle {n} Dienste sind erreichbar."),
        (_, 0, 0) => format!("{who} Störungen für Clients mit beiden Familien."),
        (_, 0, _) => format!("{who} Störungen über IPv6."),
        (_, _, 0) => format!("{who} Störungen über IPv4."),
        (1, 1, 1) => format!("{who} Störungen über IPv4 und IPv6."),
        _ => format!("{who} Störungen: {four} über IPv4, {six} über IPv6."),
    }
}
