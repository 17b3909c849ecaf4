// What is pinned of the self-test, so that anyone can test it from outside: its attributes, the values that they may have, that
// each is there as soon as it is known, and that `data-run="complete"` is the last word.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startEndpoints, startFront } from "./servers.mjs";
import { BROWSERS, startDemo } from "./support.mjs";

/** The attributes of `[data-self-test]`, as `dataset` names them, and what they may be. Those that are not `always` come when they are known. */
const OF_THE_TEST = {
  run: { values: /^(running|complete)$/, always: true },
  ipv4: { values: /^(works|slow|broken|none|blocked|unknown)$/, always: true },
  ipv6: { values: /^(works|slow|broken|none|blocked|unknown)$/, always: true },
  side: { values: /^(you|them|between|unknown|none)$/, always: true },
  preferred: { values: /^(ipv4|ipv6)$/ },
  scoreIpv4: { values: /^(\d|10)$/ },
  scoreIpv6: { values: /^(\d|10)$/ },
  helpdesk: { values: /^(4|6|46|624|112)(,mtu)?(,slow)?$/ },
};
/** The same of `[data-question]`. */
const OF_A_QUESTION = {
  state: { values: /^(waiting|ok|slow|failed|refused|discarded|not_measured)$/, always: true },
  cause: { values: /^[a-z0-9_]+$/ },
  afterMs: { values: /^\d+$/ },
};
const QUESTIONS = ["portal", "dual_stack", "ipv4", "ipv6", "large_ipv4", "large_ipv6", "large_dual_stack"];
/** What of it must not change any more. */
const FINAL = ["ipv4", "ipv6", "preferred", "side", "cause", "scoreIpv4", "scoreIpv6", "helpdesk"];

/** Runs in the page before anything else: keeps how everything stood after each change. */
const KEEP = () => {
  delete globalThis.RTCPeerConnection;
  const kept = (globalThis.kept = []);
  const look = () => {
    const root = document.querySelector("[data-self-test]");
    // While the document is read, not every row is there.
    if (!root || document.readyState === "loading") return;
    const rows = [...root.querySelectorAll("[data-question]")].map(({ dataset }) => [dataset.question, { ...dataset }]);
    kept.push({ root: { ...root.dataset }, questions: Object.fromEntries(rows) });
  };
  new MutationObserver(look).observe(document, { subtree: true, childList: true, attributes: true });
};

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

/** Says what of these attributes is not as it is pinned. */
function unpinned(what, dataset, pinned) {
  return Object.entries(pinned).flatMap(([name, { values, always }]) => {
    const value = dataset[name];
    if (value === undefined) return always ? [`${what} has no ${name}`] : [];
    return values.test(value) ? [] : [`${what}: ${name} is ${value}`];
  });
}

/** What is looked at: what the endpoints do over IPv4 and over IPv6, and what of it only this shows. */
const SITUATIONS = {
  healthy: ["well", "well"],
  refused: ["well", "refused"],
  silent: ["well", "silent"],
  late: ["well", "late"],
  login_page: ["well", "html"],
  large_lost: ["well", "large_lost"],
  forbidden: ["well", "well"],
};

for (const [name, withBrowser] of Object.entries(BROWSERS)) {
  test(`${name}: every pinned attribute is there as soon as it is known, and says what it may say`, async (t) => {
    const [wrong, families, states] = [new Set(), new Set(), new Set()];
    const seen = {};
    await withBrowser(async (browser) => {
      for (const [situation, [ipv4, ipv6]] of Object.entries(SITUATIONS)) {
        const endpoints = await startEndpoints({ ipv4, ipv6 });
        t.after(() => endpoints.stop());
        front.use(endpoints.origins, situation !== "forbidden");
        const page = await browser.newPage();
        await page.evaluateOnNewDocument(KEEP);
        await page.goto(`${front.origin}/self-test`);
        await page.waitForSelector('[data-self-test][data-run="complete"]', { timeout: 25_000 });
        // Answers that come later than that are taken for 15 s; what is looked for here shows itself sooner.
        const n = await page.evaluate(() => globalThis.kept.length);
        await page.waitForFunction((n) => globalThis.kept.length > n || performance.now() > 6_000, { timeout: 10_000 }, n);
        const kept = await page.evaluate(() => globalThis.kept);
        for (const { root, questions } of kept) {
          for (const line of unpinned("the test", root, OF_THE_TEST)) wrong.add(`${situation}: ${line}`);
          families.add(root.ipv4).add(root.ipv6);
          for (const question of QUESTIONS) if (!questions[question]) wrong.add(`${situation}: there is no row of ${question}`);
          for (const [question, dataset] of Object.entries(questions)) {
            for (const line of unpinned(question, dataset, OF_A_QUESTION)) wrong.add(`${situation}: ${line}`);
            if (["failed", "refused", "discarded"].includes(dataset.state) && !dataset.cause) wrong.add(`${situation}: ${question} fails without a cause`);
            if (["waiting", "not_measured"].includes(dataset.state) && dataset.afterMs) wrong.add(`${situation}: ${question} took time and was not answered`);
            states.add(dataset.state);
          }
        }
        const done = kept.findIndex(({ root }) => root.run === "complete");
        const { root: first, questions } = kept[done];
        for (const [question, { state }] of Object.entries(questions)) {
          if (state === "waiting") wrong.add(`${situation}: complete, and ${question} is being waited for`);
        }
        for (const { root } of kept.slice(done)) {
          for (const name of [...FINAL, "run"]) if (root[name] !== first[name]) wrong.add(`${situation}: complete, and then ${name} became ${root[name]}`);
        }
        seen[situation] = { first, questions, running: kept.slice(0, done) };
        await page.close();
        await endpoints.stop();
      }
    }, ...(name === "Chromium" ? [["EXCLUDE *.localhost"]] : []));
    assert.deepEqual([...wrong], []);
    // `none` is what a device without addresses has: the lab shows it.
    for (const family of ["works", "slow", "broken", "blocked", "unknown"]) assert.ok(families.has(family), `no family was ${family}`);
    // `discarded` needs HTTP/2: `joined_connections_are_discarded_and_asked_again` in the core.
    for (const state of ["waiting", "ok", "slow", "failed", "refused", "not_measured"]) assert.ok(states.has(state), `no question was ${state}`);
    const { healthy, silent, late } = seen;
    assert.deepEqual([healthy.first.ipv4, healthy.first.ipv6, healthy.first.helpdesk, healthy.first.side], ["works", "works", "46", "none"]);
    assert.match(healthy.first.preferred, /^ipv[46]$/);
    assert.ok(healthy.first.scoreIpv4 && healthy.first.scoreIpv6);
    // Nobody waits for the end to hear what is known.
    const isSaid = silent.running.some(({ root }) => root.ipv6 === "broken" && root.side === "you");
    // Nothing shows it before the deadline where a browser takes IPv4 for `localhost` anyway, nor where answers over IPv4 take
    // about as long as the browser's wait for IPv6 (at least 250 ms) is above `FALLBACK_WAIT_MS`, as on a busy machine: then none stands out.
    const isHidden = healthy.first.preferred === "ipv4" || Number(silent.questions.ipv4.afterMs) >= 60;
    assert.ok(isSaid || isHidden, `broken is said when it is known: ${JSON.stringify(silent.questions)}`);
    const isKnown = ({ questions }) => questions.ipv4.state === "ok" && questions.ipv4.afterMs && questions.ipv6.state === "waiting";
    assert.ok(late.running.some(isKnown), "an answer is shown when it has come");
  });
}
