//! Reports in Chinese.

mod reasons;

use super::{
    Reports,
    built::{self, Fragment, Pieces, built},
};
use crate::{
    pages::zh_hans::turns,
    report::certificates,
    self_test::{
        ZhHans,
        phrases::Lines,
        times::{Formats, Times},
    },
};
use dualwatch_core::{
    measure::{family::Family, sample::Confidence, time::Timestamp},
    notice::changes::{LISTED_NAMES, What},
    remember::baseline::Phase,
    respond::{
        incident::Ending,
        report::{
            hypotheses::{Argument, Code},
            known::Compared,
        },
    },
};
use dualwatch_wire::{
    answer::language::Language,
    v1::{
        IncidentReport,
        incident::{Bound, Incident},
        incident_report::{Affected, Hypothesis, Regression, ReportedCause, ReportedChange, Similar},
    },
};

built!(ZhHans, likelihood);

const fn likelihood(confidence: Confidence) -> &'static str {
    match confidence {
        Confidence::High => "很可能",
        Confidence::Medium => "有可能",
        Confidence::Low => "不太可能，但不能排除",
    }
}

impl<F: Formats> Pieces for ZhHans<F> {
    #[allow(clippy::too_many_lines)] // One table, read from top to bottom.
    fn piece(&self, fragment: Fragment<'_>) -> String {
        match fragment {
            Fragment::ByFirstLook(by) => format!("不晚于 {by}（首次观测时已是如此）"),
            Fragment::FromTo(from, to) => format!("{from} 至 {to} UTC"),
            Fragment::Since(from) => format!("自 {from} 起"),
            Fragment::FromUntil(from, to) => format!("{from} 至 {to} UTC"),
            Fragment::Began(when) => format!("开始：{when}"),
            Fragment::Ended(when, ending) => match ending {
                Some(Ending::Withdrawn) => format!("结束：{when}（其地址已从 DNS 中移除）"),
                Some(Ending::Reconfigured) => format!("结束：{when}（其配置已更改）"),
                Some(Ending::HistoryLost) => format!("结束：不晚于 {when}，其历史已丢失"),
                Some(Ending::Recovered | Ending::WentDown | Ending::RecordEnds) | None => format!("结束：{when}"),
            },
            Fragment::NotOver => "尚未结束".to_owned(),
            Fragment::NotOverWell(since) => format!("尚未结束：自 {since} 起正常，正在观察是否复发"),
            Fragment::RecordEnds(at) => format!("记录到 {at} 为止，当时尚未结束"),
            Fragment::DownFor(length, false) => format!("不可用 {length}"),
            Fragment::DownFor(length, true) => format!("共不可用 {length}"),
            Fragment::Lasted(length, false) => format!("持续 {length}"),
            Fragment::Lasted(length, true) => format!("从第一次失败到最后一次恢复共 {length}"),
            Fragment::Turns { n, lasts, flaps } => {
                format!("{}{}", turns(n, lasts), if flaps { "：反复变化" } else { "" })
            }
            Fragment::NobodySaw(family, when) => format!("没有观测到 {family}：{when}"),
            Fragment::FailedIn { family, failed, of, when } => {
                format!("{family}：{of} 次测量中有 {failed} 次失败，{when}")
            }
            Fragment::SeenBy { what, by, n } => format!("{what}，由 {by} 在 {n} 次测量中观测到"),
            Fragment::After(length) => format!("{length}后"),
            Fragment::Likely(cause) => format!("最可能：{cause}"),
            Fragment::Expected(expected, None) => format!("预期 {expected}"),
            Fragment::Expected(expected, Some(seen)) => format!("预期 {expected}，实际 {seen}"),
            Fragment::SeenWithin(length) => format!("最迟在开始后 {length} 发现"),
            Fragment::BegunBefore => "首次观测之前已经开始".to_owned(),
            Fragment::ConfirmedAfter(length) => format!("首次发现后 {length} 得到确认"),
            Fragment::RecoveryWithin(length) => format!("最迟在恢复后 {length} 发现恢复"),
            Fragment::BlindInBoth(ipv4, ipv6) => {
                format!("不可用期间没有观测：IPv4 上 {ipv4}，IPv6 上 {ipv6}")
            }
            Fragment::Blind(length, n) => format!("不可用期间有 {n} 段没有观测，共 {length}"),
            Fragment::Clients(clients) => match clients {
                "dual_stack" => "让两种协议竞速的浏览器及其他客户端（Happy Eyeballs）",
                "sequential" => "逐个尝试地址的双栈程序",
                "ipv4_only" => "只有 IPv4 的用户",
                _ => "只有 IPv6 的用户",
            }
            .to_owned(),
            Fragment::Fared(fate) => match fate {
                "served" => "可以访问",
                "partly" => "有时可以访问",
                "waits" => "要等有故障的协议超时",
                "fails" => "无法访问",
                _ => "情况不明：没有观测到",
            }
            .to_owned(),
            Fragment::Similar { when, lasted, is_same, causes } => {
                let lasted = lasted.map_or_else(String::new, |lasted| format!("，持续 {lasted}"));
                let family = if is_same { "同一种协议" } else { "另一种协议" };
                format!("{when}{lasted}：{family}，{causes}")
            }
            Fragment::OtherCause => "另一种原因".to_owned(),
            Fragment::Watched(until) => format!("观察是否复发，直到 {until}：目前没有。"),
            Fragment::Held(until) => format!("观察是否复发，直到 {until}：没有复发。"),
            Fragment::CameBackAs(id) => format!("恢复之后再次出现：{id}。"),
            Fragment::NotOverYet => "尚未结束。".to_owned(),
            Fragment::EndsBefore => "记录在它结束之前就中止了。".to_owned(),
            Fragment::Happened { name, when, over, is_mild, why, until } => {
                let until = until.map_or_else(String::new, |until| format!("；自 {until} 起恢复应答"));
                format!("{when}，{}{}{until}。", became(name, over, is_mild), because(why))
            }
            Fragment::Happens { name, when, over, is_mild, why } => {
                format!("{when}，{}{}。", became(name, over, is_mild), because(why))
            }
        }
    }

