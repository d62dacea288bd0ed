"""`hedgerow award`, `achievements`, `endorse`, `revoke`, `verify` and `learning`."""

import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import click

from federation.baking import credential_in
from federation.credentials import Credential, credential_from_document
from federation.errors import Malformed
from federation.json import document_from_bytes
from node.cli.commands import Answer, Command
from node.cli.opening import local_account, with_context
from node.context import Context
from node.errors import BadInput, NotFound
from node.learning import awarding, badges, checking, claims, endorsing, inquiries, revoking, taking, verdicts
from node.learning.awarding import Gift
from node.learning.badges import BadgeDraft
from node.learning.claims import Claim
from node.learning.endorsing import Word
from node.learning.headlines import Headline, headline_of_verdict
from node.learning.verdicts import Verdict
from node.social import looking_up
from storage.learning import awards
from storage.learning.awards import Award
from storage.learning.badges import Badge
from storage.learning.badges import list_badges as badges_of
from storage.records import Account

UNREADABLE, FAILED = 2, 1
NOT_ASKED = "not asked: the issuer and its status list (--online asks them)"


@click.command(cls=Command)
@click.argument("name")
@click.argument("whom", metavar="HANDLE_OR_URL")
@click.argument("badge_name", metavar="BADGE")
@click.option("--for", "narrative", default="", help="What they did.")
@click.option("--evidence", multiple=True, metavar="URL", help="A post or page; may be repeated.")
@click.option("--about", default="", help="Competencies of a new badge, separated by commas.")
@click.option("--as", "community", default="", metavar="COMMUNITY", help="In the name of a community that NAME looks after.")
@click.pass_obj
def award(
    data_dir: Path, name: str, whom: str, badge_name: str, narrative: str, evidence: tuple[str, ...], about: str, community: str
) -> Answer:
    """Give a badge, by its name; one that is not there yet is defined. Your own name records it for yourself."""

    async def use_case(context: Context) -> Answer:
        account = await local_account(context, name)
        giver = await local_account(context, community) if community else account
        badge = await _badge(context, account, giver, badge_name, about)
        recipient = await _person(context, whom)
        found = [await _post_or_none(context, url) for url in evidence]
        post_ids = tuple(post_id for post_id in found if post_id)
        links = tuple(url for url, post_id in zip(evidence, found, strict=True) if not post_id)
        made = await awarding.award(context, account, Gift(badge.id, recipient.id, narrative, post_ids, links))
        return _answer(context, giver, made)

    return with_context(data_dir, use_case)


def _answer(context: Context, giver: Account, made: Award) -> Answer:
    url = f"{context.site.origin}/@{giver.name}/achievements/{made.id}"
    return Answer({"id": str(made.id), "uri": made.uri, "url": url, "state": made.state}, url)


async def _badge(context: Context, account: Account, giver: Account, badge_name: str, about: str) -> Badge:
    known = await context.database.read(badges_of, giver.id)
    found = next((each for each in known if each.name == badge_name), None)
    return found or await badges.define(context, account, BadgeDraft(badge_name, about=about, giver_id=giver.id))


async def _person(context: Context, text: str) -> Account:
    found = (await looking_up.look_up(context, text)).account
    if found is None:
        raise BadInput("That is a post, not an account.")
    return found


async def _post_or_none(context: Context, url: str) -> int:
    try:
        found = (await looking_up.look_up(context, url)).post
    except NotFound:
        return 0
    return found.id if found else 0


@click.command(cls=Command)
@click.argument("name")
@click.argument("url", metavar="POST_URL")
@click.argument("comment")
@click.pass_obj
def endorse(data_dir: Path, name: str, url: str, comment: str) -> Answer:
    """Vouch for an achievement, by the address of the post that tells of it."""

    async def use_case(context: Context) -> Answer:
        account = await local_account(context, name)
        post = (await looking_up.look_up(context, url)).post
        if post is None:
            raise BadInput("That is an account, not a post.")
        found = await taking.award_of_post(context, post.id)
        made = await endorsing.endorse(context, account, Word(comment, award_id=found.id))
        return Answer({"id": str(made.id), "uri": made.uri}, f"{name} vouches for {found.name}.")

    return with_context(data_dir, use_case)


@click.command(cls=Command)
@click.argument("name")
@click.argument("award_id", type=int, metavar="ID")
@click.argument("reason")
@click.pass_obj
def revoke(data_dir: Path, name: str, award_id: int, reason: str) -> Answer:
    """Take an achievement back that NAME gave; everybody who looks at it reads the reason."""

    async def use_case(context: Context) -> Answer:
        made = await revoking.revoke(context, await local_account(context, name), award_id, reason)
        return Answer({"id": str(made.id), "uri": made.uri, "state": "revoked"}, f"{made.name} is revoked.")

    return with_context(data_dir, use_case)


