//! Where the time goes: samples of `perf` while a subject works, counted by what the code belongs to.

use crate::{Bench, subject::Subject};
use std::{
    collections::BTreeMap,
    process::{Command, Stdio},
    time::Duration,
};

const LENGTH: Duration = Duration::from_secs(5);
/// Samples a second; a prime, so that nothing periodic falls into step with it.
const FREQUENCY: &str = "1999";
/// Shares below this are not shown.
const MIN_PERCENT: f64 = 1.5;

/// What code belongs to, by a part of its symbol's name; the first that fits.
const GROUPS: &[(&str, &[&str])] = &[
    (
        "cryptography",
        &[
            "ring_core",
            "ring::",
            "fiat",
            "x25519",
            "p256",
            "nistz",
            "sha256",
            "sha512",
            "aes",
            "gcm",
            "ghash",
            "chacha",
            "crypto/ecdsa",
            "crypto/elliptic",
            "crypto/internal",
            "crypto/sha",
            "crypto/aes",
            "crypto/cipher",
            "crypto/ed",
            "gfp_",
            "limb",
            "bn_mul",
            "bignum",
            "chacha20",
            "math/big",
        ],
    ),
    ("certificates and TLS", &["rustls", "webpki", "x509", "asn1", "crypto/tls", "pem", "der_", "cryptobyte", "nom::"]),
    ("HTTP", &["hyper", "httparse", "http::", "net/http", "http_body", "net/textproto"]),
    ("metrics", &["prometheus", "expfmt", "client_model"]),
    ("asynchronous runtime and sockets", &["tokio", "mio", "futures_util", "internal/poll", "syscall.", "net.("]),
    ("garbage collector and scheduler", &["runtime."]),
    ("prober", &["dualwatch", "serde_json"]),
    ("memory", &["malloc", "free", "memcpy", "memmove", "memset", "realloc", "alloc"]),
];

/// Prints the shares, or why there are none.
pub fn print(subject: &mut Subject, bench: &Bench) {
    let dir = tempfile::tempdir().expect("a folder");
    let data = dir.path().join("perf.data");
    subject.wake();
    let mut perf = Command::new("perf");
    perf.args(["record", "--quiet", "--freq", FREQUENCY, "--pid", &subject.id().to_string(), "--output"]).arg(&data);
    perf.args(["--", "sleep", &LENGTH.as_secs().to_string()]).stdout(Stdio::null()).stderr(Stdio::null());
    let Ok(mut recording) = perf.spawn() else {
        println!("\nno profile of {}: there is no `perf` here (Debian: apt install linux-perf)", subject.name);
        return;
    };
    subject.work(bench, LENGTH);
    let recorded = recording.wait().is_ok_and(|status| status.success());
    let mut perf = Command::new("perf");
    // Counts of samples: percentages of thousands of small functions do not add up.
    perf.args([
        "report",
        "--stdio",
        "--no-children",
        "--fields",
        "sample,dso,symbol",
        "--field-separator",
        "\t",
        "--input",
    ]);
    let report = perf.arg(&data).stderr(Stdio::null()).output().map(|output| output.stdout).unwrap_or_default();
    let report = String::from_utf8_lossy(&report);
    let mut lines: Vec<(f64, &str, &str)> = report.lines().filter_map(parse).collect();
    let n_samples: f64 = lines.iter().map(|line| line.0).sum();
    for line in &mut lines {
        line.0 *= 100.0 / n_samples;
    }
    lines.sort_by(|a, b| b.0.total_cmp(&a.0));
    if !recorded || lines.is_empty() {
        println!("\nno profile of {}: `perf` may not look at it (kernel.perf_event_paranoid)", subject.name);
        return;
    }
    let mut groups: BTreeMap<&str, f64> = BTreeMap::new();
    for (percent, object, symbol) in &lines {
        *groups.entry(group(object, symbol)).or_default() += percent;
    }
    let mut groups: Vec<(&str, f64)> = groups.into_iter().filter(|(_, percent)| *percent >= MIN_PERCENT).collect();
    groups.sort_by(|a, b| b.1.total_cmp(&a.1));
    println!("\n{}: where the CPU time goes", subject.name);
    for (name, percent) in groups {
        println!("  {percent:>5.1} %  {name}");
    }
    println!("  most in:");
    for (percent, object, symbol) in lines.iter().filter(|line| line.0 >= MIN_PERCENT).take(8) {
        let symbol: String = symbol.chars().take(90).collect();
        println!("    {percent:>5.1} %  {symbol} ({object})");
    }
}

/// A line of the report: samples, shared object, symbol.
fn parse(line: &str) -> Option<(f64, &str, &str)> {
    let mut fields = line.split('\t').map(str::trim);
    let n_samples = fields.next()?.parse().ok()?;
    Some((n_samples, fields.next()?, fields.next()?))
}

fn group(object: &str, symbol: &str) -> &'static str {
    if symbol.starts_with("[k]") || object.contains("kernel") {
        return "kernel (sockets, scheduling)";
    }
    let named = GROUPS.iter().find(|(_, parts)| parts.iter().any(|part| symbol.contains(part)));
    match named {
        // workerd is stripped: what runs as WebAssembly or JavaScript has no file.
        _ if object.contains("JIT") || object.contains("anon") || object == "[unknown]" => "WebAssembly and JavaScript",
        _ if object.contains("workerd") => "workerd itself (V8, sockets, SQLite)",
        Some((name, _)) => name,
        None if symbol.contains("] 0x") => "code without symbols",
        None => "other",
    }
}
