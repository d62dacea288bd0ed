"""Achievements and endorsements taken back: in the issuer's signed status list, and by an Update of the post that tells of it."""

from collections.abc import Iterable
from dataclasses import replace

import orjson

from federation.rdf_proofs import did_key_of
from federation.status_lists import SIZE, status_list_document
from node.context import Context
from node.errors import BadInput, Conflict, NotAllowed, NotFound
from node.learning import goals, persons, sealing
from node.site import Site
from node.social import naming, notifying, publishing
from node.social.changes import tell_changed as tell_post_changed
from storage import accounts
from storage import posts as kept_posts
from storage.database import Connection
from storage.learning import awards, evidence
from storage.learning.awards import Award
from storage.learning.evidence import find_status_list as find_list
from storage.learning.evidence import save_status_list as save_list
from storage.records import Account, Post

__all__ = ["SIZE", "find_list", "revoke", "save_list", "sign_list", "take_back"]
TRIES = 5  # of signing a list that others changed meanwhile
REASON_CHARACTERS = 500


async def sign_list(context: Context, account: Account, revoked: Iterable[int]) -> str:
    """The account's status list with some numbers revoked, signed: the text that is served."""
    signer = await context.database.read(context.site.keyring.proof_signer, account.id)
    url, now = naming.status_list_uri(context.site.origin, account.name), context.site.now()
    document = status_list_document(url, did_key_of(signer), revoked, now)
    return orjson.dumps(await sealing.seal(document, signer, now)).decode()


async def revoke(context: Context, account: Account, award_id: int, reason: str) -> Award:
    """The award, revoked: its list says so from now on, and all that got the post are told. Raises NotFound, NotAllowed, BadInput."""
    reason = " ".join(reason.split())
    if not 0 < len(reason) <= REASON_CHARACTERS:
        raise BadInput("Say why, in at most 500 characters.")
    found, giver = await context.database.read(_own_award, account, award_id)
    await take_back(context, giver, found.list_index or 0)
    return await context.database.write(_note, context.site, giver, award_id, reason)


async def take_back(context: Context, account: Account, index: int) -> None:
    """A number of the account's list is revoked from now on. Raises Conflict where others change the list all the time."""
    for _ in range(TRIES):
        revoked = await context.database.read(evidence.list_revoked, account.id)
        body = await sign_list(context, account, [*revoked, index])
        if await context.database.write(_save, context.site, account.id, revoked, index, body):
            return
    raise Conflict("Somebody else is revoking too. Try again.")


def _save(db: Connection, site: Site, account_id: int, revoked: list[int], index: int, body: str) -> bool:
    """False where the list has changed since it was signed."""
    if evidence.list_revoked(db, account_id) != revoked:
        return False
    evidence.add_revoked(db, account_id, index)
    save_list(db, account_id, body, site.now_ms())
    return True


def _own_award(db: Connection, account: Account, award_id: int) -> tuple[Award, Account]:
    found = awards.find_award(db, award_id)
    if found is None:
        raise NotFound("There is no such achievement.")
    if found.list_index is None and found.issuer_id == account.id:
        raise NotAllowed("You gave it on another node, whose list says whether it counts. Take it back there.")
    if found.list_index is None:
        raise NotAllowed("Only who gave an achievement can take it back.")
    return found, persons.acting_for(db, account, found.issuer_id)


def _note(db: Connection, site: Site, giver: Account, award_id: int, reason: str) -> Award:
    found = awards.find_award(db, award_id)
    if found is None:
        raise NotFound("There is no such achievement.")
    if awards.set_revoked(db, award_id, reason, site.now_ms()) and found.post_id:
        notifying.tell(db, site, found.recipient_id, "revoked", giver.id, found.post_id)
        post = kept_posts.find_post(db, found.post_id)
        if post is not None:
            tell_changed(db, site, giver, post)
    goals.refresh_for(db, site, found.recipient_id)
    return awards.find_award(db, award_id) or found


def tell_changed(db: Connection, site: Site, giver: Account, post: Post, **changes: object) -> Post:
    """Update: to all that a post went to. changes: columns of it that are different from now on."""
    now_ms = max(site.now_ms(), (post.edited_ms or post.published_ms) + 1)
    changed = replace(post, edited_ms=now_ms, revision_ms=now_ms, **changes)  # type: ignore[arg-type]  # columns of Post
    kept_posts.update_post(db, changed)
    publishing.publish_edit(db, site, accounts.get_account(db, giver.id), changed)
    tell_post_changed(db, post)
    return changed
