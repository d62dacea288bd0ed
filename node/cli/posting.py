"""`hedgerow post` and `hedgerow follow`: from the shell what people do on the pages."""

import sys
from pathlib import Path

import click

from node.cli.commands import Answer, Command
from node.cli.opening import local_account, with_context
from node.context import Context
from node.errors import NotFound
from node.social import follows, looking_up, posts

AUDIENCES = ("public", "unlisted", "private", "direct")  # by posts.visibility


@click.command(cls=Command)
@click.argument("name")
@click.argument("text")
@click.option("--visibility", type=click.Choice(AUDIENCES), default="public", show_default=True)
@click.option("--warning", default="", help="A content warning.")
@click.option("--reply-to", default="", metavar="URL", help="The post that this answers.")
@click.pass_obj
def post(data_dir: Path, name: str, text: str, visibility: str, warning: str, reply_to: str) -> Answer:
    """Publish a post; TEXT is Markdown, or - for stdin."""
    written = sys.stdin.read() if text == "-" else text

    async def use_case(context: Context) -> Answer:
        author = await local_account(context, name)
        parent_id = await _post_id(context, reply_to) if reply_to else None
        draft = posts.Draft(written, AUDIENCES.index(visibility), warning, in_reply_to_id=parent_id)
        made = await posts.publish(context, author, draft)
        return Answer({"id": str(made.id), "uri": made.uri, "url": made.url}, str(made.url))

    return with_context(data_dir, use_case)


async def _post_id(context: Context, url: str) -> int:
    found = await looking_up.look_up(context, url)
    if found.post is None:
        raise NotFound("That is an account, not a post.")
    return found.post.id


@click.command(cls=Command)
@click.argument("name")
@click.argument("whom", metavar="HANDLE_OR_URL")
@click.pass_obj
def follow(data_dir: Path, name: str, whom: str) -> Answer:
    """Follow someone by handle or URL."""

    async def use_case(context: Context) -> Answer:
        account = await local_account(context, name)
        found = await looking_up.look_up(context, whom)
        if found.account is None:
            raise NotFound("That is a post, not an account.")
        made = await follows.follow(context, account, found.account.id)
        said = "follows" if made.state == "accepted" else "has asked to follow"
        return Answer({"state": made.state, "uri": found.account.uri}, f"{name} {said} {found.account.handle}.")

    return with_context(data_dir, use_case)
