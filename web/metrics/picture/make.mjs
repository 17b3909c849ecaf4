// Makes `dashboard.webp`: `node web/metrics/picture/make.mjs [MINUTES]`, after `cargo xtask test` or `serve --demo` has set
// up what is needed. The demo runs for that long, a real Prometheus scrapes it, and Grafana's own components draw
// `dashboard.json` from it (`draw.jsx`). They are installed into a temporary folder.
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { eventually, startDemo, withChromium } from "../../../tests/browser/support.mjs";

const HERE = dirname(fileURLToPath(import.meta.url));
const ROOT = join(HERE, "..", "..", "..");
const PACKAGES = ["@grafana/ui@11.6.0", "@grafana/data@11.6.0", "react@18.3.1", "react-dom@18.3.1", "esbuild@0.25.5"];
const MINUTES = Number(process.argv[2] ?? 15);
const SCRAPE_SECONDS = 5;

const folder = await mkdtemp(join(tmpdir(), "dualwatch-dashboard-"));
console.log(`installing ${PACKAGES.join(", ")}`);
execFileSync("npm", ["install", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", folder, ...PACKAGES], { stdio: ["ignore", "ignore", "inherit"] });
const { build } = await import(pathToFileURL(createRequire(join(folder, "x.js")).resolve("esbuild")));
const script = await build({
  entryPoints: [join(HERE, "draw.jsx")],
  bundle: true,
  write: false,
  outfile: "draw.js",
  format: "esm",
  minify: true,
  nodePaths: [join(folder, "node_modules")],
  mainFields: ["browser", "module", "main"],
  // What these import has its defaults where CommonJS has them.
  alias: Object.fromEntries(["ui", "data"].map((name) => [`@grafana/${name}`, join(folder, `node_modules/@grafana/${name}/dist/cjs/index.cjs`)])),
  define: { "process.env.NODE_ENV": '"production"', "process.env": "{}", global: "window" },
  loader: { ".svg": "text", ".woff2": "empty", ".css": "text" },
  logLevel: "error",
});

const demo = await startDemo();
const place = "127.0.0.1:9096";
await writeFile(join(folder, "prometheus.yml"), JSON.stringify({
  global: { scrape_interval: `${SCRAPE_SECONDS}s` },
  scrape_configs: [{ job_name: "dualwatch", static_configs: [{ targets: [new URL(demo.origin).host] }] }],
}));
const prometheus = spawn(join(ROOT, "target/tools/prometheus/usr/bin/prometheus"), [
  `--config.file=${join(folder, "prometheus.yml")}`, `--storage.tsdb.path=${join(folder, "data")}`, `--web.listen-address=${place}`, "--web.cors.origin=.*", "--log.level=error",
], { stdio: ["ignore", "ignore", "inherit"] });
try {
  for (let minute = 0; minute < MINUTES; minute += 1) {
    console.log(`measuring: ${minute} of ${MINUTES} minutes`);
    await new Promise((done) => setTimeout(done, 60_000));
  }
  const to = Math.floor(Date.now() / 1_000);
  const input = { dashboard: JSON.parse(await readFile(join(HERE, "..", "dashboard.json"), "utf8")), prometheus: `http://${place}`, from: to - MINUTES * 60, to, step: SCRAPE_SECONDS };
  const page = `<!doctype html><meta charset="utf-8"><title>waits</title><div id="root"></div><script>window.input = ${JSON.stringify(input).replaceAll("<", "\\u003c")}</script><script type="module" src="/draw.js"></script>`;
  const server = createServer((request, answer) => {
    const isScript = request.url === "/draw.js";
    answer.writeHead(200, { "content-type": isScript ? "text/javascript" : "text/html" }).end(isScript ? script.outputFiles[0].contents : page);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  await withChromium(async (browser) => {
    const tab = await browser.newPage();
    tab.on("pageerror", (error) => console.error(`page: ${error.message}`));
    await tab.setViewport({ width: 1280, height: 1900 });
    await tab.goto(`http://127.0.0.1:${server.address().port}/`);
    await eventually("the dashboard is drawn", async () => (await tab.title()) === "drawn");
    const picture = await (await tab.$("#root")).screenshot({ type: "webp", quality: 70 });
    await writeFile(join(HERE, "dashboard.webp"), picture);
    console.log(`dashboard.webp: ${picture.length} bytes`);
  });
  server.close();
} finally {
  prometheus.kill();
  await demo.stop();
  await rm(folder, { recursive: true, force: true });
}
