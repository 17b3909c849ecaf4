//! The lines of a result and its evidence, in Chinese.

use super::ZhHans;
use crate::self_test::{
    phrases::{Label, Lines, Signals, States},
    times::{Formats, Times},
};
use dualwatch_core::{
    measure::{family::Family, time::Timestamp},
    self_test::{evidence::Endpoint, signal::Signal, why::Confidence},
};
use dualwatch_wire::v1::self_test::{FamilyResult, Seen, Unreadable};

impl<F: Formats> Lines for ZhHans<F> {
    fn label(&self, label: Label) -> &'static str {
        match label {
            Label::Copied => "已复制。",
            Label::CopyByHand => "浏览器不允许本页面复制。内容在这里：",
            Label::HelpDeskCode => "客服代码",
            Label::NoCode => "无",
            Label::Scores => "得分",
            Label::NoScore => "无",
            Label::ToDo => "建议",
            Label::ForOperator => "给运营者",
            Label::Preferred => "优先使用",
            Label::NotSeen => "未观察到",
            Label::Both => "双栈",
            Label::Codes => "代码",
            Label::NoRecordsTold => "本页面的服务器没有说明",
            Label::YourTime => "你的时间",
        }
    }

    fn pair(&self, name: &str, said: &str) -> String {
        format!("{name}：{said}")
    }

    fn list(&self, fragments: &[String]) -> String {
        fragments.join("；")
    }

    fn aside(&self, said: &str, aside: &str) -> String {
        format!("{said}（{aside}）")
    }

    fn points(&self, points: &str) -> String {
        format!("{points} 分（满分 10 分）")
    }

    fn waits(&self, ms: f64) -> String {
        format!("浏览器等待 IPv6 {}之后才改用 IPv4。", self.elapsed(ms))
    }

    fn seen_as(&self, family: Family, seen: Seen) -> String {
        format!("通过 {family}，来源地址为 {seen}")
    }

    fn over(&self, family: Family) -> String {
        format!("（通过 {family}）")
    }

    fn family_line(&self, family: Family, found: &FamilyResult) -> String {
        let (state, why) = (self.family_state(found.state), self.why(found.why));
        format!("{family}：{state}：{why}；{}。", self.presence(found.presence, family))
    }

    fn surely(&self, sure: Confidence) -> String {
        format!("把握有多大？{}。", self.confidence(sure))
    }

    fn measured(&self, at: Timestamp) -> String {
        let at = self.formats().moment(at);
        format!("这是别人与你分享的结果，检测于 {at}。现在没有为此发出任何请求。")
    }

    fn taken(&self, at: &str) -> String {
        format!("检测时间：{at}")
    }

    fn unreadable(&self, why: Unreadable) -> String {
        match why {
            Unreadable::TooLong => "这个链接太长，不可能是检测结果。",
            Unreadable::NotOurs => "这个链接里没有检测结果。",
            Unreadable::Later(_) => "这个结果来自本页面的更新版本。请在生成它的地方打开。",
            Unreadable::Damaged => "这个链接在传递途中被截断或改动。请再要一次。",
            Unreadable::Malformed => "这个链接里没有可以显示的结果。",
        }
        .to_owned()
    }
}

impl<F: Formats> Signals for ZhHans<F> {
    fn signal(&self, signal: Signal) -> String {
        match signal {
            Signal::Offline => "浏览器报告没有网络".to_owned(),
            Signal::Told { question, told, after_ms } => {
                format!("{}：{}", self.question(question), self.told(told, after_ms))
            }
            Signal::Chose(family) => format!("在可以选择时，浏览器立刻使用 {family}"),
            Signal::Waited { ms } => {
                format!("在可以选择时，浏览器等待 IPv6 {}之后改用 IPv4", self.elapsed(f64::from(ms)))
            }
            Signal::Hangs => "在可以选择时，浏览器得不到任何应答，尽管 IPv4 有应答".to_owned(),
            Signal::Has(family, what) => self.presence(what, family),
            Signal::Watched(family, Endpoint::Up) => format!("我们自己的监测点能通过 {family} 到达测试服务器"),
            Signal::Watched(family, Endpoint::Down) => {
                format!("我们自己的监测点也不能通过 {family} 到达测试服务器")
            }
            Signal::Watched(family, Endpoint::Unwatched) => format!("没有其他监测点通过 {family} 监测我们的测试服务器"),
            Signal::ProvenElsewhere(family) => format!("有一项服务已通过 {family} 应答你"),
            Signal::WrongClock => "你的设备时间相差超过五分钟".to_owned(),
            Signal::Unsteady(question) => format!("{}：并非每次都成功", self.question(question)),
            Signal::Translated => "你的 IPv4 只能到达域名，不能到达地址：你的网络在做地址转换（NAT64）".to_owned(),
        }
    }
}
