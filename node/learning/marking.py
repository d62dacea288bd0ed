"""Marks: a mentor looks at a post, says against a rubric what it shows, and may make an achievement of it.

Whose post it is sees the result first: it goes to them alone. The post as it was is kept beside the mark; its digest is signed in what
comes of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

import orjson

from federation.credentials import Outcome
from federation.facets import MAX_ALIGNMENTS, MAX_NAME, Alignment
from node.context import Context
from node.errors import BadInput, NotAllowed, NotFound
from node.learning import awarding, snapshots
from node.learning.awarding import Gift, plain
from node.learning.competencies import alignments_from_text
from node.site import Site
from node.social import notifying, posts
from node.social.posts import Draft
from node.social.reactions import shown_post
from storage import accounts
from storage.database import Connection
from storage.ids import free_id
from storage.learning import evidence
from storage.learning.awards import Award
from storage.learning.evidence import Mark
from storage.records import DIRECT, Account, Post

COMMENT_CHARACTERS, LEVEL_CHARACTERS = 2000, 100


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a rubric: how well a competency shows. most: the best level there is."""

    competency: str
    level: str
    most: str = ""


@dataclass(frozen=True, slots=True)
class Marking:
    """What a mentor says of a post."""

    lines: tuple[Line, ...]
    comment: str = ""


async def mark(context: Context, marker: Account, post_id: int, marking: Marking) -> Mark:
    """The mark, told to the post's author. Raises BadInput, NotFound, NotAllowed."""
    lines = rubric_of(marking.lines, context.site.origin)
    if not lines:
        raise BadInput("Say for at least one competency how well it shows.")
    if len(marking.comment) > COMMENT_CHARACTERS:
        raise BadInput("That is longer than 2000 characters.")
    taken, author = await context.database.read(_take, context.site, marker, post_id)
    draft = Draft(text_of(lines, marking.comment), DIRECT, in_reply_to_id=post_id, named_ids=(author.id,))
    mark_id = await context.database.read(_free_id, context.site)
    kept = Mark(
        id=mark_id,
        marker_id=marker.id,
        author_id=author.id,
        post_id=post_id,
        post_uri=taken.snapshot.uri,
        digest=taken.snapshot.digest,
        comment=marking.comment.strip(),
        lines=orjson.dumps(lines).decode(),
        created_ms=context.site.now_ms(),
    )
    await posts.publish(context, marker, draft, also=partial(_keep, kept, taken))
    return kept


def rubric_of(lines: Sequence[Line], origin: str) -> list[dict[str, str]]:
    """The lines that say something, each with its competency's address. Raises BadInput."""
    found = []
    for line in lines[:MAX_ALIGNMENTS]:
        alignments = alignments_from_text(line.competency.replace(",", " "), origin)
        level = " ".join(line.level.split())
        if alignments and level:
            most = " ".join(line.most.split())[:LEVEL_CHARACTERS]
            found.append({"url": alignments[0].url, "name": alignments[0].name, "level": level[:LEVEL_CHARACTERS], "most": most})
    return found


def _take(db: Connection, site: Site, marker: Account, post_id: int) -> tuple[snapshots.Taken, Account]:
    post = shown_post(db, post_id, marker)
    if post.account_id == marker.id:
        raise NotAllowed("Nobody marks their own work.")
    return snapshots.take(db, site, marker, post_id), accounts.get_account(db, post.account_id)


def _free_id(db: Connection, site: Site) -> int:
    return free_id(db, "mark", site.now_ms())


def text_of(lines: Sequence[dict[str, str]], comment: str) -> str:
    """The mark as its author's server shows it, in Markdown."""
    listed = [f"* {plain(line['name'])}: **{plain(' / '.join(filter(None, (line['level'], line['most']))))}**" for line in lines]
    return "\n\n".join(filter(None, (plain(comment.strip()), "\n".join(listed))))


def _keep(kept: Mark, taken: snapshots.Taken, db: Connection, site: Site, post: Post) -> None:
    snapshots.keep(db, taken)
    evidence.add_mark(db, kept)
    notifying.tell_more(db, site, kept.author_id, "marked", kept.marker_id, post.id)


async def award_mark(context: Context, marker: Account, mark_id: int, badge_id: int, narrative: str = "") -> Award:
    """The achievement that a mark becomes, with the snapshot as its evidence and the rubric as its results. Raises as awarding.award."""
    kept = await context.database.read(_own_mark, marker, mark_id)
    outcomes = tuple(
        Outcome(line["name"][:MAX_NAME], line["level"], "RubricScore", line["most"], (Alignment(line["url"], line["name"]),))
        for line in kept.rubric
    )
    gift = Gift(badge_id, kept.author_id, narrative or kept.comment, outcomes=outcomes)
    taken = await context.database.read(_snapshot_of, kept)
    made = await awarding.award(context, marker, replace(gift, taken=(taken,)))
    await context.database.write(evidence.set_mark_award, kept.id, made.id)
    return made


def _own_mark(db: Connection, marker: Account, mark_id: int) -> Mark:
    kept = evidence.find_mark(db, mark_id)
    if kept is None or kept.marker_id != marker.id:
        raise NotFound("There is no such mark of yours.")
    if kept.award_id is not None:
        raise NotAllowed("That mark has become an achievement already.")
    return kept


def _snapshot_of(db: Connection, kept: Mark) -> snapshots.Taken:
    snapshot = evidence.list_snapshots(db, [kept.digest]).get(kept.digest)
    if snapshot is None:
        raise NotFound("What was marked is not kept any more.")
    return snapshots.as_evidence(snapshot, kept.comment)
