//! Chinese, simplified.

use super::{causes, joined, lasted};
use crate::self_test::words;
use dualwatch_core::{
    measure::{
        family::{Family, PerFamily},
        time::Timestamp,
    },
    respond::maintenance::Expected,
};
use dualwatch_wire::{
    answer::language::Language,
    bulletin::{Moment, What},
    phrases::{Announced, Headline, Phrases, Subject},
    scheduled::Phase,
    statuspage::{Overall, Standing},
};

pub struct ZhHans;

const UNITS: [&str; 4] = ["天", "小时", "分钟", "秒"];

/// "通过 IPv6 "; nothing where no family is meant.
fn over(families: PerFamily<bool>) -> String {
    let joined = joined(families, " 和 ");
    if joined.is_empty() { joined } else { format!("通过 {joined} ") }
}

impl Phrases for ZhHans {
    fn code(&self) -> &'static str {
        Language::ZhHans.code()
    }

    fn component(&self, target: &str, family: Option<Family>) -> String {
        match family {
            Some(family) => format!("{target}（{family}）"),
            None => format!("{target}（双栈）"),
        }
    }

    fn description(&self, standing: Standing, family: Option<Family>) -> Option<&'static str> {
        match (standing, family) {
            (Standing::Unknown, _) => Some("未知：没有最近一轮的结果可以说明。"),
            (Standing::Absent, Some(Family::Ipv6)) => Some("没有公布 IPv6 地址，也不要求公布。"),
            (Standing::Absent, _) => Some("没有公布 IPv4 地址，也不要求公布。"),
            (_, None) => Some("同时拥有两种协议的客户端的情况（RFC 8305）。"),
            _ => None,
        }
    }

    fn overall(&self, overall: Overall) -> &'static str {
        match overall {
            Overall::Up => "所有系统运行正常",
            Overall::Maintenance => "正在维护",
            Overall::Degraded => "部分服务性能下降",
            Overall::Unknown => "部分情况未知",
            Overall::Partly => "轻微故障",
            Overall::Down => "部分系统中断",
            Overall::AllDown => "全部服务中断",
        }
    }

    fn headline(&self, target: &str, headline: Headline) -> String {
        match headline {
            Headline::Down(families) => format!("{target} 目前{}无法访问", over(families)),
            Headline::Unstable(families) => format!("{target} 目前{}不稳定", over(families)),
            Headline::Quiet => format!("{target} 暂时恢复应答"),
            Headline::Over { families, is_unstable, lasted: length } => {
                let how = if is_unstable { "不稳定" } else { "无法访问" };
                let length = length.map_or(String::new(), |length| format!("（{}）", lasted(length, UNITS)));
                format!("{target} 曾{}{how}{length}", over(families))
            }
            Headline::Lost => format!("{target}：后续记录已丢失"),
        }
    }

    fn resolved(&self, headline: &str) -> String {
        format!("已恢复：{headline}")
    }

    fn moment(&self, moment: &Moment) -> String {
        let why = causes(Language::ZhHans, &moment.causes, "：", "；").map_or(String::new(), |why| format!("：{why}"));
        let troubled = over(moment.troubles());
        match moment.what {
            What::Began | What::Changed if moment.down == PerFamily::default() => format!("{troubled}不稳定{why}。"),
            What::Began => format!("{}无法访问{why}。", over(moment.down)),
            What::Changed => format!("现在{}无法访问{why}。", over(moment.down)),
            What::Cause => format!("{troubled}出现另一个原因{why}。"),
            What::Quiet => "已恢复应答。此前时断时续，因此继续观察。".to_owned(),
            What::Over => "已恢复应答。".to_owned(),
        }
    }

    fn announced(&self, announced: &Announced<'_>) -> String {
        let Announced { title, from, to, families, expected } = announced;
        let expected = if *expected == Expected::Down { "可能无法访问" } else { "可能性能下降" };
        format!("{title}：从 {} 到 {}，{}{expected}。", self.time(*from), self.time(*to), over(*families))
    }

    fn announced_title(&self, title: &str, at: Phase) -> String {
        match at {
            Phase::Scheduled => format!("已公布维护：{title}"),
            Phase::InProgress => format!("正在维护：{title}"),
            Phase::Completed => format!("维护已结束：{title}"),
        }
    }

    fn feed(&self, site: &str, subject: &Subject, family: Option<Family>, is_maintenance: bool) -> String {
        let what = if is_maintenance { "维护" } else { "故障" };
        let family = family.map_or(String::new(), |family| format!("（{family}）"));
        match subject {
            Subject::Everything => format!("{what}{family} · {site}"),
            Subject::Target(name) => format!("{name} 的{what}{family} · {site}"),
        }
    }

    fn report(&self) -> &'static str {
        "完整报告"
    }

    fn time(&self, at: Timestamp) -> String {
        words(Language::ZhHans).formats().moment(at)
    }
}
