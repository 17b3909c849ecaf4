// What `/embed` shows and gives to paste, looked at as drawn; and what moves on a page of somebody else's when a widget comes.
import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { startSite, startStatus } from "./sites.mjs";
import { BROWSERS, complaintsOf, eventually, startDemo, withChromium } from "./support.mjs";

/** A line is as long as what it says: Web Vitals call up to 0.1 good. What has a place of its own is to move nothing. */
const MOST_SHIFT = { line: 0.1, card: 0, button: 0, banner: 0 };

let demo;
let status;
let site;
let group;

before(async () => {
  demo = await startDemo();
  [status, site] = [await startStatus(demo.origin), await startSite()];
  await eventually("the edge has found what is down, and what is up", async () => {
    const { targets } = await (await fetch(`${demo.origin}/api/v1/status`)).json();
    const state = (slug, family) => targets.find((target) => target.slug === slug)[family].state;
    group = targets.find((target) => target.group)?.group;
    return state("ipv6-refused", "ipv6") === "down" && state("healthy", "ipv4") === "up" && state("healthy", "ipv6") === "up";
  });
  assert.ok(group, "the demo has a group");
});

after(async () => {
  await status?.stop();
  await site?.stop();
  await demo?.stop();
});

const shot = async (tab, name) => {
  const dir = process.env.SCREENSHOTS;
  if (!dir) return;
  await mkdir(dir, { recursive: true });
  await tab.screenshot({ path: join(dir, `${name}.png`) });
};

/** How many of the points of a picture of an element are not as the first one. */
async function drawn(tab, selector) {
  const element = await tab.$(selector);
  const picture = await element.screenshot({ encoding: "base64" });
  return tab.evaluate(async (picture) => {
    const bytes = Uint8Array.from(atob(picture), (letter) => letter.charCodeAt(0));
    const image = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
    const canvas = new OffscreenCanvas(image.width, image.height);
    const context = canvas.getContext("2d");
    context.drawImage(image, 0, 0);
    const { data } = context.getImageData(0, 0, image.width, image.height);
    const middle = 4 * (Math.floor(image.height / 8) * image.width + Math.floor(image.width / 2));
    let n = 0;
    for (let i = 0; i < data.length; i += 4) if (data[i] !== data[middle] || data[i + 1] !== data[middle + 1] || data[i + 2] !== data[middle + 2]) n += 1;
    return n;
  }, picture);
}

