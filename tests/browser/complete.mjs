// What the self-test in a page has come to.

/** Runs in the page before anything else: notes when the sentence took its form, when bad news came, when all was done. */
export const noteSentences = () => {
  const look = () => {
    const root = document.querySelector("[data-self-test]");
    const said = root?.querySelector("[data-sentence]")?.textContent;
    if (said && said !== globalThis.said) {
      globalThis.said = said;
      globalThis.saidAt = performance.now();
    }
    if (root?.dataset.run === "complete") globalThis.completeAt ??= performance.now();
    if (root?.dataset.ipv6 === "broken") globalThis.badNewsAt ??= performance.now();
  };
  new MutationObserver(look).observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
};

/** Waits until the test is complete, and returns all that it shows. */
export async function complete(page) {
  await page.waitForSelector('[data-self-test][data-run="complete"]', { timeout: 25_000 });
  return page.$eval("[data-self-test]", (root) => ({
    ...root.dataset,
    ms: Math.round(globalThis.completeAt ?? performance.now()),
    saidAt: Math.round(globalThis.saidAt ?? 0),
    said: root.querySelector("[data-sentence]").innerText,
    questions: Object.fromEntries(
      [...root.querySelectorAll("[data-question]")].map((row) => [row.dataset.question, { ...row.dataset }]),
    ),
  }));
}
