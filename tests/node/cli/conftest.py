"""The command line inside the test's own process."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from node.cli import run
from tests import clusters


@dataclass(frozen=True)
class Outcome:
    """What one call left: exit code, stdout, stderr."""

    code: int
    out: str
    err: str


@pytest.fixture
def call(capsys, monkeypatch, tmp_path) -> Callable[..., Outcome]:
    """call("init", "--url", "https://x.example"): the outcome, in an empty folder of the test's own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("HEDGEROW_DATA", raising=False)

    def call_with(*arguments: str) -> Outcome:
        code = run(arguments)
        printed = capsys.readouterr()
        return Outcome(code, printed.out, printed.err)

    return call_with


@pytest.fixture
def empty_memory(monkeypatch) -> Iterator[Callable[[], str]]:
    """empty_memory(): from now on verbs find an empty database, on the engine under test; its URL, '' for a file in the data folder."""
    made: list[str] = []

    def make() -> str:
        if not clusters.on_postgres():
            return ""
        made.append(clusters.cluster().create(template="template0"))
        monkeypatch.setenv("HEDGEROW_DATABASE_URL", made[-1])
        return made[-1]

    yield make
    for url in made:
        clusters.cluster().drop(url)


@pytest.fixture
def memory_url(empty_memory) -> str:
    """Where the verbs keep what they are told."""
    return empty_memory()
