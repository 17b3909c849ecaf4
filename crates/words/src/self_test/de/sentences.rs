//! What the whole comes to, in German.

use super::De;
use crate::self_test::phrases::Sentences;
use dualwatch_core::{measure::family::Family, self_test::sentence::Sentence};

impl<F> Sentences for De<F> {
    fn sentence(&self, sentence: Sentence, preferred: Option<Family>) -> String {
        match sentence {
            Sentence::Checking => "Ihre Verbindung wird geprüft …".to_owned(),
            Sentence::Answers(f) => format!("Ihr {f} antwortet; Ihr {} wird noch geprüft …", f.other()),
            Sentence::BothAnswer => {
                "IPv4 und IPv6 antworten; noch wird geprüft, ob alles vollständig ankommt …".to_owned()
            }
            Sentence::Both => match preferred {
                Some(f) => format!("Sie haben IPv4 und IPv6, und Ihr Browser bevorzugt {f}."),
                None => "Sie haben IPv4 und IPv6, und beides funktioniert.".to_owned(),
            },
            Sentence::Only(f) => format!("Ihr {f} funktioniert; {} haben Sie nicht.", f.other()),
            Sentence::Broken(f) => {
                format!("Ihr {f} ist gestört: Ihr Gerät versucht, es zu benutzen, und bekommt keine Antwort.")
            }
            Sentence::Hangs(f) => {
                format!("Ihr {f} ist gestört: Verbindungen kommen zustande, danach kommt nichts mehr.")
            }
            Sentence::LosesLarge(f) => format!("Ihr {f} ist gestört: Nicht jede Antwort kommt vollständig an."),
            Sentence::Slow(f) => format!("Ihr {f} funktioniert, ist aber sehr langsam."),
            Sentence::Blocked(f) => format!("Etwas hindert diese Seite daran, Ihr {f} zu benutzen."),
            Sentence::DoesNotWork(f) => format!("Ihr {} funktioniert, Ihr {f} nicht.", f.other()),
            Sentence::Untested(f) => format!("Ihr {} funktioniert; Ihr {f} ließ sich nicht prüfen.", f.other()),
            Sentence::OursDown(f) => {
                format!("Ihr {} funktioniert; unser eigener Testserver antwortet über {f} nicht.", f.other())
            }
            Sentence::BothSlow => "Ihre Verbindung funktioniert, ist aber sehr langsam.".to_owned(),
            Sentence::NothingWorks => "Weder über IPv4 noch über IPv6 kommt an, was ankommen sollte.".to_owned(),
            Sentence::NothingAnswers => {
                "Keiner unserer Server antwortet Ihnen: Ihre Verbindung ist ausgefallen, oder unsere Testserver sind es."
                    .to_owned()
            }
            Sentence::OursAllDown => {
                "Unsere eigenen Testserver sind ausgefallen; Ihre Verbindung lässt sich daher nicht prüfen.".to_owned()
            }
            Sentence::Offline => "Ihr Gerät meldet, dass es offline ist.".to_owned(),
            Sentence::Portal => {
                "In diesem Netz müssen Sie sich zuerst anmelden: Statt aller Server antwortet eine Anmeldeseite."
                    .to_owned()
            }
            Sentence::WrongClock => {
                "Die Uhr Ihres Geräts geht falsch; sichere Verbindungen kommen so nicht zustande.".to_owned()
            }
            Sentence::NotAllowed => "Ihr Browser erlaubt dieser Seite nicht, Ihre Verbindung zu prüfen.".to_owned(),
            Sentence::NotTested => {
                "Hier ist kein Testserver eingerichtet; Ihre Verbindung wurde daher nicht geprüft.".to_owned()
            }
        }
    }

    fn means(&self, sentence: Sentence) -> String {
        match sentence {
            Sentence::Checking | Sentence::Answers(_) | Sentence::BothAnswer => "Das dauert ein paar Sekunden.".to_owned(),
            Sentence::Both => "Sie erreichen jede Website, alte wie neue.".to_owned(),
            Sentence::Only(Family::Ipv4) => {
                "Fast alle Websites funktionieren für Sie, nur die wenigen nicht, die ausschließlich IPv6 haben. Kaputt \
                 ist nichts."
                    .to_owned()
            }
            Sentence::Only(Family::Ipv6) => {
                "Websites, die ausschließlich IPv4 haben, öffnen sich bei Ihnen nicht.".to_owned()
            }
            Sentence::Broken(f) => format!(
                "Websites mit {f} öffnen sich verzögert: Ihr Browser wartet erst auf eine Antwort und nimmt dann {}. \
                 Andere Programme öffnen sie vielleicht gar nicht.",
                f.other()
            ),
            Sentence::Hangs(f) => format!(
                "Websites mit {f} öffnen sich vielleicht gar nicht, denn an dieser Stelle weichen Programme nicht mehr auf \
                 {} aus.",
                f.other()
            ),
            Sentence::LosesLarge(f) => format!("Websites mit {f} beginnen zu laden und bleiben dann stehen."),
            Sentence::Slow(f) => format!("Websites, die Sie über {f} erreichen, öffnen sich langsam."),
            Sentence::Blocked(f) => {
                format!(
                    "Ob Ihr {f} funktioniert, ist nicht bekannt; über {} öffnen sich Websites vielleicht trotzdem.",
                    f.other()
                )
            }
            Sentence::DoesNotWork(f) => format!(
                "Websites öffnen sich ohne Verzögerung über {}. Nur solche, die ausschließlich {f} haben, öffnen sich nicht.",
                f.other()
            ),
            Sentence::Untested(_) | Sentence::OursDown(_) => {
                "Von einem Fehler in Ihrer Verbindung ist nichts bekannt.".to_owned()
            }
            Sentence::BothSlow => "Alles öffnet sich langsam.".to_owned(),
            Sentence::NothingWorks => "Die meisten Websites öffnen sich nicht oder bleiben stehen.".to_owned(),
            Sentence::NothingAnswers => "Wenn sich andere Websites öffnen, liegt es an uns.".to_owned(),
            Sentence::OursAllDown => "Über Ihre Verbindung sagt das nichts.".to_owned(),
            Sentence::Offline => "Keine Website ist erreichbar.".to_owned(),
            Sentence::Portal => "Bis Sie sich angemeldet haben, funktioniert nichts.".to_owned(),
            Sentence::WrongClock => "Sichere Websites zeigen Warnungen oder öffnen sich nicht.".to_owned(),
            Sentence::NotAllowed | Sentence::NotTested => "Über Ihre Verbindung sagt das nichts.".to_owned(),
        }
    }
}
