//! Every behaviour of the lab: its word in scripts, what it does, and the cause an exact prober finds.

use dualwatch_core::measure::cause::Cause;
use serde::{Deserialize, Serialize};

macro_rules! behaviours {
    ($(#[$meta:meta])* $name:ident, default $default:ident { $($variant:ident = $word:literal, $cause:expr, $says:literal;)+ }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name { $(#[doc = $says] #[serde(rename = $word)] $variant,)+ }

        impl $name {
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// Returns the word that scripts use.
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }

            /// Returns one sentence on what the server does.
            pub const fn says(self) -> &'static str {
                match self { $(Self::$variant => $says,)+ }
            }

            /// Returns the cause that an exact prober reports; `None` where it reports none.
            pub const fn cause(self) -> Option<Cause> {
                match self { $(Self::$variant => $cause,)+ }
            }

            /// Returns the behaviour of this word, if there is one.
            pub fn from_word(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)+ _ => None }
            }
        }

        impl Default for $name {
            fn default() -> Self { Self::$default }
        }
    };
}

behaviours! {
    /// What the DNS server answers for a name, or for one record type of it.
    Dns, default Nodata {
        Nxdomain = "nxdomain", Some(Cause::DnsNxdomain), "Answers NXDOMAIN with the zone's SOA.";
        Nodata = "nodata", Some(Cause::DnsNodata), "Answers NOERROR with the zone's SOA and no record.";
        Servfail = "servfail", Some(Cause::DnsServfail), "Answers SERVFAIL.";
        Refused = "refused", Some(Cause::DnsRefused), "Answers REFUSED.";
        Silent = "silent", Some(Cause::DnsTimeout), "Takes the question and never answers it.";
        Close = "close", Some(Cause::DnsMalformed), "Closes the connection instead of answering (over UDP: silence).";
        Malformed = "malformed", Some(Cause::DnsMalformed), "Answers with the right id and bytes that are not a DNS message.";
        Cut = "cut", Some(Cause::DnsMalformed), "Answers with a message that ends in the middle of a record.";
        MismatchedId = "mismatched_id", Some(Cause::DnsMalformed), "Answers rightly, under another message id.";
        MismatchedQuestion = "mismatched_question", Some(Cause::DnsMalformed), "Answers a question that was not asked.";
        OtherType = "other_type", Some(Cause::DnsNodata), "Answers with a TXT record only, whatever type was asked for.";
        QueryEcho = "query_echo", Some(Cause::DnsMalformed), "Sends the question back as it came, not marked as an answer.";
        Truncated = "truncated", None, "Sets TC and leaves the records out over UDP; answers whole over TCP and HTTPS.";
        Bogus = "bogus", Some(Cause::DnsServfail), "Answers SERVFAIL, and says why to whoever knows EDNS: the signature has expired (RFC 8914, 7).";
        Blocked = "blocked", Some(Cause::DnsNxdomain), "Answers NXDOMAIN, and says why to whoever knows EDNS: it blocks the name (RFC 8914, 15).";
        Unreached = "unreached", Some(Cause::DnsServfail), "Answers SERVFAIL, and says why to whoever knows EDNS: no name server is reached (RFC 8914, 22).";
        NoExtensions = "no_extensions", None, "Answers FORMERR to questions with EDNS, and others with a loopback address.";
        OneAnswer = "one_answer", None, "Answers one question with a loopback address and closes the connection, whatever else was asked on it.";
        CnameLoop = "cname_loop", Some(Cause::DnsMalformed), "Answers with two CNAME records that point at each other.";
    }
}

behaviours! {
    /// How the DNS-over-HTTPS server misbehaves, whatever is asked: `/dns-query/WORD`.
    Doh, default Good {
        Good = "good", None, "Answers by RFC 8484, GET and POST, HTTP/1.1, over TLS or in the clear on the same port.";
        Http500 = "http_500", Some(Cause::DnsServfail), "Answers HTTP 500 with a page of text.";
        WrongContentType = "wrong_content_type", Some(Cause::DnsMalformed), "Answers with a web page, as a captive portal does.";
        Cut = "cut", Some(Cause::DnsMalformed), "Answers with a DNS message cut in the middle.";
        Empty = "empty", Some(Cause::DnsMalformed), "Answers HTTP 200 with the right content type and no body.";
        Endless = "endless", Some(Cause::DnsMalformed), "Answers with the right content type and a body without end.";
        Silent = "silent", Some(Cause::DnsTimeout), "Takes the request and never answers it.";
    }
}

