// Keeps a page up to date that measures nothing from here. It stands behind `patch.js` and `follow.js`.
{
  const { url, app, unreachable } = {
    url: document.currentScript.dataset.stream,
    app: document.getElementById("app"),
    unreachable: document.querySelector('[data-notice="unreachable"]'),
  };
  const EVERY_MS = 60_000;
  let served = app.cloneNode(true);
  let isAsking, timer;

  const ask = async () => {
    clearTimeout(timer);
    timer = setTimeout(ask, EVERY_MS);
    if (document.visibilityState !== "visible" || isAsking) return;
    isAsking = true;
    try {
      const response = await fetch(location.pathname + location.search, { cache: "no-cache", signal: AbortSignal.timeout(10_000) });
      if (!response.ok) throw response;
      const text = new DOMParser().parseFromString(await response.text(), "text/html");
      const next = text.querySelector("#app[data-live]");
      globalThis.dualwatch.patch(app, served, next);
      document.title = text.title;
      served = next;
      unreachable.hidden = true;
    } catch {
      // What is said here is as old as it says.
      unreachable.hidden = false;
    }
    isAsking = false;
  };
  timer = setTimeout(ask, EVERY_MS);
  globalThis.dualwatch.follow(url, app, ask);
}
