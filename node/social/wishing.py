"""What a ward wants to do waits until a guardian has looked at it."""

from collections.abc import Mapping

import orjson

from node.context import Context
from node.errors import NotAllowed
from node.site import Site
from node.social import guardianship, notifying
from storage import accounts, notifications, posts, wards
from storage.database import Connection
from storage.ids import free_id
from storage.learning.awards import HELD, Award
from storage.records import Account
from storage.wards import AGREED, WAITING, Wish

ASKED = "Your guardian has to agree to that first, and has been asked."
EXPORT_MS = 7 * 24 * 3600 * 1000


def wish(db: Connection, site: Site, ward: Account, kind: str, subject: str, payload: Mapping[str, object] | None = None) -> None:
    """Puts a wish down and tells the guardians; one that waits already stays as it is, but of each post there is one of its own."""
    known = wards.find_latest_wish(db, ward.id, kind, subject) if subject else None
    if known is not None and known.state == WAITING:
        return
    wish_id = free_id(db, "wish", site.now_ms())
    wards.add_wish(db, Wish(wish_id, ward.id, kind, subject, orjson.dumps(payload or {}).decode(), WAITING))
    for guardian in wards.list_guardians(db, ward.id):
        notifications.remove_notification(db, guardian.id, "wish", ward.id, 0)  # so that it is news again
        notifying.tell(db, site, guardian.id, "wish", ward.id)


async def hold(context: Context, ward: Account, kind: str, subject: str, payload: Mapping[str, object]) -> None:
    """Puts a wish down, and raises NotAllowed with the sentence that says so."""
    await context.database.write(wish, context.site, ward, kind, subject, payload)
    raise NotAllowed(ASKED)


async def require_touch(context: Context, account: Account, kind: str, post_id: int, payload: Mapping[str, object] | None = None) -> None:
    """Nothing where an account may act on a post; what a supervised one wants to do to somebody's outside of its approved circle waits.
    Raises NotAllowed with the sentence that says so."""
    if guardianship.is_ward(account) and not await context.database.read(_is_in_touch, account, post_id):
        await hold(context, account, kind, str(post_id), payload or {})


def _is_in_touch(db: Connection, account: Account, post_id: int) -> bool:
    post = posts.find_visible_post(db, post_id, account.id)
    return post is None or guardianship.are_in_touch(db, account, accounts.get_account(db, post.account_id))


def state_of_award(db: Connection, site: Site, recipient: Account, issuer: Account, award: Award) -> str:
    """The state of a new award: as it is, or HELD where it comes to a supervised account from outside of its approved circle; its guardians
    are asked."""
    if guardianship.may_reach(db, issuer.id, recipient):
        return award.state
    wish(db, site, recipient, "award", str(award.id), {"text": f"{award.name} (@{issuer.handle})"})
    return HELD


async def require_export(context: Context, account: Account) -> None:
    """Nothing where an account may be taken along: everybody's own, a ward's within a week after a guardian agreed. Raises NotAllowed."""
    if account.mode == "supervised" and not await context.database.read(_may_export, context.site, account):
        await hold(context, account, "export", "all", {})


def _may_export(db: Connection, site: Site, account: Account) -> bool:
    found = wards.find_latest_wish(db, account.id, "export", "all")
    return found is not None and found.state == AGREED and (found.decided_ms or 0) + EXPORT_MS > site.now_ms()
