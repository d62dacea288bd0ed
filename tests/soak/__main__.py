"""`make soak`: 200 kills; `python -m tests.soak --rounds N --seed N` for another run."""

import argparse
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from tests.soak.kills import READY_S, soak


def main() -> int:
    """Runs it; answers 1 where anything was lost, doubled or late."""
    parser = argparse.ArgumentParser(prog="make soak")
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with tempfile.TemporaryDirectory(prefix="hedgerow-soak-") as folder, Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task("Kills", total=chosen.rounds)
        outcome = soak(
            Path(folder) / "node",
            chosen.rounds,
            lambda start_s: progress.update(task, advance=1, description=f"Kills (last start {start_s:.2f} s)"),
            chosen.seed,
        )
    print(outcome)
    for fault in outcome.faults:
        print(f"  {fault}")
    return 1 if outcome.faults or outcome.slowest.start_s > READY_S else 0


if __name__ == "__main__":
    sys.exit(main())