behaviours! {
    /// What happens when a client connects.
    Connect, default Accept {
        Accept = "accept", None, "Accepts the connection.";
        Refused = "refused", Some(Cause::TcpRefused), "Nothing listens: the kernel answers SYN with RST.";
        Silent = "silent", Some(Cause::TcpTimeout), "The kernel drops every SYN, because the listen queue is full.";
        Reset = "reset", Some(Cause::TcpReset), "Accepts and at once resets the connection.";
    }
}

behaviours! {
    /// How the TLS handshake goes.
    Tls, default Good {
        Good = "good", None, "A complete chain of the lab's CA for the service's names; TLS 1.2 and 1.3.";
        GoodTls12 = "good_tls12", None, "As `good`, over TLS 1.2 only.";
        OtherCertificate = "other_certificate", None, "As good as `good`, with another key and serial number.";
        LargeChain = "large_chain", None, "A good certificate of about 20 kB, which a path that loses large packets cannot carry.";
        LargeChainTls12 = "large_chain_tls12", None, "As `large_chain`, over TLS 1.2 only.";
        BigCertificate = "big_certificate", Some(Cause::MeasurementTls), "A good certificate of about 80 kB, which common clients take.";
        BigCertificateTls12 = "big_certificate_tls12", Some(Cause::MeasurementTls), "As `big_certificate`, over TLS 1.2 only.";
        HugeCertificate = "huge_certificate", Some(Cause::TlsProtocol), "A good certificate of more than 100 kB, which no common client takes.";
        LongChain = "long_chain", None, "A good certificate, followed by its issuer and 100 others that have nothing to do with it.";
        NoAlpn = "no_alpn", None, "A good certificate of a server that knows no ALPN.";
        NamedOnly = "named_only", None, "A good certificate for whoever names the host (SNI), and for nobody else.";
        ManyTickets = "many_tickets", None, "A good certificate, and 100 session tickets behind the handshake.";
        ExpiresSoon = "expires_soon", None, "A good certificate that expires in ten days.";
        Expired = "expired", Some(Cause::TlsExpired), "The certificate expired ten days ago.";
        NotYetValid = "not_yet_valid", Some(Cause::TlsNotYetValid), "The certificate becomes valid in ten days.";
        WrongName = "wrong_name", Some(Cause::TlsNameMismatch), "The certificate names `other-name.example` only.";
        UnknownRoot = "unknown_root", Some(Cause::TlsUntrusted), "A complete chain of a CA that nobody trusts.";
        SelfSigned = "self_signed", Some(Cause::TlsUntrusted), "Signed by its own key; not marked as a CA.";
        SelfSignedCa = "self_signed_ca", Some(Cause::TlsUntrusted), "Signed by its own key and marked as a CA, as `openssl req -x509` makes it.";
        MissingIntermediate = "missing_intermediate", Some(Cause::TlsUntrusted), "A good certificate, sent without the intermediate that signed it.";
        ExpiredIntermediate = "expired_intermediate", Some(Cause::TlsExpired), "A good certificate, by an intermediate that expired ten days ago.";
        ClientOnly = "client_only", Some(Cause::TlsUntrusted), "A certificate for clients only (extended key usage).";
        KeyForSigning = "key_for_signing", Some(Cause::TlsUntrusted), "A certificate whose key may only sign certificates (key usage).";
        IssuerMayNotSign = "issuer_may_not_sign", Some(Cause::TlsUntrusted), "A good certificate, by an intermediate whose key may not sign certificates.";
        NameOutside = "name_outside", Some(Cause::TlsUntrusted), "A good certificate, by an intermediate that may certify `other-name.example` only.";
        DeepPath = "deep_path", Some(Cause::TlsUntrusted), "A good certificate, with an authority below one that may have none below it.";
        CriticalExtension = "critical_extension", Some(Cause::TlsUntrusted), "A certificate with a critical extension that nobody knows.";
        AuthorityAsServer = "authority_as_server", None, "A certificate of the lab's CA that is marked as a CA's own, which Firefox refuses.";
        OldSuites = "old_suites", Some(Cause::MeasurementTls), "Speaks TLS 1.2 with a cipher suite of AES-CBC, and alert 40 with whoever has none.";
        OtherGroup = "other_group", Some(Cause::MeasurementTls), "Speaks TLS 1.3 with the group P-521, and alert 40 with whoever lacks it.";
        OtherSignature = "other_signature", Some(Cause::MeasurementTls), "Speaks TLS 1.3 with a key of Ed448, and alert 40 with whoever cannot verify its signatures.";
        ClientCertificateTls12 = "client_certificate_tls12", Some(Cause::TlsAlert), "Demands a client certificate over TLS 1.2.";
        HandshakeFailure = "handshake_failure", Some(Cause::TlsAlert), "Answers `ClientHello` with alert 40.";
        UnrecognizedName = "unrecognized_name", Some(Cause::TlsAlert), "Answers `ClientHello` with alert 112.";
        InternalError = "internal_error", Some(Cause::TlsAlert), "Answers `ClientHello` with alert 80.";
        ProtocolVersion = "protocol_version", Some(Cause::TlsProtocol), "Answers `ClientHello` with alert 70.";
        ProtocolTooOld = "protocol_too_old", Some(Cause::TlsProtocol), "Answers with a `ServerHello` of TLS 1.0.";
        ClientCertificate = "client_certificate", Some(Cause::TlsAlert), "Demands a client certificate (alert 116 where none comes).";
        Http2Only = "http2_only", Some(Cause::MeasurementTls), "Offers `h2` in ALPN and nothing else (alert 120 to an HTTP/1.1 client).";
        PlainHttp = "plain_http", Some(Cause::TlsProtocol), "Speaks HTTP without TLS: answers `ClientHello` with `HTTP/1.1 400`.";
        Garbage = "garbage", Some(Cause::TlsProtocol), "Answers `ClientHello` with an SSH banner.";
        Silent = "silent", Some(Cause::TlsTimeout), "Reads `ClientHello` and says nothing.";
        SilentAfterServerHello = "silent_after_server_hello", Some(Cause::TlsTimeout), "Sends the first 100 bytes of its handshake and then nothing.";
        Close = "close", Some(Cause::TlsClosed), "Reads `ClientHello` and closes.";
        Reset = "reset", Some(Cause::TlsClosed), "Reads `ClientHello` and resets the connection.";
        ResetMidFlight = "reset_mid_flight", Some(Cause::TlsClosed), "Sends the first 100 bytes of its handshake and resets the connection.";
    }
}

