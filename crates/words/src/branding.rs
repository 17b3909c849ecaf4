//! The few words around what an operator says on the pages.

use dualwatch_wire::answer::language::Language;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Label {
    /// Before the operator's address.
    Contact,
    /// The heading above name and address.
    Operator,
    /// What the operator's announcements are, to who cannot see them.
    Announcements,
}

/// Returns it.
pub const fn label(language: Language, label: Label) -> &'static str {
    match (language, label) {
        (Language::En, Label::Contact) => "Contact",
        (Language::En, Label::Operator) => "Who runs this page",
        (Language::En, Label::Announcements) => "Announcements",
        (Language::De, Label::Contact) => "Kontakt",
        (Language::De, Label::Operator) => "Wer diese Seite betreibt",
        (Language::De, Label::Announcements) => "Mitteilungen",
        (Language::ZhHans, Label::Contact) => "联系方式",
        (Language::ZhHans, Label::Operator) => "本页面的运营者",
        (Language::ZhHans, Label::Announcements) => "公告",
    }
}
