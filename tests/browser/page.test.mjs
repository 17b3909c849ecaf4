// The page in real browsers, over the demo: real servers with real faults, measured by the real worker.
import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import {
  BROWSERS,
  complaintsOf,
  eventually,
  expectRow,
  inEveryScheme,
  openTested,
  row,
  startDemo,
  startFront,
  withChromium,
} from "./support.mjs";

let demo;
/** `/api/v1/status` once every fault has been seen. */
let status;

const target = (document, slug) => document.targets.find((target) => target.slug === slug);

before(async () => {
  demo = await startDemo();
  const url = `${demo.origin}/api/v1/status`;
  status = await eventually("the edge has measured every demo target", async () => {
    const document = await (await fetch(url)).json();
    const isSettled =
      document.targets.every((target) => target.last_round_at !== null) &&
      target(document, "healthy").ipv6.state === "up" &&
      target(document, "ipv6-refused").ipv6.state === "down" &&
      target(document, "down").ipv4.state === "down";
    return isSettled && document;
  });
});

after(() => demo?.stop());

// Only Chromium can be driven with scripts off: in Firefox, what drives it is off as well then.
test("Chromium: without JavaScript the page is the whole edge status", async () => {
  await withChromium(async (browser) => {
    const page = await browser.newPage();
    await page.setJavaScriptEnabled(false);
    await page.goto(demo.origin);
    const text = await page.$eval("body", (body) => body.innerText);
    for (const { name, slug } of status.targets) {
      assert.ok(text.includes(name), `${name} is not in the page`);
      const families = await page.$$eval(`[data-target="${slug}"]`, (rows) => rows.map((row) => row.dataset.family));
      assert.deepEqual(families.slice(0, 2), ["ipv4", "ipv6"], slug);
    }
    assert.match(text, /IPv4/);
    assert.match(text, /IPv6/);
    const [refused, why] = await page.$eval('[data-target="ipv6-refused"][data-family="ipv6"]', (row) => [
      { ...row.dataset },
      row.closest("article").innerText,
    ]);
    assert.equal(refused.edge, "failed");
    assert.equal(refused.browser, "not_measured");
    assert.ok(refused.cause, "a failure has a cause");
    assert.match(why, /connection/i, "the cause is there in words");
    assert.match(text, /can only be tested with JavaScript/);
    // What is well is one line; it opens without any script.
    const isOpen = (slug) => page.$eval(`[data-service="${slug}"] details`, (details) => details.open);
    assert.deepEqual([await isOpen("ipv6-refused"), await isOpen("healthy")], [true, false]);
    await page.click('[data-service="healthy"] summary');
    assert.ok(await isOpen("healthy"));
  });
});

