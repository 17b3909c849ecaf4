//! What to do now, by cause, in Chinese.

use super::ZhHans;
use crate::self_test::phrases::Advice;
use dualwatch_core::{measure::family::Family, self_test::why::Why};

impl<F> Advice for ZhHans<F> {
    #[allow(clippy::too_many_lines)] // One table, read from top to bottom.
    fn for_visitor(&self, why: Why, family: Option<Family>) -> Option<String> {
        let f = family.map_or_else(|| "该连接".to_owned(), |family| format!(" {family} "));
        let text = match why {
            Why::Fine | Why::Checking | Why::Unpublished | Why::Unreadable | Why::NotTested => {
                return None;
            }
            Why::NoAddress | Why::LocalAddress | Why::FailsAtOnce => {
                format!("无需处理。如果想使用{f}，可在路由器设置中查找，或向运营商申请。")
            }
            Why::OurName => "无需处理：只是我们自己的一个测试域名没有应答。".to_owned(),
            Why::RejectedNear | Why::Rejected => {
                format!(
                    "暂时关闭 VPN 或防火墙软件，再检测一次。如果有效，请在其中允许{f}。如果无效，请换一个域名服务器（DNS）。"
                )
            }
            Why::NoGateway => {
                format!("重启路由器。如果仍然如此，请先在路由器中关闭{f}，等运营商查明原因。")
            }
            Why::Silent => format!(
                "重启路由器，然后再检测一次。如果仍然如此，请联系运营商，并告诉他们下面的代码。在此之前，可以先在路由器设置中关闭{f}。"
            ),
            Why::Hangs | Why::LargeLost | Why::LargeLate => format!(
                "关闭 VPN，再检测一次。如果仍然如此，请在路由器中把{f}的 MTU 设为 1280，或联系运营商，并告诉他们下面的代码。"
            ),
            Why::Late => "请靠近路由器再检测一次，最好用网线。如果仍然很慢，请联系运营商。".to_owned(),
            Why::CutShort => "再检测一次。如果仍然如此，请关闭会检查连接内容的 VPN 或过滤软件。".to_owned(),
            Why::NamesFiltered => {
                format!("请在路由器或设备上换一个域名服务器（DNS）：现在用的这个不返回{f}地址。")
            }
            Why::Intercepted | Why::CaptivePortal => {
                "打开任意一个以 http:// 开头的页面，登录这个网络，然后再检测一次。".to_owned()
            }
            Why::Csp | Why::MixedContent => "无需处理：需要由本页面的运营者修改。".to_owned(),
            Why::LocalNetwork | Why::Permission => "请允许本页面访问你的本地网络：请看地址栏左端。".to_owned(),
            Why::Blocker => "请对本页面关闭广告拦截或过滤器，然后再检测一次。".to_owned(),
            Why::NameBlocked => {
                "请对本页面关闭广告拦截和过滤器，然后再检测一次。如果没有用，请询问你的网络管理者这个域名是否在屏蔽名单上。".to_owned()
            }
            Why::Offline => "请让设备连上网络：检查网线、Wi-Fi 和飞行模式。".to_owned(),
            Why::WrongClock => "请校准设备的日期和时间，最好设为自动，然后重新加载本页面。".to_owned(),
            Why::NothingAnswers => "打开别的网站看看。如果都打不开，请重启路由器；如果能打开，请稍后再来。".to_owned(),
            Why::YourFamily => format!("请先修好你自己的{f}：见上文。"),
            Why::Between => {
                "换一个网络试试，例如手机网络。如果在那里正常，请联系你的运营商，并把这个结果发给他们。".to_owned()
            }
            Why::CertificateHere => "请检查设备的时间，以及是否有安全软件在检查你的连接内容。".to_owned(),
            Why::NotKnown | Why::Reused | Why::WrongFamily => "请过一分钟再检测，或换一个浏览器。".to_owned(),
            Why::OurServer => "无需处理：这要由我们来修复。".to_owned(),
            Why::NoSuchName | Why::PrivateAddress | Why::ErrorStatus | Why::Down | Why::Certificate => {
                "你只需等待：这要由对方来修复。".to_owned()
            }
        };
        Some(text)
    }

