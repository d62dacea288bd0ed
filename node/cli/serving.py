"""`hedgerow serve`: the node at work."""

import asyncio
import gc
import os
from collections.abc import Coroutine
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
import uvloop

from node import databases
from node.assembly import serve as run_node
from node.assembly import work_only
from node.cli.commands import Command
from node.cli.opening import StorageFailed
from node.cli.processes import run_many
from node.config import Config, load_config
from node.errors import BadInput
from node.log_output import start_log
from storage.errors import StorageError

OBJECTS_BEFORE_A_SWEEP = 20_000


@click.command(cls=Command)
@click.option("--bind", metavar="HOST:PORT", help="Where to listen; else [server] bind.")
@click.option("--processes", type=click.IntRange(1, 64), default=1, show_default=True, help="How many serve on this machine.")
@click.option("--part", type=int, hidden=True, help="Which of several processes this is; `--processes` gives it.")
@click.pass_obj
def serve(data_dir: Path, bind: str | None, processes: int, part: int | None) -> None:
    """Serve the node.

    Prints `ready URL` once it answers. Stops on SIGTERM or Ctrl-C, after open requests have ended.
    """
    config = load_config(data_dir, os.environ)
    start_log(config)
    address = bind or config.server.bind
    config = replace(config, server=replace(config.server, bind=address))
    if processes > 1:
        databases.create(config)  # once, not by each of them
        asyncio.run(run_many(data_dir, address, processes, tell))
    else:
        _run(config, run_node(config, address, tell_ready, part))


@click.command(cls=Command)
@click.pass_obj
def work(data_dir: Path) -> None:
    """Only do the work behind a node on PostgreSQL: deliveries and jobs.

    Prints `ready URL` once it works. Any number may run, on any machine that reaches the database.
    """
    config = load_config(data_dir, os.environ)
    if config.sqlite_file is not None:
        raise BadInput("A node on SQLite does its work in `serve`. `work` is for PostgreSQL: [database] url.")
    start_log(config)
    _run(config, work_only(config, tell_ready))


def _run(config: Config, main: Coroutine[Any, Any, None]) -> None:
    try:
        if config.server.uvloop:
            uvloop.run(main)
        else:
            asyncio.run(main)
    except StorageError as error:
        raise StorageFailed(str(error)) from error


def tell(line: str) -> None:
    """Prints a line at once."""
    print(line, flush=True)  # noqa: T201 - the lines that INTERFACE promises


def tell_ready(line: str) -> None:
    """Says that the node answers. What stands by then stays: the collector of circles need not walk it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(OBJECTS_BEFORE_A_SWEEP)
    tell(line)
