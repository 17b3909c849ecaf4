// A network of its own for the benchmark: one machine with addresses of both families, names, and an IPv6 that can be well,
// refused, silent or not there. What is sent to the address of nobody leaves the machine and is never answered.
import { spawnSync } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { writeFileSync } from "node:fs";

// Chromium takes the addresses of documentation over IPv6 for those of a local network, and asks for permission; these are
// of the Internet, and lead nowhere from here.
export const IPV4 = "192.0.2.2";
export const IPV6 = "2a00:1::2";
const NOBODY = "2a00:1::9";
/** Where nobody listens. */
const CLOSED = "2a00:1::3";
const ROUTER = "2a00:1::1";
export const ZONE = "lab.test";

/** Where the names of IPv6 lead in each situation; `ipv4_only`: the device has no address of its own. */
export const SITUATIONS = { healthy: IPV6, ipv6_silent: NOBODY, ipv6_refused: CLOSED, ipv4_only: IPV6 };

const INSIDE = "DUALWATCH_BENCH_INSIDE";

/** Runs `file` again in namespaces of its own; returns whether we are inside already. */
export function isInside(file) {
  if (process.env[INSIDE]) return true;
  const alone = ["--net", "--mount", "--propagation", "private", ...(process.getuid() === 0 ? [] : ["--user", "--map-root-user"])];
  const run = spawnSync("unshare", [...alone, "--", process.execPath, file], { stdio: "inherit", env: { ...process.env, [INSIDE]: "1" } });
  process.exitCode = run.status ?? 1;
  return false;
}

function ip(...args) {
  const { status, stderr } = spawnSync("ip", args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`ip ${args.join(" ")}: ${stderr}`);
}

/** Makes the network, and a name server; resolves to what changes the situation, and what ends it. */
export async function makeWorld(folder) {
  ip("link", "set", "lo", "up");
  ip("link", "add", "here", "type", "veth", "peer", "name", "there");
  for (const link of ["here", "there"]) ip("link", "set", link, "up");
  ip("address", "add", `${IPV4}/24`, "dev", "here");
  ip("route", "add", "default", "via", "192.0.2.1");
  // The machine at the other end has another hardware address: it drops what comes.
  ip("neigh", "add", "192.0.2.1", "lladdr", "02:00:00:00:00:99", "dev", "here", "nud", "permanent");
  let target = SITUATIONS.healthy;
  let hasIpv6 = false;
  const names = await startNames(() => target);
  for (const [file, text] of [["/etc/resolv.conf", "nameserver 127.0.0.1\n"], ["/etc/hosts", "127.0.0.1 localhost\n::1 localhost\n"], ["/etc/nsswitch.conf", "hosts: files dns\n"]]) {
    const ours = `${folder}/${file.split("/").at(-1)}`;
    writeFileSync(ours, text);
    const { status, stderr } = spawnSync("mount", ["--bind", ours, file], { encoding: "utf8" });
    if (status !== 0) throw new Error(`cannot put ${file} in its place: ${stderr}`);
  }
  return {
    enter(situation) {
      target = SITUATIONS[situation];
      const needsIpv6 = situation !== "ipv4_only";
      if (needsIpv6 === hasIpv6) return;
      hasIpv6 = needsIpv6;
      if (!needsIpv6) return ip("-6", "address", "flush", "dev", "here", "scope", "global");
      for (const address of [IPV6, CLOSED]) ip("-6", "address", "add", `${address}/64`, "dev", "here", "nodad");
      for (const address of [NOBODY, ROUTER]) {
        ip("-6", "neigh", "replace", address, "lladdr", "02:00:00:00:00:99", "dev", "here", "nud", "permanent");
      }
      ip("-6", "route", "replace", "default", "via", ROUTER, "dev", "here");
    },
    stop: () => names.close(),
  };
}

/** Says of a name which families it has, by its last label before the zone. */
function familiesOf(name) {
  if (!name.endsWith(`.${ZONE}`)) return undefined;
  const label = name.slice(0, -ZONE.length - 1).split(".").at(-1);
  return { www: [4], ipv4: [4], ipv6: [6], mtu1280: [6], ds: [4, 6], v6ns: [4, 6] }[label];
}

/** Answers A and AAAA of the zone; nothing else exists. */
async function startNames(ipv6) {
  const socket = createSocket("udp4");
  socket.on("message", (query, { address, port }) => {
    const labels = [];
    let at = 12;
    while (query[at] > 0) {
      labels.push(query.toString("latin1", at + 1, at + 1 + query[at]));
      at += query[at] + 1;
    }
    const kind = query.readUInt16BE(at + 1);
    const families = familiesOf(labels.join(".").toLowerCase());
    const data = [
      kind === 1 && families?.includes(4) && Buffer.from(IPV4.split(".").map(Number)),
      kind === 28 && families?.includes(6) && Buffer.from(`2a000001${ipv6().split("::")[1].padStart(24, "0")}`, "hex"),
    ].find(Boolean);
    const head = Buffer.alloc(12);
    query.copy(head, 0, 0, 2);
    head.writeUInt16BE(families ? 0x8580 : 0x8583, 2);
    head.writeUInt16BE(1, 4);
    head.writeUInt16BE(data ? 1 : 0, 6);
    const record = data ? [Buffer.from([0xc0, 12, 0, kind, 0, 1, 0, 0, 0, 60, 0, data.length]), data] : [];
    socket.send(Buffer.concat([head, query.subarray(12, at + 5), ...record]), port, address);
  });
  socket.bind(53, "127.0.0.1");
  await once(socket, "listening");
  return socket;
}
