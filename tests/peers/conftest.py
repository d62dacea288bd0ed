"""Fedify servers as processes of their own, to federate with."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest

FOLDER = Path(__file__).parent / "fedify"
NODE = Path(sys.executable).with_name("node")  # deploy/prepare.sh puts it beside Python
ACTIVITY_JSON = "application/activity+json"


@dataclass(frozen=True)
class Fedify:
    """One running peer; its verbs are described in fedify/control.mjs."""

    origin: str
    actor_uri: str

    def get(self, path: str, accept: str = ACTIVITY_JSON) -> Any:
        """The JSON under a path, as any server would ask for it."""
        with urlopen(Request(self.origin + path, headers={"accept": accept}), timeout=30) as answer:
            return json.load(answer)

    def do(self, verb: str, **details: object) -> Any:
        """What the peer answers when told to do something, such as do("follow", actor=uri)."""
        told = Request(f"{self.origin}/_/{verb}", data=json.dumps(details).encode(), headers={"content-type": "application/json"})
        with urlopen(told, timeout=60) as answer:
            return json.load(answer)

    def received(self, kind: str) -> list[Any]:
        """The activities of one type that have arrived and were verified."""
        return [activity for activity in self.do("log")["received"] if activity["type"] == kind]


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


@pytest.fixture
def start_fedify() -> Iterator[Callable[..., Fedify]]:
    """start_fedify(USER_ID="ada", FIRST_KNOCK=...): a peer that answers; it ends with the test."""
    running: list[subprocess.Popen[str]] = []

    def start(**settings: str) -> Fedify:
        port = free_port()
        environ = {**os.environ, "HOST": "127.0.0.1", "PORT": str(port), **settings}
        process = subprocess.Popen([NODE, "peer.mjs"], cwd=FOLDER, env=environ, stdout=subprocess.PIPE, text=True)
        running.append(process)
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line.startswith("fedify-peer ready "), f"the peer did not start: {line!r}"
        return Fedify(origin=f"http://127.0.0.1:{port}", actor_uri=line.split()[-1])

    yield start
    for process in running:
        process.terminate()
        process.communicate(timeout=10)
