"""An event loop in which nobody waits: where nothing can go on now, the time is that of the next thing."""

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

Answer = TypeVar("Answer")

BEGIN = datetime(2026, 11, 1, tzinfo=UTC)


class StuckError(RuntimeError):
    """Everybody waits for something that will never come."""


class _Selector(selectors.DefaultSelector):
    """Tells the loop that the time it wanted to wait has passed."""

    passed: Callable[[float], None]

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        found = super().select(0)
        if found or timeout == 0:
            return found
        if timeout is None:
            raise StuckError("nothing is left to wait for")
        self.passed(timeout)
        return []


class Loop(asyncio.SelectorEventLoop):
    """Its time is made up, and what others do on threads it does on the spot, for no thread knows that time."""

    def __init__(self) -> None:
        selector = _Selector()
        selector.passed = self._pass
        self._now_s = 0.0
        super().__init__(selector)

    def time(self) -> float:
        return self._now_s

    def _pass(self, seconds: float) -> None:
        self._now_s += max(seconds, 1e-6)  # less would get lost in a float after some days

    def run_in_executor(self, _executor: Any, function: Callable[..., Any], *arguments: Any) -> asyncio.Future[Any]:
        done = self.create_future()
        try:
            done.set_result(function(*arguments))
        except Exception as error:  # noqa: BLE001 - it is the caller's, as from a thread
            done.set_exception(error)
        return done


def now() -> datetime:
    """The time of the running loop, aware, UTC."""
    return BEGIN + timedelta(seconds=asyncio.get_running_loop().time())


def run(main: Coroutine[Any, Any, Answer]) -> Answer:
    """What a coroutine answers, in made-up time."""
    with asyncio.Runner(loop_factory=Loop) as runner:
        return runner.run(main)
