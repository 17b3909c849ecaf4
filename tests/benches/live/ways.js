// The ways to tell open pages of a change, each by a Durable Object in as few lines as it takes, so that what is measured is
// the host: a stream of events, a stream by an `IdentityTransformStream`, and a WebSocket that hibernates.
const encoder = new TextEncoder();
const text = () => `id: ${Date.now()}\nevent: change\ndata: {"revision":${Date.now()}}\n\n`;

export default {
  fetch: (request, env) => env.HUB.get(env.HUB.idFromName("hub")).fetch(request),
};

export class Hub {
  tell = new Set();

  constructor(state) {
    this.state = state;
  }

  async fetch(request) {
    const headers = { "content-type": "text/event-stream", "cache-control": "no-store" };
    switch (new URL(request.url).pathname) {
      case "/stream": {
        let tell;
        const start = (stream) => {
          tell = (bytes) => stream.enqueue(bytes);
          this.tell.add(tell);
          tell(encoder.encode(text()));
        };
        return new Response(new ReadableStream({ start, cancel: () => this.tell.delete(tell) }), { headers });
      }
      case "/transform": {
        const { readable, writable } = new IdentityTransformStream();
        const writer = writable.getWriter();
        const tell = (bytes) => writer.write(bytes).catch(() => this.tell.delete(tell));
        this.tell.add(tell);
        tell(encoder.encode(text()));
        return new Response(readable, { headers });
      }
      case "/socket": {
        const [client, server] = Object.values(new WebSocketPair());
        this.state.acceptWebSocket(server);
        return new Response(null, { status: 101, webSocket: client });
      }
      case "/change": {
        const change = text();
        const bytes = encoder.encode(change);
        for (const tell of this.tell) tell(bytes);
        for (const socket of this.state.getWebSockets()) socket.send(change);
        return new Response("");
      }
    }
    return new Response("", { status: 404 });
  }

  webSocketMessage() {}

  webSocketClose(socket) {
    socket.close();
  }
}
