//! The words of `/clients`.

use super::{lasting, of_family};
use crate::{clients::waited, widget::in_language as tell};
use dualwatch_clients::{Class, Fate, Fault, Kept, Kind};
use dualwatch_wire::answer::language::Language;

/// A text of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Label {
    Title,
    Lead,
    Method,
    MethodText,
    Faults,
    /// In the head of the faults.
    Broken,
    /// In the head of those who fared so.
    Class(Class),
    Client,
    Settings,
    /// Before what has no column.
    More,
    /// The form that looks for clients; and what leads back to all.
    Find,
    Search,
    Every,
    /// That what follows a `~` was not confirmed.
    SettingsHint,
    AsJson,
    Of(Kind),
    /// In the head of a column.
    Fault(Fault),
    /// What a column stands for.
    Means(Fault),
}

/// Returns a text in a language.
pub const fn label(language: Language, label: Label) -> &'static str {
    let texts = match label {
        Label::Title => [
            "What real clients do when IPv6 is broken",
            "IPv6 出故障时，真实客户端会怎样",
            "Was wirkliche Programme tun, wenn IPv6 gestört ist",
        ],
        Label::Lead => [
            "One family of a name is broken as it is said, and the other is well. Some clients notice nothing, some wait for \
             minutes, some fail although the other family would have answered.",
            "域名的一个协议族如所述出故障，另一个正常。有的客户端毫无察觉，有的要等几分钟，有的尽管另一协议族可用仍然失败。",
            "Eine Familie eines Namens ist so gestört, wie es dort steht, die andere ist gesund. Manche Programme merken nichts, \
             manche warten Minuten, manche scheitern, obwohl die andere Familie geantwortet hätte.",
        ],
        Label::Method => ["How it was measured", "测量方法", "Wie gemessen wurde"],
        Label::MethodText => [
            "On one Linux machine (kernel 6.18) in network namespaces, one run for each client and fault, with a round trip of \
             10 ms. A number is the seconds from the first DNS query to the first byte of the server, read off the packets; where \
             three requests were made it is the slowest. Trust tenths of a second, not hundredths.",
            "在一台 Linux 机器（内核 6.18）的网络命名空间中测量，每个客户端和故障各运行一次，往返时延 10 毫秒。数字为从首次 DNS \
             查询到收到服务器首字节的秒数，取自数据包；发出三次请求的取最慢的一次。十分之一秒可信，百分之一秒不可信。",
            "Auf einem Linux-Rechner (Kernel 6.18) in Netzwerk-Namensräumen, ein Lauf je Programm und Fehler, bei 10 ms Umlaufzeit. \
             Eine Zahl sind die Sekunden von der ersten DNS-Frage bis zum ersten Byte des Servers, aus den Paketen gelesen; bei \
             drei Anfragen die der langsamsten. Zehntelsekunden sind verlässlich, Hundertstel nicht.",
        ],
        Label::Faults => ["How many get through", "有多少能访问成功", "Wie viele durchkommen"],
        Label::Broken => ["What is broken", "何种故障", "Was gestört ist"],
        Label::Class(class) => return of_class(language, class),
        Label::More => ["more", "更多", "mehr"],
        Label::Find => ["Find a client", "查找客户端", "Programm suchen"],
        Label::Search => ["Search", "查找", "Suchen"],
        Label::Every => ["All clients", "所有客户端", "Alle Programme"],
        Label::Client => ["Client", "客户端", "Programm"],
        Label::Settings => ["Settings", "设置", "Einstellungen"],
        Label::SettingsHint => [
            "Settings with their defaults; ~ stands before what was not confirmed.",
            "设置及其默认值；~ 表示未经证实。",
            "Einstellungen mit ihren Vorgaben; ~ steht vor dem, was nicht bestätigt ist.",
        ],
        Label::AsJson => ["The same as JSON", "JSON 格式", "Dasselbe als JSON"],
        Label::Of(kind) => return of_kind(language, kind),
        Label::Fault(fault) => return name(language, fault),
        Label::Means(fault) => return meaning(language, fault),
    };
    tell(language, texts)
}

const fn of_class(language: Language, class: Class) -> &'static str {
    let texts = match class {
        Class::Fails => ["not served", "无法访问", "ohne Antwort"],
        Class::Partly => ["now and then", "时而成功", "ab und zu"],
        Class::Waits => ["after a wait", "等待后成功", "nach Wartezeit"],
        Class::Unnoticed => ["in under 1 s", "不到一秒", "in unter 1 s"],
        Class::Untouched => ["not affected", "不受影响", "nicht betroffen"],
    };
    tell(language, texts)
}

