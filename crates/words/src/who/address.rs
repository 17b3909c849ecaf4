//! Each address of a name: which of them fail, how many visits meet one, and which real clients do.

use super::{alone, brackets, measured, names, source, tell};
use crate::report::moment;
use dualwatch_clients::{Class, Group, Met, Protocol, groups, named};
use dualwatch_core::{
    judge::addresses::Addresses,
    measure::{
        cause::Cause,
        family::{Family, PerFamily},
        sample::{EachAddress, Evidence, Sample},
    },
};
use dualwatch_wire::{
    answer::language::Language,
    v1::{
        EveryAddress, FamilyAddresses, RealClients, RealFate,
        addresses::{AddressShare, AddressState},
        status::State,
    },
};

/// So many addresses that fail, come and go, or are gone have a line of their own.
const MAX_LINES: usize = 8;

/// Returns what is known of each address of a target, in English; `stack` are the clients that its operator has named. `None`
/// where it is not asked for.
pub fn every_address(known: &Addresses, url: &str, stack: &[String]) -> Option<EveryAddress> {
    let mut every = EveryAddress::of(known)?;
    let PerFamily { ipv4, ipv6 } = PerFamily { ipv4: &mut every.ipv4, ipv6: &mut every.ipv6 };
    for (family, told) in [(Family::Ipv4, ipv4), (Family::Ipv6, ipv6)] {
        let Some(told) = told else { continue };
        told.real_clients = who(Language::En, family, told, url, stack);
        told.text = lines(Language::En, family, told, &|cause| crate::cause(cause).to_owned());
    }
    Some(every)
}

/// Returns the same in a language, as lines of one family: what the addresses come to, each that is not well, and who meets
/// it. `cause` says a cause in that language.
pub fn every_address_in(
    language: Language,
    family: Family,
    told: &FamilyAddresses,
    url: &str,
    cause: &dyn Fn(Cause) -> String,
) -> Vec<String> {
    let stack: Vec<String> =
        told.real_clients.iter().flat_map(|real| &real.stack).map(|client| client.client.clone()).collect();
    let mut all = lines(language, family, told, cause);
    all.extend(who(language, family, told, url, &stack).iter().flat_map(RealClients::texts).cloned());
    all
}

/// Returns a line for each address that one round visited, in English; none where it visited one alone.
pub fn each_address(url: &str, family: Family, sample: &Sample) -> Vec<String> {
    let n = sample.each.len();
    if n == 0 || (n == 1 && sample.addresses.len() == 1) {
        return Vec::new();
    }
    let line = |each: &EachAddress| {
        let mut alone = each.cause.map_or_else(Sample::reached, Sample::failed);
        alone.evidence = each.detail.clone().unwrap_or_default();
        alone.address = Some(each.address);
        alone.http_status = each.http_status;
        alone.phases.total = each.total_ms;
        crate::sample_sentence(url, family, &alone)
    };
    let mut all: Vec<String> = sample.each.iter().map(line).collect();
    let bad = || sample.each.iter().filter(|each| each.cause.is_some_and(Cause::counts_against_target));
    if let Some(first) = bad().next().filter(|_| bad().count() < n) {
        let percent = bad().count() as f64 / n as f64 * 100.0;
        all.push(at_random(Language::En, percent));
        let fault = first.cause.map(|cause| met(family, cause, first.detail.as_ref()));
        all.extend(
            fault.and_then(|met| meeting(Language::En, met, url, &[])).iter().flat_map(RealClients::texts).cloned(),
        );
    }
    let n_more = sample.addresses.len().saturating_sub(n);
    if n_more > 0 {
        all.push(format!("{family}: {n_more} more addresses were not visited"));
    }
    all
}

