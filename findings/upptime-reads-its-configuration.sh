#!/bin/sh
# What Upptime makes of 200 small configurations: with which values it measures each site, and where its whole run ends.
#
# Read with js-yaml 4.3.1 and @sindresorhus/slugify 1.1.2, which are in the lock file of uptime-monitor 1.43.15, and with its
# own rules as its code applies them: no type is asked before a value is used. So `ipv6: no` is IPv6 (a text that is not
# empty), `maxRedirects: "0"` is 3 (a text is no integer), `name: 123`, `headers: "A: b"`, `slug: 123` and a key that is there
# twice throw, and nothing after them is measured.
#
# The configurations are made by a generator that always makes the same, and what comes of them is in
# crates/config/tests/as_upptime.jsonl, against which the reader of this repository is held. `write` as an argument writes it
# anew.
#
# Needs: Node.js with npm.
set -eu
here=$(cd "$(dirname "$0")/.." && pwd)
reference="$here/crates/config/tests/as_upptime.jsonl"
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null 2>&1
npm install --silent --no-audit --no-fund js-yaml@4.3.1 @sindresorhus/slugify@1.1.2
cat >try.js <<'JS'
const { load } = require("js-yaml");
const slugify = require("@sindresorhus/slugify");
const fs = require("fs");

// The generator: a linear congruence, so that it needs nothing and never changes.
let seed = 20261128;
const below = (n) => ((seed = (Math.imul(seed, 1103515245) + 12345) >>> 0) >>> 16) % n;
const pick = (list) => list[below(list.length)];

const POOL = {
  name: ["Shop", "IPv6 test", "'Shop & Co'", "日本語", "مرحبا", "Ærø Þór", "12e4567", "123", "2026-01-01", "true", "~",
    '"quoted: name"', "Grünzeug Łódź", "yes", "'123'", "0x1F", ".inf", "1_000", "XMLParser2", "🚀", "''", "!!str 42", "ESPACE2cloud",
    "გამარჯობა", "a/b", "Việt Nam", "ə", "'- .'", "1:30", "0b2", "08", "-.5", "2026-1-1 10:00:00", "! 7", "NULL", "Null-ish"],
  url: ["https://a.example", "https://a.example/x?y=1#z", "a.example", "a.example/x", "9.9.9.9", "http://b.example:8080/",
    "wss://a.example/s", "https://a.example/x", "'https://c.example'", "123", "ws://a.example", "https://u:p@a.example/",
    "https://a.example/?cb=$DYNAMIC_RANDOM_NUMBER", "true"],
  check: ["http", "tcp-ping", "ws", "ssl", "TCP-PING", "icmp-ping", "~", "tcp-ping", "1"],
  type: ["globalping", "local", "Globalping", "globalping"],
  port: ["22", "'443'", "0", "0x50", "abc", "[80]", "08", "''", "~", "2.2e1"],
  ipv6: ["true", "no", "yes", "'false'", "0", "1", "''", "~", "off", "False", "[]", "0.0", ".nan"],
  expectedStatusCodes: ["[200]", "[200, '401']", "200", "[200, 0]", "[0]", "[]", "['2xx', 200]", "[301]", "[0x1F4]", "[true, 204]",
    "~", "''", "[200, [201]]", "[~, 200]", "0", "['200 ']"],
  maxRedirects: ["0", "'0'", "2.0", "99", "no", "~", "1e1", "5", "[1]", "0x2", "2.5"],
  maxResponseTime: ["250", "'250'", "0", "fast", "[300]", "1e3", "~", "'1e3'", "0x64", "' 80 '"],
  headers: ["['A: b']", "'A: b'", "[Accept: a]", "[1]", "~", "[]", "['X: ${{ secrets.T }}']", "''", "[~]", "['A: b', 'C: d']"],
  method: ["GET", "HEAD", "1", "true", "~", "POST", "''", "PUT"],
  body: ["x", "1", "'{a: 1}'", "true", "''", "~", "{a: 1}"],
  slug: ["my-shop", "123", "' spaced '", "''", "true", "~", "Ünder", "2026-01-01"],
  __dangerous__body_down: ["Error", "1", "~", "''"],
};
const CHANCE = { name: 95, url: 97, check: 50, type: 18, port: 35, ipv6: 35, expectedStatusCodes: 25, maxRedirects: 25,
  maxResponseTime: 25, headers: 18, method: 25, body: 12, slug: 14, __dangerous__body_down: 8 };

