// The endpoints that both tests ask, in one server per family: the self-test's `/probe/*`, and what the other one loads as
// scripts and images.
import { once } from "node:events";
import http from "node:http";
import { IPV4, IPV6 } from "./world.mjs";

const OPEN = {
  "access-control-allow-origin": "*",
  "access-control-expose-headers": "date, dualwatch-client, dualwatch-nonce",
  "timing-allow-origin": "*",
  "cache-control": "no-store",
};
const DOT = Buffer.from("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7", "base64");

function answer(family, page) {
  return (request, response) => {
    const url = new URL(request.url, "http://endpoint.test");
    const nonce = url.searchParams.get("nonce");
    const { remoteAddress, remotePort } = request.socket;
    const send = (type, body, headers = {}) => {
      response.writeHead(200, { ...OPEN, ...headers, "content-type": type, "content-length": Buffer.byteLength(body) });
      response.end(body);
    };
    const told = { version: 1, ip: remoteAddress, family, port: remotePort, nonce, received_at: new Date().toISOString() };
    let received_bytes = 0;
    request.on("data", (chunk) => (received_bytes += chunk.length));
    request.on("end", () => {
      switch (url.pathname) {
        case "/probe/ip":
          return send("application/json", JSON.stringify(told));
        case "/probe/sink":
          return send("application/json", JSON.stringify({ ...told, received_bytes }));
        case "/probe/large": {
          const host = family === "ipv6" ? `[${remoteAddress}]` : remoteAddress;
          const headers = { "dualwatch-client": `${host}:${remotePort}`, "dualwatch-nonce": nonce };
          return send("application/octet-stream", Buffer.alloc(+url.searchParams.get("bytes"), 1), headers);
        }
        case "/ip/": {
          const padding = "x".repeat(+(url.searchParams.get("size") ?? 0));
          return send("text/javascript", `${url.searchParams.get("callback")}(${JSON.stringify({ ...told, type: family, padding })})`);
        }
        case "/":
          return send("text/html", page.html);
        case "/index.css":
          return send("text/css", "body { margin: 0 }");
        case "/site/config.js":
          return send("text/javascript", "globalThis.config = {};");
        case "/test.js":
          return send("text/javascript", page.script);
        default:
          return send("image/gif", DOT);
      }
    });
  };
}

/** Serves at one port of both families, whose addresses must be there; resolves to the port, and to what ends it. */
export async function startEndpoints(page) {
  const four = http.createServer(answer("ipv4", page));
  four.listen({ host: IPV4, port: 0 });
  await once(four, "listening");
  const { port } = four.address();
  const six = http.createServer(answer("ipv6", page));
  six.listen({ host: IPV6, port });
  await once(six, "listening");
  return {
    port,
    stop() {
      for (const server of [four, six]) {
        server.closeAllConnections();
        server.close();
      }
    },
  };
}
