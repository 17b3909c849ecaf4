//! How each part stands, in Chinese.

use super::ZhHans;
use crate::self_test::{
    phrases::States,
    times::{Formats, Times},
};
use dualwatch_core::{
    measure::family::Family,
    self_test::{
        addresses::Presence,
        family::FamilyState,
        question::Question,
        told::{Pace, Refusal, Told},
        why::{Confidence, Why},
    },
};

impl<F: Formats> States for ZhHans<F> {
    fn family_state(&self, state: FamilyState) -> &'static str {
        match state {
            FamilyState::Works => "正常",
            FamilyState::Slow => "缓慢",
            FamilyState::Broken => "有故障",
            FamilyState::None => "没有",
            FamilyState::Blocked => "被拦截",
            FamilyState::Unknown => "未知",
        }
    }

    fn confidence(&self, confidence: Confidence) -> &'static str {
        match confidence {
            Confidence::Certain => "可以确定",
            Confidence::Likely => "很有可能",
            Confidence::Unsure => "只是推测，浏览器没有提供更多信息",
        }
    }

    fn question(&self, question: Question) -> &'static str {
        match question {
            Question::Portal => "本页面自己的服务器",
            Question::DualStack => "双栈服务器：看浏览器选用哪一个",
            Question::Ipv4 => "仅支持 IPv4 的服务器",
            Question::Ipv6 => "仅支持 IPv6 的服务器",
            Question::LiteralIpv4 => "直接访问 IPv4 地址，不用域名",
            Question::LiteralIpv6 => "直接访问 IPv6 地址，不用域名",
            Question::LargeIpv4 => "通过 IPv4 接收大量数据",
            Question::LargeIpv6 => "通过 IPv6 接收大量数据",
            Question::LargeDualStack => "从双栈服务器接收大量数据",
            Question::UploadIpv4 => "通过 IPv4 上传大量数据",
            Question::UploadIpv6 => "通过 IPv6 上传大量数据",
            Question::UploadDualStack => "向双栈服务器上传大量数据",
            Question::Http3 => "最新的网页协议（HTTP/3）",
            Question::ResolverIpv6 => "只能通过 IPv6 解析的域名",
            Question::NeutralIpv4 => "仅支持 IPv4 的服务器，换用中性域名",
            Question::NeutralIpv6 => "仅支持 IPv6 的服务器，换用中性域名",
        }
    }

    fn told(&self, told: Told, after_ms: Option<u32>) -> String {
        let after = after_ms.map(|ms| self.elapsed(f64::from(ms)));
        // Time comes first here.
        let timed = |text: &str| match &after {
            Some(after) => format!("{after}后{text}"),
            None => text.to_owned(),
        };
        match told {
            Told::NotAsked => "未询问".to_owned(),
            Told::Waiting => "等待中…".to_owned(),
            Told::Overdue => "至今没有应答".to_owned(),
            Told::Ok => timed("应答"),
            Told::Slow => timed("才应答，较慢"),
            Told::Silent => match after {
                Some(after) => format!("没有应答，{after}后超时放弃"),
                None => "没有应答".to_owned(),
            },
            Told::Failed(Pace::AtOnce) => timed("在你的设备上失败"),
            Told::Failed(Pace::RoundTrip) => timed("被拒绝"),
            Told::Failed(Pace::Gateway) => timed("失败：途中的下一台设备没有应答"),
            Told::Failed(Pace::Unclear) => timed("失败"),
            Told::Foreign => "应答的不是我们的服务器".to_owned(),
            Told::Status => "应答是一个错误".to_owned(),
            Told::Partial => "应答中途断开".to_owned(),
            Told::WrongFamily => "应答来自另一种地址".to_owned(),
            Told::Refused(refusal) => refused(refusal).to_owned(),
            Told::Discarded => "沿用了已有的连接，不计入结果".to_owned(),
            Told::NotOffered => "服务器不提供".to_owned(),
            Told::NotUsed => "服务器提供，但浏览器这次用了旧方式".to_owned(),
        }
    }

    fn presence(&self, presence: Presence, family: Family) -> String {
        match presence {
            Presence::Unknown => format!("浏览器没有透露你的设备是否有 {family} 地址"),
            Presence::Global => format!("你的设备有可上网的 {family} 地址"),
            Presence::Local => format!("你的设备只有内部网络的 {family} 地址"),
            Presence::Tunnel => format!("你的设备有一个旧式隧道的 {family} 地址"),
            Presence::Some => format!("你的设备似乎有 {family} 地址"),
            Presence::Absent => format!("你的设备没有 {family} 地址"),
            Presence::Hidden => format!("你的设备似乎没有 {family} 地址"),
        }
    }

    #[allow(clippy::too_many_lines)] // One table, read from top to bottom.
    fn why(&self, why: Why) -> &'static str {
        match why {
            Why::Fine => "一切正常",
            Why::Checking => "仍在检测",
            Why::NotTested => "未检测",
            Why::NoAddress => "你的设备没有这种地址",
            Why::LocalAddress => "你的设备只有内部网络的地址",
            Why::FailsAtOnce => "立刻失败；是没有还是被拒绝，浏览器没有说明",
            Why::RejectedNear => "你的设备上或附近的某个环节立刻拒绝了它",
            Why::NoGateway => "你的路由器对此没有应答",
            Why::Silent => "你的设备发出的数据始终没有应答",
            Why::Hangs => "连接能建立，之后收不到数据",
            Why::Rejected => "连接被某个环节拒绝",
            Why::LargeLost => "大数据包在途中丢失",
            Why::LargeLate => "大数据包过一段时间才能通过",
            Why::Late => "应答来得很晚",
            Why::CutShort => "应答中途断开",
            Why::NamesFiltered => "线路正常，但域名解析不到：你的域名服务器没有返回这类地址",
            Why::Intercepted => "你附近有别的设备冒充真正的服务器应答",
            Why::OurName => "可用；只是我们自己的测试域名没有应答",
            Why::OurServer => "我们自己的测试服务器出了故障",
            Why::WrongFamily => "我们的测试域名用另一种地址应答",
            Why::Reused => "浏览器沿用了旧的连接",
            Why::Csp => "本页面自己的规则禁止这样做",
            Why::MixedContent => "安全页面不能访问不安全的地址",
            Why::LocalNetwork => "访问本地网络的权限被拒绝",
            Why::Permission => "浏览器正在等待你的许可",
            Why::Blocker => "被你设备上的扩展或过滤器拦截",
            Why::Offline => "你的设备处于离线状态",
            Why::CaptivePortal => "无论访问哪里，应答的都是登录页面",
            Why::WrongClock => "你的设备时间不正确",
            Why::NothingAnswers => "什么都没有应答，原因不明",
            Why::NoSuchName => "域名不存在",
            Why::Unpublished => "对方没有提供",
            Why::PrivateAddress => "对方的地址属于私有网络",
            Why::Unreadable => "有应答，但浏览器不让本页面读取",
            Why::ErrorStatus => "应答是一个错误",
            Why::Down => "它出了故障，别人也访问不了",
            Why::Between => "别人能访问，你的网络也正常：问题出在两者之间",
            Why::NameBlocked => "你的浏览器或网络屏蔽了这个域名",
            Why::Certificate => "它的证书无效，对别人也一样",
            Why::CertificateHere => "它的证书在这里不被接受",
            Why::NotKnown => "在这里失败，原因不明",
            Why::YourFamily => "你自己的网络走这条路不通",
        }
    }
}

const fn refused(refusal: Refusal) -> &'static str {
    match refusal {
        Refusal::Csp => "本页面自己的规则禁止这样做",
        Refusal::MixedContent => "安全页面不能访问不安全的地址",
        Refusal::LocalNetwork => "你拒绝了权限请求",
        Refusal::Permission => "浏览器正在等待你的许可",
        Refusal::Blocker => "被扩展或过滤器拦截",
    }
}
