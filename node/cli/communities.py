"""`hedgerow community`: make and list communities."""

from pathlib import Path

import click

from node.cli.commands import Answer, Group
from node.cli.opening import local_account, with_context
from node.context import Context
from node.social import communities
from node.social.joining import JOIN_MODES
from storage import communities as stored


@click.group(cls=Group)
def community() -> None:
    """Make and list communities."""


@community.command()
@click.argument("name")
@click.option("--title", required=True, help="What people read.")
@click.option("--moderator", "moderators", multiple=True, required=True, metavar="ACCOUNT", help="Who looks after it; may be repeated.")
@click.option("--summary", default="", help="What it is about, in Markdown.")
@click.option("--join", type=click.Choice(JOIN_MODES), default="open", show_default=True)
@click.option("--private", is_flag=True, help="Only members read it.")
@click.option("--approve-first", is_flag=True, help="A newcomer's first post waits for a moderator.")
@click.pass_obj
def add(
    data_dir: Path, name: str, title: str, moderators: tuple[str, ...], summary: str, join: str, *, private: bool, approve_first: bool
) -> Answer:
    """Make a community."""
    settings = communities.Settings(title, summary, join, private, approve_first)

    async def use_case(context: Context) -> Answer:
        people = [await local_account(context, each) for each in moderators]
        made = await communities.create(context, name, settings, people)
        handle = f"@{made.name}@{context.site.handle_domain}"
        return Answer({"id": str(made.id), "name": made.name, "handle": handle, "uri": made.uri}, f"{handle} is there: {made.url}")

    return with_context(data_dir, use_case)


@community.command("list")
@click.pass_obj
def list_(data_dir: Path) -> Answer:
    """List the communities here."""

    async def use_case(context: Context) -> Answer:
        found = await context.database.read(stored.list_communities, 1000)
        rows = [{"name": each.account.name, "title": each.account.title, "members": each.members, "join": each.join_mode} for each in found]
        lines = [f"{row['name']:20} {row['members']:6} {row['join']:8} {row['title']}" for row in rows]
        return Answer(rows, "\n".join(lines) or "There is no community yet.")

    return with_context(data_dir, use_case)