    fn what(&self, what: &What, family: Family) -> String {
        match what {
            What::Addresses { before, after } => {
                let list = |addresses: &[std::net::IpAddr]| {
                    addresses.iter().map(ToString::to_string).collect::<Vec<_>>().join("、")
                };
                format!("{family} 地址从 {} 变为 {}", list(before), list(after))
            }
            What::Ttl { before_s, after_s } => {
                let how = if after_s < before_s { "降低" } else { "提高" };
                format!("{family} 地址的 DNS TTL 从 {before_s} 秒{how}到 {after_s} 秒")
            }
            What::Certificate { before, after, names } => {
                let more = if names.len() > LISTED_NAMES { " 等" } else { "" };
                let listed = names[..names.len().min(LISTED_NAMES)].join("、");
                let names = if names.is_empty() { String::new() } else { format!("，用于 {listed}{more}") };
                format!("{family} 上换了证书（之前 {before}…，现在 {after}…{names}）")
            }
            What::Server { before, after } => format!("服务器在 {family} 上自称 `{after}`，之前是 `{before}`"),
            What::Latency { phase, before_ms, after_ms } => {
                let (before, after) = (self.elapsed(*before_ms), self.elapsed(*after_ms));
                format!("{family} 上{}需要 {after}，之前是 {before}", doing(*phase))
            }
            What::Status { before, after } => {
                format!("{family} 上正常应答的 HTTP 状态为 {after}，之前是 {before}")
            }
        }
    }

