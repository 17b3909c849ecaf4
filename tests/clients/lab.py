"""The lab: its network, its servers, whom clients trust in it, and how a client is started in it."""

import fcntl
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import faults
import network

HERE = Path(__file__).resolve().parent
# Whom each kind of client asks whether a certificate is right; all others ask the file of the system.
TRUST = [
    "SSL_CERT_FILE",
    "REQUESTS_CA_BUNDLE",
    "CURL_CA_BUNDLE",
    "NODE_EXTRA_CA_CERTS",
    "DENO_CERT",
    "GRPC_DEFAULT_SSL_ROOTS_FILE_PATH",
]


class Lab:
    def __init__(self, work):
        self.work, self.root = work, work / "root"
        self.state = work / "lab"
        self.link_log, self.server_log = self.state / "link.log", self.state / "server.log"
        self.running = []

    def __enter__(self):
        self.state.mkdir(parents=True, exist_ok=True)
        # The namespaces have fixed names: two labs would take them from each other.
        self.lock = Path("/run/dualwatch-clients.lock").open("w")
        try:
            fcntl.flock(self.lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            sys.exit("this suite runs already on this machine")
        for log in (self.link_log, self.server_log):
            log.write_text("")
        (self.state / "resolv.conf").write_text(f"nameserver {faults.DNS}\n")
        certificates = self.certificates()
        self.trust(certificates / "ca.pem")
        self.mounted(True)
        network.up(self.root)
        # They are what is measured against, so they come before all that is measured.
        self.start("link", -15, [sys.executable, HERE / "network.py", self.link_log])
        server = [sys.executable, HERE / "server.py", self.server_log, certificates]
        self.start("server", -10, ["ip", "netns", "exec", faults.SERVER, *server])
        return self

    def __exit__(self, *_):
        for process in self.running:
            process.terminate()
            process.wait()
        network.down()
        self.mounted(False)

    def start(self, name, priority, argv):
        error = (self.state / f"{name}.err").open("w")
        process = subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=error, text=True)
        self.running.append(process)
        os.setpriority(os.PRIO_PROCESS, process.pid, priority)
        if process.stdout.readline().strip() != "ready":
            self.__exit__()
            sys.exit(f"{name} does not start: {(self.state / f'{name}.err').read_text()}")

    def mounted(self, is_wanted):
        """The machine's devices are lent only while the lab is there: nobody should remove them with its folder."""
        dev = self.root / "dev"
        if is_wanted and not os.path.ismount(dev):
            subprocess.run(["mount", "--bind", "/dev", dev], check=True)
        if not is_wanted and os.path.ismount(dev):
            subprocess.run(["umount", dev], check=False)

    def certificates(self):
        """Returns the folder with an authority of its own, a certificate for all names here, and one for another name."""
        folder = self.state / "certificates"
        if (folder / "wrong.pem").exists():
            return folder
        folder.mkdir(exist_ok=True)

        def openssl(*argv):
            subprocess.run(["openssl", *map(str, argv)], check=True, capture_output=True, cwd=folder)

        key = ["-newkey", "rsa:2048", "-nodes", "-days", "30"]
        usage = ["-addext", "keyUsage=critical,keyCertSign,cRLSign"]  # Python 3.13 wants to see it
        openssl("req", "-x509", *key, "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=Authority of the lab", *usage)
        names = {"right": ",".join(f"DNS:*.{mode}.test" for mode in faults.MODES), "wrong": "DNS:elsewhere.test"}
        for name, alternatives in names.items():
            openssl("req", *key[:3], "-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", f"/CN={name}.test")
            (folder / f"{name}.ext").write_text(
                f"subjectAltName={alternatives}\nextendedKeyUsage=serverAuth\nauthorityKeyIdentifier=keyid\n"
            )
            signed = ["-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "30", "-extfile", f"{name}.ext"]
            openssl("x509", "-req", "-in", f"{name}.csr", "-out", f"{name}.pem", *signed)
        return folder

    def trust(self, authority):
        """Makes the Debian of its own, and the browsers in it, trust the authority; nothing of the machine does."""
        inner = self.root / "usr/local/share/ca-certificates/lab.crt"
        inner.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(authority, inner)

        def chroot(command):
            lent = 'mount -t proc proc "$0/proc" && exec chroot "$0" sh -c "$1"'  # Java looks for itself there
            argv = ["unshare", "--mount", "sh", "-c", lent, self.root, command]
            subprocess.run(argv, check=False, capture_output=True, stdin=subprocess.DEVNULL)

        chroot("update-ca-certificates --fresh")
        # It asks at length where there is one already.
        chroot("rm -rf /opt/pki/nssdb && mkdir -p /opt/pki/nssdb && certutil -d sql:/opt/pki/nssdb -N --empty-password")
        chroot(f"certutil -d sql:/opt/pki/nssdb -A -t C,, -n lab -i /{inner.relative_to(self.root)}")
        policies = self.root / "etc/firefox/policies/policies.json"
        policies.parent.mkdir(parents=True, exist_ok=True)
        policies.write_text(json.dumps({"policies": {"Certificates": {"Install": [f"/{inner.relative_to(self.root)}"]}}}))

    def programs(self, definition):
        return Path("/opt/programs") if definition.where == "root" else self.work / "programs"

    def argv(self, definition, namespace, command):
        """How a client is started: with files of /tmp, processes and names of its own, all of which end with it."""
        is_inside = definition.where == "root"
        root = self.root if is_inside else Path("/")
        environment = {"HOME": "/tmp", "LC_ALL": "C.UTF-8", "WORK": self.work, "NPM": self.work / "npm"}
        environment["PROGRAMS"] = self.programs(definition)
        if not is_inside:
            environment |= dict.fromkeys(TRUST, self.work / "lab/certificates/ca.pem")
        script = [
            f"mount --bind {self.state}/resolv.conf /etc/resolv.conf",
            f"mount --bind {self.state}/resolv.conf {self.root}/etc/resolv.conf",
            f"mount -t proc proc {root}/proc",
            f"mount -t tmpfs tmpfs {root}/tmp",
            f"mkdir -p {root}/tmp/.pki && cp -r {self.root}/opt/pki/nssdb {root}/tmp/.pki/ 2>/dev/null",
        ]
        if is_inside:
            script.append(f"mount -t tmpfs tmpfs {root}/dev/shm")
        script += [f"export {name}={value}" for name, value in environment.items()]
        script.append(f"exec chroot {self.root} sh -c {quoted(command)}" if is_inside else f"exec sh -c {quoted(command)}")
        inner = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "sh", "-c", "\n".join(script)]
        return ["ip", "netns", "exec", namespace, *inner]


def quoted(text):
    return "'" + text.replace("'", "'\\''") + "'"
