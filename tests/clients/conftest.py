"""Two real nodes, each behind a proxy that judges its answers, and people on them whom programs sign in for."""

import html
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest

from node import databases
from tests import clusters
from tests.clients.judging import Judge
from tests.clients.schema import Schema
from tests.nodes import CHECKOUT, Node, free_port
from tests.pages.running import PASSWORD, Person

CLIENTS = CHECKOUT / ".venv-clients" / "bin"
CODE = re.compile(r'<code class="secret">([^<]+)</code>')
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')


@dataclass(frozen=True)
class Town:
    """A node that runs, behind its judge."""

    node: Node
    judge: Judge

    @property
    def origin(self) -> str:
        return self.node.origin

    @property
    def domain(self) -> str:
        return self.node.config.handle_domain

    def add(self, name: str, *more: str) -> str:
        """Somebody with an account, by name."""
        command = [sys.executable, "-m", "node", "--data", str(self.node.data), "account", "add", name, "--password-stdin", *more]
        subprocess.run(command, cwd=CHECKOUT, input=PASSWORD, text=True, check=True, capture_output=True)
        return name

    def token(self, name: str, scopes: str = "read write follow push") -> str:
        """A bearer token for somebody."""
        command = [sys.executable, "-m", "node", "--data", str(self.node.data), "token", name, "--scopes", scopes]
        return subprocess.run(command, cwd=CHECKOUT, text=True, check=True, capture_output=True).stdout.split()[-1]

    def say_yes(self, name: str, address: str) -> str:
        """What somebody does in their browser: signs in, lets the program act for them, copies the code."""
        person = Person(self.origin).sign_in(name)
        page = person.get(address.removeprefix(self.origin))
        wishes = [(field, html.unescape(value)) for field, value in HIDDEN.findall(page) if field not in {"csrf", "back"}]
        code = CODE.search(person.send("/oauth/authorize", [*wishes, ("decision", "allow")]))
        assert code, "the page shows no code"
        return code[1]


class Api:
    """Plain requests in somebody's name."""

    def __init__(self, town: Town, name: str) -> None:
        self._origin, self._token = town.origin, town.token(name)

    def ask(self, method: str, path: str, **fields: object) -> Any:
        """What is answered, as JSON."""
        body = json.dumps(fields).encode() if fields else None
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"}
        with urlopen(Request(self._origin + path, body, headers, method=method), timeout=20) as answer:
            return json.loads(answer.read())


def start_town(data: Path, schema: Schema, stack: ExitStack, settings: str = "") -> Town:
    """A node with a data folder of its own; programs reach it at its judge's port."""
    data.mkdir(parents=True)
    port, behind = free_port(), free_port()
    (data / "hedgerow.toml").write_text(
        f'[node]\nurl = "http://127.0.0.1:{port}"\nname = "Town"\n[server]\nbind = "127.0.0.1:{behind}"\n'
        f'[federation]\nallow_networks = ["127.0.0.0/8"]\n[limits]\nrates = false\n{settings}\n{clusters.database_settings()}\n'
    )
    node = Node(data)
    databases.create(node.config)
    judge = stack.enter_context(Judge(port, behind, schema))
    node.start()
    stack.callback(node.stop)
    return Town(node, judge)


@pytest.fixture(scope="module")
def schema(vectors: Path) -> Schema:
    return Schema(vectors / "mastodon-openapi.json")


@pytest.fixture(scope="module")
def towns(tmp_path_factory: pytest.TempPathFactory, schema: Schema) -> Iterator[tuple[Town, Town]]:
    """Two nodes; the people on the first have programs, on the second lives bo."""
    if not CLIENTS.is_dir():
        pytest.skip(f"needs {CLIENTS.parent.name}: make ready-to-test")
    folder = tmp_path_factory.mktemp("towns")
    with ExitStack() as stack:
        here, there = (start_town(folder / name, schema, stack) for name in ("here", "there"))
        here.add("ada")
        there.add("bo")
        yield here, there
        assert (here.judge.complaints, there.judge.complaints) == ([], [])
