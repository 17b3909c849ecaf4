//! A page as a table.

use super::{Page, Stands};
use dualwatch_core::measure::text::visible;
use std::fmt::Write as _;

/// So wide is a name at most, in characters: the others of its line are to be seen.
const MAX_NAME: usize = 48;

/// Returns the page as lines.
pub fn print(page: &Page) -> String {
    let mut text = String::new();
    let _ = writeln!(text, "{}: {} ({})", line(&page.name), page.state.word(), line(&page.description));
    let is_ours = page.components.iter().any(|component| component.ipv4.is_some());
    let mut rows = Vec::new();
    if is_ours {
        rows.push(["", "", "IPv4", "IPv6", ""].map(str::to_owned));
    }
    for component in &page.components {
        let family = |stands: Option<Stands>| stands.map_or("", Stands::word).to_owned();
        rows.push([
            short(&line(&component.name)),
            component.state.word().to_owned(),
            family(component.ipv4),
            family(component.ipv6),
            line(&component.detail),
        ]);
    }
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths = [0, 1, 2, 3].map(width);
    for row in &rows {
        let mut shown = String::from("  ");
        for (cell, width) in row.iter().zip(widths.into_iter().chain([0])) {
            let _ = write!(shown, "{cell}{}", " ".repeat(width.saturating_sub(cell.chars().count())));
            if width > 0 {
                shown.push_str("  ");
            }
        }
        let _ = writeln!(text, "{}", shown.trim_end());
    }
    for incident in &page.incidents {
        let _ = writeln!(text, "  incident: {}", line(incident));
    }
    text
}

/// A text of others in one line.
fn line(text: &str) -> String {
    visible(text.trim()).into_owned()
}

fn short(name: &str) -> String {
    if name.chars().count() <= MAX_NAME {
        return name.to_owned();
    }
    name.chars().take(MAX_NAME - 1).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::super::{Component, Page};
    use super::*;

    #[test]
    fn names_of_others_stay_in_their_line() {
        let component = |name: &str, state, detail: &str| Component {
            name: name.to_owned(),
            state,
            ipv4: Some(Stands::Up),
            ipv6: Some(state),
            detail: detail.to_owned(),
        };
        let page = Page {
            version: 1,
            kind: "dualwatch",
            name: "status.example".to_owned(),
            state: Stands::Partial,
            description: "1 of 2 with trouble".to_owned(),
            components: vec![
                component("Shop\nup\u{1b}[2J", Stands::Down, "IPv6: refused"),
                component(&"x".repeat(100), Stands::Up, ""),
            ],
            incidents: vec!["a\r\nb".to_owned()],
        };
        let text = print(&page);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 5, "{text}");
        assert_eq!(lines[0], "status.example: partly down (1 of 2 with trouble)");
        assert!(lines[2].starts_with(r"  Shop\nup\u001b[2J ") && lines[2].ends_with("down  IPv6: refused"), "{text}");
        assert_eq!(lines[1].find("IPv6"), lines[2].find("down  IPv6"), "{text}");
        assert!(lines[3].contains('…') && lines[4] == r"  incident: a\r\nb", "{text}");
    }
}
