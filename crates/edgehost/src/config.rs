//! Writes workerd's configuration: one worker, two Durable Object classes, the page's files, a cron.

use crate::bundle::{Bundle, ModuleKind};
use dualwatch_wire::object::{self, STORES};
use std::fmt::Write as _;
use std::path::Path;

/// Which behaviour of the runtime the worker is written for; `wrangler.jsonc` names the same date.
pub const COMPATIBILITY_DATE: &str = "2026-08-01";

/// `node:zlib`, which packs answers, and nothing else of Node: its globals would be other ones than those we are built for.
pub const COMPATIBILITY_FLAGS: [&str; 3] = ["nodejs_compat", "no_nodejs_compat_v2", "no_nodejs_global_timers"];

/// Carries `ipv4` or `ipv6`, the family of the socket that took the connection; a client's own is replaced.
pub const LISTENER_HEADER: &str = "dualwatch-listener";

/// The text binding that names the headers of proxies, as `dualwatch_wire::door::proxies` reads it.
pub const PROXY_HEADERS: &str = "PROXY_HEADERS";

/// What only Cloudflare may say of the client; here a client could write it itself, so it is removed unless a proxy that is
/// trusted is said to write it.
const CLOUDFLARE_HEADERS: [&str; 3] = ["cf-connecting-ip", "cf-connecting-ipv6", "cf-pseudo-ipv4"];

/// Where the worker may connect to: the second wall behind its own rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Network {
    /// Public addresses only.
    Public,
    /// Private, link-local and loopback addresses as well.
    Everywhere,
}

impl Network {
    fn allow(self) -> &'static str {
        match self {
            Self::Public => r#"["public"]"#,
            Self::Everywhere => r#"["public", "private", "local"]"#,
        }
    }
}

/// One listening socket: its name on workerd's command line and the family of its address.
pub struct Socket {
    pub name: String,
    pub is_ipv6: bool,
}

pub struct Config<'a> {
    pub bundle: &'a Bundle,
    /// Holds the two folders that workerd writes to.
    pub data: &'a Path,
    pub sockets: &'a [Socket],
    /// Names of text bindings; their values are environment variables, so that no secret is in this file.
    pub vars: &'a [&'a str],
    pub network: Network,
    /// Whether what Cloudflare says of the client comes from a tunnel.
    pub has_tunnel: bool,
    /// Further roots, PEM, for the worker's own `fetch`.
    pub extra_ca: &'a [String],
}

/// The environment variable that holds the text binding `name`.
pub fn variable(name: &str) -> String {
    format!("DUALWATCH_{name}")
}

impl Config<'_> {
    /// Returns the text of the `.capnp` file. The modules are found below `-I <worker folder>`.
    pub fn render(&self) -> String {
        let [objects, cron] = STORES.map(|store| text(&self.data.join(store).to_string_lossy()));
        let site = text(&self.bundle.site_dir().to_string_lossy());
        let site_config = text(&site_config());
        let date = text(COMPATIBILITY_DATE);
        let flags = COMPATIBILITY_FLAGS.map(text).join(", ");
        format!(
            r#"# Written anew at each start.
using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "site", assets = (path = {site}, config = {site_config}, userWorker = "main")),
    (name = "main", worker = (
      compatibilityDate = {date},
      compatibilityFlags = [{flags}],
      modules = [{modules}
      ],
      bindings = [
        (name = "TARGETS", durableObjectNamespace = "TargetObject"),
        (name = "DIRECTORY", durableObjectNamespace = "DirectoryObject"),
        (name = "ASSETS", service = (name = "site", entrypoint = "AssetWorker")),{vars}
      ],
      durableObjectNamespaces = [
        (className = "TargetObject", uniqueKey = {targets}, enableSql = true),
        (className = "DirectoryObject", uniqueKey = {directory}, enableSql = true),
      ],
      durableObjectStorage = (localDisk = "objects"),
    )),
    (name = "cron", worker = (
      compatibilityDate = {date},
      compatibilityFlags = ["service_binding_extra_handlers"],
      modules = [(name = "cron.js", bundled = "/workerd/cron.js")],
      bindings = [
        (name = "SCHEDULE", durableObjectNamespace = "Schedule"),
        (name = "CRONS", json = "{{\"MAIN\":[\"* * * * *\"]}}"),
        (name = "MAIN", service = "main"),
      ],
      durableObjectNamespaces = [(className = "Schedule", uniqueKey = "dualwatch-cron-v1", enableSql = true)],
      durableObjectStorage = (localDisk = "cron-store"),
    )),
    (name = "internet", network = (
      allow = {allow},
      tlsOptions = (trustBrowserCas = true, trustedCertificates = [{roots}]),
    )),
    (name = "objects", disk = (path = {objects}, writable = true)),
    (name = "cron-store", disk = (path = {cron}, writable = true)),
  ],
  sockets = [{sockets}
  ],
);
"#,
            targets = text(object::TARGETS),
            directory = text(object::DIRECTORY),
            modules = self.modules(),
            vars = self.bindings(),
            allow = self.network.allow(),
            roots = self.extra_ca.iter().map(|pem| text(pem)).collect::<Vec<_>>().join(", "),
            sockets = self.sockets(),
        )
    }

    fn modules(&self) -> String {
        self.bundle.modules.iter().fold(String::new(), |mut out, module| {
            let kind = match module.kind {
                ModuleKind::EsModule => "esModule",
                ModuleKind::Wasm => "wasm",
            };
            let file = text(&format!("/{}", module.name));
            let _ = write!(out, "\n        (name = {}, {kind} = embed {file}),", text(&module.name));
            out
        })
    }

    fn bindings(&self) -> String {
        self.vars.iter().fold(String::new(), |mut out, name| {
            let from = text(&variable(name));
            let _ = write!(out, "\n        (name = {}, fromEnvironment = {from}),", text(name));
            out
        })
    }

    fn sockets(&self) -> String {
        self.sockets.iter().fold(String::new(), |mut out, socket| {
            let (name, family) = (text(&socket.name), if socket.is_ipv6 { "ipv6" } else { "ipv4" });
            // Straight to the worker, which asks the site for its files: through the site, every body is copied once more.
            // No `cfBlobHeader`: with one, a client could write its own `request.cf`.
            let removed = CLOUDFLARE_HEADERS.iter().filter(|_| !self.has_tunnel);
            let removed = removed.fold(String::new(), |all, header| all + ", (name = \"" + header + "\")");
            let _ = write!(
                out,
                "\n    (name = {name}, service = \"main\", http = (injectRequestHeaders = [\n      \
                 (name = \"{LISTENER_HEADER}\", value = \"{family}\"){removed}])),"
            );
            out
        })
    }
}

