#!/bin/sh
# In one Deno program, `fetch` and `node:http` take different families for the same name.
#
# Seen with Deno 2.9.6 and a name with an AAAA and an A record that are both well, ::1 and 127.0.0.1: `fetch` and `Deno.connect`
# are served over IPv6, `http.get` of `node:http` over IPv4. Node.js 24.21.0 takes IPv6 for the same file. So what a program
# notices of an outage of IPv6 depends on which of its libraries asks: those written for Node.js never meet it.
#
# Needs: unshare, ip (iproute2), Node.js with npm, and a kernel that allows user namespaces.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
echo '{"allowScripts":{"deno":true,"node":true}}' >package.json
npm install --silent --no-audit --no-fund deno@2.9.6 node@24.21.0
cat >serve.mjs <<'JS'
import http from "node:http";
const serve = (request, response) => response.setHeader("connection", "close").end(request.socket.localFamily);
const server = http.createServer(serve);
server.listen(Number(process.argv[2]), process.argv[3], () => console.log("ready"));
JS
cat >try.mjs <<'JS'
import http from "node:http";
const url = "http://both.test:8080/";
const get = () =>
  new Promise((done, fail) => {
    http.get(url, (response) => {
      let body = "";
      response.on("data", (part) => (body += part));
      response.on("end", () => done(body));
    }).on("error", fail);
  });
console.log(`fetch ${await (await fetch(url)).text()}, node:http ${await get()}`);
process.exit(0);
JS
printf '::1 both.test\n127.0.0.1 both.test\n' >hosts
# shellcheck disable=SC2016 # the inner shell expands them
unshare --user --map-root-user --net --mount sh -eu -c '
  mount --bind hosts /etc/hosts
  ip link set lo up
  export HOME="$PWD" DENO_DIR="$PWD/deno" DENO_NO_UPDATE_CHECK=1
  bin=node_modules/.bin
  mkfifo up
  for address in ::1 127.0.0.1; do
    $bin/node serve.mjs 8080 $address >up & servers="${servers:-} $!"
    read -r _ <up
  done
  trap "kill $servers" EXIT
  deno=$($bin/deno run --quiet --allow-all --no-config try.mjs) && echo "Deno: $deno"
  node=$($bin/node try.mjs) && echo "Node.js: $node"
  if [ "$deno|$node" = "fetch IPv6, node:http IPv4|fetch IPv6, node:http IPv6" ]; then
    echo "as described"
  else
    echo "CHANGED: this differs from what is described"; exit 1
  fi'
