//! What stands around the questions, in Chinese.

use super::ZhHans;
use crate::self_test::{
    phrases::{Around, Phase},
    times::Formats,
};
use dualwatch_core::self_test::{
    environment::{Condition, Fact},
    place::NotAsked,
};

impl<F: Formats> Around for ZhHans<F> {
    fn fact(&self, fact: Fact) -> &'static str {
        match fact {
            Fact::Online => "设备对自身连接的说明",
            Fact::Secure => "本页面如何到达你这里",
            Fact::Policy => "本页面自身的规则",
            Fact::MixedContent => "安全页面上的不安全地址",
            Fact::LocalNetwork => "访问本地网络的许可",
            Fact::Addresses => "你设备的地址",
        }
    }

    fn condition(&self, fact: Fact, condition: Condition) -> &'static str {
        match (condition, fact) {
            (Condition::Unseen, _) => "等待中…",
            (Condition::Fine, Fact::Online) => "已连接",
            (Condition::Fine, Fact::Secure) => "已加密",
            (Condition::Fine, Fact::Policy | Fact::MixedContent) => "没有拦下任何内容",
            (Condition::Fine, Fact::LocalNetwork) => "已允许",
            (Condition::Fine, Fact::Addresses) => "浏览器说明了地址种类",
            (Condition::Bad, Fact::Online) => "离线",
            (Condition::Bad, Fact::Secure) => "未加密：有些内容无法检测",
            (Condition::Bad, Fact::Policy) => "规则禁止了一项检测",
            (Condition::Bad, Fact::MixedContent) => "有一台测试服务器未加密，不能从这里访问",
            (Condition::Bad, Fact::LocalNetwork) => "已拒绝",
            (Condition::Bad, Fact::Addresses) => "没有",
            (Condition::Untold, _) => "浏览器没有说明",
            (Condition::NotNeeded, _) => "未申请：不需要",
        }
    }

    fn not_asked(&self, why: NotAsked) -> &'static str {
        match why {
            NotAsked::NoEndpoint => "未检测：这里没有为此设置服务器",
            NotAsked::NoTls => "未检测：需要安全的页面",
            NotAsked::SmallFailed => "未检测：更简单的一项没有得到应答",
            NotAsked::NotNeeded => "未检测：服务器用自己的域名已有应答",
        }
    }

    fn phase(&self, phase: Phase) -> &'static str {
        match phase {
            Phase::Name => "名称",
            Phase::Connection => "连接",
            Phase::Encryption => "加密",
            Phase::Answer => "应答",
        }
    }

    fn own_network(&self, name: &str) -> String {
        format!("你的网络：{name}。")
    }

    fn private_addresses(&self, n: usize) -> String {
        format!("{n} 个私有网络地址")
    }
}
