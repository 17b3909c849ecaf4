//! The causes that the edge finds, in Chinese.

use super::ZhHans;
use crate::self_test::phrases::Causes;
use dualwatch_core::measure::cause::Cause;

impl<F> Causes for ZhHans<F> {
    fn cause(&self, cause: Cause) -> &'static str {
        match cause {
            Cause::DnsNxdomain => "域名不存在",
            Cause::DnsNodata => "没有公布这种协议的地址",
            Cause::DnsServfail => "该域名的域名服务器出错",
            Cause::DnsRefused => "解析器拒绝应答",
            Cause::DnsTimeout => "解析器没有应答",
            Cause::DnsMalformed => "解析器的应答无法读取",
            Cause::DnsSpecialUse => "公共 DNS 中没有这类域名",
            Cause::TcpRefused => "连接被拒绝",
            Cause::TcpReset => "连接被重置",
            Cause::TcpTimeout => "没有应答",
            Cause::NetUnreachable => "没有到该地址的路由",
            Cause::TcpNoConnection => "未能建立连接",
            Cause::TlsNameMismatch => "证书属于另一个域名",
            Cause::TlsExpired => "证书已过期",
            Cause::TlsNotYetValid => "证书尚未生效",
            Cause::TlsUntrusted => "证书不受信任",
            Cause::TlsRevoked => "证书已被吊销",
            Cause::TlsAlert => "服务器中断了 TLS 握手",
            Cause::TlsProtocol => "服务器的 TLS 与我们不兼容",
            Cause::TlsClosed => "TLS 握手期间连接关闭",
            Cause::TlsTimeout => "已连接，但 TLS 握手没有应答",
            Cause::HttpStatus => "意外的 HTTP 状态",
            Cause::HttpBodyMismatch => "应答中没有预期的内容",
            Cause::HttpRedirectLoop => "重定向次数过多",
            Cause::HttpMalformed => "应答不是 HTTP",
            Cause::HttpCoding => "应答内容无法解压",
            Cause::HttpClosed => "应答完整之前连接已关闭",
            Cause::HttpTimeout => "已连接，但没有 HTTP 应答",
            Cause::HttpTooLarge => "应答超过允许的大小",
            Cause::Slow => "比预期慢",
            Cause::PathMtu => "大数据包在途中丢失",
            Cause::PolicyPlatform => "这里不允许连接到那里",
            Cause::PolicyBrowserCors => "该服务不允许本页面读取应答",
            Cause::PolicyBrowserCsp => "本页面自己的规则不允许该请求",
            Cause::PolicyBrowserMixedContent => "安全页面不能获取 http 地址",
            Cause::PolicyBrowserLocalNetwork => "浏览器不允许本页面访问本地网络",
            Cause::PolicyBrowserBlocker => "请求被浏览器中的拦截器阻止",
            Cause::VantageNoFamily => "监测点没有这种协议的连接",
            Cause::VantageOffline => "监测点处于离线状态",
            Cause::VantageCaptivePortal => "有别的设备代替互联网应答",
            Cause::VantageClock => "监测点的时间不正确",
            Cause::MeasurementFailed => "监测本身失败",
            Cause::MeasurementCut => "来不及检查完应答",
            Cause::MeasurementTls => "它与其他客户端能以 TLS 通信，只是与本测量不能",
            Cause::NotObserved => "没有最近一轮的结果",
        }
    }
}