/// Returns how many clients were found.
pub fn found(language: Language, n: usize) -> String {
    let texts = match n {
        0 => ["No client of this name", "没有这个名称的客户端", "Kein Programm dieses Namens"],
        1 => ["1 client", "1 种客户端", "1 Programm"],
        _ => ["@ clients", "@ 种客户端", "@ Programme"],
    };
    tell(language, texts).replace('@', &n.to_string())
}

/// Returns from how long to how long the waits are; nothing where there is none.
pub fn waits(language: Language, waits: &[f64]) -> String {
    let least = waits.iter().copied().reduce(f64::min);
    let most = waits.iter().copied().reduce(f64::max);
    least.zip(most).map_or_else(String::new, |(least, most)| waited(language, least, most))
}

const fn of_kind(language: Language, kind: Kind) -> &'static str {
    let texts = match kind {
        Kind::Browser => ["Browsers", "浏览器", "Browser"],
        Kind::Program => ["Programs", "命令行程序", "Programme"],
        Kind::Library => ["Languages and libraries", "编程语言与库", "Sprachen und Bibliotheken"],
        Kind::Proxy => ["Proxies", "代理", "Proxys"],
        Kind::Monitor => ["Monitors", "监控程序", "Überwachung"],
        Kind::Mail => ["Mail servers", "邮件服务器", "Mailserver"],
    };
    tell(language, texts)
}

const fn name(language: Language, fault: Fault) -> &'static str {
    let texts = match fault {
        Fault::Healthy => ["healthy", "正常", "gesund"],
        Fault::Refused => ["refused", "被拒绝", "abgelehnt"],
        Fault::Silent => ["silent", "无响应", "stumm"],
        Fault::AllSilent => ["four silent", "四个地址无响应", "vier stumm"],
        Fault::Unreachable => ["no route", "无路由", "keine Route"],
        Fault::Prohibited => ["prohibited", "被禁止", "verboten"],
        Fault::Mute => ["accepts, then silence", "接受连接后沉默", "nimmt an, schweigt"],
        Fault::Slow => ["slow", "缓慢", "langsam"],
        Fault::NoIpv6 => ["no IPv6 here", "本机无 IPv6", "hier kein IPv6"],
        Fault::NoIpv6Slow => ["no IPv6 here, slow", "本机无 IPv6，缓慢", "hier kein IPv6, langsam"],
        Fault::NoRoute => ["router: no route", "路由器：无路由", "Router: keine Route"],
        Fault::MuteTls => ["TLS gets no answer", "TLS 无应答", "TLS ohne Antwort"],
        Fault::Certificate => ["wrong certificate", "证书错误", "falsches Zertifikat"],
        Fault::PathMtu => ["large packets lost", "大数据包丢失", "große Pakete verloren"],
        Fault::Ipv4Refused => ["IPv4 refused", "IPv4 被拒绝", "IPv4 abgelehnt"],
        Fault::Ipv4Silent => ["IPv4 silent", "IPv4 无响应", "IPv4 stumm"],
        Fault::Ipv4Mute => ["IPv4 accepts, then silence", "IPv4 接受连接后沉默", "IPv4 nimmt an, schweigt"],
    };
    tell(language, texts)
}

