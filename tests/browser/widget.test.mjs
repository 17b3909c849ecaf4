// The widget on sites of others: under a strict policy, with everything that can be wrong with our server, in every look.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdir, readFile } from "node:fs/promises";
import http from "node:http";
import { createRequire } from "node:module";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { brotliDecompressSync } from "node:zlib";
import { startSite, startStatus } from "./sites.mjs";
import { BROWSERS, complaintsOf, eventually, startDemo, withChromium, withFirefox } from "./support.mjs";

const AXE = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
/** What somebody else's page waits for at most, in bytes: also in crates/xtask/src/sizes.toml. */
const MOST = { script: 2_000, more: 3_000, data: 600 };

let demo;
let status;
let site;

before(async () => {
  demo = await startDemo();
  [status, site] = [await startStatus(demo.origin), await startSite()];
  await eventually("the edge has found what is down", async () => {
    const { targets } = await (await fetch(`${demo.origin}/api/v1/status`)).json();
    const state = (slug, family) => targets.find((target) => target.slug === slug)[family].state;
    return state("ipv6-refused", "ipv6") === "down" && state("down", "ipv4") === "down" && state("healthy", "ipv6") === "up";
  });
});

after(async () => {
  await status?.stop();
  await site?.stop();
  await demo?.stop();
});

/** The policy of a site that lets nothing in that it need not, WebAssembly included. */
const strict = () =>
  `default-src 'none'; script-src ${status.origin}; connect-src ${status.origin}; style-src 'self'; img-src data:; ` +
  "require-trusted-types-for 'script'";
const script = () => `<link rel="stylesheet" href="/site.css"><script type="module" async src="${status.origin}/widget.js"></script>`;
const link = '<a href="/status">Status of the shop</a>';

/** Opens a page of the site; what it shows and does is noted from the beginning. */
async function open(browser, { prepare = async () => {}, ...page }) {
  const tab = await browser.newPage();
  const complaints = complaintsOf(tab);
  await tab.evaluateOnNewDocument(() => {
    globalThis.seen = { changes: [], shift: 0, rejections: [], policy: [] };
    addEventListener("statuschange", ({ target, detail }) => seen.changes.push([target.id, detail.state]));
    addEventListener("unhandledrejection", (event) => seen.rejections.push(String(event.reason)));
    addEventListener("securitypolicyviolation", (event) => seen.policy.push(event.blockedURI));
    try {
      new PerformanceObserver((list) => list.getEntries().forEach((entry) => (seen.shift += entry.value))).observe({ type: "layout-shift", buffered: true });
    } catch {}
  });
  await prepare(tab);
  // One in the background would ask nothing.
  await tab.bringToFront();
  await tab.goto(site.serve({ head: script(), policy: strict(), ...page }));
  return { tab, complaints };
}

/** Waits until a widget has got an answer, or knows that it gets none; returns what it shows. */
async function shown(tab, selector = "dual-watch", withinMs = 30_000) {
  const handle = await tab.waitForFunction(
    (selector) => {
      const find = (root) => root.querySelector(selector) ?? [...root.querySelectorAll("*")].map((e) => e.shadowRoot && find(e.shadowRoot)).find(Boolean);
      const host = find(document);
      return host?.shadowRoot && host.status?.state && host;
    },
    { timeout: withinMs },
    selector,
  );
  return handle.evaluate((host) => {
    const list = host.shadowRoot.querySelector("[part=list]");
    const marks = [...list.querySelectorAll("i")].map((mark) => `${mark.className}${getComputedStyle(mark, "::before").content}`);
    return { state: host.status.state, text: list.innerText.replace(/\s+/g, " ").trim(), marks, colours: [...list.querySelectorAll("i")].map((mark) => getComputedStyle(mark).backgroundColor) };
  });
}

const GREEN = "rgb(23, 113, 63)";
const RED = "rgb(179, 38, 30)";

/** A reader whose clock goes on, so that everything that was asked is old. */
const later = (tab) =>
  tab.evaluate(() => {
    const { now } = Date;
    Date.now = () => now() + 120_000;
    return Promise.all([...document.querySelectorAll("dual-watch")].map((host) => host.refresh()));
  });

