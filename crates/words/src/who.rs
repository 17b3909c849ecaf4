//! Who suffers, by name: what real clients do with the fault at hand, as it was measured, in every language.

pub mod address;
pub mod page;

use crate::{clients::NOT_MEASURED, widget::in_language as tell};
use dualwatch_clients::{
    Class, Fared, Fate, Fault, Group, Kept, MEASURED_ON, Met, Protocol, Unmeasured, all, groups, named,
};
use dualwatch_core::measure::family::Family;
use dualwatch_wire::{
    answer::language::Language,
    v1::{RealClient, RealClients, RealFate},
};

/// So many of one fate are named; of the others it is said how many they are.
const MAX_NAMES: usize = 8;

/// Returns what real clients do with what was met at a URL, and those of the operator's stack among them: a line for each
/// fate, whoever suffers most first; one alone where the fault was not run. `None`: there is nothing to suffer from, or no client of the kind was run.
pub fn real_clients(language: Language, met: Met, url: &str, stack: &[String]) -> Option<RealClients> {
    let protocol = Protocol::of(url)?;
    let fault = match measured(language, met)? {
        Ok(fault) => fault,
        Err(said) => return Some(said),
    };
    let colon = tell(language, [": ", "：", ": "]);
    let groups = groups(fault, protocol);
    if groups.is_empty() {
        return real_clients(language, Met::Unmeasured(Unmeasured::Protocol), url, stack);
    }
    let line = |group: &Group| RealFate {
        fate: group.class.code().to_owned(),
        text: [&*class_of(language, fault, group.class), colon, &names(language, &group.clients)].concat(),
    };
    let stack = named(fault, stack.iter().map(String::as_str));
    Some(RealClients {
        fault: fault.code().to_owned(),
        lines: groups.iter().map(line).collect(),
        stack: stack.into_iter().map(|fared| alone(language, fault, fared)).collect(),
        source: source(language, fault),
    })
}

/// Returns the fault whose rows say what real clients do, or what is said where there are none. `None`: there is nothing to
/// suffer from.
fn measured(language: Language, met: Met) -> Option<Result<Fault, RealClients>> {
    match met {
        Met::Nothing => None,
        Met::Measured(fault) => Some(Ok(fault)),
        Met::Unmeasured(why) => {
            let lines = vec![not_measured(language, why)];
            Some(Err(RealClients { fault: why.code().to_owned(), lines, stack: Vec::new(), source: String::new() }))
        }
    }
}

/// Returns the same in a language.
pub fn in_language(language: Language, said: &RealClients, url: &str) -> Option<RealClients> {
    let stack: Vec<String> = said.stack.iter().map(|client| client.client.clone()).collect();
    real_clients(language, Met::from_code(&said.fault)?, url, &stack)
}

/// Returns where the names come from, to stand below them.
fn source(language: Language, fault: Fault) -> String {
    let text = tell(
        language,
        [
            "Measured on @ with # clients and settings on Linux, IPv4 being well: /clients has all of them",
            "于 @ 在 Linux 上用 # 种客户端及设置实测，测试时 IPv4 正常；全部结果见 /clients",
            "Gemessen am @ mit # Programmen und Einstellungen unter Linux, bei gesundem IPv4; alle stehen unter /clients",
        ],
    );
    of_family(fault, text).replace('@', MEASURED_ON).replace('#', &all().len().to_string())
}

/// Returns a text that was written for a fault of IPv6 as it is for this fault, where the families may have changed places.
fn of_family(fault: Fault, text: &str) -> String {
    match fault.family() {
        Family::Ipv6 => text.to_owned(),
        Family::Ipv4 => text.replace("IPv4", "IPv6"),
    }
}

fn class_of(language: Language, fault: Fault, class: Class) -> String {
    let texts = match class {
        Class::Fails => [
            "Not served, although IPv4 is well",
            "尽管 IPv4 正常，仍无法访问",
            "Ohne Antwort, obwohl IPv4 in Ordnung ist",
        ],
        Class::Partly => ["Fail now and then", "时而失败", "Scheitern ab und zu"],
        Class::Waits => {
            ["Wait, then get there over IPv4", "等待之后经 IPv4 访问成功", "Warten und kommen dann über IPv4 an"]
        }
        Class::Unnoticed => ["Lose less than a second", "延误不到一秒", "Verlieren weniger als eine Sekunde"],
        Class::Untouched => [
            "Use IPv4 first and never meet it",
            "优先使用 IPv4，不受影响",
            "Nehmen zuerst IPv4 und merken nichts davon",
        ],
    };
    of_family(fault, tell(language, texts))
}

