//! What stands in front of the worker: proxies that say who asks, and the path below which they put the page.

use anyhow::{Result, bail};
use clap::ArgAction;
use dualwatch_edgehost::PROXY_HEADERS;
use dualwatch_wire::door::{
    base::Base,
    proxies::{Header, Proxies},
};

#[derive(clap::Args)]
pub struct Front {
    /// An address or a network (192.0.2.0/24) of proxies in front of this, which say who asks; may be given more than once
    #[arg(long, value_name = "CIDR", value_parser = network)]
    trusted_proxy: Vec<String>,
    /// A header that these proxies set, whatever the visitor has sent: X-Forwarded-For, X-Forwarded-Proto, X-Forwarded-Host,
    /// X-Forwarded-Port, Forwarded or CF-Connecting-IP; may be given more than once [default: the first two]
    #[arg(long, value_name = "NAME", value_parser = header, requires = "trusted_proxy", action = ArgAction::Append)]
    proxy_header: Vec<String>,
    /// The path below which the page stands [default: that of `public_url` in the configuration]
    #[arg(long, value_name = "PATH", value_parser = base)]
    base_path: Option<Base>,
}

/// The same as the worker's bindings.
pub struct Vars {
    pub vars: [(String, String); 3],
    pub base: Base,
}

impl Front {
    /// Returns the bindings that say this. `public_url` is the configuration's.
    pub fn vars(&self, public_url: Option<&str>) -> Result<Vars> {
        let (networks, headers) = (self.trusted_proxy.join(","), self.proxy_header.join(","));
        if let Err(why) = Proxies::parse(&networks, &headers) {
            bail!("--proxy-header: {why}");
        }
        let base = self.base(public_url)?;
        let vars = [("TRUSTED_PROXIES", networks), (PROXY_HEADERS, headers), ("BASE_PATH", base.as_str().to_owned())];
        Ok(Vars { vars: vars.map(|(name, value)| (name.to_owned(), value)), base })
    }

    fn base(&self, public_url: Option<&str>) -> Result<Base> {
        let Some(url) = public_url else { return Ok(self.base_path.clone().unwrap_or_default()) };
        let path = url.splitn(4, '/').nth(3).map_or_else(String::new, |path| format!("/{path}"));
        match &self.base_path {
            None => Base::parse(&path).map_err(|why| anyhow::anyhow!("the path of `public_url`: {why}")),
            Some(base) if base.as_str() == path => Ok(base.clone()),
            Some(base) => bail!(
                "--base-path is `{}/`, and `public_url` is {url}/: make one of them as the other is, or leave out --base-path",
                base.as_str()
            ),
        }
    }
}

fn network(text: &str) -> Result<String, String> {
    Proxies::parse(text, "").map(|_| text.to_owned())
}

fn header(text: &str) -> Result<String, String> {
    Header::parse(text).map(|header| header.name().to_owned())
}

fn base(text: &str) -> Result<Base, String> {
    Base::parse(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser as _;

    #[derive(clap::Parser)]
    struct Line {
        #[command(flatten)]
        front: Front,
    }

    fn vars(options: &[&str], public_url: Option<&str>) -> Result<Vec<String>, String> {
        let line = Line::try_parse_from(std::iter::once(&"serve").chain(options)).map_err(|e| e.to_string())?;
        let front = line.front.vars(public_url).map_err(|e| e.to_string())?;
        Ok(front.vars.into_iter().map(|(_, value)| value).collect())
    }

    #[test]
    fn options_become_bindings() {
        let check = |options: &[&str], public_url, expected: [&str; 3]| {
            assert_eq!(vars(options, public_url), Ok(expected.map(str::to_owned).to_vec()), "{options:?}");
        };
        check(&[], None, ["", "", ""]);
        check(&["--trusted-proxy", "::1", "--trusted-proxy=10.0.0.0/8"], None, ["::1,10.0.0.0/8", "", ""]);
        check(
            &["--trusted-proxy=::1", "--proxy-header=cf-connecting-ip", "--proxy-header", "X-Forwarded-Proto"],
            None,
            ["::1", "CF-Connecting-IP,X-Forwarded-Proto", ""],
        );
        check(&["--base-path", "/status/"], None, ["", "", "/status"]);
        check(&["--base-path", "/status"], Some("https://a.example/status"), ["", "", "/status"]);
        check(&[], Some("https://a.example/a/b"), ["", "", "/a/b"]);
        check(&[], Some("https://a.example"), ["", "", ""]);
    }

    #[test]
    fn what_is_wrong_is_said_with_what_would_be_right() {
        for (options, said) in [
            (&["--trusted-proxy", "nginx"][..], "`nginx` is no address and no network; write `192.0.2.1`"),
            (&["--trusted-proxy=::1", "--proxy-header=X-Real-IP"], "there are X-Forwarded-For, "),
            (&["--trusted-proxy=::1", "--proxy-header=X-Forwarded-Proto"], "none of the headers says who asks"),
            (&["--proxy-header=Forwarded"], "--trusted-proxy <CIDR>"),
            (&["--base-path", "status"], "it begins with a slash"),
            (&["--base-path", "/api/"], "choose another, such as `/status/`"),
        ] {
            let found = vars(options, None).unwrap_err();
            assert!(found.contains(said), "{options:?}: {found}");
        }
        let found = vars(&["--base-path", "/status/"], Some("https://a.example/other")).unwrap_err();
        assert!(found.contains("--base-path is `/status/`, and `public_url` is https://a.example/other/"), "{found}");
        let found = vars(&[], Some("https://a.example/api")).unwrap_err();
        assert!(found.contains("the path of `public_url`: `/api` begins as"), "{found}");
    }
}
