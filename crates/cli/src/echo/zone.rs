//! What an operator puts into a zone and into the configuration, as text.

use dualwatch_core::measure::family::{Family, PerFamily};
use std::{
    fmt::Write as _,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};

/// Where `dualwatch echo` is to be found.
#[derive(Clone, Debug)]
pub struct Zone {
    /// A host name without a final dot.
    pub name: String,
    /// The addresses of the machine; a family without one is left for the operator to write.
    pub addresses: PerFamily<Vec<IpAddr>>,
    /// The scheme and the port of the endpoints.
    pub scheme: &'static str,
    pub port: u16,
}

/// The labels of the endpoints, and the families of each.
const LABELS: [(&str, &[Family]); 3] = [("ipv4", &[Family::Ipv4]), ("ipv6", &[Family::Ipv6]), ("dual", &Family::ALL)];

/// The neutral names, each with the endpoint that it leads to: what a list of names knows of that, it does not know of these.
const NEUTRAL: [(&str, &str); 2] = [("oak", "ipv4"), ("elm", "ipv6")];

/// Short enough to move to another machine within an hour, long enough that no resolver asks twice in one test.
const TTL_S: u32 = 300;

impl Zone {
    /// Reads the name of a zone; its addresses and its port are to follow.
    ///
    /// # Errors
    /// Why it is none.
    pub fn parse(text: &str) -> Result<String, String> {
        let name = text.trim_end_matches('.').to_ascii_lowercase();
        let is_label = |label: &str| {
            (1..=63).contains(&label.len())
                && label.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
                && !label.starts_with('-')
                && !label.ends_with('-')
        };
        let is_address = name.parse::<Ipv4Addr>().is_ok() || name.parse::<Ipv6Addr>().is_ok();
        // The longest name below it has a label of 63 bytes more (RFC 1035 section 2.3.4).
        if name.len() > 180 || is_address || !name.contains('.') || !name.split('.').all(is_label) {
            return Err(format!("`{text}` is no name of a zone, such as `status.example`"));
        }
        Ok(name)
    }

    /// Returns the records as a zone file has them (RFC 1035 section 5), with what is to be known about them.
    pub fn records(&self) -> String {
        let mut text = format!(
            "; DNS records of the self-test in {}. Each probe uses a fresh label, so that no browser remembers an\n\
             ; earlier one: hence the wildcards. No proxy may stand in front of them, and nothing else at these names.\n",
            self.name
        );
        let width = self.name.len() + 8;
        for (label, families) in LABELS {
            for owner in [format!("{label}.{}.", self.name), format!("*.{label}.{}.", self.name)] {
                for family in families {
                    let kind = record_kind(*family);
                    for address in self.addresses_or_blank(*family) {
                        // Writing to a `String` never fails.
                        let _ = writeln!(text, "{owner:width$} {TTL_S} IN {kind:4} {address}");
                    }
                }
            }
        }
        let _ = writeln!(
            text,
            "; The same server under names that say nothing: the control for what blocks the names above. They lead to those,\n\
             ; so that nothing is taken for a block where an endpoint has no address."
        );
        for (label, own) in NEUTRAL {
            for owner in [format!("{label}.{}.", self.name), format!("*.{label}.{}.", self.name)] {
                let _ = writeln!(text, "{owner:width$} {TTL_S} IN CNAME {own}.{}.", self.name);
            }
        }
        text
    }

    /// Returns which names the certificate must have; nothing of plain HTTP.
    pub fn certificate_names(&self) -> String {
        if self.scheme != "https" {
            return String::new();
        }
        let labels = LABELS.map(|(label, _)| label).into_iter().chain(NEUTRAL.map(|(label, _)| label));
        let names: Vec<String> = labels.map(|label| format!("{label}.{0} *.{label}.{0}", self.name)).collect();
        let names = names.join(" ");
        format!("; The certificate must name: {names}\n; Wildcards are issued by DNS challenges only (ACME: dns-01).\n")
    }

    /// Returns what would be needed beside it to test whether a visitor's resolver reaches name servers over IPv6.
    pub fn resolver_test(&self) -> String {
        let Self { name, .. } = self;
        format!(
            "; Not served by this program: a test of the visitor's resolver over IPv6 needs a zone of its own whose only\n\
             ; name server has only an IPv6 address, and a name server there that answers any name with both addresses:\n\
             ;   v6ns.{name}.     IN NS   ns.v6ns-server.{name}.\n\
             ;   ns.v6ns-server.{name}. IN AAAA (the address of that name server; no A record)\n"
        )
    }