@click.command(cls=Command)
@click.argument("name")
@click.pass_obj
def achievements(data_dir: Path, name: str) -> Answer:
    """Show what NAME was given, newest first."""

    async def use_case(context: Context) -> Answer:
        account = await local_account(context, name)
        states = (awards.OFFERED, awards.ACCEPTED, awards.PUBLIC, awards.DECLINED)
        found = await context.database.read(awards.list_received, account.id, states)
        shown = await context.database.read(claims.list_claims, context.site, account, found)
        rows = [_row(each) for each in shown]
        lines = [f"{each.award.id}  {each.award.state:9} {each.award.name}{claims.as_text(each)}" for each in shown]
        return Answer(rows, "\n".join(lines) or f"{name} has no achievement.")

    return with_context(data_dir, use_case)


def _row(claim: Claim) -> dict[str, object]:
    """An achievement for programs. issuer: its address, or the one that is claimed while it is not confirmed."""
    stated = claims.as_json(claim)
    issuer = claim.issuer.uri if claim.issuer is not None else claim.award.claimed
    return {**stated, "state": claim.award.state, "issuer": issuer, "kind": claim.kind, "domain": claim.domain}


@click.command(cls=Command)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path))
@click.option("--online", is_flag=True, help="Ask the issuer and its status list, through this node.")
@click.pass_obj
def verify(data_dir: Path, file: Path, *, online: bool) -> Answer:
    """Say what a credential, a baked picture, a portfolio or an export is worth; nobody is asked without --online."""
    body = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    try:
        if online:
            document = document_from_bytes(credential_in(body))
            credential = credential_from_document(document)
            return with_context(data_dir, partial(_verify_online, document=document, credential=credential))
        found = checking.check_file(body, datetime.now(UTC))
    except Malformed as error:
        return Answer({"outcome": "unreadable", "said": str(error)}, f"{file} cannot be read: {error}.", UNREADABLE)
    value = [{"name": name, **verdicts.as_json(verdict), "headline": _headline(verdict).key, "asked": []} for name, verdict in found]
    text = "\n\n".join(f"{name}\n{_headline(verdict).said(str)}\n{verdicts.as_text(verdict)}\n{NOT_ASKED}" for name, verdict in found)
    return Answer(value, text, FAILED if any(verdict.outcome == "fail" for _, verdict in found) else 0)


def _headline(verdict: Verdict, issuer: str = "") -> Headline:
    return headline_of_verdict(verdict, issuer=issuer or "its issuer", owner="the holder of its key")


async def _verify_online(context: Context, document: Mapping[str, Any], credential: Credential) -> Answer:
    found = await inquiries.verdict_online(context, document, credential)
    headline = _headline(found.verdict, found.issuer)
    value = [{"name": credential.name or credential.uri, **inquiries.as_json(found, headline)}]
    asked = [f"asked {each.address} on {each.moment:%Y-%m-%d %H:%M} UTC: {each.answer % each.values}" for each in found.asked]
    text = "\n".join([credential.name or credential.uri, headline.said(str), verdicts.as_text(found.verdict), *(asked or [NOT_ASKED])])
    return Answer(value, text, FAILED if found.verdict.outcome == "fail" else 0)


EXAMPLES = (
    ("goal", 'hedgerow goal add ada "Name ten mosses" --about Moss --due 2027-06-01'),
    ("reflect", 'hedgerow reflect ada "Mosses drink through their leaves."'),
    ("award", 'hedgerow award ada @bo@other.example "Knows ten mosses" --for "Named them all" --about Moss'),
    ("achievements", "hedgerow achievements bo"),
    ("endorse", 'hedgerow endorse cleo https://ada.example/@ada/117 "I was there."'),
    ("revoke", 'hedgerow revoke ada 117673785421211254 "It was a fern"'),
    ("portfolio", 'hedgerow portfolio link bo award:117673785421211254 --title "The academy" --until 2027-06-01'),
    ("verify", "hedgerow verify badge.png"),
    ("export", "hedgerow export bo --to bo.zip < passphrase"),
    ("import", "hedgerow import bo bo.zip < passphrase"),
)


@click.command(cls=Command)
def learning() -> Answer:
    """List the verbs of learning, each with an example."""
    return Answer(dict(EXAMPLES), "\n".join(f"{name:13} {example}" for name, example in EXAMPLES))


learning.epilog = "\b\n" + "\n".join(example for _, example in EXAMPLES)
