"""What came of a run: from the packets, from what the client printed, and from how it ended."""

import re
from collections import defaultdict
from dataclasses import dataclass

import faults
from table import Cell


@dataclass(frozen=True)
class Packet:
    at: float
    is_sent: bool
    family: int
    flags: str
    port: int
    length: int


def packets(path):
    """Returns {(mode, run): [Packet]}; `port` is the client's own."""
    seen = defaultdict(list)
    for line in path.read_text().splitlines():
        words = line.split(" ")
        if len(words) != 9:
            continue
        at, way, family, mode, run, flags, source, target, length = words
        own = source if way == ">" else target
        packet = Packet(float(at), way == ">", int(family), flags, int(own), int(length))
        seen[faults.MODES[int(mode)], int(run)].append(packet)
    return seen


def questions(path):
    """Returns {(mode, run): when its name was first asked for}."""
    seen = {}
    for line in path.read_text().splitlines():
        words = line.split(" ")
        labels = words[2].lower().split(".") if len(words) > 2 and words[1] == "dns" else []
        if len(labels) == 3 and labels[0][1:].isdigit():
            seen.setdefault((labels[1], int(labels[0][1:])), float(words[0]))
    return seen


def proxied(output):
    """Returns [(status, seconds)] of the requests through a proxy."""
    return [(code, float(s)) for code, s in re.findall(r"request \d: HTTP (\d+) after ([\d.]+) s", output)]


def cell_of_proxy(output, after):
    asked = proxied(output)
    good = sum(code == "200" for code, _ in asked)
    seconds = tuple(s for _, s in asked)
    if good == len(asked):
        return Cell("".join(dict.fromkeys(re.findall(r"FAMILY=(\d)", output))) or "+", seconds)
    return Cell("x", seconds) if good == 0 else Cell(f"~{good}/{len(asked)}", seconds)


class Analysis:
    def __init__(self, packets, questions, definitions):
        self.packets, self.questions = packets, questions
        self.definitions = {one.id: one for one in definitions}

    def of(self, run):
        """Adds to a run: whether it was served, over what, after how long, and what it tried; returns its cell, if it has one."""
        fault = faults.FAULTS[run["fault"]]
        definition = self.definitions[run["client"]]
        seen = sorted(self.packets.get((fault.mode, run["run"]), ()), key=lambda packet: packet.at)
        begun = self.questions.get((fault.mode, run["run"]), run["began"])
        syns = [packet for packet in seen if packet.is_sent and packet.flags == "S"]
        begun = min([begun, *(packet.at for packet in syns[:1])])
        run["tries"] = "".join(dict.fromkeys(str(packet.family) for packet in syns))
        run["connections"] = {f: len({p.port for p in syns if p.family == f}) for f in (4, 6)}
        run["is_cut"] = run["exit"] is None
        if proxied(run["output"]):
            return cell_of_proxy(run["output"], run["ended"] - begun)
        data = [packet for packet in seen if not packet.is_sent and packet.length > 0]
        if fault.mode == "path-mtu":  # its small last packet alone comes through, and nobody can read it
            data = [packet for packet in data if packet.family == 4]
        is_good = bool(re.search(definition.ok, run["output"])) if definition.ok else run["exit"] == 0
        if fault.mode == "certificate" and not definition.ok:  # some end well all the same
            is_good = False
        is_good = is_good or "FAMILY=" in run["output"]
        if not is_good or not (data or definition.without_data):
            return Cell("x", (definition.cap_s if run["is_cut"] else run["ended"] - begun,), run["is_cut"])
        if definition.without_data and not data:
            data = [packet for packet in seen if not packet.is_sent and packet.flags == "SA"]
        if not data:
            return Cell("+", (run["ended"] - begun,))
        # Where the certificate was wrong over one family, the server's first bytes came over that.
        said = re.findall(r"FAMILY=(\d)", run["output"])
        data = [packet for packet in data if said and str(packet.family) == said[-1]] or data
        if fault.again:
            return self.again(run, data, begun)
        return Cell(str(data[0].family), (data[0].at - begun,))

    def again(self, run, data, begun):
        """Three requests: each from the first bytes of the one before, or as the browser says."""
        told = [float(s) for s in re.findall(r"navigate: ([\d.]+) s", run["output"])]
        firsts = {}
        for packet in data:
            firsts.setdefault((packet.family, packet.port), packet.at)
        at = sorted(firsts.values())
        if len(told) != 3 and len(at) != 3:
            return None
        seconds = told if len(told) == 3 else [b - a for a, b in zip([begun, *at], at, strict=False)]
        families = "".join(dict.fromkeys(str(packet.family) for packet in data))
        return Cell(families, tuple(seconds))


def cells(runs):
    """`runs`: those of all clients with their cells. Returns {client: {fault: Cell}} as the table has them."""
    by = defaultdict(dict)
    for run in runs:
        if run["cell"]:
            by[run["client"]][run["fault"]] = Cell.parse(run["cell"])
    for client, found in by.items():
        speaks_tls = found.pop("healthy_tls", None)
        if speaks_tls is None or speaks_tls.over == "x":
            for fault in ("mute_tls", "certificate"):
                found.pop(fault, None)
        again = found.pop("silent_again", None)
        alone = found.get("silent")
        if again and alone and again.fate != "fails" and alone.fate.split()[0] == Cell(again.over, again.after_s[:1]).fate:
            by[client]["silent"] = again
    return by
