//! What is asked of `/probe`: `target` and `module` as a target that can be measured.

use dualwatch_core::measure::{
    family::{Family, PerFamily},
    target::{Expected, Host, Target},
};
use std::time::Duration;

/// What is left of the time of a scrape for the way back, as `blackbox_exporter` has it.
const WAY_BACK: Duration = Duration::from_millis(500);
const LEAST_MS: u32 = 100;

/// What the modules are, and the scheme of a target that has none.
const MODULES: [(&str, &str); 3] = [("http_2xx", "http"), ("tcp_connect", "tcp"), ("tls_connect", "tls")];

/// Returns what `target` and `module` ask for.
///
/// # Errors
/// What is wrong, in words.
pub fn target(query: &str) -> Result<Target, String> {
    let value = |name: &str| {
        url::form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
    };
    let text = value("target").filter(|text| !text.is_empty()).ok_or("the parameter `target` is missing")?;
    let module = value("module").unwrap_or_else(|| MODULES[0].0.to_owned());
    let (scheme, families) = read_module(&module).ok_or_else(|| {
        let names = MODULES.map(|(name, _)| name).join(", ");
        format!("there is no such module; there are {names}, each also with _ipv4 or _ipv6 behind it")
    })?;
    let text = if text.contains("://") { text } else { format!("{scheme}://{text}") };
    let (endpoint, authorization) = dualwatch_config::parse_url(&text).map_err(|error| error.to_string())?;
    let name = match &endpoint.host {
        Host::Name(name) => name.clone(),
        Host::Address(ip) => ip.to_string(),
    };
    let mut target = Target { name, authorization, ..Target::new("probe", endpoint) };
    target.expect.families = families;
    Ok(target)
}

fn read_module(text: &str) -> Option<(&'static str, PerFamily<Expected>)> {
    let only = |family: Family| {
        // Who asks for one family asks whether it is there.
        PerFamily::from_fn(|f| if f == family { Expected::Required } else { Expected::Ignored })
    };
    let families = [
        ("_ipv4", only(Family::Ipv4)),
        ("_ip4", only(Family::Ipv4)),
        ("_ipv6", only(Family::Ipv6)),
        ("_ip6", only(Family::Ipv6)),
        ("", PerFamily::from_fn(|_| Expected::Published)),
    ];
    families.into_iter().find_map(|(suffix, families)| {
        let name = text.strip_suffix(suffix)?;
        MODULES.iter().find(|(known, _)| *known == name).map(|(_, scheme)| (*scheme, families))
    })
}

/// Returns how long a probe may take, in milliseconds: what is configured, and no longer than the scraper waits, as
/// `X-Prometheus-Scrape-Timeout-Seconds` says.
pub fn timeout_ms(configured_ms: u32, scrape_timeout: Option<&str>) -> u32 {
    let seconds: Option<f64> = scrape_timeout.and_then(|text| text.trim().parse().ok()).filter(|s| *s > 0.0);
    let Some(wait) = seconds.and_then(|s| Duration::try_from_secs_f64(s).ok()) else { return configured_ms };
    let left = u32::try_from(wait.saturating_sub(WAY_BACK).as_millis()).unwrap_or(u32::MAX);
    configured_ms.min(left).max(LEAST_MS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use dualwatch_core::measure::target::Scheme;

    #[test]
    fn a_target_is_read_as_the_other_exporter_reads_it() {
        use Expected::{Ignored, Published, Required};
        for (query, url, families) in [
            ("target=shop.example", "http://shop.example/", [Published, Published]),
            ("target=https%3A%2F%2Fshop.example%2Fa%3Fb&module=http_2xx", "https://shop.example/a?b", [Published; 2]),
            ("module=tcp_connect_ipv6&target=shop.example:22", "tcp://shop.example:22", [Ignored, Required]),
            ("target=[2001:db8::1]:443&module=tls_connect_ip4", "tls://[2001:db8::1]:443", [Required, Ignored]),
            ("target=192.0.2.1&module=http_2xx_ipv4&debug=true", "http://192.0.2.1/", [Required, Ignored]),
        ] {
            let target = target(query).unwrap_or_else(|why| panic!("{query}: {why}"));
            assert_eq!(target.url(), url, "{query}");
            let [ipv4, ipv6] = families;
            assert_eq!(target.expect.families, PerFamily { ipv4, ipv6 }, "{query}");
        }
        let with_password = target("target=https://user:secret@shop.example/").unwrap();
        assert!(with_password.authorization.is_some() && with_password.endpoint.scheme == Scheme::Https);
        for (query, said) in [
            ("", "`target` is missing"),
            ("target=", "`target` is missing"),
            ("target=shop.example&module=icmp", "http_2xx, tcp_connect, tls_connect"),
            ("target=shop.example&module=", "no such module"),
            ("target=file:///etc/passwd", ""),
            ("target=tcp://shop.example", ""),
            ("target=http://[::1", ""),
        ] {
            let why = target(query).expect_err(query);
            assert!(why.contains(said), "{query}: {why}");
        }
    }

    #[test]
    fn a_probe_ends_before_the_scraper_gives_up() {
        for (header, expected) in [
            (None, 10_000),
            (Some("5"), 4_500),
            (Some("5.25"), 4_750),
            (Some("60"), 10_000),
            (Some("0.3"), 100),
            (Some("0"), 10_000),
            (Some("-1"), 10_000),
            (Some("NaN"), 10_000),
            (Some("1e300"), 10_000),
            (Some("soon"), 10_000),
        ] {
            assert_eq!(timeout_ms(10_000, header), expected, "{header:?}");
        }
    }
}
