"""usage: marionette.py PORT URL -- tells a running Firefox to open URL, REPEAT times, and prints the title or the error"""

import json
import os
import socket
import sys
import time

for _ in range(150):
    try:
        connection = socket.create_connection(("127.0.0.1", int(sys.argv[1])), 5)
        break
    except OSError:
        time.sleep(0.2)
else:
    sys.exit("Firefox does not start")
connection.settimeout(178)
reader = connection.makefile("rb")


def receive():
    length = b""
    while (c := reader.read(1)) != b":":
        length += c
    return json.loads(reader.read(int(length)))


def call(number, name, argument):
    data = json.dumps([0, number, name, argument])
    connection.sendall(f"{len(data)}:{data}".encode())
    return receive()


receive()
call(1, "WebDriver:NewSession", {"capabilities": {"alwaysMatch": {"timeouts": {"pageLoad": 175000}}}})
for n in range(int(os.environ.get("REPEAT", "1"))):
    began = time.time()
    answer = call(2 + n, "WebDriver:Navigate", {"url": f"{sys.argv[2]}?{n}"})
    print(f"navigate: {time.time() - began:.2f} s", json.dumps(answer[2])[:300] if answer[2] else "")
print("title:", call(99, "WebDriver:GetTitle", {})[3])
