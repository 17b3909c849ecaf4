// What is done to the lab in each situation of the table. What the self-test must say of it is in `situations.tsv`.
import { DEVICE, ECHO, GATEWAY, SERVICE, STAND_IN } from "./places.mjs";

/** The link between the device and the world, as both have it. */
export const LINK = { device: "dev0", world: "world0" };

const NEVER = "2001:db8:d::99";

/**
 * A device: what `sh` does there when its link is up. Its resolvers are those of the families that it has.
 * A situation that changes the device has a browser of its own, as browsers remember what network they are in.
 */
const V4 = `ip addr add ${DEVICE.ipv4}/24 dev ${LINK.device}; ip route add default via ${GATEWAY.ipv4}`;
const V6_ADDRESS = `ip addr add ${DEVICE.ipv6}/64 dev ${LINK.device} nodad`;
const V6 = `${V6_ADDRESS}; ip route add default via ${GATEWAY.ipv6}`;
export const DEVICES = {
  dual: { families: ["ipv4", "ipv6"], script: `${V4}; ${V6}` },
  ipv4: { families: ["ipv4"], script: V4 },
  ipv6: { families: ["ipv6"], script: V6 },
  without_route: { families: ["ipv4"], script: `${V4}; ${V6_ADDRESS}` },
  without_gateway: { families: ["ipv4"], script: `${V4}; ${V6_ADDRESS}; ip route add default via ${NEVER}` },
  leaving: { families: ["ipv4", "ipv6"], script: `${V4}; ${V6}` },
  blocking_service: { families: ["ipv4", "ipv6"], script: `${V4}; ${V6}`, extension: "service-blocker" },
  blocking: { families: ["ipv4", "ipv6"], script: `${V4}; ${V6}`, extension: "blocker" },
  blocking_ipv6: { families: ["ipv4", "ipv6"], script: `${V4}; ${V6}`, extension: "ipv6-blocker" },
  blocking_path: { families: ["ipv4", "ipv6"], script: `${V4}; ${V6}`, extension: "path-blocker" },
};

// Neighbours are found in every situation: without that the kernel would say "unreachable" by itself after three seconds.
const from = `iifname ${LINK.world}`;
const silence = (rule) => `chain silence { type filter hook prerouting priority -200; ${rule}; }`;
const answer = (rule) => `chain refuse { type filter hook input priority 0; ${rule}; }`;
const lead = (rule) => `chain lead { type nat hook prerouting priority dstnat; ${rule}; }`;
const toStandIn = (port) =>
  `${from} ip daddr ${ECHO.ipv4} tcp dport ${port} dnat ip to ${STAND_IN.ipv4}:443; ` +
  `${from} ip6 daddr ${ECHO.ipv6} tcp dport ${port} dnat ip6 to [${STAND_IN.ipv6}]:443`;
const ipv6ToStandIn = lead(`${from} ip6 daddr ${ECHO.ipv6} tcp dport 443 dnat ip6 to [${STAND_IN.ipv6}]:443`);

/** What the edge has found of each route of the service. */
const edge = (ipv4, ipv6 = ipv4, dual_stack = ipv4) => ({ ipv4, ipv6, dual_stack });
const serviceRefuses = (...families) =>
  answer(families.map((family) => `${family} daddr ${SERVICE[family === "ip" ? "ipv4" : "ipv6"]} tcp flags syn / syn,ack reject with tcp reset`).join("; "));
const serviceSilent = silence(`${from} ip6 daddr ${SERVICE.ipv6} drop`);
const serviceExpired = lead(
  `${from} ip daddr ${SERVICE.ipv4} tcp dport 443 redirect to :8443; ${from} ip6 daddr ${SERVICE.ipv6} tcp dport 443 redirect to :8443`,
);

/**
 * `device`: one of the above, or `dual`. `filter`: what nft does in the world. `world`: see `world.mjs`. `page`: the scheme
 * of the page. `when_loaded`: what is done
 * to the device and the world when the page has all that it needs. `browser`: only that one.
 */
