//! The table, read.

use crate::{Fault, Protocol, codes::codes};
use dualwatch_core::measure::family::Family;
use std::sync::LazyLock;
use thiserror::Error;

const TEXT: &str = include_str!("../data/clients.tsv");

/// The day on which every row was measured.
pub const MEASURED_ON: &str = "2026-11-28";

codes! {
    /// What a client is to people.
    Kind {
        Browser = "browser",
        Program = "program",
        Library = "library",
        Proxy = "proxy",
        Monitor = "monitor",
        Mail = "mail",
    }
}

/// What one client did with one fault.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    NotRun,
    /// It got its answer over these families, so many seconds after it had begun; one number for each of its requests.
    Served {
        over: Vec<Family>,
        after_s: Vec<f64>,
    },
    /// Only some of its requests got one.
    Partly {
        served: u32,
        of: u32,
        after_s: Vec<f64>,
    },
    /// It got none. `is_cut`: it was still waiting when it was ended after so long.
    Failed {
        after_s: Vec<f64>,
        is_cut: bool,
    },
}

/// One client, or one with a setting of its own.
#[derive(Clone, Debug, PartialEq)]
pub struct Client {
    /// Lower-case letters, digits, hyphens and dots; stable.
    pub id: &'static str,
    pub name: &'static str,
    pub kind: Kind,
    pub speaks: Vec<Protocol>,
    pub version: &'static str,
    /// Where that version came from, such as "Debian 13" or "npm".
    pub source: &'static str,
    /// The families in the order in which it first tried them where IPv6 was silent.
    pub tries: Vec<Family>,
    cells: Vec<Cell>,
    /// What changes its behaviour, with the default; empty where nothing is known.
    pub settings: &'static str,
}

impl Client {
    pub fn cell(&self, fault: Fault) -> &Cell {
        self.cells.get(fault as usize).unwrap_or(&Cell::NotRun)
    }
}

/// Why a table cannot be read, with its place.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("clients.tsv:{line}: {column}: {why}")]
pub struct TableError {
    pub line: usize,
    pub column: String,
    pub why: String,
}

/// Returns every client, the best known first.
pub fn all() -> &'static [Client] {
    // That it can be read is a test.
    static ALL: LazyLock<Vec<Client>> = LazyLock::new(|| parse(TEXT).unwrap_or_default());
    &ALL
}

/// Returns the clients with this name: one, or all whose names begin so, such as those of `node-22`.
pub fn find(name: &str) -> Vec<&'static Client> {
    let name = name.trim().to_lowercase();
    let is_it = |client: &&Client| {
        client.id == name || client.id.strip_prefix(&*name).is_some_and(|rest| rest.starts_with('-'))
    };
    // `nginx` alone is the one that is called so.
    match all().iter().find(|client| client.id == name) {
        Some(client) => vec![client],
        None if name.is_empty() => Vec::new(),
        None => all().iter().filter(is_it).collect(),
    }
}

/// Reads a table: lines of `#` are comments, the first other one names the columns.
pub fn parse(text: &'static str) -> Result<Vec<Client>, TableError> {
    let mut lines = text.lines().enumerate().filter(|(_, line)| !line.starts_with('#') && !line.is_empty());
    let (_, header) = lines.next().ok_or_else(|| error(0, "id", "there is no line with the names of the columns"))?;
    let columns: Vec<&str> = header.split('\t').collect();
    lines.map(|(index, line)| client(index + 1, &columns, line)).collect()
}

fn error(line: usize, column: &str, why: &str) -> TableError {
    TableError { line, column: column.to_owned(), why: why.to_owned() }
}

fn client(line: usize, columns: &[&str], row: &'static str) -> Result<Client, TableError> {
    let fields: Vec<&'static str> = row.split('\t').collect();
    if fields.len() != columns.len() {
        let why = format!("{} fields where {} columns are named", fields.len(), columns.len());
        return Err(error(line, "id", &why));
    }
    let field = |name: &str| {
        let at = columns.iter().position(|column| *column == name);
        at.and_then(|at| fields.get(at).copied()).ok_or_else(|| error(line, name, "there is no such column"))
    };
    let said = |name: &str| match field(name)? {
        "" => Err(error(line, name, "it is empty")),
        text => Ok(text),
    };
    let kind = Kind::from_code(said("kind")?).ok_or_else(|| error(line, "kind", "there is no such kind"))?;
    let speaks = said("speaks")?
        .split(',')
        .map(|code| Protocol::from_code(code).ok_or_else(|| error(line, "speaks", "there is no such protocol")));
    let cells = Fault::ALL.iter().map(|fault| {
        let text = said(fault.code())?;
        cell(text).ok_or_else(|| error(line, fault.code(), &format!("`{text}` is no cell")))
    });
    Ok(Client {
        id: said("id")?,
        name: said("name")?,
        kind,
        speaks: speaks.collect::<Result<_, _>>()?,
        version: said("version")?,
        source: said("source")?,
        tries: families(said("tries")?).ok_or_else(|| error(line, "tries", "only 4, 6 and - are read"))?,
        cells: cells.collect::<Result<_, _>>()?,
        settings: field("settings")?,
    })
}

fn families(text: &str) -> Option<Vec<Family>> {
    let family = |c| match c {
        '4' => Some(Family::Ipv4),
        '6' => Some(Family::Ipv6),
        _ => None,
    };
    // Of one it was not recorded.
    if matches!(text, "-" | "+") { Some(Vec::new()) } else { text.chars().map(family).collect() }
}

