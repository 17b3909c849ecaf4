// Fetches the status page when something has changed, and from time to time, since it says how old things are; what is served
// otherwise is written into it. It stands before `boot.js`, which calls it once the document is there.
globalThis.dualwatch.live = () => {
  const app = document.getElementById("app");
  const early = document.getElementById("early");
  const EVERY_MS = 15_000;
  const news = app.querySelector("[data-news]");
  const unreachable = app.querySelector('[data-notice="unreachable"]');
  /** The page as it was served last: what differs from it here was found or chosen here. */
  let served = app.cloneNode(true);
  let tag, timer, asked, isAsking;

  /** Writes the reader's clock beside UTC. */
  const clocks = () => {
    const { beside } = globalThis.dualwatch;
    const walker = document.createTreeWalker(app, NodeFilter.SHOW_TEXT);
    for (let node; beside && (node = walker.nextNode()); ) {
      if (!node.data.includes(" UTC")) continue;
      const text = beside(node.data.replace(/ UTC \([^()]*\)/g, " UTC"));
      if (text !== node.data) node.data = text;
    }
  };

  /** Tells a screen reader which verdicts have changed since the last time, once everything is clear. */
  let told;
  const tell = () => {
    if (app.dataset.selfTestState !== "done" || app.querySelector('[data-targets="running"]')) return;
    const rows = [...app.querySelectorAll("[data-target]")];
    const key = ({ dataset: { target, family } }) => `${target} ${family}`;
    const changed = rows.filter((row) => told?.has(key(row)) && told.get(key(row)) !== row.dataset.verdict);
    told = new Map(rows.map((row) => [key(row), row.dataset.verdict]));
    if (!changed.length) return;
    const text = (element, selector) => element.querySelector(selector).textContent;
    news.textContent =
      changed.length > 4
        ? text(app, "[data-headline]")
        : changed.map((row) => `${text(row.closest("[data-service]"), "h3")}, ${text(row, "h4")}: ${text(row, "[data-said]")}.`).join(" ");
  };
  // The module writes verdicts one by one; an attribute says that all are there.
  new MutationObserver(tell).observe(app, { attributes: true, subtree: true, attributeFilter: ["data-self-test-state", "data-targets"] });

  const fetched = async () => {
    const response = await fetch(location.pathname + location.search, { cache: "no-cache", signal: AbortSignal.timeout(10_000) });
    const etag = response.headers.get("etag");
    if (!response.ok) throw response;
    if (etag && etag === tag) return;
    const text = new DOMParser().parseFromString(await response.text(), "text/html");
    const next = text.querySelector("#app[data-live]");
    if (!next) throw text;
    // Another version: its scripts belong to it.
    if (text.getElementById("early").dataset.wasm !== early.dataset.wasm) return location.reload();
    globalThis.dualwatch.patch(app, served, next);
    document.title = text.title;
    [served, tag] = [next, etag];
  };

  const ask = async () => {
    clearTimeout(timer);
    timer = setTimeout(ask, EVERY_MS);
    if (document.visibilityState !== "visible" || isAsking) return;
    isAsking = true;
    asked = Date.now();
    try {
      await fetched();
      unreachable.hidden = true;
      delete app.dataset.contact;
    } catch {
      // What is said here is as old as it says; what was measured from here still counts.
      unreachable.hidden = false;
      app.dataset.contact = "lost";
    }
    isAsking = false;
    globalThis.dualwatch.renew?.();
    clocks();
    tell();
  };
  const wake = () => Date.now() - (asked ?? performance.timeOrigin) >= EVERY_MS && ask();
  for (const [on, event] of [[document, "visibilitychange"], [window, "online"], [window, "pageshow"]]) on.addEventListener(event, wake);
  timer = setTimeout(ask, EVERY_MS);
  // Called when the module has been loaded, or cannot be: the stream is in no hurry.
  return () => {
    clocks();
    globalThis.dualwatch.follow(early.dataset.stream, app, ask);
  };
};
