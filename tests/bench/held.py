"""Processes held to a part of a core by the system's control groups: how software scales shows on a machine with too few cores for it."""

import os
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

ROOTS = (Path("/sys/fs/cgroup/cpu"), Path("/sys/fs/cgroup"))  # control groups version 1, and 2
PERIOD_US = 10_000  # short, so that nobody waits long for the next one


def objection() -> str | None:
    """Why nothing can be held here, None where it can."""
    try:
        with _group(1.0, ()):
            return None
    except OSError as error:
        return f"control groups cannot be made here ({error})"


@contextmanager
def held(pids: Iterable[int], cores: float) -> Iterator[None]:
    """Each process, with the threads it has and will have, gets at most such a part of a core. Raises OSError."""
    with ExitStack() as stack:
        for pid in pids:
            stack.enter_context(_group(cores, [pid]))
        yield


@contextmanager
def _group(cores: float, pids: Iterable[int]) -> Iterator[None]:
    root = next((each for each in ROOTS if (each / "cpu.cfs_quota_us").exists() or (each / "cgroup.controllers").exists()), ROOTS[1])
    folder = root / f"hedgerow-bench-{os.getpid()}-{time.monotonic_ns()}"
    folder.mkdir()
    try:
        _limit(folder, int(cores * PERIOD_US))
        for pid in pids:
            (folder / "cgroup.procs").write_text(str(pid))
        yield
    finally:
        for pid in (folder / "cgroup.procs").read_text().split():
            (root / "cgroup.procs").write_text(pid)
        folder.rmdir()


def _limit(folder: Path, quota_us: int) -> None:
    if (folder / "cpu.cfs_quota_us").exists():
        (folder / "cpu.cfs_period_us").write_text(str(PERIOD_US))
        (folder / "cpu.cfs_quota_us").write_text(str(quota_us))
    else:
        (folder / "cpu.max").write_text(f"{quota_us} {PERIOD_US}")


def serving(pid: int) -> list[int]:
    """Who serves of what a process started: its children, itself where it has none."""
    children = [int(each) for task in Path(f"/proc/{pid}/task").iterdir() for each in (task / "children").read_text().split()]
    return children or [pid]
