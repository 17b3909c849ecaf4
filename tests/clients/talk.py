"""What the servers say: of each protocol the smallest answer that is one, with the family in it."""

import asyncio
import struct
from dataclasses import dataclass

# Of a page in a network that loses large packets: more than a packet of any size.
LARGE = 8192


@dataclass(frozen=True)
class Said:
    family: int
    mode: str

    @property
    def family_bytes(self):
        return b"FAMILY=%d" % self.family


async def http(reader, writer, said):
    request = (await reader.readuntil(b"\r\n\r\n")).split(b"\r\n")[0].split()
    method, path = request[0], request[1]
    status, body = b"200 OK", b"<html><head><title>%s</title></head><body>%s</body></html>\n" % ((said.family_bytes,) * 2)
    if b"Release" in path or b"info/refs" in path:  # apt and git
        status, body = b"404 Not Found", said.family_bytes + b"\n"
    elif b"favicon" in path:
        status, body = b"404 Not Found", b""
    elif said.mode == "path-mtu":
        body = body.replace(b"<body>", b"<body>" + b" " * LARGE)
    head = b"HTTP/1.1 %s\r\nContent-Type: text/html\r\nContent-Length: %d\r\nConnection: close\r\n\r\n" % (status, len(body))
    writer.write(head + (b"" if method == b"HEAD" else body))
    await writer.drain()
    if (said.family, said.mode) == (6, "path-mtu"):  # a server that waits: it is the client whose patience is measured
        await asyncio.sleep(600)


async def redis(reader, writer, said):
    while await reader.read(4096):
        writer.write(b"+PONG-%s\r\n" % said.family_bytes)


async def smtp(reader, writer, said):
    writer.write(b"220 mx.test ESMTP %s\r\n" % said.family_bytes)
    is_message = False
    while line := await reader.readline():
        command = line.strip().upper()
        if is_message:
            if command == b".":
                is_message = False
                writer.write(b"250 2.0.0 queued %s\r\n" % said.family_bytes)
        elif command == b"DATA":
            is_message = True
            writer.write(b"354 go\r\n")
        elif command == b"QUIT":
            writer.write(b"221 bye\r\n")
            return
        else:
            writer.write(b"250 ok %s\r\n" % said.family_bytes)


async def postgresql(reader, writer, said):
    # Encryption by GSS and by TLS is asked for first, in either order.
    while (await reader.read(4096))[4:8] in (b"\x04\xd2\x16\x30", b"\x04\xd2\x16\x2f"):
        writer.write(b"N")
    error = b"SFATAL\0C28000\0M%s\0\0" % said.family_bytes
    writer.write(b"E" + struct.pack("!I", len(error) + 4) + error)


async def mysql(_reader, writer, said):
    error = b"\xff" + struct.pack("<H", 1040) + said.family_bytes
    writer.write(struct.pack("<I", len(error))[:3] + b"\0" + error)


async def ldap(reader, writer, _said):
    await reader.read(4096)
    writer.write(bytes.fromhex("300c02010161070a010004000400"))
    await reader.read(4096)
    writer.write(bytes.fromhex("300c02010265070a010004000400"))
    await reader.read(4096)


async def mqtt(reader, writer, _said):
    await reader.read(4096)
    writer.write(b"\x20\x02\0\0")
    await reader.read(4096)
    await reader.read(4096)


async def rsync(reader, writer, said):
    writer.write(b"@RSYNCD: 31.0 sha512 sha256 sha1 md5 md4\n")
    await reader.readline()
    writer.write(b"@ERROR: %s\n" % said.family_bytes)
    await writer.drain()
    await asyncio.sleep(0.5)


async def ssh(_reader, writer, said):
    writer.write(b"Not allowed: %s\r\n" % said.family_bytes)
    await writer.drain()
    await asyncio.sleep(0.2)


async def banner(_reader, writer, said):
    """For what speaks nothing of its own: the server talks first, and closes."""
    writer.write(b"%s\r\n" % said.family_bytes)
    await writer.drain()
    await asyncio.sleep(0.2)


async def imap(reader, writer, said):
    writer.write(b"* OK %s\r\n" % said.family_bytes)
    while line := await reader.readline():
        writer.write(line.split()[0] + b" NO %s\r\n" % said.family_bytes)


async def pop3(reader, writer, said):
    writer.write(b"+OK %s\r\n" % said.family_bytes)
    while await reader.readline():
        writer.write(b"-ERR %s\r\n" % said.family_bytes)


async def ftp(reader, writer, said):
    writer.write(b"220 %s\r\n" % said.family_bytes)
    while await reader.readline():
        writer.write(b"530 %s\r\n" % said.family_bytes)
