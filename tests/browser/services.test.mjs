// The services in the self-test: what the visitor's browser and the edge say of them together, and what is left of that
// where one of the two says nothing.
import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { startRewriter } from "./rewriter.mjs";
import { BROWSERS, complaintsOf, eventually, row, startDemo, withChromium } from "./support.mjs";

let demo;

before(async () => {
  demo = await startDemo();
  await eventually("the edge has measured every demo target", async () => {
    const { targets } = await (await fetch(`${demo.origin}/api/v1/status`)).json();
    const state = (slug, family) => targets.find((target) => target.slug === slug)[family].state;
    return (
      targets.every((target) => target.last_round_at !== null) &&
      state("ipv6-refused", "ipv6") === "down" &&
      state("down", "ipv4") === "down"
    );
  });
});

after(() => demo?.stop());

/** Opens the self-test, and waits until every service has been asked. */
async function asked(browser, origin, prepare = async () => {}) {
  const page = await browser.newPage();
  const complaints = complaintsOf(page);
  await prepare(page);
  await page.goto(`${origin}/self-test`);
  await page.waitForSelector('[data-targets="complete"]', { timeout: 60_000 });
  return { page, complaints };
}

function expect(seen, expected) {
  const found = Object.fromEntries(Object.keys(expected).map((name) => [name, seen[name]]));
  assert.deepEqual(found, expected, `${seen.target} ${seen.family}: ${seen.text}`);
}

for (const [name, withBrowser] of Object.entries(BROWSERS)) {
  test(`${name}: the self-test says of each service whether it is you, them or between you`, async () => {
    await withBrowser(async (browser) => {
      const { page, complaints } = await asked(browser, demo.origin);
      const healthy = { edge: "ok", browser: "ok", verdict: "up", side: "none" };
      expect(await row(page, "healthy", "ipv4"), healthy);
      expect(await row(page, "healthy", "ipv6"), healthy);
      const refused = { edge: "failed", browser: "failed", verdict: "down_for_everyone", cause: "down", side: "them" };
      expect(await row(page, "ipv6-refused", "ipv6"), refused);
      expect(await row(page, "ipv4-only", "ipv6"), { verdict: "unpublished", side: "none" });
      expect(await row(page, "down", "ipv4"), { verdict: "down_for_everyone", side: "them" });
      const said = await page.$eval('[data-service="ipv6-refused"]', (service) => service.innerText);
      assert.match(said, /You reach it over IPv4/);
      assert.match(said, /wait: it is theirs to mend/);
      assert.match(await page.$eval('[data-service="down"]', (service) => service.innerText), /You do not reach it\./);
      assert.match(await page.$eval("[data-services-said]", (line) => line.innerText), /You do not reach \d+ of \d+ services/);
      // The own connection was said first, and is as it was without them.
      const own = await page.$eval("[data-self-test]", (root) => ({ ...root.dataset }));
      assert.equal(own.run, "complete");
      assert.deepEqual([own.ipv4, own.ipv6], ["works", "works"]);
      assert.deepEqual(complaints, []);
    });
  });

  test(`${name}: a service that the page cannot ask is what the edge says of it`, async () => {
    // The page's own server is gone after load, and every endpoint with it: nothing says how near the visitor is, so that
    // nobody is sent to loopback.
    const gone = await startRewriter(demo.origin, {
      gone: (path) => path.startsWith("/probe/"),
      change: (text, headers, port) => {
        const own = new RegExp(`:${new URL(demo.origin).port}\\b`, "g");
        headers["content-security-policy"] = headers["content-security-policy"].replaceAll(own, `:${port}`);
        return text.replaceAll(own, `:${port}`);
      },
    });
    try {
      await withBrowser(async (browser) => {
        const { page } = await asked(browser, gone.origin);
        expect(await row(page, "healthy", "ipv4"), { edge: "ok", browser: "not_measured", verdict: "edge_up", side: "none" });
        const refused = { edge: "failed", browser: "not_measured", verdict: "edge_down", side: "them" };
        expect(await row(page, "ipv6-refused", "ipv6"), refused);
        const own = await page.$eval("[data-self-test]", (root) => ({ ...root.dataset }));
        assert.match(await page.$eval("[data-services-said]", (line) => line.innerText), /were not asked from where you are/);
        assert.equal(own.cause, "nothing_answers");
        assert.equal(own.side, "unknown");
      });
    } finally {
      await gone.stop();
    }
  });

  test(`${name}: where the watcher is late nobody is accused for it`, async () => {
    const late = await startRewriter(demo.origin, {
      change: (text) => text.replaceAll(/ data-late-at="\d+"/g, ' data-late-at="1"').replaceAll(/ data-round-at="\d+"/g, ' data-round-at="0"'),
    });
    try {
      await withBrowser(async (browser) => {
        const { page } = await asked(browser, late.origin);
        expect(await row(page, "healthy", "ipv4"), { edge: "late", browser: "ok", verdict: "late_page_up", side: "none" });
        const down = { edge: "late", browser: "failed", verdict: "late_page_down", cause: "not_known", side: "unknown" };
        expect(await row(page, "down", "ipv4"), down);
        assert.match((await row(page, "down", "ipv4")).text, /our own watcher is late/);
      });
    } finally {
      await late.stop();
    }
  });

  test(`${name}: a shared result holds the services as they were found`, async () => {
    await withBrowser(async (browser) => {
      const { page } = await asked(browser, demo.origin);
      await page.click("[data-share-link]");
      await page.waitForFunction(() => document.querySelector("[data-shared-text]").textContent.includes("#r="));
      const link = await page.$eval("[data-shared-text]", (element) => element.textContent);
      const rows = (page) =>
        page.$$eval("[data-target][data-url]", (rows) => rows.map(({ dataset: d }) => [d.target, d.family, d.verdict, d.cause, d.side]));
      const measured = await rows(page);
      const other = await browser.newPage();
      const sent = [];
      other.on("request", (request) => sent.push(new URL(request.url())));
      await other.goto(link);
      await other.waitForSelector('[data-targets="complete"]');
      assert.deepEqual(await rows(other), measured);
      const { host } = new URL(demo.origin);
      const isAsked = (url) => url.protocol !== "data:" && (url.host !== host || url.pathname.startsWith("/probe/"));
      assert.deepEqual(sent.filter(isAsked), []);
    });
  });
}