/// Names below `/assets/` contain a hash of the content; everything else is the worker's.
fn site_config() -> String {
    serde_json::json!({
        "html_handling": "none",
        "not_found_handling": "none",
        // The worker sets the same, for a file that exists in several forms.
        "headers": "/assets/*\n  Cache-Control: public, max-age=31536000, immutable\n  X-Content-Type-Options: nosniff\n",
    })
    .to_string()
}

/// Returns `value` as a Cap'n Proto text literal.
fn text(value: &str) -> String {
    let mut out = String::from('"');
    for c in value.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            c if c.is_ascii_control() => {
                let _ = write!(out, "\\x{:02x}", c as u32);
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bundle::{Module, Pages, WidgetAssets};

    fn rendered(network: Network) -> String {
        rendered_with(network, false)
    }

    fn rendered_with(network: Network, has_tunnel: bool) -> String {
        let modules = vec![
            Module { name: "shim.js".into(), kind: ModuleKind::EsModule },
            Module { name: "index_bg.wasm".into(), kind: ModuleKind::Wasm },
        ];
        Config {
            bundle: &Bundle::new("/bundle".into(), "ring".into(), modules, Pages::new(), WidgetAssets::default()),
            data: Path::new("/data \"quoted\""),
            sockets: &[Socket { name: "listen-0".into(), is_ipv6: true }],
            vars: &["ADMIN_TOKEN"],
            network,
            has_tunnel,
            extra_ca: &[],
        }
        .render()
    }

    #[test]
    fn every_part_is_there() {
        let config = rendered(Network::Public);
        for part in [
            r#"(name = "shim.js", esModule = embed "/shim.js")"#,
            r#"(name = "index_bg.wasm", wasm = embed "/index_bg.wasm")"#,
            r#"(name = "ADMIN_TOKEN", fromEnvironment = "DUALWATCH_ADMIN_TOKEN")"#,
            r#"(name = "dualwatch-listener", value = "ipv6"), (name = "cf-connecting-ip"), (name = "cf-connecting-ipv6")"#,
            r#"path = "/data \"quoted\"/objects", writable = true"#,
            r#"allow = ["public"]"#,
        ] {
            assert!(config.contains(part), "{part} is not in\n{config}");
        }
    }

    #[test]
    fn what_cloudflare_says_is_kept_for_a_tunnel_alone() {
        assert_eq!(rendered(Network::Public).matches("cf-").count(), 3);
        let config = rendered_with(Network::Public, true);
        assert!(!config.contains("cf-") && config.contains(r#"value = "ipv6")])),"#), "{config}");
    }

    #[test]
    fn private_addresses_are_allowed_only_on_demand() {
        assert!(!rendered(Network::Public).contains("private"));
        assert!(rendered(Network::Everywhere).contains(r#"allow = ["public", "private", "local"]"#));
    }

    /// Promise (Texts): No text of an operator leaves its place in workerd's configuration.
    #[test]
    fn text_is_quoted() {
        assert_eq!(text("a\"b\\c\nd\te"), r#""a\"b\\c\nd\x09e""#);
    }

    #[test]
    fn cloudflare_gets_the_same_worker() {
        let wrangler = include_str!("../../../worker/wrangler.jsonc");
        let flags = format!("\"compatibility_flags\": {COMPATIBILITY_FLAGS:?}");
        for part in [COMPATIBILITY_DATE, &*flags, "\"TargetObject\", \"DirectoryObject\"", "\"* * * * *\""] {
            assert!(wrangler.contains(part), "{part}");
        }
    }
}
