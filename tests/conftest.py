"""What every test may ask for."""

import os
from pathlib import Path
from typing import Any

import pytest

from tests.clients import operations

CHECKOUT = Path(__file__).parents[1]


@pytest.fixture(scope="session")
def vectors() -> Path:
    """The folder of real documents and the standards' own vectors, which stands beside the checkout or under HEDGEROW_VECTORS."""
    folder = Path(os.environ.get("HEDGEROW_VECTORS") or CHECKOUT.parent / "shared" / "vectors")
    if not folder.is_dir():
        pytest.skip(f"needs the vectors: no folder {folder}")
    return folder


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A worker hands on which operations of the client API it has exercised, and which answers were not as the schema says."""
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["operations"] = (sorted(operations.exercised), operations.violations)


def pytest_testnodedown(node: Any, error: object) -> None:
    """The session gathers what its workers hand on."""
    exercised, violations = getattr(node, "workeroutput", {}).get("operations", ((), ()))
    operations.exercised.update(exercised)
    operations.violations.extend(violations)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """How much of the client API was exercised, and how often against its schema."""
    if operations.exercised:
        count, wrong = len(operations.exercised), len(operations.violations)
        terminalreporter.write_line(f"client API: {count} of {operations.ALL} operations exercised, {wrong} violations of the schema")
