//! What each cause means, in German.

use dualwatch_core::measure::cause::Cause;

/// Returns what a cause means and where to look, as one sentence.
#[allow(clippy::too_many_lines)] // One table, read from top to bottom.
pub const fn explain(cause: Cause) -> &'static str {
    match cause {
        Cause::DnsNxdomain => {
            "Laut DNS gibt es diesen Namen nicht: prüfen Sie die Registrierung der Domain und die Schreibweise."
        }
        Cause::DnsNodata => {
            "Den Namen gibt es, aber ohne Eintrag für diese Familie: legen Sie einen an, wenn der Dienst darüber erreichbar \
             sein soll."
        }
        Cause::DnsServfail => {
            "Der Resolver bekam von den Nameservern der Domain keine Antwort: prüfen Sie diese Server und DNSSEC."
        }
        Cause::DnsRefused => {
            "Der Resolver will uns nicht antworten: prüfen Sie seine Zugriffsregeln, oder wählen Sie einen anderen."
        }
        Cause::DnsTimeout => {
            "Der Resolver nahm die Frage an und antwortete nicht rechtzeitig: prüfen Sie ihn und den Weg dorthin."
        }
        Cause::DnsMalformed => {
            "Was zurückkam, ist keine DNS-Antwort: suchen Sie, was sie zwischen uns und dem Resolver verändert."
        }
        Cause::DnsSpecialUse => {
            "Namen dieser Art sind reserviert und stehen nie im öffentlichen DNS (RFC 6761): nehmen Sie eine Adresse oder \
             einen öffentlichen Namen."
        }
        Cause::TcpRefused => {
            "Der Rechner hat geantwortet und abgelehnt: auf diesem Port lauscht über diese Familie nichts, oder eine Firewall \
             weist ab."
        }
        Cause::TcpReset => {
            "Die Verbindung wurde sofort gekappt: prüfen Sie die Grenzwerte des Servers und die Firewalls davor."
        }
        Cause::TcpTimeout => {
            "Auf Pakete kommt gar keine Antwort: eine Firewall verwirft sie, der Rechner ist aus, oder die Route führt ins \
             Leere."
        }
        Cause::NetUnreachable => {
            "Das Netz kennt keinen Weg dorthin: prüfen Sie das Routing, und ob die Adresse noch angekündigt wird."
        }
        Cause::TcpNoConnection => {
            "Die Verbindung scheiterte, und die Plattform sagt nicht wie: abgewiesen, unerreichbar und verboten sehen gleich \
             aus."
        }
        Cause::TlsNameMismatch => {
            "Der Server zeigt das Zertifikat einer anderen Website: oft führt diese Familie zu einem anderen Server oder \
             virtuellen Host."
        }
        Cause::TlsExpired => {
            "Das Zertifikat ist abgelaufen: prüfen Sie seine Erneuerung, und laden Sie den Server neu."
        }
        Cause::TlsNotYetValid => {
            "Das Zertifikat gilt erst in der Zukunft: prüfen Sie die Uhr dessen, der es ausstellt oder ausliefert."
        }
        Cause::TlsUntrusted => {
            "Keine vertraute Stelle bürgt für das Zertifikat: suchen Sie nach einem fehlenden Zwischenzertifikat oder einem \
             selbst signierten."
        }
        Cause::TlsRevoked => "Die ausstellende Stelle hat das Zertifikat widerrufen: es muss ersetzt werden.",
        Cause::TlsAlert => {
            "Der Server hat den Handshake mit einer Meldung abgelehnt: prüfen Sie TLS-Versionen, Hostnamen und Regeln für \
             Clients."
        }
        Cause::TlsProtocol => {
            "Was antwortet, ist kein TLS oder nur in Versionen, die nicht mehr sicher sind: prüfen Sie den Port und die \
             Einstellungen des Servers."
        }
        Cause::TlsClosed => {
            "Die Verbindung kam zustande und wurde geschlossen, bevor sie gesichert war: prüfen Sie die TLS-Einstellungen und \
             vorgeschaltete Proxys."
        }
        Cause::TlsTimeout => {
            "Die Verbindung kam zustande und verstummte dann: vielleicht gehen große Pakete unterwegs verloren, oder der \
             Server hängt."
        }
        Cause::HttpStatus => {
            "Der Dienst antwortet, aber nicht mit einem Status, der als gut gilt: sehen Sie in die Logs der Anwendung."
        }
        Cause::HttpBodyMismatch => {
            "Der Dienst antwortet mit anderem Inhalt als erwartet: suchen Sie nach einer Fehlerseite oder einer anderen \
             Website an seiner Stelle."
        }
        Cause::HttpRedirectLoop => {
            "Eine Weiterleitung führt ohne Ende zur nächsten: prüfen Sie die Weiterleitungen zwischen http, https und \
             Hostnamen."
        }
        Cause::HttpMalformed => {
            "Was zurückkam, lässt sich nicht als HTTP lesen: prüfen Sie, was auf diesem Port über diese Familie wirklich \
             lauscht."
        }
        Cause::HttpCoding => {
            "Der Inhalt ist nicht so gepackt, wie sein Kopf es sagt, und Browser zeigen einen Fehler: prüfen Sie, was \
             komprimiert."
        }
        Cause::HttpClosed => {
            "Die Verbindung endete mitten in der Antwort: prüfen Sie die Anwendung, ihren Speicher und ihre Proxys."
        }
        Cause::HttpTimeout => {
            "Die Verbindung steht, aber die Anwendung antwortet nicht rechtzeitig: prüfen Sie die Anwendung, nicht das Netz."
        }
        Cause::HttpTooLarge => {
            "Die Antwort ist größer, als wir lesen: messen Sie eine kleinere Seite des Dienstes oder eine, die zum Prüfen da \
             ist."
        }
        Cause::Slow => "Der Dienst ist erreichbar, braucht aber länger, als seine Konfiguration erlaubt.",
        Cause::PathMtu => {
            "Kleine Pakete kommen durch, große verschwinden: suchen Sie nach einem Tunnel und nach Firewalls, die ICMPv6 \
             Packet Too Big verwerfen."
        }
        Cause::PolicyPlatform => {
            "Die Plattform oder die Konfiguration erlaubt diese Verbindung nicht; über das Ziel sagt das nichts."
        }
        Cause::PolicyBrowserCors => {
            "Der Dienst hat geantwortet, aber Browser verbergen die Antwort vor dieser Seite; das allein ist kein Fehler."
        }
        Cause::PolicyBrowserCsp => {
            "Die Anfrage hat den Browser nie verlassen, weil die Sicherheitsregeln dieser Seite die Adresse nicht nennen."
        }
        Cause::PolicyBrowserMixedContent => {
            "Die Anfrage hat den Browser nie verlassen: eine über https geladene Seite darf nichts über einfaches http abrufen."
        }
        Cause::PolicyBrowserLocalNetwork => {
            "Die Anfrage hat den Browser nie verlassen: sie braucht die Erlaubnis, Geräte im lokalen Netz zu erreichen."
        }
        Cause::PolicyBrowserBlocker => {
            "Die Anfrage hat den Browser nie verlassen: prüfen Sie seine Erweiterungen und die Filter auf diesem Gerät."
        }
        Cause::VantageNoFamily => {
            "Keines unserer bekannt guten Ziele antwortet über diese Familie; darum wird über sie niemand beschuldigt."
        }
        Cause::VantageOffline => {
            "Keines unserer bekannt guten Ziele antwortet über irgendeine Familie; darum wird von dort niemand beschuldigt."
        }
        Cause::VantageCaptivePortal => {
            "Eine Anmeldeseite oder ein Proxy antwortet anstelle aller anderen; über das Ziel sagt das nichts."
        }
        Cause::VantageClock => {
            "Mit einer falschen Uhr lassen sich Zertifikate nicht beurteilen: stellen Sie die Uhr des messenden Rechners."
        }
        Cause::MeasurementFailed => {
            "Hier konnten wir unsere eigene Arbeit nicht tun: der Fehler bleibt bei der Messung, und über das Ziel sagt das \
             nichts."
        }
        Cause::MeasurementCut => {
            "Die Antwort kam so spät, dass keine Zeit blieb, sie durchzusehen: geben Sie dem Ziel mehr Zeit."
        }
        Cause::MeasurementTls => {
            "Der Server verlangt ein TLS, das andere Programme sprechen und diese Messung nicht: fragen Sie ihn mit einem davon."
        }
        Cause::NotObserved => "Keine Messung dieses Ziels ist neu genug, um etwas darüber zu sagen.",
    }
}
