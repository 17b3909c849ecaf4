//! Which clients a target is there for: what the scheme and port of its URL say.

use crate::codes::codes;

codes! {
    /// What a client speaks.
    Protocol {
        Http = "http",
        Ssh = "ssh",
        Smtp = "smtp",
        Imap = "imap",
        Pop3 = "pop3",
        Ldap = "ldap",
        Mqtt = "mqtt",
        Mysql = "mysql",
        Postgresql = "postgresql",
        Redis = "redis",
        Rsync = "rsync",
        Openvpn = "openvpn",
        Grpc = "grpc",
        Tls = "tls",
        Tcp = "tcp",
        Icmp = "icmp",
    }
}

impl Protocol {
    /// Returns what is most likely spoken at a URL, by its scheme or the port that IANA has for it; [`Protocol::Tcp`] where
    /// no port says. `None`: a name server, whose clients were not run, or no URL.
    pub fn of(url: &str) -> Option<Self> {
        let (scheme, rest) = url.split_once("://")?;
        let plain = match scheme {
            "http" | "https" | "ws" | "wss" => return Some(Self::Http),
            "tcp" => Self::Tcp,
            "tls" => Self::Tls,
            _ => return None,
        };
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let port = authority.rsplit_once(':').and_then(|(_, port)| port.parse::<u16>().ok());
        Some(match port {
            Some(22) => Self::Ssh,
            Some(25 | 465 | 587) => Self::Smtp,
            Some(80 | 443 | 8080 | 8443) => Self::Http,
            Some(110 | 995) => Self::Pop3,
            Some(143 | 993) => Self::Imap,
            Some(389 | 636) => Self::Ldap,
            Some(873) => Self::Rsync,
            Some(1194) => Self::Openvpn,
            Some(1883 | 8883) => Self::Mqtt,
            Some(3306) => Self::Mysql,
            Some(5432) => Self::Postgresql,
            Some(6379) => Self::Redis,
            _ => plain,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_port_says_who_comes() {
        let check = |url: &str, protocol| assert_eq!(Protocol::of(url), protocol, "{url}");
        check("https://a.example/x", Some(Protocol::Http));
        check("wss://a.example:5432/", Some(Protocol::Http));
        check("tcp://db.example:5432", Some(Protocol::Postgresql));
        check("tls://[2001:db8::22]:993", Some(Protocol::Imap));
        check("tcp://[2001:db8::22]:4000", Some(Protocol::Tcp));
        check("tls://a.example:4000", Some(Protocol::Tls));
        check("dns://[2001:db8::53]/a.example", None);
        check("nothing", None);
    }
}
