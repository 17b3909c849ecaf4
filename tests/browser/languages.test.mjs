// The pages in every language: only the one in use is loaded, and every phrase fits on a phone.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { BROWSERS, complaintsOf, eventually, startDemo } from "./support.mjs";

const LANGUAGES = ["en", "zh-Hans", "de"];
/** The narrowest screens that are sold: a page that is wider has to be pushed about. */
const PHONE = { width: 360, height: 740 };

let demo;
before(async () => (demo = await startDemo()));
after(() => demo?.stop());

/** Every phrase by its name, as `crates/words` wrote it. */
async function phrasesOf(language) {
  const text = await readFile(new URL(`../golden/self-test.${language}.tsv`, import.meta.url), "utf8");
  return text.split("\n").filter(Boolean).map((line) => line.split("\t"));
}

async function complete(page) {
  await page.waitForSelector('[data-self-test][data-run="complete"]', { timeout: 25_000 });
}

/** Puts each phrase where the page has it, and returns those that make it wider than the screen. */
function draw(phrases) {
  const PLACES = {
    sentence: "[data-sentence]", means: "[data-meaning]", "for visitor": "[data-advice]", "for operator": "[data-operator]",
    told: "[data-said]", question: "[data-question] h2", seen: "[data-seen]", measured: "[data-when]",
    unreadable: "[data-sentence]", label: "[data-shared]",
  };
  const root = document.querySelector("[data-self-test]");
  for (const details of root.querySelectorAll("details")) details.open = true;
  const evidence = root.querySelector("[data-evidence]");
  const wide = [];
  for (const [name, text] of phrases) {
    const place = Object.keys(PLACES).find((start) => name.startsWith(start));
    const element = place ? root.querySelector(PLACES[place]) : evidence.appendChild(document.createElement("li"));
    element.textContent = text;
    const { scrollWidth } = document.documentElement;
    const box = element.getBoundingClientRect();
    if (scrollWidth > innerWidth || box.right > innerWidth + 0.5 || element.scrollWidth > Math.ceil(box.width) + 1) {
      wide.push(`${name}: ${text}: ${scrollWidth}, ${element.scrollWidth} of ${box.width}`);
    }
    if (!place) element.remove();
  }
  return wide;
}

for (const [name, withBrowser] of Object.entries(BROWSERS)) {
  test(`${name}: in every language no phrase is wider than a phone, and no other language is loaded`, async () => {
    await withBrowser(async (browser) => {
      for (const language of LANGUAGES) {
        const page = await browser.newPage();
        await page.setViewport(PHONE);
        const complaints = complaintsOf(page);
        const asked = [];
        page.on("request", (request) => asked.push(new URL(request.url()).pathname));
        await page.goto(`${demo.origin}/self-test?lang=${language}`);
        await complete(page);
        assert.equal(await page.$eval("html", (html) => html.lang), language);
        const modules = new Set(asked.filter((path) => path.endsWith(".wasm")));
        assert.equal(modules.size, 1, [...modules].join());
        assert.match([...modules][0], new RegExp(`^/assets/self-test-${language}-[0-9a-f]+\\.wasm$`));

        const phrases = await phrasesOf(language);
        const said = await page.$eval("[data-sentence]", (element) => element.textContent);
        const known = phrases.filter(([of]) => of.startsWith("sentence ")).map(([, text]) => text);
        assert.ok(known.includes(said), `${said} is no sentence in ${language}`);
        assert.deepEqual(await page.evaluate(draw, phrases), [], `${name}, ${language}`);
        assert.deepEqual(complaints, []);
        await page.close();
      }
    });
  });

  test(`${name}: a shared result opens in its reader's language, with its numbers, and the switch keeps it`, async () => {
    await withBrowser(async (browser) => {
      const page = await browser.newPage();
      await page.goto(`${demo.origin}/self-test?lang=de`);
      await complete(page);
      await page.click("[data-share-link]");
      await page.waitForFunction(() => document.querySelector("[data-shared-text]").textContent.includes("#r="));
      const link = await page.$eval("[data-shared-text]", (element) => element.textContent);
      assert.doesNotMatch(link, /lang=/, "whoever opens it reads it in another language");
      const fragment = new URL(link).hash;

      const other = await browser.newPage();
      const seen = {};
      await other.goto(`${demo.origin}/self-test?lang=zh-Hans${fragment}`);
      for (const language of ["zh-Hans", "de", "en"]) {
        await complete(other);
        await other.waitForFunction((language) => document.documentElement.lang === language, {}, language);
        seen[language] = await other.$eval("[data-self-test]", (root) => ({
          when: root.querySelector("[data-when]").textContent,
          codes: [root.dataset.ipv4, root.dataset.ipv6, root.dataset.cause, root.dataset.side, root.dataset.helpdesk],
          after: [...root.querySelectorAll("[data-question]")].map((row) => row.dataset.afterMs),
        }));
        const next = { "zh-Hans": "de", de: "en" }[language];
        if (next) {
          await Promise.all([other.waitForNavigation(), other.click(`[data-languages] a[lang="${next}"]`)]);
          assert.equal(new URL(other.url()).hash, fragment);
        }
      }
      // The browser's own formats, of the same moment.
      assert.match(seen["zh-Hans"].when, /\d{4}年\d{1,2}月\d{1,2}日.*\d{2}:\d{2}:\d{2}/);
      assert.match(seen.de.when, /\d{1,2}\. \p{Letter}+ \d{4}.*\d{2}:\d{2}:\d{2} UTC/u);
      assert.match(seen.en.when, /\p{Letter}+ \d{1,2}, \d{4}.*\d{2}:\d{2}:\d{2}.*UTC/u);
      for (const language of ["de", "en"]) {
        const { when: _, ...codes } = seen[language];
        const { when: __, ...expected } = seen["zh-Hans"];
        assert.deepEqual(codes, expected, language);
      }
    });
  });

  test(`${name}: without WebAssembly it says in every language what was answered`, async () => {
    await withBrowser(async (browser) => {
      for (const language of LANGUAGES) {
        const page = await browser.newPage();
        await page.evaluateOnNewDocument(() => delete globalThis.WebAssembly);
        await page.goto(`${demo.origin}/self-test?lang=${language}`);
        await complete(page);
        const said = await page.$eval("[data-sentence]", (element) => element.textContent);
        const plain = (await phrasesOf(language)).filter(([of]) => of.startsWith("text Plain")).map(([, text]) => text);
        assert.ok(plain.includes(said), `${said} in ${language}`);
        await page.close();
      }
    });
  });
}

