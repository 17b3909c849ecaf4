// The status page stays open: what changes at the edge arrives in it, and what its reader has opened, chosen and measured stays.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startRewriter } from "./rewriter.mjs";
import { BROWSERS, complaintsOf, eventually, startDemo } from "./support.mjs";

let demo;

before(async () => {
  demo = await startDemo();
  await eventually("the edge has measured every demo target", async () => {
    const { targets } = await (await fetch(`${demo.origin}/api/v1/status`)).json();
    const { state } = targets.find((target) => target.slug === "ipv6-refused").ipv6;
    return targets.every((target) => target.last_round_at !== null) && state === "down";
  });
});

after(() => demo?.stop());

/** The row of `healthy` over IPv4 as the worker wrote it. */
const ROW = /(data-target="healthy" data-family="ipv4" )data-edge="ok"([^>]*)data-told="ok"/;

for (const [name, withBrowser] of Object.entries(BROWSERS)) {
  test(`${name}: news arrive in an open page, and what is open, focused and measured stays`, async () => {
    let isDown = false;
    const edge = await startRewriter(demo.origin, {
      change: (text) => {
        if (!isDown) return text;
        assert.match(text, ROW);
        return text.replace(ROW, '$1data-edge="failed"$2data-told="failed"').replace("<h1>", '<h1 data-is-new="">');
      },
    });
    try {
      await withBrowser(async (browser) => {
        const page = await browser.newPage();
        const complaints = complaintsOf(page);
        await page.goto(edge.origin);
        await page.waitForSelector('[data-self-test-state="done"]', { timeout: 60_000 });
        const verdict = (slug, family) => page.$eval(`[data-target="${slug}"][data-family="${family}"]`, ({ dataset }) => dataset.verdict);
        assert.equal(await verdict("healthy", "ipv4"), "up");
        const others = await verdict("ipv6-refused", "ipv6");
        assert.equal(others, "down_for_everyone");
        await page.click('[data-service="down"] summary');
        await page.click('[data-service="healthy"] summary');
        await page.focus('[data-service="healthy"] summary');
        await page.evaluate(() => (globalThis.kept = document.querySelector('[data-service="healthy"] summary')));
        // What comes and goes above it may move it, and does not take it out of the window.
        const isInWindow = () =>
          page.evaluate(() => {
            const { top, bottom } = globalThis.kept.getBoundingClientRect();
            return top >= 0 && bottom <= innerHeight;
          });
        assert.ok(await isInWindow());

        isDown = true;
        await page.waitForSelector("[data-is-new]", { timeout: 30_000 });
        // Measured from here again, as what was found before cannot be merged with what the edge says now.
        await page.waitForFunction(() => document.querySelector('[data-target="healthy"]').dataset.verdict === "up_for_you", { timeout: 30_000 });
        // Others may have changed meanwhile: one of them comes and goes.
        const news = /Healthy over both families, IPv4: up for you/;
        await page.waitForFunction((said) => new RegExp(said).test(document.querySelector("[data-news]").textContent), { timeout: 30_000 }, news.source);
        const seen = await page.evaluate(() => ({
          isFocused: document.activeElement === globalThis.kept && globalThis.kept.isConnected,
          isOpen: document.querySelector('[data-service="healthy"] details').open,
          isClosed: !document.querySelector('[data-service="down"] details').open,
        }));
        assert.deepEqual(seen, { isFocused: true, isOpen: true, isClosed: true });
        assert.ok(await isInWindow());
        assert.equal(await verdict("ipv6-refused", "ipv6"), others);
        const own = await page.$eval("[data-self-test]", (root) => ({ ...root.dataset }));
        assert.deepEqual([own.run, own.ipv4, own.ipv6], ["complete", "works", "works"]);
        assert.deepEqual(complaints, []);
      });
    } finally {
      await edge.stop();
    }
  });
}
