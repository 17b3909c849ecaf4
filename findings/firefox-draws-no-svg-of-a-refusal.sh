#!/bin/sh
# Firefox draws no SVG image that comes with a status of 400 or more; PNGs it draws, and Chromium draws both.
#
# The Fetch standard gives an <img> the body of any answer, whatever its status, and the HTML standard looks at nothing but
# the type and the bytes. Seen: Firefox 153 fires `error` for an SVG from 400 on and shows the text in `alt`, and decodes a PNG
# with the same statuses; Chromium 156 draws both. No page is told the status. So an SVG badge that says "no such service" with
# 404, or "unavailable" with 503, is seen by some readers and missing for the others.
#
# What badges say here comes with 200 (worker/src/badge.rs); the JSON beside them says `isError`.
#
# Needs: Chromium (CHROMIUM), Firefox (FIREFOX), Node.js with npm.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null 2>&1
npm install --silent --no-audit --no-fund puppeteer-core@24.43.1
cat >try.mjs <<'JS'
import http from "node:http";
import puppeteer from "puppeteer-core";
const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20"><rect width="40" height="20"/></svg>';
const png = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==", "base64");
const kinds = { svg: ["image/svg+xml", svg], png: ["image/png", png] };
const statuses = [200, 203, 299, 400, 401, 403, 404, 410, 418, 429, 500, 502, 503, 599];
const server = http.createServer((request, response) => {
  const [, kind, status] = request.url.split("/");
  if (!kinds[kind]) return response.writeHead(200, { "content-type": "text/html" }).end("<!doctype html><title>t</title>");
  response.writeHead(Number(status), { "content-type": kinds[kind][0] }).end(kinds[kind][1]);
});
await new Promise((done) => server.listen(0, "127.0.0.1", done));
const origin = `http://127.0.0.1:${server.address().port}`;
const root = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
const browsers = {
  Chromium: { executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--disable-gpu", ...root] },
  Firefox: { browser: "firefox", executablePath: process.env.FIREFOX ?? "/usr/bin/firefox-esr" },
};
let holds = true;
for (const [name, options] of Object.entries(browsers)) {
  const browser = await puppeteer.launch({ headless: true, ...options });
  const page = await browser.newPage();
  await page.goto(origin);
  for (const kind of Object.keys(kinds)) {
    const drawn = await page.evaluate(
      (origin, kind, statuses) =>
        Promise.all(
          statuses.map(
            (status) =>
              new Promise((done) => {
                const image = new Image();
                image.onload = () => done(image.naturalWidth > 0 && status);
                image.onerror = () => done(false);
                image.src = `${origin}/${kind}/${status}`;
              }),
          ),
        ),
      origin, kind, statuses,
    );
    const seen = drawn.filter(Boolean);
    console.log(`${name} draws ${kind} with ${seen.join(" ")}`);
    holds &&= seen.join() === statuses.filter((status) => name === "Chromium" || kind === "png" || status < 400).join();
  }
  await browser.close();
}
server.close();
console.log(holds ? "as described" : "CHANGED: this differs from what is described");
process.exit(holds ? 0 : 1);
JS
node try.mjs
