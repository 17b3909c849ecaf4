// Starts the demo once, and browsers that talk to nothing else.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { createServer } from "node:tls";
import { fileURLToPath } from "node:url";
import puppeteer from "puppeteer-core";

const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

// `cargo xtask test` names itself; a run by hand goes through cargo.
const [XTASK, ...XTASK_ARGS] = process.env.XTASK ? [process.env.XTASK] : ["cargo", "xtask"];

/**
 * Starts `serve` on free ports, with the demo's targets or with what `options` say; resolves when its ready line has come.
 * `again`: what was started before and has been stopped, with its data kept, goes on at the same place.
 */
export async function startDemo(options = ["--demo"], again) {
  const data = again?.data ?? (await mkdtemp(join(tmpdir(), "dualwatch-browser-")));
  const args = [...XTASK_ARGS, "serve", ...options, "--port", again ? new URL(again.origin).port : "0", "--data", data];
  const child = spawn(XTASK, args, { cwd: ROOT, stdio: ["ignore", "pipe", "pipe"] });
  const log = [];
  child.stderr.setEncoding("utf8").on("data", (text) => log.push(text));
  const ended = once(child, "exit");
  let [origins, token] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    if (line.startsWith("admin token: ")) token = await readFile(line.slice("admin token: ".length), "utf8");
    if (line.startsWith("ready: ")) {
      origins = line.slice("ready: ".length).split(" ").map((url) => new URL(url).origin);
      break;
    }
  }
  if (!origins) throw new Error(`the demo did not get ready:\n${log.join("")}`);
  child.stdout.resume();
  return {
    origin: origins[0],
    origins,
    data,
    /** Hands over another configuration; returns the revision of what is published then: the moment of the commit. */
    async accept(config) {
      const headers = { authorization: `Bearer ${token.trim()}`, "content-type": "application/json" };
      const body = JSON.stringify({ name: "dualwatch.yml", text: JSON.stringify(config), files: {} });
      const answer = await fetch(`${origins[0]}/api/v1/config`, { method: "PUT", headers, body });
      if (!answer.ok) throw new Error(await answer.text());
      return (await (await fetch(`${origins[0]}/api/v1/page`)).json()).revision;
    },
    /** What the worker and xtask have written so far. */
    log: () => log.join(""),
    async stop({ keeps = false } = {}) {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill("SIGINT");
        await ended;
      }
      if (!keeps) await rm(data, { recursive: true, force: true });
    },
  };
}

/**
 * Ends TLS in front of the demo, over both families, each to its own, as a proxy does that says nothing of it. Its
 * certificate is nobody's: browsers are told to take it.
 */
export async function startFront(origins) {
  const pem = await readFile(join(ROOT, "tests", "browser", "front.pem"));
  const servers = [];
  for (const { hostname, port } of origins.map((origin) => new URL(origin))) {
    const host = hostname.replace(/^\[|\]$/g, "");
    const server = createServer({ cert: pem, key: pem }, (client) => {
      const worker = connect(port, host);
      client.on("error", () => worker.destroy()).on("close", () => worker.destroy());
      worker.on("error", () => client.destroy()).on("close", () => client.destroy());
      client.pipe(worker).pipe(client);
    });
    // A browser may try, and hang up before there is TLS.
    server.on("tlsClientError", () => {});
    server.listen(servers[0]?.address().port ?? 0, host);
    await once(server, "listening");
    servers.push(server);
  }
  return { origin: `https://localhost:${servers[0].address().port}`, stop: () => servers.forEach((s) => s.close()) };
}

/** Asks again until `attempt` returns something true; fails with `what` after the deadline. */
export async function eventually(what, attempt, withinMs = 60_000) {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const result = await attempt();
    if (result) return result;
    if (Date.now() > deadline) throw new Error(`not within ${withinMs} ms: ${what}`);
    await sleep(250);
  }
}

const CHROMIUM_ARGS = [
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-gpu",
  "--disable-quic",
  "--disable-sync",
  "--no-first-run",
  // Chromium refuses to run as root with its sandbox.
  ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
];

