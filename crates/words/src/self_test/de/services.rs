//! What a service is for this visitor, in German.

use super::De;
use crate::self_test::{
    phrases::{Services, States},
    times::{Formats, Times},
};
use dualwatch_core::{
    judge::verdict::{Edge, Verdict},
    measure::family::Family,
    self_test::{reach::Reach, told::Told, why::Why},
};

impl<F: Formats> Services for De<F> {
    fn reach(&self, reach: Reach) -> String {
        match reach {
            Reach::Both => "Sie erreichen ihn über IPv4 und IPv6.".to_owned(),
            Reach::Over { family, later_ms: Some(ms) } => {
                format!("Sie erreichen ihn über {family}, um {} verzögert.", self.elapsed(f64::from(ms)))
            }
            Reach::Over { family, later_ms: None } => format!("Sie erreichen ihn über {family}."),
            Reach::Answers => "Sie erreichen ihn.".to_owned(),
            Reach::Stuck(family) => format!(
                "Unter seinem gewöhnlichen Namen erreichen Sie ihn nicht, obwohl er Ihnen über {family} allein antwortet."
            ),
            Reach::No => "Sie erreichen ihn nicht.".to_owned(),
            Reach::Checking => "Wird abgefragt …".to_owned(),
            Reach::Unknown => String::new(),
        }
    }

    fn verdict(&self, verdict: Verdict, family: Option<Family>) -> String {
        let Some(f) = family else { return both(verdict).to_owned() };
        match verdict {
            Verdict::Up => "erreichbar".to_owned(),
            Verdict::UpForYou => "für Sie erreichbar; die Edge erreicht es nicht".to_owned(),
            Verdict::DownForEveryone => format!("über {f} für alle ausgefallen"),
            Verdict::Between => "zwischen Ihnen und dem Dienst gestört oder hier blockiert".to_owned(),
            Verdict::YouHaveNone => format!("Sie haben kein {f}"),
            Verdict::YoursIsBroken => format!("Ihr {f} ist gestört"),
            Verdict::YoursDoesNotWork => format!("Ihr {f} funktioniert nicht"),
            Verdict::BothDown => format!("Ihr {f} ist ausgefallen und der Dienst über {f} ebenfalls"),
            Verdict::PageOnlyUp => "für Sie erreichbar; die Edge weiß nichts darüber".to_owned(),
            Verdict::PageOnlyDown => "von hier nicht erreichbar; die Edge weiß nichts darüber".to_owned(),
            Verdict::LatePageUp => "für Sie erreichbar; unser eigener Beobachter ist im Rückstand".to_owned(),
            Verdict::LatePageDown => "von hier nicht erreichbar; unser eigener Beobachter ist im Rückstand".to_owned(),
            Verdict::EdgeUp => "erreichbar, von der Edge aus gesehen".to_owned(),
            Verdict::EdgeDown => format!("über {f} ausgefallen, von der Edge aus gesehen"),
            Verdict::FailedHere => {
                "von hier nicht erreichbar, von der Edge aus schon; Ursache nicht bekannt".to_owned()
            }
            Verdict::Unpublished => format!("absichtlich nur {}", f.other()),
            Verdict::NotKnown => "nicht bekannt".to_owned(),
        }
    }

    fn suspected(&self, verdict: Verdict, family: Family) -> String {
        match verdict {
            Verdict::DownForEveryone => format!("über {family} für alle gestört, noch nicht bestätigt"),
            Verdict::EdgeDown => format!("über {family} gestört, von der Edge aus gesehen, noch nicht bestätigt"),
            _ => self.verdict(verdict, Some(family)),
        }
    }

    fn but_slow(&self, said: &str) -> String {
        [said, ", aber langsam"].concat()
    }

    fn blocked(&self, why: Why) -> &'static str {
        match why {
            Why::Checking => "wird abgefragt …",
            Why::Blocker => "in Ihrem Browser blockiert",
            Why::NameBlocked => "in Ihrem Browser oder Netz blockiert",
            why => self.why(why),
        }
    }

    fn found(&self, told: Told, after_ms: Option<u32>, is_hidden: bool) -> String {
        let said = self.told(told, after_ms);
        if is_hidden {
            format!("Sie: {said}; Ihr Browser verbirgt die Antwort vor dieser Seite")
        } else {
            format!("Sie: {said}")
        }
    }

    fn edge(&self, edge: Edge) -> &'static str {
        match edge {
            Edge::Ok => "Edge: erreicht ihn",
            Edge::Failed => "Edge: erreicht ihn nicht",
            Edge::Blind => "Edge: weiß nichts darüber",
            Edge::Late => "Edge: unser eigener Beobachter ist im Rückstand, Neues ist nicht bekannt",
            Edge::Unpublished => "Edge: nicht angeboten",
            Edge::Nothing => "Edge: nichts bekannt",
        }
    }

    fn services(&self, n: usize, n_no: usize, n_partly: usize) -> String {
        let of = |count: usize| if count == n { format!("{n}") } else { format!("{count} von {n}") };
        match (n, n_no, n_partly) {
            (1, 0, 0) => "Sie erreichen den Dienst.".to_owned(),
            (1, 0, _) => "Sie erreichen den Dienst, aber nicht auf jedem Weg, den er anbietet.".to_owned(),
            (1, ..) => "Sie erreichen den Dienst nicht.".to_owned(),
            (_, 0, 0) => format!("Sie erreichen alle {n} Dienste."),
            (_, 0, partly) => {
                format!("Sie erreichen alle {n} Dienste, {} davon nicht auf jedem Weg, den sie anbieten.", of(partly))
            }
            (_, no, 0) => format!("Nicht erreichbar für Sie: {} Dienste.", of(no)),
            (_, no, partly) => {
                format!("Nicht erreichbar für Sie: {} Dienste; weitere {partly} nicht auf jedem Weg.", of(no))
            }
        }
    }
}

/// The same for a client that has both families.
const fn both(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Up => "erreichbar",
        Verdict::UpForYou => "für Sie erreichbar; die Edge erreicht es nicht",
        Verdict::DownForEveryone => "für alle ausgefallen",
        Verdict::Between => "zwischen Ihnen und dem Dienst gestört oder hier blockiert",
        Verdict::YouHaveNone => "Sie sind offline",
        Verdict::YoursIsBroken => "Ihre Verbindung ist gestört",
        Verdict::YoursDoesNotWork => "Ihre Verbindung funktioniert nicht",
        Verdict::BothDown => "Ihre Verbindung ist ausgefallen und der Dienst ebenfalls",
        Verdict::PageOnlyUp => "für Sie erreichbar; die Edge weiß nichts darüber",
        Verdict::PageOnlyDown => "von hier nicht erreichbar; die Edge weiß nichts darüber",
        Verdict::LatePageUp => "für Sie erreichbar; unser eigener Beobachter ist im Rückstand",
        Verdict::LatePageDown => "von hier nicht erreichbar; unser eigener Beobachter ist im Rückstand",
        Verdict::EdgeUp => "erreichbar, von der Edge aus gesehen",
        Verdict::EdgeDown => "ausgefallen, von der Edge aus gesehen",
        Verdict::FailedHere => "von hier nicht erreichbar, von der Edge aus schon; Ursache nicht bekannt",
        Verdict::Unpublished => "für keine der beiden Familien ist eine Adresse veröffentlicht",
        Verdict::NotKnown => "nicht bekannt",
    }
}
