"""Hosts of the tests' own: network namespaces with addresses that look public, joined by a bridge that leads nowhere else.

Each has its own hosts file, and a name with a certificate of a test authority. Needs root and iproute2.
"""

import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path

import psycopg

from tests import clusters
from tests.nodes import CHECKOUT, free_port

NGINX = shutil.which("nginx", path="/usr/sbin:/usr/bin:/sbin")
BRIDGE = "hgbr"


def sh(*command: str, **more: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, check=True, capture_output=True, text=True, **more)  # type: ignore[call-overload]  # run takes them all


def is_possible() -> bool:
    """Whether this machine lets us make namespaces."""
    if os.geteuid() != 0 or shutil.which("ip") is None or NGINX is None:
        return False
    probe = f"hgprobe{os.getpid()}"  # several processes of pytest ask at once
    made = subprocess.run(["ip", "netns", "add", probe], capture_output=True, check=False)
    subprocess.run(["ip", "netns", "del", probe], capture_output=True, check=False)
    return made.returncode == 0


@dataclass(frozen=True)
class Authority:
    """Signs certificates for names that only these tests know."""

    folder: Path

    @property
    def certificate(self) -> Path:
        return self.folder / "ca.pem"

    def make(self) -> None:
        sh("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=Test",
           "-keyout", str(self.folder / "ca.key"), "-out", str(self.certificate))  # fmt: skip

    def sign(self, name: str) -> tuple[Path, Path]:
        """(certificate, key) for a name."""
        key, asked, signed = (self.folder / f"{name}.{kind}" for kind in ("key", "csr", "pem"))
        sh("openssl", "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", f"/CN={name}",
           "-keyout", str(key), "-out", str(asked))  # fmt: skip
        extension = self.folder / f"{name}.ext"
        extension.write_text(f"subjectAltName=DNS:{name}\n")
        sh("openssl", "x509", "-req", "-in", str(asked), "-CA", str(self.certificate), "-CAkey", str(self.folder / "ca.key"),
           "-CAcreateserial", "-days", "2", "-extfile", str(extension), "-out", str(signed))  # fmt: skip
        return signed, key


class Place:
    """One host."""

    def __init__(self, name: str, addresses: list[str], folder: Path, stack: ExitStack) -> None:
        self.name, self.folder = name, folder
        folder.mkdir(parents=True, exist_ok=True)
        sh("ip", "netns", "add", name)
        stack.callback(sh, "ip", "netns", "del", name)
        sh("ip", "link", "add", f"{name}-out", "type", "veth", "peer", "name", "eth0", "netns", name)
        sh("ip", "link", "set", f"{name}-out", "master", BRIDGE, "up")
        for address in addresses:
            self.run("ip", "address", "add", f"{address}/8", "dev", "eth0")
        for device in ("lo", "eth0"):
            self.run("ip", "link", "set", device, "up")

    def run(self, *command: str) -> str:
        """What a command prints that runs there."""
        return sh("ip", "netns", "exec", self.name, *command).stdout

    def start(self, stack: ExitStack, *command: str, environ: dict[str, str] | None = None, ready: str = "") -> subprocess.Popen[str]:
        """A process that runs there until the test ends; ready: what its first line begins with."""
        log = (self.folder / "log").open("a")
        process = subprocess.Popen(
            ["ip", "netns", "exec", self.name, *command],
            cwd=CHECKOUT,
            env={**os.environ, **(environ or {})},
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )

        def end() -> None:
            process.terminate()
            process.wait(20)

        stack.callback(end)
        if ready:
            assert process.stdout is not None
            line = process.stdout.readline()
            assert line.startswith(ready), f"{line!r} {(self.folder / 'log').read_text()[-800:]}"
        return process

    def know(self, hosts: dict[str, str], stack: ExitStack) -> None:
        """Its hosts file: {name: address}."""
        etc = Path("/etc/netns") / self.name
        etc.mkdir(parents=True, exist_ok=True)
        stack.callback(shutil.rmtree, etc)
        (etc / "hosts").write_text("127.0.0.1 localhost\n" + "".join(f"{address} {name}\n" for name, address in hosts.items()))
        (etc / "resolv.conf").write_text("nameserver 127.0.0.1\noptions timeout:1 attempts:1\n")


class Town(Place):
    """A host with a node behind nginx and TLS, as docs and deploy/ say; the address filter is on, and nothing is switched for the test."""

    def __init__(self, name: str, domain: str, address: str, folder: Path, stack: ExitStack, authority: Authority) -> None:
        super().__init__(name, [address], folder, stack)
        self.domain, self.address, self.authority = domain, address, authority
        self.data = folder / "data"
        self.environ = {"SSL_CERT_FILE": str(authority.certificate), **clusters.database_environ()}

    def open(self, stack: ExitStack) -> None:
        """Starts both."""
        self.hedgerow("init", "--url", f"https://{self.domain}", "--name", self.domain)
        with (self.data / "hedgerow.toml").open("a") as toml:
            toml.write("\n[limits]\npost_characters = 4000\n")
        self.start(stack, sys.executable, "-m", "node", "--data", str(self.data), "serve", environ=self.environ, ready="ready https://")
        self.start(stack, str(NGINX), "-c", str(self._nginx_file()), "-g", "daemon off;")

    def ask(self, statement: str) -> list[tuple[object, ...]]:
        """Rows of its database."""
        url = self.environ.get("HEDGEROW_DATABASE_URL")
        with closing(psycopg.connect(url) if url else sqlite3.connect(self.data / "hedgerow.db")) as db:
            return db.execute(statement).fetchall()

    def _nginx_file(self) -> Path:
        certificate, key = self.authority.sign(self.domain)
        site = (CHECKOUT / "deploy" / "nginx.conf").read_text().replace("hedge.example", self.domain)
        for file, found in (("fullchain.pem", certificate), ("privkey.pem", key)):
            site = site.replace(f"/etc/letsencrypt/live/{self.domain}/{file}", str(found))
        temporary = "".join(f"{each}_temp_path {self.folder}/{each};\n" for each in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        main = self.folder / "nginx.conf"
        main.write_text(
            f"user root;\npid {self.folder}/nginx.pid;\nerror_log {self.folder}/nginx.log;\nevents {{}}\n"
            f"http {{\naccess_log off;\n{temporary}{site}\n}}\n"
        )
        return main

    def hedgerow(self, *arguments: str) -> str:
        """What a verb prints that is called there."""
        command = ["ip", "netns", "exec", self.name, sys.executable, "-m", "node", "--data", str(self.data), *arguments]
        done = subprocess.run(command, cwd=CHECKOUT, env={**os.environ, **self.environ}, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{arguments}: {done.stderr}"
        return done.stdout


def make_bridge(stack: ExitStack) -> None:
    """What joins the hosts. It has no address of its own: this machine cannot reach them, nor they it."""
    sh("ip", "link", "add", BRIDGE, "type", "bridge")
    stack.callback(sh, "ip", "link", "del", BRIDGE)
    sh("ip", "link", "set", BRIDGE, "up")


__all__ = ["Authority", "Place", "Town", "free_port", "is_possible", "make_bridge"]
