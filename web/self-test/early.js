// Inline in the document, so that the first questions are asked before anything else has been loaded. What is asked when
// is decided in `core::self_test::run`; until that has arrived, this asks the same at the same times. It decides nothing.
(() => {
  const { dataset } = document.currentScript;
  /** The status page asks what is small: everybody who looks at it does. */
  const isBrief = "brief" in dataset;
  /** Several full packets, also of jumbo frames. */
  const LARGE = 16_384;
  /** When the device's addresses are read where nothing fails, in milliseconds. */
  const LATER = 400;
  const asks = [];
  const blocked = new Set();
  const candidates = [];
  addEventListener("securitypolicyviolation", (event) => blocked.add(event.blockedURI));

  /** Returns a URL whose host nothing has been asked of before, where the origin has room for a label. */
  const fresh = (origin, label) =>
    label ? origin.replace("//*.", `//${label}.`).replace("//localhost", `//${label}.localhost`) : origin;

  /** What the timing API tells of a request: lengths in milliseconds. */
  const timing = (url) => {
    const entry = performance.getEntriesByName(url).at(-1);
    if (!entry?.responseStart || !entry.requestStart) return {};
    const secured = entry.secureConnectionStart;
    return {
      resolve: entry.domainLookupEnd - entry.domainLookupStart,
      connect: (secured || entry.connectEnd) - entry.connectStart,
      secure: secured ? entry.connectEnd - secured : 0,
      trip: entry.responseStart - entry.requestStart,
      protocol: entry.nextHopProtocol,
    };
  };

  /** Asks one question; `done` comes to what became of it, and never fails. */
  const ask = (question, origin, path, nonce, label, body) => {
    const { href: url } = new URL(`${fresh(origin, label)}${path}nonce=${nonce}`, location);
    const stop = new AbortController();
    const asked = performance.now();
    const done = (async () => {
      const answer = { url };
      try {
        const response = await fetch(url, {
          method: body ? "POST" : "GET", body, signal: stop.signal,
          cache: "no-store", credentials: "omit", redirect: "manual", referrerPolicy: "no-referrer",
        });
        answer.ms = performance.now();
        answer.status = response.status || 302;
        answer.peer = response.headers.get("dualwatch-client");
        answer.nonce = response.headers.get("dualwatch-nonce");
        // Of the page's own origin alone; others may hide it.
        answer.alternative = response.headers.get("alt-svc");
        const bytes = await response.arrayBuffer();
        answer.bytes = bytes.byteLength;
        answer.text = bytes.byteLength < 4096 ? new TextDecoder().decode(bytes) : "";
        answer.ms = performance.now();
        answer.isOurs = answer.status === 200 && (answer.nonce === nonce || answer.text.includes(nonce));
        Object.assign(answer, timing(url));
      } catch {
        answer.ms ??= performance.now();
        gather();
      }
      // The event of a policy that forbids it may come after the failure.
      if (!answer.status) await new Promise((resume) => setTimeout(resume));
      answer.isBlocked = blocked.has(url);
      return answer;
    })();
    const made = { question, nonce, asked, stop: () => stop.abort(), done };
    asks.push(made);
    return made;
  };

  /** Reads the device's addresses, once. Browsers hold the page's thread for that: so where something fails, or later. */
  const gather = () => {
    // Without a network there are none, and Firefox calls that an error of the page.
    if (early.isGathering || !navigator.onLine || location.hash.startsWith("#r=")) return;
    try {
      early.gathered = performance.now();
      const connection = new RTCPeerConnection();
      const end = setTimeout(() => connection.close(), 600);
      connection.onicecandidate = ({ candidate }) => {
        if (candidate) candidates.push(candidate.candidate);
        else { early.isGathered = true; clearTimeout(end); connection.close(); }
      };
      connection.createDataChannel("");
      connection.createOffer().then((offer) => connection.setLocalDescription(offer)).catch(() => {});
      early.isGathering = true;
    } catch {
      // There is no such thing here, and nothing to wait for.
      early.gathered = 0;
    }
  };

  const nonce = () => Array.from(crypto.getRandomValues(new Uint8Array(8)), (b) => b.toString(16).padStart(2, "0")).join("");
  const first = (question, origin, label = `e${nonce()}`, path = "/probe/ip?", body) =>
    origin && ask(question, origin, path, nonce(), label, body);
  /** Asks a small question, and the large ones of the same place beside it: at one new name, which is looked up once. */
  const all = (question, origin) => {
    const label = `e${nonce()}`;
    first(question, origin, label);
    if (isBrief) return;
    first(`large_${question}`, origin, label, `/probe/large?bytes=${LARGE}&`);
    first(`upload_${question}`, origin, label, "/probe/sink?", "x".repeat(LARGE));
  };
  const early = { asks, ask, blocked, candidates, gather, isGathering: false, gathered: performance.now() + LATER, isTaken: false };
  globalThis.dualwatch = early;
  // A shared result is shown as it was measured.
  if (location.hash.startsWith("#r=")) return;
  all("dual_stack", dataset.dualStack);
  // The page may stand below a path.
  first("portal", location.origin + dataset.js.split("/assets/")[0], "");
  const families = [["ipv4", dataset.ipv4], ["ipv6", dataset.ipv6]];
  if (Math.random() < 0.5) families.reverse();
  for (const [question, origin] of families) all(question, origin);
  first("literal_ipv4", dataset.literalIpv4);
  first("literal_ipv6", dataset.literalIpv6);
  (async () => {
    // It has had several names.
    for (const name of ["local-network-access", "local-network"]) {
      try {
        early.permission = (await navigator.permissions.query({ name })).state;
        return;
      } catch { /* This browser calls it otherwise, or not at all. */ }
    }
  })();
  // Compiled while the questions are on their way. What becomes of it is seen where it is run.
  early.module = globalThis.WebAssembly?.compileStreaming?.(fetch(dataset.wasm));
  early.module?.catch(() => {});
  setTimeout(gather, LATER);
})();