// Letters of scripts that slugify knows in part, and of some that it does not.
const BLOCKS = [[0xc0, 0x180], [0x370, 0x590], [0x5d0, 0x5eb], [0x620, 0x6d6], [0x780, 0x7b2], [0x905, 0x93a], [0xe01, 0xe31],
  [0x10d0, 0x10f1], [0x1e00, 0x1f00], [0x3041, 0x3097], [0x41, 0x5b], [0x61, 0x7b], [0x20, 0x3a]];
const letters = () => {
  let word = "";
  const [from, to] = pick(BLOCKS);
  for (let n = 2 + below(5); n > 0; n--) {
    const letter = String.fromCodePoint(below(4) ? from + below(to - from) : 0x41 + below(58));
    if (/[\p{L}\p{N} .]/u.test(letter)) word += letter;
  }
  return JSON.stringify(`${word}1`.slice(0, -1) || "A");
};
const site = () => {
  const lines = [];
  for (const [key, values] of Object.entries(POOL)) {
    if (below(100) < CHANCE[key]) lines.push(`${key}: ${key === "name" && below(2) ? letters() : pick(values)}`);
  }
  if (below(100) < 4) lines.push("<<: *common");
  if (below(100) < 3) lines.push("ipv6: true");
  if (below(100) < 3) lines.push("icon: !shown x");
  if (lines.length === 0) lines.push("url: https://a.example");
  return `  - ${lines.join("\n    ")}\n`;
};
const configuration = (n) => {
  const sites = n % 50 === 0 ? "" : Array.from({ length: 1 + below(2) }, site).join("");
  return `owner: o\nrepo: r\nx-common: &common { check: tcp-ping, ipv6: 'no' }\nsites:${n % 50 === 25 ? " x" : `\n${sites}`}${n % 50 === 25 ? "\n" : ""}`;
};

