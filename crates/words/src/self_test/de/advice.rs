//! What to do now, by cause, in German.

use super::De;
use crate::self_test::phrases::Advice;
use dualwatch_core::{measure::family::Family, self_test::why::Why};

impl<F> Advice for De<F> {
    #[allow(clippy::too_many_lines)] // One table, read from top to bottom.
    fn for_visitor(&self, why: Why, family: Option<Family>) -> Option<String> {
        let f = family.map_or_else(|| "die Verbindung".to_owned(), |family| family.to_string());
        let text = match why {
            Why::Fine | Why::Checking | Why::Unpublished | Why::Unreadable | Why::NotTested => {
                return None;
            }
            Why::NoAddress | Why::LocalAddress | Why::FailsAtOnce => format!(
                "Sie müssen nichts tun. Wenn Sie {f} möchten, suchen Sie in den Einstellungen Ihres Routers danach oder \
                 fragen Sie Ihren Anbieter."
            ),
            Why::OurName => "Sie müssen nichts tun: Nur ein Testname von uns antwortet nicht.".to_owned(),
            Why::RejectedNear | Why::Rejected => format!(
                "Schalten Sie VPN oder Firewall-Programm kurz aus und testen Sie noch einmal. Wenn das hilft, erlauben \
                 Sie dort {f}. Wenn nicht, versuchen Sie einen anderen Namensserver (DNS)."
            ),
            Why::NoGateway => format!(
                "Starten Sie Ihren Router neu. Wenn es so bleibt, schalten Sie {f} im Router aus, bis Ihr Anbieter es \
                 geprüft hat."
            ),
            Why::Silent => format!(
                "Starten Sie Ihren Router neu und testen Sie noch einmal. Wenn es so bleibt, rufen Sie Ihren Anbieter an \
                 und nennen Sie den Code unten. Bis dahin können Sie {f} in den Einstellungen des Routers ausschalten."
            ),
            Why::Hangs | Why::LargeLost | Why::LargeLate => format!(
                "Schalten Sie ein VPN aus und testen Sie noch einmal. Wenn es so bleibt, stellen Sie die MTU für {f} im \
                 Router auf 1280, oder rufen Sie Ihren Anbieter an und nennen Sie den Code unten."
            ),
            Why::Late => {
                "Testen Sie noch einmal nahe am Router, am besten per Kabel. Wenn es langsam bleibt, rufen Sie Ihren \
                 Anbieter an."
                    .to_owned()
            }
            Why::CutShort => {
                "Testen Sie noch einmal. Wenn es so bleibt, schalten Sie VPN oder Filter aus, die in Verbindungen \
                 hineinsehen."
                    .to_owned()
            }
            Why::NamesFiltered => format!(
                "Wählen Sie im Router oder im Gerät einen anderen Namensserver (DNS): Der jetzige lässt {f}-Adressen weg."
            ),
            Why::Intercepted | Why::CaptivePortal => {
                "Öffnen Sie eine beliebige Seite, die mit http:// beginnt, melden Sie sich in diesem Netz an und testen \
                 Sie dann noch einmal."
                    .to_owned()
            }
            Why::Csp | Why::MixedContent => {
                "Sie müssen nichts tun: Das muss ändern, wer diese Seite betreibt.".to_owned()
            }
            Why::LocalNetwork | Why::Permission => {
                "Erlauben Sie dieser Seite den Zugriff auf Ihr lokales Netz: Die Frage steht am linken Rand der \
                 Adressleiste."
                    .to_owned()
            }
            Why::Blocker => {
                "Schalten Sie Werbeblocker oder Filter für diese Seite aus und testen Sie noch einmal.".to_owned()
            }
            Why::NameBlocked => {
                "Schalten Sie Werbeblocker und Filter für diese Seite aus und testen Sie noch einmal. Hilft das nicht, fragen Sie, \
                 wer Ihr Netz betreibt, ob der Name auf einer Sperrliste steht."
                    .to_owned()
            }
            Why::Offline => {
                "Verbinden Sie Ihr Gerät mit einem Netz: Prüfen Sie Kabel, WLAN und Flugmodus.".to_owned()
            }
            Why::WrongClock => {
                "Stellen Sie Datum und Uhrzeit Ihres Geräts, am besten automatisch, und laden Sie diese Seite neu."
                    .to_owned()
            }
            Why::NothingAnswers => {
                "Öffnen Sie eine andere Website. Wenn sich keine öffnet, starten Sie Ihren Router neu. Wenn sich andere \
                 öffnen, kommen Sie später wieder."
                    .to_owned()
            }
            Why::YourFamily => format!("Bringen Sie zuerst Ihr eigenes {f} in Ordnung: siehe oben."),
            Why::Between => {
                "Versuchen Sie es in einem anderen Netz, etwa dem Ihres Handys. Wenn es dort funktioniert, rufen Sie \
                 Ihren Anbieter an und schicken Sie ihm dieses Ergebnis."
                    .to_owned()
            }
            Why::CertificateHere => {
                "Prüfen Sie die Uhr Ihres Geräts und ob ein Sicherheitsprogramm in Ihre Verbindungen hineinsieht."
                    .to_owned()
            }
            Why::NotKnown | Why::Reused | Why::WrongFamily => {
                "Testen Sie in einer Minute noch einmal, oder mit einem anderen Browser.".to_owned()
            }
            Why::OurServer => "Sie müssen nichts tun: Das müssen wir in Ordnung bringen.".to_owned(),
            Why::NoSuchName | Why::PrivateAddress | Why::ErrorStatus | Why::Down | Why::Certificate => {
                "Sie können nur warten: Das muss der Betreiber in Ordnung bringen.".to_owned()
            }
        };
        Some(text)
    }

