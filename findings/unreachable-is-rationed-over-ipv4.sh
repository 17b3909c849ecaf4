#!/bin/sh
# The same route of a Linux router says "unreachable" over IPv6 each time, and over IPv4 only to who asks seldom.
#
# Seen with undici 7.16.0 on Node.js 20 and Linux 6.18: two clients that try once a second over a router whose route to
# the target is `unreachable`. Over IPv6 every try ends at once (ENETUNREACH). Over IPv4 the first end at once
# (EHOSTUNREACH: 3 of 12), all later ones in a time-out (UND_ERR_CONNECT_TIMEOUT: 9 of 12). What a route says costs the
# asking host tokens twice (`net.ipv4.route.error_cost` and `net.ipv4.icmp_ratelimit`, a second each, from one bucket), and
# each repeated SYN takes the half that has grown meanwhile, so that none finds enough. The bucket belongs to the asking
# host, not to the target: a monitor with several targets behind one such route sees most of them silent.
#
# So "unreachable" and "time-out" are no two causes of an outage over IPv4, and a difference of causes between the
# families is none of the target.
#
# Needs: unshare, ip (iproute2), Node.js, and a kernel that allows user namespaces.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null 2>&1
npm install --silent --no-audit --no-fund undici@7.16.0
cat >try.mjs <<'JS'
import { Client } from "undici";
const pause = (ms) => new Promise((done) => setTimeout(done, ms));
async function codes(origin) {
  const seen = [];
  for (let n = 0; n < 6; n++) {
    const client = new Client(origin, { connectTimeout: 4000 });
    const begin = Date.now();
    seen.push(await client.request({ path: "/", method: "GET" }).then(() => "answer", (error) => error.code));
    client.destroy();
    await pause(Math.max(0, 1000 - (Date.now() - begin)));
  }
  return seen;
}
const report = {};
for (const [family, origin] of [["IPv6", "http://[2001:db8:2::1]"], ["IPv4", "http://198.51.100.1"]]) {
  const clients = await Promise.all([codes(origin), codes(origin)]);
  clients.forEach((seen) => console.log(family, seen.join(" ")));
  report[family] = clients.flat();
}
const { IPv4, IPv6 } = report;
const holds = IPv6.every((code) => code === "ENETUNREACH") && IPv4.includes("EHOSTUNREACH") &&
  IPv4.filter((code) => code === "UND_ERR_CONNECT_TIMEOUT").length >= IPv4.length / 2;
console.log(holds ? "as described" : "CHANGED: this differs from what is described");
process.exit(holds ? 0 : 1);
JS
unshare --user --map-root-user --net --mount sh -eu -c '
  mount -t tmpfs none /run && mkdir /run/netns
  ip netns add router
  ip link set lo up
  ip link add here type veth peer name there && ip link set there netns router
  router="ip -n router"
  ip address add 192.0.2.1/24 dev here
  ip address add 2001:db8:1::1/64 dev here nodad
  $router address add 192.0.2.2/24 dev there
  $router address add 2001:db8:1::2/64 dev there nodad
  ip link set here up
  $router link set there up
  ip netns exec router sh -c "echo 1 >/proc/sys/net/ipv4/ip_forward; echo 1 >/proc/sys/net/ipv6/conf/all/forwarding"
  ip route add default via 192.0.2.2
  ip -6 route add default via 2001:db8:1::2
  $router route add unreachable 198.51.100.1/32
  $router -6 route add unreachable 2001:db8:2::1/128
  node try.mjs'