for (const [name, withBrowser] of Object.entries(BROWSERS)) {
  test(`${name}: under a strict policy two widgets show both families and ask once each`, async () => {
    await withBrowser(async (browser) => {
      status.fate = "ok";
      status.asked.length = 0;
      const card = `<dual-watch id="card" target="ipv6-refused" variant="card" check>${link}</dual-watch>`;
      const line = `<p><dual-watch id="line" target="ipv6-refused">${link}</dual-watch></p>`;
      // What is to move nothing has its place before the script is there.
      const head = `${script()}<meta name="referrer" content="unsafe-url">`;
      const { tab, complaints } = await open(browser, { head, body: `${line}${card}<dual-watch id="all"></dual-watch>` });
      for (const id of ["#line", "#card"]) {
        const seen = await shown(tab, id);
        assert.equal(seen.state, "down");
        assert.match(seen.text, /IPv4 up.*IPv6 down since .*Dual stack up over IPv4/);
        assert.deepEqual(seen.marks, ['good"✓"', 'bad"✕"', 'good"✓"']);
        assert.deepEqual(seen.colours, [GREEN, RED, GREEN]);
      }
      const all = await shown(tab, "#all");
      assert.match(all.text, /IPv6 down \(\d\/9\)/);
      assert.ok(all.marks.length > 9, "and each service in a row");
      assert.deepEqual(status.asked.map(({ url }) => url).sort(), ["/api/v1/widget?lang=en", "/api/v1/widget?target=ipv6-refused&lang=en"]);
      for (const { headers } of status.asked) {
        assert.equal(headers.cookie, undefined);
        assert.equal(headers.referer, undefined);
      }
      const stored = await tab.evaluate(() => [document.cookie, localStorage.length, sessionStorage.length]);
      assert.deepEqual(stored, ["", 0, 0]);
      const { changes, rejections, policy } = await tab.evaluate(() => seen);
      assert.deepEqual(changes.sort(), [["all", "down"], ["card", "down"], ["line", "down"]]);
      assert.deepEqual([rejections, policy, complaints], [[], [], []]);
      assert.equal(await tab.$eval("#line", (host) => host.shadowRoot.querySelector("[part=spoken]").textContent), "", "nothing has changed yet");
      assert.equal(await tab.$eval("#line a", (link) => link.innerText), "Status of the shop");
    });
  });

  test(`${name}: whatever becomes of our server, nothing is called up or down, and nothing is thrown`, async () => {
    await withBrowser(async (browser) => {
      for (const [fate, state, text] of [
        ["gone", "unavailable", /^status unavailable$/],
        ["error", "unavailable", /^status unavailable$/],
        ["garbage", "unavailable", /^status unavailable$/],
        ["other", "unavailable", /^status unavailable$/],
        ["cut", "unavailable", /^status unavailable$/],
        ["old", "unavailable", /^status unavailable$/],
        ["slow", "unavailable", /^status unavailable$/],
        ["later", "up", /^IPv4 superb/],
      ]) {
        status.fate = fate;
        const { tab, complaints } = await open(browser, { body: `<dual-watch target="healthy" variant="card">${link}</dual-watch>` });
        if (fate === "slow") {
          await tab.waitForFunction(() => document.querySelector("dual-watch").shadowRoot);
          assert.match(await tab.$eval("dual-watch", (host) => host.shadowRoot.querySelector("[part=list]").textContent), /^( …)+$/);
        }
        const seen = await shown(tab, "dual-watch");
        assert.equal(seen.state, state, fate);
        assert.match(seen.text, text, fate);
        assert.match(seen.marks[0], /"\?"$/, fate);
        if (state === "unavailable") assert.ok(!seen.colours.includes(GREEN) && !seen.colours.includes(RED), `${fate}: ${seen.colours}`);
        assert.equal(await tab.$eval("dual-watch a", (link) => link.innerText), "Status of the shop");
        const { rejections, policy } = await tab.evaluate(() => seen);
        assert.deepEqual([rejections, policy], [[], []], fate);
        // A browser says itself what became of a request.
        assert.deepEqual(complaints.filter((text) => !/Failed to load resource|Cross-Origin Request Blocked/.test(text)), [], fate);
        await tab.close();
      }
    });
  });

  test(`${name}: what was known is told with its time, changes are announced, and nobody asks for a hidden page`, async () => {
    await withBrowser(async (browser) => {
      status.fate = "ok";
      // A clock that is a day behind says nothing of the time of the server.
      const prepare = (tab) => tab.evaluateOnNewDocument(() => {
        const { now } = Date;
        Date.now = () => now() - 86_400_000;
      });
      const { tab } = await open(browser, { prepare, body: `<dual-watch id="it" target="healthy">${link}</dual-watch>` });
      assert.equal((await shown(tab)).state, "up");
      const spoken = () => tab.$eval("dual-watch", (host) => host.shadowRoot.querySelector("[part=spoken]").textContent);
      status.fate = "turned";
      await later(tab);
      assert.match((await shown(tab)).text, /IPv4 down since 11\/1\/26.* IPv6 up/);
      assert.match(await spoken(), /IPv4 down/);
      status.fate = "gone";
      await later(tab);
      const { text, colours } = await shown(tab);
      const [, asOf] = /status unavailable, as of (.+)/.exec(text);
      assert.ok(Math.abs(new Date(asOf.replace(/[^\x20-\x7e]/g, " ")) - Date.now()) < 180_000, `${asOf} is the time of the server`);
      assert.ok(!colours.includes(GREEN) && !colours.includes(RED));
      status.fate = "ok";
      await later(tab);
      assert.equal((await shown(tab)).state, "up");
      assert.deepEqual((await tab.evaluate(() => seen)).changes.map(([, state]) => state), ["up", "down", "unavailable", "up"]);
      const asked = status.asked.length;
      await tab.evaluate(() => {
        Object.defineProperty(document, "hidden", { get: () => globalThis.isHidden ?? true, configurable: true });
        document.dispatchEvent(new Event("visibilitychange"));
      });
      await later(tab);
      assert.equal(status.asked.length, asked, "nobody sees it");
      await tab.evaluate(() => {
        globalThis.isHidden = false;
        document.dispatchEvent(new Event("visibilitychange"));
      });
      await eventually("it asks again once it is seen", () => status.asked.length === asked + 1, 5_000);
    });
  });

  test(`${name}: what is wrong in a tag is said, and what is wrong in the page is left alone`, async () => {
    await withBrowser(async (browser) => {
      status.fate = "ok";
      const body = [
        `<dual-watch id="a" target="nobody">${link}</dual-watch>`,
        `<dual-watch id="b" target="../Ünknown <b>" every="soon" variant="7">${link}</dual-watch>`,
        `<dual-watch id="c" target="healthy" origin="no origin">${link}</dual-watch>`,
        `<dual-watch id="d" group="Trouble over IPv6">${link}</dual-watch>`,
      ].join("");
      const { tab, complaints } = await open(browser, { body });
      assert.deepEqual([(await shown(tab, "#a")).text, (await shown(tab, "#b")).text], ["no such service", "no such service"]);
      assert.equal((await shown(tab, "#c")).text, "status unavailable");
      assert.match((await shown(tab, "#d")).text, /IPv4 up.*IPv6 down \(\d\/\d\)/);
      assert.deepEqual((await tab.evaluate(() => seen)).rejections, []);
      assert.deepEqual(complaints.filter((text) => !/Failed to load resource/.test(text)), []);
      await tab.close();
      // Somebody else's element has the name already.
      const prepare = (tab) => tab.evaluateOnNewDocument(() => customElements.define("dual-watch", class extends HTMLElement {}));
      const other = await open(browser, { prepare, body: `<dual-watch target="healthy">${link}</dual-watch>` });
      await other.tab.waitForFunction((url) => performance.getEntriesByName(url).length > 0, {}, `${status.origin}/widget.js`);
      assert.equal(await other.tab.$eval("dual-watch", (host) => host.innerText), "Status of the shop");
      assert.deepEqual(other.complaints, []);
      await other.tab.close();
      // The script is blocked, and the link stays.
      const policy = "default-src 'none'; style-src 'self'";
      const blocked = await open(browser, { policy, body: `<dual-watch target="healthy">${link}</dual-watch>` });
      await blocked.tab.waitForFunction(() => seen.policy.length > 0);
      assert.equal(await blocked.tab.$eval("dual-watch a", (link) => link.innerText), "Status of the shop");
    });
  });

  test(`${name}: inside of a shadow tree, in a sandboxed frame with its own height, and pinned by its digest`, async () => {
    await withBrowser(async (browser) => {
      status.fate = "ok";
      const { widget, integrity } = await pinned();
      const page = {
        policy: undefined,
        head: `<script type="module" async crossorigin src="${status.origin}${widget}" integrity="${integrity}"></script>`,
        root: 'lang="de"',
        body: `<div><template shadowrootmode="open"><section><dual-watch target="ipv6-refused">${link}</dual-watch></section></template></div>
<iframe title="Status" src="${status.origin}/embed/frame?target=ipv6-refused&variant=card&lang=de" sandbox="allow-scripts allow-popups" width="400" height="20"></iframe>
<script>addEventListener("message", ({ source, data }) => {
  for (const frame of document.querySelectorAll("iframe")) if (frame.contentWindow === source && data?.dualwatch?.height > 0) frame.height = data.dualwatch.height;
});</script>`,
      };
      const { tab, complaints } = await open(browser, page);
      assert.match((await shown(tab)).text, /IPv4 erreichbar.*IPv6 ausgefallen seit/);
      const frame = await tab.waitForFrame((frame) => frame.url().includes("/embed/frame"));
      assert.match((await shown(frame)).text, /IPv6 ausgefallen seit/);
      await tab.waitForFunction(() => document.querySelector("iframe").height > 100);
      const overflow = await frame.evaluate(() => document.documentElement.scrollHeight - innerHeight);
      assert.ok(overflow <= 1, `the frame is ${overflow} px too low`);
      assert.deepEqual(complaints, []);
      await tab.close();
      // Another script than the one that was pasted is not run.
      const wrong = await open(browser, { ...page, head: page.head.replace(/sha384-.{6}/, "sha384-AAAAAA") });
      await wrong.tab.waitForFunction((url) => performance.getEntriesByName(url).length > 0, {}, status.origin + widget);
      assert.equal(await wrong.tab.evaluate(() => customElements.get("dual-watch")), undefined);
    });
  });

  test(`${name}: a check from here says whose fault it is, and where the policy forbids it, that`, async () => {
    await withBrowser(async (browser) => {
      status.fate = "ok";
      status.asked.length = 0;
      const body = ["healthy", "ipv6-refused"].map((slug) => `<dual-watch id="${slug}" target="${slug}" variant="card" check>${link}</dual-watch>`).join("");
      const open_ = strict().replace(/connect-src [^;]+/, "connect-src http:");
      const { tab, complaints } = await open(browser, { policy: open_, body });
      for (const [slug, side, text, verdicts] of [
        ["healthy", "none", "Nothing is wrong: up.", ["up", "up", "up"]],
        ["ipv6-refused", "them", "It is them: down for everyone over IPv6.", ["up", "down_for_everyone", "up"]],
      ]) {
        await shown(tab, `#${slug}`);
        assert.ok(!status.asked.some(({ url }) => url.includes("/check?target=" + slug)), "only on a click");
        const said = await tab.evaluate(async (slug) => {
          const host = document.getElementById(slug);
          const told = new Promise((resolve) => host.addEventListener("checked", ({ detail }) => resolve(detail)));
          host.shadowRoot.querySelector("[part=check]").click();
          return told;
        }, slug);
        assert.deepEqual([said.side, said.text], [side, text]);
        assert.deepEqual(["ipv4", "ipv6", "dual_stack"].map((way) => said.routes[way].verdict), verdicts);
        assert.equal(await tab.$eval(`#${slug}`, (host) => host.shadowRoot.querySelector("[part=result]").textContent), text);
      }
      assert.deepEqual(complaints, []);
      await tab.close();
      const closed = await open(browser, { body: `<dual-watch target="healthy" check>${link}</dual-watch>` });
      await shown(closed.tab);
      const said = await closed.tab.$eval("dual-watch", (host) => host.check());
      assert.equal(said.side, "unknown");
      assert.match(said.text, /does not let the service be asked from here.*\/self-test\?lang=en$/);
      assert.deepEqual((await closed.tab.evaluate(() => seen)).rejections, []);
    });
  });

  test(`${name}: what floats is worked by keyboard, and a banner is there only while something is wrong`, async () => {
    await withBrowser(async (browser) => {
      status.fate = "ok";
      const body = '<dual-watch id="button" target="ipv6-refused" variant="button"></dual-watch><dual-watch id="good" target="healthy" variant="banner"></dual-watch><dual-watch id="bad" target="down" variant="banner"></dual-watch>';
      const { tab, complaints } = await open(browser, { body });
      for (const id of ["#button", "#good", "#bad"]) await shown(tab, id);
      const isSeen = (id, part) => tab.$eval(id, (host, part) => !!host.shadowRoot.querySelector(`[part=${part}]`)?.checkVisibility(), part);
      await eventually("the banner is there", () => isSeen("#bad", "box"), 5_000);
      assert.equal(await isSeen("#good", "box"), false, "nothing is wrong");
      await eventually("the button is there", () => isSeen("#button", "button"), 5_000);
      assert.equal(await isSeen("#button", "box"), false, "it is closed");
      await tab.bringToFront();
      await tab.keyboard.press("Tab");
      await tab.keyboard.press("Enter");
      await eventually("it opens", () => isSeen("#button", "box"), 5_000);
      await tab.keyboard.press("Escape");
      await eventually("it closes", async () => !(await isSeen("#button", "box")), 5_000);
      await tab.$eval("#bad", (host) => host.shadowRoot.querySelector("[part=close]").click());
      assert.equal(await isSeen("#bad", "box"), false);
      assert.deepEqual(complaints, []);
    });
  });

  test(`${name}: nothing is wrong for axe in any look, and nothing moves`, async () => {
    const dir = process.env.SCREENSHOTS;
    if (dir) await mkdir(dir, { recursive: true });
    const wrong = [];
    status.fate = "ok";
    await inEveryLook(name, async (browser, look, prepare) => {
      for (const [root, target] of [['lang="en"', "ipv6-refused"], ['lang="ar" dir="rtl"', "ipv6-refused"], ['lang="zh-CN"', "ipv4-only"]]) {
        const scheme = look === "dark" ? '<meta name="color-scheme" content="dark">' : "";
        const body = ["line", "card", "button", "banner"].map((variant) => `<div><dual-watch target="${target}" variant="${variant}" check></dual-watch></div>`).join("<hr>");
        const { tab } = await open(browser, { prepare, root, head: script() + scheme, body: `<h1>A site</h1>${body}<dual-watch group="Others" variant="card"></dual-watch>` });
        await shown(tab, '[variant="banner"]');
        await shown(tab, '[group]');
        await tab.waitForFunction(() => document.querySelector('[variant="button"]').shadowRoot.querySelector("details"));
        await tab.$eval('[variant="button"]', (host) => (host.shadowRoot.querySelector("details").open = true));
        if (dir) await tab.screenshot({ path: join(dir, `widget-${name.toLowerCase()}-${look}-${root.replace(/\W+/g, "")}.png`), fullPage: true });
        // axe takes a page without a colour of its own for white, also where the browser draws it dark.
        await tab.evaluate(() => (document.documentElement.style.background = "Canvas"));
        await tab.evaluate(AXE);
        const { violations } = await tab.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
        for (const { id, help, nodes } of violations) wrong.push(`${look} ${root}: ${id} (${help}): ${nodes.slice(0, 3).map((node) => node.html.slice(0, 160)).join(" | ")}`);
        await tab.close();
      }
    });
    assert.deepEqual(wrong, []);
  });

  test(`${name}: /embed shows every look and gives the code`, async () => {
    const dir = process.env.SCREENSHOTS;
    await withBrowser(async (browser) => {
      const tab = await browser.newPage();
      const complaints = complaintsOf(tab);
      await tab.setViewport({ width: 1000, height: 800 });
      await tab.goto(`${demo.origin}/embed?target=ipv6-refused&variant=card`);
      for (const variant of ["line", "card"]) assert.match((await shown(tab, `[data-variant="${variant}"] dual-watch`)).text, /IPv6 down since/);
      for (const variant of ["button", "banner"]) {
        const frame = await tab.waitForFrame((frame) => frame.url().includes(`variant=${variant}`));
        await shown(frame);
        // What floats comes a little later, and a button is opened by its reader.
        await frame.waitForFunction(() => document.querySelector("dual-watch").shadowRoot.querySelector("details"));
        await frame.$eval("dual-watch", (host) => (host.shadowRoot.querySelector("details").open = true));
        assert.match((await shown(frame)).text, /IPv6 down since/);
      }
      const codes = await tab.$$eval("textarea", (areas) => areas.map((area) => area.value));
      assert.ok(codes[0].includes(`<dual-watch target="ipv6-refused" variant="card"><a href="${demo.origin}/targets/ipv6-refused">IPv6 refused</a></dual-watch>`), codes[0]);
      const { widget, integrity } = await pinned();
      assert.ok(codes[1].includes(widget) && codes[1].includes(integrity));
      if (dir) await tab.screenshot({ path: join(dir, `embed-${name.toLowerCase()}.png`), fullPage: true });
      // Before axe, which calls into frames that cannot hear it.
      assert.deepEqual(complaints, []);
      await tab.evaluate(AXE);
      const { violations } = await tab.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
      assert.deepEqual(violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`), []);
      await tab.goto(`${demo.origin}/embed?lang=de`);
      assert.match(await tab.$eval("h1", (heading) => heading.innerText), /Status auf der eigenen Website/);
    });
  });
}

/** Runs `look` in everything that a system may ask a page to look like. */
async function inEveryLook(name, look) {
  if (name === "Firefox") {
    await withFirefox((browser) => look(browser, "light", async () => {}));
    await withFirefox((browser) => look(browser, "dark", async () => {}), { "layout.css.prefers-color-scheme.content-override": 0 });
    // A setting that stands for the colours of a system with high contrast.
    await withFirefox((browser) => look(browser, "forced", async () => {}), { "browser.display.document_color_use": 2 });
    return;
  }
  const features = { light: [], dark: [["prefers-color-scheme", "dark"]], forced: [["forced-colors", "active"], ["prefers-reduced-motion", "reduce"]] };
  for (const [kind, asked] of Object.entries(features)) {
    await withChromium((browser) =>
      look(browser, kind, async (tab) => {
        const session = await tab.createCDPSession();
        await session.send("Emulation.setEmulatedMedia", { features: asked.map(([name, value]) => ({ name, value })) });
      }),
    );
  }
}

/** The address of the script that is always the same, and its digest, as `/embed` gives them. */
async function pinned() {
  const html = (await (await fetch(`${demo.origin}/embed`)).text()).replaceAll("&quot;", '"').replaceAll("&lt;", "<");
  const [, widget] = /src="[^"]*(\/assets\/widget-[0-9a-f]+\.js)"\s+integrity=/.exec(html);
  const [, integrity] = /integrity="(sha384-[^"]+)"/.exec(html);
  return { widget, integrity };
}

/** Returns the body of an answer as it is sent. */
function sent(path) {
  return new Promise((resolve, reject) => {
    http.get(demo.origin + path, { headers: { "accept-encoding": "br" } }, (answer) => {
      const parts = [];
      answer.on("data", (part) => parts.push(part)).on("end", () => resolve({ headers: answer.headers, body: Buffer.concat(parts) })).on("error", reject);
    });
  });
}

// Only Chromium tells what has moved.
test("Chromium: a card that has its place moves nothing", async () => {
  await withChromium(async (browser) => {
    status.fate = "ok";
    const body = `<dual-watch target="ipv6-refused" variant="card" check>${link}</dual-watch><p>What comes after it.</p>`;
    const { tab } = await open(browser, { body });
    const place = () => tab.$eval("p", (after) => after.getBoundingClientRect().top);
    const before = await place();
    await shown(tab);
    assert.equal(await place(), before);
    assert.equal((await tab.evaluate(() => seen)).shift, 0);
  });
});

test("a page of somebody else's waits for two kilobytes, and for a few hundred bytes of data", async () => {
  const { widget, integrity } = await pinned();
  const script = await sent("/widget.js");
  assert.equal(script.headers["content-encoding"], "br");
  assert.equal(script.headers["access-control-allow-origin"], "*");
  assert.match(script.headers["cache-control"], /max-age=600/);
  assert.ok(script.body.length <= MOST.script, `/widget.js: ${script.body.length} bytes`);
  const text = brotliDecompressSync(script.body).toString();
  assert.equal(`sha384-${createHash("sha384").update(text).digest("base64")}`, integrity);
  assert.match((await sent(widget)).headers["cache-control"], /immutable/);
  const [more] = /\/assets\/widget-more-[0-9a-f]+\.js/.exec(text);
  const { body } = await sent(more);
  assert.ok(body.length <= MOST.more, `${more}: ${body.length} bytes`);
  for (const lang of ["en", "zh-Hans", "de"]) {
    const data = await sent(`/api/v1/widget?target=ipv6-refused&lang=${lang}`);
    assert.ok(data.body.length <= MOST.data, `${data.body.length} bytes of data in ${lang}`);
    assert.equal(data.headers["access-control-expose-headers"], "age, date");
    const { targets, n, ...rest } = JSON.parse((await fetch(`${demo.origin}/api/v1/widget?lang=${lang}`).then((answer) => answer.text())));
    assert.ok(JSON.stringify(targets).length / n + JSON.stringify(rest).length / n <= MOST.data);
  }
  console.log(`/widget.js ${script.body.length} B, ${more} ${body.length} B`);
});
