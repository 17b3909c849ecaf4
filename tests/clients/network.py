"""The network: three namespaces and a link between them.

    client  --tun-- this program --tun--  server        v4only: no IPv6 at all, its IPv4 through client

The link hands each packet on after a delay (5 ms each way, 200 ms where the mode is slow), drops large ones where the mode
says so, and writes a line for each TCP packet that opens, closes or carries something: the moment of each SYN is known
without help of the client.
"""

import ctypes
import fcntl
import heapq
import os
import select
import struct
import subprocess
import sys
import time

import faults
from faults import CLIENT, MODES, NO_IPV6, SERVER, prefix4, prefix6

TUNSETIFF, IFF_TUN, IFF_NO_PI = 0x400454CA, 1, 0x1000
CLONE_NEWNET = 0x40000000
DELAY_S, SLOW_S = 0.005, 0.2

RULES = f"""
table inet faults {{
  chain input {{
    type filter hook input priority 0; policy accept;
    ip6 daddr {prefix6("refused")} meta l4proto tcp reject with tcp reset
    ip6 daddr {{ {prefix6("silent")}, {prefix6("all-silent")} }} drop
    ip6 daddr {prefix6("prohibited")} reject with icmpv6 admin-prohibited
    ip6 daddr {prefix6("no-route")} reject with icmpv6 no-route
    ip daddr {prefix4("ipv4-refused")} meta l4proto tcp reject with tcp reset
    ip daddr {prefix4("ipv4-silent")} drop
  }}
}}
"""


def sh(command, check=True):
    done = subprocess.run(command, shell=True, text=True, capture_output=True, check=False)
    if check and done.returncode:
        sys.exit(f"{command}\n{done.stdout}{done.stderr}")


def up(root):
    down()
    for name in (CLIENT, SERVER, NO_IPV6):
        sh(f"ip netns add {name} && ip -n {name} link set lo up")
    sh(f"ip netns exec {SERVER} sysctl -qw net.core.somaxconn=4096")
    # Every answer of ICMP counts: no ration of them.
    sh(f"ip netns exec {SERVER} sysctl -qw net.ipv6.icmp.ratelimit=0")
    for name, v4, v6 in ((CLIENT, "198.51.100.2/30", "2001:db8:1::2/64"), (SERVER, "198.51.100.1/30", "2001:db8:1::1/64")):
        sh(f"ip -n {name} tuntap add dev tun0 mode tun")
        sh(f"ip -n {name} addr add {v4} dev tun0 && ip -n {name} addr add {v6} dev tun0 nodad")
        sh(f"ip -n {name} link set tun0 up")
    sh(f"ip -n {CLIENT} route add default via 198.51.100.1 && ip -n {CLIENT} -6 route add default via 2001:db8:1::1 dev tun0")
    sh(f"ip -n {SERVER} route add default via 198.51.100.2 && ip -n {SERVER} -6 route add default dev tun0")
    # Every address of every mode is the server's own.
    sh(f"ip -n {SERVER} route add local 198.18.0.0/15 dev lo && ip -n {SERVER} -6 route add local 2001:db8::/48 dev lo")
    # What the client's own kernel has no route to.
    sh(f"ip -n {CLIENT} -6 route add throw {prefix6('unreachable')}")
    (root / "tmp/faults.nft").write_text(RULES)
    sh(f"ip netns exec {SERVER} chroot {root} nft -f /tmp/faults.nft")
    sh(f"ip link add v0 netns {CLIENT} type veth peer name v0 netns {NO_IPV6}")
    sh(f"ip -n {CLIENT} addr add 198.51.100.5/30 dev v0 && ip -n {CLIENT} link set v0 up")
    sh(f"ip -n {NO_IPV6} addr add 198.51.100.6/30 dev v0 && ip -n {NO_IPV6} link set v0 up")
    sh(f"ip -n {NO_IPV6} route add default via 198.51.100.5")
    sh(f"ip netns exec {CLIENT} sysctl -qw net.ipv4.ip_forward=1")


def down():
    for name in (CLIENT, SERVER, NO_IPV6):
        sh(f"ip netns del {name}", check=False)


def enter(descriptor):
    if ctypes.CDLL(None, use_errno=True).setns(descriptor, CLONE_NEWNET):
        raise OSError(ctypes.get_errno(), "setns")


def tun(namespace):
    """Opens the tun of a namespace, and stays there."""
    descriptor = os.open(f"/var/run/netns/{namespace}", os.O_RDONLY)
    enter(descriptor)
    os.close(descriptor)
    fd = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(fd, TUNSETIFF, struct.pack("16sH22x", b"tun0", IFF_TUN | IFF_NO_PI))
    return fd


def parse(packet):
    """Returns (family, mode, run, flags, source port, port, length of what it carries) of a TCP packet of a run, else None."""
    if packet[0] >> 4 == 6:
        if packet[6] != 6:
            return None
        source, target, at, length = packet[8:24], packet[24:40], 40, struct.unpack("!H", packet[4:6])[0]
    else:
        if packet[9] != 6:
            return None
        source, target, at = packet[12:16], packet[16:20], (packet[0] & 15) * 4
        length = struct.unpack("!H", packet[2:4])[0] - at
    where = faults.of_address(target) or faults.of_address(source)
    if where is None or len(packet) < at + 20:
        return None
    from_port, to_port = struct.unpack("!HH", packet[at : at + 4])
    offset, bits = packet[at + 12] >> 4, packet[at + 13]
    flags = "".join(name for bit, name in ((2, "S"), (16, "A"), (4, "R"), (1, "F")) if bits & bit)
    return *where, flags, from_port, to_port, length - offset * 4


def link(log):
    here = os.open("/proc/self/ns/net", os.O_RDONLY)
    client = tun(CLIENT)
    server = tun(SERVER)
    enter(here)
    out = open(log, "a", buffering=1)  # noqa: SIM115
    waiting, number = [], 0
    poll = select.poll()
    poll.register(client, select.POLLIN)
    poll.register(server, select.POLLIN)
    print("ready", flush=True)
    while True:
        now = time.monotonic()
        while waiting and waiting[0][0] <= now:
            _, _, to, packet = heapq.heappop(waiting)
            try:
                os.write(to, packet)
            except OSError:
                pass  # a tun that is full loses it, as a network does
        for fd, _ in poll.poll(max(1, (waiting[0][0] - now) * 1000) if waiting else 1000):
            for _ in range(64):
                try:
                    packet = os.read(fd, 65536)
                except OSError:
                    break
                seen = parse(packet)
                mode = seen[1] if seen else None
                if mode == "path-mtu" and seen[0] == 6 and len(packet) > faults.MIN_MTU:
                    continue
                number += 1
                due = time.monotonic() + (SLOW_S if mode == "slow" else DELAY_S)
                heapq.heappush(waiting, (due, number, server if fd == client else client, packet))
                if seen and (seen[6] or seen[3] != "A"):
                    way = ">" if fd == client else "<"
                    out.write(f"{time.time():.4f} {way} {seen[0]} {MODES.index(mode)} {' '.join(map(str, seen[2:]))}\n")


if __name__ == "__main__":
    link(sys.argv[1])
