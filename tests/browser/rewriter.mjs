// A server in front of another that changes what it serves, or does not serve it at all.
import http from "node:http";
import { once } from "node:events";
import { pipeline } from "node:stream/promises";

/**
 * Serves what `upstream` serves. `change` may change the text of a page and its headers; `gone` says which requests get no
 * answer: their connection is closed.
 */
export async function startRewriter(upstream, { change = (text) => text, gone = () => false } = {}) {
  const server = http.createServer(async (request, response) => {
    if (gone(request.url)) return void request.socket.destroy();
    const { port } = server.address();
    // The page is drawn for the host that it is asked for at.
    const left = new AbortController();
    response.on("close", () => left.abort());
    const answer = await fetch(new URL(request.url, upstream), { headers: { accept: request.headers.accept ?? "*/*" }, signal: left.signal });
    const headers = Object.fromEntries(answer.headers);
    for (const name of ["content-encoding", "content-length", "transfer-encoding", "connection", "keep-alive"]) delete headers[name];
    if (headers["content-type"] === "text/event-stream") {
      response.writeHead(answer.status, headers);
      // It ends when its reader leaves, or the upstream does.
      return void pipeline(answer.body, response).catch(() => {});
    }
    let body = Buffer.from(await answer.arrayBuffer());
    if (headers["content-type"]?.startsWith("text/html")) {
      delete headers.etag;
      headers["cache-control"] = "no-store";
      body = change(body.toString(), headers, port);
    }
    response.writeHead(answer.status, headers).end(body);
  });
  server.listen({ host: "127.0.0.1", port: 0 });
  await once(server, "listening");
  return {
    origin: `http://127.0.0.1:${server.address().port}`,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
