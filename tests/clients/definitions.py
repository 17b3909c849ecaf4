"""The clients that can be run, as definitions/ has them."""

import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

import table

HERE = Path(__file__).resolve().parent
CAP_S = 180
# Three waits for the kernel's own limit of a silent address (131 to 135 s).
CAP_AGAIN_S = 430


@dataclass
class Definition:
    id: str
    run: str
    version: str
    # In the Debian of its own; `machine`: a program of this machine, or of a folder beside that Debian.
    where: str = "root"
    needs: list = field(default_factory=list)
    # Whether `run` speaks TLS where {u} and {p} say so; a text: how it is called then.
    tls: bool | str = False
    # Whether REPEAT makes three requests of `run`; a text: how it is called for three.
    again: bool | str = False
    # A pattern that what it prints has where it was served; else its exit says so.
    ok: str = ""
    # It only connects, or counts no bytes.
    without_data: bool = False
    # How much its start costs this machine, beside curl.
    weight: float = 1
    cap_s: int = CAP_S
    skip: list = field(default_factory=list)
    row: dict = field(default_factory=dict)

    @property
    def packages(self):
        return {tuple(need.split(":", 1)) for need in self.needs}

    def runs_with(self, name, fault):
        """Whether a fault is one for this client."""
        kind, speaks = self.row["kind"], self.row["speaks"].split(",")
        if name in self.skip:
            return False
        if name == "all_silent":
            return kind not in ("proxy", "mail")
        if name == "path_mtu":
            return "http" in speaks
        if fault.tls:
            return bool(self.tls)
        return bool(self.again) if fault.again else True

    def command(self, fault, run, programs, work):
        """`run`: its number, which is also in its name and its ports."""
        text = self.run
        if fault.tls and isinstance(self.tls, str):
            text = self.tls
        if fault.again:
            text = self.again if isinstance(self.again, str) else f"REPEAT=3 {text}"
        host = f"r{run}.{fault.mode}.test"
        port = 443 if fault.tls else 80
        values = {
            "{u}": f"{'https' if fault.tls else 'http'}://{host}/",
            "{h}": host,
            "{p}": str(port),
            "{id}": str(run),
            "{port}": str(20000 + run),
        }
        return self.placed(text, values, programs, work)

    @staticmethod
    def placed(text, values, programs, work):
        for token, value in {**values, "{programs}": str(programs), "{work}": str(work)}.items():
            text = text.replace(token, value)
        return text


def load():
    """Returns every client that can be run, in the order of the table."""
    rows = table.read().rows
    found = {}
    for file in sorted((HERE / "definitions").glob("*.toml")):
        for name, said in tomllib.loads(file.read_text()).items():
            found[name] = Definition(id=name, **said)
    unknown = sorted(set(found) ^ {row["id"] for row in rows})
    if unknown:
        raise SystemExit(f"of the table and definitions/, only one has {', '.join(unknown)}")
    for row in rows:
        found[row["id"]].row = row
    return [found[row["id"]] for row in rows]


def chosen(definitions, names):
    """Returns those with these names, or whose names begin so, as `dualwatch clients` has it."""
    if not names:
        return definitions
    kept = []
    for name in names:
        exact = [one for one in definitions if one.id == name]
        these = exact or [one for one in definitions if re.match(rf"{re.escape(name)}-", one.id)]
        if not these:
            raise SystemExit(f"there is no client {name}; --list has all of them")
        kept.extend(one for one in these if one not in kept)
    return kept