fn fill(texts: [&'static str; 3], language: Language, values: &[(&str, &str)]) -> String {
    let mut text = tell(language, texts).to_owned();
    for (mark, value) in values {
        text = text.replace(mark, value);
    }
    text
}

fn lines(language: Language, family: Family, told: &FamilyAddresses, cause: &dyn Fn(Cause) -> String) -> Vec<String> {
    let FamilyAddresses { of, failing, mute, .. } = *told;
    let (n, all) = (failing.to_string(), of.to_string());
    let family = family.to_string();
    let values = [("@n", &*n), ("@all", &*all), ("@family", &*family)];
    let head = match (failing, mute) {
        (0, _) if told.addresses.iter().any(|address| address.listed && address.state != State::Up) => [
            "@all @family addresses: not all of them are known to answer",
            "@all 个 @family 地址：尚不能确定全部有应答",
            "@all @family-Adressen: nicht von allen ist bekannt, dass sie antworten",
        ],
        (0, _) if of == 1 => {
            ["The only @family address answers", "唯一的 @family 地址有应答", "Die einzige @family-Adresse antwortet"]
        }
        (0, _) => [
            "All @all @family addresses answer",
            "全部 @all 个 @family 地址均有应答",
            "Alle @all @family-Adressen antworten",
        ],
        _ if failing == of => [
            "None of @all @family addresses answers",
            "@all 个 @family 地址均无正确应答",
            "Keine von @all @family-Adressen antwortet",
        ],
        (1, true) => [
            "1 of @all @family addresses does not answer",
            "@all 个 @family 地址中有 1 个没有应答",
            "1 von @all @family-Adressen antwortet nicht",
        ],
        (1, false) => [
            "1 of @all @family addresses fails",
            "@all 个 @family 地址中有 1 个失败",
            "1 von @all @family-Adressen versagt",
        ],
        (_, true) => [
            "@n of @all @family addresses do not answer",
            "@all 个 @family 地址中有 @n 个没有应答",
            "@n von @all @family-Adressen antworten nicht",
        ],
        (_, false) => [
            "@n of @all @family addresses fail",
            "@all 个 @family 地址中有 @n 个失败",
            "@n von @all @family-Adressen versagen",
        ],
    };
    let mut lines = vec![fill(head, language, &values)];
    lines.extend(told.failing_percent.map(|percent| at_random(language, percent)));
    lines.extend(told.first.map(|first| of_the_first(language, first)));
    let is_told = |address: &&AddressState| address.state != State::Up || address.comes_and_goes.is_some();
    lines.extend(told.addresses.iter().filter(is_told).take(MAX_LINES).map(|address| one(language, address, cause)));
    if told.rotates {
        let texts = [
            "Each answer of the name has a few of these addresses in turn, which is no change",
            "域名每次轮流返回其中几个地址，这不算变化",
            "Jede Antwort des Namens hat reihum einige dieser Adressen; das ist keine Änderung",
        ];
        lines.push(tell(language, texts).to_owned());
    }
    lines.extend(told.gone.iter().rev().take(MAX_LINES).map(|gone| {
        let (address, to) = (gone.address.to_string(), moment(gone.to));
        let texts = if gone.was_down {
            [
                "@a is no longer an address of the name, since @t; it failed until then, and did not recover",
                "@a 自 @t 起不再是该域名的地址；此前一直失败，并未恢复",
                "@a ist seit @t keine Adresse des Namens mehr; bis dahin versagte sie, erholt hat sie sich nicht",
            ]
        } else {
            [
                "@a is no longer an address of the name, since @t",
                "@a 自 @t 起不再是该域名的地址",
                "@a ist seit @t keine Adresse des Namens mehr",
            ]
        };
        fill(texts, language, &[("@a", &address), ("@t", &to)])
    }));
    lines
}

fn at_random(language: Language, percent: f64) -> String {
    let texts = [
        "A client that takes one of them at random, and no other, fails with @ % of its visits",
        "随机取用其中一个且不再尝试其他地址的客户端，有 @ % 的访问会失败",
        "Ein Client, der eine davon zufällig nimmt und keine andere, scheitert bei @ % seiner Besuche",
    ];
    fill(texts, language, &[("@", &format!("{percent:.0}"))])
}

fn of_the_first(language: Language, AddressShare { n, of }: AddressShare) -> String {
    let texts = [
        "One that takes the first address of an answer: @n of the last @of answers had one that fails in the first place",
        "只取应答中第一个地址的客户端：最近 @of 次应答中有 @n 次首个地址失败",
        "Einer, der die erste Adresse einer Antwort nimmt: in @n der letzten @of Antworten stand eine an erster Stelle, die versagt",
    ];
    let (n, of) = (n.to_string(), of.to_string());
    fill(texts, language, &[("@of", &of), ("@n", &n)])
}

/// Returns the line of an address that is not simply up.
fn one(language: Language, address: &AddressState, cause: &dyn Fn(Cause) -> String) -> String {
    let colon = tell(language, [": ", "：", ": "]);
    let state = match address.state {
        State::Unknown => ["not known", "未知", "nicht bekannt"],
        State::Up => ["up", "正常", "erreichbar"],
        State::Suspect => ["failed, not confirmed yet", "失败，尚未确认", "versagt, noch nicht bestätigt"],
        State::Down => ["down", "故障", "ausgefallen"],
        State::Recovering => {
            ["answers again, not confirmed yet", "重新应答，尚未确认", "antwortet wieder, noch nicht bestätigt"]
        }
    };
    let mut text = [&address.address.to_string(), colon, tell(language, state)].concat();
    if let Some(since) = address.since {
        text += &fill([" since @", "（自 @ 起）", " seit @"], language, &[("@", &moment(since))]);
    }
    if let Some(why) = address.cause {
        text += tell(language, [", ", "，", ", "]);
        text += &cause(why);
    }
    if address.failures > 0 {
        let texts = ["; @n of @of visits failed", "；@of 次访问中 @n 次失败", "; @n von @of Besuchen scheiterten"];
        let (n, of) = (address.failures.to_string(), address.visits.to_string());
        text += &fill(texts, language, &[("@of", &of), ("@n", &n)]);
    }
    if let Some(AddressShare { n, of }) = address.comes_and_goes {
        let texts = [
            "it comes and goes: @n of @of answers of the name had it",
            "它时有时无：域名的 @of 次应答中有 @n 次包含它",
            "sie kommt und geht: @n von @of Antworten des Namens hatten sie",
        ];
        let [open, close] = brackets(language);
        text += &[open, &fill(texts, language, &[("@of", &of.to_string()), ("@n", &n.to_string())]), close].concat();
    }
    text
}

/// Returns what clients meet who take an address that fails in this way.
fn met(family: Family, cause: Cause, detail: Option<&Evidence>) -> Met {
    match family {
        Family::Ipv4 => Met::of_ipv4_cause(cause),
        Family::Ipv6 => Met::of_cause(cause, detail.unwrap_or(&Evidence::default())),
    }
}

fn who(language: Language, family: Family, told: &FamilyAddresses, url: &str, stack: &[String]) -> Option<RealClients> {
    let example = told.example()?;
    meeting(language, met(family, example.cause?, example.detail.as_ref()), url, stack)
}

/// Returns the clients that were seen to meet such an address: those that take one and stay with it, and those that wait for
/// it before they take the next. Whoever races addresses or takes another one at once is not among them.
fn meeting(language: Language, met: Met, url: &str, stack: &[String]) -> Option<RealClients> {
    let protocol = Protocol::of(url)?;
    let fault = match measured(language, met)? {
        Ok(fault) => fault,
        Err(said) => return Some(said),
    };
    let line = |group: &Group| {
        let texts = match group.class {
            Class::Fails => [
                "Fail when they take such an address first, and take no other",
                "首先取用这样的地址便失败，不再尝试其他地址",
                "Scheitern, wenn sie eine solche Adresse zuerst nehmen, und nehmen keine andere",
            ],
            Class::Partly => ["Fail now and then", "时而失败", "Scheitern ab und zu"],
            Class::Waits => [
                "Wait for such an address before they take the next",
                "先等待这样的地址，再换下一个",
                "Warten auf eine solche Adresse, bevor sie die nächste nehmen",
            ],
            Class::Unnoticed | Class::Untouched => return None,
        };
        let colon = tell(language, [": ", "：", ": "]);
        let text = [tell(language, texts), colon, &names(language, &group.clients)].concat();
        Some(RealFate { fate: group.class.code().to_owned(), text })
    };
    let stack = named(fault, stack.iter().map(String::as_str)).into_iter();
    Some(RealClients {
        fault: fault.code().to_owned(),
        lines: groups(fault, protocol).iter().filter_map(line).collect(),
        stack: stack.map(|fared| alone(language, fault, fared)).collect(),
        source: source(language, fault),
    })
}

#[cfg(test)]
mod tests;
