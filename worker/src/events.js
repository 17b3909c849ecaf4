// The streams of an object: each is told of every change, and now and then that it lives.
//
// They belong to the object and not to an instance of ours: after a panic the next one goes on with them.
const objects = new WeakMap();

// One change a second is enough for who reads the documents then.
const GAP_MS = 1_000;
// A stream has an end, for who has left without a word; its reader comes back with the id of what it has.
const LASTS_MS = 600_000;
// Who has left so many events behind takes none.
const MOST_UNREAD = 64;

const encoder = new TextEncoder();

function of(state) {
  if (!objects.has(state)) objects.set(state, { streams: new Map(), alive: "", toldAt: 0 });
  return objects.get(state);
}

// Returns a stream that begins with `first`, and says `alive` as long as nothing changes; nothing where there are `most`.
export function open(state, first, alive, every, most) {
  const object = of(state);
  const { streams } = object;
  if (streams.size >= most) return undefined;
  object.alive = alive;
  object.timer ??= setInterval(() => beat(object), every);
  let stream;
  return new ReadableStream({
    start(controller) {
      stream = controller;
      streams.set(stream, Date.now());
      stream.enqueue(encoder.encode(first));
    },
    // Its reader has left: the host finds that out at the second write afterwards.
    cancel: () => drop(object, stream),
  });
}

// Tells all that something has changed: at once, or when the last change was told a second ago.
export function publish(state, change, alive) {
  const object = of(state);
  object.alive = alive;
  if (!object.streams.size) return;
  object.change = change;
  object.later ??= setTimeout(() => {
    [object.later, object.toldAt] = [undefined, Date.now()];
    tell(object, object.change);
  }, Math.max(0, object.toldAt + GAP_MS - Date.now()));
}

// Ends all.
export function close(state) {
  const object = of(state);
  for (const stream of object.streams.keys()) {
    stream.close();
    drop(object, stream);
  }
}

function beat(object) {
  const now = Date.now();
  for (const [stream, since] of object.streams) {
    if (now - since < LASTS_MS && -stream.desiredSize < MOST_UNREAD) continue;
    stream.close();
    drop(object, stream);
  }
  tell(object, object.alive);
}

function tell(object, text) {
  const bytes = encoder.encode(text);
  for (const stream of object.streams.keys()) {
    try {
      stream.enqueue(bytes);
    } catch {
      // Its request was ended by somebody else.
      drop(object, stream);
    }
  }
}

function drop(object, stream) {
  object.streams.delete(stream);
  if (object.streams.size) return;
  clearInterval(object.timer);
  object.timer = undefined;
}
