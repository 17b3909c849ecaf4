// A network of its own for the benchmark: one machine with addresses of both families, names, and an IPv6 that can be well,
// refused, silent or not there. What is sent to the address of nobody leaves the machine and is never answered.
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { serveNames } from "../lab/dns.mjs";
import { ROUND_TRIP_MS } from "./far.mjs";

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
export const SITUATIONS = { healthy: IPV6, healthy_far: IPV6, ipv6_silent: NOBODY, ipv6_refused: CLOSED, ipv4_only: IPV6 };
/** Where everything is a round trip away, names as well. */
export const FAR = "healthy_far";

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
  let far_ms = 0;
  const stop = await serveNames(["127.0.0.1"], (name, type) => look(name, type, target), () => far_ms);
  for (const [file, text] of [["/etc/resolv.conf", "nameserver 127.0.0.1\n"], ["/etc/hosts", "127.0.0.1 localhost\n::1 localhost\n"], ["/etc/nsswitch.conf", "hosts: files dns\n"]]) {
    const ours = `${folder}/${file.split("/").at(-1)}`;
    writeFileSync(ours, text);
    const { status, stderr } = spawnSync("mount", ["--bind", ours, file], { encoding: "utf8" });
    if (status !== 0) throw new Error(`cannot put ${file} in its place: ${stderr}`);
  }
  return {
    enter(situation) {
      target = SITUATIONS[situation];
      far_ms = situation === FAR ? ROUND_TRIP_MS : 0;
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
    stop,
  };
}

/** Says of a name which families it has, by its last label before the zone. */
function familiesOf(name) {
  if (!name.endsWith(`.${ZONE}`)) return undefined;
  const label = name.slice(0, -ZONE.length - 1).split(".").at(-1);
  return { www: [4], ipv4: [4], ipv6: [6], mtu1280: [6], ds: [4, 6], v6ns: [4, 6] }[label];
}

/** Says which addresses of a type a name of the zone has; nothing else exists. */
function look(name, type, ipv6) {
  const families = familiesOf(name);
  if (!families) return undefined;
  if (type === "A" && families.includes(4)) return [IPV4];
  return type === "AAAA" && families.includes(6) ? [ipv6] : [];
}
