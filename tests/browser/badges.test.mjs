// Badges as browsers draw them and as shields would, and what `dualwatch check` writes for build servers, read by others.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { after, before, test } from "node:test";
import { makeBadge } from "badge-maker";
import { Parser } from "tap-parser";
import { BROWSERS, complaintsOf, eventually, startDemo, withChromium } from "./support.mjs";

const STYLES = ["flat", "flat-square", "plastic", "for-the-badge", "social"];

let demo;
let slugs;

before(async () => {
  demo = await startDemo();
  slugs = await eventually("the edge has measured every demo target", async () => {
    const { targets } = await (await fetch(`${demo.origin}/api/v1/status`)).json();
    return targets.every((target) => target.last_round_at !== null) && targets.map((target) => target.slug);
  });
});

after(() => demo?.stop());

/** The paths of badges of every kind, without their ending. */
function* badges() {
  for (const lang of ["en", "de", "zh-Hans"]) {
    yield ["/badge", `lang=${lang}`];
    for (const [i, slug] of slugs.entries()) {
      yield [`/badge/${slug}`, `lang=${lang}`];
      // Not all of all: each parameter with some targets.
      yield [`/badge/${slug}`, `lang=${lang}&family=${["ipv4", "ipv6", "dual-stack"][i % 3]}`];
      yield [`/badge/${slug}`, `lang=${lang}&window=${["24h", "7d", "30d", "90d"][i % 4]}`];
      yield [`/badge/${slug}`, `lang=${lang}&metric=${["latency", "certificate"][i % 2]}`];
    }
  }
}

const widthOf = (svg) => Number(/^<svg [^>]*\bwidth="([0-9.]+)"/.exec(svg)[1]);

test("shields draws our JSON, in a colour that it knows, as wide as ours", async () => {
  // What it draws for a name of a colour that it does not know, and for none at all.
  const fallback = /fill="(#[0-9a-f]+)"/g;
  const colors = (options) => [...makeBadge({ label: "a", message: "b", ...options }).matchAll(fallback)].map(([, c]) => c);
  assert.deepEqual(colors({ color: "no-such-colour" }), colors({ color: "brightgreen" }), "that is why it matters");
  let n = 0;
  for (const [path, query] of badges()) {
    const answer = await fetch(`${demo.origin}${path}.json?${query}`);
    assert.equal(answer.status, 200, path);
    const { schemaVersion, cacheSeconds, isError, ...drawn } = await answer.json();
    assert.equal(schemaVersion, 1);
    assert.ok(Number.isInteger(cacheSeconds) && cacheSeconds >= 0 && isError === undefined);
    assert.deepEqual(Object.keys(drawn), ["label", "message", "color"], path);
    if (drawn.color !== "brightgreen") assert.notDeepEqual(colors(drawn), colors({ color: "brightgreen" }), drawn.color);
    const style = STYLES[n++ % STYLES.length];
    const ours = await (await fetch(`${demo.origin}${path}.svg?${query}&style=${style}`)).text();
    const theirs = makeBadge({ ...drawn, style });
    // A share or a latency may be another one by now: then the words are, too.
    if (ours.includes(`>${drawn.message.replace(/&/g, "&amp;").replace(/</g, "&lt;")}<`)) {
      assert.equal(widthOf(ours), widthOf(theirs), `${path} ${query} ${style}: ${drawn.label} | ${drawn.message}`);
    }
  }
  assert.ok(n > 20, `${n} badges`);
});

