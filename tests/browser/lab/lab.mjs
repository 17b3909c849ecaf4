// The device of the lab: alone in its namespace with one browser. Makes the world, and goes through the situations.
//
//   node lab.mjs BROWSER FOLDER PROGRAM < the names of the situations, a line each
//
// FOLDER has `worker`, the socket of the worker. Prints a line of JSON for each situation.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { readFile, realpath } from "node:fs/promises";
import { connect } from "node:net";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { complete, noteSentences } from "../complete.mjs";
import { complaintsOf, withChromium, withFirefox } from "../support.mjs";
import { DEVICE, ECHO, GATEWAY, PAGE, RESOLVER, SERVICE, STAND_IN, TRANSLATED, ZONE } from "./places.mjs";
import { DEVICES, IN_THE_LAB, LINK } from "./situations.mjs";

const [browserName, folder, program] = process.argv.slice(2);
const HERE = dirname(fileURLToPath(import.meta.url));

function sh(script, prefix = []) {
  const [command, ...args] = [...prefix, "sh", "-ec", script];
  const { status, stderr } = spawnSync(command, args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`${script}: ${stderr}`);
}

// RFC 4862 section 5.4: duplicate address detection would delay every address by a second.
const BEGIN = "for c in all default; do echo 0 > /proc/sys/net/ipv6/conf/$c/accept_dad; done; ip link set lo up; ";

/** Makes the world: a namespace, its addresses, its servers. */
async function makeWorld() {
  const holder = spawn("unshare", ["--net", "--", "sh", "-c", "echo ready; exec cat > /dev/null"], { stdio: ["pipe", "pipe", "inherit"] });
  await once(holder.stdout, "data");
  const there = ["nsenter", "--target", String(holder.pid), "--net", "--"];
  sh(`${BEGIN} ip link add ${LINK.device} type veth peer name ${LINK.world}; ip link set ${LINK.world} netns ${holder.pid}`);
  const own = [PAGE, ECHO, RESOLVER, SERVICE, STAND_IN].flatMap(({ ipv4, ipv6 }) => [`${ipv4}/32`, `${ipv6}/128`]);
  const addresses = [...own, `${TRANSLATED}/128`].map((address) => `ip addr add ${address} dev lo; `).join("");
  sh(
    `${BEGIN}${addresses} ip addr add ${GATEWAY.ipv4}/24 dev ${LINK.world}; ip addr add ${GATEWAY.ipv6}/64 dev ${LINK.world} nodad; ip link set ${LINK.world} up`,
    there,
  );
  const [command, ...args] = [...there, process.execPath, join(HERE, "world.mjs"), join(folder, "worker")];
  const servers = spawn(command, args, { stdio: ["ignore", "inherit", "inherit", "ipc"] });
  servers.on("exit", (code) => code && console.error(`the world ended: ${code}`));
  await once(servers, "message");
  const echo = (...args) => {
    const at = ["echo", "--ipv4", ECHO.ipv4, "--ipv6", ECHO.ipv6, "--per-client", "1000", "--allow-root", ...args];
    const child = spawn(there[0], [...there.slice(1), program, ...at], { stdio: ["ignore", "pipe", "inherit"] });
    child.stdout.resume();
    return child;
  };
  const tls = (port, name) => ["--https", port, "--certificate", join(HERE, name), "--key", join(HERE, name)];
  const echoes = [echo("--http", "80", ...tls("443", "good.pem")), echo(...tls("8443", "future.pem"))];
  return {
    filter: (rules) => {
      const text = `flush ruleset\n${rules ? `table inet lab {\n${rules}\n}\n` : ""}`;
      const { status, stderr } = spawnSync(there[0], [...there.slice(1), "nft", "-f", "-"], { input: text, encoding: "utf8" });
      if (status !== 0) throw new Error(`${text}: ${stderr}`);
    },
    /** Says what is to be true. */
    async become(what) {
      servers.send(what);
      await once(servers, "message");
    },
    stop() {
      for (const echo of echoes) echo.kill("SIGTERM");
      servers.disconnect();
      holder.stdin.end();
    },
  };
}

/** Gives the device its addresses, and waits until the world answers. */
async function becomeDevice({ families, script }) {
  sh(`ip link set ${LINK.device} down; ip addr flush dev ${LINK.device}; ip link set ${LINK.device} up; ${script}`);
  writeFileSync("/etc/resolv.conf", families.map((family) => `nameserver ${RESOLVER[family]}\n`).join(""));
  for (const family of families) for (const port of [443, 8443]) await answers(port === 443 ? PAGE[family] : ECHO[family], port);
}

async function answers(host, port) {
  for (let n = 0; n < 500; n++) {
    const socket = connect({ host, port });
    const came = await once(socket, "connect").then(() => true, () => false);
    socket.destroy();
    if (came) return;
    await sleep(20);
  }
  throw new Error(`${host} port ${port} does not answer`);
}

