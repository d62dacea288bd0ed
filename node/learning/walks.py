"""Paths walked step by step. One from another node is walked here like one of ours; progress is the learner's own."""

from dataclasses import dataclass
from functools import partial

from federation.facets import Path, Reflection, document_from_facet
from federation.reading import uri_from
from node.context import Context
from node.errors import BadInput, NotFound
from node.learning import goals
from node.learning.paths import get_walk, path_of, step_keys
from node.site import Site
from node.social import posts
from node.social.posts import Draft
from node.social.reactions import shown_post
from storage.database import Connection
from storage.learning import paths as kept
from storage.learning.paths import Done
from storage.records import DIRECT, Account, Post


@dataclass(frozen=True, slots=True)
class Proof:
    """What a learner shows for a step: words, an address, both or nothing. visibility: of the post with the words; None keeps none."""

    text: str = ""
    evidence_url: str = ""
    visibility: int | None = None


async def start(context: Context, account: Account, post_id: int) -> None:
    """The account is on a path from now on. Raises NotFound, NotAllowed."""
    await context.database.write(_start, context.site, account, post_id)


def _start(db: Connection, site: Site, account: Account, post_id: int) -> Path:
    post = shown_post(db, post_id, account)
    path = path_of(post)
    if path is None:
        raise NotFound("That post is no path.")
    kept.start(db, account.id, post.id, site.now_ms())
    return path


async def leave(context: Context, account: Account, post_id: int) -> None:
    """The account is on a path no longer; what it wrote on the way stays."""
    await context.database.write(_leave, context.site, account, post_id)


def _leave(db: Connection, site: Site, account: Account, post_id: int) -> None:
    kept.leave(db, account.id, post_id)
    goals.refresh(db, site, account)


async def do_step(context: Context, account: Account, post_id: int, number: int, proof: Proof) -> None:
    """A step (from 0) of a path is done; the words become a reflection where they may be read. Raises NotFound, NotAllowed, BadInput."""
    evidence = uri_from(proof.evidence_url) if proof.evidence_url else None
    if proof.evidence_url and evidence is None:
        raise BadInput("Give the address of your evidence, beginning with https://.")
    walk = await get_walk(context, post_id, account.id)
    if not 0 <= number < len(walk.path.steps):
        raise NotFound("The path has no such step.")
    note = partial(note_done, account, post_id, number, evidence or "")
    if not proof.text.strip() or proof.visibility is None:
        await context.database.write(note, context.site, None)
        return
    facet = Reflection(walk.path.steps[number].resource_uri or walk.post.uri)
    alone = proof.visibility == DIRECT
    draft = Draft(proof.text, proof.visibility, language=walk.post.language, facets=(document_from_facet(facet),), to_self=alone)
    await posts.publish(context, account, draft, also=lambda db, site, post: note(db, site, post))


def note_done(account: Account, post_id: int, number: int, evidence: str, db: Connection, site: Site, reflection: Post | None) -> None:
    """Keeps that a step is done, inside the transaction of the reflection on it, where there is one."""
    keys = step_keys(_start(db, site, account, post_id))
    if number < len(keys):
        kept.save_done(db, Done(account.id, post_id, keys[number], site.now_ms(), evidence, reflection.id if reflection else None))
        goals.refresh(db, site, account)


async def undo_step(context: Context, account: Account, post_id: int, number: int) -> None:
    """A step is not done after all. Raises NotFound."""
    walk = await get_walk(context, post_id, account.id)
    if number in walk.done:
        await context.database.write(_undo, context.site, account, post_id, walk.done[number].step)


def _undo(db: Connection, site: Site, account: Account, post_id: int, step: str) -> None:
    kept.remove_done(db, account.id, post_id, step)
    goals.refresh(db, site, account)
