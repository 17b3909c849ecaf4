// How long the self-test takes to its first sentence and to its verdict, beside a re-creation of test-ipv6.com's order and
// timers: in one run, in both browsers, against the same hosts. `cargo xtask bench self-test`.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { BROWSERS } from "../support.mjs";
import { startEndpoints } from "./endpoints.mjs";
import { ROUND_TRIP_MS, startFar } from "./far.mjs";
import { other } from "./other.mjs";
import { FAR, IPV4, IPV6, SITUATIONS, ZONE, isInside, makeWorld } from "./world.mjs";

const ROUNDS = +(process.env.ROUNDS ?? 5);
// Names of situations with commas between: only these, for whoever looks into one.
const ONLY = process.env.SITUATIONS?.split(",");
/** What takes longer is measured once: it waits for timers, and those are exact. */
const LONG_MS = 10_000;
const ENOUGH_MS = 150_000;

const OPTIONS = { Chromium: [[`EXCLUDE *.${ZONE}`]], Firefox: [] };

/** Notes when what was said first: the times are since the navigation began. */
const NOTE = () => {
  const noted = (globalThis.noted = {});
  let first;
  const look = () => {
    const root = document.querySelector("[data-self-test]");
    const said = root?.querySelector("[data-sentence]")?.textContent;
    if (!said) return;
    first ??= said;
    if (said !== first) noted.sentence ??= performance.now();
    // The page is served without a cause: the first one is what WebAssembly says.
    if (root.dataset.cause) noted.taken ??= performance.now();
    if (root.dataset.ipv6 === "broken") noted.broken ??= performance.now();
    if (root.dataset.run === "complete") noted.complete ??= performance.now();
    noted.said = said;
  };
  new MutationObserver(look).observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
};

/** Where the time goes: when the document came, when each question was asked and answered, when WebAssembly was there. */
const PROFILE = async () => {
  const [navigation] = performance.getEntriesByType("navigation");
  const assets = performance.getEntriesByType("resource").filter(({ name }) => /\.(wasm|js|css)$/.test(new URL(name).pathname));
  const ended = (extension) => Math.max(...assets.filter(({ name }) => name.endsWith(extension)).map((entry) => entry.responseEnd));
  const asks = {};
  for (const { question, asked, done } of globalThis.dualwatch?.asks ?? []) {
    const { ms } = await Promise.race([done, new Promise((resume) => setTimeout(resume, 0, {}))]);
    asks[`${question} asked`] ??= asked;
    if (ms) asks[`${question} answered`] ??= ms;
  }
  return {
    "first byte": navigation.responseStart, "document read": navigation.domInteractive, "style there": ended(".css"),
    "script there": ended(".js"), "module there": ended(".wasm"), "module runs": globalThis.noted.taken, ...asks,
    complete: globalThis.noted.complete,
  };
};

async function visit(name, url, what) {
  let seen;
  await BROWSERS[name](async (browser) => {
    const page = await browser.newPage();
    await page.evaluateOnNewDocument(NOTE);
    await page.goto(url, { waitUntil: "domcontentloaded" });
    await page.waitForFunction(what, { timeout: ENOUGH_MS, polling: 50 });
    seen = await page.evaluate(() => ({ ...globalThis.noted, ...globalThis.verdict }));
    if (seen.complete) seen.profile = await page.evaluate(PROFILE);
  }, ...OPTIONS[name]);
  return seen;
}

const visitOurs = (name, url) => visit(name, url, "globalThis.noted?.complete");
const visitTheirs = async (name, url) => {
  const { at, key } = await visit(name, url, "globalThis.verdict");
  return { complete: at, said: key };
};

/** Returns the middle of what is there of these times, in whole milliseconds. */
function medianOf(times) {
  const all = times.filter(Number.isFinite).sort((a, b) => a - b);
  return all.length > 0 ? Math.round(all[all.length >> 1]) : undefined;
}

async function several(visit) {
  const seen = [];
  do seen.push(await visit());
  while (seen.length < ROUNDS && seen[0].complete < LONG_MS);
  const median = (of) => medianOf(seen.map((one) => one[of]));
  const profiles = seen.map(({ profile }) => profile).filter(Boolean);
  const profile = Object.keys(profiles[0] ?? {}).map((what) => [what, medianOf(profiles.map((one) => one[what]))]);
  return { n: seen.length, sentence: median("sentence"), broken: median("broken"), complete: median("complete"), said: seen.at(-1).said, profile };
}

