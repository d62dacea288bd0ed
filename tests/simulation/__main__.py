"""`make simulation`: prints what a network of many nodes did, as Markdown; answers 1 where a post is missing or doubled, or stands
where nobody asked for it."""

import argparse
import sys

from tests.simulation.network import Outcome, simulate
from tests.simulation.story import Plot
from tests.simulation.wire import Weather


def main() -> int:
    parser = argparse.ArgumentParser(prog="make simulation")
    parser.add_argument("--nodes", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--hours", type=float, default=36.0, help="in which people write")
    parser.add_argument("--posts", type=float, default=3.0, help="by each, on average")
    parser.add_argument("--follows", type=float, default=6.0, help="by each, on average")
    chosen = parser.parse_args()
    plot = Plot(follows=chosen.follows, posts=chosen.posts, hours=chosen.hours)
    outcome = simulate(chosen.nodes, chosen.seed, plot, Weather(), say)
    print(report(chosen.seed, outcome))
    return 1 if outcome.faults else 0


def say(what: str) -> None:
    """Where it is, on stderr, in place where somebody looks."""
    print(f"\r  {what:<70}" if sys.stderr.isatty() else f"  {what}", file=sys.stderr, end="" if sys.stderr.isatty() else "\n", flush=True)


def report(seed: int, outcome: Outcome) -> str:
    """A table in Markdown, and every fault."""
    rows = [f"| {name} | {value:,} |" for name, value in outcome.figures.items()]
    here = [f"| real seconds | {outcome.seconds:.0f} |", f"| memory at most, MB | {outcome.memory_mb:.0f} |"]
    faults = [f"FAULT: {fault}" for fault in outcome.faults] or [
        "Every public post stands once at each follower's home, and nothing else does."
    ]
    return "\n".join([f"| seed {seed} | |", "| --- | --- |", *rows, *here, "", *faults])


if __name__ == "__main__":
    sys.exit(main())