/**
 * Runs `use` with a new Chromium; `rules` are further `--host-resolver-rules`, before "no outside name exists". Null: names
 * are what the network says. `more` are further options.
 */
export async function withChromium(use, rules = [], { more = [], ...options } = {}) {
  // In EXCLUDE and MAP patterns an IPv6 literal has no brackets; with brackets the rule matches nothing.
  // A pattern without a star is no name below it: each probe may have a label of its own below `localhost`.
  const excluded = ["localhost", "*.localhost", "127.0.0.1", "::1"].filter((host) => !rules?.some((rule) => rule.includes(`MAP ${host} `)));
  const resolver = [...(rules ?? []), "MAP * ~NOTFOUND", ...excluded.map((host) => `EXCLUDE ${host}`)].join(", ");
  await withBrowser(use, {
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: [...CHROMIUM_ARGS, ...(rules ? [`--host-resolver-rules=${resolver}`] : []), ...more],
    ...options,
  });
}

/** Runs `use` with a new Firefox, by WebDriver BiDi; `prefs` are further settings. */
export async function withFirefox(use, prefs = {}, options = {}) {
  await withBrowser(use, {
    browser: "firefox",
    executablePath: process.env.FIREFOX ?? "/usr/bin/firefox-esr",
    extraPrefsFirefox: prefs,
    ...options,
  });
}

/** What the page has to work in, by name. */
export const BROWSERS = { Chromium: withChromium, Firefox: withFirefox };

/** Runs `look` with the page at `url`, tested, in each colour scheme that a system may ask for. */
export async function inEveryScheme(name, url, look) {
  const schemes = ["light", "dark"];
  if (name === "Firefox") {
    for (const scheme of schemes) {
      // BiDi cannot emulate it; this setting stands for the system's.
      const prefs = { "layout.css.prefers-color-scheme.content-override": scheme === "dark" ? 0 : 1 };
      await withFirefox(async (browser) => look((await openTested(browser, url)).page, scheme), prefs);
    }
  } else {
    await withChromium(async (browser) => {
      const { page } = await openTested(browser, url);
      for (const scheme of schemes) {
        await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
        await look(page, scheme);
      }
    });
  }
}

async function withBrowser(use, options) {
  const browser = await puppeteer.launch({ headless: true, ...options });
  try {
    await use(browser);
  } finally {
    await browser.close();
  }
}

// A probe that finds a service down makes the browser report it: that is what the probe is for.
const NETWORK = /^Failed to load resource: net::|^Cross-Origin Request Blocked: .* did not succeed/;

/** Collects what a page must not say: errors, warnings, uncaught exceptions, except failures of the network itself. */
export function complaintsOf(page) {
  const complaints = [];
  const note = (kind, text, url = "") => NETWORK.test(text) || complaints.push(`${kind}: ${text} ${url}`.trim());
  page.on("pageerror", (error) => note("uncaught", error.message));
  page.on("console", (message) => {
    if (["error", "warn", "assert"].includes(message.type())) note(message.type(), message.text(), message.location().url);
  });
  return complaints;
}

/** Opens the page and waits until its own test is done. */
export async function openTested(browser, url) {
  const page = await browser.newPage();
  const complaints = complaintsOf(page);
  await page.goto(url);
  await page.waitForSelector('[data-self-test-state="done"]', { timeout: 60_000 });
  return { page, complaints };
}

/** Returns the `data-*` attributes of one row, and its text, be it open or closed. */
export function row(page, target, family) {
  return page.$eval(`[data-target="${target}"][data-family="${family}"]`, (element) => ({
    ...element.dataset,
    text: element.textContent,
  }));
}

/** Waits until one row has the `expected` attributes; a failure shows what it had instead. */
export async function expectRow(page, target, family, expected) {
  let seen;
  const matches = async () => {
    seen = await row(page, target, family);
    return Object.entries(expected).every(([name, value]) => seen[name] === value);
  };
  try {
    await eventually(`${target}/${family}`, matches, 30_000);
  } catch {
    throw new Error(`${target}/${family}: expected ${JSON.stringify(expected)}, got ${JSON.stringify(seen)}`);
  }
  return seen;
}