// Only Chromium can be told that one address leads nowhere.
test("Chromium: where the visitor's IPv6 does not work no service is accused for it", async () => {
  await withChromium(
    async (browser) => {
      const { page, complaints } = await asked(browser, demo.origin);
      expect(await row(page, "healthy", "ipv6"), { edge: "ok", browser: "failed", cause: "your_family", side: "you" });
      expect(await row(page, "healthy", "ipv4"), { verdict: "up", side: "none" });
      const text = await page.$eval('[data-service="healthy"]', (service) => service.innerText);
      assert.match(text, /You reach it over IPv4/);
      assert.deepEqual(complaints, []);
    },
    ["MAP ::1 ~NOTFOUND", "MAP localhost 127.0.0.1", "MAP *.localhost 127.0.0.1"],
  );
});

// An extension of Firefox has to be signed.
test("Chromium: what an extension blocks is called blocked, not down", async () => {
  const dir = await mkdtemp(join(tmpdir(), "dualwatch-blocker-"));
  const [url] = await withPage(demo.origin, (page) => page.$eval('[data-target="healthy"][data-family="ipv4"]', (row) => [new URL(row.dataset.url).href]));
  const rules = [{ id: 1, priority: 1, action: { type: "block" }, condition: { urlFilter: `|${url}|`, resourceTypes: ["xmlhttprequest", "other"] } }];
  const manifest = {
    manifest_version: 3,
    name: "blocker",
    version: "1",
    permissions: ["declarativeNetRequest"],
    host_permissions: ["<all_urls>"],
    declarative_net_request: { rule_resources: [{ id: "rules", enabled: true, path: "rules.json" }] },
  };
  await mkdir(dir, { recursive: true });
  await writeFile(join(dir, "manifest.json"), JSON.stringify(manifest));
  await writeFile(join(dir, "rules.json"), JSON.stringify(rules));
  try {
    await withChromium(
      async (browser) => {
        const { page } = await asked(browser, demo.origin);
        const seen = await row(page, "healthy", "ipv4");
        expect(seen, { edge: "ok", browser: "failed", verdict: "edge_up", side: "you" });
        assert.match(seen.cause, /^(blocker|name_blocked)$/);
        assert.match(seen.text, /blocked in your browser/i);
        expect(await row(page, "healthy", "ipv6"), { verdict: "up", side: "none" });
      },
      [],
      { enableExtensions: [dir], pipe: true },
    );
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
});

async function withPage(origin, look) {
  let found;
  await withChromium(async (browser) => {
    const page = await browser.newPage();
    await page.goto(`${origin}/self-test`);
    found = await look(page);
  });
  return found;
}