behaviours! {
    /// How the HTTP exchange goes after the request was read.
    Http, default Answer {
        Answer = "answer", None, "Answers as `status`, `headers`, `body`, `delay_ms`, `redirects` and `redirect_to` say.";
        RedirectLoop = "redirect_loop", Some(Cause::HttpRedirectLoop), "Redirects from one path to another and back, for ever.";
        WantsCookie = "wants_cookie", None, "Redirects to itself with a cookie until that comes back, by way of `/set` and of a page that refuses whoever has none.";
        CookieWithoutEnd = "cookie_without_end", Some(Cause::HttpRedirectLoop), "Redirects to itself with another cookie each time.";
        ForeignCookie = "foreign_cookie", Some(Cause::HttpRedirectLoop), "Redirects to itself with cookies that are for another name, or for https only.";
        GetOnly = "get_only", None, "Answers GET, and everything else with 405 and `Allow: GET`.";
        Silent = "silent", Some(Cause::HttpTimeout), "Reads the request and says nothing.";
        SilentToGet = "silent_to_get", Some(Cause::HttpTimeout), "Answers HEAD as if it had a page of 20,000 bytes, and says nothing to GET.";
        SilentAfterHeaders = "silent_after_headers", Some(Cause::HttpTimeout), "Sends complete headers and no byte of the body that they announce.";
        OneByteASecond = "one_byte_a_second", Some(Cause::HttpTimeout), "Sends its answer one byte a second, the status line included.";
        CloseBeforeAnswer = "close_before_answer", Some(Cause::HttpClosed), "Reads the request and closes.";
        ResetBeforeAnswer = "reset_before_answer", Some(Cause::HttpClosed), "Reads the request and resets the connection.";
        CloseInHeaders = "close_in_headers", Some(Cause::HttpClosed), "Closes in the middle of a header.";
        CloseInBody = "close_in_body", Some(Cause::HttpClosed), "Closes after 10 of the 1,000 bytes that Content-Length announces.";
        ResetInBody = "reset_in_body", Some(Cause::HttpClosed), "Resets the connection after 10 of the 1,000 bytes that Content-Length announces.";
        CloseInChunks = "close_in_chunks", Some(Cause::HttpClosed), "Closes after one chunk, without the last one.";
        BrokenChunking = "broken_chunking", Some(Cause::HttpMalformed), "Sends a chunk whose size is not a number.";
        ConflictingLengths = "conflicting_lengths", Some(Cause::HttpMalformed), "Sends two Content-Length headers that differ.";
        LengthNotANumber = "length_not_a_number", Some(Cause::HttpMalformed), "Sends `Content-Length: many`.";
        LengthTooSmall = "length_too_small", None, "Sends 64 bytes under a Content-Length of 4; a client sees the first four.";
        MalformedStatusLine = "malformed_status_line", Some(Cause::HttpMalformed), "Begins its answer with `HTTP/1.1 OK`.";
        NotHttp = "not_http", Some(Cause::HttpMalformed), "Answers with an SMTP greeting.";
        Http2 = "http2", Some(Cause::HttpMalformed), "Speaks HTTP/2 only: answers with SETTINGS and GOAWAY frames.";
        EndlessHeaders = "endless_headers", Some(Cause::HttpTooLarge), "Sends headers without end.";
        EndlessEarlyHints = "endless_early_hints", Some(Cause::HttpTooLarge), "Sends `103 Early Hints` without end.";
        EndlessBody = "endless_body", Some(Cause::HttpTooLarge), "Sends a body without end.";
        EndlessChunks = "endless_chunks", Some(Cause::HttpTooLarge), "Sends chunks without end.";
        Gzip = "gzip", None, "Answers with a small JSON document, compressed with gzip although nobody asked for it.";
        GzipTwice = "gzip_twice", None, "Answers with the same document, compressed with gzip and that with gzip again.";
        GzipNothing = "gzip_nothing", None, "Sends not quite 1 MiB of gzip: 200,000 blocks of no bytes, and no end.";
        Brotli = "brotli", None, "Answers with the same document, compressed with Brotli although nobody asked for it.";
        Zstandard = "zstandard", None, "Answers with the same document, compressed with Zstandard although nobody asked for it.";
        Mirror = "mirror", None, "Answers with the request as it came, head and body, as text.";
        GzipBomb = "gzip_bomb", Some(Cause::HttpTooLarge), "Sends about 1 MiB of gzip that unpacks to 1 GiB of zeros.";
    }
}

