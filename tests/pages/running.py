"""A real node as a process of its own, and people who use it as browsers do: by its pages' forms."""

import re
import signal
import subprocess
import sys
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import HTTPCookieProcessor, OpenerDirector, Request, build_opener

from tests.nodes import CHECKOUT, prepare

PASSWORD = "hedges grow slowly"
CSRF = re.compile(r'name="csrf" value="([^"]+)"')

Pairs = Iterable[tuple[str, str]]


@dataclass
class Running:
    """A node that answers at `origin` until it is stopped. link: under which its first account is made."""

    data: Path
    origin: str
    process: subprocess.Popen[str]
    link: str

    def hedgerow(self, *arguments: str, given: str = "") -> None:
        """Runs a verb beside the node."""
        command = [sys.executable, "-m", "node", "--data", str(self.data), *arguments]
        subprocess.run(command, cwd=CHECKOUT, input=given, text=True, check=True, capture_output=True)

    def stop(self) -> None:
        """Ends the process and waits for it."""
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=15)


def start_node(data: Path) -> Running:
    """A fresh node on a free port, with rate limits off. Returns once it answers."""
    origin = prepare(data, name="The Lane").origin
    command = [sys.executable, "-m", "node", "--data", str(data), "serve"]
    process = subprocess.Popen(command, cwd=CHECKOUT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline().startswith("ready ")
    link = re.search(r"http\S+/welcome/\S+", process.stdout.readline())
    assert link
    return Running(data, origin, process, link[0])


@dataclass
class Person:
    """Somebody with a browser that keeps cookies."""

    origin: str
    opener: OpenerDirector = field(default_factory=lambda: build_opener(HTTPCookieProcessor(CookieJar())))

    def get(self, path: str) -> str:
        """A page's text."""
        return self._text(Request(self.origin + path, headers={"Accept": "text/html"}))

    def send(self, path: str, fields: Pairs, files: Iterable[tuple[str, str, bytes]] = ()) -> str:
        """Posts a form (name, text) with files (name, file name, bytes) as a page of ours would; the page that comes then."""
        token = CSRF.search(self.get("/"))
        boundary = uuid.uuid4().hex
        parts = [f'name="{name}"\r\n\r\n{text}\r\n'.encode() for name, text in [*fields, *([("csrf", token[1])] if token else [])]]
        parts += [
            f'name="{name}"; filename="{file}"\r\nContent-Type: image/png\r\n\r\n'.encode() + body + b"\r\n" for name, file, body in files
        ]
        start = f"--{boundary}\r\nContent-Disposition: form-data; ".encode()
        body = b"".join(start + part for part in parts) + f"--{boundary}--\r\n".encode()
        kind = f"multipart/form-data; boundary={boundary}"
        return self._text(Request(self.origin + path, data=body, headers={"Content-Type": kind, "Accept": "text/html"}))

    def sign_in(self, name: str) -> "Person":
        """The same person, signed in."""
        self.send("/signin", [("login", name), ("password", PASSWORD)])
        return self

    def _text(self, request: Request) -> str:
        try:
            with self.opener.open(request) as answer:
                text: str = answer.read().decode()
        except HTTPError as error:
            raise AssertionError(f"{request.full_url} answered {error.code}: {error.read().decode()[-500:]}") from error
        return text
