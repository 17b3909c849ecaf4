//! What stands in the document, in Chinese.

use super::ZhHans;
use crate::self_test::phrases::{Document, Text};

impl<F> Document for ZhHans<F> {
    fn text(&self, text: Text) -> &'static str {
        match text {
            Text::Title => "你的网络：IPv4 与 IPv6",
            Text::Skip => "跳到正文",
            Text::Pages => "页面",
            Text::AllServices => "所有服务",
            Text::AllIncidents => "所有事件",
            Text::Languages => "语言",
            Text::NoScriptHeading => "只有启用 JavaScript 才能检测你的网络。",
            Text::NoScript => {
                "没有 JavaScript，无法从你的网络进行检测。你能看到本页面，说明 IPv4 或 IPv6 至少有一个可用；"
            }
            Text::NoScriptLink => "这个地址",
            Text::NoScriptSays => "会告诉你浏览器用的是哪一个（“family”一项）。",
            Text::MoreQuestions => "更多检测项",
            Text::Around => "你的浏览器与本页面",
            Text::TimeSpent => "时间用在哪里",
            Text::TimeHidden => "浏览器隐藏的部分不列出。每个时间都是对一个名称的首次连接。",
            Text::Names => "本页面的服务器查到的各服务名称",
            Text::Evidence => "依据，以及给客服的信息",
            Text::Again => "重新检测",
            Text::ShareLink => "复制链接",
            Text::ShareText => "复制为文本",
            Text::ShareFile => "下载",
            Text::SharePrint => "打印",
            Text::ShareWhole => "附上我的完整地址",
            Text::Privacy => {
                "为了检测你的网络，浏览器只会访问本页面自己的服务器、下列地址和本页面上的各项服务。它们会看到你的来源地址，\
                 我们的服务器会把它返回给你。WebRTC 不经过任何服务器，就能说明你的设备有哪几类地址。不会保存任何内容；\
                 结果只留在本页面。"
            }
            Text::DualStack => "双栈",
            Text::PlainMeaning => "你的浏览器在这里不能运行 WebAssembly，因此不查找原因。",
            Text::PlainBoth => "IPv4 和 IPv6 都有应答。",
            Text::PlainIpv4 => "IPv4 有应答，IPv6 没有。",
            Text::PlainIpv6 => "IPv6 有应答，IPv4 没有。",
            Text::PlainNeither => "IPv4 和 IPv6 都没有应答。",
            Text::PlainOk => "有应答",
            Text::PlainFailed => "没有应答",
            Text::PlainNone => "未询问",
            Text::PlainServices => "没有从你的网络访问它们。以下是我们自己的监测点看到的情况。",
            Text::Services => "从你的网络访问各项服务",
            Text::ServicesLater => "得知你的网络状况后，就会开始访问它们。",
        }
    }
}
