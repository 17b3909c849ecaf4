//! `dualwatch clients`: what real clients do when one side of a dual-stack name is broken, as it was measured.

use crate::{exit::Exit, out::Out};
use anyhow::{Context, Result, bail};
use clap::builder::{PossibleValuesParser, TypedValueParser};
use dualwatch_clients::{Cell, Client, Fate, Fault, Kept, Kind, MEASURED_ON, Protocol, all, find};
use dualwatch_core::measure::family::Family;
use dualwatch_wire::v1::ClientsDocument;
use std::{fmt::Write as _, io::Write as _};

/// What is shown where nothing is chosen: the faults that targets have.
const SHOWN: [Fault; 6] =
    [Fault::Refused, Fault::Silent, Fault::Prohibited, Fault::Mute, Fault::AllSilent, Fault::NoIpv6];

/// Takes the codes of a closed set, which help and completions list.
fn one_of<T: Copy + Send + Sync + 'static>(
    all: &'static [T],
    code: fn(T) -> &'static str,
) -> impl TypedValueParser<Value = T> {
    let find =
        move |said: String| all.iter().copied().find(|one| code(*one) == said).ok_or("there is none of this name");
    PossibleValuesParser::new(all.iter().map(|one| code(*one))).try_map(find)
}

#[derive(Debug, clap::Args)]
#[command(
    after_help = "A cell: the seconds until it is served; v4: it uses IPv4 first and never meets the fault (v6: where \
                        IPv4 is broken); FAIL: not served although the other family is well, and after how long it gives up; \
                        -: not run. `~` stands before a setting that was not confirmed."
)]
pub struct Arguments {
    /// Only these, such as `curl`, `nginx`, or `node-22` for all that begin so; with their settings.
    #[arg(value_name = "NAME")]
    names: Vec<String>,
    /// Only what they do with this fault. May be given more than once.
    #[arg(long, value_parser = one_of(Fault::ALL, Fault::code), value_name = "FAULT")]
    fault: Vec<Fault>,
    /// Only clients of this kind.
    #[arg(long, value_parser = one_of(Kind::ALL, Kind::code), value_name = "KIND")]
    kind: Option<Kind>,
    /// Only clients of this protocol.
    #[arg(long, value_parser = one_of(Protocol::ALL, Protocol::code), value_name = "PROTOCOL")]
    speaks: Option<Protocol>,
    /// Print JSON, as `/api/v1/clients` has it.
    #[arg(long)]
    json: bool,
}

/// Prints the clients that are asked for.
pub fn run(arguments: &Arguments) -> Result<Exit> {
    let clients = chosen(arguments)?;
    let faults: Vec<Fault> = match &arguments.fault[..] {
        [] if arguments.json => Fault::ALL.to_vec(),
        [] => SHOWN.to_vec(),
        faults => faults.to_vec(),
    };
    let mut out = Out::new();
    if arguments.json {
        let document = ClientsDocument::of(clients, &faults);
        writeln!(out, "{}", serde_json::to_string(&document).context("failed to write JSON")?)?;
    } else {
        write!(out, "{}", table(&clients, &faults, !arguments.names.is_empty()))?;
    }
    Ok(Exit::Reachable)
}

/// Returns a line that names the page of the table as it is found here, where there is no page.
pub fn found_here(line: &str) -> String {
    line.replace(": /clients has all of them", ": `dualwatch clients` prints them all")
}

fn chosen(arguments: &Arguments) -> Result<Vec<&'static Client>> {
    let mut named: Vec<&Client> = Vec::new();
    for name in &arguments.names {
        let found = find(name);
        if found.is_empty() {
            bail!("there is no client `{name}`: {}", dualwatch_config::hint_of_client(name));
        }
        named.extend(found);
    }
    if arguments.names.is_empty() {
        named.extend(all());
    }
    let is_asked_for = |client: &&Client| {
        arguments.kind.is_none_or(|kind| kind == client.kind)
            && arguments.speaks.is_none_or(|protocol| client.speaks.contains(&protocol))
    };
    let clients: Vec<_> = named.into_iter().filter(is_asked_for).collect();
    if clients.is_empty() {
        bail!("no client that was run is of that kind and speaks that");
    }
    Ok(clients)
}

