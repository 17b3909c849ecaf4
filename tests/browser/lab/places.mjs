// The addresses and names of the lab. All are of ranges that nobody has (RFC 5737, RFC 3849, RFC 6761).

/** The device with the browser, and its gateway: the world. */
export const DEVICE = { ipv4: "198.51.100.2", ipv6: "2001:db8:d::2" };
export const GATEWAY = { ipv4: "198.51.100.1", ipv6: "2001:db8:d::1" };
/** In the world: the page, the endpoints of the self-test, a service, the resolver. */
export const PAGE = { ipv4: "203.0.113.10", ipv6: "2001:db8:f::10" };
export const ECHO = { ipv4: "203.0.113.20", ipv6: "2001:db8:f::20" };
/** A service that the worker watches. */
export const SERVICE = { ipv4: "203.0.113.30", ipv6: "2001:db8:f::30" };
export const RESOLVER = { ipv4: "203.0.113.53", ipv6: "2001:db8:f::53" };
/** The endpoints over IPv4, as a device finds them whose network translates (RFC 6052 section 2.4). */
export const TRANSLATED = "64:ff9b::cb00:7114";
/** Something that listens at both families at this address and port, and does what a situation wants. */
export const STAND_IN = { ipv4: "203.0.113.66", ipv6: "2001:db8:f::66" };

export const ZONE = "lab.example";
/** What the endpoints are called in the configuration; each situation has names of its own. */
export const ENDPOINTS = { ipv4: "ipv4", ipv6: "ipv6", dual_stack: "dual", neutral_ipv4: "oak", neutral_ipv6: "elm" };

/** Where the neutral names lead: their records are of the kind CNAME. */
export const ALIASES = { [ENDPOINTS.neutral_ipv4]: ENDPOINTS.ipv4, [ENDPOINTS.neutral_ipv6]: ENDPOINTS.ipv6 };

/** What the service is called: for each family, and for both. */
export const SERVICES = { ipv4: "service4", ipv6: "service6", dual_stack: "service" };

/** Returns the configuration of the worker, which is outside of the lab and measures nothing but its own machine. */
export function configuration() {
  const routes = Object.entries(SERVICES).map(([key, label]) => `      ${key}: https://${label}.${ZONE}/\n`);
  const origins = Object.entries(ENDPOINTS).map(([key, label]) => `  ${key}: https://${label}.${ZONE}\n`);
  return [
    `targets:\n  - url: https://service.${ZONE}/\n    addresses: [127.0.0.1, "::1"]\n    interval: 1h\n    browser:\n${routes.join("")}`,
    `controls:\n  ipv4: ["127.0.0.1:9"]\n  ipv6: ["[::1]:9"]\n`,
    `network:\n  allow_private: true\n`,
    `self_test:\n${origins.join("")}`,
  ].join("");
}
