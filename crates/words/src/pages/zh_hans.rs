//! The pages, in Chinese (simplified).

mod event;

use super::{Drawn, Heading, Lasting, Over, Pages, Told};
use crate::{
    report::moment,
    self_test::{ZhHans, times::Formats},
};
use dualwatch_core::{
    judge::{
        consistency::{Aspect, Difference},
        meets::Meets,
    },
    measure::{cause::Cause, family::Family, vantage::Standing},
    notice::{changes::Alternation, grouping::Group},
    remember::storage::{Since, Trouble},
    respond::incident::lasted::Lasted,
};
use std::net::SocketAddr;

impl<F: Formats> Pages for ZhHans<F> {
    fn heading(&self, heading: Heading) -> &'static str {
        match heading {
            Heading::YourConnection => "你的连接",
            Heading::NowAsJson => "当前状态的 JSON",
            Heading::AvailabilityAsJson => "可用率的 JSON",
            Heading::HistoryAsJson => "历史的 JSON",
            Heading::ReportAsMarkdown => "报告的 Markdown（英文）",
            Heading::AllAsJson => "全部内容的 JSON",
            Heading::Now => "现在，从边缘节点看",
            Heading::Availability => "可用率",
            Heading::Budget => "错误预算",
            Heading::Days => "最近 90 天",
            Heading::NoneOnRecord => "没有记录。",
            Heading::Shares => "在观测到的时间中可用的比例；维护时间不计入",
            Heading::Window => "时段",
            Heading::Both => "双栈客户端",
            Heading::NothingToSpend => "还没有可用的预算",
            Heading::Spent => "已用完",
            Heading::Up => "正常",
            Heading::Degraded => "性能下降",
            Heading::Down => "不可用",
            Heading::Maintenance => "维护",
            Heading::NotObserved => "没有观测",
            Heading::NoOutageSeen => "未见中断",
            Heading::AsTable => "以表格显示同样内容",
            Heading::DaysInUtc => "最近 90 天（UTC）",
            Heading::Day => "日期",
            Heading::EachIsOne => "每一项是一个服务的一段故障时间，附有原因和报告。",
            Heading::Together => "同时开始的",
            Heading::Older => "更早的事件",
            Heading::Over => "已结束",
            Heading::OfService => "服务：",
            Heading::When => "时间",
            Heading::Causes => "原因（按先后）",
            Heading::Changed => "此前有什么变化",
            Heading::Affected => "谁受到影响",
            Heading::Announced => "维护",
            Heading::RealClients => "真实的客户端此时怎么做",
            Heading::Addresses => "各个地址",
            Heading::Behind => "可能的缘由",
            Heading::LookAt => "应当检查什么",
            Heading::Similar => "类似的事件",
            Heading::Detection => "检测情况",
            Heading::SinceThen => "此后",
            Heading::PartsOf => "什么在何时不可用",
            Heading::WhatWasDown => "不可用",
            Heading::From => "从",
            Heading::Until => "到",
            Heading::ItLasts => "仍在持续",
            Heading::Shapes => "填满：不可用。半高：不稳定。斜线：没有观测到。斜边：时刻在其下方某处。",
            Heading::Evidence => "记录下来的证据",
            Heading::For => "支持",
            Heading::Against => "反对",
            Heading::LookFor => "针对：",
            Heading::Known => "已知",
            Heading::NothingHere => "这里什么也没有",
            Heading::NoIncident => "没有这个名称的事件：可能输入有误。",
            Heading::NoService => "没有这个名称的服务：可能输入有误。",
            Heading::LoadAgain => "本页面不会自动更新：重新加载可查看最新情况。",
            Heading::NoPage => "没有这样的页面。",
            Heading::HistoryLost => "它的历史已丢失",
            Heading::HistoryLostSays => "只知道曾有过这个事件。",
            Heading::NotNow => "目前无法显示",
            Heading::OurFault => "这是我们自己的故障；日志中有更多信息。",
            Heading::WayBefore => "从",
            Heading::WayServices => "服务列表",
            Heading::WayAnd => "和",
            Heading::WayIncidents => "事件列表",
            Heading::WayAfter => "可以找到这里的一切。",
        }
    }

    #[allow(clippy::too_many_lines)] // One table, read from top to bottom.
    fn tell(&self, told: Told<'_>) -> String {
        match told {
            Told::AsOf(when) => format!("截至 {when}。"),
            Told::Lasted(what, length) => {
                let what = match what {
                    Lasting::Down => "不可用",
                    Lasting::Degraded => "性能下降",
                    Lasting::Maintenance => "维护",
                    Lasting::NotObserved => "没有观测",
                };
                format!("{what} {length}")
            }
            Told::RightToWithin(length) => format!("误差不超过 {length}"),
            Told::OfThat(share) => format!("其中 {share}"),
            Told::NotObserved(share) => format!("{share} 没有观测"),
            Told::KnownFor { known, of } => format!("{of} 中已知 {known}"),
            Told::Left(length) => format!("剩余 {length}"),
            Told::OverspentBy(length) => format!("超出 {length}"),
            Told::OfBudget(length) => format!("共 {length}"),
            Told::BudgetUnder(slo) => format!("在 {slo}% 的目标下允许不可用的时间，按观测到的时间计算"),
            Told::Hours(n) => format!("{n} 小时"),
            Told::LastDays(n) => format!("{n} 天"),
            Told::Year => "1 年".to_owned(),
            Told::AllSince(when) => format!("自 {when} 以来"),
            Told::OutagesOn(n) => format!("{n} 天有中断"),
            Told::DaysNotObserved(n) => format!("{n} 天没有观测"),
            Told::StripOf { route, n_days, said } => format!("{route}，最近 {n_days} 天：{said}"),
            Told::ColumnIsADay(from) => format!("每一列是一天，从最左边的 {from} 到今天。其中："),
            Told::Unreadable(n) => format!("有 {n} 项保存的统计无法用这个版本读取；它们显示为空缺。"),
            Told::OpenIncidents { n: 0, .. } => "没有事件记录".to_owned(),
            Told::OpenIncidents { n_open: 0, .. } => "目前没有未结束的事件".to_owned(),
            Told::OpenIncidents { n_open: n, .. } => format!("{n} 个事件尚未结束"),
            Told::MoreNotListed(n) => format!("另有 {n} 个没有列出。"),
            Told::MoreCauses(n) => format!("中间省略了 {n} 项。"),
            Told::OverAt(when) => format!("到 {when} UTC 为止"),
            Told::CutAt(when) => format!("记录到 {when} UTC 为止，当时尚未结束"),
            Told::Failed { family, failed, of } => format!("{family}：{of} 次测量中有 {failed} 次失败"),
            Told::Parts { has_earlier, has_unstable, parts } => {
                let what = match (has_earlier, has_unstable) {
                    (true, true) => "最近",
                    (false, true) => "先后",
                    (true, false) => "最近不可用",
                    (false, false) => "不可用",
                };
                format!("{what}：{parts} UTC。")
            }
            Told::Part { what, from, to: None } => format!("{what} 自 {from} 起"),
            Told::Part { what, from, to: Some(to) } => format!("{what} 从 {from} 到 {to}"),
            Told::Families(over) => families(over),
            Told::DownOver(over) => format!("{} 不可用", families(over)),
            Told::UnstableOver(over) => format!("{} 不稳定", families(over)),
            Told::Flaps { n, lasts } => format!("它反复变化：{}，因此并非每次变化都会通知。", turns(n, lasts)),
            Told::Again(n) => format!("它再次出现：这是第 {n} 次。"),
            Told::Drawn(drawn, sees_all) => {
                let what = match drawn {
                    Drawn::NoOutage => "未见中断",
                    Drawn::Unstable => "不稳定",
                    Drawn::WasUnstable => "曾不稳定",
                    Drawn::Down => "不可用",
                    Drawn::WasDown => "曾不可用",
                };
                format!("{what}{}", if sees_all { "" } else { "，有时没有观测到" })
            }
            Told::DrawnFrom { from, to } => format!("从 {from} 到 {to}。"),
            Told::SoFar { age, is_least } => format!("到目前为止已持续{} {age}", least(is_least)),
            Told::FirstOfTurns { n, age, is_least } => {
                format!("共 {n} 次，第一次开始于{} {age}前", least(is_least))
            }
            Told::NoIncidentNamed(name) => format!("没有名为“{name}”的事件：可能输入有误。"),
            Told::NoServiceNamed(name) => format!("没有名为“{name}”的服务：可能输入有误，或者已被移除。"),
        }
    }

    fn counted(&self, parts: Option<[i64; 4]>) -> String {
        let units = [("天", "天"), ("小时", "小时"), ("分钟", "分钟"), ("秒", "秒")];
        parts.map_or_else(|| "不到 1 秒".to_owned(), |parts| crate::status::joined(parts, units, " ", " "))
    }

    fn at_least(&self, length: Option<&str>) -> String {
        length.map_or_else(|| "不明的时间".to_owned(), |length| format!("至少 {length}"))
    }

    fn percent(&self, share: f64) -> String {
        crate::percent(share).replace(' ', "")
    }

    fn month(&self, year: &str, month: usize) -> String {
        format!("{year}年{month}月")
    }

    fn explain(&self, cause: Cause) -> &'static str {
        crate::explanations::zh_hans::explain(cause)
    }

    fn difference(&self, difference: &Difference) -> String {
        let Difference { aspect, ipv4, ipv6 } = difference;
        let short = |digest: &String| digest.chars().take(16).collect::<String>();
        match aspect {
            Aspect::Addresses => {
                let list = |list: &str| match crate::differences::told(list) {
                    (told, 0) => format!("{} 个地址（{}）", told.len(), told.join("、")),
                    (told, more) => format!("{} 个地址（{}，另有 {more} 个）", told.len() + more, told.join("、")),
                };
                format!("该域名在 IPv4 上有 {}，在 IPv6 上有 {}", list(ipv4), list(ipv6))
            }
            Aspect::Status => format!("HTTP 状态不同：IPv4 上为 {ipv4}，IPv6 上为 {ipv6}"),
            Aspect::Certificate => {
                let (ipv4, ipv6) = (short(ipv4), short(ipv6));
                format!("证书不同：IPv4 上为 {ipv4}…，IPv6 上为 {ipv6}…")
            }
            Aspect::Redirect => format!("重定向在 IPv4 上通往 {ipv4}，在 IPv6 上通往 {ipv6}"),
            Aspect::Server => format!("服务器在 IPv4 上自称 {ipv4:?}，在 IPv6 上自称 {ipv6:?}"),
            Aspect::Body => "页面本身在 IPv4 和 IPv6 上不同；为每位访问者重新生成的页面总是如此".to_owned(),
        }
    }

    fn alternation(&self, alternation: &Alternation) -> String {
        let Alternation { family, aspect, values: [one, other] } = alternation;
        let what = match aspect {
            Aspect::Certificate => format!("{family} 上有两个证书交替出现：{one}… 和 {other}…"),
            Aspect::Status => format!("{family} 上有两个 HTTP 状态交替出现：{one} 和 {other}"),
            Aspect::Redirect => format!("{family} 上有两个重定向目标交替出现：{one} 和 {other}"),
            Aspect::Server => format!("{family} 上有两个服务器交替应答：{one:?} 和 {other:?}"),
            Aspect::Body => format!("{family} 上有两种内容交替出现（{one}… 和 {other}…）"),
            Aspect::Addresses => {
                let (one, other) = (one.replace(' ', "、"), other.replace(' ', "、"));
                return format!("{family} 上该域名交替指向 {one} 和 {other}；每位访问者随机遇到其中之一");
            }
        };
        what + "；该域名背后的机器中，有些与其他的不同"
    }

    fn meets(&self, meets: Meets) -> &'static str {
        match meets {
            Meets::NoAddress => "域名没有地址",
            Meets::NoConnection => "没有连接",
            Meets::Silence => "没有应答",
            Meets::CertificateWarning => "证书警告",
            Meets::NoSecureConnection => "没有安全连接",
            Meets::ErrorPage => "错误页面",
            Meets::OtherAnswer => "与预期不同的应答",
            Meets::EndlessRedirect => "无休止的重定向",
            Meets::BrokenAnswer => "中断或无法读取的应答",
            Meets::Unknown => "无用的结果",
        }
    }

    fn meaning(&self, name: &str, family: Family, standing: Standing, reached: Option<&str>) -> Option<String> {
        match standing {
            Standing::Proven | Standing::Untested => None,
            Standing::Disputed => {
                let target = reached.unwrap_or("某个服务");
                Some(format!(
                    "{name} 的对照目标在 {family} 上都没有应答，但 {target} 有应答：{name} 在 {family} 上的测量结果有效。"
                ))
            }
            Standing::NoFamily => Some(format!("{name} 的 {family} 不通，因此在 {family} 上不作指责。")),
            Standing::Offline => Some(format!("{name} 处于离线状态，因此在 {family} 上不作指责。")),
            Standing::CaptivePortal => Some(format!("{name} 在登录页之后，因此在 {family} 上不作指责。")),
            Standing::Clock => Some(format!("{name} 的时钟有误，因此不判断 {family} 上的证书。")),
        }
    }

    fn silent_control(&self, name: &str, control: SocketAddr, for_ms: i64, is_dropped: bool) -> String {
        let then = if is_dropped { "；它已被略去，每小时再询问一次" } else { "" };
        format!("{name} 的对照目标 {control} 已有 {} 没有应答，而其他的有应答{then}。", self.span(for_ms))
    }

    fn stores_nothing(&self, since: Since) -> String {
        let (what, end) = match since.trouble {
            Trouble::Full => ("磁盘已满", "有空间后"),
            Trouble::ReadOnly => ("磁盘只能读取", "可以写入后"),
            Trouble::Failing => ("磁盘无法写入", "恢复正常后"),
        };
        format!(
            "我们自己的监测点自 {} 起没有保存任何内容：{what}。它仍在测量；结果显示在这里，保留在内存中，{end}再保存。",
            moment(since.since)
        )
    }

    fn unusable(&self, names: &[&str]) -> String {
        let (told, n_more) = super::reports::few(names);
        let more = if n_more == 0 { String::new() } else { format!(" 等另外 {n_more} 项") };
        format!("我们自己的监测点保存的 {told}{more} 的内容无法读取；日志中列出了每个文件。")
    }

    fn group(&self, group: &Group) -> String {
        event::group(self, group)
    }

    fn was(&self, name: &str, over: Over, lasted: Option<&Lasted>) -> String {
        let over = match over {
            Over::All => String::new(),
            Over::Only(family) => format!("通过 {family} "),
            Over::OneAtATime => "通过其中一种协议".to_owned(),
        };
        let Some(Lasted { down, troubled, span, turns }) = lasted else {
            return format!("{name} {over}曾不可用");
        };
        let was_unstable = down.is_none_or(|down| down != *troubled);
        let what = match (down, was_unstable) {
            (Some(_), false) => "不可用",
            (None, _) => "不稳定",
            (Some(_), true) => "不可用或不稳定",
        };
        let of_it = match down.filter(|_| was_unstable) {
            Some(down) => format!("，其中不可用 {}", self.with_error(down)),
            None => String::new(),
        };
        let in_trouble = self.with_error(*troubled);
        if *turns > 1 {
            format!("{name} {over}曾 {turns} 次{what}，在 {} 内共 {in_trouble}{of_it}", self.with_error(*span))
        } else {
            format!("{name} {over}曾{what}，持续 {in_trouble}{of_it}")
        }
    }
}

fn families(families: &[Family]) -> String {
    families.iter().map(ToString::to_string).collect::<Vec<_>>().join(" 和 ")
}

const fn least(is_least: bool) -> &'static str {
    if is_least { "至少" } else { "" }
}

/// Returns how often something came and went; of what `lasts` it has not gone yet.
pub(crate) fn turns(n: u32, lasts: bool) -> String {
    if lasts && n > 1 {
        format!("出现了 {n} 次，消失了 {} 次", n - 1)
    } else {
        format!("出现并消失了 {n} 次")
    }
}
