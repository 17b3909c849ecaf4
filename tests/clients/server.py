"""The healthy side, and the DNS, in the namespace of the servers.

A connection to an address of a mode that is mute is accepted and never answered. Every other gets the smallest answer that
its protocol allows, and what it carries names the family: "FAMILY=4". Each connection and each question is a line in the log.
"""

import asyncio
import contextlib
import socket
import ssl
import struct
import sys
import time
from pathlib import Path

import faults
import talk

# Behind the door of TLS, by family and by whether the certificate is right.
INNER = {(family, right): 9440 + family + 10 * right for family in (4, 6) for right in (False, True)}
PORTS = {
    80: talk.http,
    8080: talk.http,
    6379: talk.redis,
    25: talk.smtp,
    5432: talk.postgresql,
    3306: talk.mysql,
    389: talk.ldap,
    1883: talk.mqtt,
    873: talk.rsync,
    22: talk.ssh,
    7: talk.banner,
    143: talk.imap,
    110: talk.pop3,
    21: talk.ftp,
}
LOG = None


def log(*words):
    LOG.write(f"{time.time():.4f} {' '.join(map(str, words))}\n")


def answer(name, kind):
    """Returns the records of a name, or None where there is no such name."""
    labels = name.lower().split(".")
    if len(labels) < 3 or labels[-1] != "test" or labels[-2] not in faults.MODES:
        return None
    digits = "".join(c for c in labels[-3] if c.isdigit())
    mode, run = labels[-2], int(digits or 0)
    if kind == 1:
        return [faults.address4(mode, run)]
    if kind == 28:
        return [faults.address6(mode, run, which) for which in range(4 if mode == "all-silent" else 1)]
    return []


def dns(question):
    at, labels = 12, []
    while question[at]:
        labels.append(question[at + 1 : at + 1 + question[at]].decode("latin1"))
        at += question[at] + 1
    kind = struct.unpack("!H", question[at + 1 : at + 3])[0]
    name = ".".join(labels)
    found = answer(name, kind)
    log("dns", name, kind, "nx" if found is None else len(found))
    code = 3 if found is None else 0
    flags = bytes([0x84 | question[2] & 1, 0x80 | code])
    head = question[:2] + flags + struct.pack("!HHHH", 1, len(found or ()), 0, 0)
    records = (b"\xc0\x0c" + struct.pack("!HHIH", kind, 1, 60, len(data)) + data for data in found or ())
    return head + question[12 : at + 5] + b"".join(records)


class Dns(asyncio.DatagramProtocol):
    def connection_made(self, transport):
        self.transport = transport

    def datagram_received(self, data, address):
        try:
            self.transport.sendto(dns(data), address)
        except (IndexError, struct.error, ValueError) as error:
            log("dns-error", repr(error))


async def dns_over_tcp(reader, writer):
    length = struct.unpack("!H", await reader.readexactly(2))[0]
    reply = dns(await reader.readexactly(length))
    writer.write(struct.pack("!H", len(reply)) + reply)
    writer.close()


def where(writer):
    """Returns (family, mode, run) of the address that was connected to."""
    text = writer.get_extra_info("sockname")[0].replace("::ffff:", "")
    packed = socket.inet_pton(socket.AF_INET6, text) if ":" in text else socket.inet_aton(text)
    return faults.of_address(packed)


def is_mute(family, mode):
    return (family, mode) in ((6, "mute"), (4, "ipv4-mute"))


async def say_nothing(reader):
    while await reader.read(4096):
        pass
    await asyncio.sleep(600)


def handler(protocol, port):
    async def handle(reader, writer):
        family, mode, run = where(writer)
        log("conn", family, mode, run, port)
        with contextlib.suppress(Exception):  # what a client does wrong is its own matter
            if is_mute(family, mode):
                await say_nothing(reader)
            limit_s = 600 if mode == "path-mtu" else 30
            await asyncio.wait_for(protocol(reader, writer, talk.Said(family, mode)), limit_s)
        with contextlib.suppress(Exception):
            writer.close()

    return handle


async def pump(reader, writer):
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    finally:
        writer.close()


async def door_of_tls(reader, writer):
    """Looks at the address first, since a mute one must be so below TLS; then hands on to the server with the certificate."""
    family, mode, run = where(writer)
    log("conn", family, mode, run, 443)
    with contextlib.suppress(Exception):
        if is_mute(family, mode):
            await say_nothing(reader)
        is_right = not (mode == "certificate" and family == 6)
        inner_reader, inner_writer = await asyncio.open_connection("127.0.0.1", INNER[family, is_right])
        await asyncio.gather(pump(reader, inner_writer), pump(inner_reader, writer))
    with contextlib.suppress(Exception):
        writer.close()


def behind(family):
    async def handle(reader, writer):
        with contextlib.suppress(Exception):
            await asyncio.wait_for(talk.http(reader, writer, talk.Said(family, "healthy")), 30)
        with contextlib.suppress(Exception):
            writer.close()

    return handle


async def main(certificates):
    loop = asyncio.get_running_loop()
    await loop.create_datagram_endpoint(Dns, local_addr=(faults.DNS, 53))
    await asyncio.start_server(dns_over_tcp, faults.DNS, 53)
    for port, protocol in PORTS.items():
        for address in ("0.0.0.0", "::"):
            await asyncio.start_server(handler(protocol, port), address, port, backlog=1024)
    for (family, is_right), port in INNER.items():
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        name = "right" if is_right else "wrong"
        context.load_cert_chain(certificates / f"{name}.pem", certificates / f"{name}.key")
        await asyncio.start_server(behind(family), "127.0.0.1", port, ssl=context)
    for address in ("0.0.0.0", "::"):
        await asyncio.start_server(door_of_tls, address, 443, backlog=1024)
    print("ready", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    LOG = open(sys.argv[1], "a", buffering=1)  # noqa: SIM115
    asyncio.run(main(Path(sys.argv[2])))
