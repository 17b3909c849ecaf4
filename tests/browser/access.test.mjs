// The page and the self-test for everybody: by keyboard, by accessibility tree, at every width and in both colour schemes,
// in a frame, without motion, without JavaScript and without WebAssembly.
import assert from "node:assert/strict";
import { mkdir, readFile } from "node:fs/promises";
import http from "node:http";
import { once } from "node:events";
import { createRequire } from "node:module";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { startRewriter } from "./rewriter.mjs";
import { BROWSERS, complaintsOf, eventually, startDemo, withChromium, withFirefox } from "./support.mjs";

const AXE = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

let demo;

before(async () => {
  demo = await startDemo();
  await eventually("the edge has measured every demo target", async () => {
    const { targets } = await (await fetch(`${demo.origin}/api/v1/status`)).json();
    return targets.every((target) => target.last_round_at !== null);
  });
});

after(() => demo?.stop());

/** What says that a page has measured everything that it measures. */
const PAGES = {
  "/": '[data-self-test-state="done"]',
  "/self-test": '[data-targets="complete"]',
  "/self-test?embed": '[data-targets="complete"]',
};

async function open(browser, path, done = PAGES[path]) {
  const page = await browser.newPage();
  await page.goto(demo.origin + path);
  await page.waitForSelector(done, { timeout: 60_000 });
  // Keys go to the window in front.
  await page.bringToFront();
  return page;
}

/**
 * Runs `look` with each page of the list, tested, in each colour scheme. The pages are tested at the same time: most of that is
 * waiting for what does not answer.
 */
async function inSchemes(name, look) {
  const paths = Object.keys(PAGES);
  const openAll = async (browser) => {
    const pages = await Promise.all(paths.map(() => browser.newPage()));
    // The first one measures only where somebody sees it.
    await pages[0].bringToFront();
    await Promise.all(
      pages.map(async (page, i) => {
        await page.goto(demo.origin + paths[i]);
        await page.waitForSelector(PAGES[paths[i]], { timeout: 60_000 });
      }),
    );
    return pages;
  };
  const lookAll = async (pages, scheme) => {
    for (const [i, page] of pages.entries()) {
      await page.bringToFront();
      await look(page, paths[i], scheme);
    }
  };
  if (name === "Firefox") {
    // BiDi cannot emulate it; this setting stands for the system's.
    for (const [value, scheme] of [[1, "light"], [0, "dark"]]) {
      await withFirefox(async (browser) => lookAll(await openAll(browser), scheme), { "layout.css.prefers-color-scheme.content-override": value });
    }
  } else {
    await withChromium(async (browser) => {
      const pages = await openAll(browser);
      for (const scheme of ["light", "dark"]) {
        for (const page of pages) await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
        await lookAll(pages, scheme);
      }
    });
  }
}

