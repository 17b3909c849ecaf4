// Asks for the page again when it is older than what is published, as `stream.js` tells all pages that are looked at. It
// stands before the script that calls it.
globalThis.dualwatch.follow = (url, app, ask) => {
  let stream;
  const hear = async ({ data: revision }) => {
    // One that is kept may be a moment old, at another place of the network a second.
    for (const wait of [0, 300, 700]) {
      if (!(revision > app.dataset.live)) return;
      if (wait) await new Promise((resume) => setTimeout(resume, wait));
      await ask();
    }
  };
  const look = (isSeen) => {
    try {
      if (isSeen && !stream) {
        stream = globalThis.SharedWorker ? new SharedWorker(url).port : new Worker(url);
        stream.onmessage = hear;
      }
      stream?.postMessage(isSeen);
    } catch {
      // Not everywhere may a page have one; it is asked for from time to time.
    }
  };
  const turn = () => look(document.visibilityState === "visible");
  document.addEventListener("visibilitychange", turn);
  addEventListener("pageshow", turn);
  // A page that is kept for Back and hears something meanwhile would be kept no longer.
  addEventListener("pagehide", () => look(false));
  turn();
};
