//! What crawlers ask for: which pages there are for people, and what is none.

use std::fmt::Write as _;

/// The pages that every installation has, as paths.
const PAGES: [&str; 6] = ["/", "/incidents", "/self-test", "/about", "/clients", "/embed"];

/// Returns `robots.txt` (RFC 9309) of a site: its pages may be read, and what programs ask for is no page.
pub fn robots(origin: &str) -> String {
    format!(
        "User-agent: *\nDisallow: /api/\nDisallow: /probe/\nDisallow: /repos/\nAllow: /\nSitemap: {origin}/sitemap.xml\n"
    )
}

/// Returns `sitemap.xml` (sitemaps.org, protocol 0.9) of a site with these targets.
pub fn sitemap<'a>(origin: &str, slugs: impl IntoIterator<Item = &'a str>) -> String {
    let mut text = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n",
    );
    for path in PAGES {
        _ = writeln!(text, "<url><loc>{origin}{path}</loc></url>");
    }
    for slug in slugs {
        _ = writeln!(text, "<url><loc>{origin}/targets/{slug}</loc></url>");
    }
    text + "</urlset>\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_page_is_listed_once() {
        let text = sitemap("https://status.example", ["api", "shop"]);
        assert_eq!(text.matches("<loc>").count(), 8);
        assert!(text.contains("<loc>https://status.example/targets/shop</loc>") && text.ends_with("</urlset>\n"));
        assert!(robots("https://status.example").contains("\nSitemap: https://status.example/sitemap.xml\n"));
    }
}
