//! The services in the self-test: what the edge says of each route, and where a browser may ask. `web/self-test` asks them,
//! and writes what it finds beside the edge's word; without a script there is the edge's word alone.

use crate::{
    components::markup::escape,
    found::{
        edge::{self, EdgeSide},
        near,
        route::Route,
    },
    show::{target::unasked, tone::Tone},
};
use dualwatch_core::{
    judge::{schedule::late_after_ms, verdict::Edge},
    self_test::reach::said,
};
use dualwatch_wire::{
    answer::language::Spoken,
    v1::{PageData, PageTarget, TargetStatus},
};
use dualwatch_words::self_test::phrases::{Text, Whole};
use std::fmt::Write as _;

/// Returns the card of all services on this page as markup; nothing where none is watched.
pub fn services(data: &PageData, is_embedded: bool, words: &dyn Whole, spoken: Spoken) -> String {
    if data.status.targets.is_empty() {
        return String::new();
    }
    let mut text = format!(
        "<section class=\"card services\" aria-labelledby=\"services\" data-targets=\"waiting\">\
         <div class=\"card-head\"><h2 id=\"services\">{}</h2>\
         <p class=\"lead\" role=\"status\" data-services-said>{}</p></div><ul>",
        words.text(Text::Services),
        words.text(Text::ServicesLater),
    );
    for status in &data.status.targets {
        let target = data.targets.iter().find(|target| target.slug == status.slug);
        service(&mut text, data, target, status, words, (!is_embedded).then_some(spoken));
    }
    text += "</ul></section>";
    text
}

/// `linked`: in which language the page of the service is linked.
fn service(
    text: &mut String,
    data: &PageData,
    target: Option<&PageTarget>,
    status: &TargetStatus,
    words: &dyn Whole,
    linked: Option<Spoken>,
) {
    let interval_s = edge::interval_s(data, &status.slug);
    let (slug, name) = (escape(&status.slug), escape(&status.name));
    let own = if status.has_own_authority() { " data-own-authority" } else { "" };
    _ = write!(text, "<li class=\"service\" data-service=\"{slug}\"{own}");
    if let Some(at) = status.last_round_at {
        let late_at = at.unix_ms() + late_after_ms(interval_s);
        _ = write!(text, " data-round-at=\"{}\" data-late-at=\"{late_at}\"", at.unix_ms());
    }
    // What is framed by somebody else leads nowhere: the other pages do not let themselves be framed.
    let name = match linked {
        None => name,
        Some(spoken) => format!("<a href=\"{}\">{name}</a>", spoken.link(&format!("/targets/{slug}"))),
    };
    _ = write!(text, "><h3>{name}</h3><p class=\"lead\" data-reach></p><ul class=\"routes\">");
    for route in Route::ALL {
        let side = edge::side(status, interval_s, route, data.now);
        let asked = target.and_then(|target| near::widest(target, status, route));
        row(text, &slug, route, side, asked, words);
    }
    *text += "</ul><p class=\"advice\" data-advice></p><p class=\"note\" data-operator></p></li>";
}

fn row(text: &mut String, slug: &str, route: Route, side: EdgeSide, asked: Option<(&str, &str)>, words: &dyn Whole) {
    let EdgeSide { edge, cause } = side;
    let facts = unasked(side);
    let said = said(&facts);
    let cause = cause.filter(|_| matches!(edge, Edge::Failed | Edge::Blind));
    let edge_said = match cause {
        Some(cause) => words.pair(words.edge(edge), words.cause(cause)),
        None => words.edge(edge).to_owned(),
    };
    _ = write!(
        text,
        "<li class=\"route\" data-target=\"{slug}\" data-family=\"{}\" data-edge=\"{}\" data-says=\"{}\" data-dns=\"{}\" \
         data-browser=\"not_measured\" data-verdict=\"{}\" data-cause=\"{}\" data-side=\"{}\" data-tone=\"{}\"",
        route.code(),
        edge.code(),
        facts.edge_says.code(),
        facts.dns.code(),
        said.verdict.code(),
        said.why.code(),
        said.side.code(),
        Tone::of(said.verdict, None).code(),
    );
    if let Some((url, near)) = asked {
        _ = write!(text, " data-url=\"{}\" data-near=\"{near}\"", escape(url));
    }
    _ = write!(
        text,
        "><h4 class=\"name\"><span class=\"mark\" aria-hidden=\"true\"></span>{}</h4><p class=\"verdict\" data-said>{}</p>\
         <p class=\"fact wide\"><span class=\"detail\" data-edge-said>{}</span> <span class=\"detail\" data-found></span></p></li>",
        route.family().map_or(words.text(Text::DualStack), |_| route.label()),
        escape(&words.verdict_of_route(said.verdict, said.why, route.family())),
        escape(&edge_said),
    );
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{down, page, target, up};
    use dualwatch_core::measure::cause::Cause;
    use dualwatch_words::self_test::words;

    fn drawn(data: &PageData, is_embedded: bool) -> String {
        let spoken = Spoken::default();
        services(data, is_embedded, words(spoken.language), spoken)
    }

    #[test]
    fn without_a_script_there_is_the_word_of_the_edge() {
        let data = page(vec![target("web", up(), down(Cause::TcpRefused), None)]);
        let text = drawn(&data, false);
        for part in [
            "data-target=\"web\" data-family=\"ipv6\" data-edge=\"failed\" data-says=\"other\" data-dns=\"unknown\" \
             data-browser=\"not_measured\" data-verdict=\"edge_down\" data-cause=\"not_tested\" data-side=\"them\"",
            "data-url=\"https://ipv6.web.example\" data-near=\"elsewhere\"",
            "down over IPv6, seen from the edge",
            "Edge: does not reach it: ",
            "<a href=\"/targets/web\">",
        ] {
            assert!(text.contains(part), "{part} is not in {text}");
        }
        assert!(!drawn(&data, true).contains("<a "), "a frame holds no links to pages that cannot be framed");
        assert_eq!(drawn(&page(Vec::new()), false), "");
    }

    #[test]
    fn an_address_of_this_machine_is_named_as_such() {
        let mut data = page(vec![target("own", up(), up(), None)]);
        data.targets[0].browser.ipv4 = Some("http://127.0.0.1:9000/?a=\"".into());
        assert!(drawn(&data, false).contains("data-url=\"http://127.0.0.1:9000/?a=&quot;\" data-near=\"machine\""));
    }
}
