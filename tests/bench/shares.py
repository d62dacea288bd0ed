"""Who used the machine's processors while something was measured."""

import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.bench.process import TICKS

CORES = os.cpu_count() or 1


@dataclass
class Shares:
    """Cores in use, by whom; filled when the measurement ends."""

    cores: dict[str, float] = field(default_factory=dict)

    def __str__(self) -> str:
        named = ", ".join(f"{name} {used:.2f}" for name, used in self.cores.items())
        return f"cores: {named}; {sum(self.cores.values()):.2f} of {CORES}"


@contextmanager
def watched(roots: Mapping[str, int]) -> Iterator[Shares]:
    """Cores used meanwhile by processes and all that they started, by name, and by everybody else."""
    found, before, began = Shares(), _used(roots), time.perf_counter()
    yield found
    after, seconds = _used(roots), time.perf_counter() - began
    found.cores |= {name: max(after[name] - before[name], 0) / seconds for name in after}


def _used(roots: Mapping[str, int]) -> dict[str, float]:
    """CPU seconds so far."""
    seconds, parents = {}, {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parts = (folder / "stat").read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        parents[int(folder.name)] = int(parts[1])
        seconds[int(folder.name)] = (int(parts[11]) + int(parts[12])) / TICKS
    machine = sum(int(value) for value in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:4]) / TICKS
    named = {name: sum(used for pid, used in seconds.items() if _is_below(pid, root, parents)) for name, root in roots.items()}
    return named | {"load and others": machine - sum(named.values())}


def _is_below(pid: int, root: int, parents: Mapping[int, int]) -> bool:
    while pid and pid != root:
        pid = parents.get(pid, 0)
    return pid == root
