"""Every verb of the command line: where it stands, and the line that `hedgerow --help` shows without loading it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Verb:
    """A verb before it is loaded; help is the first line of its command's docstring."""

    place: str  # module:name of a click command
    help: str


VERBS = {
    "init": Verb("node.cli.setup:init", "Make a data folder."),
}
