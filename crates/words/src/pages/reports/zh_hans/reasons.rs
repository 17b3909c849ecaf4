//! What speaks for a hypothesis and against it, in Chinese.

use crate::{
    extended_error,
    pages::reports::built::{Pieces, cause_in, change},
    report::{certificates, moment},
};
use dualwatch_core::{measure::sample::Confidence, respond::report::hypotheses::Argument};
use dualwatch_wire::{answer::language::Language, v1::incident_report::ChangeFacts};

/// Returns one argument as a fragment.
#[allow(clippy::too_many_lines)] // One table, read from top to bottom.
pub(super) fn reason<W: Pieces>(w: &W, argument: &Argument) -> String {
    let list = |names: &[String], further: usize| {
        let names = names.join("、");
        if further == 0 { names } else { format!("{names} 等另外 {further} 个") }
    };
    match argument {
        Argument::FailedFor { cause, family, samples, of } => {
            let cause = cause_in(w, *family, *cause);
            if samples == of {
                format!("{family} 上全部 {of} 次失败的测量都是：{cause}")
            } else {
                format!("{family} 上 {of} 次失败的测量中有 {samples} 次是：{cause}")
            }
        }
        Argument::RefusedAfter { family, ms } => {
            format!("{family} 上的拒绝在 {} 后返回：该地址上有东西应答", w.elapsed(*ms))
        }
        Argument::SilentFor { family, ms } => format!("{family} 上在 {} 内没有任何返回", w.elapsed(*ms)),
        Argument::TcpCameUp { family, ms } => {
            format!("{family} 上 TCP 在 {} 内建立：地址、路由和端口都正确", w.elapsed(*ms))
        }
        Argument::OtherFamilyWell { family } => format!("{family} 在同一时间有应答"),
        Argument::BothFamilies => "两种协议都失败".to_owned(),
        Argument::OneFamilyOnly { family } => format!("只有 {family} 失败"),
        Argument::Changed(c) => change(w, &ChangeFacts::from(c)),
        Argument::NothingChanged => "此前没有看到变化".to_owned(),
        Argument::CertificateNames { family, names, .. } if names.is_empty() => {
            format!("{family} 上的证书没有任何名称")
        }
        Argument::CertificateNames { family, names, further } => {
            format!("{family} 上的证书属于 {}", list(names, *further))
        }
        Argument::CertificateEnded { family, at } => format!("{family} 上的证书于 {} 到期", moment(*at)),
        Argument::CertificateFresh { family, until } => {
            format!("{family} 上的证书有效期至 {}", moment(*until))
        }
        Argument::CertificateFault { family, fault } => {
            format!("{family} 上的握手显示了问题所在：{}", certificates::fault(fault, Language::ZhHans))
        }
        Argument::HttpStatus { family, status } => format!("{family} 上的 HTTP 状态为 {status}"),
        Argument::Extended { family, error } => {
            format!("{family} 上解析器说明了问题所在：{}", extended_error(error))
        }
        Argument::Unfit { family, unfit } => {
            format!("该域名在 {family} 上的记录：{}", w.say(crate::status::Said::Unfit(unfit)))
        }
        Argument::ExistsAllTheSame { family } => {
            format!("对 {family} 域名不存在，对 {} 却存在：两个应答互相矛盾", family.other())
        }
        Argument::MethodRefused { family, method, allow: Some(allow) } => {
            format!("{family} 上不接受 {method}，并说明了接受什么：{allow}")
        }
        Argument::MethodRefused { family, method, allow: None } => format!("{family} 上应答说不接受 {method}"),
        Argument::TakenFor { cause, family, confidence } => {
            let sure = match confidence {
                Some(Confidence::High) => "，把握很大",
                Some(Confidence::Medium) => "，把握一般",
                Some(Confidence::Low) => "，把握不大",
                None => "",
            };
            format!("平台没有说明 {family} 上的更多情况；从时间看是：{}{sure}", cause_in(w, *family, *cause))
        }
        Argument::FailedNowAndThen { family, failed, of } => {
            format!("{family} 上 {of} 次测量中有 {failed} 次失败，其间有应答")
        }
        Argument::Flaps { episodes } => format!("出现并消失了 {episodes} 次"),
        Argument::Peers { names, share_network } => {
            let with = if *share_network { "同一网络中" } else { "" };
            format!("{with}同时不可用的还有：{}", names.join("、"))
        }
        Argument::NoPeers => "没有其他目标同时不可用".to_owned(),
        Argument::SeenBy { vantages } => match &vantages[..] {
            [only] => format!("只有 {only} 观测到"),
            several => format!("由 {} 观测到", several.join("、")),
        },
        Argument::VantageProven { family } => format!("监测点刚刚证实自己的 {family} 可用"),
        Argument::VantageUntested { family } => format!("没有对照目标来证实监测点的 {family} 可用"),
        Argument::Blind { family } => format!("有一段时间在 {family} 上没有观测到"),
    }
}
