"""usage: c.py CLIENT HOST PORT

Python's own clients and libraries, each with its defaults. REPEAT: so many requests, in one session where there is one.
"""

import asyncio
import os
import sys

CLIENT, HOST, PORT = sys.argv[1], sys.argv[2], int(sys.argv[3])
URL = f"https://{HOST}/" if PORT == 443 else f"http://{HOST}:{PORT}/"
TIMES = int(os.environ.get("REPEAT", "1"))
GET = f"GET / HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\n\r\n".encode()


def each(request):
    for _ in range(TIMES):
        said = request()
    return said


async def each_async(request):
    for _ in range(TIMES):
        said = await request()
    return said


def urllib():
    import urllib.request

    return each(lambda: urllib.request.urlopen(URL).read())


def requests(**options):
    import requests

    session = requests.Session()
    return each(lambda: session.get(URL, **options).text)


def requests_t5():
    return requests(timeout=5)


def urllib3():
    import urllib3

    pool = urllib3.PoolManager()
    return each(lambda: pool.request("GET", URL).data)


def httpx():
    import httpx

    with httpx.Client() as client:
        return each(lambda: client.get(URL).text)


def httpx_async():
    import httpx

    async def main():
        async with httpx.AsyncClient() as client:

            async def get():
                return (await client.get(URL)).text

            return await each_async(get)

    return asyncio.run(main())


def niquests():
    import niquests

    session = niquests.Session()
    return each(lambda: session.get(URL).text)


def aiohttp(**options):
    import aiohttp

    async def main():
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(**options)) as session:

            async def get():
                async with session.get(URL) as response:
                    return await response.text()

            return await each_async(get)

    return asyncio.run(main())


def aiohttp_nohe():
    return aiohttp(happy_eyeballs_delay=None)


async def open_and_get(**options):
    async def get():
        reader, writer = await asyncio.open_connection(HOST, PORT, **options)
        writer.write(GET)
        said = await reader.read()
        writer.close()
        return said

    return await each_async(get)


def asyncio_open():
    return asyncio.run(open_and_get())


def asyncio_he():
    return asyncio.run(open_and_get(happy_eyeballs_delay=0.25))


def uvloop():
    import uvloop

    return uvloop.run(open_and_get())


def anyio():
    import anyio

    async def main():
        stream = await anyio.connect_tcp(HOST, PORT)
        await stream.send(GET)
        return await stream.receive()

    return anyio.run(main)


def trio():
    import trio

    async def main():
        stream = await trio.open_tcp_stream(HOST, PORT)
        await stream.send_all(GET)
        return await stream.receive_some()

    return trio.run(main)


def socket_cc():
    import socket

    def get():
        with socket.create_connection((HOST, PORT)) as connection:
            connection.sendall(GET)
            return connection.recv(4096)

    return each(get)


def pycurl():
    import io

    import pycurl

    body, curl = io.BytesIO(), pycurl.Curl()
    curl.setopt(curl.URL, URL)
    curl.setopt(curl.WRITEDATA, body)
    if "CURL_CA_BUNDLE" in os.environ:  # the library looks at no variable
        curl.setopt(curl.CAINFO, os.environ["CURL_CA_BUNDLE"])
    each(curl.perform)
    return body.getvalue()


def curl_cffi():
    from curl_cffi import requests

    session = requests.Session()
    return each(lambda: session.get(URL).text)


def redis():
    import redis

    return redis.Redis(HOST, 6379).execute_command("PING")


def refused(call, error):
    """These servers let nobody in: what they say is in the error."""
    try:
        call()
    except error as said:
        if "FAMILY=" not in str(said):
            raise
        return str(said)


def psycopg2():
    import psycopg2

    return refused(lambda: psycopg2.connect(host=HOST, user="x", dbname="x"), psycopg2.OperationalError)


def pymysql():
    import pymysql

    return refused(lambda: pymysql.connect(host=HOST, user="x"), pymysql.err.OperationalError)


def smtplib():
    import smtplib

    return smtplib.SMTP(HOST, 25).ehlo()


def grpc():
    import grpc

    channel = grpc.insecure_channel(f"{HOST}:{PORT}")
    try:
        channel.unary_unary("/a/b")(b"", wait_for_ready=False)
    except grpc.RpcError as error:  # the server speaks no gRPC: that it was reached is what counts
        return f"{error.code()} {error.details()}"


def show(error, depth=0):
    said = f"{type(error).__name__}: {error}"
    if isinstance(error, BaseExceptionGroup):
        said += " [" + " | ".join(show(inner) for inner in error.exceptions) + "]"
    if error.__cause__ and depth < 4:
        said += " <- " + show(error.__cause__, depth + 1)
    return said


try:
    result = globals()[CLIENT]()
    print(result.decode() if isinstance(result, bytes) else result)
except Exception as error:
    print(show(error))
    sys.exit(1)
