"""`hedgerow network`: whom somebody follows, as a file."""

from pathlib import Path

import click

from node.cli.commands import Answer, Group
from node.cli.opening import local_account, with_context
from node.context import Context
from node.social import networks


@click.group(cls=Group)
def network() -> None:
    """Take somebody's network along as OPML, or bring one."""


@network.command()
@click.argument("name")
@click.option("--to", "file", type=click.Path(dir_okay=False, path_type=Path), required=True, help="OPML, or .csv for Mastodon.")
@click.pass_obj
def export(data_dir: Path, name: str, file: Path) -> Answer:
    """Write whom an account follows to a file."""

    async def use_case(context: Context) -> Answer:
        account = await local_account(context, name)
        write = networks.export_csv if file.suffix.lower() == ".csv" else networks.export_opml
        body = await write(context, account)
        count = len(await networks.list_sources(context, account.id))
        file.write_bytes(body)  # noqa: ASYNC240 - the loop has nothing else to do
        return Answer({"file": str(file), "sources": count}, f"{file} holds {count} sources.")

    return with_context(data_dir, use_case)


@network.command("import")
@click.argument("name")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--to", "kind", type=click.Choice(networks.KINDS), default="follow", show_default=True, help="What to do with them.")
@click.pass_obj
def import_(data_dir: Path, name: str, file: Path, kind: str) -> Answer:
    """Put down a job for each line of a file (OPML or Mastodon's CSV)."""
    body = file.read_bytes()

    async def use_case(context: Context) -> Answer:
        count = await networks.start_import(context, await local_account(context, name), kind, body)
        return Answer({"lines": count}, f"{count} lines are put down. The node does them while it runs.")

    return with_context(data_dir, use_case)
