#!/usr/bin/env python3
"""Measures what real clients do with a name of both families when one of them is broken: README.md."""

import argparse
import json
import os
import platform
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import analyse
import definitions
import faults
import table
from install import Installer
from lab import Lab

# What waits longest comes first, so that the waits lie side by side.
FIRST = ["silent_again", "silent", "all_silent", "ipv4_silent", "mute", "mute_tls", "path_mtu", "ipv4_mute"]
# Between two starts, for one of weight 1: a machine of two cores takes no more at a time.
PAUSE_S = 0.3
MAX_OUTPUT = 4000


def arguments():
    parser = argparse.ArgumentParser(prog="cargo xtask clients", description=__doc__)
    parser.add_argument("--only", help="these clients alone, such as curl,node-22; `node-22` is all that begin so")
    parser.add_argument("--fault", help="these faults alone, such as silent,refused")
    parser.add_argument("--list", action="store_true", help="list the clients, with the packages of each, and the faults")
    parser.add_argument("--compare", action="store_true", help="fail where a client fares otherwise than the table says")
    parser.add_argument("--out", type=Path, metavar="FILE", help="write the table with what has changed")
    parser.add_argument("--raw", type=Path, metavar="FILE", help="write every run as JSON [default: runs.json in the folder]")
    parser.add_argument("--again", type=Path, metavar="FILE", nargs="+", help="run nothing: tell of the runs in such files")
    parser.add_argument(
        "--work",
        type=Path,
        metavar="DIR",
        default=Path("/var/tmp/dualwatch-clients"),
        help="where all is installed [default: %(default)s]",
    )
    parser.add_argument("--jobs", type=int, metavar="N", default=300, help="so many runs at a time [default: %(default)s]")
    parser.add_argument("--once", action="store_true", help="do not run a second time what differs from the table")
    return parser.parse_args()


def words(text):
    return [word for word in (text or "").split(",") if word]


def listed(chosen, wanted):
    for one in chosen:
        runs = [name for name in wanted if one.runs_with(name, faults.FAULTS[name])]
        print(f"{one.id:36} {one.row['name']:44} {', '.join(one.needs) or 'this machine':60} {len(runs)} runs")
    print(f"faults: {', '.join(wanted)}")


def version(definition, lab):
    """Returns what a client says of its version; empty where it cannot be started."""
    how, _, what = definition.version.partition(" ")
    is_inside = definition.where == "root"
    if how == "pypi":
        argv = [lab.work / "venv/bin/python", "-c", f"import importlib.metadata as m; print(m.version('{what}'))"]
    elif how == "npm":
        return json.loads((lab.work / "npm" / what / "node_modules" / what / "package.json").read_text())["version"]
    elif how == "crate":
        lock = (definitions.HERE / "programs/rust/Cargo.lock").read_text().split(f'name = "{what}"\nversion = "')
        return lock[1].split('"')[0]
    elif how == "deb":
        argv = ["dpkg-query", "-W", "-f", "${Version}", what]
    else:
        argv = ["sh", "-c", definition.placed(what, {}, lab.programs(definition), lab.work)]
    # Some look for themselves in /proc.
    lent = 'mount -t proc proc "$0/proc" && exec chroot "$0" env HOME=/tmp "$@"'
    inner = ["unshare", "--mount", "sh", "-c", lent, lab.root, *argv] if is_inside else argv
    # Where the toolchain of this repository is the one that is meant.
    said = subprocess.run(inner, text=True, capture_output=True, check=False, cwd=definitions.HERE)
    return table.plain_version(said.stdout or said.stderr) if said.returncode == 0 else ""


class Runner:
    def __init__(self, lab, jobs):
        self.lab, self.slots, self.lock = lab, threading.Semaphore(jobs), threading.Lock()
        self.done, self.next = [], 10

    def run_all(self, asked):
        """`asked`: pairs of a definition and the name of a fault."""
        order = {name: at for at, name in enumerate(FIRST)}
        threads = []
        for at, (definition, name) in enumerate(sorted(asked, key=lambda pair: order.get(pair[1], len(order)))):
            self.slots.acquire()
            number, self.next = self.next, self.next + 1
            thread = threading.Thread(target=self.one, args=(definition, name, number))
            thread.start()
            threads.append(thread)
            if at % 100 == 0:
                print(f"{time.strftime('%H:%M:%S')} {at} of {len(asked)} runs have begun", flush=True)
            time.sleep(PAUSE_S * definition.weight)
        for thread in threads:
            thread.join()

    def one(self, definition, name, number):
        fault = faults.FAULTS[name]
        command = definition.command(fault, number, self.lab.programs(definition), self.lab.work)
        cap = definitions.CAP_AGAIN_S if fault.again else definition.cap_s
        file = self.lab.state / f"output.{number}"
        began = time.time()
        with file.open("w") as out:
            argv = self.lab.argv(definition, fault.namespace, command)
            process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True)
            try:
                status = process.wait(cap)
            except subprocess.TimeoutExpired:
                status = None
            ended = time.time()
            try:
                os.killpg(process.pid, signal.SIGKILL)  # the group of this run, and with it all that it started
            except ProcessLookupError:
                pass
            process.wait()
        output = file.read_text(errors="replace")
        file.unlink()
        if len(output) > MAX_OUTPUT:
            output = f"{output[: MAX_OUTPUT // 2]}\n...\n{output[-MAX_OUTPUT // 2 :]}"
        run = {"client": definition.id, "fault": name, "run": number, "command": command}
        run |= {"began": began, "ended": ended, "exit": status, "output": output}
        with self.lock:
            self.done.append(run)
        self.slots.release()