fn table(clients: &[&Client], faults: &[Fault], has_settings: bool) -> String {
    let head = ["client", "version"].into_iter().chain(faults.iter().map(|fault| fault.code())).map(str::to_owned);
    let mut rows: Vec<Vec<String>> = vec![head.collect()];
    rows.extend(clients.iter().map(|client| {
        let own = [client.name, client.version].map(str::to_owned);
        own.into_iter().chain(faults.iter().map(|fault| cell(client, *fault))).collect()
    }));
    let widths: Vec<usize> = (0..faults.len() + 2)
        .map(|column| rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max().unwrap_or(0))
        .collect();
    let mut text = String::new();
    for (index, row) in rows.iter().enumerate() {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(&widths) {
            let _ = write!(line, "{cell:width$}  ");
        }
        let _ = writeln!(text, "{}", line.trim_end());
        let settings = index.checked_sub(1).and_then(|at| clients.get(at)).map(|client| client.settings);
        if let Some(settings) = settings.filter(|settings| has_settings && !settings.is_empty()) {
            let _ = writeln!(text, "    {settings}");
        }
    }
    let _ = writeln!(text, "Measured on {MEASURED_ON} on Linux; {}.", who_is_well(faults));
    text
}

/// Returns which family is broken in the columns.
fn who_is_well(faults: &[Fault]) -> &'static str {
    if faults.iter().any(|fault| fault.family() == Family::Ipv4) {
        "IPv4 is well, and IPv6 is as each column says; the other way round where it begins with ipv4"
    } else {
        "IPv4 is well in every column, and IPv6 is as it says"
    }
}

/// Returns what a client did, as short as it can be read.
fn cell(client: &Client, fault: Fault) -> String {
    let Some(fate) = client.fate(fault) else { return "-".to_owned() };
    let seconds = |s: f64| if s < 10.0 { format!("{s:.2}") } else { format!("{s:.0}") };
    match (fate, client.cell(fault)) {
        (Fate::Untouched, _) => if fault.family() == Family::Ipv6 { "v4" } else { "v6" }.to_owned(),
        (Fate::Waits { after_s, kept: Kept::Family }, _) => format!("{} once", seconds(after_s)),
        (Fate::Waits { after_s, .. }, _) => seconds(after_s),
        (Fate::Partly { served, of }, _) => format!("{served} of {of}"),
        (Fate::Fails { after_s, is_cut }, _) => format!("FAIL {}{}", if is_cut { ">" } else { "" }, seconds(after_s)),
        (Fate::Unnoticed, Cell::Served { after_s, .. }) => seconds(after_s.iter().copied().fold(0.0, f64::max)),
        (Fate::Unnoticed, _) => "-".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use dualwatch_wire::answer::language::Language;

    #[test]
    fn a_table_has_a_line_each_and_settings_where_somebody_asked_by_name() {
        let clients = [find("curl")[0], find("nginx")[0], find("haproxy")[0], find("java-httpclient")[0]];
        assert_eq!(
            table(&clients, &[Fault::Silent, Fault::AllSilent, Fault::Mute], false),
            "client              version                silent   all_silent  mute\n\
             curl                8.14.1-2+deb13u7       0.23     0.23        FAIL >180\n\
             nginx (proxy_pass)  1.26.3-3+deb13u11      60 once  -           60 once\n\
             HAProxy             3.0.11-1+deb13u5       FAIL 20  -           FAIL 75\n\
             Java HttpClient     21.0.13.1+2-1~deb13u1  v4       v4          v4\n\
             Measured on 2026-11-28 on Linux; IPv4 is well in every column, and IPv6 is as it says.\n"
        );
        assert!(table(&clients[..1], &[Fault::Silent], true).contains("\n    --happy-eyeballs-timeout-ms 200"));
    }

    #[test]
    fn the_program_names_itself_and_no_page() {
        let met = dualwatch_clients::Met::Measured(Fault::Silent);
        let real = dualwatch_words::real_clients(Language::En, met, "https://a.example/", &[]).unwrap();
        let said = found_here(&real.source);
        assert!(said.ends_with("IPv4 being well: `dualwatch clients` prints them all"), "{said}");
        assert!(real.lines.iter().all(|line| found_here(&line.text) == line.text));
    }

    #[test]
    fn every_choice_is_taken_and_no_other() {
        #[derive(Debug, clap::Parser)]
        struct Line {
            #[command(flatten)]
            arguments: Arguments,
        }
        let read = |option: &str, code: &str| <Line as clap::Parser>::try_parse_from(["clients", option, code]);
        for fault in Fault::ALL {
            assert_eq!(read("--fault", fault.code()).unwrap().arguments.fault, [*fault]);
        }
        for kind in Kind::ALL {
            assert_eq!(read("--kind", kind.code()).unwrap().arguments.kind, Some(*kind));
        }
        for protocol in Protocol::ALL {
            assert_eq!(read("--speaks", protocol.code()).unwrap().arguments.speaks, Some(*protocol));
        }
        assert!(read("--kind", "oven").unwrap_err().to_string().contains("browser"));
    }
}
