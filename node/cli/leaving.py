"""`hedgerow export` and `hedgerow import`: an account as a zip that belongs to its learner."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

import click
from rich.console import Console
from rich.progress import Progress

from node.cli.commands import Answer, Command
from node.cli.opening import local_account, with_context
from node.context import Context
from node.errors import BadInput
from node.learning import exporting, importing
from node.social.accounts import get_local


@click.command(cls=Command)
@click.argument("name")
@click.option("--to", "file", required=True, type=click.Path(dir_okay=False, path_type=Path), help="The zip to write.")
@click.pass_obj
def export(data_dir: Path, name: str, file: Path) -> Answer:
    """Write everything of somebody's to a zip that belongs to them.

    The passphrase for the key in it is read from stdin, or asked for.
    """
    passphrase = read_passphrase(confirm=True)

    async def use_case(context: Context) -> Answer:
        account = await context.database.read(get_local, name.removeprefix("@"))  # also who is suspended may leave with what is theirs
        with watched("Writing") as progress:
            written = await exporting.export(context, account, file, passphrase, progress)
        said = f"{file} holds {written.posts} posts and {written.credentials} credentials."
        return Answer({"file": str(file), **asdict(written)}, said)

    return with_context(data_dir, use_case)


@click.command("import", cls=Command)
@click.argument("name")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.pass_obj
def import_(data_dir: Path, name: str, file: Path) -> Answer:
    """Take everything in that a zip holds.

    The passphrase of the key in it is read from stdin, or asked for. Twice is the same as once, and nobody is told anything again.
    """
    passphrase = read_passphrase(confirm=False)

    async def use_case(context: Context) -> Answer:
        account = await local_account(context, name)
        with watched("Reading") as progress:
            brought = await importing.import_archive(context, account, file, passphrase, progress)
        said = (
            f"New here: {brought.posts} posts, {brought.credentials} credentials, {brought.endorsements} endorsements, "
            f"{brought.papers} papers (drafts, how the portfolio is arranged, ...). {brought.follows} to follow, in the background."
        )
        return Answer(asdict(brought), said)

    return with_context(data_dir, use_case)


@contextmanager
def watched(what: str) -> Iterator[exporting.Progress]:
    """A progress bar on stderr, where somebody watches."""
    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda name, done, total: bar.update(task, description=name, completed=done, total=total)


def read_passphrase(*, confirm: bool) -> str:
    """From stdin, or asked for where a person sits there. Raises BadInput."""
    if sys.stdin.isatty():
        asked: str = click.prompt("Passphrase of the key in the archive", hide_input=True, confirmation_prompt=confirm, err=True)
        return asked
    text = sys.stdin.readline().rstrip("\r\n")
    if not text:
        raise BadInput("No passphrase came on stdin.")
    return text
