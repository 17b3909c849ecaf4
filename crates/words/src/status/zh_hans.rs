//! The status page, in Chinese (simplified).

use super::{Caption, Said, Status, joined, parts};
use crate::self_test::{ZhHans, times::Formats};
use dualwatch_core::measure::{
    absence::Absence,
    certificate_fault::Dispute,
    family::Family,
    sample::Warning,
    unfit::{Unfit, UnfitAddress},
    vantage::Standing,
};
use dualwatch_wire::{
    answer::language::Language,
    v1::{Judged, status::State},
};

impl<F: Formats> Status for ZhHans<F> {
    fn language(&self) -> Language {
        Language::ZhHans
    }

    fn standing(&self, standing: Standing) -> &'static str {
        match standing {
            Standing::Proven => "已证实",
            Standing::NoFamily => "缺失",
            Standing::Offline => "离线",
            Standing::CaptivePortal => "在登录页之后",
            Standing::Clock => "时钟有误",
            Standing::Untested => "未测试",
            Standing::Disputed => "有矛盾",
        }
    }

    fn caption(&self, caption: Caption) -> &'static str {
        match caption {
            Caption::Skip => "跳到服务列表",
            Caption::Troubled => "有故障的服务",
            Caption::Incidents => "事件",
            Caption::AllIncidents => "所有事件",
            Caption::NoIncidents => "目前没有，最近一天内也没有。",
            Caption::Services => "服务",
            Caption::Availability => "可用率与历史",
            Caption::WithoutQuery => "实测时带有不公开的查询参数；您的浏览器检查时不带该参数",
            Caption::MeasuredFrom => "监测点",
            Caption::Edge => "边缘节点",
            Caption::DualStack => "双栈",
            Caption::Published => "发布时间：",
            Caption::AsJson => "同样内容的 JSON",
            Caption::Privacy => {
                "为了从你这里测试，你的浏览器会访问我们自己的端点和本页面列出的服务，并通过 WebRTC 得知你的设备有哪几类地址。\
                 结果只留在本页面；不保存任何内容，也不询问其他任何人。"
            }
            Caption::NotObserved => "没有观测",
            Caption::NoOutageSeen => "未见中断",
            Caption::NinetyDays => "90 天：上为 IPv4，下为 IPv6",
            Caption::ThirtyDays => "30 天",
            Caption::Now => "现在",
            Caption::PartlySeen => "观测到的时间内可用",
            Caption::Find => "查找服务",
            Caption::Search => "搜索",
            Caption::Others => "其他",
            Caption::About => "如何测量",
            Caption::EveryFamily => "两类地址",
            Caption::EveryCause => "所有原因",
            Caption::Choose => "显示",
        }
    }

    #[allow(clippy::too_many_lines)] // One table, read from top to bottom.
    fn say(&self, said: Said<'_>) -> String {
        const NO_CAUSE: &str = "原因不明";
        match said {
            Said::Headline(all) => headline(all),
            Said::MoreUnknown(n) => format!("另有 {n} 项情况不明。"),
            Said::Unstable(n) => format!("{n} 项服务不稳定。"),
            Said::Unreachable(from) => {
                format!("联系不上我们自己的监测点；你看到的是它在 {from} 的情况。你的浏览器自己的结果仍然有效。")
            }
            Said::Late { by, n_late, n } => {
                let of = if n_late == n { String::new() } else { format!("（{n} 项服务中的 {n_late} 项）") };
                let by = by.map_or_else(String::new, |by| format!(" {by}"));
                format!("我们自己的监测点延迟了{by}{of}。")
            }
            Said::NotMeasuredYet => "尚未测量".to_owned(),
            Said::NoRecentRound => "没有最近的测量".to_owned(),
            Said::LastOne(ago) => format!("上一次在 {ago}前"),
            Said::Then(state) => format!("当时{}", word(state)),
            Said::State(state) => word(state).to_owned(),
            Said::But { state, why } => format!("{}，但{why}", word(state)),
            Said::Also { said, why } => format!("{said}，但{why}"),
            Said::Warned {
                warning: Warning::CertificateExpires { days_left, expected_days, made_for_days }, ..
            } => {
                let expires = match days_left {
                    0 => "其证书将在一天内到期".to_owned(),
                    n => format!("其证书将在 {n} 天后到期"),
                };
                let never = made_for_days.map_or_else(String::new, |made_for| {
                    format!("（签发时仅有效 {made_for} 天，永远不会剩余 {expected_days} 天）")
                });
                expires + &never
            }
            Said::Warned { warning: Warning::BodyUnread, coding } => {
                format!("无法得知内容是否符合预期：它以 {} 编码发来，此处不读取", coding.unwrap_or("某种"))
            }
            Said::Warned { warning: Warning::CertificateDisputed { why }, .. } => match why {
                Dispute::AuthorityAsServer => "其证书被标记为证书颁发机构的证书，Firefox 拒绝，其他客户端接受",
                Dispute::CurveP521 => "其证书的密钥属于 P-521 曲线，Chromium 拒绝，其他客户端接受",
            }
            .to_owned(),
            Said::Warned { warning: Warning::AddressesFail { failing, of, mute }, .. } => {
                format!("其 {of} 个地址中有 {failing} 个{}", if *mute { "没有应答" } else { "失败" })
            }
            Said::UpBut(why) => format!("服务正常，但{why}。"),
            Said::Degraded(n) => format!("{n} 项服务可用，但不符合应有状态。"),
            Said::UnderMaintenance => "正在进行维护。".to_owned(),
            Said::Concerns(names) => format!("涉及：{names}。"),
            Said::For(length) => format!("已持续 {length}"),
            Said::Since { when, lasts } => format!("自 {when} 起，已 {lasts}"),
            Said::Why { state, why } => format!("{}：{}", word(state), why.unwrap_or(NO_CAUSE)),
            Said::Certificate { names, n_more, wanted } => {
                let more = if n_more == 0 { String::new() } else { format!(" 等另外 {n_more} 个名称") };
                let not = wanted.map_or_else(String::new, |wanted| format!("，而不是 {wanted}"));
                let names = if names.is_empty() { "没有任何名称" } else { names };
                format!("出示的证书属于 {names}{more}{not}")
            }
            Said::Absence(Absence::NoRecord, family) => {
                let record = if family == Family::Ipv4 { "A" } else { "AAAA" };
                format!("没有 {record} 记录：按设计仅支持 {}", family.other())
            }
            Said::Absence(Absence::Translated, family) => {
                let record = if family == Family::Ipv4 { "A" } else { "AAAA" };
                format!("没有自己的 {record} 记录：按设计仅支持 {}", family.other())
            }
            Said::Absence(Absence::Literal, family) => format!("无需测量：被测的是一个 {} 地址", family.other()),
            Said::Absence(Absence::Pinned, family) => format!("无需测量：配置只指定了 {} 地址", family.other()),
            Said::Only(Absence::NoRecord, family) => format!("按设计仅支持 {}", family.other()),
            Said::Only(Absence::Translated, family) => format!("仅 {}：网络做了转换", family.other()),
            Said::Only(Absence::Literal, family) => format!("仅 {}：它是一个地址", family.other()),
            Said::Only(Absence::Pinned, family) => format!("仅 {}：地址由配置指定", family.other()),
            Said::Unfit(UnfitAddress { address, why }) => match why {
                Unfit::Translated { holds } => {
                    let what = holds.map_or_else(|| "某个 IPv4 地址".to_owned(), |holds| holds.to_string());
                    format!("{address} 代表 {what}：由转换器（NAT64）生成，不能说明其 IPv6 状况")
                }
                Unfit::LinkLocal => format!("不是目的地：{address} 是链路本地地址"),
                Unfit::Unspecified => {
                    format!("不是目的地：{address} 表示“无”，是过滤型解析器的应答，或由域名所有者设置")
                }
                Unfit::Multicast => format!("不是目的地：{address} 是组播地址"),
                Unfit::Broadcast => format!("不是目的地：{address} 是广播地址"),
            },
            Said::ByChoice => "按设置不测量".to_owned(),
            Said::CannotTell => "无法判断".to_owned(),
            Said::VantageHasNone(family) => format!("监测点的 {family} 不通"),
            Said::Maintenance(said) => format!("{said}（维护中）"),
            Said::MeasuredBy(name) => format!("由 {name} 测量"),
            Said::UpOver(family) => format!("通过 {family} 正常"),
            Said::NoAddress => "两种协议都没有地址".to_owned(),
            Said::LostToTrying { length, family } => format!("先尝试 {family}，损失 {length}"),
            Said::Slower(length) => format!("比单独使用较好的协议慢 {length}"),
            Said::NoTimeLost => "没有时间损失".to_owned(),
            Said::HeldUpBy { family, why } => format!("被 {family} 拖住：{}", why.unwrap_or(NO_CAUSE)),
            Said::NoFallback { from } => {
                format!("通过 {from} 建立连接的客户端不会回退到 {}", from.other())
            }
            Said::NotAsked => "没有从你的浏览器测试。".to_owned(),
            Said::AnotherMachine => {
                "没有从你的浏览器测试：它的地址只在测量它的地方有效，在你那里会是另一台机器。".to_owned()
            }
            Said::NoWebAddress(None) => "没有从这里测试：没有网址。".to_owned(),
            Said::NoWebAddress(Some(family)) => format!("没有从这里测试：没有仅支持 {family} 的网址。"),
            Said::UpOver30Days => "30 天内可用".to_owned(),
            Said::KnownFor { known, of } => format!("{of} 中已知 {known}"),
            Said::Planned(over) => format!("已公告的 {} 维护：由此造成的失败不算中断", families(over)),
            Said::Wavers(over) => format!("{}：反复失败，其间又有应答", families(over)),
            Said::IsDown { name, over } => format!("{name} {}不可用", of(over)),
            Said::IsUnstable { name, over } => format!("{name} {}不稳定", of(over)),
            Said::ComesAndGoes { name, over } => format!("{name} {}时断时续", of(over)),
            Said::AnswersAgain { name, over } => format!("{name} {}恢复应答，正在观察", of(over)),
            Said::Began { when, ago, is_least, again } => {
                let least = if is_least { "至少 " } else { "" };
                let again = again.map_or_else(String::new, |(is_mild, since)| {
                    format!("；自 {since} UTC 起再次{}", if is_mild { "不稳定" } else { "不可用" })
                });
                format!("开始于{when}，{least}{ago}前{again}。")
            }
            Said::BeforeFirstLook(by) => format!(" {by} UTC 首次观测之前"),
            Said::At(by) => format!(" {by} UTC"),
            Said::Between { after, by } => format!(" {after} 至 {by} UTC 之间"),
            Said::InGroup { n, troubled: 0 } => format!("{n} 项服务"),
            Said::InGroup { n, troubled } => format!("{n} 项服务，{troubled} 项有故障"),
            Said::Found { n: 0, .. } => "没有找到服务。".to_owned(),
            Said::Found { n, shown } if n as usize > shown => format!("找到 {n} 项服务，显示前 {shown} 项。"),
            Said::Found { n, .. } => format!("找到 {n} 项服务。"),
            Said::Vantage { name, ipv4, ipv6, ago } => {
                format!("{name}：IPv4 {ipv4}，IPv6 {ipv6}；上一次测量在 {ago}前")
            }
        }
    }

    fn length(&self, ms: i64) -> String {
        let units = [("天", "天"), ("小时", "小时"), ("分钟", "分钟"), ("秒", "秒")];
        parts(ms).map_or_else(|| "不到 1 秒".to_owned(), |parts| joined(parts, units, " ", " "))
    }
}

