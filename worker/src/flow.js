// Sends large bodies piece by piece: a response made of bytes holds two copies of them until its reader has read them,
// and there are readers who never do.
//
// So many are under way at once. Where there is no room for another one, that reader is cut off who has taken nothing for
// longest; whoever takes something now and then is not.
const PIECE = 64 * 1024;
const STALLED_MS = 500;

// Those under way, whoever took something last at the end.
const underWay = new Set();

// Returns a stream of the body with its length known, or nothing where `most` are under way.
export function flow(body, most) {
  if (underWay.size >= most && !giveWay()) return undefined;
  const { readable, writable } = new FixedLengthStream(body.length);
  feed(body, writable.getWriter());
  return readable;
}

// Says that the body of a response is packed already, as its `Content-Encoding` says: the host would pack it once more.
export function asItIs(init) {
  init.encodeBody = "manual";
}

function giveWay() {
  const [longest] = underWay;
  if (Date.now() - longest.at < STALLED_MS) return false;
  underWay.delete(longest);
  longest.cut();
  return true;
}

async function feed(body, writer) {
  const one = { at: Date.now() };
  // Rejected by another request. Its own is told there, for only that may touch the stream.
  const isCut = new Promise((_, reject) => {
    one.cut = () => reject(new Error("the reader took nothing, and others wait"));
  });
  underWay.add(one);
  try {
    for (let i = 0; i < body.length; i += PIECE) {
      await Promise.race([writer.write(body.subarray(i, i + PIECE)), isCut]);
      if (!underWay.delete(one)) break;
      one.at = Date.now();
      underWay.add(one);
    }
    await Promise.race([writer.close(), isCut]);
  } catch (error) {
    // Also where the reader has left.
    writer.abort(error).catch(() => {});
  } finally {
    underWay.delete(one);
  }
}