    #[allow(clippy::too_many_lines)] // One table, read from top to bottom.
    fn for_operator(&self, why: Why, family: Option<Family>) -> Option<String> {
        let f = family.map_or_else(|| "beides".to_owned(), |family| family.to_string());
        let text = match why {
            Why::Fine
            | Why::Checking
            | Why::NotKnown
            | Why::NothingAnswers
            | Why::Offline
            | Why::Blocker
            | Why::Permission
            | Why::LocalNetwork
            | Why::WrongClock
            | Why::YourFamily
            | Why::CertificateHere => return None,
            Why::NoAddress | Why::FailsAtOnce => format!(
                "Das Gerät hat für {f} keine brauchbare Adresse bekommen: Router Advertisements oder DHCP prüfen, und das \
                 Zugangsnetz."
            ),
            Why::LocalAddress => format!(
                "Das Gerät hat für {f} nur Unique Local Addresses: Der Router kündigt kein Präfix des Anbieters an."
            ),
            Why::RejectedNear | Why::Rejected => format!(
                "Verbindungen über {f} werden mit einem Reset oder einem ICMP-Fehler beantwortet, oder der Resolver findet \
                 keine Adresse: Firewalls auf dem Weg prüfen, was am Ziel lauscht, und den Filter des Resolvers."
            ),
            Why::NoGateway => format!(
                "Neighbour Discovery für das Standardgateway von {f} bleibt ohne Antwort: Der angekündigte Router ist weg."
            ),
            Why::Silent => format!(
                "Adresse und Standardroute sind da, und über {f} kommt nichts zurück: Rückroute prüfen, ein geändertes \
                 Präfix, Filter."
            ),
            Why::Hangs | Why::LargeLost | Why::LargeLate => format!(
                "Über {f} kommen kleine Pakete durch und große nicht: ICMP Packet Too Big durchlassen (RFC 4890), MSS auf \
                 Tunneln begrenzen oder eine passende MTU ankündigen."
            ),
            Why::Late => format!(
                "Umlaufzeiten über {f} betragen ein Mehrfaches der anderen Familie: Routing und Tunnel prüfen."
            ),
            Why::CutShort => "Antworten enden vor ihrer Länge: Proxys auf dem Weg prüfen.".to_owned(),
            Why::NamesFiltered => {
                "Der Resolver des Besuchers lässt AAAA-Einträge weg, obwohl der Weg funktioniert: seinen Filter und DNS64 \
                 prüfen."
                    .to_owned()
            }
            Why::Intercepted | Why::CaptivePortal => {
                "Etwas antwortet in unserem Namen mit einem anderen Dokument als unserem.".to_owned()
            }
            Why::OurName | Why::OurServer => format!(
                "Den Endpunkt des Selbsttests für {f} prüfen: ob er lauscht, sein Zertifikat, seinen DNS-Eintrag."
            ),
            Why::WrongFamily => format!(
                "Der Name, der allein für {f} steht, hat Einträge der anderen Familie, oder ein Proxy steht davor."
            ),
            Why::Reused => {
                "Über HTTP/2 fassen Browser Verbindungen zu Namen mit demselben Zertifikat zusammen: den Selbsttest über \
                 HTTP/1.1 anbieten, wie es `dualwatch echo` tut."
                    .to_owned()
            }
            Why::NotTested => "In der Konfiguration unter `self_test:` Endpunkte angeben.".to_owned(),
            Why::Csp => "Den Endpunkt in `connect-src` der Content-Security-Policy dieser Seite aufnehmen.".to_owned(),
            Why::MixedContent => "Den Endpunkt über https anbieten, wie die Seite selbst.".to_owned(),
            Why::NoSuchName => {
                "Der Name existiert im öffentlichen DNS nicht: Domain und Schreibweise prüfen.".to_owned()
            }
            Why::Unpublished => format!("Es gibt keinen Eintrag für {f}: einen anlegen, wenn es erreichbar sein soll."),
            Why::PrivateAddress => {
                "Der Name führt zu privaten Adressen: Besucher von anderswo erreichen sie nicht.".to_owned()
            }
            Why::Unreadable => {
                "Access-Control-Allow-Origin senden, wenn diese Seite die Antwort lesen soll; sonst ist nichts falsch."
                    .to_owned()
            }
            Why::ErrorStatus => "In den Protokollen der Anwendung nachsehen.".to_owned(),
            Why::Down => format!("Auch für die Edge ist es über {f} ausgefallen: siehe den Vorfall."),
            Why::Between => format!(
                "Es scheitert nur bei diesem Besucher: Routing und Peering zu seinem Netz über {f} prüfen, und \
                 Ratenbegrenzungen."
            ),
            Why::NameBlocked => {
                "Name oder Adresse steht auf einer Sperrliste: in den bekannten nachsehen.".to_owned()
            }
            Why::Certificate => "Das Zertifikat erneuern oder das dieses Namens ausliefern.".to_owned(),
        };
        Some(text)
    }
}
