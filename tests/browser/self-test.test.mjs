// The self-test in real browsers, in every situation of the table, against servers that do what it says.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { complete, noteSentences } from "./complete.mjs";
import { startEndpoints, startFront } from "./servers.mjs";
import { differences, rowsOf } from "./situations.mjs";
import { BROWSERS, complaintsOf, startDemo } from "./support.mjs";

let demo;
let front;

before(async () => {
  demo = await startDemo();
  front = await startFront(demo.origin);
});

after(async () => {
  await front?.stop();
  await demo?.stop();
});

/** Names below localhost are the endpoints' in both. */
const OPTIONS = { Chromium: [["EXCLUDE *.localhost"]], Firefox: [] };

/** Hides the device's addresses from the page. */
const WITHOUT_ADDRESSES = () => delete globalThis.RTCPeerConnection;

for (const [name, withBrowser] of Object.entries(BROWSERS)) {
  test(`${name}: the self-test says in every situation what is wrong and on whose side`, async (t) => {
    const wrong = [];
    await withBrowser(async (browser) => {
      for (const row of rowsOf("loopback", name)) {
        const [ipv4, ipv6] = row.what.split(", ");
        const endpoints = await startEndpoints({ ipv4, ipv6 });
        t.after(() => endpoints.stop());
        front.use(endpoints.origins);
        const page = await browser.newPage();
        const complaints = complaintsOf(page);
        await page.evaluateOnNewDocument(WITHOUT_ADDRESSES);
        await page.evaluateOnNewDocument(noteSentences);
        await page.goto(`${front.origin}/self-test`);
        const seen = await complete(page);
        const badNewsAt = await page.evaluate(() => globalThis.badNewsAt);
        console.log(`${name} ${row.situation}: ${seen.ms} ms, bad news at ${Math.round(badNewsAt ?? 0)} ms: ${seen.said}`);
        wrong.push(...differences(row, seen));
        if (complaints.length > 0) wrong.push(`${row.situation}: ${complaints}`);
        await page.close();
        await endpoints.stop();
      }
    }, ...OPTIONS[name]);
    assert.deepEqual(wrong, []);
  });
}

for (const [name, withBrowser] of Object.entries(BROWSERS)) {
  test(`${name}: a shared result is shown as it was measured, and nothing is asked for it`, async (t) => {
    const endpoints = await startEndpoints({ ipv4: "well", ipv6: "refused" });
    t.after(() => endpoints.stop());
    front.use(endpoints.origins);
    await withBrowser(async (browser) => {
      const page = await browser.newPage();
      const complaints = complaintsOf(page);
      await page.evaluateOnNewDocument(WITHOUT_ADDRESSES);
      await page.goto(`${front.origin}/self-test`);
      const measured = await complete(page);
      // Where the browser lets a page copy, the text is there as well: hidden.
      await page.click("[data-share-link]");
      await page.waitForFunction(() => document.querySelector("[data-shared-text]").textContent.includes("#r="));
      const link = await page.$eval("[data-shared-text]", (element) => element.textContent);
      await endpoints.stop();

      const other = await browser.newPage();
      const asked = [];
      other.on("request", (request) => request.url().includes("/probe/") && asked.push(request.url()));
      await other.goto(link);
      const shown = await complete(other);
      const { ms: _, ...before } = measured;
      const { ms: __, ...after } = shown;
      assert.deepEqual(after, before);
      assert.deepEqual(asked, []);
      assert.match(await other.$eval("[data-when]", (element) => element.innerText), /shared with you/);

      for (const [fragment, sentence] of [
        ["", /no result/],
        ["<img src=x onerror=alert(1)>", /no result/],
        ["ZHcJAAAAAAAA", /newer version/],
        [link.split("#r=")[1].replace(/(.{12})(.)/, (_, before, one) => before + (one === "A" ? "B" : "A")), /cut off or changed/],
        ["A".repeat(20_000), /too long/],
      ]) {
        const odd = await browser.newPage();
        await odd.goto(`${front.origin}/self-test#r=${fragment}`);
        assert.match((await complete(odd)).said, sentence, fragment.slice(0, 40));
        await odd.close();
      }
      assert.deepEqual(complaints, []);
    }, ...OPTIONS[name]);
  });

  test(`${name}: where WebAssembly does not run, the page says what was answered`, async (t) => {
    const endpoints = await startEndpoints({ ipv4: "well", ipv6: "refused" });
    t.after(() => endpoints.stop());
    front.use(endpoints.origins);
    await withBrowser(async (browser) => {
      const page = await browser.newPage();
      await page.evaluateOnNewDocument(() => delete globalThis.WebAssembly);
      await page.goto(`${front.origin}/self-test`);
      const seen = await complete(page);
      assert.equal(seen.said, "IPv4 answers. IPv6 does not.");
      assert.equal(seen.questions.ipv4.state, "ok");
      assert.equal(seen.questions.ipv6.state, "failed");
    }, ...OPTIONS[name]);
  });
}
