// Servers that answer the questions of the self-test in every way that the table of situations knows.
import { spawn } from "node:child_process";
import { once } from "node:events";
import http from "node:http";
import net from "node:net";

const HOSTS = { ipv4: "127.0.0.1", ipv6: "::1" };

/** Listens with a queue that is full and that nobody empties: the kernel drops every further SYN. */
const NEVER_ACCEPTS = `
  const server = require("node:net").createServer();
  server.listen({ host: process.argv[1], port: +process.argv[2], backlog: 1 }, () => {
    require("node:fs").writeSync(1, "ready\\n");
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  });`;

/** Returns what `/probe/ip` says, as the worker does. */
function told(request, family, nonce) {
  const { remoteAddress, remotePort } = request.socket;
  // Who has gone meanwhile has no address any more, and reads no answer.
  const ip = (remoteAddress ?? "").replace(/^::ffff:/, "");
  return { version: 1, ip, family, port: remotePort, nonce, received_at: new Date().toISOString(), protocol: "HTTP/1.1" };
}

function answer(how, family) {
  return (request, response) => {
    const url = new URL(request.url, "http://endpoint.test");
    const nonce = url.searchParams.get("nonce");
    const isLarge = url.pathname !== "/probe/ip";
    if (how === "large_lost" && isLarge) return;
    const headers = {
      "access-control-allow-origin": "*",
      "access-control-expose-headers": "date, dualwatch-client, dualwatch-nonce",
      "timing-allow-origin": "*",
      "cache-control": "no-store",
    };
    const send = (status, type, body) => {
      response.writeHead(status, { ...headers, "content-type": type, "content-length": Buffer.byteLength(body) });
      response.end(body);
    };
    const json = (document) => send(200, "application/json", JSON.stringify(document));
    switch (how) {
      case "html":
        return send(200, "text/html", "<title>Log in</title>");
      case "error":
        return send(503, "text/plain", "no");
      case "foreign":
        return json(told(request, family, "0123456789abcdef"));
      case "cut":
        response.writeHead(200, { ...headers, "content-type": "application/json", "content-length": 10_000 });
        response.write("{");
        return void setTimeout(() => response.destroy(), 50);
      default:
    }
    const answered = () => {
      if (url.pathname === "/probe/large") {
        const peer = `${family === "ipv6" ? "[::1]" : "127.0.0.1"}:${request.socket.remotePort}`;
        headers["dualwatch-client"] = peer;
        headers["dualwatch-nonce"] = nonce;
        send(200, "application/octet-stream", Buffer.alloc(+url.searchParams.get("bytes"), 1));
      } else {
        json(told(request, family, nonce));
      }
    };
    let received_bytes = 0;
    request.on("data", (chunk) => (received_bytes += chunk.length));
    request.on("end", () => {
      if (url.pathname === "/probe/sink") json({ ...told(request, family, nonce), received_bytes });
      else setTimeout(answered, how === "late" ? 1_800 : 0);
    });
  };
}

async function listen(server, host, port) {
  server.listen({ host, port, ipv6Only: true });
  await once(server, "listening");
  return server.address().port;
}

/** Starts what behaves like `how` over a family at a port; resolves to a function that ends it. */
async function start(how, family, port) {
  const host = HOSTS[family];
  if (how === "refused") return async () => {};
  if (how === "silent") {
    const child = spawn(process.execPath, ["-e", NEVER_ACCEPTS, host, String(port)], { stdio: ["ignore", "pipe", "inherit"] });
    await once(child.stdout, "data");
    // Linux keeps one more than it was told, and needs one whose handshake it cannot end.
    const sockets = Array.from({ length: 4 }, () => net.connect({ host, port }).on("error", () => {}));
    await once(sockets[0], "connect");
    return async () => {
      for (const socket of sockets) socket.destroy();
      child.kill("SIGKILL");
      await once(child, "exit");
    };
  }
  const sockets = new Set();
  const server = how === "hangs" ? net.createServer() : http.createServer(answer(how, family));
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("error", () => {}).on("close", () => sockets.delete(socket));
  });
  await listen(server, host, port);
  return async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, "close");
  };
}

/** Returns a port that is free over both families. */
async function freePort() {
  for (;;) {
    const probe = net.createServer();
    const port = await listen(probe, HOSTS.ipv4, 0);
    const other = net.createServer();
    const isFree = await listen(other, HOSTS.ipv6, port).then(() => true, () => false);
    const servers = isFree ? [probe, other] : [probe];
    await Promise.all(servers.map((server) => (server.close(), once(server, "close"))));
    if (isFree) return port;
  }
}

/** Starts the endpoints of a situation; `origins` are theirs. */
export async function startEndpoints({ ipv4, ipv6 }) {
  const port = await freePort();
  const ends = [await start(ipv4, "ipv4", port), await start(ipv6, "ipv6", port)];
  const origins = {
    ipv4: `http://127.0.0.1:${port}`,
    ipv6: `http://[::1]:${port}`,
    dualStack: `http://localhost:${port}`,
  };
  return { origins, stop: () => Promise.all(ends.splice(0).map((end) => end())) };
}

/**
 * Serves what `upstream` serves, with the endpoints of a situation in the self-test and in its policy. `lose` makes its own
 * probes go unanswered.
 */
export async function startFront(upstream) {
  let origins;
  let isAllowed;
  const server = http.createServer(async (request, response) => {
    const answer = await fetch(new URL(request.url, upstream), { headers: { accept: request.headers.accept ?? "*/*" } });
    const headers = Object.fromEntries(answer.headers);
    for (const name of ["content-encoding", "content-length", "transfer-encoding", "connection", "keep-alive"]) delete headers[name];
    let body = Buffer.from(await answer.arrayBuffer());
    // What is no page is passed on as it is.
    if (request.url.startsWith("/self-test") && headers["content-security-policy"]) {
      const places = { "dual-stack": origins.dualStack, ipv4: origins.ipv4, ipv6: origins.ipv6 };
      body = body.toString().replace(/<script id="early"[^>]*>/, (tag) =>
        Object.entries(places).reduce((tag, [name, origin]) => tag.replace(new RegExp(`( data-${name})="[^"]*"`), `$1="${origin}"`), tag),
      );
      headers["content-security-policy"] = headers["content-security-policy"].replace(/connect-src [^;]*/, `connect-src 'self'${isAllowed ? " http:" : ""}`);
      headers["cache-control"] = "no-store";
      delete headers.etag;
    }
    response.writeHead(answer.status, headers);
    response.end(body);
  });
  const port = await listen(server, HOSTS.ipv4, 0);
  return {
    origin: `http://127.0.0.1:${port}`,
    /** `mayAsk`: the policy of the page lets it ask them. */
    use: (those, mayAsk = true) => ([origins, isAllowed] = [those, mayAsk]),
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
