"""Other software as processes of its own, to federate with: Fedify servers, and the verify_actor of fediverse-pasture."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest

from tests.nodes import CHECKOUT, Node, free_port, prepare
from tests.people import Person

FOLDER = Path(__file__).parent / "fedify"
NODE = Path(sys.executable).with_name("node")  # deploy/prepare.sh puts it beside Python
PASTURE = CHECKOUT / ".venv-pasture" / "bin" / "python"
ACTIVITY_JSON = "application/activity+json"
_numbers = count(1)


@dataclass(frozen=True)
class Fedify:
    """One running peer; its verbs are described in fedify/control.mjs."""

    origin: str
    actor_uri: str

    @property
    def uri(self) -> str:
        """The actor's id, as every person of a test has one."""
        return self.actor_uri

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

    def posted(self, kind: str) -> list[Any]:
        """The activities of one type that were posted to the peer, as they stood on the wire."""
        bodies = [json.loads(request["body"]) for request in self.do("log")["wire"] if request["method"] == "POST"]
        return [body for body in bodies if body["type"] == kind]

    def take(self, activity: Any) -> int:
        """The status that the peer answers to an activity which comes without any signature of the request."""
        told = Request(f"{self.origin}/inbox", data=json.dumps(activity).encode(), headers={"content-type": ACTIVITY_JSON})
        try:
            with urlopen(told, timeout=30) as answer:
                return int(answer.status)
        except HTTPError as error:
            return error.code


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


@pytest.fixture
def verify_actor(tmp_path: Path) -> Iterator[Callable[..., Any]]:
    """verify_actor(uri): the JSON verdict of fediverse-pasture on an actor; verify_actor(uri, accept="text/html"): its page."""
    port = free_port()
    arguments = ["-m", "fediverse_pasture.verify_actor", "--port", str(port), "--domain", f"127.0.0.1:{port}"]
    assert PASTURE.exists(), f"no {PASTURE}: `make test` installs it"
    with (tmp_path / "pasture.log").open("w") as log:
        process = subprocess.Popen([PASTURE, *arguments], cwd=tmp_path, stdout=log, stderr=log)

    def verdict(uri: str, accept: str = "application/json") -> Any:
        told = Request(f"http://127.0.0.1:{port}/", data=urlencode({"actor_uri": uri}).encode(), headers={"accept": accept})
        with urlopen(told, timeout=60) as answer:
            return json.load(answer)["result"] if "json" in accept else answer.read().decode()

    wait_for_port(port, process)
    yield verdict
    process.terminate()
    process.wait(10)


def wait_for_port(port: int, process: subprocess.Popen[bytes], within_s: float = 30) -> None:
    """Returns once somebody listens there."""
    until = time.monotonic() + within_s
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            assert process.poll() is None, "it ended before it listened"
            assert time.monotonic() < until, f"nobody listens on port {port}"
            time.sleep(0.05)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    """A node of ours as a process, for all tests of a file."""
    node = prepare(tmp_path_factory.mktemp("node"))
    node.start()
    yield node
    assert node.stop() == 0


@pytest.fixture
async def node(running: Node) -> AsyncIterator[Node]:
    """The node, open in the test's event loop."""
    async with running.opened():
        yield running


@pytest.fixture
async def ada(node: Node) -> Person:
    """Someone new on our node."""
    return await node.person(f"ada{next(_numbers)}")
