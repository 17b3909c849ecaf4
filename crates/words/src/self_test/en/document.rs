//! What stands in the document, in English.

use super::En;
use crate::self_test::phrases::{Document, Text};

impl<F> Document for En<F> {
    fn text(&self, text: Text) -> &'static str {
        match text {
            Text::Title => "Your connection: IPv4 and IPv6",
            Text::Skip => "Skip to the content",
            Text::Pages => "Pages",
            Text::AllServices => "All services",
            Text::AllIncidents => "All incidents",
            Text::Languages => "Language",
            Text::NoScriptHeading => "Your connection can only be tested with JavaScript.",
            Text::NoScript => {
                "Without JavaScript nothing can be measured from where you are. You see this page, so IPv4 or IPv6 works; "
            }
            Text::NoScriptLink => "this address",
            Text::NoScriptSays => " says which one your browser took (\"family\").",
            Text::MoreQuestions => "More questions",
            Text::Around => "Your browser, and this page",
            Text::TimeSpent => "Where the time went",
            Text::TimeHidden => "What your browser hides is left out. Each time is of the first connection to a name.",
            Text::Names => "The names of the services, as this page's own server finds them",
            Text::Evidence => "Evidence, and help for help desks",
            Text::Again => "Test again",
            Text::ShareLink => "Copy a link",
            Text::ShareText => "Copy as text",
            Text::ShareFile => "Download",
            Text::SharePrint => "Print",
            Text::ShareWhole => "with my whole addresses",
            Text::Privacy => {
                "To test your connection, your browser asks this page's own server, the addresses below and the services \
                 on this page, and nobody else. They see the address that you come from, and ours repeat it to you. \
                 WebRTC, without any server, says which kinds of addresses your device has. Nothing is stored; the \
                 results stay in this page."
            }
            Text::DualStack => "Dual stack",
            Text::PlainMeaning => "Your browser does not run WebAssembly here, so causes are not looked for.",
            Text::PlainBoth => "IPv4 and IPv6 both answer.",
            Text::PlainIpv4 => "IPv4 answers. IPv6 does not.",
            Text::PlainIpv6 => "IPv6 answers. IPv4 does not.",
            Text::PlainNeither => "Neither IPv4 nor IPv6 answers.",
            Text::PlainOk => "answers",
            Text::PlainFailed => "no answer",
            Text::PlainNone => "not asked",
            Text::PlainServices => "They were not asked from where you are. This is what our own watcher sees.",
            Text::Services => "The services, from where you are",
            Text::ServicesLater => "They are asked as soon as your own connection is known.",
        }
    }
}