    fn answered(&self, compared: Compared) -> String {
        match compared {
            Compared::SameCertificate => "IPv4 和 IPv6 出示同一张证书。".to_owned(),
            Compared::OtherCertificate => "IPv4 和 IPv6 出示不同的证书。".to_owned(),
            Compared::SameStatus(status) => format!("两种协议上的 HTTP 状态相同：{status}。"),
            Compared::OtherStatus(status) => {
                format!("HTTP 状态不同：IPv4 上为 {}，IPv6 上为 {}。", status.ipv4, status.ipv6)
            }
            Compared::Alike => "两种协议的失败相同。".to_owned(),
            Compared::Served(family) => format!("{family} 在同一时间有应答。"),
        }
    }

    fn reason(&self, argument: &Argument) -> String {
        reasons::reason(self, argument)
    }

    fn code(&self, code: Code, family: Option<Family>) -> String {
        let on = family.map_or(String::new(), |family| format!("{family} 上"));
        let said = match code {
            Code::NoListener => "没有程序监听，或者防火墙拒绝连接",
            Code::FirewallDrops => "防火墙丢弃数据包",
            Code::HostDown => return "机器或其网络已关闭".to_owned(),
            Code::ServiceStopped => return "服务没有运行，而机器是开着的".to_owned(),
            Code::RouteLost => "没有通往那里的路由",
            Code::AddressChanged => "地址被改为不提供该服务的地址",
            Code::RecordRemoved => "DNS 记录已被移除",
            Code::RecordMissing => "DNS 中没有这样的记录",
            Code::NameServers => return "该域名的域名服务器出错".to_owned(),
            Code::ResolverFailed => return "所询问的解析器出错".to_owned(),
            Code::CertificateExpired => return "证书没有及时续期".to_owned(),
            Code::OtherVirtualHost => "应答的是另一台服务器或另一个虚拟主机",
            Code::CertificateReplaced => return "证书被换成了客户端不接受的证书".to_owned(),
            Code::CertificateUnfit => return "服务器配置了客户端不接受的证书".to_owned(),
            Code::TlsSettings => "服务器的 TLS 设置与客户端不符",
            Code::PathMtu => "大数据包在途中丢失（路径 MTU）",
            Code::OneOfSeveral => "域名背后的多台机器中有一台出错",
            Code::RateLimited => "有设备限制了一段时间内的请求数量",
            Code::PacketLoss => "数据包在途中时有丢失",
            Code::Overloaded => return "服务器过载或卡住".to_owned(),
            Code::ApplicationError => return "应用程序出错".to_owned(),
            Code::ContentChanged => return "页面被移动，或其内容被更改".to_owned(),
            Code::ContentUnexpected => return "服务从未给出配置所预期的应答".to_owned(),
            Code::MethodRefused => return "服务器不接受所用的请求方法".to_owned(),
            Code::SignaturesFail => return "区域的签名无效（DNSSEC）".to_owned(),
            Code::ResolverBlocks => return "所询问的解析器屏蔽了该域名".to_owned(),
            Code::RecordUnfit => return "DNS 中的内容不是任何人可以连接的地址".to_owned(),
            Code::NameDenied => "域名服务器误称整个域名不存在，而不是说没有这种记录",
            Code::RedirectLoop => return "重定向绕圈".to_owned(),
            Code::ConnectionsCut => "服务器前面有设备切断连接",
            Code::ProviderWide => return "服务商或其网络的多项服务出错".to_owned(),
            Code::Certificate(reason) => return certificates::hypothesis(reason, Language::ZhHans).to_owned(),
            Code::Vantage => "监测点自身有问题",
        };
        format!("{on}{said}")
    }
}

fn became(name: &str, over: &str, is_mild: bool) -> String {
    format!("{name} 通过 {over} 变得{}", if is_mild { "不稳定" } else { "不可用" })
}

fn because(why: &str) -> String {
    if why.is_empty() { String::new() } else { format!("（{why}）") }
}

const fn doing(phase: Phase) -> &'static str {
    match phase {
        Phase::Resolve => "查询域名",
        Phase::Connect => "建立连接",
        Phase::Tls => "TLS 握手",
        Phase::FirstByte => "应答的第一个字节",
        Phase::Total => "完整的应答",
    }
}