for (const [name, withBrowser] of Object.entries(BROWSERS)) {
  test(`${name}: the preview of a banner is drawn while something is wrong, and says why it is empty otherwise`, async () => {
    await withBrowser(async (browser) => {
      const tab = await browser.newPage();
      const complaints = complaintsOf(tab);
      await tab.setViewport({ width: 1000, height: 800 });
      const banner = '[data-variant="banner"]';
      const look = async (query) => {
        await tab.goto(`${demo.origin}/embed?${query}`);
        // What is out of sight browsers need not draw.
        await tab.$eval(banner, (figure) => figure.scrollIntoView());
        const frame = await tab.waitForFrame((frame) => frame.url().includes("variant=banner"));
        await frame.waitForFunction(() => document.querySelector("dual-watch")?.shadowRoot?.querySelector("details"));
        await frame.waitForFunction(() => document.querySelector("dual-watch").status?.state);
        return frame;
      };
      const note = () => tab.$$eval(`${banner} [data-note]`, (notes) => notes.map((note) => note.innerText));
      const bad = await look("target=ipv6-refused");
      assert.deepEqual(await note(), []);
      const box = await bad.waitForFunction(() => {
        const { x, y, width, height } = document.querySelector("dual-watch").shadowRoot.querySelector("[part=box]").getBoundingClientRect();
        return width > 0 && { inside: x >= 0 && y >= 0 && x + width <= innerWidth + 1 && y + height <= innerHeight + 1 };
      });
      assert.deepEqual(await box.jsonValue(), { inside: true }, "all of it is in sight");
      await eventually("it is drawn", async () => (await drawn(tab, `${banner} iframe`)) > 2_000, 20_000);
      await shot(tab, `embed-banner-${name.toLowerCase()}`);
      const empty = await look("target=healthy");
      assert.deepEqual(await note(), ["Nothing is wrong just now, so it shows nothing."]);
      assert.equal(await empty.$eval("dual-watch", (host) => host.shadowRoot.querySelector("[part=box]").checkVisibility()), false);
      await look("target=nobody-of-this-name&lang=de");
      assert.match((await note())[0], /^Es gibt keinen Dienst/);
      assert.deepEqual(complaints.filter((text) => !/404/.test(text)), []);
    });
  });

  test(`${name}: the image to paste is one, of a service, a group, and all`, async () => {
    await withBrowser(async (browser) => {
      const tab = await browser.newPage();
      for (const query of ["target=healthy", `group=${encodeURIComponent(group)}&theme=dark`, "theme=light+dark", "lang=zh-Hans"]) {
        await tab.goto(`${demo.origin}/embed?${query}`);
        const codes = await tab.$$eval("textarea", (areas) => areas.map((area) => area.value));
        const [, src] = /<img src="([^"]+)"/.exec(codes.find((code) => code.includes("<img")));
        const path = src.replaceAll("&amp;", "&");
        const width = await tab.evaluate(async (src) => {
          const image = new Image();
          image.src = src;
          await image.decode();
          return image.naturalWidth;
        }, path);
        assert.ok(width > 50, `${path}: ${width}`);
        const { isError } = await (await fetch(path.replace(".svg", ".json"))).json();
        assert.equal(isError, undefined, path);
      }
    });
  });
}

// Only Chromium tells what has moved.
for (const width of [360, 1_000]) {
  test(`Chromium: in ${width} pixels no look moves more than it may`, async () => {
    await withChromium(async (browser) => {
      status.fate = "ok";
      const whoms = { target: 'target="ipv6-refused"', group: `group="${group.replaceAll('"', "&quot;")}"`, all: "" };
      const moved = [];
      for (const variant of ["line", "card", "button", "banner"]) {
        for (const [whom, attributes] of Object.entries(whoms)) {
          const tab = await browser.newPage();
          await tab.setViewport({ width, height: 900 });
          await tab.evaluateOnNewDocument(() => {
            globalThis.seen = { shift: 0, from: [] };
            new PerformanceObserver((list) => {
              for (const { value, sources } of list.getEntries()) {
                seen.shift += value;
                for (const { node, previousRect, currentRect } of sources) seen.from.push(`${node?.nodeName}: ${previousRect.y} to ${currentRect.y}`);
              }
            }).observe({ type: "layout-shift", buffered: true });
          });
          const head = `<link rel="stylesheet" href="/site.css"><script type="module" async src="${status.origin}/widget.js"></script>`;
          const tag = `<dual-watch ${attributes} variant="${variant}"><a href="/status">Status</a></dual-watch>`;
          await tab.goto(site.serve({ head, body: `<p>What comes before it.</p><div>${tag}</div><p id="after">What comes after it.</p>` }));
          await tab.waitForFunction(() => document.querySelector("dual-watch").status?.state);
          if (["button", "banner"].includes(variant)) await tab.waitForFunction(() => document.querySelector("dual-watch").shadowRoot.querySelector("details"));
          // A frame later what has moved is told.
          await tab.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
          const { shift, from } = await tab.evaluate(() => seen);
          console.log(`${variant} of ${whom} in ${width} px: ${shift}`);
          if (shift > MOST_SHIFT[variant]) moved.push(`${variant} of ${whom}: ${shift} (${from.join(", ")})`);
          await tab.close();
        }
      }
      assert.deepEqual(moved, []);
    });
  });
}
