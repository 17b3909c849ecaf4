//! One event of several targets, in Chinese.

use crate::{pages::Pages, report::moment, self_test::phrases::Causes};
use dualwatch_core::notice::grouping::{Group, Link, Shared};

/// Returns how many failed together, what they share, and how it ended.
pub(super) fn group<W: Pages + Causes>(words: &W, group: &Group) -> String {
    let n = group.members.len();
    let families = match group.families[..] {
        [family] => format!("通过 {family} "),
        _ => String::new(),
    };
    let is_over = group.members.iter().all(|m| m.ended.is_some());
    let first = group.members.iter().map(|m| m.began.by).min().map(moment).unwrap_or_default();
    let shared: Vec<String> = group.shared.iter().map(|one| self::shared(words, one, n)).collect();
    let shared = if shared.is_empty() { String::new() } else { format!("其中{}。", shared.join("，")) };
    let failed = if is_over {
        format!("{n} 项服务于 {first} {families}同时不可用。")
    } else {
        format!("自 {first} 起，{n} 项服务{families}同时不可用。")
    };
    failed + &shared + &recovery(words, group)
}

fn shared<W: Causes>(words: &W, shared: &Shared, n_all: usize) -> String {
    let who = if shared.n_members == n_all { "全部".to_owned() } else { format!(" {} 项", shared.n_members) };
    match &shared.link {
        Link::Address(address) => format!("{who}使用地址 {address}"),
        Link::Ipv4Network(network) => format!("{who}位于 {network}/24"),
        Link::Ipv6Network(network) => format!("{who}位于 {network}/48"),
        Link::Resolver(name) => format!("{who}由 {name} 解析"),
        Link::Cause(cause) => format!("{who}最初是“{}”", words.cause(*cause)),
        Link::Vantage(name) => format!("{who}由 {name} 测量"),
    }
}

fn recovery<W: Pages>(words: &W, group: &Group) -> String {
    let lasting = group.members.iter().filter_map(|m| m.ended.map(|ended| ended.by.ms_since(m.began.by)));
    let n_all = group.members.len();
    match (lasting.clone().count(), lasting.clone().min(), lasting.max()) {
        (n, Some(shortest), Some(longest)) if n == n_all => match group.n_stages() {
            0 | 1 => format!("全部在 {} 后一同恢复。", words.span(longest)),
            n => format!("它们分 {n} 批恢复，用时 {} 至 {}。", words.span(shortest), words.span(longest)),
        },
        (0, ..) => "都尚未恢复。".to_owned(),
        (n, ..) => format!("{n_all} 项中有 {n} 项已恢复。"),
    }
}