export const IN_THE_LAB = {
  service_healthy: { world: { edge: edge("ok") } },
  service_down_over_ipv6: { filter: serviceRefuses("ip6"), world: { edge: edge("ok", "failed") } },
  service_down: { filter: serviceRefuses("ip", "ip6"), world: { edge: edge("failed") } },
  service_silent_from_here: { filter: serviceSilent, world: { edge: edge("ok") } },
  service_without_cors: { world: { edge: edge("ok"), service: "no_cors" } },
  service_expired: { filter: serviceExpired, world: { edge: edge("failed, certificate") } },
  service_name_blocked: { device: "blocking_service", browser: "Chromium", world: { edge: edge("ok") } },
  healthy: {},
  ipv4_only: { device: "ipv4" },
  ipv6_only: { device: "ipv6" },
  nat64: { device: "ipv6", world: { dns64: true } },
  no_route: { device: "without_route" },
  no_gateway: { device: "without_gateway" },
  ipv6_silent: { filter: silence(`${from} ip6 nexthdr { tcp, udp } drop`) },
  ipv4_silent: { filter: silence(`${from} ip protocol tcp drop`) },
  ipv6_refused: { filter: answer(`${from} ip6 nexthdr tcp tcp flags syn / syn,ack reject with tcp reset`) },
  our_ipv6_refused: { filter: answer(`ip6 daddr ${ECHO.ipv6} tcp flags syn / syn,ack reject with tcp reset`) },
  our_ipv6_silent: { filter: silence(`ip6 daddr ${ECHO.ipv6} drop`) },
  ipv6_unreachable: { filter: answer(`${from} ip6 nexthdr tcp reject with icmpv6 no-route`) },
  // A page at a name with both addresses would hang as well: browsers do not turn back from an open connection.
  ipv6_tls_silent: { filter: ipv6ToStandIn, world: { stand_in: "silent", no_aaaa: ["page"] } },
  our_ipv6_tls_silent: { filter: ipv6ToStandIn, world: { stand_in: "silent" } },
  ipv6_slow: { filter: ipv6ToStandIn, world: { stand_in: "slow", delay_ms: 700 } },
  ipv6_loses_large: { filter: `chain mtu { type filter hook output priority 0; oifname ${LINK.world} ip6 nexthdr tcp meta length > 1280 drop; }`, world: { no_aaaa: ["page"] } },
  everything_silent: { filter: silence(`${from} ip daddr ${ECHO.ipv4} drop; ${from} ip6 daddr ${ECHO.ipv6} drop`) },
  no_such_name: { world: { no_such_name: ["ipv6"] } },
  no_aaaa: { world: { no_aaaa: ["ipv6"] } },
  aaaa_filtered: { world: { no_aaaa: "all" } },
  captive_portal: { page: "http", world: { endpoints: "http", portal: true, stand_in: "portal" }, filter: lead(toStandIn(80)) },
  // Over TLS a portal has no certificate to show, neither for the page's own address nor for another.
  captive_portal_tls: { world: { holds_probes: true, stand_in: "portal" }, filter: lead(toStandIn(443)), when_loaded: { world: { gone: true, stand_in: "portal" } } },
  wrong_clock: { world: { ahead: true }, filter: lead(`${from} tcp dport 443 ip daddr ${ECHO.ipv4} redirect to :8443; ${from} tcp dport 443 ip6 daddr ${ECHO.ipv6} redirect to :8443`) },
  csp: { world: { policy: "'self'" } },
  mixed_content: { world: { endpoints: "http" } },
  blocked_by_extension: { device: "blocking" },
  ipv6_blocked_by_extension: { device: "blocking_ipv6" },
  blocked_by_resolver: { world: { filtered: ["dual", "ipv4", "ipv6"] } },
  blocked_by_path: { device: "blocking_path" },
  worker_gone: { world: { holds_probes: true }, when_loaded: { world: { gone: true } } },
  worker_late: { world: { late_ms: 2_500 } },
  offline: { device: "leaving", world: { holds_probes: true }, filter: silence(`${from} ip daddr ${ECHO.ipv4} drop; ${from} ip6 daddr ${ECHO.ipv6} drop`), when_loaded: { device: `ip link set ${LINK.device} down` } },
};
