//! `/about`: how we measure and judge, in a visitor's words.

use dualwatch_wire::answer::language::Language;

/// A part of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The title, and the sentence below it.
    Title,
    What,
    Whence,
    Verdict,
    Times,
    You,
}

impl Part {
    /// The parts below the title, in the order of the page.
    pub const BELOW: [Self; 5] = [Self::What, Self::Whence, Self::Verdict, Self::Times, Self::You];
}

/// Returns the heading of a part, and what it says.
pub const fn about(language: Language, part: Part) -> (&'static str, &'static str) {
    match language {
        Language::En => en(part),
        Language::De => de(part),
        Language::ZhHans => zh_hans(part),
    }
}

const fn en(part: Part) -> (&'static str, &'static str) {
    match part {
        Part::Title => ("How we measure", "What stands behind the lines of this page."),
        Part::What => (
            "What is measured",
            "Each service is asked over IPv4 and over IPv6 at the same time, again and again: for its name, a connection, its \
             certificate, an answer. The two are told apart everywhere. Beside them stands what somebody meets who has both: \
             browsers try IPv6 first and take IPv4 where IPv6 does not answer soon, other programs do not.",
        ),
        Part::Whence => (
            "From where",
            "From the places that are named below the services. In every round a place first proves that its own IPv4 and its \
             own IPv6 work, at destinations of others. A place that has no working IPv6 accuses nobody over IPv6: then it is \
             not known how the service is.",
        ),
        Part::Verdict => (
            "How a verdict is reached",
            "One failure is a suspicion. Further rounds, which come sooner then, confirm it or do not; only after that a \
             service is called down, and in the same way it is called well again. Where several places measure, what most of \
             them see counts. Each failure has a cause with what was seen of it: a refusal, silence, a wrong certificate, an \
             error of the server.",
        ),
        Part::Times => (
            "When it began",
            "Nobody looks at every moment. An outage began between the last round that was good and the first that was bad, \
             and that is what is said. Time that nobody saw is a gap: it counts neither as up nor as down, and neither does \
             maintenance that was announced.",
        ),
        Part::You => (
            "You",
            "What you meet may be something else. So your browser asks as well, where it may, and the page says whether it is \
             the service, your connection, or something between the two. What your browser finds stays with you; nothing is \
             stored, and nobody else is asked.",
        ),
    }
}

const fn de(part: Part) -> (&'static str, &'static str) {
    match part {
        Part::Title => ("Wie gemessen wird", "Was hinter den Zeilen dieser Seite steht."),
        Part::What => (
            "Was gemessen wird",
            "Jeder Dienst wird gleichzeitig über IPv4 und über IPv6 gefragt, immer wieder: nach seinem Namen, einer \
             Verbindung, seinem Zertifikat, einer Antwort. Beide werden überall getrennt gezeigt. Daneben steht, was jemand \
             erlebt, der beide hat: Browser versuchen zuerst IPv6 und nehmen IPv4, wenn IPv6 nicht bald antwortet, andere \
             Programme nicht.",
        ),
        Part::Whence => (
            "Von wo",
            "Von den Orten, die unter den Diensten genannt sind. In jeder Runde beweist ein Ort zuerst an fremden Zielen, dass \
             sein eigenes IPv4 und sein eigenes IPv6 funktionieren. Ein Ort ohne funktionierendes IPv6 beschuldigt über IPv6 \
             niemanden: dann ist nicht bekannt, wie es dem Dienst geht.",
        ),
        Part::Verdict => (
            "Wie ein Urteil entsteht",
            "Ein einzelner Fehler ist ein Verdacht. Weitere Runden, die dann schneller folgen, bestätigen ihn oder nicht; erst \
             danach heißt ein Dienst ausgefallen, und ebenso erst danach wieder erreichbar. Messen mehrere Orte, zählt, was die \
             meisten sehen. Jeder Fehler hat eine Ursache und was davon gesehen wurde: eine Ablehnung, Schweigen, ein falsches \
             Zertifikat, ein Fehler des Servers.",
        ),
        Part::Times => (
            "Wann es begann",
            "Niemand sieht in jedem Augenblick hin. Ein Ausfall begann zwischen der letzten guten Runde und der ersten \
             schlechten, und genau das wird gesagt. Zeit, die niemand gesehen hat, ist eine Lücke: sie zählt weder als \
             erreichbar noch als ausgefallen, und angekündigte Wartung ebenso wenig.",
        ),
        Part::You => (
            "Sie",
            "Bei Ihnen kann es anders sein. Deshalb fragt auch Ihr Browser, wo er darf, und die Seite sagt, ob es am Dienst \
             liegt, an Ihrer Verbindung oder an etwas dazwischen. Was Ihr Browser findet, bleibt bei Ihnen; nichts wird \
             gespeichert, niemand sonst wird gefragt.",
        ),
    }
}

const fn zh_hans(part: Part) -> (&'static str, &'static str) {
    match part {
        Part::Title => ("如何测量", "本页面每一行背后的依据。"),
        Part::What => (
            "测量什么",
            "每项服务都会同时经由 IPv4 和 IPv6 反复测试：查询名称、建立连接、检查证书、等待回应。两者处处分开显示。\
             旁边还写明两者都有的人会遇到什么：浏览器先试 IPv6，IPv6 迟迟不回应时改用 IPv4；其他程序则不会。",
        ),
        Part::Whence => (
            "从哪里测量",
            "从服务列表下方列出的监测点。每一轮中，监测点都先用他人的目标证实自己的 IPv4 和 IPv6 可用。\
             IPv6 不可用的监测点不会指责任何服务的 IPv6：这时服务的情况是未知。",
        ),
        Part::Verdict => (
            "如何得出结论",
            "一次失败只是怀疑。随后更密集的测量会证实它，或者推翻它；之后才会说服务中断，恢复也是如此。\
             有多个监测点时，以多数所见为准。每次失败都有原因和所见的依据：拒绝、没有回应、证书错误、服务器出错。",
        ),
        Part::Times => (
            "何时开始",
            "没有人时时刻刻都在看。中断开始于最后一次正常的测量与第一次失败的测量之间，页面上写的正是这段时间。\
             没有人观测的时间是空白：既不算可用，也不算中断；预先公布的维护也一样。",
        ),
        Part::You => (
            "你",
            "你遇到的情况可能不同。所以在允许的地方，你的浏览器也会测试，页面会说明问题在服务、在你的网络，还是在两者之间。\
             浏览器的结果只留在你这里；不保存任何内容，也不询问其他任何人。",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_is_there_in_words_of_its_own() {
        for part in Part::BELOW.into_iter().chain([Part::Title]) {
            let said = Language::ALL.map(|language| about(language, part));
            assert!(said.iter().all(|(heading, text)| !heading.is_empty() && text.len() > 20), "{part:?}");
            assert!(said[0] != said[1] && said[0] != said[2] && said[1] != said[2], "{part:?}");
        }
    }
}
