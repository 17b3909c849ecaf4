//! What stands in the document, in German.

use super::De;
use crate::self_test::phrases::{Document, Text};

impl<F> Document for De<F> {
    fn text(&self, text: Text) -> &'static str {
        match text {
            Text::Title => "Ihre Verbindung: IPv4 und IPv6",
            Text::Skip => "Zum Inhalt springen",
            Text::Pages => "Seiten",
            Text::AllServices => "Alle Dienste",
            Text::AllIncidents => "Alle Vorfälle",
            Text::Languages => "Sprache",
            Text::NoScriptHeading => "Ihre Verbindung lässt sich nur mit JavaScript prüfen.",
            Text::NoScript => {
                "Ohne JavaScript lässt sich von Ihnen aus nichts messen. Sie sehen diese Seite, also funktioniert IPv4 oder IPv6; "
            }
            Text::NoScriptLink => "diese Adresse",
            Text::NoScriptSays => " sagt, welches von beiden Ihr Browser genommen hat („family“).",
            Text::MoreQuestions => "Weitere Fragen",
            Text::Around => "Ihr Browser und diese Seite",
            Text::TimeSpent => "Wohin die Zeit ging",
            Text::TimeHidden => {
                "Was Ihr Browser verbirgt, fehlt hier. Jede Zeit gilt für die erste Verbindung zu einem Namen."
            }
            Text::Names => "Die Namen der Dienste, wie der Server dieser Seite sie findet",
            Text::Evidence => "Belege, und Hilfe für den Helpdesk",
            Text::Again => "Noch einmal testen",
            Text::ShareLink => "Link kopieren",
            Text::ShareText => "Als Text kopieren",
            Text::ShareFile => "Herunterladen",
            Text::SharePrint => "Drucken",
            Text::ShareWhole => "mit meinen vollständigen Adressen",
            Text::Privacy => {
                "Um Ihre Verbindung zu prüfen, fragt Ihr Browser den Server dieser Seite, die Adressen unten und die \
                 Dienste auf dieser Seite, sonst niemanden. Diese Server sehen die Adresse, von der Sie kommen, und unsere \
                 nennen sie Ihnen. WebRTC sagt ohne jeden Server, welche Arten von Adressen Ihr Gerät hat. Nichts wird \
                 gespeichert; die Ergebnisse bleiben auf dieser Seite."
            }
            Text::DualStack => "Dual Stack",
            Text::PlainMeaning => {
                "Ihr Browser führt hier kein WebAssembly aus, daher wird nicht nach Ursachen gesucht."
            }
            Text::PlainBoth => "IPv4 und IPv6 antworten.",
            Text::PlainIpv4 => "IPv4 antwortet, IPv6 nicht.",
            Text::PlainIpv6 => "IPv6 antwortet, IPv4 nicht.",
            Text::PlainNeither => "Weder IPv4 noch IPv6 antwortet.",
            Text::PlainOk => "Antwort",
            Text::PlainFailed => "keine Antwort",
            Text::PlainNone => "nicht gefragt",
            Text::PlainServices => "Von Ihnen aus wurden sie nicht abgefragt. Das sieht unser eigener Beobachter.",
            Text::Services => "Die Dienste, von Ihnen aus",
            Text::ServicesLater => "Sie werden abgefragt, sobald Ihre eigene Verbindung bekannt ist.",
        }
    }
}
