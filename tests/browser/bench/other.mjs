// A re-creation of the order and the timers of test-ipv6.com, in code of our own: what it loads before it begins, what it asks,
// in which order, how long it waits, and when it has a verdict. Nothing else of it is here: no look, no wording, no scores, and
// none of the libraries that its own script brings along (two of them and more, read before anything begins): what it takes
// itself is longer than this.
//
// A style sheet, a script with the mirror's configuration and the program stand in the head; it begins when the document has been
// read. Each question is a script that the endpoint answers with a call; a failed one is asked again as an image, at the end
// of the queue. The next one begins when one has ended, and 20 ms after one has begun; in Firefox one waits for the other.
// 5 s are slow, 15 s are the end. Where something was slow, everything is asked once more.

/** What runs in its page. Its text is served, so that it stands alone. */
function test(port, zone) {
  const [SLOW, END, STAGGER] = [5_000, 15_000, 20];
  const isSerial = navigator.userAgent.includes("Firefox");
  const at = (label, path) => `http://${label}.${zone}:${port}${path}`;
  const fill = "x".repeat(1_600);
  const list = [
    { name: "asn4", label: "ipv4", query: "&asn=1", isNews: true },
    { name: "asn6", label: "ipv6", query: "&asn=1", isNews: true },
    { name: "a", label: "ipv4", query: "" },
    { name: "aaaa", label: "ipv6", query: "" },
    { name: "ds", label: "ds", query: "" },
    { name: "v6mtu", label: "mtu1280", query: `&size=1600&fill=${fill}` },
    { name: "v6ns", label: "v6ns", query: "" },
    { name: "dsmtu", label: "ds", query: `&size=1600&fill=${fill}` },
    { name: "ood", label: "www", isImage: true, isNews: true },
  ];
  let n = 0;

  const load = (make) =>
    new Promise((resolve) => {
      const began = performance.now();
      const end = (isOk, reply) => {
        clearTimeout(timer);
        const ms = performance.now() - began;
        resolve({ state: isOk ? (ms < SLOW ? "ok" : "slow") : ms < SLOW ? "bad" : "timeout", reply, ms });
      };
      const timer = setTimeout(() => end(false), END);
      make(end);
    });
  const byScript = ({ label, query }) =>
    load((end) => {
      const callback = `answered${++n}`;
      globalThis[callback] = (reply) => end(true, reply);
      const script = document.createElement("script");
      script.onerror = () => end(false);
      script.src = at(label, `/ip/?callback=${callback}${query}`);
      document.head.append(script);
    });
  const byImage = ({ label, query }) =>
    load((end) => {
      const image = new Image();
      image.onload = () => end(true);
      image.onerror = () => end(false);
      image.src = at(label, `/images-nc/${++n}.gif?${query?.slice(1) ?? ""}`);
    });

  const all = () =>
    new Promise((resolve) => {
      const found = {};
      const queue = list.map((test) => ({ test, ask: test.isImage ? byImage : byScript }));
      let n_begun = 0;
      let n_ended = 0;
      const next = () => {
        const first = queue.shift();
        if (!first) return;
        n_begun += 1;
        run(first);
        if (!isSerial) setTimeout(next, STAGGER);
      };
      const run = async ({ test, ask }) => {
        const seen = await ask(test);
        if (found[test.name]?.state !== "ok") found[test.name] = seen;
        n_ended += 1;
        if (n_ended === n_begun && queue.length === 0) return resolve(found);
        next();
        const hasImage = ask === byScript && !test.isNews;
        if (hasImage && (seen.state === "bad" || seen.state === "timeout")) queue.push({ test, ask: byImage });
      };
      next();
    });

  async function judge() {
    let found = await all();
    if (["a", "aaaa", "ds", "v6mtu", "v6ns"].some((name) => found[name].state === "slow")) {
      const again = await all();
      for (const [name, seen] of Object.entries(again)) if (seen.ms < found[name].ms) found[name] = seen;
    }
    const { a, aaaa, ds } = found;
    const family = ds.reply?.type;
    globalThis.verdict = { at: performance.now(), key: `${a.state} ${aaaa.state} ${ds.state} ${family ?? "-"}` };
  }
  addEventListener("DOMContentLoaded", judge);
}

/** Returns its page. */
export function other(port, zone) {
  return {
    html:
      '<!doctype html><html lang="en"><meta charset="utf-8"><title>test</title><link rel="stylesheet" href="/index.css">' +
      '<script src="/site/config.js"></script><script src="/test.js"></script><body></body></html>',
    script: `(${test})(${JSON.stringify(port)}, ${JSON.stringify(zone)});`,
  };
}