/** Starts the worker with these endpoints; resolves to the origin of its page, and to what ends it. */
async function startWorker(folder, port) {
  await mkdir(folder, { recursive: true });
  const config = join(folder, "dualwatch.yml");
  const origin = (label) => `http://*.${label}.${ZONE}:${port}`;
  await writeFile(
    config,
    `targets: [{ name: Here, url: "tcp://${IPV4}:${port}" }]\nnetwork: { allow_private: true }\n` +
      `self_test: { ipv4: "${origin("ipv4")}", ipv6: "${origin("ipv6")}", dual_stack: "${origin("ds")}" }\n`,
  );
  const args = ["serve", "--config", config, "--port", "0", "--listen", IPV4, "--no-vantage", "--data", join(folder, "data")];
  const child = spawn(process.env.XTASK, args, { stdio: ["ignore", "pipe", "pipe"] });
  const log = [];
  child.stderr.setEncoding("utf8").on("data", (text) => log.push(text));
  const ended = once(child, "exit");
  for await (const line of createInterface({ input: child.stdout })) {
    if (!line.startsWith("ready: ")) continue;
    const url = new URL(line.slice("ready: ".length).split(" ")[0]);
    return { origin: `http://www.${ZONE}:${url.port}`, stop: () => (child.kill("SIGINT"), ended) };
  }
  throw new Error(`the worker did not get ready:\n${log.join("")}`);
}

/** Prints a line of the table. */
function tell(browser, situation, ours, theirs) {
  const ms = (value) => (value === undefined ? "-" : `${value} ms`).padStart(10);
  const ratio = (ours.complete / theirs.complete).toFixed(2);
  console.log(
    `${browser.padEnd(9)} ${situation.padEnd(13)}${ms(ours.sentence)}${ms(ours.broken)}${ms(ours.complete)} (${ours.n})` +
      `${ms(theirs.complete)} (${theirs.n})  ${ratio} x   ours: ${ours.said}  theirs: ${theirs.said}`,
  );
}

/** Returns what an aim came to. */
function aims(browser, found) {
  const { healthy, [FAR]: far, ipv6_silent: silent } = found;
  const ratio = ({ ours, theirs }) => ours.complete / theirs.complete;
  const line = (what, { ours, theirs }) => [`${browser}: complete when healthy${what}, at most 0.5 x`, ratio({ ours, theirs }), 0.5, `${ratio({ ours, theirs }).toFixed(2)} x`];
  return [
    ...(healthy ? [line("", healthy)] : []),
    ...(far ? [line(`, everything ${ROUND_TRIP_MS} ms away`, far)] : []),
    ...(silent
      ? [
          [`${browser}: complete with IPv6 silent, at most 4 s`, silent.ours.complete, 4_000, `${silent.ours.complete} ms`],
          [`${browser}: "IPv6 is broken", at most 1 s`, silent.ours.broken ?? Infinity, 1_000, `${silent.ours.broken} ms`],
        ]
      : []),
  ].map(([what, value, most, said]) => `${value <= most ? "reached" : "MISSED "}  ${what}: ${said}`);
}

async function main() {
  const folder = await mkdtemp(join(tmpdir(), "dualwatch-bench-"));
  const ends = [() => rm(folder, { recursive: true, force: true })];
  try {
    const world = await makeWorld(folder);
    ends.push(world.stop);
    world.enter("healthy");
    const page = {};
    const endpoints = await startEndpoints(page);
    ends.push(endpoints.stop);
    Object.assign(page, other(endpoints.port, ZONE));
    const worker = await startWorker(folder, endpoints.port);
    ends.push(worker.stop);
    /** Where both are asked for in a situation. */
    const near = [worker.origin, `http://www.${ZONE}:${endpoints.port}`];
    let away;
    if (!ONLY || ONLY.includes(FAR)) {
      const farPage = {};
      const farEndpoints = await startEndpoints(farPage);
      ends.push(farEndpoints.stop);
      const relay = await startFar([IPV4, IPV6], farEndpoints.port);
      ends.push(relay.stop);
      Object.assign(farPage, other(relay.port, ZONE));
      const farWorker = await startWorker(join(folder, "far"), relay.port);
      ends.push(farWorker.stop);
      const farFront = await startFar([IPV4], new URL(farWorker.origin).port);
      ends.push(farFront.stop);
      away = [`http://www.${ZONE}:${farFront.port}`, `http://www.${ZONE}:${relay.port}`];
    }
    console.log("browser   situation      sentence    broken  complete (n)    theirs (n)  ratio");
    const said = [];
    const profiles = [];
    for (const browser of Object.keys(BROWSERS)) {
      const found = {};
      for (const situation of Object.keys(SITUATIONS)) {
        if (ONLY && !ONLY.includes(situation)) continue;
        world.enter(situation);
        const [own, others] = situation === FAR ? away : near;
        const ours = await several(() => visitOurs(browser, `${own}/self-test`));
        const theirs = await several(() => visitTheirs(browser, `${others}/`));
        found[situation] = { ours, theirs };
        tell(browser, situation, ours, theirs);
      }
      for (const situation of ["healthy", FAR].filter((name) => found[name])) {
        const line = found[situation].ours.profile.filter(([, ms]) => ms !== undefined).sort(([, a], [, b]) => a - b);
        profiles.push(`${browser}, ${situation}, ms since the navigation began: ${line.map(([what, ms]) => `${ms} ${what}`).join(", ")}`);
      }
      said.push(...aims(browser, found));
    }
    console.log([...profiles, ...said].join("\n"));
  } finally {
    for (const end of ends.reverse()) await end();
  }
}

if (isInside(fileURLToPath(import.meta.url))) await main();
