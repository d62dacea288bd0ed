"""Processes held to a share of a core each, by cgroups of either version. Needs root."""

import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

PERIOD_US = 10_000
ROOTS = (Path("/sys/fs/cgroup/cpu"), Path("/sys/fs/cgroup"))  # version 1, version 2


def is_possible() -> bool:
    """Whether this machine lets us hold a process."""
    try:
        folder = _make_group(f"probe{os.getpid()}", 1.0)
    except OSError:
        return False
    folder.rmdir()
    return True


@contextmanager
def held(pids: Sequence[int], share: float) -> Iterator[None]:
    """Each process gets `share` of one core at most (0.3: 3 ms of every 10), all its threads together, until the block ends."""
    folders = [_make_group(str(pid), share) for pid in pids]
    for pid, folder in zip(pids, folders, strict=True):
        (folder / "cgroup.procs").write_text(str(pid))
    try:
        yield
    finally:
        for folder in folders:
            for pid in (folder / "cgroup.procs").read_text().split():
                (folder.parent / "cgroup.procs").write_text(pid)
            _remove(folder)


def children(pid: int) -> list[int]:
    """The processes that a process has started."""
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _make_group(name: str, share: float) -> Path:
    root = next(root for root in ROOTS if root.is_dir())
    folder = root / f"hedgerow-bench-{name}"
    folder.mkdir()
    quota = int(PERIOD_US * share)
    try:
        if (folder / "cpu.cfs_quota_us").exists():
            (folder / "cpu.cfs_period_us").write_text(str(PERIOD_US))
            (folder / "cpu.cfs_quota_us").write_text(str(quota))
        else:
            (folder / "cpu.max").write_text(f"{quota} {PERIOD_US}")
    except OSError:
        folder.rmdir()
        raise
    return folder


def _remove(folder: Path, tries: int = 50) -> None:
    """A group that has just been left may count as busy for a moment."""
    for _ in range(tries):
        try:
            return folder.rmdir()
        except OSError:
            time.sleep(0.02)
    raise RuntimeError(f"cannot remove {folder}")