for (const [name, withBrowser] of Object.entries(BROWSERS)) {
  test(`${name}: the status page speaks every language, loads no other, and fits on a phone`, async () => {
    await withBrowser(async (browser) => {
      for (const language of LANGUAGES) {
        const page = await browser.newPage();
        await page.setViewport(PHONE);
        const complaints = complaintsOf(page);
        const asked = [];
        page.on("request", (request) => asked.push(new URL(request.url()).pathname));
        await page.goto(`${demo.origin}/?lang=${language}`);
        await page.waitForSelector('[data-self-test-state="done"]', { timeout: 60_000 });
        assert.equal(await page.$eval("html", (html) => html.lang), language);
        const modules = [...new Set(asked.filter((path) => path.endsWith(".wasm")))];
        assert.equal(modules.length, 1, modules.join());
        assert.match(modules[0], new RegExp(`^/assets/status-${language}-[0-9a-f]+\\.wasm$`));
        const said = await page.$eval("[data-sentence]", (element) => element.textContent);
        const known = (await phrasesOf(language)).filter(([of]) => of.startsWith("sentence ")).map(([, text]) => text);
        assert.ok(known.includes(said), `${said} is no sentence in ${language}`);
        await page.evaluate(() => document.querySelectorAll("details").forEach((details) => (details.open = true)));
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
        assert.ok(overflow <= 0, `in ${language} the page is ${overflow} px too wide`);
        const links = await page.$$eval("[data-languages] a", (links) => links.map((link) => link.getAttribute("href")));
        assert.deepEqual(links, LANGUAGES.filter((other) => other !== language).map((other) => `/?lang=${other}`));
        assert.match(await page.$eval(".you .links a", (link) => link.getAttribute("href")), new RegExp(`lang=${language}$`));
        assert.deepEqual(complaints, []);
        await page.close();
      }
    });
  });
}

/** Returns what a path of the API answers. */
const ask = async (path) => (await fetch(`${demo.origin}${path}`)).json();

for (const [name, withBrowser] of Object.entries(BROWSERS)) {
  test(`${name}: the pages of services and incidents speak every language, lead on in it, and fit on a phone`, async () => {
    const id = await eventually("an incident", async () => (await ask("/api/v1/incidents")).incidents[0]?.id);
    const slug = id.replace(/-[^-]*$/, "");
    await withBrowser(async (browser) => {
      const page = await browser.newPage();
      await page.setViewport(PHONE);
      const complaints = complaintsOf(page);
      for (const path of [`/targets/${slug}`, "/incidents", `/incidents/${id}`]) {
        for (const language of LANGUAGES) {
          await page.goto(`${demo.origin}${path}?lang=${language}`);
          assert.equal(await page.$eval("html", (html) => html.lang), language, path);
          await page.evaluate(() => document.querySelectorAll("details").forEach((details) => (details.open = true)));
          const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
          assert.ok(overflow <= 0, `${path} in ${language} is ${overflow} px too wide`);
          const links = await page.$$eval("[data-languages] a", (links) => links.map((link) => link.getAttribute("href")));
          assert.deepEqual(links, LANGUAGES.filter((other) => other !== language).map((other) => `${path}?lang=${other}`));
          const ways = await page.$$eval("header nav:not([data-languages]) a", (links) => links.map((link) => link.getAttribute("href")));
          assert.deepEqual(ways, ["/", "/incidents", "/self-test", "/about"].map((way) => `${way}?lang=${language}`));
        }
      }
      assert.deepEqual(complaints, []);
    });
  });
}
