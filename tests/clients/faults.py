"""The faults, as crates/clients/src/fault.rs has them, and where each is made: by the address, in the namespace, or by both.

Each run has a name of its own, r17.silent.test, and so its own two addresses: the mode and the number of the run are in the
address, so that no run warms what another keeps, and its packets are known without help of the client.
"""

import struct
from dataclasses import dataclass

CLIENT, SERVER, NO_IPV6 = "dwclients-client", "dwclients-server", "dwclients-v4only"
DNS = "198.51.100.1"

# In the order of their numbers in addresses: at most 16, since 17 bits are free in 198.18.0.0/15 and 13 are for the run.
MODES = [
    "healthy",
    "refused",
    "silent",
    "unreachable",
    "prohibited",
    "mute",
    "slow",
    "all-silent",
    "no-route",
    "path-mtu",
    "certificate",
    "ipv4-refused",
    "ipv4-silent",
    "ipv4-mute",
]
MAX_RUNS = 1 << 13
# What IPv6 carries at least (RFC 8200 section 5), and all that gets through where large packets are lost.
MIN_MTU = 1280


@dataclass(frozen=True)
class Fault:
    mode: str
    namespace: str = CLIENT
    tls: bool = False
    # Three requests one after another.
    again: bool = False


# `healthy_tls` and `silent_again` are no columns: the first says whether a client speaks TLS with these servers at all, and
# the second becomes the numbers of `silent`.
FAULTS = {
    "healthy": Fault("healthy"),
    "refused": Fault("refused"),
    "silent": Fault("silent"),
    "all_silent": Fault("all-silent"),
    "unreachable": Fault("unreachable"),
    "no_route": Fault("no-route"),
    "prohibited": Fault("prohibited"),
    "mute": Fault("mute"),
    "mute_tls": Fault("mute", tls=True),
    "certificate": Fault("certificate", tls=True),
    "path_mtu": Fault("path-mtu"),
    "slow": Fault("slow"),
    "no_ipv6": Fault("healthy", NO_IPV6),
    "no_ipv6_slow": Fault("slow", NO_IPV6),
    "ipv4_refused": Fault("ipv4-refused"),
    "ipv4_silent": Fault("ipv4-silent"),
    "ipv4_mute": Fault("ipv4-mute"),
    "healthy_tls": Fault("healthy", tls=True),
    "silent_again": Fault("silent", again=True),
}


def address4(mode, run):
    x = MODES.index(mode) << 13 | run
    return bytes([198, 18 | x >> 16, x >> 8 & 255, x & 255])


def address6(mode, run, which=0):
    """`which`: one of several addresses of a name."""
    return bytes.fromhex("20010db8000000") + bytes([MODES.index(mode)]) + bytes(4) + bytes([0, which]) + struct.pack("!H", run)


def of_address(address):
    """Returns (family, mode, run) of one of the addresses above, or None."""
    if len(address) == 16:
        if address[:7] != b"\x20\x01\x0d\xb8\0\0\0" or address[7] >= len(MODES):
            return None
        return 6, MODES[address[7]], struct.unpack("!H", address[14:])[0]
    if address[0] != 198 or address[1] not in (18, 19):
        return None
    x = (address[1] & 1) << 16 | address[2] << 8 | address[3]
    return (4, MODES[x >> 13], x & (MAX_RUNS - 1)) if x >> 13 < len(MODES) else None


def prefix4(mode):
    return f"{'.'.join(map(str, address4(mode, 0)))}/19"


def prefix6(mode):
    return f"2001:db8:0:{MODES.index(mode):x}::/64"
