//! The `clients` of a target: with what its people reach it, as `dualwatch clients` names them.

use crate::{
    fields,
    finding::{Report, quoted},
    yaml::Node,
};

/// Each is a line of every report.
const MAX_CLIENTS: usize = 20;

/// Reads the names; what is none has been reported.
pub(super) fn read(node: &Node, report: &mut Report) -> Vec<String> {
    let items = fields::one_or_more(node);
    if let Some(over) = items.get(MAX_CLIENTS) {
        let message = format!("`clients` has {} items; {MAX_CLIENTS} is the limit", items.len());
        report.error(over.at, "out_of_range", message, "keep those that matter most");
    }
    let mut names: Vec<String> = Vec::new();
    for item in items.iter().take(MAX_CLIENTS) {
        let Some(name) = fields::text(item, "`clients`", report) else { continue };
        let name = name.trim().to_lowercase();
        if dualwatch_clients::find(&name).is_empty() {
            let message = format!("no client {} was ever measured", quoted(&name));
            report.error(item.at, "unknown_client", message, hint(&name));
        } else if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// Returns which client was probably meant.
pub fn hint(name: &str) -> String {
    let ids: Vec<&str> = dualwatch_clients::all().iter().map(|client| client.id).collect();
    match fields::nearest(&name.to_lowercase(), &ids) {
        Some(id) => format!("did you mean `{id}`? `dualwatch clients` lists them all"),
        None => "`dualwatch clients` lists them all".to_owned(),
    }
}
