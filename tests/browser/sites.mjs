// Sites of others that embed the widget, and our own server with everything that can be wrong with it.
import { once } from "node:events";
import http from "node:http";

async function listen(server) {
  server.listen({ host: "127.0.0.1", port: 0 });
  await once(server, "listening");
  return {
    origin: `http://127.0.0.1:${server.address().port}`,
    async stop() {
      if (!server.listening) return;
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

/** What may become of the data of a widget. `told` is what the worker says, as text. */
const FATES = {
  ok: (response, headers, told) => response.writeHead(200, headers).end(told),
  gone: (response) => response.socket.destroy(),
  error: (response) => response.writeHead(502, { "content-type": "text/html", "access-control-allow-origin": "*" }).end("<h1>Bad gateway</h1>"),
  slow: () => {},
  garbage: (response, headers) => response.writeHead(200, headers).end("<!doctype html><title>Log in</title>"),
  other: (response, headers) => response.writeHead(200, headers).end('{"ipv4":7,"ipv6":[],"targets":"x"}'),
  cut: (response, headers, told) => {
    response.writeHead(200, { ...headers, "content-length": Buffer.byteLength(told) });
    response.write(told.slice(0, told.length / 2), () => response.socket.destroy());
  },
  later: (response, headers, told) => {
    const document = { ...JSON.parse(told), version: 2, ipv7: { state: "up" } };
    document.ipv4 = { state: "superb", tone: "sparkling", text: "IPv4 superb", mood: {} };
    response.writeHead(200, headers).end(JSON.stringify(document));
  },
  /** From a store on the way, that serves what it has while we are gone. */
  old: (response, headers, told) => response.writeHead(200, { ...headers, age: "3600" }).end(told),
  /** The other way round: what was up is down. */
  turned: (response, headers, told) => {
    const document = JSON.parse(told);
    document.ipv4 = { state: "down", tone: "bad", text: "IPv4 down since @", since: "2026-11-01T10:00:00.000Z" };
    document.state = "down";
    document.tone = "bad";
    response.writeHead(200, headers).end(JSON.stringify(document));
  },
};

/** Our own server at another port, which notes what it is asked for, and whose data has the `fate` that it is given. */
export async function startStatus(upstream) {
  const asked = [];
  const status = { fate: "ok" };
  const server = http.createServer(async (request, response) => {
    if (request.url.startsWith("/api/v1/widget")) asked.push({ url: request.url, headers: request.headers });
    const headers = { accept: request.headers.accept ?? "*/*", "accept-encoding": "identity" };
    const answer = await fetch(new URL(request.url, upstream), { headers });
    const fields = Object.fromEntries(answer.headers);
    for (const name of ["content-encoding", "content-length", "transfer-encoding", "connection", "keep-alive", "etag"]) delete fields[name];
    const body = Buffer.from(await answer.arrayBuffer());
    if (request.url.startsWith("/api/v1/widget?") && answer.status === 200) {
      // Each page is to see the fate of now.
      fields["cache-control"] = "no-store";
      return void FATES[status.fate](response, fields, body.toString());
    }
    response.writeHead(answer.status, fields).end(body);
  });
  const { origin, stop } = await listen(server);
  return Object.assign(status, { origin, stop, asked });
}

/** A site that has nothing to do with us; what it serves is in `pages`, by path: `{ html, policy }`. */
export async function startSite() {
  const pages = new Map();
  const server = http.createServer((request, response) => {
    if (request.url === "/site.css") {
      return void response.writeHead(200, { "content-type": "text/css" }).end("body { font: 16px sans-serif; margin: 1em; min-height: 40em } dual-watch[variant=card] { display: block; min-height: 11rem } dual-watch[variant=card]:not([target]) { min-height: 20rem; --dual-watch-height: 20rem }");
    }
    const { html, policy } = pages.get(request.url) ?? {};
    if (!html) return void response.writeHead(request.url === "/favicon.ico" ? 204 : 404).end();
    response.writeHead(200, { "content-type": "text/html; charset=utf-8", ...(policy && { "content-security-policy": policy }) }).end(html);
  });
  const { origin, stop } = await listen(server);
  let n = 0;
  return {
    origin,
    stop,
    /** Serves a page; returns its address. */
    serve({ body, head = "", root = 'lang="en"', policy }) {
      const path = `/${n++}`;
      const html = `<!doctype html><html ${root}><head><meta charset="utf-8"><title>A site</title><link rel="icon" href="data:,">${head}</head><body><main>${body}</main></body></html>`;
      pages.set(path, { html, policy });
      return origin + path;
    },
  };
}
