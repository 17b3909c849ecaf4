//! Chinese, in simplified characters.

use super::Phrases;
use dualwatch_core::{
    measure::family::Family,
    remember::{availability::Period, spell::Track},
};
use dualwatch_wire::badge::condition::{Condition, Of};

pub struct ZhHans;

impl Phrases for ZhHans {
    fn condition(&self, condition: Condition) -> &'static str {
        match condition {
            Condition::Late => "监测延迟",
            Condition::Down => "中断",
            Condition::Failing => "无响应",
            Condition::Unstable => "不稳定",
            Condition::Recovering => "恢复中",
            Condition::Maintenance => "维护中",
            Condition::Unknown => "未知",
            Condition::Degraded => "性能下降",
            Condition::Up => "正常",
            Condition::Absent => "未提供",
        }
    }

    fn part(&self, family: Family, said: &str) -> String {
        format!("{family} {said}")
    }

    fn only(&self, family: Family, said: &str) -> String {
        format!("{said}（仅 {family}）")
    }

    fn all(&self, of: Of) -> String {
        match of {
            Of::None => "尚无监测".to_owned(),
            Of::AllUp(1) => "正常".to_owned(),
            Of::AllUp(n) => format!("全部 {n} 个正常"),
            Of::Trouble(n, of) => format!("{of} 个中有 {n} 个异常"),
            Of::Unknown(n, of) => format!("{of} 个中有 {n} 个未知"),
            Of::Late => self.condition(Condition::Late).to_owned(),
        }
    }

    fn services(&self) -> &'static str {
        "服务"
    }

    fn track(&self, track: Track) -> &'static str {
        match track {
            Track::Ipv4 => "IPv4",
            Track::Ipv6 => "IPv6",
            Track::DualStack => "双栈",
        }
    }

    fn uptime(&self, period: Period) -> String {
        let window = match period {
            Period::Day => "24小时",
            Period::Days7 => "7天",
            Period::Days30 => "30天",
            Period::Days90 => "90天",
            Period::Year => "1年",
        };
        format!("可用率 {window}")
    }

    fn latency(&self) -> &'static str {
        "响应时间"
    }

    fn certificate(&self) -> &'static str {
        "证书"
    }

    fn share(&self, percent: &str) -> String {
        percent.replace(' ', "")
    }

    fn not_observed(&self) -> &'static str {
        "未观测"
    }

    fn ends(&self, days: i64) -> String {
        if days == 0 { "今天到期".to_owned() } else { format!("剩余 {days} 天") }
    }

    fn ended(&self) -> &'static str {
        "已过期"
    }

    fn no_certificate(&self) -> &'static str {
        "无"
    }

    fn no_service(&self) -> &'static str {
        "没有此服务"
    }

    fn no_group(&self) -> &'static str {
        "无此分组"
    }

    fn no_badge(&self) -> &'static str {
        "没有此徽章"
    }

    fn unavailable(&self) -> &'static str {
        "状态不可用"
    }
}
