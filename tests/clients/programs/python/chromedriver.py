"""usage: chromedriver.py PORT URL -- opens URL in headless Chromium, REPEAT times, and prints the time of each"""

import json
import os
import subprocess
import sys
import time
import urllib.request

PORT, URL = sys.argv[1:]
DRIVER = f"http://127.0.0.1:{PORT}"
OPTIONS = {"args": ["--headless", "--no-sandbox", "--disable-gpu"]}
CAPABILITIES = {"goog:chromeOptions": OPTIONS, "timeouts": {"pageLoad": 175000}}


def call(path, argument=None, method="POST"):
    data = None if argument is None else json.dumps(argument).encode()
    request = urllib.request.Request(DRIVER + path, data, {"Content-Type": "application/json"}, method=method)
    try:
        return json.load(urllib.request.urlopen(request, timeout=178))["value"]
    except urllib.error.HTTPError as error:
        return json.load(error)["value"]


driver = subprocess.Popen(["chromedriver", f"--port={PORT}"], stdout=subprocess.DEVNULL)
for _ in range(50):
    try:
        urllib.request.urlopen(f"{DRIVER}/status")
        break
    except OSError:
        time.sleep(0.2)
session = "/session/" + call("/session", {"capabilities": {"alwaysMatch": CAPABILITIES}})["sessionId"]
for n in range(int(os.environ.get("REPEAT", "1"))):
    began = time.time()
    said = call(f"{session}/url", {"url": f"{URL}?{n}"})
    print(f"navigate: {time.time() - began:.2f} s", str(said)[:300] if said else "")
source = call(f"{session}/source", method="GET")
print(source[:200] if "FAMILY" in source else "no page")
call(session, method="DELETE")
driver.terminate()