for (const [name, withBrowser] of Object.entries(BROWSERS)) {
  test(`${name}: every badge is XML and an image, also one of what there is not`, async () => {
    await withBrowser(async (browser) => {
      const page = await browser.newPage();
      const complaints = complaintsOf(page);
      const images = [...badges()].map(([path, query], i) => {
        const theme = ["light", "dark", "auto"][i % 3];
        return `${demo.origin}${path}.svg?${query}&style=${STYLES[i % STYLES.length]}&theme=${theme}`;
      });
      const missing = [`${demo.origin}/badge/nobody.svg`, `${demo.origin}/badge/nobody.svg?style=round`];
      const graphs = slugs.map((slug, i) => `${demo.origin}/o/r/master/graphs/${slug}/response-time${["", "-day", "-week", "-year"][i % 4]}.png`);
      await page.setContent(`<body>${[...images, ...missing, ...graphs].map((url) => `<img src="${url.replace(/&/g, "&amp;")}">`).join("")}`);
      const seen = await page.evaluate(async () => {
        const decode = (image) => image.decode().then(() => [image.src, image.naturalWidth, image.naturalHeight]);
        return Promise.all([...document.images].map(decode));
      });
      assert.equal(seen.length, images.length + missing.length + graphs.length);
      for (const [url, width, height] of seen) {
        if (graphs.includes(url)) assert.deepEqual([width, height], [600, 200], url);
        else assert.ok(width > 30 && width < 800 && [18, 20, 28].includes(height), `${url}: ${width} x ${height}`);
      }
      const texts = await Promise.all(images.map(async (url) => (await fetch(url)).text()));
      const parsed = await page.evaluate((texts) => {
        return texts.map((text) => {
          const svg = new DOMParser().parseFromString(text, "image/svg+xml").documentElement;
          return [svg.nodeName, svg.getAttribute("aria-label"), svg.querySelector("title")?.textContent ?? ""];
        });
      }, texts);
      for (const [i, [root, label, title]] of parsed.entries()) {
        assert.equal(root, "svg", `${images[i]}: ${texts[i]}`);
        assert.ok(label && label === title, `${images[i]}: ${label} | ${title}`);
      }
      assert.deepEqual(complaints, []);
    });
  });
}

/** Runs our program on two targets of the demo; what it found decides its code. */
async function check(form) {
  const { targets } = await (await fetch(`${demo.origin}/api/v1/status`)).json();
  const urls = targets.slice(0, 3).map((target) => target.url);
  const args = ["check", form, "--allow-private", "--timeout", "3000", ...urls];
  return new Promise((resolve) => {
    execFile(process.env.DUALWATCH, args, (error, stdout) => resolve({ code: error?.code ?? 0, stdout, n: urls.length }));
  });
}

test("a consumer of TAP counts what we count", { skip: !process.env.DUALWATCH && "DUALWATCH names no program" }, async () => {
  const { code, stdout, n } = await check("--tap");
  const found = { pass: 0, fail: 0, skip: 0, extra: 0 };
  const parser = new Parser({ strict: true }, (results) => Object.assign(found, { count: results.count, bad: results.ok }));
  parser.on("assert", (point) => {
    if (point.skip) found.skip += 1;
    else if (point.ok) found.pass += 1;
    else found.fail += 1;
    if (!point.ok) assert.ok(point.diag.message && point.diag.severity && "cause" in point.diag, JSON.stringify(point));
  });
  parser.on("extra", (line) => assert.fail(`no TAP: ${line}`));
  parser.end(stdout);
  assert.equal(found.count, 2 * n);
  assert.equal(found.pass + found.fail + found.skip, 2 * n);
  assert.equal(found.fail === 0, code === 0, stdout);
});

test("JUnit's XML is whole, and its counts are those of its cases", { skip: !process.env.DUALWATCH && "DUALWATCH names no program" }, async () => {
  const { stdout, n } = await check("--junit");
  await withChromium(async (browser) => {
    const page = await browser.newPage();
    const found = await page.evaluate((text) => {
      const xml = new DOMParser().parseFromString(text, "application/xml");
      const suite = xml.querySelector("testsuites > testsuite");
      const count = (what) => xml.querySelectorAll(`testcase${what}`).length;
      const said = Object.fromEntries([...(suite?.attributes ?? [])].map(({ name, value }) => [name, value]));
      return { root: xml.documentElement.nodeName, said, cases: count(""), failures: count(" > failure"), errors: count(" > error"), skipped: count(" > skipped") };
    }, stdout);
    assert.equal(found.root, "testsuites", stdout);
    assert.equal(found.cases, 2 * n);
    for (const [name, number] of Object.entries({ tests: found.cases, failures: found.failures, errors: found.errors, skipped: found.skipped })) {
      assert.equal(found.said[name], String(number), name);
    }
  });
});
