// The charts of a service: read with a pointer and with the keyboard, there without JavaScript, and fine for axe.
import assert from "node:assert/strict";
import { mkdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { BROWSERS, eventually, startDemo } from "./support.mjs";

const AXE = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const PATH = "/targets/ipv6-refused";

// A drawing, which puppeteer would not focus.
const focus = (page) => page.$eval('[role="slider"]', (slider) => slider.focus());

// Which letters of drawings lie over others, or are cut by the edge of their card.
function illegible() {
  const found = [];
  for (const svg of document.querySelectorAll("svg.plot")) {
    const card = svg.closest(".card").getBoundingClientRect();
    // Its letters only: in Firefox a box has the height of a line, with the outline that keeps it apart from what is behind it.
    const letters = (text) => {
      const { left, right, top, bottom, width } = text.getBoundingClientRect();
      const [middle, half] = [(top + bottom) / 2, parseFloat(getComputedStyle(text).fontSize) / 2];
      return { left, right, width, top: middle - half, bottom: middle + half };
    };
    const texts = [...svg.querySelectorAll("text")].map((text) => [text.textContent, letters(text)]).filter(([, box]) => box.width);
    texts.forEach(([text, box], i) => {
      if (box.left < card.left || box.right > card.right) found.push(`${text} is cut`);
      const isOver = ([, other]) => box.left < other.right && other.left < box.right && box.top < other.bottom && other.top < box.bottom;
      for (const [over] of texts.slice(i + 1).filter(isOver)) found.push(`${text} and ${over}`);
    });
  }
  return found;
}

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
      await focus(page);
      const focused = await said();
      assert.match(focused, /UTC · IPv4 .+ · IPv6 .+/);
      assert.equal(await page.$eval('[role="slider"]', (element) => element.getAttribute("aria-valuetext")), focused);
      await page.keyboard.press("Home");
      const n = await page.$$eval("tr[data-x]", (rows) => rows.length);
      assert.equal(await page.$eval('[role="slider"]', (element) => element.getAttribute("aria-valuenow")), "0");
      await page.keyboard.press("End");
      assert.equal(await page.$eval('[role="slider"]', (element) => element.getAttribute("aria-valuenow")), String(n - 1));
      const box = await slider.boundingBox();
      await page.mouse.move(box.x + box.width - 2, box.y + box.height / 2);
      assert.match(await said(), /UTC · IPv4 .+ · IPv6 .+/);
      assert.equal(await page.$eval(".cross", (line) => line.getAttribute("visibility")), "visible");
    });
  });

  test(`${name}: a chart that is read goes on to be read when its page is written into`, async () => {
    await withBrowser(async (browser) => {
      const page = await browser.newPage();
      await page.goto(demo.origin + PATH);
      await page.waitForSelector('[role="slider"]');
      const n = await page.$$eval("svg.plot", (all) => all.length);
      await focus(page);
      // What came with the next round: another figure, another line, and a part of the page before them.
      await page.evaluate(async () => {
        const app = document.getElementById("app");
        const parse = (text) => new DOMParser().parseFromString(text, "text/html").getElementById("app");
        const text = await (await fetch(location.href)).text();
        const [served, next] = [parse(text), parse(text)];
        next.querySelector("tr[data-x] td").textContent = "12345 ms";
        const lines = next.querySelector("svg.plot line");
        lines.after(lines.cloneNode(), lines.cloneNode());
        globalThis.parts = [...app.querySelectorAll("section[aria-labelledby]")].map((part) => [part, part.getAttribute("aria-labelledby")]);
        globalThis.dualwatch.patch(app, served, next);
        const then = next.cloneNode(true);
        const part = document.createElement("section");
        part.innerHTML = "<h2>News</h2><p>News</p>";
        then.querySelector("section").after(part);
        globalThis.dualwatch.patch(app, next, then);
      });
      await page.waitForFunction(() => document.querySelector('figure[data-reads] [role="slider"]')?.getAttribute("aria-valuetext").includes("IPv4 12345 ms"));
      assert.equal(await page.$$eval("svg.plot", (all) => all.length), n, "each chart is there once");
      const others = await page.evaluate(() => globalThis.parts.filter(([part, name]) => !part.isConnected || part.getAttribute("aria-labelledby") !== name).map(([, name]) => name));
      assert.deepEqual(others, [], "no part becomes another");
      assert.equal(await page.$$eval('figure[data-reads]:not(:has([role="slider"]))', (all) => all.length), 0);
      assert.equal(await page.$$eval('[role="slider"]', (all) => all.filter((svg) => svg.querySelectorAll(".cross").length !== 1).length), 0);
      await focus(page);
      await page.keyboard.press("End");
      assert.match(await page.$eval(".reading", (element) => element.textContent), /IPv4 12345 ms/);
    });
  });

  test(`${name}: nothing is wrong for axe, and nothing is too wide`, async () => {
    const dir = process.env.SCREENSHOTS;
    if (dir) await mkdir(dir, { recursive: true });
    await withBrowser(async (browser) => {
      const page = await browser.newPage();
      for (const width of [320, 360, 1280]) {
        for (const range of ["24h", "7d", "1y"]) {
          await page.setViewport({ width, height: 800 });
          await page.goto(`${demo.origin}${PATH}?range=${range}&lang=de`);
          await page.waitForSelector('[role="slider"]');
          const file = `charts-${name.toLowerCase()}-${range}-${width}.png`;
          if (dir) await page.screenshot({ path: join(dir, file), fullPage: true });
          await page.evaluate(() => document.querySelectorAll("details").forEach((details) => (details.open = true)));
          const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
          assert.ok(overflow <= 0, `${overflow} px too wide at ${width}, ${range}`);
          assert.deepEqual(await page.evaluate(illegible), [], `at ${width}, ${range}`);
        }
        await page.evaluate(AXE);
        const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"], preload: false }));
        assert.deepEqual(violations.map(({ id, nodes }) => `${id}: ${nodes[0].html.slice(0, 200)}`), []);
      }
    });
  });
}

test("Chromium: nothing moves while the script begins, nor while a chart is read, and the policy stops nothing", async () => {
  await BROWSERS.Chromium(async (browser) => {
    const page = await browser.newPage();
    const said = [];
    page.on("console", (message) => said.push(message.text()));
    page.on("pageerror", (error) => said.push(error.message));
    await page.evaluateOnNewDocument(() => {
      globalThis.moved = 0;
      new PerformanceObserver((list) => list.getEntries().forEach((entry) => (globalThis.moved += entry.value))).observe({ type: "layout-shift" });
    });
    for (const width of [360, 1280]) {
      await page.setViewport({ width, height: 2_000 });
      await page.goto(demo.origin + PATH);
      await page.waitForSelector('[role="slider"]');
      const height = () => page.evaluate(() => document.documentElement.scrollHeight);
      const before = await height();
      await focus(page);
      await page.keyboard.press("Home");
      assert.equal(await height(), before, `at ${width} px`);
      // Two frames later what has moved is told.
      await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
      assert.equal(await page.evaluate(() => globalThis.moved), 0, `at ${width} px`);
    }
    assert.deepEqual(said, []);
  });
});

test("without JavaScript every figure is there", async () => {
  const html = await (await fetch(demo.origin + PATH)).text();
  assert.match(html, /<table class="steps"/);
  assert.match(html, /role="img" aria-label="[^"]+" aria-describedby="chart-latency-about"/);
});