/// Returns what becomes of one client, and which setting changes that.
fn alone(language: Language, fault: Fault, Fared { client, fate }: Fared) -> RealClient {
    let colon = tell(language, [": ", "：", ": "]);
    let mut text = [client.name, " ", client.version, colon, &class_of(language, fault, Class::of(fate))].concat();
    if let Some(note) = note(language, fate) {
        let [open, close] = brackets(language);
        text.extend([open, &note, close]);
    }
    if !client.settings.is_empty() && client.settings != "none" {
        text += tell(language, [". Settings: ", "。相关设置：", ". Einstellungen: "]);
        text += client.settings;
    }
    RealClient { client: client.id.to_owned(), text }
}

/// Returns what stands around a remark.
const fn brackets(language: Language) -> [&'static str; 2] {
    match language {
        Language::ZhHans => ["（", "）"],
        Language::En | Language::De => [" (", ")"],
    }
}

/// Returns names, those of the same note together, in the order in which the first of each stands.
fn names(language: Language, clients: &[Fared]) -> String {
    let (comma, semicolon) = match language {
        Language::ZhHans => ("、", "；"),
        Language::En | Language::De => (", ", "; "),
    };
    let mut noted: Vec<(Option<String>, Vec<&str>)> = Vec::new();
    for Fared { client, fate } in clients.iter().take(MAX_NAMES) {
        let note = note(language, *fate);
        match noted.iter_mut().find(|(known, _)| *known == note) {
            Some((_, names)) => names.push(client.name),
            None => noted.push((note, vec![client.name])),
        }
    }
    let [open, close] = brackets(language);
    let parts = noted.into_iter().map(|(note, names)| {
        let names = names.join(comma);
        note.map_or_else(|| names.clone(), |note| [&names, open, &note, close].concat())
    });
    let mut text = parts.collect::<Vec<_>>().join(semicolon);
    let n_more = clients.len().saturating_sub(MAX_NAMES);
    if n_more > 0 {
        text += &tell(language, [" and @ more", "，另有 @ 种", " und @ weitere"]).replace('@', &n_more.to_string());
    }
    text
}

/// Returns what is said of one fate beyond its class.
fn note(language: Language, fate: Fate) -> Option<String> {
    let (texts, after_s) = match fate {
        Fate::Unnoticed | Fate::Untouched => return None,
        Fate::Waits { after_s, kept: Kept::Nothing } => (["@", "@", "@"], after_s),
        Fate::Waits { after_s, kept: Kept::Family } => {
            (["@, the first request alone", "@，仅首次请求", "@, nur die erste Anfrage"], after_s)
        }
        Fate::Fails { after_s, is_cut: true } => {
            (["still waiting after @", "@后仍在等待", "nach @ noch am Warten"], after_s)
        }
        Fate::Fails { after_s, .. } if after_s < 1.0 => {
            return Some(tell(language, ["at once", "立即失败", "sofort"]).to_owned());
        }
        Fate::Fails { after_s, is_cut: false } => (["gives up after @", "@后放弃", "gibt nach @ auf"], after_s),
        Fate::Partly { served, of } => {
            let text =
                tell(language, ["@ of # requests served", "# 次请求中 @ 次成功", "@ von # Anfragen beantwortet"]);
            return Some(text.replace('@', &served.to_string()).replace('#', &of.to_string()));
        }
    };
    Some(tell(language, texts).replace('@', &lasting(language, after_s)))
}

/// Returns so many seconds as they are worth being read: the measurements say no more than that.
pub(crate) fn lasting(language: Language, seconds: f64) -> String {
    let [min, s] = match language {
        Language::ZhHans => [" 分钟", " 秒"],
        Language::En | Language::De => [" min", " s"],
    };
    // From a minute on by quarters of it: the kernel's own limit is 131 to 135 s.
    if seconds < 60.0 {
        return format!("{:.0}{s}", seconds.max(1.0));
    }
    let quarters = (seconds / 15.0).round();
    let (minutes, rest) = ((quarters / 4.0).floor(), quarters % 4.0 * 15.0);
    if rest > 0.0 { format!("{minutes:.0}{min} {rest:.0}{s}") } else { format!("{minutes:.0}{min}") }
}

