"""`make soak`: 200 kills, then two minutes of kills among five processes on PostgreSQL; `python -m tests.soak --help` for other runs."""

import argparse
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from tests.soak.cluster import soak_cluster
from tests.soak.kills import READY_S, soak


def main() -> int:
    """Runs it; answers 1 where anything was lost, doubled or late."""
    parser = argparse.ArgumentParser(prog="make soak")
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=120, help="of the run on PostgreSQL")
    parser.add_argument("--only", choices=["sqlite", "postgresql"])
    chosen = parser.parse_args()
    faults = 0
    if chosen.only != "postgresql":
        faults += _on_sqlite(chosen.rounds, chosen.seed)
    if chosen.only != "sqlite":
        faults += _on_postgres(chosen.seconds, chosen.seed)
    return 1 if faults else 0


def _on_sqlite(rounds: int, seed: int) -> int:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with tempfile.TemporaryDirectory(prefix="hedgerow-soak-") as folder, Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task("Kills", total=rounds)
        outcome = soak(
            Path(folder) / "node",
            rounds,
            lambda start_s: progress.update(task, advance=1, description=f"Kills (last start {start_s:.2f} s)"),
            seed,
        )
    return _told(str(outcome), outcome.faults) + (outcome.slowest.start_s > READY_S)


def _on_postgres(seconds: float, seed: int) -> int:
    with tempfile.TemporaryDirectory(prefix="hedgerow-soak-") as folder, Console(stderr=True).status("Kills") as status:
        outcome = soak_cluster(Path(folder) / "node", seconds, lambda kills: status.update(f"{kills} kills"), seed)
    return _told(str(outcome), outcome.faults)


def _told(summary: str, faults: list[str]) -> int:
    print(summary)
    for fault in faults:
        print(f"  {fault}")
    return len(faults)


if __name__ == "__main__":
    sys.exit(main())
