"""Three nodes on loopback, with fresh people for every test."""

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest

from tests.nodes import Node, prepare, settle
from tests.people import Person

_numbers = count(1)


@dataclass(frozen=True)
class Lane:
    """Three neighbours, open in the test's event loop."""

    nodes: Sequence[Node]

    async def person(self, number: int, name: str, **said: object) -> Person:
        """Someone new on one of the nodes, counted from 1; names get a number, for the nodes are those of all tests in a file."""
        return await self.nodes[number - 1].person(f"{name}{next(_numbers)}", **said)

    async def settle(self) -> None:
        """Waits until all that they owe one another has arrived."""
        await settle(*self.nodes)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sequence[Node]]:
    """Three processes that run as long as a file's tests."""
    folder: Path = tmp_path_factory.mktemp("nodes")
    nodes = [prepare(folder / str(number), host=f"127.0.0.{number}") for number in (1, 2, 3)]
    for node in nodes:
        node.start()
    yield nodes
    assert [node.stop() for node in nodes] == [0, 0, 0]


@pytest.fixture
async def lane(running: Sequence[Node]) -> AsyncIterator[Lane]:
    """The three nodes."""
    async with AsyncExitStack() as stack:
        yield Lane([await stack.enter_async_context(node.opened()) for node in running])


@pytest.fixture
async def ada(lane: Lane) -> Person:
    """Someone on the first node."""
    return await lane.person(1, "ada")


@pytest.fixture
async def bo(lane: Lane) -> Person:
    """Someone on the second node."""
    return await lane.person(2, "bo")


@pytest.fixture
async def cleo(lane: Lane) -> Person:
    """Someone on the third node."""
    return await lane.person(3, "cleo")