def analysed(runner, lab, chosen):
    analysis = analyse.Analysis(analyse.packets(lab.link_log), analyse.questions(lab.server_log), chosen)
    for run in runner.done:
        cell = analysis.of(run)
        run["cell"] = str(cell) if cell else ""
    return analyse.cells(sorted(runner.done, key=lambda run: run["run"]))


def measure(options, chosen, wanted):
    """Installs, runs, and runs again what differs; returns the document of all runs."""
    installer = Installer(options.work)
    installer.install({package for one in chosen for package in one.packages})
    missing = {}
    for one in chosen:
        lacks = [f"{of}:{package}" for of, package in one.packages if not installer.has(of, package)]
        if lacks:
            missing[one.id] = "; ".join(f"{package} {installer.got[package]['why']}" for package in lacks)
    with Lab(options.work) as lab:
        versions = {one.id: version(one, lab) for one in chosen if one.id not in missing}
        for name in [name for name, said in versions.items() if not said]:
            missing[name] = "it does not say its version, or is not there"
        if platform.freedesktop_os_release().get("VERSION_ID") != "12" and "curl-debian-12" in versions:
            missing["curl-debian-12"] = "this machine is no Debian 12"
        able = [one for one in chosen if one.id not in missing]
        runner = Runner(lab, options.jobs)
        runner.run_all([(one, name) for one in able for name in wanted if one.runs_with(name, faults.FAULTS[name])])
        measured = analysed(runner, lab, chosen)
        changes = table.compare(table.read(), measured)
        twice = {(change.client, change.fault) for change in changes if change.kind == "differs"}
        if twice and not options.once:
            print(f"{len(twice)} cells differ from the table: each is run a second time", flush=True)
            by = {one.id: one for one in able}
            runner.run_all([(by[client], fault) for client, fault in twice])
            analysed(runner, lab, chosen)
    drifted = {key: note for key, note in installer.got.items() if note["why"]}
    return {
        "measured_on": time.strftime("%Y-%m-%d", time.gmtime()),
        "kernel": platform.release(),
        "versions": {name: said for name, said in versions.items() if name not in missing},
        "missing": missing,
        "not_as_pinned": drifted,
        "runs": sorted(runner.done, key=lambda run: run["run"]),
    }


def joined(documents):
    """Returns several documents as one, the later ones before the earlier where both have run something."""
    whole = documents[0]
    for document in documents[1:]:
        whole["measured_on"] = document["measured_on"]
        for key in ("versions", "missing", "not_as_pinned"):
            whole[key] |= document[key]
        whole["runs"] += document["runs"]
    whole["missing"] = {client: why for client, why in whole["missing"].items() if client not in whole["versions"]}
    return whole


def report(document, options):
    """Prints what has changed, and what could not be measured; returns how many cells differ."""
    committed = table.read()
    measured = analyse.cells(document["runs"])
    changes = table.compare(committed, measured)
    for change in changes:
        print(change)
    for client, why in document["missing"].items():
        print(f"missing   {client:36} {why}")
    for package, note in document["not_as_pinned"].items():
        print(f"package   {package:36} {note['version']} {note['why']}")
    rows = {row["id"]: row for row in committed.rows}
    for client, said in document["versions"].items():
        if said != rows[client]["version"]:
            print(f"version   {client:36} {rows[client]['version']} -> {said}")
    count = sum(len(cells) for cells in measured.values())
    differ = [change for change in changes if change.kind == "differs"]
    told = f"{count} cells of {len(measured)} clients measured, {len(differ)} differ from the table"
    print(f"{told}, {len(document['missing'])} clients missing")
    if options.out:
        columns = [name for name in faults.FAULTS if name not in ("healthy_tls", "silent_again")]
        table.merged(committed, changes, document["versions"], columns).write(options.out)
    return len(differ)


def main():
    options = arguments()
    chosen = definitions.chosen(definitions.load(), words(options.only))
    wanted = words(options.fault) or list(faults.FAULTS)
    if unknown := [name for name in wanted if name not in faults.FAULTS]:
        sys.exit(f"there is no fault {', '.join(unknown)}; --list has all of them")
    if options.list:
        return listed(chosen, wanted)
    if options.again:
        document = joined([json.loads(file.read_text()) for file in options.again])
    else:
        if os.geteuid() != 0:
            sys.exit("namespaces and a Debian of its own need root")
        if options.work.resolve().is_relative_to("/tmp"):
            sys.exit("not below /tmp: each client has a /tmp of its own")
        lacking = [name for name in ("ip", "unshare", "npm", "openssl", "dpkg-deb") if not shutil.which(name)]
        if lacking:
            sys.exit(f"this machine lacks {', '.join(lacking)}")
        document = measure(options, chosen, wanted)
        raw = options.raw or options.work / "runs.json"
        raw.write_text(json.dumps(document, indent=1))
        print(f"every run is in {raw}")
    differ = report(document, options)
    sys.exit(1 if options.compare and (differ or document["missing"]) else 0)


if __name__ == "__main__":
    main()
