"""`hedgerow serve`: the node at work."""

import asyncio
import gc
import logging
import os
import sys
from pathlib import Path

import click
import orjson
import uvloop

from node.assembly import serve as run_node
from node.cli.commands import Command
from node.config import Config, load_config

LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}
OBJECTS_BEFORE_A_SWEEP = 20_000
USUAL = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName"}


@click.command(cls=Command)
@click.option("--bind", metavar="HOST:PORT", help="Where to listen; else [server] bind.")
@click.pass_obj
def serve(data_dir: Path, bind: str | None) -> None:
    """Serve the node.

    Prints `ready URL` once it answers. Stops on SIGTERM or Ctrl-C, after open requests have ended.
    """
    config = load_config(data_dir, os.environ)
    start_log(config)
    main = run_node(config, bind or config.server.bind, tell_ready)
    if config.server.uvloop:
        uvloop.run(main)
    else:
        asyncio.run(main)


def tell_ready(line: str) -> None:
    """Says that the node answers. What stands by then stays: the collector of circles need not walk it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(OBJECTS_BEFORE_A_SWEEP)
    print(line, flush=True)  # noqa: T201 - the line that INTERFACE promises


def start_log(config: Config) -> None:
    """Log lines go to stderr, as text or as one JSON object a line."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines() if config.log.format == "json" else PlainLines("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=LEVELS[config.log.level], handlers=[handler], force=True)


def _fields(record: logging.LogRecord) -> dict[str, object]:
    return {name: value for name, value in record.__dict__.items() if name not in USUAL}


class PlainLines(logging.Formatter):
    """A line of text; fields stand behind the message."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's own name
        """The line, with its fields."""
        said = "".join(f" {name}={value}" for name, value in _fields(record).items())
        return super().formatMessage(record) + said


class JsonLines(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        line = {"time": self.formatTime(record), "level": record.levelname, "logger": record.name, "message": record.getMessage()}
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return orjson.dumps(line | _fields(record), default=str).decode()