    /// Returns the part of `dualwatch.yml` that names the endpoints.
    pub fn configuration(&self) -> String {
        let [v4, v6, dual] = LABELS.map(|(label, _)| self.origin(label));
        let mut text = format!("# dualwatch.yml\nself_test:\n  ipv4: {v4}\n  ipv6: {v6}\n  dual_stack: {dual}\n");
        for (family, addresses) in self.addresses.iter() {
            let Some(address) = addresses.first() else { continue };
            let host = if address.is_ipv6() { format!("[{address}]") } else { address.to_string() };
            // Over TLS that is another certificate, and most authorities issue none.
            let (mark, why) = match self.scheme {
                "https" => ("# ", "   # only with a certificate that names this address"),
                _ => ("", ""),
            };
            let origin = self.at(&host);
            // Writing to a `String` never fails.
            let _ = writeln!(text, "  {mark}literal_{}: \"{origin}\"{why}", family.code());
        }
        for (label, own) in NEUTRAL {
            let _ = writeln!(text, "  neutral_{own}: {}", self.origin(label));
        }
        text
    }

    /// Returns the origin of an endpoint. Its star stands for a label that is new with each request.
    fn origin(&self, label: &str) -> String {
        ["\"", &self.at(&format!("*.{label}.{}", self.name)), "\""].concat()
    }

    fn at(&self, host: &str) -> String {
        let is_usual = matches!((self.scheme, self.port), ("https", 443) | ("http", 80));
        let port = if is_usual { String::new() } else { format!(":{}", self.port) };
        format!("{}://{host}{port}", self.scheme)
    }

    fn addresses_or_blank(&self, family: Family) -> Vec<String> {
        let own = self.addresses.get(family);
        if own.is_empty() {
            return vec![format!("<the {family} address of this machine>")];
        }
        own.iter().map(ToString::to_string).collect()
    }
}

fn record_kind(family: Family) -> &'static str {
    match family {
        Family::Ipv4 => "A",
        Family::Ipv6 => "AAAA",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zone(scheme: &'static str, port: u16) -> Zone {
        let addresses = PerFamily { ipv4: vec!["192.0.2.7".parse().unwrap()], ipv6: Vec::new() };
        Zone { name: "status.example".to_owned(), addresses, scheme, port }
    }

    #[test]
    fn every_name_has_its_families_and_a_wildcard() {
        let text = zone("https", 443).records();
        let records: Vec<Vec<&str>> =
            text.lines().filter(|line| !line.starts_with(';')).map(|line| line.split_whitespace().collect()).collect();
        let of = |owner: &str| -> Vec<(&str, String)> {
            let rows = records.iter().filter(|row| row[0] == owner);
            rows.map(|row| (row[3], row[4..].join(" "))).collect()
        };
        let a = ("A", "192.0.2.7".to_owned());
        let aaaa = ("AAAA", "<the IPv6 address of this machine>".to_owned());
        for wildcard in ["", "*."] {
            let owner = |label: &str| format!("{wildcard}{label}.status.example.");
            assert_eq!(of(&owner("ipv4")), std::slice::from_ref(&a));
            assert_eq!(of(&owner("ipv6")), std::slice::from_ref(&aaaa));
            assert_eq!(of(&owner("dual")), [a.clone(), aaaa.clone()]);
        }
        for (label, own) in NEUTRAL {
            let cname = ("CNAME", format!("{own}.status.example."));
            for wildcard in ["", "*."] {
                assert_eq!(of(&format!("{wildcard}{label}.status.example.")), std::slice::from_ref(&cname));
            }
            let names = zone("https", 443).certificate_names();
            assert!(names.contains(&format!(" {label}.status.example *.{label}.status.example")), "{names}");
        }
        assert_eq!(records.len(), 12, "{text}");
        assert!(zone("https", 443).certificate_names().contains("*.ipv6.status.example"));
        assert_eq!(zone("http", 80).certificate_names(), "");
    }

    #[test]
    fn the_configuration_is_one_that_is_read() {
        for (scheme, port, suffix) in [("https", 443, ""), ("http", 80, ""), ("https", 8443, ":8443")] {
            let text = format!("targets: [{{ url: 'https://a.example/' }}]\n{}", zone(scheme, port).configuration());
            let config = dualwatch_config::load(&text, "dualwatch.yml", &|_| Err(String::new())).expect("it is read");
            let expected = |label: &str| Some(format!("{scheme}://*.{label}.status.example{suffix}"));
            let found = config.self_test;
            assert_eq!([found.ipv4, found.ipv6, found.dual_stack], ["ipv4", "ipv6", "dual"].map(expected));
            let literal = (scheme == "http").then(|| format!("http://192.0.2.7{suffix}"));
            assert_eq!(config.self_test_beside.literal_ipv4, literal);
            let neutral = [config.self_test_beside.neutral_ipv4, config.self_test_beside.neutral_ipv6];
            assert_eq!(neutral, ["oak", "elm"].map(expected));
            assert_eq!(config.warnings, []);
        }
    }

    #[test]
    fn what_is_no_zone_is_refused() {
        assert_eq!(Zone::parse("Status.Example.").as_deref(), Ok("status.example"));
        for text in ["", "example", "192.0.2.1", "a_b.example", "-a.example", "a..example", "*.example", "a b.example"]
        {
            assert!(Zone::parse(text).is_err(), "{text}");
        }
        assert!(Zone::parse(&["a".repeat(60), "b".repeat(60), "c".repeat(60), "d".repeat(60)].join(".")).is_err());
    }
}
