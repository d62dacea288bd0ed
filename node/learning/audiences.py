"""Views of a portfolio: a chosen part for one audience, behind a secret link that ends.

What the audience could not read goes along as a snapshot that its author, the learner, signs.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import orjson

from federation.contexts import ACTIVITY
from federation.proofs import add_proof
from federation.reading import wire_date
from node.context import Context
from node.errors import BadInput, NotAllowed, NotFound
from node.learning.days import day_from_text
from node.learning.portfolio import Item, Skill, arranged, draft, skills_of
from node.site import Site
from node.social import passwords
from node.social.guardianship import is_ward
from storage import accounts
from storage import posts as kept_posts
from storage.database import Connection
from storage.ids import free_id, ms_from_datetime
from storage.learning import portfolios as kept
from storage.learning.portfolios import Arrangement, View
from storage.records import PRIVATE, Account, Post

TITLE_CHARACTERS = 200
MOST_ITEMS, MOST_VIEWS = 200, 100
DAY_MS = 24 * 3600 * 1000
ENDED = "This link leads nowhere any more."


@dataclass(frozen=True, slots=True)
class Shown:
    """A view as whoever has the link sees it. snapshots: signed documents by the item's key."""

    owner: Account
    view: View
    arrangement: Arrangement
    skills: Sequence[Skill]
    items: Sequence[Item]
    snapshots: Mapping[str, Mapping[str, Any]]


async def make_view(context: Context, owner: Account, title: str, keys: Sequence[str], last_day: str) -> str:
    """The secret of a link to a chosen part. Raises BadInput, NotAllowed.

    last_day: YYYY-MM-DD, the link holds through it; '' for no end.
    """
    if is_ward(owner):
        raise NotAllowed("Nothing of a supervised account is shown by link.")
    title = " ".join(title.split())
    if not 0 < len(title) <= TITLE_CHARACTERS:
        raise BadInput("Say for whom it is, in at most 200 characters.")
    if not 0 < len(keys) <= MOST_ITEMS:
        raise BadInput("Choose what the view shows.")
    end = day_from_text(last_day)
    ends_ms = ms_from_datetime(end) + DAY_MS if end else None
    if ends_ms is not None and ends_ms <= context.site.now_ms():
        raise BadInput("That day is over.")
    secret = passwords.new_secret()
    await context.database.write(_make, context.site, owner, title, list(dict.fromkeys(keys)), ends_ms, secret)
    return secret


def _make(db: Connection, site: Site, owner: Account, title: str, keys: Sequence[str], ends_ms: int | None, secret: str) -> None:
    if len(kept.list_views(db, owner.id)) >= MOST_VIEWS:
        raise BadInput("You have 100 views. Take one back first.")
    items = {item.key: item for item in draft(db, site, owner, owner.id)}
    if any(key not in items for key in keys):
        raise BadInput("Something that you chose is not there any more.")
    snapshots = {key: made for key in keys if (made := _snapshot(db, site, owner, items[key])) is not None}
    view_id = free_id(db, "view", site.now_ms())
    stated, disclosed = orjson.dumps(keys).decode(), orjson.dumps(snapshots).decode()
    kept.add_view(db, View(view_id, owner.id, title, passwords.digest(secret), ends_ms, stated, disclosed))


def _snapshot(db: Connection, site: Site, owner: Account, item: Item) -> dict[str, Any] | None:
    """What somebody else could not read, as its author signs it now; None where everybody can, and for what is no post."""
    post = item.post
    if post is None or post.visibility < PRIVATE:
        return None
    if post.account_id != owner.id:
        raise BadInput("What somebody else said to a few cannot be shown to others.")
    return add_proof(document_from_post(owner, post), site.keyring.proof_signer(db, owner.id), site.now())


def document_from_post(author: Account, post: Post) -> dict[str, Any]:
    """A post as a document of its own, without those whom it was said to."""
    stated = {
        "@context": list(ACTIVITY),
        "id": post.uri,
        "type": post.type,
        "attributedTo": author.uri,
        "published": wire_date(post.published),
        "name": post.title,
        "summary": post.summary,
        "content": post.content,
    }
    return {name: value for name, value in stated.items() if value}


def show_view(db: Connection, site: Site, secret: str) -> Shown:
    """What a link leads to. Raises NotFound where it has ended, was taken back, or never was."""
    view = kept.find_view(db, passwords.digest(secret))
    owner = accounts.find_account(db, view.account_id) if view else None
    if view is None or owner is None or not owner.is_active or is_ward(owner) or view.revoked_ms is not None:
        raise NotFound(ENDED)
    if view.ends_ms is not None and view.ends_ms <= site.now_ms():
        raise NotFound(ENDED)
    keys, snapshots = orjson.loads(view.items), orjson.loads(view.snapshots)
    arrangement = kept.find_arrangement(db, owner.id)
    found = [item for item in arranged(draft(db, site, owner, owner.id), arrangement) if item.key in keys]
    items = [_for_others(db, item) for item in found if _may_show(item, snapshots)]
    return Shown(
        owner,
        view,
        arrangement,
        skills_of(db, owner, items),
        items,
        {item.key: snapshots[item.key] for item in items if item.key in snapshots},
    )


def _may_show(item: Item, snapshots: Mapping[str, object]) -> bool:
    """Whether it is public, disclosed, or no post; never what is forged or revoked."""
    return item.is_shown and (item.post is None or item.post.visibility < PRIVATE or item.key in snapshots)


def _for_others(db: Connection, item: Item) -> Item:
    """The item without what others said to a few: of an answer to such a question not even what the question is about."""
    if item.kind != "answer" or item.post is None:
        return item
    question_id = kept.list_questions_of(db, [item.post.id]).get(item.post.id, 0)
    question = kept_posts.find_post(db, question_id)
    return item if question is not None and question.visibility < PRIVATE else replace(item, competencies=())


async def revoke_view(context: Context, owner: Account, view_id: int) -> None:
    """The link leads nowhere from now on. Raises NotFound."""
    if not await context.database.write(kept.revoke_view, owner.id, view_id, context.site.now_ms()):
        raise NotFound("There is no such view of yours.")
