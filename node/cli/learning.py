"""`hedgerow goal`, `reflect` and `framework`: what learners want, think, and what can be learned."""

import sys
from pathlib import Path

import click

from federation.facets import STATUSES
from node.cli.commands import Answer, Command, Group
from node.cli.opening import local_account, with_context
from node.cli.posting import AUDIENCES
from node.context import Context
from node.errors import BadInput
from node.learning import frameworks, goals, reflections
from node.learning.goals import Aim, View
from node.learning.reflections import Thought
from storage.learning import frameworks as kept_frameworks

LISTED = 1000
MINE = "direct"  # the audience that nobody else belongs to


@click.group(cls=Group)
def goal() -> None:
    """Set goals, see how near they are, say how it stands with them."""


@goal.command()
@click.argument("name")
@click.argument("text")
@click.option("--about", default="", help="Competencies, separated by commas.")
@click.option("--due", default="", metavar="YYYY-MM-DD")
@click.option("--visibility", type=click.Choice(AUDIENCES), default=MINE, show_default=True)
@click.pass_obj
def add(data_dir: Path, name: str, text: str, about: str, due: str, visibility: str) -> Answer:
    """Set a goal; only NAME sees it unless --visibility says otherwise."""

    async def use_case(context: Context) -> Answer:
        author = await local_account(context, name)
        made = await goals.set_goal(context, author, Aim(text, about, due, visibility=AUDIENCES.index(visibility)))
        return Answer({"id": str(made.id), "uri": made.uri}, f"{context.site.origin}/goals/{made.id}")

    return with_context(data_dir, use_case)


@goal.command("list")
@click.argument("name")
@click.pass_obj
def list_(data_dir: Path, name: str) -> Answer:
    """Show somebody's goals, open ones first."""

    async def use_case(context: Context) -> Answer:
        account = await local_account(context, name)
        views = await context.database.read(goals.list_views, account, account.id)
        lines = [f"{view.post.id}  {view.goal.status:8} {view.measure.percent:3} %  {goals.statement_of(view.post)}" for view in views]
        return Answer([_shown(view) for view in views], "\n".join(lines) or f"{name} has set no goal.")

    return with_context(data_dir, use_case)


def _shown(view: View) -> dict[str, object]:
    return {
        "id": str(view.post.id),
        "statement": goals.statement_of(view.post),
        "status": view.goal.status,
        "progress": view.measure.percent,
        "due": view.goal.due.date().isoformat() if view.goal.due else None,
        "competencies": [{"url": each.url, "name": each.name} for each in view.goal.alignment],
    }


@goal.command("set")
@click.argument("name")
@click.argument("goal_id", metavar="ID", type=int)
@click.argument("status", type=click.Choice(STATUSES))
@click.pass_obj
def set_(data_dir: Path, name: str, goal_id: int, status: str) -> Answer:
    """Say that a goal is active, paused, reached or dropped."""

    async def use_case(context: Context) -> Answer:
        await goals.set_status(context, await local_account(context, name), goal_id, status)
        return Answer({"id": str(goal_id), "status": status}, f"The goal is {status}.")

    return with_context(data_dir, use_case)


@click.command(cls=Command)
@click.argument("name")
@click.argument("text")
@click.option("--title", default="")
@click.option("--prompt", default="", help="The question that it answers.")
@click.option("--goal", "goal_id", type=int, default=0, metavar="ID", help="The goal that it belongs to.")
@click.option("--resource", default="", metavar="URL", help="What was learned from.")
@click.option("--visibility", type=click.Choice(AUDIENCES), default=MINE, show_default=True)
@click.option("--share", "shared_id", type=int, default=0, metavar="ID", help="Instead: share that reflection with --visibility.")
@click.pass_obj
def reflect(
    data_dir: Path, name: str, text: str, title: str, prompt: str, goal_id: int, resource: str, visibility: str, shared_id: int
) -> Answer:
    """Write down what was learned; TEXT is Markdown, or - for stdin."""
    if shared_id and text:
        raise BadInput("Give an empty TEXT with --share: its text stays.")
    written = sys.stdin.read() if text == "-" else text

    async def use_case(context: Context) -> Answer:
        author, audience = await local_account(context, name), AUDIENCES.index(visibility)
        if shared_id:
            made = await reflections.share(context, author, shared_id, audience)
        else:
            thought = Thought(written, title, "", prompt, resource, goal_id, visibility=audience)
            made = await reflections.write(context, author, thought)
        return Answer({"id": str(made.id), "uri": made.uri, "url": made.url}, str(made.url))

    return with_context(data_dir, use_case)


@click.group(cls=Group)
def framework() -> None:
    """Take competency frameworks over from 1EdTech CASE, and list them."""


@framework.command("import")
@click.argument("name")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--community", default="", metavar="NAME", help="Whose it is, where NAME looks after it.")
@click.pass_obj
def import_(data_dir: Path, name: str, file: Path, community: str) -> Answer:
    """Take a framework over from a CASE file, or bring it up to date."""
    body = file.read_bytes()

    async def use_case(context: Context) -> Answer:
        actor = await local_account(context, name)
        owner = await local_account(context, community) if community else actor
        made = await frameworks.import_case(context, actor, owner.id, body)
        count = len(await context.database.read(kept_frameworks.list_items, made.id))
        return Answer({"id": str(made.id), "title": made.title, "competencies": count}, f"{made.title}: {count} competencies.")

    return with_context(data_dir, use_case)


@framework.command("list")
@click.pass_obj
def list_frameworks(data_dir: Path) -> Answer:
    """List the frameworks here."""

    async def use_case(context: Context) -> Answer:
        found = await context.database.read(kept_frameworks.list_frameworks, LISTED)
        rows = [
            {"id": str(each.id), "title": each.title, "uri": each.uri or f"{context.site.origin}/frameworks/{each.id}"} for each in found
        ]
        return Answer(rows, "\n".join(f"{row['title']}  {row['uri']}" for row in rows) or "There is no framework yet.")

    return with_context(data_dir, use_case)
