// Makes the pictures of the README from the running demo: `node pictures.mjs`, in this folder. Nothing is drawn by hand.
import { writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { eventually, startDemo, withChromium } from "./support.mjs";

const FOLDER = join(dirname(dirname(dirname(fileURLToPath(import.meta.url)))), "web", "widget", "pictures");
/** What a reader of the README waits for, in bytes of each. */
const MOST = 60_000;

const BADGES = {
  status: "/badge/ipv6-refused.svg",
  uptime: "/badge/ipv6-refused.svg?metric=uptime&window=24h&family=ipv6",
  latency: "/badge/healthy.svg?metric=latency&family=ipv4",
  certificate: "/badge/ipv6-wrong-certificate.svg?metric=certificate&family=ipv4",
  group: "/badge.svg?group=Others",
};

const put = async (name, bytes) => {
  if (bytes.length > MOST) throw new Error(`${name} has ${bytes.length} bytes, more than ${MOST}`);
  await writeFile(join(FOLDER, name), bytes);
  console.log(`${name}: ${bytes.length} bytes`);
};

const demo = await startDemo();
try {
  await eventually("the edge has found what is down", async () => {
    const { targets } = await (await fetch(`${demo.origin}/api/v1/status`)).json();
    const state = (slug, family) => targets.find((target) => target.slug === slug)[family].state;
    return state("ipv6-refused", "ipv6") === "down" && state("healthy", "ipv6") === "up" && targets.every((target) => target.last_round_at);
  });
  const isKnown = async (path) => !/not known|not observed|unavailable/.test(await (await fetch(demo.origin + path)).text());
  for (const [name, path] of Object.entries(BADGES)) {
    await eventually(path, () => isKnown(path), 240_000);
    await put(`badge-${name}.svg`, Buffer.from(await (await fetch(demo.origin + path)).arrayBuffer()));
  }
  await withChromium(async (browser) => {
    const tab = await browser.newPage();
    await tab.setViewport({ width: 900, height: 1_600 });
    await tab.goto(`${demo.origin}/embed?target=ipv6-refused&variant=card`);
    await tab.waitForFunction(() => [...document.querySelectorAll("dual-watch")].every((host) => host.status?.state));
    for (const variant of ["button", "banner"]) {
      const frame = await tab.waitForFrame((frame) => frame.url().includes(`variant=${variant}`));
      await frame.waitForFunction(() => document.querySelector("dual-watch")?.shadowRoot?.querySelector("details"));
    }
    const preview = await tab.$('[aria-labelledby="preview"]');
    await put("embed.webp", Buffer.from(await preview.screenshot({ type: "webp", quality: 80 })));
  });
} finally {
  await demo.stop();
}
