//! One sentence for every cause: what it means, and where to look.

pub mod de;
pub mod zh_hans;

use dualwatch_core::measure::cause::Cause;

/// Returns what a cause means and where to look, as one sentence.
#[allow(clippy::too_many_lines)] // One table, read from top to bottom.
pub const fn explain(cause: Cause) -> &'static str {
    match cause {
        Cause::DnsNxdomain => {
            "The DNS says that this name does not exist: look at the domain's registration and at the spelling."
        }
        Cause::DnsNodata => {
            "The name exists but has no record of this family: add one if the service should be reachable over it."
        }
        Cause::DnsServfail => {
            "The resolver could not get an answer from the domain's name servers: look at those servers and at DNSSEC."
        }
        Cause::DnsRefused => {
            "The resolver does not want to answer us: look at the resolver's access rules or choose another one."
        }
        Cause::DnsTimeout => {
            "The resolver took the question and gave no answer in time: look at the resolver and the way to it."
        }
        Cause::DnsMalformed => {
            "What came back is not a DNS answer: look for something between us and the resolver that changes it."
        }
        Cause::DnsSpecialUse => {
            "Names of this kind are set aside and never in the public DNS (RFC 6761): use an address or a public name."
        }
        Cause::TcpRefused => {
            "The machine answered and said no: nothing listens on this port over this family, or a firewall refuses."
        }
        Cause::TcpReset => {
            "The connection was cut off at once: look at the server's limits and at firewalls in front of it."
        }
        Cause::TcpTimeout => {
            "Packets get no answer at all: a firewall drops them, the machine is off, or the route leads nowhere."
        }
        Cause::NetUnreachable => {
            "The network says that it knows no way there: look at routing and at whether the address is still announced."
        }
        Cause::TcpNoConnection => {
            "The connection failed and the platform does not say how: refused, unreachable and prohibited look alike."
        }
        Cause::TlsNameMismatch => {
            "The server shows a certificate of another site: often this family leads to another server or virtual host."
        }
        Cause::TlsExpired => "The certificate is past its last day: look at its renewal, and reload the server.",
        Cause::TlsNotYetValid => {
            "The certificate begins in the future: look at the clock of the server that issued or serves it."
        }
        Cause::TlsUntrusted => {
            "No trusted authority vouches for the certificate: look for a missing intermediate or a self-signed one."
        }
        Cause::TlsRevoked => "Its authority has withdrawn the certificate: it must be replaced.",
        Cause::TlsAlert => {
            "The server refused the handshake with an alert: look at its TLS versions, host names and client rules."
        }
        Cause::TlsProtocol => {
            "What answers is not TLS, or only versions that are no longer safe: look at the port and the server's settings."
        }
        Cause::TlsClosed => {
            "The connection came up and was closed before it was secure: look at the TLS settings and at proxies in front."
        }
        Cause::TlsTimeout => {
            "The connection came up and then fell silent: large packets may be lost on the way, or the server is stuck."
        }
        Cause::HttpStatus => {
            "The service answers, but not with a status that counts as good: look at the application's own logs."
        }
        Cause::HttpBodyMismatch => {
            "The service answers with other content than expected: look for an error page or another site in its place."
        }
        Cause::HttpRedirectLoop => {
            "One redirect leads to the next without end: look at the redirects between http, https and host names."
        }
        Cause::HttpMalformed => {
            "What came back cannot be read as HTTP: look at what really listens on this port over this family."
        }
        Cause::HttpCoding => {
            "The body is not in the content coding that its head names, so browsers show an error: look at what compresses."
        }
        Cause::HttpClosed => {
            "The connection ended in the middle of the answer: look at the application, its memory and its proxies."
        }
        Cause::HttpTimeout => {
            "The connection is fine but the application does not answer in time: look at the application, not the network."
        }
        Cause::HttpTooLarge => {
            "The answer is larger than we read: measure a smaller page of the service, or one made for checks."
        }
        Cause::Slow => "The service is reachable but takes longer than its configuration allows.",
        Cause::PathMtu => {
            "Small packets pass and large ones vanish: look for a tunnel and for firewalls that drop ICMPv6 Packet Too Big."
        }
        Cause::PolicyPlatform => {
            "The platform or the configuration does not allow this connection, so nothing is said of the target."
        }
        Cause::PolicyBrowserCors => {
            "The service answered, but browsers hide its answer from this page; that alone is not a fault."
        }
        Cause::PolicyBrowserCsp => {
            "The request never left the browser, because this page's content security policy does not list the address."
        }
        Cause::PolicyBrowserMixedContent => {
            "The request never left the browser: a page loaded over https may not fetch from plain http."
        }
        Cause::PolicyBrowserLocalNetwork => {
            "The request never left the browser: it needs the permission to reach devices on the local network."
        }
        Cause::PolicyBrowserBlocker => {
            "The request never left the browser: look at its extensions and at filters on this device."
        }
        Cause::VantageNoFamily => {
            "None of our own known-good destinations answers over this family, so nobody is accused over it."
        }
        Cause::VantageOffline => {
            "None of our own known-good destinations answers over any family, so nobody is accused from there."
        }
        Cause::VantageCaptivePortal => {
            "A login page or a proxy answers in place of everybody, so nothing is said of the target."
        }
        Cause::VantageClock => {
            "Certificates cannot be judged with a wrong clock: set the clock of the measuring machine."
        }
        Cause::MeasurementFailed => {
            "We could not do our own job here: the error is kept with the round, and nothing is said of the target."
        }
        Cause::MeasurementCut => {
            "The answer came so late that no time was left to look through it: give the target a longer timeout."
        }
        Cause::MeasurementTls => {
            "The server wants what other clients speak of TLS and this prober does not: ask with one of those clients."
        }
        Cause::NotObserved => "No round of this target is recent enough to say anything about it.",
    }
}