fn cell(text: &str) -> Option<Cell> {
    if text == "-" {
        return Some(Cell::NotRun);
    }
    let (what, after) = text.split_once(' ')?;
    let (after, is_cut) = after.strip_prefix('>').map_or((after, false), |after| (after, true));
    let after_s: Vec<f64> = after.split('/').map(|n| n.parse().ok()).collect::<Option<_>>()?;
    Some(match what.strip_prefix('~') {
        Some(share) => {
            let (served, of) = share.split_once('/')?;
            Cell::Partly { served: served.parse().ok()?, of: of.parse().ok()?, after_s }
        }
        None if what == "x" => Cell::Failed { after_s, is_cut },
        None => Cell::Served { over: families(what)?, after_s },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn the_table_keeps_its_laws() {
        let clients = parse(TEXT).unwrap();
        assert_eq!(clients.len(), 136);
        let mut ids = HashSet::new();
        for client in &clients {
            let id = client.id;
            assert!(ids.insert(id), "{id} is there twice");
            let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '.');
            assert!(id.chars().all(is_plain), "{id}");
            assert!(client.version.starts_with(|c: char| c.is_ascii_digit()), "{id}: {}", client.version);
            assert_ne!(client.cell(Fault::Healthy), &Cell::NotRun, "{id}");
            for fault in Fault::ALL {
                let cell = client.cell(*fault);
                let (n, of) = match cell {
                    Cell::NotRun => continue,
                    Cell::Served { after_s, .. } | Cell::Failed { after_s, .. } => (after_s.len(), None),
                    Cell::Partly { served, of, after_s } => {
                        assert!(0 < *served && served < of, "{id} {}", fault.code());
                        (after_s.len(), Some(*of as usize))
                    }
                };
                assert!(of.is_none_or(|of| of == n), "{id} {}", fault.code());
                assert!(n == 1 || n == 3, "{id} {}", fault.code());
            }
        }
        let not_run = |fault| clients.iter().filter(move |client| client.cell(fault) == &Cell::NotRun);
        for fault in Fault::ALL {
            for client in not_run(*fault) {
                let is_for_it = match fault {
                    Fault::AllSilent => !matches!(client.kind, Kind::Proxy | Kind::Mail),
                    // What needs a page, or TLS, which not all of them were built with.
                    Fault::PathMtu if client.speaks.contains(&Protocol::Grpc) => false,
                    Fault::PathMtu => client.kind == Kind::Library && client.speaks.contains(&Protocol::Http),
                    Fault::MuteTls | Fault::Certificate => client.kind == Kind::Browser,
                    _ => true,
                };
                assert!(!is_for_it, "{} {}", client.id, fault.code());
            }
        }
        // Who was not seen to speak TLS has no fate in it; and no page comes over a family that loses large packets.
        for client in &clients {
            let is_run = |fault| client.cell(fault) != &Cell::NotRun;
            assert!(!is_run(Fault::Certificate) || is_run(Fault::MuteTls), "{}", client.id);
            let over = |fault| match client.cell(fault) {
                Cell::Served { over, .. } => over.clone(),
                _ => Vec::new(),
            };
            assert!(!over(Fault::PathMtu).contains(&Family::Ipv6), "{}", client.id);
            // Of one that accepts and is silent, who only connects has had what it wants.
            for fault in [Fault::Ipv4Refused, Fault::Ipv4Silent] {
                assert!(!over(fault).contains(&Family::Ipv4), "{} {}", client.id, fault.code());
            }
        }
    }

    #[test]
    fn a_wrong_table_says_where() {
        let head = "id\tname\tkind\tspeaks\tversion\tsource\ttries\thealthy\trefused\tsilent\tall_silent\tunreachable\t\
                    prohibited\tmute\tslow\tno_ipv6\tno_ipv6_slow\tno_route\tmute_tls\tcertificate\tpath_mtu\t\
                    ipv4_refused\tipv4_silent\tipv4_mute\tsettings\n";
        let row = |cell: &str| format!("a\tA\tbrowser\thttp\t1\tnpm\t64\t{cell}{}\tnone\n", "\t4 1".repeat(16));
        let read = |rest: String| parse(Box::leak(format!("# A table.\n{head}{rest}").into_boxed_str()));
        assert_eq!(read(row("6 0.1")).unwrap().len(), 1);
        let wrong = |rest: String| read(rest).unwrap_err().to_string();
        assert_eq!(wrong(row("five")), "clients.tsv:3: healthy: `five` is no cell");
        assert_eq!(wrong(row("7 1")), "clients.tsv:3: healthy: `7 1` is no cell");
        assert_eq!(wrong("a\tb\n".to_owned()), "clients.tsv:3: id: 2 fields where 25 columns are named");
        assert_eq!(wrong(row("6 1").replace("browser", "oven")), "clients.tsv:3: kind: there is no such kind");
        assert_eq!(wrong(row("6 1").replace("npm", "")), "clients.tsv:3: source: it is empty");
    }

    #[test]
    fn a_client_is_found_by_its_name_and_by_its_beginning() {
        let ids = |name: &str| find(name).into_iter().map(|client| client.id).collect::<Vec<_>>();
        assert_eq!(ids("nginx"), ["nginx"]);
        assert_eq!(ids("Node-22"), ["node-22-fetch", "node-22-http"]);
        assert_eq!(ids("curl"), ["curl"]);
        assert!(ids("nod").is_empty() && ids("").is_empty());
    }
}
