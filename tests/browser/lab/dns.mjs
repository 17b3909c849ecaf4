// A name server that says what a situation wants to be true of names.
import dgram from "node:dgram";
import { once } from "node:events";
import { isIPv4 } from "node:net";

// RFC 1035 section 3.2.2, RFC 3596 section 2.1.
const A = 1;
const AAAA = 28;
const NXDOMAIN = 3;

/** Reads the first question of a query: its name in small letters, its type, and where it ends. */
function question(query) {
  const labels = [];
  let at = 12;
  for (let length = query[at]; length > 0; length = query[at]) {
    labels.push(query.toString("latin1", at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join(".").toLowerCase(), type: query.readUInt16BE(at + 1), end: at + 5 };
}

/** Returns an address as its bytes. */
export function bytesOf(address) {
  if (isIPv4(address)) return Buffer.from(address.split(".").map(Number));
  const [head, tail] = address.split("::").map((part) => part.split(":").filter(Boolean));
  const groups = tail === undefined ? head : [...head, ...Array(8 - head.length - tail.length).fill("0"), ...tail];
  return Buffer.from(groups.map((group) => group.padStart(4, "0")).join(""), "hex");
}

/** Makes the answer to a query. `look` gives the addresses of a name and a type; undefined: there is no such name. */
export function answerTo(query, look) {
  const { name, type, end } = question(query);
  const found = look(name, type === A ? "A" : type === AAAA ? "AAAA" : "other");
  const records = (found ?? []).map((address) => {
    const data = bytesOf(address);
    const head = Buffer.alloc(12);
    head.writeUInt16BE(0xc00c, 0); // the name of the question
    head.writeUInt16BE(type, 2);
    head.writeUInt16BE(1, 4); // IN
    head.writeUInt32BE(60, 6);
    head.writeUInt16BE(data.length, 10);
    return Buffer.concat([head, data]);
  });
  const header = Buffer.alloc(12);
  query.copy(header, 0, 0, 2);
  header.writeUInt16BE(0x8180 | (found === undefined ? NXDOMAIN : 0), 2); // a response, recursion available
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(records.length, 6);
  return Buffer.concat([header, query.subarray(12, end), ...records]);
}

/** Serves at port 53 of these addresses, each answer after `delay_ms()`; resolves to what ends it. */
export async function serveNames(addresses, look, delay_ms = () => 0) {
  const sockets = [];
  for (const address of addresses) {
    const socket = dgram.createSocket(isIPv4(address) ? "udp4" : "udp6");
    socket.on("message", (query, from) => {
      // What is no query is nobody's here.
      if (query.length <= 16) return;
      const answer = () => socket.send(answerTo(query, look), from.port, from.address);
      if (delay_ms() > 0) setTimeout(answer, delay_ms());
      else answer();
    });
    socket.bind(53, address);
    await once(socket, "listening");
    sockets.push(socket);
  }
  return () => sockets.forEach((socket) => socket.close());
}
