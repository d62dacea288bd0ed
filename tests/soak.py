"""`make soak`: the kill test at length. `python -m tests.soak [ROUNDS]`."""

import asyncio
import sys
import tempfile
from pathlib import Path

from tests.outage.killing import kill_again_and_again

ROUNDS = 200


def main() -> None:
    """Prints what was seen; an assertion fails where something acknowledged was lost, or happened twice."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    with tempfile.TemporaryDirectory() as folder:
        print(asyncio.run(kill_again_and_again(Path(folder) / "node", rounds)))


if __name__ == "__main__":
    main()