/** Returns the folder of Firefox's policies: beside the program itself, which a script may start. */
async function distributionOfFirefox() {
  for (const program of [process.env.FIREFOX, "/usr/bin/firefox-esr", "/usr/lib/firefox/firefox"]) {
    const home = program && dirname(await realpath(program).catch(() => ""));
    if (home && existsSync(join(home, "application.ini"))) {
      const folder = join(home, "distribution");
      mkdirSync(folder, { recursive: true });
      return folder;
    }
  }
  throw new Error("where is Firefox itself? FIREFOX names a script, and it is in none of the usual places");
}

/** Makes browsers trust the lab, by the policies of whoever runs a machine: in mounts that nobody else sees. */
async function trust() {
  const ca = await readFile(join(HERE, "ca.pem"), "utf8");
  const der = ca.replace(/-----[^-]+-----|\s/g, "");
  sh(`mount -t tmpfs tmpfs /etc/chromium; printf '' > ${join(folder, "resolv")}; mount --bind ${join(folder, "resolv")} /etc/resolv.conf`);
  mkdirSync("/etc/chromium/policies/managed", { recursive: true });
  writeFileSync("/etc/chromium/policies/managed/lab.json", JSON.stringify({ CACertificates: [der] }));
  const firefox = await distributionOfFirefox();
  sh(`mount -t tmpfs tmpfs ${firefox}`);
  writeFileSync(join(firefox, "policies.json"), JSON.stringify({ policies: { Certificates: { Install: [join(HERE, "ca.pem")] } } }));
}

async function withBrowser(use, extension) {
  if (browserName === "Firefox") {
    const withExtension = async (browser) => {
      if (extension) await browser.installExtension(join(HERE, extension));
      await use(browser);
    };
    return withFirefox(withExtension, { "network.manage-offline-status": true });
  }
  // Nothing here resolves a name but the lab; its networks are of a kind that Chromium counts as local.
  const own = extension && join(folder, extension);
  // Chromium writes into the folder of an extension.
  if (own) cpSync(join(HERE, extension), own, { recursive: true });
  const blocker = own ? [`--load-extension=${own}`, `--disable-extensions-except=${own}`] : [];
  await withChromium(use, null, {
    ignoreDefaultArgs: extension ? ["--disable-extensions"] : [],
    more: ["--disable-features=HttpsUpgrades,LocalNetworkAccessChecks,DisableLoadExtensionCommandLineSwitch", ...blocker],
  });
}

/** Runs the test once in a situation; returns what was seen. */
async function look(browser, world, situation, nth) {
  const { filter, world: what = {}, page: scheme = "https", when_loaded } = situation;
  world.filter(filter);
  await world.become(what);
  const page = await browser.newPage();
  try {
    const complaints = complaintsOf(page);
    await page.evaluateOnNewDocument(noteSentences);
    // As people have it: what is only there to be driven calls itself another name, and is not known to the page.
    const agent = await browser.userAgent();
    if (agent.includes("Headless")) await page.setUserAgent(agent.replace("Headless", ""));
    await page.goto(`${scheme}://page-${nth}.${ZONE}/self-test`);
    if (when_loaded) {
      // From here on the page needs nothing but what it asks.
      await page.waitForFunction(() => globalThis.dualwatch?.isTaken, { timeout: 25_000 });
      if (when_loaded.device) sh(when_loaded.device);
      if (when_loaded.world) await world.become(when_loaded.world);
    }
    // The device's addresses are read half a second after gathering has begun, which may be later than the last answer.
    await page.waitForFunction(
      () => document.querySelector('[data-run="complete"]') && performance.now() > globalThis.dualwatch.gathered + 600,
      { timeout: 25_000 },
    );
    const services = what.edge ? await servicesOf(page) : undefined;
    return { ...(await complete(page)), services, complaints };
  } finally {
    await page.close();
    world.filter("");
  }
}

/** Waits until the service has been asked, and returns what is said of each of its routes. */
async function servicesOf(page) {
  await page.waitForSelector('[data-targets="complete"]', { timeout: 25_000 });
  return page.$$eval("[data-target]", (rows) => Object.fromEntries(rows.map(({ dataset }) => [dataset.family, { ...dataset }])));
}

await trust();
const names = (await process.stdin.toArray()).join("").split("\n").filter(Boolean);
const world = await makeWorld();
try {
  const deviceOf = (name) => IN_THE_LAB[name].device ?? "dual";
  let nth = 0;
  for (const device of new Set(names.map(deviceOf))) {
    const group = names.filter((name) => deviceOf(name) === device);
    await becomeDevice(DEVICES[device]);
    await withBrowser(async (browser) => {
      for (const name of group) {
        nth += 1;
        const seen = await look(browser, world, IN_THE_LAB[name], nth).catch((error) => ({ error: error.stack }));
        console.log(JSON.stringify({ situation: name, seen }));
      }
    }, DEVICES[device].extension);
  }
} finally {
  world.stop();
}
