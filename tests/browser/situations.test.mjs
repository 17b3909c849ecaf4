// The self-test in real browsers and real networks: each browser in a network namespace of its own, with a world around it
// that does what a situation wants. `lab/situations.mjs` says what is done, `situations.tsv` what must be said of it.
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { appendFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { configuration } from "./lab/places.mjs";
import { IN_THE_LAB } from "./lab/situations.mjs";
import { differences, rowsOf, shown } from "./situations.mjs";
import { startDemo } from "./support.mjs";

const HERE = dirname(fileURLToPath(import.meta.url));
// `cargo xtask test` names it.
const PROGRAM = process.env.DUALWATCH ?? join(HERE, "..", "..", "target", "debug", "dualwatch");
// Names of situations with commas between: only these, for whoever looks into one.
const ONLY = process.env.SITUATIONS?.split(",");

/** Everything of the kernel's that the lab is made of, tried once. */
const TRIAL =
  "ip link set lo up; ip link add trial0 type veth peer name trial1; nft add table inet trial; " +
  "echo 0 > /proc/sys/net/ipv6/conf/all/accept_dad; mount -t tmpfs tmpfs /etc/chromium";
const ALONE = ["--net", "--mount", "--propagation", "private", "--"];

/** Returns the options of `unshare` that this kernel lets us have; null: none. */
function unshareOptions() {
  for (const options of [ALONE, ["--user", "--map-root-user", ...ALONE]]) {
    const { status } = spawnSync("unshare", [...options, "sh", "-ec", TRIAL]);
    if (status === 0) return options;
  }
  return null;
}

/** Notes that a test did not run, as `dualwatch-notrun` does, for the last line of `cargo xtask test`. */
async function refused(t, reason) {
  t.diagnostic(`not run: ${reason}`);
  if (process.env.DUALWATCH_NOT_RUN) await appendFile(process.env.DUALWATCH_NOT_RUN, `refused\t${reason}\t${t.name.replaceAll("\t", " ")}\n`);
}

const options = unshareOptions();
let folder;
let worker;
let door;

before(async () => {
  if (!options) return;
  folder = await mkdtemp(join(tmpdir(), "dualwatch-lab-"));
  const config = join(folder, "dualwatch.yml");
  await writeFile(config, configuration());
  worker = await startDemo(["--config", config, "--no-vantage", "--trusted-proxy", "127.0.0.1"]);
  const { hostname, port } = new URL(worker.origin);
  // A socket in the file system is the only way from one network into another.
  door = createServer((client) => {
    const server = connect(port, hostname);
    client.on("error", () => server.destroy()).on("close", () => server.destroy());
    server.on("error", () => client.destroy()).on("close", () => client.destroy());
    client.pipe(server).pipe(client);
  });
  door.listen(join(folder, "worker"));
  await once(door, "listening");
});

after(async () => {
  door?.close();
  await worker?.stop();
  if (folder) await rm(folder, { recursive: true, force: true });
});

/** Every situation of the lab has a row for each browser, and no row is of none. */
test("the table has a row for every situation of the lab and each browser", () => {
  const expected = ["Chromium", "Firefox"].flatMap((browser) =>
    Object.entries(IN_THE_LAB).filter(([, { browser: only = browser }]) => only === browser).map(([name]) => `${browser} ${name}`),
  );
  const rows = ["Chromium", "Firefox"].flatMap((browser) => rowsOf("lab", browser).map((row) => `${browser} ${row.situation}`));
  assert.deepEqual(rows.sort(), expected.sort());
});

test("the self-test says in every network what is wrong and on whose side", async (t) => {
  // One after the other: what is said within half a second must not depend on what the other one does meanwhile.
  for (const browser of ["Chromium", "Firefox"]) {
    await t.test(`${browser}: the self-test in every network`, async (t) => {
      if (!options) return refused(t, "the kernel allows no network namespace with links, filters and mounts");
      const rows = rowsOf("lab", browser).filter((row) => !ONLY || ONLY.includes(row.situation));
      const lab = spawn("unshare", [...options, process.execPath, join(HERE, "lab", "lab.mjs"), browser, folder, PROGRAM], {
        stdio: ["pipe", "pipe", "inherit"],
      });
      lab.stdin.end(rows.map((row) => `${row.situation}\n`).join(""));
      const ended = once(lab, "exit");
      const wrong = [];
      const told = new Set();
      for await (const line of createInterface({ input: lab.stdout })) {
        if (!line.startsWith("{")) continue;
        const { situation, seen } = JSON.parse(line);
        told.add(situation);
        if (seen.error) {
          wrong.push(`${situation}: ${seen.error}`);
          continue;
        }
        console.log(`${browser} ${situation}: said at ${seen.saidAt} ms, complete at ${seen.ms} ms: ${Object.values(shown(seen)).join(" ")}: ${seen.said}`);
        wrong.push(...differences(rows.find((row) => row.situation === situation), seen));
      }
      const [code] = await ended;
      assert.deepEqual(wrong, []);
      assert.deepEqual([code, told.size], [0, rows.length]);
    });
  }
});
