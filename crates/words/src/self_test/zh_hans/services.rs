//! What a service is for this visitor, in Chinese.

use super::ZhHans;
use crate::self_test::{
    phrases::{Services, States},
    times::{Formats, Times},
};
use dualwatch_core::{
    judge::verdict::{Edge, Verdict},
    measure::family::Family,
    self_test::{reach::Reach, told::Told, why::Why},
};

impl<F: Formats> Services for ZhHans<F> {
    fn reach(&self, reach: Reach) -> String {
        match reach {
            Reach::Both => "你可以通过 IPv4 和 IPv6 访问它。".to_owned(),
            Reach::Over { family, later_ms: Some(ms) } => {
                format!("你可以通过 {family} 访问它，但要晚 {}。", self.elapsed(f64::from(ms)))
            }
            Reach::Over { family, later_ms: None } => format!("你可以通过 {family} 访问它。"),
            Reach::Answers => "你可以访问它。".to_owned(),
            Reach::Stuck(family) => format!("用平常的域名访问不了它，尽管单独通过 {family} 时有应答。"),
            Reach::No => "你访问不了它。".to_owned(),
            Reach::Checking => "正在访问…".to_owned(),
            Reach::Unknown => String::new(),
        }
    }

    fn verdict(&self, verdict: Verdict, family: Option<Family>) -> String {
        let Some(f) = family else { return both(verdict).to_owned() };
        match verdict {
            Verdict::Up => "正常".to_owned(),
            Verdict::UpForYou => "你能访问；边缘节点访问不了".to_owned(),
            Verdict::DownForEveryone => format!("{f} 上所有人都访问不了"),
            Verdict::Between => "你与服务之间有问题，或在这里被拦截".to_owned(),
            Verdict::YouHaveNone => format!("你没有 {f}"),
            Verdict::YoursIsBroken => format!("你的 {f} 有故障"),
            Verdict::YoursDoesNotWork => format!("你的 {f} 不通"),
            Verdict::BothDown => format!("你的 {f} 不通，服务的 {f} 也不通"),
            Verdict::PageOnlyUp => "你能访问；边缘节点无法判断".to_owned(),
            Verdict::PageOnlyDown => "从这里访问不了；边缘节点无法判断".to_owned(),
            Verdict::LatePageUp => "你能访问；我们自己的监测点有延迟".to_owned(),
            Verdict::LatePageDown => "从这里访问不了；我们自己的监测点有延迟".to_owned(),
            Verdict::EdgeUp => "从边缘节点看正常".to_owned(),
            Verdict::EdgeDown => format!("从边缘节点看，{f} 不通"),
            Verdict::FailedHere => "从这里访问不了，从边缘节点看正常；原因不明".to_owned(),
            Verdict::Unpublished => format!("按设计仅支持 {}", f.other()),
            Verdict::NotKnown => "未知".to_owned(),
        }
    }

    fn suspected(&self, verdict: Verdict, family: Family) -> String {
        match verdict {
            Verdict::DownForEveryone => format!("{family} 上所有人都访问失败，尚未确认"),
            Verdict::EdgeDown => format!("从边缘节点看，{family} 访问失败，尚未确认"),
            _ => self.verdict(verdict, Some(family)),
        }
    }

    fn but_slow(&self, said: &str) -> String {
        [said, "，但较慢"].concat()
    }

    fn blocked(&self, why: Why) -> &'static str {
        match why {
            Why::Checking => "正在访问…",
            Why::Blocker => "在你的浏览器中被拦截",
            Why::NameBlocked => "在你的浏览器或网络中被拦截",
            why => self.why(why),
        }
    }

    fn found(&self, told: Told, after_ms: Option<u32>, is_hidden: bool) -> String {
        let said = self.told(told, after_ms);
        if is_hidden { format!("你：{said}；浏览器不让本页面读取应答") } else { format!("你：{said}") }
    }

    fn edge(&self, edge: Edge) -> &'static str {
        match edge {
            Edge::Ok => "边缘节点：能访问",
            Edge::Failed => "边缘节点：访问不了",
            Edge::Blind => "边缘节点：无法判断",
            Edge::Late => "边缘节点：我们自己的监测点有延迟，没有最新情况",
            Edge::Unpublished => "边缘节点：未提供",
            Edge::Nothing => "边缘节点：没有信息",
        }
    }

    fn services(&self, n: usize, n_no: usize, n_partly: usize) -> String {
        match (n, n_no, n_partly) {
            (1, 0, 0) => "你可以访问这项服务。".to_owned(),
            (1, 0, _) => "你可以访问这项服务，但不是它提供的每种方式都通。".to_owned(),
            (1, ..) => "你访问不了这项服务。".to_owned(),
            (_, 0, 0) => format!("全部 {n} 项服务你都可以访问。"),
            (_, 0, partly) => format!("全部 {n} 项服务你都可以访问，其中 {partly} 项并非每种方式都通。"),
            (_, no, 0) => format!("{n} 项服务中有 {no} 项你访问不了。"),
            (_, no, partly) => format!("{n} 项服务中有 {no} 项你访问不了，另有 {partly} 项并非每种方式都通。"),
        }
    }
}

/// The same for a client that has both families.
const fn both(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Up => "正常",
        Verdict::UpForYou => "你能访问；边缘节点访问不了",
        Verdict::DownForEveryone => "所有人都访问不了",
        Verdict::Between => "你与服务之间有问题，或在这里被拦截",
        Verdict::YouHaveNone => "你处于离线状态",
        Verdict::YoursIsBroken => "你的网络有故障",
        Verdict::YoursDoesNotWork => "你的网络不通",
        Verdict::BothDown => "你的网络不通，服务也不通",
        Verdict::PageOnlyUp => "你能访问；边缘节点无法判断",
        Verdict::PageOnlyDown => "从这里访问不了；边缘节点无法判断",
        Verdict::LatePageUp => "你能访问；我们自己的监测点有延迟",
        Verdict::LatePageDown => "从这里访问不了；我们自己的监测点有延迟",
        Verdict::EdgeUp => "从边缘节点看正常",
        Verdict::EdgeDown => "从边缘节点看不通",
        Verdict::FailedHere => "从这里访问不了，从边缘节点看正常；原因不明",
        Verdict::Unpublished => "两种协议都没有公布地址",
        Verdict::NotKnown => "未知",
    }
}