fn not_measured(language: Language, why: Unmeasured) -> RealFate {
    let colon = tell(language, [": ", "：", ": "]);
    let why = match why {
        Unmeasured::Ipv4 => [
            "IPv4 fails here, in a way that was run over IPv6 alone",
            "此处是 IPv4 失败，而这种失败方式只在 IPv6 上做过实测",
            "hier versagt IPv4, und zwar so, wie es nur über IPv6 durchgespielt wurde",
        ],
        Unmeasured::Vague => [
            "nothing tells in which way the connection failed",
            "无从得知连接以何种方式失败",
            "nichts verrät, auf welche Weise die Verbindung scheiterte",
        ],
        Unmeasured::Reset => [
            "the connection was broken off, which was not run",
            "连接中途被切断，这种情况未做实测",
            "die Verbindung wurde abgebrochen, und das wurde nicht durchgespielt",
        ],
        Unmeasured::Dns => [
            "the name has no answer for one family, which was not run",
            "域名在一个协议族上没有应答，这种情况未做实测",
            "der Name hat für eine Familie keine Antwort, und das wurde nicht durchgespielt",
        ],
        Unmeasured::Answers => [
            "it answers over IPv6, but not as it should, and whoever has connected there stays there",
            "它经 IPv6 应答，但应答不正确；已建立连接的客户端不会再换用 IPv4",
            "es antwortet über IPv6, aber nicht wie es soll, und wer dort verbunden ist, bleibt dort",
        ],
        Unmeasured::Protocol => [
            "no client of what is spoken there was run with this fault",
            "尚未用该协议的客户端实测过这种故障",
            "kein Programm für das, was dort gesprochen wird, wurde damit durchgespielt",
        ],
    };
    RealFate {
        fate: "not_measured".to_owned(),
        text: [tell(language, NOT_MEASURED), colon, tell(language, why)].concat(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const URL: &str = "https://service.example/";

    fn texts(language: Language, met: Met) -> Vec<String> {
        real_clients(language, met, URL, &[]).unwrap().lines.into_iter().map(|line| line.text).collect()
    }

    #[test]
    fn silence_is_told_by_name() {
        let silent = texts(Language::En, Met::Measured(Fault::Silent));
        assert_eq!(
            silent,
            [
                "Not served, although IPv4 is well: HAProxy (gives up after 20 s); Envoy (gives up after 5 s); PHP streams, \
                 Ruby Net::HTTP (gives up after 1 min); Node.js 18 fetch, check_http (gives up after 10 s); \
                 blackbox_exporter (gives up after 2 min); Python aiohttp (happy_eyeballs_delay=None) (gives up after 30 s) \
                 and 6 more",
                "Fail now and then: Envoy (dns_lookup_family=ALL) (2 of 3 requests served)",
                "Wait, then get there over IPv4: wget (2 min 15 s, the first request alone); Python requests, \
                 Python urllib, Python urllib3, Rust ureq, Perl LWP (2 min 15 s); nginx (proxy_pass) (1 min, the first \
                 request alone); Python httpx (5 s) and 16 more",
                "Lose less than a second: Chromium, Firefox ESR, WebKitGTK, curl, git (over HTTP), apt-get, \
                 Node.js 22 fetch, Node.js 24 fetch and 35 more",
                "Use IPv4 first and never meet it: Java HttpClient, Varnish, Squid (forward proxy), Java HttpURLConnection, \
                 OkHttp, Deno node:http, Erlang httpc",
            ]
        );
    }

    #[test]
    fn every_language_names_at_least_ten() {
        for language in Language::ALL {
            for fault in [Fault::Refused, Fault::Silent, Fault::Prohibited, Fault::Mute] {
                let all = texts(language, Met::Measured(fault)).concat();
                let n = dualwatch_clients::all().iter().filter(|client| all.contains(client.name)).count();
                assert!(n >= 10, "{language:?} {}: {n}: {all}", fault.code());
            }
        }
        let zh = texts(Language::ZhHans, Met::Measured(Fault::Refused));
        assert!(zh[0].starts_with("尽管 IPv4 正常，仍无法访问：HAProxy（3 秒后放弃）；Envoy"), "{}", zh[0]);
        let de = texts(Language::De, Met::Measured(Fault::Mute));
        assert!(de[0].contains("Chromium (gibt nach 2 min 45 s auf); Firefox ESR, curl"), "{}", de[0]);
    }

    #[test]
    fn what_was_said_in_one_language_is_said_in_another() {
        let stack = vec!["nginx".to_owned(), "node-22".to_owned()];
        for met in [Met::Measured(Fault::Silent), Met::Unmeasured(Unmeasured::Reset)] {
            let [en, de] =
                [Language::En, Language::De].map(|language| real_clients(language, met, URL, &stack).unwrap());
            assert_eq!(in_language(Language::De, &en, URL), Some(de));
        }
    }

    #[test]
    fn what_was_not_run_is_said_and_nothing_is_guessed() {
        let said = real_clients(Language::En, Met::Unmeasured(Unmeasured::Ipv4), URL, &[]).unwrap();
        assert_eq!((said.fault, said.source, said.lines.len()), ("ipv4".to_owned(), String::new(), 1));
        assert_eq!(said.lines[0].fate, "not_measured");
        assert_eq!(
            said.lines[0].text,
            "What real clients do then was not measured: IPv4 fails here, in a way that was run over IPv6 alone"
        );
        assert_eq!(real_clients(Language::De, Met::Nothing, URL, &[]), None);
        let of_dns = real_clients(Language::De, Met::Measured(Fault::Silent), "dns://[2001:db8::53]/a.example", &[]);
        assert_eq!(of_dns, None);
    }

    #[test]
    fn a_port_has_its_own_clients_named_first() {
        let line = |port: u16, fate: &str| {
            let url = format!("tcp://a.example:{port}");
            let said = real_clients(Language::En, Met::Measured(Fault::Silent), &url, &[]).unwrap();
            said.lines.into_iter().find(|line| line.fate == fate).unwrap().text
        };
        let check = |port, fate, names: &str| {
            let line = line(port, fate);
            assert!(line.split_once(": ").unwrap().1.starts_with(names), "{port}: {line}");
        };
        check(22, "waits", "ssh, ");
        check(25, "waits", "Postfix");
        check(5432, "waits", "psql (libpq), Python psycopg2, ");
        check(6379, "untouched", "redis-cli");
        check(6379, "waits", "redis-py");
    }

    #[test]
    fn of_a_fault_of_ipv4_the_families_have_changed_places() {
        let said = texts(Language::En, Met::Measured(Fault::Ipv4Silent));
        assert!(
            said.iter().any(|line| line.starts_with("Not served, although IPv6 is well: Java HttpClient")),
            "{said:?}"
        );
        assert!(said.iter().any(|line| line.starts_with("Use IPv6 first and never meet it: Chromium, ")), "{said:?}");
        assert!(said.iter().all(|line| !line.contains("IPv4")), "{said:?}");
        let tcp = |fault| real_clients(Language::De, Met::Measured(fault), "tcp://db.example:5432", &[]).unwrap();
        assert_eq!(tcp(Fault::PathMtu).fault, "protocol");
        assert_eq!(tcp(Fault::Ipv4Silent).fault, "ipv4_silent");
    }

    #[test]
    fn the_stack_of_an_operator_has_a_line_each_with_its_setting() {
        let stack = ["nginx", "curl"].map(str::to_owned);
        let lines = real_clients(Language::En, Met::Measured(Fault::Silent), URL, &stack).unwrap();
        let lines: Vec<String> = lines.stack.into_iter().map(|client| client.text).collect();
        assert_eq!(
            lines,
            [
                "nginx (proxy_pass) 1.26.3-3+deb13u11: Wait, then get there over IPv4 (1 min, the first request alone). \
                 Settings: proxy_connect_timeout 60s; proxy_read_timeout 60s; max_fails 1 fail_timeout 10s; round robin \
                 over both families",
                "curl 8.14.1-2+deb13u7: Lose less than a second. Settings: --happy-eyeballs-timeout-ms 200; \
                 --connect-timeout ~300 s; --max-time none; -4/-6",
            ]
        );
    }
}
