// The page in real browsers behind real nginx and Caddy, with TLS, below a path and with a name of its own.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { once } from "node:events";
import { test } from "node:test";
import { complete } from "./complete.mjs";
import { optionsOf, startProxy } from "./proxies.mjs";
import { BROWSERS, complaintsOf, openTested, startDemo } from "./support.mjs";

const CASES = [
  ["nginx", "nginx.conf", ""],
  ["nginx", "nginx-sub-path.conf", "/status"],
  ["caddy", "Caddyfile.sub-path", "/status"],
];

/** A page of somebody else's with the widget. */
async function startEmbedding(root) {
  const page = `<!doctype html><title>Shop</title><script type="module" src="${root}/widget.js"></script><dual-watch target="healthy" variant="card" check></dual-watch>`;
  const server = createServer((_, response) => response.writeHead(200, { "content-type": "text/html" }).end(page));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { origin: `http://127.0.0.1:${server.address().port}`, stop: () => (server.closeAllConnections(), server.close()) };
}

const asked = (page) => page.evaluate(() => performance.getEntriesByType("resource").map(({ name }) => name));

/** The status page: styled, tested, and everything that it loads below the base. */
async function status(browser, root) {
  const { page, complaints } = await openTested(browser, `${root}/`);
  const [states, style] = await Promise.all([
    page.$$eval("[data-self-test] [data-question]", (rows) => rows.map((row) => [row.dataset.question, row.dataset.state])),
    page.$eval("header.bar", (bar) => getComputedStyle(bar).display),
  ]);
  assert.equal(states.length, 3);
  for (const [question, state] of states) assert.equal(state, "ok", question);
  assert.equal(style, "flex");
  const base = new URL(root).pathname.replace(/\/$/, "");
  const urls = (await asked(page)).map((url) => new URL(url));
  assert.ok(urls.some(({ pathname }) => pathname.endsWith(".wasm")), `${urls}`);
  const own = urls.filter(({ port, protocol }) => port === new URL(root).port && protocol === "https:");
  for (const { pathname } of own) assert.ok(pathname.startsWith(`${base}/`), pathname);
  assert.ok(own.some(({ pathname }) => pathname === `${base}/probe/ip`), `${urls}`);
  // A link is followed, and what it leads to has its style.
  await Promise.all([page.waitForNavigation(), page.$eval('a[href*="/incidents"]', (link) => link.click())]);
  assert.ok(new URL(page.url()).pathname.startsWith(`${base}/incidents`), page.url());
  assert.ok(await page.evaluate(() => [...document.styleSheets].some((sheet) => sheet.href && sheet.cssRules.length > 10)));
  assert.deepEqual(complaints, []);
  await page.close();
}

/** The self-test of its own page: whole, over both families, and each visitor is told its own address. */
async function selfTest(browser, root) {
  const page = await browser.newPage();
  const complaints = complaintsOf(page);
  await page.goto(`${root}/self-test`);
  const seen = await complete(page);
  for (const question of ["ipv4", "ipv6", "dual_stack", "large_ipv4", "upload_ipv6"]) {
    assert.equal(seen.questions[question]?.state, "ok", `${question}: ${JSON.stringify(seen)}`);
  }
  assert.deepEqual([seen.ipv4, seen.ipv6], ["works", "works"], seen.said);
  for (const [host, ip, family] of [["127.0.0.1", "127.0.0.1", "ipv4"], ["[::1]", "::1", "ipv6"]]) {
    const { port, pathname } = new URL(root);
    const url = `https://${host}:${port}${pathname.replace(/\/$/, "")}/probe/ip`;
    const told = await page.evaluate(async (url) => (await fetch(url)).json(), url);
    assert.deepEqual([told.ip, told.family], [ip, family]);
  }
  await page.$eval("[data-names]", (names) => (names.open = true));
  await page.waitForSelector('[data-question="dns"][data-state="ok"], [data-question="dns"][data-state="failed"]', { timeout: 20_000 });
  const names = (await asked(page)).filter((url) => url.includes("/probe/dns"));
  assert.ok(names.length > 0 && names.every((url) => url.startsWith(`${root}/probe/dns`)), `${names}`);
  assert.deepEqual(complaints, []);
  await page.close();
}

/** The widget on a page of somebody else's, and the page that shows it in every look. */
async function widget(browser, root) {
  const site = await startEmbedding(root);
  try {
    const page = await browser.newPage();
    const complaints = complaintsOf(page);
    await page.goto(site.origin);
    await page.waitForFunction(() => document.querySelector("dual-watch").status?.name, { timeout: 30_000 });
    const link = await page.$eval("dual-watch", (widget) => widget.shadowRoot.querySelector("a").href);
    assert.equal(link, `${root}/targets/healthy`);
    const { text, routes } = await page.$eval("dual-watch", (widget) => widget.check());
    assert.ok(text && routes?.ipv4, `the check of a widget: ${text}`);
    await page.goto(`${root}/embed?target=healthy`);
    await page.waitForFunction(() => document.querySelector("dual-watch").status?.name, { timeout: 30_000 });
    const codes = await page.$$eval("textarea", (codes) => codes.map(({ value }) => value).join("\n"));
    for (const part of [`src="${root}/widget.js"`, `href="${root}/targets/healthy"`, `script-src ${new URL(root).origin};`]) {
      assert.ok(codes.includes(part), `${part} is in\n${codes}`);
    }
    assert.deepEqual(complaints, []);
    await page.close();
  } finally {
    site.stop();
  }
}

for (const [program, file, base] of CASES) {
  test(`behind ${program} as ${file} has it, the page is whole`, async (t) => {
    const demo = await startDemo(["--demo", ...(await optionsOf(file))]);
    t.after(() => demo.stop());
    const proxy = await startProxy(program, file, demo.origins.find((origin) => origin.includes("127.0.0.1")));
    t.after(() => proxy.stop());
    const root = proxy.origin + base;
    for (const [name, withBrowser] of Object.entries(BROWSERS)) {
      await t.test(name, () =>
        withBrowser(
          async (browser) => {
            await status(browser, root);
            await selfTest(browser, root);
            await widget(browser, root);
          },
          undefined,
          { acceptInsecureCerts: true },
        ),
      );
    }
  });
}
