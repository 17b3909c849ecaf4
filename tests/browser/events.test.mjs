// A change reaches open pages within two seconds of its commit, also after a restart; all pages of a browser share one stream.
import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { createContext, runInContext } from "node:vm";
import { BROWSERS, complaintsOf, startDemo } from "./support.mjs";

/** From the commit to the open page. */
const WITHIN_MS = 2_000;
/** More than a browser has connections for a host over HTTP/1.1. */
const N_WINDOWS = 8;
const SERVICE = "/targets/api";

let folder, options, demo;

/** Nothing answers there, and it is measured seldom: nothing changes but what is handed over. */
const config = (name) => ({
  targets: [{ slug: "api", name, url: "http://localhost:47111/", interval: "1h" }],
  network: { allow_private: true },
});

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "dualwatch-events-"));
  await writeFile(join(folder, "dualwatch.yml"), JSON.stringify(config("First")));
  options = ["--config", join(folder, "dualwatch.yml"), "--no-vantage"];
  demo = await startDemo(options);
});

after(async () => {
  await demo?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** Opens a page and waits until the stream that it shares has told something. */
async function open(browser, path) {
  // In a window of its own: a tab behind another one is not looked at, and has no stream.
  const page = await browser.newPage({ type: "window" });
  await page.goto(demo.origin + path);
  assert.equal(await page.evaluate(() => document.visibilityState), "visible");
  if (path === "/") await page.waitForSelector('[data-self-test-state="done"]', { timeout: 60_000 });
  await page.evaluate(async () => {
    const { port } = new SharedWorker(document.querySelector("[data-stream]").dataset.stream);
    const told = new Promise((resume) => (port.onmessage = resume));
    port.postMessage(true);
    await told;
    port.postMessage(false);
    port.close();
  });
  return page;
}

/** Notes in a page when a text is in it. */
const watch = (page, text) =>
  page.evaluate((text) => {
    const look = () => (globalThis.seenAt ??= document.body.textContent.includes(text) ? Date.now() : undefined);
    globalThis.seenAt = undefined;
    new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });
    look();
  }, text);

/** Returns how long after a commit a page had the text that is watched for. */
async function seen(page, committed) {
  const at = await page.waitForFunction(() => globalThis.seenAt, { timeout: 20_000, polling: 100 });
  return (await at.jsonValue()) - committed;
}

/** Commits a change, and holds that every page shows it in time. */
async function change(pages, name) {
  for (const page of pages) await watch(page, name);
  const committed = await demo.accept(config(name));
  const after = await Promise.all(pages.map((page) => seen(page, committed)));
  console.log(`${name}: shown ${after.join(", ")} ms after the commit`);
  for (const ms of after) assert.ok(ms <= WITHIN_MS, `${ms} ms after the commit`);
}

/** Runs the worker that pages share, with a clock and streams that the test moves. */
async function shared() {
  const streams = [];
  let [now, look] = [1_000_000, undefined];
  class EventSource {
    static CLOSED = 2;
    readyState = 1;
    heard = {};
    constructor(url) {
      this.url = new URL(url).pathname + new URL(url).search;
      streams.push(this);
    }
    addEventListener(name, hear) {
      this.heard[name] = hear;
    }
    tell(name, revision) {
      this.heard[name]({ data: JSON.stringify({ revision }) });
    }
    close() {
      this.readyState = 2;
      this.isClosed = true;
    }
  }
  const worker = createContext({
    EventSource,
    URL,
    Date: { now: () => now },
    location: "https://status.example/assets/stream-1.js",
    SharedWorkerGlobalScope: class {},
    setInterval: (act) => ((look = act), 1),
    clearInterval: () => (look = undefined),
  });
  runInContext(await readFile(new URL("../../web/self-test/stream.js", import.meta.url), "utf8"), worker);
  const page = () => {
    const told = [];
    const port = { postMessage: (revision) => told.push(revision) };
    worker.onconnect({ ports: [port] });
    return { told, isSeen: (data) => port.onmessage({ data }) };
  };
  const pass = (ms) => {
    for (const end = now + ms; now < end; ) {
      now += 5_000;
      look?.();
    }
  };
  return { streams, page, pass };
}

test("the stream is one for all pages that are looked at, and is opened anew after silence and after a refusal", async () => {
  const { streams, page, pass } = await shared();
  const [one, two] = [page(), page()];
  one.isSeen(true);
  two.isSeen(true);
  assert.deepEqual(streams.map(({ url }) => url), ["/api/v1/events"]);
  streams[0].tell("alive", 7);
  streams[0].tell("change", 8);
  assert.deepEqual([one.told, two.told], [[7, 8], [7, 8]]);
  // One that is looked at again hears at once where it stands.
  two.isSeen(false);
  streams[0].tell("change", 9);
  two.isSeen(true);
  assert.deepEqual([one.told, two.told], [[7, 8, 9], [7, 8, 9]]);
  // The machine slept, or has another network: nothing for more than two periods.
  pass(35_000);
  assert.equal(streams.length, 1);
  pass(10_000);
  assert.deepEqual([streams[0].isClosed, streams.length, streams[1].url], [true, 2, "/api/v1/events?since=9"]);
  // A browser gives up what is refused: it is asked again, and ever more seldom.
  const seconds = [];
  for (let i = 0; i < 9; i += 1) {
    streams.at(-1).readyState = 2;
    const n = streams.length;
    let s = 0;
    for (; streams.length === n; s += 5) pass(5_000);
    seconds.push(s);
  }
  assert.ok(seconds[0] <= 10 && seconds.at(-1) >= 60 && seconds.at(-1) <= 70, seconds.join());
  // Nobody looks any more.
  one.isSeen(false);
  two.isSeen(false);
  assert.ok(streams.at(-1).isClosed);
  const n = streams.length;
  pass(120_000);
  assert.equal(streams.length, n);
});

for (const [name, withBrowser] of Object.entries(BROWSERS)) {
  test(`${name}: a change is on open pages within two seconds of its commit, also after a restart`, async () => {
    await withBrowser(async (browser) => {
      const pages = [await open(browser, "/"), await open(browser, SERVICE)];
      const complaints = pages.map(complaintsOf);
      await change(pages, `${name} one`);
      await change(pages, `${name} two`);
      await demo.stop({ keeps: true });
      demo = await startDemo(options, demo);
      await change(pages, `${name} three`);
      for (const page of pages) {
        assert.equal(await page.$eval('[data-notice="unreachable"]', ({ hidden }) => hidden), true);
      }
      assert.deepEqual(complaints.flat().filter((text) => !/events|connection|NetworkError|Failed to fetch/i.test(text)), []);
    });
  });

  test(`${name}: more pages than a host has connections share one stream, and are kept for Back`, async () => {
    await withBrowser(async (browser) => {
      const pages = [];
      for (let i = 0; i < N_WINDOWS; i += 1) pages.push(await open(browser, SERVICE));
      await change(pages, `${name} eight`);
      const [page] = pages;
      await page.evaluate(() => addEventListener("pageshow", ({ persisted }) => (globalThis.isBack = persisted)));
      await page.goto(`${demo.origin}/about`);
      await page.evaluate(() => history.back());
      await page.waitForFunction(() => globalThis.isBack === true, { timeout: 20_000, polling: 100 });
      await change([page], `${name} back`);
    });
  });
}
