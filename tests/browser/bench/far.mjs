// The same hosts, some way off: what is sent takes half a round trip each way. Opening a connection takes one round trip, so
// the first bytes of a client wait for that as well. That a real path begins slowly (RFC 6928) is left out.
import { once } from "node:events";
import net from "node:net";

/** To a server in the same country, as people have it. */
export const ROUND_TRIP_MS = 20;

/** Passes on what comes at these addresses and one port to a port of the same ones; resolves to its port, and to what ends it. */
export async function startFar(hosts, to) {
  const sockets = new Set();
  const relay = (host) => (client) => {
    const server = net.connect({ host, port: to });
    for (const [from, into, opening] of [[client, server, ROUND_TRIP_MS], [server, client, 0]]) {
      let due = performance.now() + opening;
      const after = (what) => setTimeout(what, Math.max(0, (due = Math.max(due, performance.now() + ROUND_TRIP_MS / 2)) - performance.now()));
      from.on("data", (bytes) => after(() => into.write(bytes)));
      from.on("end", () => after(() => into.end()));
      from.on("error", () => into.destroy()).on("close", () => sockets.delete(from));
      sockets.add(from);
    }
  };
  const servers = [];
  for (const host of hosts) {
    const server = net.createServer(relay(host));
    server.listen({ host, port: servers[0]?.address().port ?? 0 });
    await once(server, "listening");
    servers.push(server);
  }
  return {
    port: servers[0].address().port,
    stop() {
      for (const server of servers) server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
