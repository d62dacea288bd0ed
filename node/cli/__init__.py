"""The `hedgerow` command: one file a verb group, loaded only when its verb is called."""

from node.cli.running import run

__all__ = ["run"]
