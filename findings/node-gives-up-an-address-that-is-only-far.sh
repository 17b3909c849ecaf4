#!/bin/sh
# On a host without IPv6, Node.js 24 fails at a name whose only fault is an AAAA record, where IPv4 takes longer than 250 ms.
#
# Seen with Node.js 24.21.0 (so 20 and 22, by the same rule): each attempt but the last one is ended after
# `autoSelectFamilyAttemptTimeout` (250 ms), and not left to go on beside the next, as RFC 8305 section 5 has it. The addresses
# are tried in the order of getaddrinfo: IPv4 first, as IPv6 has no route, and the AAAA last. IPv4 is cut off, IPv6 has no route,
# and the error names both: "connect ETIMEDOUT" for the address that was well. The same name without the AAAA record works, and
# so does the one with it under `--network-family-autoselection-attempt-timeout=5000`. Node.js 26 has 500 ms.
#
# So a service far away fails for who has no IPv6 at all, because it has IPv6; no monitor with IPv6 sees that.
#
# Needs: unshare, ip (iproute2), nft (nftables), Node.js with npm, and a kernel that allows user namespaces.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
echo '{"allowScripts":{"node":true}}' >package.json
npm install --silent --no-audit --no-fund node@24.21.0
cat >try.mjs <<'JS'
import { execFileSync } from "node:child_process";
import http from "node:http";
const nft = (...words) => execFileSync("nft", words);
const A = { address: "127.0.0.1", family: 4 };
const AAAA = { address: "2001:db8:dead::1", family: 6 };
const [, , name] = process.argv;
const server = http.createServer((_, response) => response.end("served"));
await new Promise((done) => server.listen(0, "127.0.0.1", done));
const { port } = server.address();
// The first SYN is lost, so that it takes a second to connect.
nft("add table inet far; add chain inet far in { type filter hook input priority 0; }; add rule inet far in tcp dport", port, "drop");
setTimeout(() => nft("delete table inet far"), 600);
const lookup = (_host, _options, done) => done(null, name === "both" ? [A, AAAA] : [A]);
const began = Date.now();
const said = await new Promise((done) => {
  const request = http.get({ host: "far.test", port, lookup, agent: false }, (response) => done(`HTTP ${response.statusCode}`));
  request.on("error", (error) => done(error.errors?.map((each) => each.code).join(" ") ?? error.code));
});
console.log(`${said} after ${((Date.now() - began) / 1000).toFixed(1)} s`);
server.close();
process.exit(0);
JS
# shellcheck disable=SC2016 # the inner shell expands them
unshare --user --map-root-user --net sh -eu -c '
  ip link set lo up
  both=$(node_modules/.bin/node try.mjs both) && echo "A and AAAA: $both"
  alone=$(node_modules/.bin/node try.mjs alone) && echo "A alone: $alone"
  longer=$(node_modules/.bin/node --network-family-autoselection-attempt-timeout=5000 try.mjs both) && echo "A and AAAA, 5 s for each: $longer"
  case "$both|$alone|$longer" in
  "ETIMEDOUT ENETUNREACH after 0."*"|HTTP 200 after "*"|HTTP 200 after "*) echo "as described" ;;
  *) echo "CHANGED: this differs from what is described"; exit 1 ;;
  esac'