    #[allow(clippy::too_many_lines)] // One table, read from top to bottom.
    fn for_operator(&self, why: Why, family: Option<Family>) -> Option<String> {
        let f = family.map_or_else(|| "任一协议".to_owned(), |family| format!(" {family} "));
        let text = match why {
            Why::Fine
            | Why::Checking
            | Why::NotKnown
            | Why::NothingAnswers
            | Why::Offline
            | Why::Blocker
            | Why::Permission
            | Why::LocalNetwork
            | Why::WrongClock
            | Why::YourFamily
            | Why::CertificateHere => return None,
            Why::NoAddress | Why::FailsAtOnce => {
                format!("设备没有得到可用的{f}地址：请检查路由器通告或 DHCP，以及接入网。")
            }
            Why::LocalAddress => format!("设备只有{f}的唯一本地地址：路由器没有通告运营商的前缀。"),
            Why::RejectedNear | Why::Rejected => {
                format!(
                    "通过{f}的连接被重置，或收到 ICMP 错误，或者解析器找不到地址：请检查途中的防火墙、目标上的监听和解析器的过滤规则。"
                )
            }
            Why::NoGateway => format!("对{f}默认网关的邻居发现没有应答：所通告的路由器已不在。"),
            Why::Silent => {
                format!("地址和默认路由都有，但{f}上没有任何返回：请检查回程路由、是否更换过前缀，以及过滤规则。")
            }
            Why::Hangs | Why::LargeLost | Why::LargeLate => format!(
                "{f}上小包能过，大包不能：请放行 ICMP Packet Too Big（RFC 4890），在隧道上限制 MSS，或通告合适的 MTU。"
            ),
            Why::Late => format!("{f}的往返时间是另一种协议的数倍：请检查路由和隧道。"),
            Why::CutShort => "应答未达到应有长度就结束：请检查途中的代理。".to_owned(),
            Why::NamesFiltered => "线路正常，但访问者的解析器不返回 AAAA 记录：请检查它的过滤规则和 DNS64。".to_owned(),
            Why::Intercepted | Why::CaptivePortal => "有别的设备以我们的名义返回了另一份文档。".to_owned(),
            Why::OurName | Why::OurServer => {
                format!("请检查自检的{f}端点：监听、证书和 DNS 记录。")
            }
            Why::WrongFamily => format!("只代表{f}的域名带有另一种协议的记录，或前面有代理。"),
            Why::Reused => {
                "浏览器会通过 HTTP/2 合并使用同一证书的域名的连接：请像 `dualwatch echo` 那样用 HTTP/1.1 提供自检。"
                    .to_owned()
            }
            Why::NotTested => "请在配置的 `self_test:` 下填写端点。".to_owned(),
            Why::Csp => "请把该端点加入本页面 Content-Security-Policy 的 `connect-src`。".to_owned(),
            Why::MixedContent => "请和本页面一样，用 https 提供该端点。".to_owned(),
            Why::NoSuchName => "公共 DNS 中没有这个域名：请检查域名及其拼写。".to_owned(),
            Why::Unpublished => format!("没有{f}的记录：如需通过它访问，请添加。"),
            Why::PrivateAddress => "域名指向私有地址：别处的访问者无法到达。".to_owned(),
            Why::Unreadable => {
                "如果要让本页面读取应答，请发送 Access-Control-Allow-Origin；除此之外没有问题。".to_owned()
            }
            Why::ErrorStatus => "请查看应用自己的日志。".to_owned(),
            Why::Down => format!("从边缘节点通过{f}访问也不通：请看相关事件。"),
            Why::Between => {
                format!("只有这位访问者失败：请检查通过{f}到其网络的路由和互联，以及限速。")
            }
            Why::NameBlocked => "它的域名或地址在某个屏蔽名单上：请查看常见的名单。".to_owned(),
            Why::Certificate => "请更新证书，或提供与该域名相符的证书。".to_owned(),
        };
        // At the beginning of a sentence no space is needed before a Latin word.
        Some(text.trim_start().to_owned())
    }
}
