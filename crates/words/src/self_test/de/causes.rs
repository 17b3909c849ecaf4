//! The causes that the edge finds, in German.

use super::De;
use crate::self_test::phrases::Causes;
use dualwatch_core::measure::cause::Cause;

impl<F> Causes for De<F> {
    fn cause(&self, cause: Cause) -> &'static str {
        match cause {
            Cause::DnsNxdomain => "der Name existiert nicht",
            Cause::DnsNodata => "für diese Familie ist keine Adresse veröffentlicht",
            Cause::DnsServfail => "die Nameserver dieses Namens versagen",
            Cause::DnsRefused => "der Resolver verweigert die Antwort",
            Cause::DnsTimeout => "der Resolver antwortet nicht",
            Cause::DnsMalformed => "die Antwort des Resolvers ist nicht lesbar",
            Cause::DnsSpecialUse => "Namen dieser Art gibt es im öffentlichen DNS nicht",
            Cause::TcpRefused => "Verbindung abgewiesen",
            Cause::TcpReset => "Verbindung zurückgesetzt",
            Cause::TcpTimeout => "keine Antwort",
            Cause::NetUnreachable => "keine Route zur Adresse",
            Cause::TcpNoConnection => "es kam keine Verbindung zustande",
            Cause::TlsNameMismatch => "das Zertifikat gilt für einen anderen Namen",
            Cause::TlsExpired => "das Zertifikat ist abgelaufen",
            Cause::TlsNotYetValid => "das Zertifikat ist noch nicht gültig",
            Cause::TlsUntrusted => "dem Zertifikat wird nicht vertraut",
            Cause::TlsRevoked => "das Zertifikat wurde widerrufen",
            Cause::TlsAlert => "der Server hat den TLS-Handshake abgebrochen",
            Cause::TlsProtocol => "der Server spricht TLS nicht so wie wir",
            Cause::TlsClosed => "Verbindung während des TLS-Handshakes geschlossen",
            Cause::TlsTimeout => "verbunden, dann Stille im TLS-Handshake",
            Cause::HttpStatus => "unerwarteter HTTP-Status",
            Cause::HttpBodyMismatch => "die Antwort enthält nicht, was erwartet wird",
            Cause::HttpRedirectLoop => "zu viele Weiterleitungen",
            Cause::HttpMalformed => "die Antwort ist kein HTTP",
            Cause::HttpCoding => "der Inhalt der Antwort lässt sich nicht entpacken",
            Cause::HttpClosed => "Verbindung geschlossen, bevor die Antwort vollständig war",
            Cause::HttpTimeout => "verbunden, dann keine HTTP-Antwort",
            Cause::HttpTooLarge => "die Antwort ist größer als erlaubt",
            Cause::Slow => "langsamer als erwartet",
            Cause::PathMtu => "große Pakete gehen unterwegs verloren",
            Cause::PolicyPlatform => "dorthin zu verbinden ist hier nicht erlaubt",
            Cause::PolicyBrowserCors => "der Dienst lässt diese Seite seine Antwort nicht lesen",
            Cause::PolicyBrowserCsp => "die Regeln dieser Seite erlauben die Anfrage nicht",
            Cause::PolicyBrowserMixedContent => "eine sichere Seite darf keine http-Adresse abrufen",
            Cause::PolicyBrowserLocalNetwork => "der Browser lässt diese Seite nicht ins lokale Netz",
            Cause::PolicyBrowserBlocker => "ein Blocker im Browser hält die Anfrage auf",
            Cause::VantageNoFamily => "der Ort der Messung hat keine Verbindung dieser Familie",
            Cause::VantageOffline => "der Ort der Messung ist offline",
            Cause::VantageCaptivePortal => "etwas anderes antwortet anstelle des Internets",
            Cause::VantageClock => "die Uhr am Ort der Messung geht falsch",
            Cause::MeasurementFailed => "die Messung selbst ist gescheitert",
            Cause::MeasurementCut => "die Zeit war um, bevor die Antwort durchgesehen war",
            Cause::MeasurementTls => "es spricht TLS mit anderen, nur nicht so wie diese Messung",
            Cause::NotObserved => "keine aktuelle Runde",
        }
    }
}