behaviours! {
    /// What a service does that speaks neither HTTP nor anything else.
    Tcp, default Hold {
        Hold = "hold", None, "Accepts and holds the connection until the client closes it.";
        Greet = "greet", None, "Sends `greeting` and holds the connection.";
        Echo = "echo", None, "Sends back what it receives.";
        Close = "close", None, "Accepts and closes.";
    }
}

behaviours! {
    /// What a WebSocket server does (RFC 6455). One that refuses the upgrade is `http` with a `status`.
    WebSocket, default Echo {
        Echo = "echo", None, "Opens, and sends back every message.";
        Greet = "greet", None, "Opens, and sends `greeting` as one message.";
        OtherEcho = "other_echo", Some(Cause::HttpBodyMismatch), "Opens, and answers every message with another one.";
        Ping = "ping", None, "Opens, pings, sends a message back only after the pong, and in fragments.";
        WrongAccept = "wrong_accept", Some(Cause::HttpMalformed), "Answers 101 with a Sec-WebSocket-Accept that is not of the client's key.";
        NoUpgradeHeader = "no_upgrade_header", Some(Cause::HttpMalformed), "Answers 101 without naming the protocol.";
        Silent = "silent", Some(Cause::HttpTimeout), "Opens and says nothing.";
        Close = "close", Some(Cause::HttpClosed), "Opens, and closes with code 1011.";
        Drop = "drop", Some(Cause::HttpClosed), "Opens, and closes the connection without a close frame.";
        NotFrames = "not_frames", Some(Cause::HttpMalformed), "Opens, and sends lines of text in place of frames.";
        EndlessFrame = "endless_frame", Some(Cause::HttpTooLarge), "Opens, and sends one frame of 2^62 bytes.";
        EndlessFragments = "endless_fragments", Some(Cause::HttpTooLarge), "Opens, and sends one message in fragments without end.";
        EndlessPings = "endless_pings", Some(Cause::HttpTooLarge), "Opens, and pings without end.";
        EndlessMessages = "endless_messages", Some(Cause::HttpTooLarge), "Opens, and sends messages without end.";
    }
}

