//! The pages, in German.

mod event;

use super::{Drawn, Heading, Lasting, Over, Pages, Told};
use crate::{
    report::moment,
    self_test::{
        De,
        times::{Formats, GERMAN_MONTHS},
    },
};
use dualwatch_core::{
    judge::{
        consistency::{Aspect, Difference},
        meets::Meets,
    },
    measure::{cause::Cause, family::Family, vantage::Standing},
    notice::{changes::Alternation, grouping::Group},
    remember::storage::{Since, Trouble},
    respond::incident::lasted::Lasted,
};
use std::net::SocketAddr;

impl<F: Formats> Pages for De<F> {
    fn heading(&self, heading: Heading) -> &'static str {
        match heading {
            Heading::YourConnection => "Ihre Verbindung",
            Heading::NowAsJson => "jetzt, als JSON",
            Heading::AvailabilityAsJson => "Verfügbarkeit als JSON",
            Heading::HistoryAsJson => "Verlauf als JSON",
            Heading::ReportAsMarkdown => "der Bericht als Markdown (englisch)",
            Heading::AllAsJson => "alles als JSON",
            Heading::Now => "Jetzt, von der Edge aus gesehen",
            Heading::Availability => "Verfügbarkeit",
            Heading::Budget => "Fehlerbudget",
            Heading::Days => "Die letzten 90 Tage",
            Heading::NoneOnRecord => "Es ist keiner verzeichnet.",
            Heading::Shares => "Anteil der beobachteten Zeit, in der er erreichbar war; Wartung zählt weder so noch so",
            Heading::Window => "Zeitraum",
            Heading::Both => "Client mit beiden",
            Heading::NothingToSpend => "noch nichts auszugeben",
            Heading::Spent => "aufgebraucht",
            Heading::Up => "erreichbar",
            Heading::Degraded => "beeinträchtigt",
            Heading::Down => "ausgefallen",
            Heading::Maintenance => "Wartung",
            Heading::NotObserved => "nicht beobachtet",
            Heading::NoOutageSeen => "kein Ausfall gesehen",
            Heading::AsTable => "Dasselbe als Tabelle",
            Heading::DaysInUtc => "Die letzten 90 Tage, in UTC",
            Heading::Day => "Tag",
            Heading::EachIsOne => "Jeder ist eine gestörte Zeit eines Dienstes, mit ihren Ursachen und einem Bericht.",
            Heading::Together => "Begannen gemeinsam",
            Heading::Older => "Ältere Vorfälle",
            Heading::Over => "Vorbei",
            Heading::OfService => "Der Dienst: ",
            Heading::When => "Wann",
            Heading::Causes => "Ursachen, der Reihe nach",
            Heading::Changed => "Was sich vorher geändert hat",
            Heading::Affected => "Wer betroffen war",
            Heading::Announced => "Wartung",
            Heading::RealClients => "Was wirkliche Programme dann tun",
            Heading::Addresses => "Jede Adresse",
            Heading::Behind => "Was dahinterstecken kann",
            Heading::LookAt => "Was zu prüfen ist",
            Heading::Similar => "Ähnliche Vorfälle",
            Heading::Detection => "Wie gut er erkannt wurde",
            Heading::SinceThen => "Seitdem",
            Heading::PartsOf => "Was von wann bis wann ausgefallen war",
            Heading::WhatWasDown => "Ausgefallen",
            Heading::From => "Von",
            Heading::Until => "Bis",
            Heading::ItLasts => "dauert an",
            Heading::Shapes => {
                "Gefüllt: ausgefallen. Halb: instabil. Schraffiert: niemand konnte es sehen. Schräge: der Zeitpunkt liegt \
                 irgendwo darunter."
            }
            Heading::Evidence => "Die Belege, wie sie aufgezeichnet wurden",
            Heading::For => "Dafür",
            Heading::Against => "Dagegen",
            Heading::LookFor => "Zu: ",
            Heading::Known => "Bekannt",
            Heading::NothingHere => "Hier ist nichts",
            Heading::NoIncident => "Einen Vorfall mit diesem Namen gibt es nicht: vielleicht ist er vertippt.",
            Heading::NoService => "Einen Dienst mit diesem Namen gibt es nicht: vielleicht ist er vertippt.",
            Heading::LoadAgain => "Diese Seite ändert sich nicht von selbst: laden Sie sie neu, um Neues zu sehen.",
            Heading::NoPage => "Eine solche Seite gibt es nicht.",
            Heading::HistoryLost => "Sein Verlauf ging verloren",
            Heading::HistoryLostSays => "Von ihm ist nur noch bekannt, dass es ihn gab.",
            Heading::NotNow => "Das lässt sich gerade nicht zeigen",
            Heading::OurFault => "Das ist unser eigener Fehler; im Log steht mehr dazu.",
            Heading::WayBefore => "Die ",
            Heading::WayServices => "Liste der Dienste",
            Heading::WayAnd => " und die ",
            Heading::WayIncidents => "Liste der Vorfälle",
            Heading::WayAfter => " führen zu allem, was hier ist.",
        }
    }

    #[allow(clippy::too_many_lines)] // One table, read from top to bottom.
    fn tell(&self, told: Told<'_>) -> String {
        match told {
            Told::AsOf(when) => format!("Stand: {when}."),
            Told::Lasted(what, length) => {
                let what = match what {
                    Lasting::Down => "ausgefallen",
                    Lasting::Degraded => "beeinträchtigt",
                    Lasting::Maintenance => "Wartung",
                    Lasting::NotObserved => "nicht beobachtet",
                };
                format!("{length} {what}")
            }
            Told::RightToWithin(length) => format!("auf {length} genau"),
            Told::OfThat(share) => format!("{share} davon"),
            Told::NotObserved(share) => format!("{share} nicht beobachtet"),
            Told::KnownFor { known, of } => format!("bekannt sind {known} von {}", dative(of)),
            Told::Left(length) => format!("{length} übrig"),
            Told::OverspentBy(length) => format!("um {length} überzogen"),
            Told::OfBudget(length) => format!("von {}", dative(length)),
            Told::BudgetUnder(slo) => {
                format!("Zeit, die er beim Ziel von {slo} % ausfallen darf, bezogen auf die beobachtete Zeit")
            }
            Told::Hours(n) => format!("{n} Stunden"),
            Told::LastDays(n) => format!("{n} Tage"),
            Told::Year => "1 Jahr".to_owned(),
            Told::AllSince(when) => format!("Alles seit {when}"),
            Told::OutagesOn(1) => "Ausfälle an 1 Tag".to_owned(),
            Told::OutagesOn(n) => format!("Ausfälle an {n} Tagen"),
            Told::DaysNotObserved(1) => "1 Tag nicht beobachtet".to_owned(),
            Told::DaysNotObserved(n) => format!("{n} Tage nicht beobachtet"),
            Told::StripOf { route, n_days, said } => format!("{route}, die letzten {n_days} Tage: {said}"),
            Told::ColumnIsADay(from) => format!("Eine Spalte ist ein Tag, von {from} ganz links bis heute. Darin:"),
            Told::Unreadable(n) => {
                format!("{n} gespeicherte Summen kann diese Version nicht lesen; sie sind als Lücken gezeichnet.")
            }
            Told::OpenIncidents { n: 0, .. } => "Es ist kein Vorfall verzeichnet".to_owned(),
            Told::OpenIncidents { n_open: 0, .. } => "Zurzeit ist kein Vorfall offen".to_owned(),
            Told::OpenIncidents { n_open: 1, .. } => "1 Vorfall ist offen".to_owned(),
            Told::OpenIncidents { n_open: n, .. } => format!("{n} Vorfälle sind offen"),
            Told::MoreNotListed(1) => "1 weiterer steht nicht hier. ".to_owned(),
            Told::MoreNotListed(n) => format!("{n} weitere stehen nicht hier. "),
            Told::MoreCauses(n) => format!("Dazwischen sind {n} weitere ausgelassen."),
            Told::OverAt(when) => format!("bis {when} UTC"),
            Told::CutAt(when) => format!("nicht vorbei, wo die Aufzeichnung endet, {when} UTC"),
            Told::Failed { family, failed, of } => format!("{family}: {failed} von {of} Messungen gescheitert"),
            Told::Parts { has_earlier, has_unstable, parts } => {
                let what = match (has_earlier, has_unstable) {
                    (true, true) => "Zuletzt",
                    (false, true) => "Der Reihe nach",
                    (true, false) => "Zuletzt ausgefallen",
                    (false, false) => "Ausgefallen",
                };
                format!("{what}: {parts} UTC.")
            }
            Told::Part { what, from, to: None } => format!("{what} ab {from}"),
            Told::Part { what, from, to: Some(to) } => format!("{what} von {from} bis {to}"),
            Told::Families(over) => families(over),
            Told::DownOver(over) => format!("{} ausgefallen", families(over)),
            Told::UnstableOver(over) => format!("{} instabil", families(over)),
            Told::Flaps { n, lasts } => {
                format!("Er flattert: er {}, darum wird nicht jeder Wechsel gemeldet.", turns(n, lasts))
            }
            Told::Again(n) => format!("Er ist zurückgekehrt: dies ist das {n}. Mal."),
            Told::Drawn(drawn, sees_all) => {
                let what = match drawn {
                    Drawn::NoOutage => "kein Ausfall gesehen",
                    Drawn::Unstable => "instabil",
                    Drawn::WasUnstable => "war instabil",
                    Drawn::Down => "ausgefallen",
                    Drawn::WasDown => "war ausgefallen",
                };
                format!("{what}{}", if sees_all { "" } else { ", zeitweise nicht gesehen" })
            }
            Told::DrawnFrom { from, to } => format!("Von {from} bis {to}."),
            Told::SoFar { age, is_least } => format!("Bisher dauert er {}{}", least(is_least), accusative(age)),
            Told::FirstOfTurns { n, age, is_least } => {
                format!("Das erste von {n} Malen begann vor {}{age}", least(is_least))
            }
            Told::NoIncidentNamed(name) => {
                format!("Einen Vorfall mit dem Namen „{name}“ gibt es nicht: vielleicht ist er vertippt.")
            }
            Told::NoServiceNamed(name) => format!(
                "Einen Dienst mit dem Namen „{name}“ gibt es nicht: vielleicht ist er vertippt, oder er wurde entfernt."
            ),
        }
    }

    fn counted(&self, parts: Option<[i64; 4]>) -> String {
        let units = [("Tag", "Tage"), ("Stunde", "Stunden"), ("Minute", "Minuten"), ("Sekunde", "Sekunden")];
        parts.map_or_else(|| "weniger als 1 Sekunde".to_owned(), |parts| crate::status::joined(parts, units, " ", " "))
    }

    fn at_least(&self, length: Option<&str>) -> String {
        length.map_or_else(|| "unbekannte Zeit".to_owned(), |length| format!("mindestens {length}"))
    }

    fn percent(&self, share: f64) -> String {
        crate::percent(share).replace(' ', "\u{a0}").replace('.', ",")
    }

    fn month(&self, year: &str, month: usize) -> String {
        format!("{} {year}", GERMAN_MONTHS[month - 1])
    }

    fn explain(&self, cause: Cause) -> &'static str {
        crate::explanations::de::explain(cause)
    }

    fn difference(&self, difference: &Difference) -> String {
        let Difference { aspect, ipv4, ipv6 } = difference;
        let short = |digest: &String| digest.chars().take(16).collect::<String>();
        match aspect {
            Aspect::Addresses => {
                let list = |list: &str| match crate::differences::told(list) {
                    (told, 0) if told.len() == 1 => format!("eine Adresse ({list})"),
                    (told, 0) => format!("{} Adressen ({})", told.len(), told.join(", ")),
                    (told, more) => format!("{} Adressen ({} und {more} weitere)", told.len() + more, told.join(", ")),
                };
                format!("Der Name hat über IPv4 {} und über IPv6 {}", list(ipv4), list(ipv6))
            }
            Aspect::Status => format!("Der HTTP-Status ist verschieden: {ipv4} über IPv4, {ipv6} über IPv6"),
            Aspect::Certificate => {
                let (ipv4, ipv6) = (short(ipv4), short(ipv6));
                format!("Das Zertifikat ist verschieden: {ipv4}… über IPv4, {ipv6}… über IPv6")
            }
            Aspect::Redirect => format!("Die Weiterleitung führt über IPv4 zu {ipv4}, über IPv6 zu {ipv6}"),
            Aspect::Server => format!("Der Server nennt sich über IPv4 {ipv4:?}, über IPv6 {ipv6:?}"),
            Aspect::Body => {
                "Die Seite selbst ist über IPv4 und IPv6 verschieden; das ist jede, die für jeden Besucher neu entsteht"
                    .to_owned()
            }
        }
    }

    fn alternation(&self, alternation: &Alternation) -> String {
        let Alternation { family, aspect, values: [one, other] } = alternation;
        let what = match aspect {
            Aspect::Certificate => format!("Über {family} wechseln zwei Zertifikate: {one}… und {other}…"),
            Aspect::Status => format!("Über {family} wechseln zwei HTTP-Status: {one} und {other}"),
            Aspect::Redirect => format!("Über {family} wechseln zwei Ziele der Weiterleitung: {one} und {other}"),
            Aspect::Server => format!("Über {family} wechseln zwei Server: {one:?} und {other:?}"),
            Aspect::Body => format!("Über {family} wechseln zwei Inhalte ({one}… und {other}…)"),
            Aspect::Addresses => {
                let (one, other) = (one.replace(' ', ", "), other.replace(' ', ", "));
                return format!(
                    "Über {family} führt der Name abwechselnd zu {one} und zu {other}; jeder Besucher trifft zufällig auf eines davon"
                );
            }
        };
        what + "; von den Rechnern hinter dem Namen sind einige nicht wie die anderen"
    }

    fn meets(&self, meets: Meets) -> &'static str {
        match meets {
            Meets::NoAddress => "keine Adresse zum Namen",
            Meets::NoConnection => "keine Verbindung",
            Meets::Silence => "keine Antwort",
            Meets::CertificateWarning => "eine Zertifikatswarnung",
            Meets::NoSecureConnection => "keine sichere Verbindung",
            Meets::ErrorPage => "eine Fehlerseite",
            Meets::OtherAnswer => "eine andere Antwort als erwartet",
            Meets::EndlessRedirect => "Weiterleitungen ohne Ende",
            Meets::BrokenAnswer => "eine Antwort, die abbricht oder nicht lesbar ist",
            Meets::Unknown => "nichts, was ihm dient",
        }
    }

    fn meaning(&self, name: &str, family: Family, standing: Standing, reached: Option<&str>) -> Option<String> {
        let nobody = format!("und beschuldigt darum niemanden über {family}");
        match standing {
            Standing::Proven | Standing::Untested => None,
            Standing::Disputed => {
                let target = reached.unwrap_or("ein Dienst");
                Some(format!(
                    "Kein Vergleichsziel von {name} antwortet über {family}, {target} aber schon: was {name} über {family} misst, \
                     gilt."
                ))
            }
            Standing::NoFamily => Some(format!("{name} hat kein funktionierendes {family} {nobody}.")),
            Standing::Offline => Some(format!("{name} ist offline {nobody}.")),
            Standing::CaptivePortal => Some(format!("{name} ist hinter einer Anmeldeseite {nobody}.")),
            Standing::Clock => {
                Some(format!("Die Uhr von {name} geht falsch; Zertifikate über {family} beurteilt {name} darum nicht."))
            }
        }
    }

    fn silent_control(&self, name: &str, control: SocketAddr, for_ms: i64, is_dropped: bool) -> String {
        let since = dative(&self.span(for_ms));
        let then = if is_dropped { "; es bleibt weg und wird einmal in der Stunde wieder gefragt" } else { "" };
        format!("Das Vergleichsziel {control} von {name} antwortet seit {since} nicht, andere aber schon{then}.")
    }

    fn stores_nothing(&self, since: Since) -> String {
        let (what, end) = match since.trouble {
            Trouble::Full => ("der Datenträger ist voll", "sobald Platz ist"),
            Trouble::ReadOnly => ("der Datenträger lässt sich nur lesen", "sobald er sich beschreiben lässt"),
            Trouble::Failing => ("der Datenträger schreibt nicht", "sobald er wieder arbeitet"),
        };
        format!(
            "Unser eigener Beobachter speichert seit {} nichts: {what}. Er misst weiter; was er findet, steht hier, bleibt im \
             Arbeitsspeicher und wird gespeichert, {end}.",
            moment(since.since)
        )
    }

    fn unusable(&self, names: &[&str]) -> String {
        let (told, n_more) = super::reports::few(names);
        let more = if n_more == 0 { String::new() } else { format!(" und {n_more} weiteren") };
        format!(
            "Was unser eigener Beobachter von {told}{more} gespeichert hat, ist nicht lesbar; das Log nennt jede Datei."
        )
    }

    fn group(&self, group: &Group) -> String {
        event::group(self, group)
    }

    fn was(&self, name: &str, over: Over, lasted: Option<&Lasted>) -> String {
        let over = match over {
            Over::All => String::new(),
            Over::Only(family) => format!(" über {family}"),
            Over::OneAtATime => " über jeweils eine Familie".to_owned(),
        };
        let Some(Lasted { down, troubled, span, turns }) = lasted else {
            return format!("{name} war{over} ausgefallen");
        };
        let was_unstable = down.is_none_or(|down| down != *troubled);
        let what = match (down, was_unstable) {
            (Some(_), false) => "ausgefallen",
            (None, _) => "instabil",
            (Some(_), true) => "ausgefallen oder instabil",
        };
        let of_it = match down.filter(|_| was_unstable) {
            Some(down) => format!(", davon {} ausgefallen", self.with_error(down)),
            None => String::new(),
        };
        let in_trouble = self.with_error(*troubled);
        if *turns > 1 {
            let within = dative(&self.with_error(*span));
            format!("{name} war{over} {turns}-mal {what}, zusammen {in_trouble} innerhalb von {within}{of_it}")
        } else {
            format!("{name} war{over} {in_trouble} lang {what}{of_it}")
        }
    }
}

/// Returns a length of time as it stands behind "von" and "vor".
pub(crate) fn dative(length: &str) -> String {
    length.replace("Tage", "Tagen")
}

/// Returns a length of time that stands behind "vor" as it stands alone.
fn accusative(length: &str) -> String {
    length.replace("Tagen", "Tage")
}

fn families(families: &[Family]) -> String {
    families.iter().map(ToString::to_string).collect::<Vec<_>>().join(" und ")
}

const fn least(is_least: bool) -> &'static str {
    if is_least { "mindestens " } else { "" }
}

/// Returns how often something came and went; of what `lasts` it has not gone yet.
pub(crate) fn turns(n: u32, lasts: bool) -> String {
    let times = |n: u32| if n == 1 { "einmal".to_owned() } else { format!("{n}-mal") };
    if lasts && n > 1 {
        format!("kam {} und ging {}", times(n), times(n - 1))
    } else {
        format!("kam und ging {}", times(n))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_behind_von_is_declined() {
        assert_eq!(dative("2 Tage 1 Stunde"), "2 Tagen 1 Stunde");
        assert_eq!(dative("1 Tag"), "1 Tag");
    }
}
