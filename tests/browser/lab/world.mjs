// The world of the lab, alone in its namespace: the page in front of the worker, the resolver, and what stands in for the
// endpoints where they do not do what they should. The endpoints themselves are `dualwatch echo`.
//
// Started with a channel; each message is what is to be true from then on, and is answered when it is.
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import http from "node:http";
import https from "node:https";
import net from "node:net";
import { serveNames } from "./dns.mjs";
import { ALIASES, ECHO, ENDPOINTS, PAGE, RESOLVER, SERVICE, SERVICES, STAND_IN, TRANSLATED, ZONE } from "./places.mjs";

const [worker] = process.argv.slice(2);
const PORTAL = "<!doctype html><title>Welcome</title><p>Log in to use this network.";
const DAYS_AHEAD = 2;

/** What is true of the world. */
let now = {};
const sockets = new Set();

function look(name, type) {
  const asked = name.endsWith(`.${ZONE}`) ? name.slice(0, -ZONE.length - 1).replace(/-\d+$/, "") : undefined;
  // A filter looks at what is asked for, and not at where that leads.
  if (now.filtered?.includes(asked)) return undefined;
  const label = ALIASES[asked] ?? asked;
  const places = { page: PAGE, [ENDPOINTS.dual_stack]: ECHO, [ENDPOINTS.ipv4]: { ipv4: ECHO.ipv4 }, [ENDPOINTS.ipv6]: { ipv6: ECHO.ipv6 } };
  Object.assign(places, { [SERVICES.dual_stack]: SERVICE, [SERVICES.ipv4]: { ipv4: SERVICE.ipv4 }, [SERVICES.ipv6]: { ipv6: SERVICE.ipv6 } });
  if (label === undefined || !(label in places) || now.no_such_name?.includes(label)) return undefined;
  const { ipv4, ipv6 } = places[label];
  if (type === "A") return ipv4 ? [ipv4] : [];
  if (type !== "AAAA" || now.no_aaaa === "all" || now.no_aaaa?.includes(label)) return [];
  if (ipv6) return [ipv6];
  return now.dns64 ? [TRANSLATED] : [];
}

/** Gives the endpoints the names of this situation, and what else the page is to have. */
function rewritten(text, nth) {
  const scheme = now.endpoints ?? "https";
  const own = (text) =>
    Object.values(ENDPOINTS).reduce((t, label) => t.replaceAll(`https://${label}.${ZONE}`, `${scheme}://${label}-${nth}.${ZONE}`), text);
  const services = (text) =>
    Object.values(SERVICES).reduce((t, label) => t.replaceAll(`https://${label}.${ZONE}`, `https://${label}-${nth}.${ZONE}`), text);
  return services(own(text));
}

/**
 * Puts into the rows of the service what the edge has found: in the lab it sees nothing but its own machine. Where a situation
 * says nothing of it, nobody asks the service.
 */
function watched(text) {
  if (!now.edge) return text.replace(/ data-url="[^"]*" data-near="[a-z]+"/g, "");
  const at = Date.now();
  const rows = text.replace(/data-near="[a-z]+"/g, 'data-near="elsewhere"').replace(/( data-round-at="\d+" data-late-at="\d+")?><h3>/g, ` data-round-at="${at}" data-late-at="${at + 3_600_000}"><h3>`);
  return rows.replace(/data-family="(\w+)" data-edge="\w+" data-says="\w+"/g, (_, route) => {
    const [edge, says = "other"] = now.edge[route].split(", ");
    return `data-family="${route}" data-edge="${edge}" data-says="${says}"`;
  });
}

