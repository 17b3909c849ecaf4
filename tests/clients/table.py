"""The table of the repository, crates/clients/data/clients.tsv: read, compared with what was measured, and written anew."""

import re
from dataclasses import dataclass
from pathlib import Path

PATH = Path(__file__).resolve().parents[2] / "crates/clients/data/clients.tsv"
# Below this nobody notices (crates/clients/src/fate.rs), and nothing is told as a difference.
UNNOTICED_S = 1.0
# Machines are busy: of a wait that a limit ends, so much more or less is the same.
WITHIN_S, WITHIN = 1.5, 0.15
NOT_FAULTS = {"id", "name", "kind", "speaks", "version", "source", "tries", "settings"}


@dataclass
class Table:
    comments: list
    columns: list
    rows: list

    @property
    def faults(self):
        return [column for column in self.columns if column not in NOT_FAULTS]

    def write(self, path):
        lines = [*self.comments, "\t".join(self.columns)]
        lines += ["\t".join(row.get(column, "-") for column in self.columns) for row in self.rows]
        Path(path).write_text("\n".join(lines) + "\n")


def read(path=PATH):
    lines = Path(path).read_text().splitlines()
    comments = [line for line in lines if line.startswith("#")]
    head, *rest = [line for line in lines if line and not line.startswith("#")]
    columns = head.split("\t")
    return Table(comments, columns, [dict(zip(columns, line.split("\t"), strict=True)) for line in rest])


@dataclass(frozen=True)
class Cell:
    """`over`: families, or x, or ~served/of; `after_s`: a number for each request."""

    over: str
    after_s: tuple
    is_cut: bool = False

    @classmethod
    def parse(cls, text):
        if text == "-":
            return None
        over, after = text.split(" ", 1)
        return cls(over, tuple(float(n) for n in after.lstrip(">").split("/")), after.startswith(">"))

    def __str__(self):
        after = "/".join(number(n) for n in self.after_s)
        return f"{self.over} {'>' if self.is_cut else ''}{after}"

    @property
    def fate(self):
        """As crates/clients/src/fate.rs has it, as far as a cell alone tells: who is untouched is a matter of the client."""
        if self.over == "x":
            return "fails"
        if self.over.startswith("~"):
            return "partly"
        if max(self.after_s) < UNNOTICED_S:
            return "unnoticed"
        is_kept = len(self.after_s) > 1 and all(n < UNNOTICED_S for n in self.after_s[1:])
        return "waits once" if is_kept else "waits"


def number(seconds):
    return f"{seconds:.2f}" if seconds < 10 else f"{seconds:.0f}"


def is_near(a, b):
    return abs(a - b) <= max(WITHIN_S, WITHIN * max(a, b))


def is_same(old, new):
    """Whether two cells say the same within the tolerance: one fate, about one time, and where served over one family."""
    if old.fate == "partly" and len(new.after_s) == 1:
        # So many runs of three, of a client that takes either family by chance; and this is one run.
        return any(is_near(after_s, new.after_s[0]) for after_s in old.after_s)
    if old.fate.split()[0] != new.fate.split()[0] or old.is_cut != new.is_cut:
        return False
    if old.fate == "unnoticed":
        return set(old.over) == set(new.over) or "+" in old.over + new.over
    if old.fate == "partly":  # which of the requests meets which address is chance
        return True
    if len(old.after_s) == len(new.after_s) and old.fate != new.fate:
        return False
    a, b = (max(old.after_s), max(new.after_s)) if len(old.after_s) == len(new.after_s) else (old.after_s[0], new.after_s[0])
    return old.is_cut or is_near(a, b)


@dataclass(frozen=True)
class Change:
    client: str
    fault: str
    old: str
    new: str
    # Of one that differs; `filled`: it had not been measured, `missing`: it was not measured now.
    kind: str

    def __str__(self):
        return f"{self.kind:9} {self.client:36} {self.fault:14} {self.old:24} -> {self.new}"


def compare(committed, measured):
    """`measured`: {client: {fault: Cell}}, of what was run. Returns the changes, first those that differ."""
    changes = []
    for row in committed.rows:
        cells = measured.get(row["id"])
        if cells is None:
            continue
        for fault, new in cells.items():
            old = Cell.parse(row.get(fault, "-"))
            if old is None:
                changes.append(Change(row["id"], fault, "-", str(new), "filled"))
            elif not is_same(old, new):
                changes.append(Change(row["id"], fault, str(old), str(new), "differs"))
            elif len(new.after_s) > len(old.after_s):
                changes.append(Change(row["id"], fault, str(old), str(new), "widened"))
    return sorted(changes, key=lambda change: ("differs", "widened", "filled").index(change.kind))


def merged(committed, changes, versions, columns):
    """Returns the table with what changed, in its order; what stayed within the tolerance keeps its numbers."""
    told = [*committed.columns[: committed.columns.index("settings")]]
    told += [column for column in columns if column not in told]
    by = {}
    for change in changes:
        by.setdefault(change.client, {})[change.fault] = change.new
    rows = []
    for row in committed.rows:
        version = versions.get(row["id"])
        rows.append({**row, **by.get(row["id"], {}), **({"version": version} if version else {})})
    return Table(committed.comments, [*told, "settings"], rows)


def plain_version(text):
    """The number in what a program says of itself, as the table has it."""
    text = re.sub(r"^(go version go|Python |ruby |rustc |deno |v(?=\d))", "", text.strip().strip('"'))
    text = re.sub(r"^Exim version ", "", text)
    return text.split(" ")[0] if text else ""
