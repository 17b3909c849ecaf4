#!/bin/sh
# aiohttp without Happy Eyeballs fails where IPv6 is silent: the only IPv4 address is struck off untried.
#
# Seen with aiohttp 3.14.5: `TCPConnector(happy_eyeballs_delay=None)`, a name with one AAAA record that nothing answers and one
# A record that is well. After the limit for one connection it raises a time-out, and no SYN has gone to the IPv4 address: what
# follows a failed attempt strikes off one address of each family (`pop_addr_infos_interleave`), not the one that has failed.
# With a second A record it tries that one, and is served. With its default of 250 ms it is served at once in both cases. "Off"
# is documented as a way to try one address after the other.
#
# So a client is no measure of whether IPv4 works because it "tries all addresses".
#
# Needs: unshare, ip (iproute2), nft (nftables), Python 3.10 or newer, and a kernel that allows user namespaces.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check aiohttp==3.14.5
cat >try.py <<'PY'
import asyncio
import socket

import aiohttp
from aiohttp import web

SILENT, GOOD, SECOND = "2001:db8:dead::1", "127.0.0.1", "127.0.0.2"


class Resolver(aiohttp.abc.AbstractResolver):
    def __init__(self, hosts):
        self.hosts = hosts

    async def resolve(self, host, port=0, family=socket.AF_UNSPEC):
        families = {host: socket.AF_INET6 if ":" in host else socket.AF_INET for host in self.hosts}
        flags = socket.AI_NUMERICHOST
        return [dict(hostname=host, host=at, port=port, family=f, proto=0, flags=flags) for at, f in families.items()]

    async def close(self):
        pass


async def get(port, hosts, **options):
    connector = aiohttp.TCPConnector(resolver=Resolver(hosts), **options)
    limit = aiohttp.ClientTimeout(sock_connect=1)
    async with aiohttp.ClientSession(connector=connector, timeout=limit) as session:
        try:
            async with session.get(f"http://both.test:{port}/") as response:
                return await response.text()
        except aiohttp.ClientError as error:
            return type(error).__name__


async def main():
    seen = []

    async def answer(request):
        seen.append(request.transport.get_extra_info("sockname")[0])
        return web.Response(text=f"served by {seen[-1]}")

    runner = web.AppRunner(web.Application())
    runner.app.router.add_get("/", answer)
    await runner.setup()
    site = web.TCPSite(runner, "0.0.0.0", 0)
    await site.start()
    port = site._server.sockets[0].getsockname()[1]
    said = {
        "off, one A": await get(port, [SILENT, GOOD], happy_eyeballs_delay=None),
        "off, two A": await get(port, [SILENT, GOOD, SECOND], happy_eyeballs_delay=None),
        "default, one A": await get(port, [SILENT, GOOD]),
    }
    await runner.cleanup()
    for name, what in said.items():
        print(f"{name}: {what}")
    holds = list(said.values()) == ["ConnectionTimeoutError", f"served by {SECOND}", f"served by {GOOD}"]
    print("as described" if holds else "CHANGED: this differs from what is described")
    return 0 if holds else 1


raise SystemExit(asyncio.run(main()))
PY
unshare --user --map-root-user --net sh -eu -c '
  ip link set lo up
  ip -6 route add local 2001:db8:dead::/64 dev lo
  nft "add table inet dead; add chain inet dead in { type filter hook input priority 0; };
    add rule inet dead in ip6 daddr 2001:db8:dead::/64 drop"
  venv/bin/python try.py'
