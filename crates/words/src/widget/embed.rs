//! The words of `/embed`.

use super::in_language;
use dualwatch_wire::{
    answer::language::Language,
    door::{Theme, Variant},
};

/// A text of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Label {
    Title,
    /// What the widget does, and what it does not.
    Lead,
    Choose,
    Service,
    ServiceHint,
    Group,
    Look,
    Colours,
    AsPage,
    Check,
    Show,
    Preview,
    /// There is nothing to see of a banner just now.
    Calm,
    /// There is no target and no group of the chosen name.
    Nobody,
    Script,
    /// What the digest is for.
    ScriptHint,
    Pinned,
    PinnedHint,
    Image,
    ImageHint,
    Frame,
    FrameHint,
    Place,
    /// What the style is for.
    PlaceHint,
    Policy,
    PolicyHint,
    Of(Variant),
    In(Theme),
    Link,
}

/// Returns a text in a language.
pub const fn label(language: Language, label: Label) -> &'static str {
    let words = match label {
        Label::Title => [
            "Show the status on your own site",
            "在您自己的网站上显示状态",
            "Den Status auf der eigenen Website zeigen",
        ],
        Label::Lead => [
            "One line of HTML. It sets no cookie, stores nothing, and sends one small request.",
            "只需一行 HTML。不设置 Cookie，不存储任何内容，只发送一个小请求。",
            "Eine Zeile HTML. Sie setzt kein Cookie, speichert nichts und sendet eine kleine Anfrage.",
        ],
        Label::Choose => ["Choose", "选择", "Auswählen"],
        Label::Service => ["Service", "服务", "Dienst"],
        Label::ServiceHint => ["empty: all of them", "留空：全部", "leer: alle"],
        Label::Group => ["or group", "或分组", "oder Gruppe"],
        Label::Look => ["Look", "样式", "Aussehen"],
        Label::Colours => ["Colours", "颜色", "Farben"],
        Label::AsPage => ["as the page around it", "跟随所在页面", "wie die Seite darum"],
        Label::Check => ["with “Check from here”", "带“从此处检测”", "mit „Von hier prüfen“"],
        Label::Show => ["Show", "显示", "Zeigen"],
        Label::Preview => ["Preview", "预览", "Vorschau"],
        Label::Calm => [
            "Nothing is wrong just now, so it shows nothing.",
            "目前一切正常，因此不显示任何内容。",
            "Zurzeit ist alles in Ordnung, also zeigt er nichts.",
        ],
        Label::Nobody => [
            "There is no service and no group of this name, so it shows nothing.",
            "没有此名称的服务或分组，因此不显示任何内容。",
            "Es gibt keinen Dienst und keine Gruppe dieses Namens, also zeigt er nichts.",
        ],
        Label::Script => ["As an element", "作为元素", "Als Element"],
        Label::ScriptHint => [
            "The link inside is shown until the script has loaded, and where it never does.",
            "在脚本加载之前以及无法加载时，会显示其中的链接。",
            "Der Link darin steht da, bis das Skript geladen ist, und wo es nie lädt.",
        ],
        Label::Pinned => [
            "As an element, pinned to this version",
            "作为元素，固定为此版本",
            "Als Element, auf diese Fassung festgelegt",
        ],
        Label::PinnedHint => [
            "The browser runs this script only as it is now. Paste the code anew after an upgrade of this installation.",
            "浏览器只运行当前版本的脚本。本站升级后，请重新粘贴代码。",
            "Der Browser führt nur genau dieses Skript aus. Nach einer Aktualisierung dieser Installation den Code neu einfügen.",
        ],
        Label::Image => ["As an image", "作为图片", "Als Bild"],
        Label::ImageHint => [
            "Without any script, also in a README.",
            "无需脚本，也可用于 README。",
            "Ohne Skript, auch in einem README.",
        ],
        Label::Frame => ["As a frame", "作为框架", "Als Rahmen"],
        Label::FrameHint => [
            "For sites that run no scripts of others. The second part makes the frame as high as what is in it.",
            "适用于不运行第三方脚本的网站。第二部分使框架高度适应内容。",
            "Für Websites, die keine fremden Skripte ausführen. Der zweite Teil macht den Rahmen so hoch wie seinen Inhalt.",
        ],
        Label::Place => ["A place of its own", "预留位置", "Ein eigener Platz"],
        Label::PlaceHint => [
            "In the style sheet of your site: the card has its height before its script is there, and moves nothing.",
            "写入您网站的样式表：脚本加载之前卡片就有高度，不会使页面移动。",
            "Im Stylesheet der Website: Die Karte hat ihre Höhe, bevor das Skript da ist, und verschiebt nichts.",
        ],
        Label::Policy => ["Content Security Policy", "内容安全策略", "Content Security Policy"],
        Label::PolicyHint => [
            "This is enough; no inline style or script is needed.",
            "这样就足够了；不需要内联样式或脚本。",
            "Das genügt; Stile und Skripte im Dokument sind nicht nötig.",
        ],
        Label::Of(Variant::Line) => ["line", "单行", "Zeile"],
        Label::Of(Variant::Card) => ["card", "卡片", "Karte"],
        Label::Of(Variant::Button) => ["floating button", "悬浮按钮", "schwebender Knopf"],
        Label::Of(Variant::Banner) => {
            ["banner, only while something is wrong", "横幅，仅在出现问题时", "Banner, nur wenn etwas nicht stimmt"]
        }
        Label::In(Theme::Light) => ["light", "浅色", "hell"],
        Label::In(Theme::Dark) => ["dark", "深色", "dunkel"],
        Label::In(Theme::System) => ["as the reader's system", "跟随读者的系统", "wie das System der Lesenden"],
        Label::Link => ["Status", "状态", "Status"],
    };
    in_language(language, words)
}