const fn word(state: State) -> &'static str {
    match state {
        State::Unknown => "未知",
        State::Up => "正常",
        State::Suspect => "访问失败，尚未确认",
        State::Down => "不可用",
        State::Recovering => "恢复应答，尚未确认",
    }
}

const fn families(over: Option<Family>) -> &'static str {
    match over {
        Some(Family::Ipv4) => "IPv4",
        Some(Family::Ipv6) => "IPv6",
        None => "IPv4 和 IPv6",
    }
}

fn of(over: Option<Family>) -> String {
    over.map_or_else(String::new, |family| format!("通过 {family} "))
}

fn headline(all: Judged) -> String {
    let Judged { targets: n, troubled, over_ipv4: four, over_ipv6: six, unknown, .. } = all;
    let who = if n == 1 { "该服务".to_owned() } else { format!("{n} 项服务中有 {troubled} 项") };
    match (troubled, four, six) {
        (0, ..) if n == 0 => "尚未监测任何服务。".to_owned(),
        (0, ..) if unknown == n => "目前情况不明。".to_owned(),
        (0, ..) if unknown > 0 => format!("{n} 项服务中有 {unknown} 项目前无法判断；其余正常。"),
        (0, ..) if n == 1 => "服务正常。".to_owned(),
        (0, ..) => format!("全部 {n} 项服务正常。"),
        (_, 0, 0) => format!("{who}对使用双栈的客户端有故障。"),
        (_, 0, _) => format!("{who}在 IPv6 上有故障。"),
        (_, _, 0) => format!("{who}在 IPv4 上有故障。"),
        (1, 1, 1) => format!("{who}在 IPv4 和 IPv6 上都有故障。"),
        _ => format!("{who}有故障：IPv4 上 {four} 项，IPv6 上 {six} 项。"),
    }
}
