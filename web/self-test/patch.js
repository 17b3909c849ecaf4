// Writes into an open page what is served otherwise than before, and leaves all else as it is: what is open, what has the
// focus, and what was written into it here. It stands before the script that calls it.
(globalThis.dualwatch ??= {}).patch = (() => {
  const key = (node, counts) => {
    const { id, dataset: { target, family, incident } = {} } = node;
    // A part of the page that comes or goes does not make another of those behind it.
    const name = id || incident || (target && target + family) || node.getAttribute?.("aria-labelledby") || node.nodeName;
    counts[name] = (counts[name] ?? 0) + 1;
    return name + counts[name];
  };
  const keyed = (element) => {
    const counts = {};
    return new Map([...element.childNodes].map((node) => [key(node, counts), node]));
  };

  /** Writes into `live` what is different in `next` from what was served before. */
  const patch = (live, before, next) => {
    // Its content is text here, and elements there.
    if (before.isEqualNode(next) || next.nodeName === "NOSCRIPT") return;
    if (next.nodeType !== Node.ELEMENT_NODE) {
      live.data = next.data;
      return;
    }
    for (const { name } of [...before.attributes, ...next.attributes]) {
      const value = next.getAttribute(name);
      if (before.getAttribute(name) === value) continue;
      // What is wrong now is opened; what somebody has opened is not closed.
      if (value !== null) live.setAttribute(name, value);
      else if (name !== "open") live.removeAttribute(name);
    }
    if (!before.firstElementChild && !next.firstElementChild) {
      if (before.textContent !== next.textContent) live.textContent = next.textContent;
      return;
    }
    const [here, old] = [keyed(live), keyed(before)];
    let place = live.firstChild;
    for (const [name, node] of keyed(next)) {
      const known = here.get(name);
      old.has(name) && known ? patch(known, old.get(name), node) : known?.remove();
      const kept = old.has(name) && known ? known : document.importNode(node, true);
      if (kept === place) place = place.nextSibling;
      else live.insertBefore(kept, place);
      old.delete(name);
    }
    for (const name of old.keys()) here.get(name)?.remove();
  };

  /** Changes the page without moving what has the focus: what comes and goes above it would push it away from its reader. */
  const still = (change) => {
    const { activeElement } = document;
    const top = () => activeElement.getBoundingClientRect().top;
    const was = top();
    change();
    if (activeElement === document.body || !activeElement.isConnected) return;
    // What was put in another place has lost it.
    if (activeElement !== document.activeElement) activeElement.focus({ preventScroll: true });
    if (was >= 0 && was < innerHeight) scrollBy({ top: top() - was, behavior: "instant" });
  };

  return (live, before, next) => still(() => patch(live, before, next));
})();
