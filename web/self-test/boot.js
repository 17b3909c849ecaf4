// Loads the WebAssembly of the self-test. Where the browser does not run it, what has been asked already is said plainly.
const early = document.getElementById("early");

const blocked = new Set();
addEventListener("securitypolicyviolation", (event) => blocked.add(event.blockedURI));
// What the module needs of the browser to ask services: in a few lines here, and in kilobytes there.
Object.assign((globalThis.dualwatch ??= {}), {
  sleep: (ms) => new Promise((resume) => setTimeout(resume, ms)),

  /** Returns a path at the same server that no list of names and paths knows. */
  neutral: (url) => new URL(`/${Math.random().toString(36).slice(2)}`, url).href,

  /** Asks a service once; comes to what became of it, and never fails. */
  async reach(url, mode, limit) {
    const began = performance.now();
    const signal = AbortSignal.timeout(limit);
    const found = {};
    try {
      const response = await fetch(url, { mode, signal, cache: "no-store", credentials: "omit", referrerPolicy: "no-referrer" });
      found.ms = performance.now() - began;
      found.status = response.status;
      response.body?.cancel();
    } catch {
      found.ms = performance.now() - began;
      found.isSilent = signal.aborted;
      // The event of a policy that forbids it may come after the failure.
      await new Promise((resume) => setTimeout(resume));
      found.isBlocked = blocked.has(new URL(url, location).href);
    }
    return { isSilent: false, isBlocked: false, ...found };
  },
});

// It does not wait for the document, nor for its style; what it writes to must be there.
while (document.readyState === "loading") await new Promise((resume) => document.addEventListener("readystatechange", resume, { once: true }));

// The status page is kept as it was served, before anything is written into it.
const ready = globalThis.dualwatch.live?.();

try {
  const { default: init } = await import(new URL(early.dataset.js, document.baseURI).href);
  // The first script has compiled it, unless the server calls it something else, or there is none to run.
  const module = await globalThis.dualwatch.module?.catch(() => {});
  await init({ module_or_path: module ?? new URL(early.dataset.wasm, document.baseURI) });
} catch {
  await plainly();
}
ready?.();

/** Says which questions were answered, and looks for no causes. */
async function plainly() {
  const root = document.querySelector("[data-self-test]");
  const said = root.querySelector("[data-plain]");
  const patience = new Promise((resume) => setTimeout(resume, 5_000));
  await new Promise((resume) => setTimeout(resume, 350));
  const answered = {};
  for (const { question, asked, done } of globalThis.dualwatch?.asks ?? []) {
    const { isOurs: ours = false, ms } = (await Promise.race([done, patience])) ?? {};
    answered[question] = ours;
    const row = root.querySelector(`[data-question="${question}"]`);
    if (!row) continue;
    row.dataset.state = ours ? "ok" : "failed";
    if (ours) row.dataset.afterMs = Math.round(ms - asked);
    row.querySelector("[data-said]").textContent = ours ? said.dataset.ok : said.dataset.failed;
  }
  for (const row of root.querySelectorAll('[data-state="waiting"]')) {
    row.dataset.state = "not_measured";
    row.querySelector("[data-said]").textContent = said.dataset.none;
  }
  const which = { "true true": "both", "true false": "ipv4", "false true": "ipv6", "false false": "neither" };
  const families = `${!!answered.ipv4} ${!!answered.ipv6}`;
  root.dataset.ipv4 = answered.ipv4 ? "works" : "unknown";
  root.dataset.ipv6 = answered.ipv6 ? "works" : "unknown";
  root.querySelector("[data-sentence]").textContent = said.dataset[which[families]];
  root.querySelector("[data-meaning]").textContent = said.dataset.plain;
  const services = document.querySelector("[data-services-said]");
  if (services) services.textContent = said.dataset.services;
  root.dataset.run = "complete";
  const app = document.getElementById("app");
  if (app.dataset.selfTestState) app.dataset.selfTestState = "done";
}