for (const [name, withBrowser] of Object.entries(BROWSERS)) {
  test(`${name}: nothing is wrong for axe, light or dark, narrow or wide`, async () => {
    const dir = process.env.SCREENSHOTS;
    if (dir) await mkdir(dir, { recursive: true });
    const wrong = [];
    await inSchemes(name, async (page, path, scheme) => {
      const width = scheme === "light" ? 360 : 1280;
      await page.setViewport({ width, height: 800 });
      const file = `${path.replaceAll(/\W+/g, "-")}-${name.toLowerCase()}-${width}-${scheme}.png`;
      if (dir) await page.screenshot({ path: join(dir, `access${file}`), fullPage: true });
      // What is closed is for somebody as well.
      await page.evaluate(() => {
        globalThis.opened = [...document.querySelectorAll("details:not([open])")];
        for (const details of globalThis.opened) details.open = true;
      });
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      if (overflow > 0) wrong.push(`${path} at ${width} px is ${overflow} px too wide`);
      if (!(await page.evaluate(() => "axe" in globalThis))) await page.evaluate(AXE);
      // Nothing has to be loaded for a rule: the page's own style is all there is.
      const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"], preload: false }));
      await page.evaluate(() => globalThis.opened.forEach((details) => (details.open = false)));
      for (const { id, help, nodes } of violations) {
        wrong.push(`${path} ${scheme} ${width}: ${id} (${help}): ${nodes.slice(0, 3).map((node) => node.html.slice(0, 160)).join(" | ")}`);
      }
    });
    assert.deepEqual(wrong, []);
  });

  test(`${name}: everything that the self-test offers is reached and worked by keyboard`, async () => {
    await withBrowser(async (browser) => {
      const page = await open(browser, "/self-test");
      const offered = await page.$$eval("a[href], button, summary, input", (elements) =>
        elements.filter((element) => element.checkVisibility()).map((element) => element.innerText || element.type),
      );
      const reached = [];
      for (let i = 0; i < offered.length + 5; i++) {
        await page.keyboard.press("Tab");
        const now = await page.evaluate(() => {
          const { activeElement: element } = document;
          if (!element || element === document.body) return null;
          const { outlineStyle, outlineWidth } = getComputedStyle(element);
          return { text: element.innerText || element.type, isSeen: outlineStyle !== "none" && parseFloat(outlineWidth) >= 2 };
        });
        if (now) {
          assert.ok(now.isSeen, `${now.text}: nothing shows that it has the focus`);
          reached.push(now.text);
        }
        // Past the end the focus is the browser's own, and the page has no keys any more.
        if (offered.every((text) => reached.includes(text))) break;
      }
      for (const text of offered) assert.ok(reached.includes(text), `${text} is not reached: ${reached}`);
      await page.focus("summary");
      await page.keyboard.press("Enter");
      assert.ok(await page.$eval("details", (details) => details.open), "Enter opens the details");
      await page.focus("[data-share-text]");
      await page.keyboard.press(" ");
      await page.waitForFunction(() => document.querySelector("[data-shared-text]").textContent.includes("Measured"));
    });
  });

  test(`${name}: anybody may frame what is made for it, and nothing else`, async () => {
    const policies = {};
    for (const path of ["/", "/self-test", "/self-test?embed", "/incidents"]) {
      const { headers } = await fetch(demo.origin + path);
      assert.equal(headers.get("x-frame-options"), null);
      policies[path] = /frame-ancestors ([^;]+)/.exec(headers.get("content-security-policy"))[1];
    }
    assert.deepEqual(policies, { "/": "'none'", "/self-test": "'none'", "/self-test?embed": "*", "/incidents": "'none'" });
    const frames = ["/self-test?embed", "/self-test"].map((path) => `<iframe width=600 height=600 src="${demo.origin}${path}"></iframe>`);
    const server = http.createServer((_, response) => response.writeHead(200, { "content-type": "text/html" }).end(frames.join("")));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    try {
      await withBrowser(async (browser) => {
        const page = await browser.newPage();
        await page.goto(`http://127.0.0.1:${server.address().port}/`);
        const frame = await page.waitForFrame((frame) => frame.url().endsWith("?embed"));
        await frame.waitForSelector('[data-self-test][data-run="complete"]', { timeout: 25_000 });
        assert.equal(await frame.$("header"), null, "without the frame of the page");
        assert.match(await frame.$eval("footer", (footer) => footer.innerText), /Nothing is stored/);
        for (const other of page.frames().filter((other) => other !== page.mainFrame() && other !== frame)) {
          assert.equal(await other.$("[data-self-test]").catch(() => null), null, "the whole page is not framed");
        }
      });
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });

  test(`${name}: where a policy forbids WebAssembly the self-test says what was answered`, async () => {
    const strict = await startRewriter(demo.origin, {
      change: (text, headers) => {
        headers["content-security-policy"] = headers["content-security-policy"].replace(" 'wasm-unsafe-eval'", "");
        return text;
      },
    });
    try {
      await withBrowser(async (browser) => {
        const page = await browser.newPage();
        await page.goto(`${strict.origin}/self-test`);
        await page.waitForSelector('[data-self-test][data-run="complete"]', { timeout: 25_000 });
        assert.equal(await page.$eval("[data-sentence]", (element) => element.innerText), "IPv4 and IPv6 both answer.");
        const text = await page.$eval("main", (main) => main.innerText);
        assert.match(text, /does not run WebAssembly/);
        assert.match(text, /what our own watcher sees/);
        assert.doesNotMatch(text, /waiting|Checking|as soon as/);
      });
    } finally {
      await strict.stop();
    }
  });
}

// Only Chromium can be driven with scripts off: in Firefox, what drives it is off as well then.
test("Chromium: without JavaScript the self-test says what can be said", async () => {
  await withChromium(async (browser) => {
    const page = await browser.newPage();
    await page.setJavaScriptEnabled(false);
    await page.goto(`${demo.origin}/self-test`);
    const text = await page.$eval("main", (main) => main.innerText);
    assert.match(text, /can only be tested with JavaScript/);
    assert.match(text, /You see this page, so IPv4 or IPv6 works/);
    assert.match(text, /seen from the edge/);
    assert.doesNotMatch(text, /waiting|Checking|as soon as/);
    const dir = process.env.SCREENSHOTS;
    if (dir) await page.screenshot({ path: join(dir, "access-self-test-without-javascript.png") });
  });
});

// Firefox is told by a setting, before it starts.
test("nothing moves where the visitor wants no motion", async () => {
  const still = async (browser, prepare) => {
    const page = await browser.newPage();
    const complaints = complaintsOf(page);
    await prepare(page);
    await page.goto(`${demo.origin}/self-test`);
    const seen = await page.evaluate(() => {
      const all = [...document.querySelectorAll("*")].map((element) => getComputedStyle(element));
      const isMoving = ({ animationName, transitionDuration }) => animationName !== "none" || /[1-9]/.test(transitionDuration);
      return { isReduced: matchMedia("(prefers-reduced-motion: reduce)").matches, moving: all.filter(isMoving).length };
    });
    assert.deepEqual(seen, { isReduced: true, moving: 0 });
    assert.deepEqual(complaints, []);
  };
  const features = [{ name: "prefers-reduced-motion", value: "reduce" }];
  await withChromium((browser) => still(browser, (page) => page.emulateMediaFeatures(features)));
  await withFirefox((browser) => still(browser, async () => {}), { "ui.prefersReducedMotion": 1 });
});
