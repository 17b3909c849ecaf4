// The charts of a service: read with a pointer and with the keyboard, there without JavaScript, and fine for axe.
import assert from "node:assert/strict";
import { mkdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { BROWSERS, eventually, startDemo } from "./support.mjs";

const AXE = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const PATH = "/targets/ipv6-refused";

let demo;

before(async () => {
  demo = await startDemo();
  await eventually("the chart has a figure", async () => (await (await fetch(demo.origin + PATH)).text()).includes("data-x="));
});

after(() => demo?.stop());

for (const [name, withBrowser] of Object.entries(BROWSERS)) {
  test(`${name}: the arrow keys and a pointer read both families at one time`, async () => {
    await withBrowser(async (browser) => {
      const page = await browser.newPage();
      await page.goto(demo.origin + PATH);
      await page.bringToFront();
      const slider = await page.waitForSelector('[role="slider"]');
      const said = () => page.$eval(".reading", (element) => element.textContent);
      assert.match(await said(), /arrow keys/);
      await slider.focus();
      const focused = await said();
      assert.match(focused, /UTC · IPv4 .+ ms · IPv6 .+/);
      assert.equal(await page.$eval('[role="slider"]', (element) => element.getAttribute("aria-valuetext")), focused);
      await page.keyboard.press("Home");
      const n = await page.$$eval("tr[data-x]", (rows) => rows.length);
      assert.equal(await page.$eval('[role="slider"]', (element) => element.getAttribute("aria-valuenow")), "0");
      await page.keyboard.press("End");
      assert.equal(await page.$eval('[role="slider"]', (element) => element.getAttribute("aria-valuenow")), String(n - 1));
      const box = await slider.boundingBox();
      await page.mouse.move(box.x + box.width - 2, box.y + box.height / 2);
      assert.match(await said(), /UTC · IPv4 .+ ms/);
      assert.equal(await page.$eval(".cross", (line) => line.getAttribute("visibility")), "visible");
    });
  });

  test(`${name}: nothing is wrong for axe, and nothing is too wide`, async () => {
    const dir = process.env.SCREENSHOTS;
    if (dir) await mkdir(dir, { recursive: true });
    await withBrowser(async (browser) => {
      const page = await browser.newPage();
      for (const width of [360, 1280]) {
        await page.setViewport({ width, height: 800 });
        await page.goto(demo.origin + PATH);
        await page.waitForSelector(".reading");
        if (dir) await page.screenshot({ path: join(dir, `charts-${name.toLowerCase()}-${width}.png`), fullPage: true });
        await page.evaluate(() => document.querySelectorAll("details").forEach((details) => (details.open = true)));
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
        assert.ok(overflow <= 0, `${overflow} px too wide at ${width}`);
        await page.evaluate(AXE);
        const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"], preload: false }));
        assert.deepEqual(violations.map(({ id, nodes }) => `${id}: ${nodes[0].html.slice(0, 200)}`), []);
      }
    });
  });
}

test("without JavaScript every figure is there", async () => {
  const html = await (await fetch(demo.origin + PATH)).text();
  assert.match(html, /<table class="figures"/);
  assert.match(html, /role="img" aria-labelledby="chart-latency-title"/);
});
