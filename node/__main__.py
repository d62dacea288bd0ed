"""The `hedgerow` command; `python -m node` is the same."""

import sys
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

ROOMS = ("federation", "storage", "node")


def main() -> None:
    """Runs the command line and ends the process."""
    strangers = find_strangers()
    if strangers:
        sys.exit(f"These packages are not Hedgerow's: {', '.join(strangers)}. Install Hedgerow into an environment of its own.")
    command_line = import_module("node.cli")  # not before: it imports the other rooms
    sys.exit(command_line.run(sys.argv[1:]))


def find_strangers() -> list[str]:
    """The rooms that do not stand beside this one: PyPI has a package named `federation` too."""
    home = Path(__file__).parents[1]
    return [f"{room} in {place}" for room in ROOMS if (place := place_of(room)) != home]


def place_of(package: str) -> Path | None:
    """The folder that a package would be imported from, without importing it."""
    spec = find_spec(package)
    return Path(spec.origin).parents[1] if spec and spec.origin else None


if __name__ == "__main__":
    main()
