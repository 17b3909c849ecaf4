//! What the whole comes to, in Chinese.

use super::ZhHans;
use crate::self_test::phrases::Sentences;
use dualwatch_core::{measure::family::Family, self_test::sentence::Sentence};

impl<F> Sentences for ZhHans<F> {
    fn sentence(&self, sentence: Sentence, preferred: Option<Family>) -> String {
        match sentence {
            Sentence::Checking => "正在检测你的网络连接…".to_owned(),
            Sentence::Answers(f) => format!("你的 {f} 有应答，仍在检测 {}…", f.other()),
            Sentence::BothAnswer => "IPv4 和 IPv6 都有应答，仍在检测数据能否完整到达…".to_owned(),
            Sentence::Both => match preferred {
                Some(f) => format!("你同时拥有 IPv4 和 IPv6，浏览器优先使用 {f}。"),
                None => "你同时拥有 IPv4 和 IPv6，两者都正常。".to_owned(),
            },
            Sentence::Only(f) => format!("你的 {f} 正常，没有 {}。", f.other()),
            Sentence::Broken(f) => format!("你的 {f} 有故障：设备会尝试使用它，却得不到应答。"),
            Sentence::Hangs(f) => format!("你的 {f} 有故障：连接能建立，之后却再也收不到数据。"),
            Sentence::LosesLarge(f) => format!("你的 {f} 有故障：有些应答不能完整到达。"),
            Sentence::Slow(f) => format!("你的 {f} 可用，但非常慢。"),
            Sentence::Blocked(f) => format!("本页面无法使用你的 {f}：请求被拦截了。"),
            Sentence::DoesNotWork(f) => format!("你的 {} 正常，{f} 不通。", f.other()),
            Sentence::Untested(f) => format!("你的 {} 正常，{f} 未能检测。", f.other()),
            Sentence::OursDown(f) => format!("你的 {} 正常；我们自己的测试服务器在 {f} 上没有应答。", f.other()),
            Sentence::BothSlow => "你的网络可用，但非常慢。".to_owned(),
            Sentence::NothingWorks => "你的 IPv4 和 IPv6 都不能正常传输数据。".to_owned(),
            Sentence::NothingAnswers => {
                "我们的服务器都没有应答：不是你的网络断了，就是我们的测试服务器出了故障。".to_owned()
            }
            Sentence::OursAllDown => "我们自己的测试服务器全部出了故障，因此无法检测你的网络。".to_owned(),
            Sentence::Offline => "你的设备显示当前处于离线状态。".to_owned(),
            Sentence::Portal => "这个网络要求先登录：无论访问哪里，应答的都是登录页面。".to_owned(),
            Sentence::WrongClock => "你的设备时间不正确，因此无法建立安全连接。".to_owned(),
            Sentence::NotAllowed => "你的浏览器不允许本页面检测网络。".to_owned(),
            Sentence::NotTested => "这里没有设置测试服务器，因此没有检测你的网络。".to_owned(),
        }
    }

    fn means(&self, sentence: Sentence) -> String {
        match sentence {
            Sentence::Checking | Sentence::Answers(_) | Sentence::BothAnswer => "大约需要几秒钟。".to_owned(),
            Sentence::Both => "新旧网站你都能访问。".to_owned(),
            Sentence::Only(Family::Ipv4) => {
                "几乎所有网站都能正常访问，只有极少数仅支持 IPv6 的网站打不开。这不是故障。".to_owned()
            }
            Sentence::Only(Family::Ipv6) => "仅支持 IPv4 的网站你打不开。".to_owned(),
            Sentence::Broken(f) => format!(
                "支持 {f} 的网站打开得晚：浏览器会先等待应答，然后才改用 {}。其他程序可能完全打不开。",
                f.other()
            ),
            Sentence::Hangs(f) => {
                format!("支持 {f} 的网站可能完全打不开，因为到了这一步，程序不会再改用 {}。", f.other())
            }
            Sentence::LosesLarge(f) => format!("支持 {f} 的网站会开始加载，然后卡住。"),
            Sentence::Slow(f) => format!("通过 {f} 访问的网站打开得很慢。"),
            Sentence::Blocked(f) => format!("无法得知你的 {f} 是否正常；网站可能仍能通过 {} 打开。", f.other()),
            Sentence::DoesNotWork(f) => {
                format!("网站会通过 {} 打开，没有延迟。仅支持 {f} 的网站打不开。", f.other())
            }
            Sentence::Untested(_) | Sentence::OursDown(_) => "没有发现你的网络有什么问题。".to_owned(),
            Sentence::BothSlow => "所有网站都打开得很慢。".to_owned(),
            Sentence::NothingWorks => "大多数网站会打不开，或者卡住。".to_owned(),
            Sentence::NothingAnswers => "如果其他网站能打开，那就是我们的问题。".to_owned(),
            Sentence::OursAllDown => "这不能说明你的网络有问题。".to_owned(),
            Sentence::Offline => "任何网站都无法访问。".to_owned(),
            Sentence::Portal => "登录之前什么都用不了。".to_owned(),
            Sentence::WrongClock => "安全网站会显示警告，或者打不开。".to_owned(),
            Sentence::NotAllowed | Sentence::NotTested => "这不能说明你的网络有问题。".to_owned(),
        }
    }
}
