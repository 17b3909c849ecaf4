//! What an outage of one family means for clients that have both: whether racing hides it, and what was counted when real ones
//! were run with it; in every language.

use crate::{who::lasting, widget::in_language as tell};
use dualwatch_core::judge::clients::Clients;
use dualwatch_wire::{answer::language::Language, v1::ClientTally};

/// Returns what to know beside the dual-stack client's view, a sentence each, without a full stop; none where nobody suffers
/// more.
pub fn clients(language: Language, clients: Option<&Clients>, tally: Option<&ClientTally>) -> Vec<String> {
    let hidden = [
        "Happy Eyeballs hides the outage: whoever races both families hardly notices it",
        "中断被 Happy Eyeballs 掩盖：让两种协议竞速的客户端几乎察觉不到",
        "Happy Eyeballs verdeckt den Ausfall: wer beide Familien gegeneinander antreten lässt, bemerkt ihn kaum",
    ];
    let hidden = clients.filter(|clients| clients.hidden_outage).map(|_| tell(language, hidden).to_owned());
    hidden.into_iter().chain(tally.map(|tally| counted(language, tally))).collect()
}

/// Returns what real clients did with the fault at hand, counted; or that none was run with it.
pub fn counted(language: Language, tally: &ClientTally) -> String {
    if tally.of == 0 {
        return tell(language, NOT_MEASURED).to_owned();
    }
    let [head, comma] = match language {
        Language::En => ["Of @ clients that were run with this fault: ", ", "],
        Language::ZhHans => ["用此故障实测过 @ 种客户端：", "，"],
        Language::De => ["Von @ Programmen, die mit diesem Fehler durchgespielt wurden: ", ", "],
    };
    let part = |n: u32, texts: [&'static str; 3]| (n > 0).then(|| tell(language, texts).replace('@', &n.to_string()));
    let wait = tally.wait_s.map_or_else(String::new, |[least, most]| waited(language, least, most));
    let parts = [
        part(tally.fails, ["@ not served", "@ 种无法访问", "@ ohne Antwort"]),
        part(tally.partly, ["@ only now and then", "@ 种时而可以访问", "@ nur ab und zu mit Antwort"]),
        part(tally.waits, ["@ only after #", "@ 种要等 #", "@ erst nach #"]).map(|text| text.replace('#', &wait)),
        part(tally.unnoticed, ["@ in less than a second", "@ 种延误不到一秒", "@ in weniger als einer Sekunde"]),
        part(tally.untouched, ["@ not affected at all", "@ 种完全不受影响", "@ gar nicht betroffen"]),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    head.replace('@', &tally.of.to_string()) + &parts.join(comma)
}

/// Where no client was run with what is wrong.
pub(crate) const NOT_MEASURED: [&str; 3] = [
    "What real clients do then was not measured",
    "真实客户端在这种情况下的表现未经实测",
    "Was wirkliche Programme dann tun, wurde nicht gemessen",
];

/// Returns from how long to how long they wait.
pub(crate) fn waited(language: Language, least: f64, most: f64) -> String {
    let [least, most] = [least, most].map(|seconds| lasting(language, seconds));
    if least == most {
        return least;
    }
    least + tell(language, [" to ", "至 ", " bis "]) + &most
}

#[cfg(test)]
mod tests {
    use super::*;
    use dualwatch_clients::{Fault, Met, Unmeasured};
    use dualwatch_core::judge::clients::Sequential;

    fn tally(met: Met) -> Option<ClientTally> {
        ClientTally::of(met, "https://service.example/")
    }

    #[test]
    fn only_what_somebody_suffers_is_said() {
        let said = |hidden_outage, met| {
            let model = Clients { hidden_outage, sequential: Sequential::WaitsForTimeout };
            clients(Language::En, Some(&model), tally(met).as_ref()).len()
        };
        assert_eq!(said(false, Met::Nothing), 0);
        assert_eq!(said(true, Met::Measured(Fault::Silent)), 2);
        assert_eq!(said(false, Met::Measured(Fault::Mute)), 1);
        assert_eq!(clients(Language::De, None, None), [""; 0]);
    }

    #[test]
    fn what_is_said_is_what_the_table_says() {
        let said = |language, fault| counted(language, &tally(Met::Measured(fault)).unwrap());
        assert_eq!(
            said(Language::En, Fault::Silent),
            "Of 89 clients that were run with this fault: 14 not served, 1 only now and then, 24 only after 1 s to 2 min 15 s, \
             43 in less than a second, 7 not affected at all"
        );
        assert_eq!(
            said(Language::ZhHans, Fault::Refused),
            "用此故障实测过 89 种客户端：9 种无法访问，1 种时而可以访问，72 种延误不到一秒，7 种完全不受影响"
        );
        assert_eq!(
            said(Language::De, Fault::Ipv4Silent),
            "Von 89 Programmen, die mit diesem Fehler durchgespielt wurden: 3 ohne Antwort, 1 nur ab und zu mit Antwort, 3 erst \
             nach 4 s bis 1 min, 4 in weniger als einer Sekunde, 78 gar nicht betroffen"
        );
    }

    #[test]
    fn of_a_fault_that_was_not_run_nothing_is_guessed() {
        let reset = tally(Met::Unmeasured(Unmeasured::Reset)).unwrap();
        for (language, text) in Language::ALL.into_iter().zip(NOT_MEASURED) {
            assert_eq!(counted(language, &reset), text);
        }
    }
}