for (const [name, withBrowser] of Object.entries(BROWSERS)) {
  test(`${name}: an incident leads to its report, and a service to its availability`, async () => {
    await withBrowser(async (browser) => {
      const page = await browser.newPage();
      const complaints = complaintsOf(page);
      // In Chromium also without the script of the page that it begins on.
      if (name === "Chromium") await page.setJavaScriptEnabled(false);
      const follow = async (selector) => {
        await Promise.all([page.waitForNavigation(), page.click(selector)]);
        assert.equal(await page.$("script:not([defer])"), null, "nothing is loaded but HTML, a style sheet, and what hears of changes");
        return page.$eval("body", (body) => body.innerText);
      };
      await eventually("the incident is on the page", async () => {
        await page.goto(demo.origin);
        return page.$('[data-incident^="ipv6-refused-"]');
      });
      const card = await page.$eval('[data-incident^="ipv6-refused-"]', (card) => card.innerText);
      assert.match(card, /is down over IPv6/);
      assert.match(card, /Began .* UTC.* ago\./);

      const report = await follow('[data-incident^="ipv6-refused-"] a');
      for (const part of ["When", "Causes, in order", "Who was affected", "What to look at", "How detection did"]) {
        assert.ok(report.includes(part), `${part} is not in the report`);
      }
      assert.match(report, /connection refused/);
      const markdown = await page.$eval('a[href$="/report.md"]', (link) => link.href);
      assert.match(await (await fetch(markdown)).text(), /^# IPv6 refused has been down over IPv6 since /);

      const service = await follow('a[href="/targets/ipv6-refused"]');
      for (const words of ["Availability", "All since", "0\u00a0%", "The last 90 days", "Incidents"]) {
        assert.ok(service.includes(words), `${words} is not in the page of the service`);
      }
      await page.setViewport({ width: 360, height: 800 });
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      assert.ok(overflow <= 0, `the page is ${overflow} px too wide`);

      assert.match(await follow('a[href="/incidents"]'), /incidents? (is|are) open/);
      const missing = await page.goto(`${demo.origin}/incidents/healthy-20000101T000000Z`);
      assert.equal(missing.status(), 404);
      assert.match(await page.$eval("h1", (h1) => h1.innerText), /nothing here/);
      assert.deepEqual(complaints.filter((text) => !text.includes("404")), []);
    });
  });

  test(`${name}: browser and edge are merged, and nothing is complained about`, async () => {
    await withBrowser(async (browser) => {
      const { page, complaints } = await openTested(browser, demo.origin);
      await expectRow(page, "ipv6-refused", "ipv6", {
        edge: "failed",
        browser: "failed",
        verdict: "down_for_everyone",
        side: "them",
      });
      const healthy = { edge: "ok", browser: "ok", verdict: "up", side: "none" };
      await expectRow(page, "healthy", "ipv4", healthy);
      await expectRow(page, "healthy", "ipv6", healthy);
      await expectRow(page, "ipv4-only", "ipv6", { verdict: "unpublished", side: "none" });
      await expectRow(page, "down", "ipv4", { verdict: "down_for_everyone", side: "them" });
      assert.deepEqual(complaints, []);
    });
  });

  test(`${name}: what the page loads arrives packed, and its WebAssembly is compiled as it arrives`, async (t) => {
    await withBrowser(async (browser) => {
      const { page, complaints } = await openTested(browser, demo.origin);
      const sizes = await page.evaluate(async () => {
        const { js, wasm } = document.getElementById("early").dataset;
        const css = document.querySelector('link[rel="stylesheet"]').href;
        // The page clears the entries of what it measures: these are noted as they come.
        const entries = new Map();
        const observer = new PerformanceObserver((list) => list.getEntries().forEach((e) => entries.set(e.name, e)));
        observer.observe({ type: "resource" });
        const sizes = [];
        for (const url of [js, wasm, css].map((url) => new URL(url, document.baseURI).href)) {
          const response = await fetch(url, { cache: "reload" });
          const decoded = (await response.arrayBuffer()).byteLength;
          while (!entries.has(url)) await new Promise((resume) => setTimeout(resume));
          const { encodedBodySize: encoded, transferSize: transferred } = entries.get(url);
          sizes.push({ url, type: response.headers.get("content-type"), decoded, encoded, transferred });
        }
        return sizes;
      });
      for (const { url, decoded, encoded, transferred } of sizes) {
        t.diagnostic(`${url}: ${decoded} bytes in ${encoded}, ${transferred} transferred`);
        assert.ok(encoded > 0 && encoded < decoded / 2, `${url} is ${decoded} bytes, in ${encoded}`);
        assert.ok(transferred >= encoded, url);
      }
      assert.equal(sizes[1].type, "application/wasm");
      // The glue warns where the module cannot be compiled while it arrives.
      assert.deepEqual(complaints, []);
    });
  });

  test(`${name}: the page reads well at every width and in both colour schemes`, async () => {
    const dir = process.env.SCREENSHOTS;
    if (dir) await mkdir(dir, { recursive: true });
    await inEveryScheme(name, demo.origin, async (page, scheme) => {
      const isDark = await page.evaluate(() => matchMedia("(prefers-color-scheme: dark)").matches);
      assert.equal(isDark, scheme === "dark", "the page is asked for that scheme");
      for (const width of [360, 1280]) {
        await page.setViewport({ width, height: 800 });
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
        assert.ok(overflow <= 0, `at ${width} px the page is ${overflow} px too wide`);
        const file = `page-${name.toLowerCase()}-${width}-${scheme}.png`;
        if (dir) await page.screenshot({ path: join(dir, file), fullPage: true });
      }
    });
  });
}

for (const [name, withBrowser] of Object.entries(BROWSERS)) {
  test(`${name}: a service that is well is one line, at every width, and opens by keyboard`, async (t) => {
    await withBrowser(async (browser) => {
      const { page, complaints } = await openTested(browser, demo.origin);
      await expectRow(page, "healthy", "ipv6", { verdict: "up" });
      for (const [width, most] of [[360, 110], [768, 110], [1280, 72]]) {
        await page.setViewport({ width, height: 900 });
        const heights = await page.$$eval("[data-service]", (services) =>
          services.filter((service) => !service.querySelector("details").open).map((service) => [service.dataset.service, service.getBoundingClientRect().height]),
        );
        assert.ok(heights.some(([slug]) => slug === "healthy"), "it is closed");
        for (const [slug, height] of heights) {
          t.diagnostic(`${slug} at ${width} px: ${height} px`);
          assert.ok(height <= most, `${slug} takes ${height} px at ${width} px`);
        }
      }
      const isOpen = () => page.$eval('[data-service="healthy"] details', (details) => details.open);
      await page.focus('[data-service="healthy"] summary');
      for (const expected of [true, false]) {
        await page.keyboard.press("Enter");
        assert.equal(await isOpen(), expected);
      }
      const group = 'details.group:has([data-service="healthy"])';
      await page.focus(`${group} > summary`);
      await page.keyboard.press("Enter");
      assert.equal(await page.$eval(group, (details) => details.open), false, "a group folds");
      assert.deepEqual(complaints, []);
    });
  });

  test(`${name}: what is worst comes first, and the bars are drawn for both families`, async () => {
    await withBrowser(async (browser) => {
      const { page } = await openTested(browser, demo.origin);
      const groups = await page.$$eval("details.group", (groups) =>
        groups.map((group) => [...group.querySelectorAll("[data-service]")].map((service) => service.dataset.tone)),
      );
      const rank = (tone) => (["good", "quiet"].includes(tone) ? 0 : tone === "bad" ? 2 : 1);
      for (const tones of groups) {
        // What is announced or unstable comes before what is well, and is drawn as that is.
        const ranks = tones.map(rank).filter((rank) => rank > 0);
        assert.deepEqual(ranks, ranks.toSorted((a, b) => b - a), tones.join(" "));
      }
      assert.ok(groups.length > 1 && groups[0].includes("bad"), JSON.stringify(groups));
      const drawn = await page.$eval('[data-service="healthy"] .days svg', (svg) => {
        const { width, height } = svg.getBoundingClientRect();
        return { width, height, name: svg.getAttribute("aria-label"), n: svg.querySelectorAll("path").length };
      });
      assert.ok(drawn.width > 200 && drawn.height >= 20, JSON.stringify(drawn));
      assert.match(drawn.name, /^IPv4, the last 90 days: .*; IPv6, the last 90 days: /);
      assert.ok(drawn.n <= 6, "a path for each kind of day");
    });
  });
}

// Only Chromium can be driven with scripts off.
test("Chromium: a service is found without JavaScript", async () => {
  await withChromium(async (browser) => {
    const page = await browser.newPage();
    const complaints = complaintsOf(page);
    await page.setJavaScriptEnabled(false);
    await page.goto(`${demo.origin}/?q=Refused`);
    const found = () => page.$$eval("[data-service]", (services) => services.map((service) => service.dataset.service));
    assert.deepEqual(await found(), ["ipv6-refused"]);
    assert.equal(await page.$eval('input[name="q"]', (input) => input.value), "refused");
    await page.focus('input[name="q"]');
    await page.keyboard.down("Control");
    await page.keyboard.press("a");
    await page.keyboard.up("Control");
    await page.keyboard.type("HEALTHY");
    await Promise.all([page.waitForNavigation(), page.keyboard.press("Enter")]);
    assert.equal(new URL(page.url()).search, "?q=HEALTHY");
    assert.deepEqual(await found(), ["healthy", "healthy-tls"]);
    assert.match(await page.$eval("body", (body) => body.innerText), /2 services were found\./);
    assert.deepEqual(complaints, []);
  });
});

// Only Chromium can be told that one address leads nowhere.
test("Chromium: a browser whose IPv6 is broken is told so", async () => {
  await withChromium(
    async (browser) => {
      const { page, complaints } = await openTested(browser, demo.origin);
      const seen = await expectRow(page, "healthy", "ipv6", {
        edge: "ok",
        browser: "failed",
        verdict: "yours_is_broken",
        side: "you",
      });
      assert.match(seen.text, /your IPv6 is broken/i);
      await expectRow(page, "healthy", "ipv4", { verdict: "up" });
      await expectRow(page, "ipv6-refused", "ipv6", { verdict: "both_down" });
      assert.deepEqual(complaints, []);
    },
    ["MAP ::1 ~NOTFOUND", "MAP localhost 127.0.0.1", "MAP *.localhost 127.0.0.1"],
  );
});

test("Chromium: one name that fails is not taken for the family that the browser uses", async () => {
  await withChromium(
    async (browser) => {
      const { page } = await openTested(browser, demo.origin);
      const own = await page.$eval("[data-self-test]", (root) => ({ ...root.dataset, text: root.innerText }));
      assert.equal(own.preferred, "ipv6", "localhost is reached over IPv6");
      assert.notEqual(own.ipv6, "broken");
      assert.notEqual(own.side, "you");
      const text = await page.$eval("body", (body) => body.innerText);
      assert.doesNotMatch(text, /your IPv6 (is broken|does not work)|you have no IPv6/i);
      // It fails on the device itself. Where that takes less than a round trip to us does, as on a busy machine, it is known
      // to be so; otherwise it may be anything between.
      await expectRow(page, "healthy", "ipv6", { browser: "failed" });
      await eventually("it is said whose fault that may be", async () => {
        const { verdict, why } = await row(page, "healthy", "ipv6");
        return verdict === "between" || (verdict === "edge_up" && why === "blocker");
      });
    },
    ["MAP ::1 ~NOTFOUND"],
  );
});

test("Chromium: a visitor from elsewhere is not sent to the own machine", async () => {
  await withChromium(
    async (browser) => {
      const page = await browser.newPage();
      const complaints = complaintsOf(page);
      const asked = new Set();
      page.on("request", (request) => asked.add(new URL(request.url()).hostname));
      const answer = await page.goto(demo.origin.replace(/\/\/[^:]+/, "//status.example"));
      await page.waitForSelector('[data-self-test-state="done"]', { timeout: 60_000 });
      assert.deepEqual([...asked], ["status.example"]);
      assert.doesNotMatch(answer.headers()["content-security-policy"], /localhost|127\.0\.0\.1|http: /);
      const healthy = await expectRow(page, "healthy", "ipv6", { browser: "not_measured", verdict: "edge_up" });
      assert.match(healthy.text, /it would be another machine/);
      const text = await page.$eval("body", (body) => body.innerText);
      assert.doesNotMatch(text, /answer your browser|between you and the service/);
      assert.deepEqual(complaints, []);
    },
    ["MAP status.example 127.0.0.1"],
  );
});

// The worker is asked by plain HTTP there, and knows of no other.
for (const [name, withBrowser] of Object.entries(BROWSERS)) {
  test(`${name}: behind a proxy that ends TLS the page asks its own endpoints by TLS`, async () => {
    const front = await startFront(demo.origins);
    try {
      await withBrowser(
        async (browser) => {
          const { page } = await openTested(browser, front.origin);
          const own = await page.$$eval("[data-self-test] [data-question]", (rows) =>
            rows.map((row) => [row.dataset.question, row.dataset.state, row.innerText]),
          );
          assert.equal(own.length, 3);
          for (const [route, state, text] of own) assert.equal(state, "ok", `${route}: ${text}`);
          const asked = await page.evaluate(() => performance.getEntriesByType("resource").map((entry) => entry.name));
          const probes = asked.filter((url) => url.includes("/probe/"));
          assert.ok(probes.every((url) => url.startsWith("https://")), probes.join(" "));
        },
        undefined,
        { acceptInsecureCerts: true },
      );
    } finally {
      front.stop();
    }
  });
}

// Last: it stops the demo. In one browser: what is known is late soon after.
test("Chromium: a page whose worker is gone says so and keeps what it knows", async () => {
  await withChromium(async (browser) => {
    const { page } = await openTested(browser, demo.origin);
    await demo.stop();
    assert.equal(await page.$eval('[data-notice="unreachable"]', (notice) => notice.hidden), true);
    await page.waitForSelector('[data-notice="unreachable"]:not([hidden])', { timeout: 60_000 });
    await page.waitForSelector('#app[data-contact="lost"]');
    await expectRow(page, "ipv6-refused", "ipv6", { edge: "failed" });
  });
});
