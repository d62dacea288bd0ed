"""`hedgerow portfolio`: what somebody can do, and views of it by link."""

from pathlib import Path

import click

from node.cli.commands import Answer, Group
from node.cli.opening import local_account, with_context
from node.context import Context
from node.learning import audiences, claims
from node.learning import portfolio as drafted
from node.learning.portfolio import Item, Skill


@click.group(cls=Group)
def portfolio() -> None:
    """Show what somebody can do, and make links to chosen parts of it."""


@portfolio.command()
@click.argument("name")
@click.pass_obj
def show(data_dir: Path, name: str) -> Answer:
    """Show a portfolio as its owner sees it."""

    async def use_case(context: Context) -> Answer:
        owner = await local_account(context, name)
        found = await context.database.read(drafted.get_portfolio, context.site, owner, owner.id)
        lines = [f"{skill.strength:5.0%}  {skill.name} ({len(skill.items)})" for skill in found.skills]
        lines += [f"{item.key:28} {item.title}{claims.as_text(item.claim) if item.claim is not None else ''}" for item in found.items]
        value = {"competencies": [_skill(each) for each in found.skills], "items": [_item(each) for each in found.items]}
        return Answer(value, "\n".join(lines) or f"Nothing speaks for {name} yet.")

    return with_context(data_dir, use_case)


def _skill(skill: Skill) -> dict[str, object]:
    evidence = [item.key for item in skill.items]
    return {"name": skill.name, "url": skill.url, "strength": round(skill.strength, 3), "evidence": evidence}


def _item(item: Item) -> dict[str, object]:
    state = item.claim.headline.key if item.claim is not None else None
    claim = {"claim": claims.as_json(item.claim)} if item.claim is not None else {}
    return {"key": item.key, "kind": item.kind, "title": item.title, "state": state, "note": item.note, **claim}


@portfolio.command()
@click.argument("name")
@click.argument("keys", nargs=-1, required=True, metavar="KEY...")
@click.option("--title", required=True, help="For whom it is; they read that.")
@click.option("--until", "last_day", default="", metavar="YYYY-MM-DD", help="The last day on which the link holds.")
@click.pass_obj
def link(data_dir: Path, name: str, keys: tuple[str, ...], title: str, last_day: str) -> Answer:
    """Make a link to a chosen part; `show` names the keys."""

    async def use_case(context: Context) -> Answer:
        secret = await audiences.make_view(context, await local_account(context, name), title, keys, last_day)
        url = f"{context.site.origin}/portfolio/{secret}"
        return Answer({"url": url}, url)

    return with_context(data_dir, use_case)
