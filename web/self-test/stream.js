// The one stream of events of all pages of this browser that are looked at: a SharedWorker, so that six pages do not take all
// the connections that a browser has for a host over HTTP/1.1, and so that a page without a stream of its own can be kept
// for Back. It tells them how new what is published is. A browser that has no such worker has one of each page.
const ALIVE_EVERY_MS = 15_000;
const LOOK_EVERY_MS = 5_000;
const [FIRST_WAIT_MS, LONGEST_WAIT_MS] = [2_000, 60_000];
const pages = new Set();
let stream, revision, heardAt, timer;
let waitMs = FIRST_WAIT_MS;

const hear = ({ data }) => {
  ({ revision } = JSON.parse(data));
  [heardAt, waitMs] = [Date.now(), FIRST_WAIT_MS];
  for (const page of pages) page.postMessage(revision);
};

const open = () => {
  const url = new URL("../api/v1/events", location);
  if (revision) url.searchParams.set("since", revision);
  stream = new EventSource(url);
  heardAt = Date.now();
  stream.addEventListener("change", hear);
  stream.addEventListener("alive", hear);
};

const close = () => {
  stream?.close();
  stream = undefined;
};

/** A browser gives a stream up that is refused; and one that is silent for two periods is none: the machine has slept, or has another network. */
const look = () => {
  const now = Date.now();
  if (stream?.readyState === EventSource.CLOSED) {
    close();
    [heardAt, waitMs] = [now + waitMs, Math.min(2 * waitMs, LONGEST_WAIT_MS)];
  }
  if (stream ? now - heardAt > 2.5 * ALIVE_EVERY_MS : now >= heardAt) {
    close();
    open();
  }
};

const turn = () => {
  if (pages.size && !timer) {
    open();
    timer = setInterval(look, LOOK_EVERY_MS);
  } else if (!pages.size) {
    close();
    timer = clearInterval(timer);
  }
};

const connect = (page) => {
  page.onmessage = ({ data: isSeen }) => {
    pages[isSeen ? "add" : "delete"](page);
    if (isSeen && revision) page.postMessage(revision);
    turn();
  };
};

if (globalThis.SharedWorkerGlobalScope) globalThis.onconnect = ({ ports: [page] }) => connect(page);
else connect(globalThis);