behaviours! {
    /// What the network between a vantage and its targets does, over the family that the world is asked for.
    /// Controls and the resolver stand one hop away, targets two.
    World, default Plain {
        Plain = "plain", None, "Routes everything.";
        NoFamily = "no_family", Some(Cause::VantageNoFamily), "The vantage has no address of the family.";
        FamilySilent = "family_silent", Some(Cause::VantageNoFamily), "The vantage has an address, and the first hop drops all TCP and UDP of the family.";
        Offline = "offline", Some(Cause::VantageOffline), "The vantage's link is down, which takes both families.";
        NoRoute = "no_route", Some(Cause::NetUnreachable), "The vantage reaches its neighbours and has no route to anything else.";
        GatewaySilent = "gateway_silent", Some(Cause::NetUnreachable), "The route to the target leads to a gateway that does not exist; the kernel gives up after about 3 s.";
        Unreachable = "unreachable", Some(Cause::NetUnreachable), "The hop answers with ICMP \"host unreachable\" (IPv6: \"address unreachable\" or \"no route\").";
        Prohibited = "prohibited", Some(Cause::NetUnreachable), "The hop answers with ICMP \"administratively prohibited\" (Linux: `EACCES` over IPv6, \"unreachable\" over IPv4).";
        Blackhole = "blackhole", Some(Cause::TcpTimeout), "The hop drops what is for the target, without a word.";
        Dropped = "dropped", Some(Cause::TcpTimeout), "The target's firewall drops every SYN.";
        Rejected = "rejected", Some(Cause::TcpRefused), "The target's firewall answers every SYN with RST.";
        PathMtu = "path_mtu", Some(Cause::PathMtu), "The hop cannot forward more than 1,280 bytes and its \"packet too big\" is lost.";
        ControlsDead = "controls_dead", Some(Cause::VantageNoFamily), "The hop drops what is for the controls; everything else of the family works.";
        CaptivePortalTls = "captive_portal_tls", Some(Cause::VantageCaptivePortal), "The hop answers every TCP connection itself, with TLS and a certificate that nobody vouches for.";
        CaptivePortalHttp = "captive_portal_http", Some(Cause::VantageCaptivePortal), "The hop answers every TCP connection itself, and redirects every HTTP request to its login page.";
        Tunnel = "tunnel", Some(Cause::VantageNoFamily), "The hop accepts every TCP connection itself and carries nothing.";
    }
}

impl Tls {
    /// Returns the alert that answers `ClientHello` (RFC 8446 section 6, RFC 6066 section 3), for behaviours that send one.
    pub const fn alert(self) -> Option<u8> {
        match self {
            Self::HandshakeFailure => Some(40),
            Self::ProtocolVersion => Some(70),
            Self::InternalError => Some(80),
            Self::UnrecognizedName => Some(112),
            _ => None,
        }
    }
}