const fn meaning(language: Language, fault: Fault) -> &'static str {
    let texts = match fault {
        Fault::Healthy => ["both families work", "两个协议族都正常", "beide Familien antworten"],
        Fault::Refused => [
            "nothing listens there: a reset after one round trip",
            "无人监听：一个往返后收到 RST",
            "dort lauscht niemand: nach einem Umlauf kommt ein RST",
        ],
        Fault::Silent => [
            "the SYN is dropped and nothing comes, the usual way to be broken",
            "SYN 被丢弃，没有任何回应，这是最常见的故障",
            "das SYN wird verworfen und nichts kommt, die übliche Störung",
        ],
        Fault::AllSilent => {
            ["the same with four IPv6 addresses", "同上，但有四个 IPv6 地址", "dasselbe mit vier IPv6-Adressen"]
        }
        Fault::Unreachable => [
            "the client's own kernel has no route there",
            "客户端自身的内核没有到该地址的路由",
            "der eigene Kernel hat keine Route dorthin",
        ],
        Fault::Prohibited => [
            "a router answers “administratively prohibited”",
            "路由器回复“管理上禁止”",
            "ein Router antwortet „administrativ verboten“",
        ],
        Fault::Mute => [
            "TCP is accepted, and then nothing is said: Happy Eyeballs ends there",
            "TCP 连接被接受，之后没有任何数据：Happy Eyeballs 到此为止",
            "TCP wird angenommen, und dann kommt nichts: Happy Eyeballs endet dort",
        ],
        Fault::Slow => [
            "a round trip of 400 ms over both families",
            "两个协议族往返时延均为 400 毫秒",
            "400 ms Umlaufzeit über beide Familien",
        ],
        Fault::NoIpv6 => [
            "the client has no IPv6 at all; the name has",
            "客户端完全没有 IPv6，而域名有",
            "das Gerät hat gar kein IPv6, der Name schon",
        ],
        Fault::NoIpv6Slow => [
            "the same with a round trip of 400 ms over IPv4",
            "同上，且 IPv4 往返时延为 400 毫秒",
            "dasselbe mit 400 ms Umlaufzeit über IPv4",
        ],
        Fault::NoRoute => [
            "a router answers “no route to destination”",
            "路由器回复“没有到目的地的路由”",
            "ein Router antwortet „keine Route zum Ziel“",
        ],
        Fault::MuteTls => [
            "TCP is accepted, and the handshake of TLS gets no answer",
            "TCP 连接被接受，但 TLS 握手得不到应答",
            "TCP wird angenommen, der TLS-Handschlag bleibt ohne Antwort",
        ],
        Fault::Certificate => [
            "over IPv6 the certificate is for another name; over IPv4 it is right",
            "IPv6 上的证书属于别的域名；IPv4 上的证书正确",
            "über IPv6 gilt das Zertifikat einem anderen Namen; über IPv4 stimmt es",
        ],
        Fault::PathMtu => [
            "packets of more than 1,280 bytes vanish, and the answer has 8 kB",
            "超过 1280 字节的数据包消失，而应答有 8 kB",
            "Pakete über 1.280 Bytes verschwinden, und die Antwort hat 8 kB",
        ],
        Fault::Ipv4Refused => [
            "IPv6 is well; over IPv4 a reset after one round trip",
            "IPv6 正常；IPv4 上一个往返后收到 RST",
            "IPv6 ist gesund; über IPv4 kommt nach einem Umlauf ein RST",
        ],
        Fault::Ipv4Silent => [
            "IPv6 is well; over IPv4 the SYN is dropped",
            "IPv6 正常；IPv4 上 SYN 被丢弃",
            "IPv6 ist gesund; über IPv4 wird das SYN verworfen",
        ],
        Fault::Ipv4Mute => [
            "IPv6 is well; over IPv4 TCP is accepted, and then nothing is said",
            "IPv6 正常；IPv4 上 TCP 连接被接受，之后没有任何数据",
            "IPv6 ist gesund; über IPv4 wird TCP angenommen, und dann kommt nichts",
        ],
    };
    tell(language, texts)
}

/// Returns a cell: how a client fared, in a word or two.
pub fn cell(language: Language, fault: Fault, fate: Option<Fate>) -> String {
    let Some(fate) = fate else { return "–".to_owned() };
    let (texts, after_s) = match fate {
        Fate::Untouched => {
            return of_family(fault, tell(language, ["IPv4 first", "优先 IPv4", "IPv4 zuerst"]));
        }
        Fate::Unnoticed => return tell(language, ["well", "正常", "gut"]).to_owned(),
        Fate::Partly { served, of } => {
            let text = tell(language, ["@ of #", "#次中@次", "@ von #"]);
            return text.replace('@', &served.to_string()).replace('#', &of.to_string());
        }
        Fate::Waits { after_s, kept: Kept::Nothing } => (["@", "@", "@"], after_s),
        Fate::Waits { after_s, kept: Kept::Family } => (["@, once", "@，仅一次", "@, einmal"], after_s),
        Fate::Fails { after_s, .. } if after_s < 1.0 => {
            return tell(language, ["fails", "失败", "scheitert"]).to_owned();
        }
        Fate::Fails { after_s, is_cut: false } => (["fails, @", "失败，@", "scheitert, @"], after_s),
        Fate::Fails { after_s, is_cut: true } => (["fails, over @", "失败，超过@", "scheitert, über @"], after_s),
    };
    tell(language, texts).replace('@', &lasting(language, after_s))
}

/// Returns the tone of a cell, as the status page has them.
pub const fn tone(fate: Option<Fate>) -> &'static str {
    let Some(fate) = fate else { return "unknown" };
    match Class::of(fate) {
        Class::Fails | Class::Partly => "bad",
        Class::Waits => "slow",
        Class::Unnoticed => "good",
        Class::Untouched => "quiet",
    }
}
