#!/bin/sh
# `requests.get(url, timeout=2)` takes 8 s to be served where four IPv6 addresses are silent: the limit is one address's.
#
# Seen with requests 2.34.2 and urllib3 2.8.0: with a name of four AAAA records that nothing answers and an A record that is
# well, `timeout=2` ends in an answer after 8 s, and with one AAAA record after 2 s. The number goes to each attempt of
# `create_connection` anew. httpx 0.28.1 does the same with its `Client`, and takes 0.25 s with its `AsyncClient`, which races.
#
# So a limit that somebody has set is no bound of how long a user waits; what is measured for one dead address of a name
# says nothing of a name with several.
#
# Needs: unshare, ip (iproute2), nft (nftables), Python 3.10 or newer, and a kernel that allows user namespaces.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check requests==2.34.2 urllib3==2.8.0 httpx==0.28.1 anyio==4.16.0
cat >try.py <<'PY'
import asyncio
import http.server
import socket
import threading
import time

import httpx
import requests

TIMEOUT_S = 2
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), http.server.SimpleHTTPRequestHandler)
server.RequestHandlerClass.log_message = lambda *_: None
threading.Thread(target=server.serve_forever, daemon=True).start()
port = server.server_port
resolve = socket.getaddrinfo


def getaddrinfo(host, asked, family=0, kind=0, *rest, **named):
    """So many silent addresses as the name says, then the one that is well."""
    name = host.decode() if isinstance(host, bytes) else host
    if not name.startswith("dead"):
        return resolve(host, asked, family, kind, *rest, **named)
    addresses = [f"2001:db8:dead::{n + 1}" for n in range(int(name[4]))] + ["127.0.0.1"]
    found = [info for at in addresses for info in resolve(at, asked, 0, socket.SOCK_STREAM)]
    return [info for info in found if family in (0, info[0])]


socket.getaddrinfo = getaddrinfo


async def race(url):
    async with httpx.AsyncClient(trust_env=False, timeout=TIMEOUT_S) as client:
        return (await client.get(url)).status_code


def plain(url):
    with requests.Session() as session:
        session.trust_env = False
        return session.get(url, timeout=TIMEOUT_S).status_code


ways = {
    "requests": plain,
    "httpx Client": lambda url: httpx.get(url, trust_env=False, timeout=TIMEOUT_S).status_code,
    "httpx AsyncClient": lambda url: asyncio.run(race(url)),
}
holds = True
for name, way in ways.items():
    took = []
    for n in (1, 4):
        began = time.monotonic()
        assert way(f"http://dead{n}.test:{port}/") == 200
        took.append(time.monotonic() - began)
    print(f"{name}: {took[0]:.1f} s with one dead address, {took[1]:.1f} s with four")
    # Each address costs the limit, however slow the machine is; or less than one limit in all.
    holds &= took[1] < TIMEOUT_S if "Async" in name else took[0] >= TIMEOUT_S and took[1] >= 4 * TIMEOUT_S
print("as described" if holds else "CHANGED: this differs from what is described")
raise SystemExit(0 if holds else 1)
PY
unshare --user --map-root-user --net sh -eu -c '
  ip link set lo up
  ip -6 route add local 2001:db8:dead::/64 dev lo
  nft "add table inet dead; add chain inet dead in { type filter hook input priority 0; };
    add rule inet dead in ip6 daddr 2001:db8:dead::/64 drop"
  venv/bin/python try.py'