// helpers/slug.ts
const unicode = (name) => name.normalize("NFKC").trim().replace(/[\\/]/g, "-").replace(/[<>:"|?*#%]/g, "-")
  .replace(/[\u0000-\u001F\u007F]/g, "").replace(/\s+/g, "-").replace(/-+/g, "-").replace(/^[.-]+|[.-]+$/g, "");
const slugOf = (site) => site.slug?.trim() || slugify(site.name) || unicode(site.name) || slugify(site.url) || "site";
// helpers/environment.ts, without any secret, and with the same lot each time
const replaced = (text) => text.replace("", "").replaceAll("$DYNAMIC_RANDOM_NUMBER", "482913");
const STATUSES = [200, 201, 202, 203, 204, 205, 206, 207, 208, 226, 300, 301, 302, 303, 304, 305, 306, 307, 308];
// node-libcurl takes a text for CUSTOMREQUEST, and throws at everything else.
const option = (value) => { if (typeof value !== "string") throw new TypeError("Option value must be a string"); return value; };

// update.ts and helpers/request.ts: what is done with the values of a site before and after it is asked.
const read = (site) => {
  const slug = slugOf(site);
  const isGlobalping = site.type === "globalping";
  const check = ["tcp-ping", "ws", "ssl"].includes(site.check) ? site.check : "http";
  const seen = { slug, check, isGlobalping, ipv6: !!site.ipv6, name: String(site.name) };
  const answer = () => {
    const codes = (site.expectedStatusCodes || STATUSES).map(Number);
    seen.zero = codes.includes(0);
    seen.codes = codes.filter((code) => Number.isInteger(code) && code >= 100 && code <= 599);
    const most = Number(site.maxResponseTime || 60000);
    seen.maxResponseTime = Number.isNaN(most) ? null : most;
    if (site.__dangerous__body_down) seen.bodyDown = replaced(site.__dangerous__body_down);
  };
  const portOf = (none) => Number(replaced(site.port ? String(site.port) : none)) || Number(none || 80);
  if (isGlobalping) {
    let u = replaced(site.url);
    if (!u.startsWith("http://") && !u.startsWith("https://")) u = `https://${u}`;
    const url = new URL(u);
    if (check === "ws") throw new Error("ws is not supported with globalping");
    if (check !== "tcp-ping") {
      seen.headers = site.headers?.reduce((all, h) => { const at = h.indexOf(":"); return [...all, [h.substring(0, at), replaced(h.substring(at + 1).trimStart())]]; }, []) || [];
      const port = Number(site.port || parseInt(url.port)) || undefined;
      if (check === "http") { answer(); seen.maxRedirects = 0; seen.method = site.method || "GET"; }
      url.protocol = check === "ssl" ? "https:" : url.protocol;
      if (port) url.port = String(port);
      url.hash = url.username = url.password = "";
      seen.url = check === "ssl" ? `https://${url.host}/` : url.href;
    }
    return seen;
  }
  if (check === "tcp-ping" || check === "ssl") {
    // All within a `try`: what goes wrong here is down with code 0.
    try { seen.host = replaced(site.url); seen.port = portOf(check === "ssl" ? "443" : ""); } catch { seen.isDown = true; }
    return seen;
  }
  if (check === "ws") {
    if (site.body) seen.body = replaced(site.body);
    return seen;
  }
  const url = replaced(site.url);
  seen.maxRedirects = Number.isInteger(site.maxRedirects) ? Number(site.maxRedirects) : 3;
  seen.headers = site.headers ? site.headers.map(replaced).map((h) => { const at = h.indexOf(":"); return [h.slice(0, at).trim(), h.slice(at + 1).trim()]; }) : [];
  if (site.body) seen.body = replaced(site.body);
  seen.method = option(site.method || "GET");
  answer();
  try {
    const whole = new URL(url.includes("://") ? url : `http://${url}`);
    whole.hash = whole.username = whole.password = "";
    seen.url = whole.href;
  } catch {}
  return seen;
};

const lines = [];
for (let n = 0; n < 200; n++) {
  const text = configuration(n);
  const row = { text, refused: null, ends: null, sites: [] };
  try {
    const config = load(text);
    try { for (const site of config.sites) { void site.url; try { row.sites.push(read(site)); } catch (error) { row.ends ??= error.message; row.sites.push({ ends: error.message }); } } }
    catch (error) { row.ends = error.message; }
  } catch (error) { row.refused = error.reason; }
  lines.push(JSON.stringify(row));
}
const text = lines.join("\n") + "\n";
const [, , file, word] = process.argv;
if (word === "write") fs.writeFileSync(file, text);
const rows = lines.map((line) => JSON.parse(line));
const count = (what) => rows.filter(what).length;
console.log(`${rows.length} configurations: ${count((r) => r.refused)} are refused by js-yaml, ${count((r) => r.ends)} end the run`);
console.log(`${rows.reduce((sum, r) => sum + r.sites.length, 0)} sites, of ${rows.reduce((sum, r) => sum + r.sites.filter((s) => s.ends).length, 0)} of them the run ends`);
const holds = fs.existsSync(file) && fs.readFileSync(file, "utf8") === text;
console.log(holds ? "as described" : "CHANGED: this differs from what is described");
process.exit(holds ? 0 : 1);
JS
node try.js "$reference" "${1:-}"
