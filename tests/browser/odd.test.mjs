// Servers that are odd, most of them valid, opened in real browsers as a person does: what `tests/suites/odd.toml` says of them
// is what they do. The suite `odd` holds check and curl against the same table.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parse, stringify } from "smol-toml";
import { withChromium, withFirefox } from "./support.mjs";

const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
// `cargo xtask test` names it.
const LAB = process.env.DUALWATCH_LAB ?? join(ROOT, "target", "debug", "dualwatch-lab");
/** No row waits for it to pass. */
const WITHIN_MS = 30_000;
/** A navigation ends with these where there is an answer and no page: nothing to show, or a file to be kept. */
const NO_PAGE = ["ERR_ABORTED", "NS_BINDING_ABORTED"];
/** A tab that keeps a file, or shows a refused certificate, may stay until the browser goes: nobody waits longer for it. */
const CLOSED_WITHIN_MS = 2_000;

let folder;
let lab;
let ports;
let rows;

const host = ({ name }) => `${name.replaceAll("_", "-")}.lab.test`;

before(async () => {
  rows = parse(await readFile(join(ROOT, "tests", "suites", "odd.toml"), "utf8")).row;
  // The ends of redirects are those of the other tables.
  const end = (tls) => ({ names: ["end.lab.test"], both: tls ? { tls: "good" } : {} });
  const service = { hostile_end: end(false), hostile_tls_end: end(true) };
  for (const row of rows) service[row.name] = { names: [host(row)], both: row.behaviour };
  folder = await mkdtemp(join(tmpdir(), "dualwatch-odd-"));
  const script = join(folder, "script.toml");
  await writeFile(script, stringify({ service }));
  lab = spawn(LAB, ["run", script, "--dir", folder], { stdio: ["pipe", "pipe", "inherit"] });
  const [line] = await once(createInterface({ input: lab.stdout }), "line");
  ports = JSON.parse(line).services;
});

after(async () => {
  if (lab?.exitCode === null) {
    lab.stdin.end();
    await once(lab, "exit");
  }
  if (folder) await rm(folder, { recursive: true, force: true });
});

/** Opens a row; returns the status of what it led to, or the browser's word for why it led to nothing. */
async function open(browser, row) {
  const page = await browser.newPage();
  let status;
  let why;
  const isOfThePage = (request) => request.isNavigationRequest() && !request.url().endsWith("/favicon.ico");
  const answered = new Promise((resolve) => {
    page.on("response", (response) => isOfThePage(response.request()) && resolve((status = response.status())));
  });
  page.on("requestfailed", (request) => isOfThePage(request) && (why = request.failure()?.errorText));
  const url = `${row.behaviour.tls ? "https" : "http"}://${host(row)}:${ports[row.name]}/`;
  try {
    const response = await page.goto(url, { waitUntil: "load", timeout: WITHIN_MS });
    status = response?.status() ?? status;
  } catch (error) {
    why ??= error.message;
  }
  // Firefox has the word of its TLS library in brackets behind its own.
  const word = why?.match(/SSL_ERROR_\w+/)?.[0] ?? why?.match(/(ERR|NS_ERROR|NS_BINDING)_\w+/)?.[0] ?? why;
  const isAnswer = !word || NO_PAGE.includes(word);
  // Chromium may give up a navigation before it tells of the answer that ended it.
  if (isAnswer) await Promise.race([answered, sleep(WITHIN_MS, undefined, { ref: false })]);
  await Promise.race([page.close().catch(() => {}), sleep(CLOSED_WITHIN_MS, undefined, { ref: false })]);
  return isAnswer ? status : word;
}

/** Opens every row that names the browser; returns what is otherwise than there. */
async function differences(browser, name) {
  const named = rows.filter((row) => row[name] !== undefined);
  const wrong = [];
  for (const row of named) {
    const seen = await open(browser, row);
    // The word for why there is none depends on who notices first.
    const isAsThere = typeof row[name] === "number" ? seen === row[name] : typeof seen === "string";
    if (!isAsThere) wrong.push(`${row.name}: expected ${row[name]}, saw ${seen}`);
  }
  return { wrong, n: named.length };
}

const USE = {
  chromium: (use, options) => withChromium(use, ["MAP *.lab.test 127.0.0.1", "MAP *.lab.test. 127.0.0.1"], options),
  firefox: (use, options) => withFirefox(use, { "network.dns.forceResolve": "127.0.0.1" }, options),
};

// At the same time: mostly each waits for itself.
test("browsers take every odd server as the table says", { concurrency: true }, async (t) => {
  const each = Object.entries(USE).map(([name, withIt]) =>
    t.test(name, () =>
      // The certificates are the lab's, which no browser knows: they are not the question here.
      withIt(async (browser) => {
        const { wrong, n } = await differences(browser, name);
        assert.deepEqual(wrong, []);
        assert.ok(n >= 140, `${n} rows`);
      }, { acceptInsecureCerts: true }),
    ),
  );
  await Promise.all(each);
});
