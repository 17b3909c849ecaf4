//! What each cause means, in Chinese.

use dualwatch_core::measure::cause::Cause;

/// Returns what a cause means and where to look, as one sentence.
#[allow(clippy::too_many_lines)] // One table, read from top to bottom.
pub const fn explain(cause: Cause) -> &'static str {
    match cause {
        Cause::DnsNxdomain => "DNS 表示这个域名不存在：请检查域名注册和拼写。",
        Cause::DnsNodata => "域名存在，但没有这种协议的记录：如果服务应当可以通过它访问，请添加一条。",
        Cause::DnsServfail => "解析器无法从该域名的域名服务器得到应答：请检查这些服务器和 DNSSEC。",
        Cause::DnsRefused => "解析器不愿应答我们：请检查解析器的访问规则，或者换一个解析器。",
        Cause::DnsTimeout => "解析器收到了查询，但没有及时应答：请检查解析器以及通往它的路径。",
        Cause::DnsMalformed => "返回的内容不是 DNS 应答：请查找我们与解析器之间是什么改动了它。",
        Cause::DnsSpecialUse => "这类域名是保留的，不会出现在公共 DNS 中（RFC 6761）：请使用地址或公共域名。",
        Cause::TcpRefused => "机器应答了，但表示拒绝：在这种协议上没有程序监听该端口，或者防火墙拒绝连接。",
        Cause::TcpReset => "连接立即被切断：请检查服务器的限制以及它前面的防火墙。",
        Cause::TcpTimeout => "数据包没有得到任何应答：防火墙丢弃了它们，机器已关机，或者路由不通。",
        Cause::NetUnreachable => "网络表示没有通往那里的路：请检查路由，以及该地址是否仍在宣告。",
        Cause::TcpNoConnection => "连接失败，而平台没有说明原因：被拒绝、不可达和被禁止看起来都一样。",
        Cause::TlsNameMismatch => "服务器出示了另一个网站的证书：这种协议往往通向另一台服务器或另一个虚拟主机。",
        Cause::TlsExpired => "证书已过最后期限：请检查它的续期，并重新加载服务器。",
        Cause::TlsNotYetValid => "证书的生效时间在将来：请检查签发或提供证书的服务器的时钟。",
        Cause::TlsUntrusted => "没有受信任的机构为该证书担保：请检查是否缺少中间证书，或者证书是自签名的。",
        Cause::TlsRevoked => "签发机构已吊销该证书：必须更换。",
        Cause::TlsAlert => "服务器用警报拒绝了握手：请检查它的 TLS 版本、主机名和客户端规则。",
        Cause::TlsProtocol => "应答的不是 TLS，或者只有不再安全的版本：请检查端口和服务器的设置。",
        Cause::TlsClosed => "连接已建立，但在加密之前就被关闭：请检查 TLS 设置和前面的代理。",
        Cause::TlsTimeout => "连接已建立，随后没有了声息：大数据包可能在途中丢失，或者服务器卡住了。",
        Cause::HttpStatus => "服务有应答，但状态不算正常：请查看应用程序自己的日志。",
        Cause::HttpBodyMismatch => "服务应答的内容与预期不同：请检查是否是错误页面，或是另一个网站取代了它。",
        Cause::HttpRedirectLoop => "重定向一个接一个，没有尽头：请检查 http、https 与主机名之间的重定向。",
        Cause::HttpMalformed => "返回的内容无法按 HTTP 读取：请检查在这种协议上到底是什么在监听该端口。",
        Cause::HttpCoding => "内容的压缩方式与头部所写的不同，浏览器会显示错误：请检查是什么在压缩。",
        Cause::HttpClosed => "连接在应答中途结束：请检查应用程序、它的内存和代理。",
        Cause::HttpTimeout => "连接正常，但应用程序没有及时应答：请检查应用程序，而不是网络。",
        Cause::HttpTooLarge => "应答超过我们读取的大小：请测量该服务的较小页面，或专供检查的页面。",
        Cause::Slow => "服务可以访问，但所需时间超过其配置允许的范围。",
        Cause::PathMtu => "小数据包能通过，大数据包消失：请查找隧道，以及丢弃 ICMPv6 Packet Too Big 的防火墙。",
        Cause::PolicyPlatform => "平台或配置不允许这个连接，因此对目标不作判断。",
        Cause::PolicyBrowserCors => "服务有应答，但浏览器不让本页面读取；仅此一点不算故障。",
        Cause::PolicyBrowserCsp => "请求没有离开浏览器，因为本页面的内容安全策略没有列出该地址。",
        Cause::PolicyBrowserMixedContent => "请求没有离开浏览器：通过 https 加载的页面不能获取普通 http 内容。",
        Cause::PolicyBrowserLocalNetwork => "请求没有离开浏览器：它需要访问本地网络设备的权限。",
        Cause::PolicyBrowserBlocker => "请求没有离开浏览器：请检查浏览器扩展和这台设备上的过滤程序。",
        Cause::VantageNoFamily => "我们已知正常的目标在这种协议上全都没有应答，因此在该协议上不作指责。",
        Cause::VantageOffline => "我们已知正常的目标在任何协议上都没有应答，因此从那里不作指责。",
        Cause::VantageCaptivePortal => "登录页或代理代替所有目标应答，因此对目标不作判断。",
        Cause::VantageClock => "时钟有误就无法判断证书：请校准监测机器的时钟。",
        Cause::MeasurementFailed => "我们自己的工作没能完成：错误与该次测量一同保存，对目标不作判断。",
        Cause::MeasurementCut => "应答来得太晚，没有时间检查：请给该目标更长的超时时间。",
        Cause::NotObserved => "该目标没有足够新的测量结果可供判断。",
    }
}