async function serve(request, response, isSecure) {
  const isProbe = request.url.startsWith("/probe/");
  if (isProbe && now.holds_probes) return;
  if (isProbe && now.portal) {
    response.writeHead(200, { "content-type": "text/html", "content-length": PORTAL.length });
    return void response.end(PORTAL);
  }
  const nth = /^page-(\d+)\./.exec(request.headers.host ?? "")?.[1] ?? "0";
  const isPage = request.url.startsWith("/self-test");
  const headers = {
    ...request.headers,
    "x-forwarded-for": request.socket.remoteAddress.replace(/^::ffff:/, ""),
    "x-forwarded-proto": isSecure ? "https" : "http",
    ...(isPage || isProbe ? { "accept-encoding": "identity" } : {}),
  };
  const asked = http.request({ socketPath: worker, path: request.url, method: request.method, headers });
  request.pipe(asked);
  const [answer] = await once(asked, "response");
  const sent = { ...answer.headers };
  if (!isPage && !isProbe) {
    response.writeHead(answer.statusCode, sent);
    answer.pipe(response);
  } else {
    const chunks = await answer.toArray();
    let text = Buffer.concat(chunks).toString();
    if (isPage) {
      text = watched(rewritten(text, nth));
      const hosts = now.edge ? Object.values(SERVICES).map((label) => `https://${label}-${nth}.${ZONE}`) : [];
      const policy = rewritten(sent["content-security-policy"], nth).replace("connect-src", ["connect-src", ...hosts].join(" "));
      sent["content-security-policy"] = now.policy ? policy.replace(/connect-src [^;]*/, `connect-src ${now.policy}`) : policy;
    } else if (now.ahead && text.startsWith("{")) {
      const told = JSON.parse(text);
      told.received_at = new Date(Date.parse(told.received_at) + DAYS_AHEAD * 86_400_000).toISOString();
      text = JSON.stringify(told);
    }
    if (isProbe && now.late_ms) await new Promise((resume) => setTimeout(resume, now.late_ms));
    delete sent["transfer-encoding"];
    response.writeHead(answer.statusCode, { ...sent, "content-length": Buffer.byteLength(text) });
    response.end(text);
  }
}

function handle(isSecure) {
  return (request, response) => {
    serve(request, response, isSecure).catch(() => response.destroy());
  };
}

/** What stands in for an endpoint: it is silent, or a portal, or passes on what it hears after a while. */
function standIn(client) {
  client.on("error", () => {});
  if (now.stand_in === "silent") return;
  if (now.stand_in === "portal") {
    client.once("data", () => {
      client.end(`HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: ${PORTAL.length}\r\nconnection: close\r\n\r\n${PORTAL}`);
    });
    return;
  }
  relay(client, ECHO.ipv6, 443, now.delay_ms ?? 0);
}

/** Joins a client with a server; `delay_ms` holds back what the server says. */
function relay(client, host, port, delay_ms) {
  const server = net.connect({ host, port });
  client.on("error", () => {}).on("close", () => server.destroy());
  server.on("error", () => client.destroy());
  client.pipe(server);
  const after = (what) => (delay_ms ? setTimeout(what, delay_ms) : what());
  server.on("data", (bytes) => after(() => client.write(bytes)));
  server.on("end", () => after(() => client.end()));
}

/** The service: to be read by pages, or not. */
function service(request, response) {
  response.writeHead(200, { "content-type": "text/plain", ...(now.service === "no_cors" ? {} : { "access-control-allow-origin": "*" }) });
  response.end("A service.\n");
}

async function listen(server, host, port) {
  server.on("connection", (socket) => {
    if (now.gone) return void socket.destroy();
    sockets.add(socket);
    socket.on("error", () => {}).on("close", () => sockets.delete(socket));
  });
  server.on("tlsClientError", () => {});
  server.listen({ host, port, ipv6Only: true });
  await once(server, "listening");
}

const pem = await readFile(new URL("good.pem", import.meta.url));
const expired = await readFile(new URL("expired.pem", import.meta.url));
for (const host of Object.values(SERVICE)) {
  await listen(https.createServer({ cert: pem, key: pem }, service), host, 443);
  await listen(https.createServer({ cert: expired, key: expired }, service), host, 8443);
}
for (const host of Object.values(PAGE)) {
  await listen(https.createServer({ cert: pem, key: pem }, handle(true)), host, 443);
  await listen(http.createServer(handle(false)), host, 80);
}
for (const host of Object.values(STAND_IN)) await listen(net.createServer(standIn), host, 443);
// RFC 6146: whoever asks for the translated address gets to the IPv4 one.
await listen(net.createServer((client) => relay(client, ECHO.ipv4, 443, 0)), TRANSLATED, 443);
await serveNames(Object.values(RESOLVER), look);

process.on("message", (next) => {
  now = next;
  for (const socket of sockets) socket.destroy();
  process.send({ done: true });
});
process.on("disconnect", () => process.exit());
process.send({ done: true });
