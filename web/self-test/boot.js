// Loads the WebAssembly of the self-test. Where the browser does not run it, what has been asked already is said plainly.
const early = document.getElementById("early");
try {
  const { default: init } = await import(new URL(early.dataset.js, document.baseURI).href);
  await init({ module_or_path: new URL(early.dataset.wasm, document.baseURI) });
} catch {
  await plainly();
}

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
  root.dataset.run = "complete";
}
