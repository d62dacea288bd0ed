"""The command line inside the test's own process."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from node.cli import run


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
