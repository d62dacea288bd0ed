"""The policy for supervised accounts: whom they reach, who reaches them, and who finds them. Every door asks here.

The approved circle of a supervised account is its guardians, the accounts that a guardian approved (whom it follows, who follows it), and
the members of cohorts in which a guardian enrolled it. `publishing.send` is the only place that writes deliveries and asks `permit`;
`notifying` is the only place that writes notifications and asks `may_notify`. What waits for a guardian is written by `wishing`, what
guardians do is `supervising`.
"""

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from federation.origins import host_of
from federation.records import PUBLIC as EVERYBODY
from node.site import Site
from storage import accounts, held_posts, posts, wards
from storage.database import Connection
from storage.records import PRIVATE, Account
from storage.wards import AGREED

log = logging.getLogger(__name__)

SUPERVISED = "supervised"
NAMES_OF_EVERYBODY = {EVERYBODY, "as:Public", "Public"}
FOR_MODERATORS = {"report", "sign_up", "waiting", "join_request"}  # what a child does that moderators decide on
Json = Mapping[str, Any]


def is_ward(account: Account) -> bool:
    """Whether an account is supervised."""
    return account.mode == SUPERVISED


def may_reach(db: Connection, sender_id: int, account: Account) -> bool:
    """Whether what one account says to another gets there: to a supervised one only from its approved circle."""
    return not is_ward(account) or sender_id == account.id or wards.is_in_circle(db, account.id, sender_id)


def are_in_touch(db: Connection, one: Account, other: Account) -> bool:
    """Whether what one of two accounts does may concern the other: each that is supervised has the other in its approved circle."""
    return may_reach(db, one.id, other) and may_reach(db, other.id, one)


def may_notify(db: Connection, account_id: int, actor_id: int, kind: str) -> bool:
    """Whether an account is notified of what an actor did. Moderators are, of what they decide on."""
    account, actor = accounts.find_account(db, account_id), accounts.find_account(db, actor_id)
    if account is None or actor is None:
        return True
    return may_reach(db, actor.id, account) and (kind in FOR_MODERATORS or may_reach(db, account.id, actor))


def reachable(db: Connection, sender: Account, people: Iterable[Account]) -> list[Account]:
    """Those of some people whom somebody may name."""
    return [account for account in people if are_in_touch(db, sender, account)]


def has_agreed(db: Connection, ward: Account, kind: str, subject: str) -> bool:
    """Whether a guardian has agreed to a request, and that still stands."""
    wish = wards.find_latest_wish(db, ward.id, kind, subject)
    return wish is not None and wish.state == AGREED


def hides(db: Connection, account: Account, viewer_id: int) -> bool:
    """Whether a viewer (0 is a stranger) is outside of the approved circle of a supervised account, and sees no more than a stub of it."""
    return is_ward(account) and viewer_id != account.id and not wards.is_in_circle(db, account.id, viewer_id)


def shown(db: Connection, people: Sequence[Account], viewer_id: int) -> list[Account]:
    """Those of some accounts that a list shows to a viewer (0 is a stranger): supervised ones only to their approved circle."""
    hidden = {account.id for account in people if hides(db, account, viewer_id)}
    return [account for account in people if account.id not in hidden]


def stub(account: Account) -> Account:
    """A supervised account as somebody outside of its approved circle meets it beside a post that a guardian let out: its handle alone."""
    return replace(
        account, display_name="", summary="", summary_source="", icon_url=None, icon_alt="", image_url=None, image_alt="", fields="[]",
        emojis="[]", also_known_as="[]", moved_to_uri=None, locked=True, discoverable=False, indexable=False,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Permitted:
    """An activity as it may go out, and to which inboxes."""

    document: Json
    inboxes: frozenset[str]
    is_public: bool


def permit(
    db: Connection,
    site: Site,
    author: Account,
    document: Json,
    inboxes: Iterable[str],
    *,
    post_id: int | None,
    is_public: bool,
    is_agreed: bool = False,
) -> Permitted:
    """What of an activity goes out, and to whom. inboxes: where it would go. is_agreed: a guardian agreed to this very activity.

    Of a held post nothing goes out. What a supervised account says goes to its approved circle alone, but for a post that a guardian
    agreed to show to everybody. What a community passes on of a supervised account's goes to the members of a closed one only.
    """
    wanted = frozenset(inboxes)
    if post_id is not None and _is_held_by(db, post_id, author):
        return _withheld(document, wanted, frozenset(), "the post waits for a moderator", is_public=False)
    child = author if is_ward(author) else _passed_on(db, site, author, document)
    if child is None or is_agreed or _is_shown_to_everybody(db, post_id, child):
        return Permitted(document, wanted, is_public)
    if child.id != author.id:
        kept = frozenset[str]() if is_public else wanted
        return _withheld(document, wanted, kept, "a supervised account in an open community", is_public=False)
    confined = _confined(db, document, child)
    if _ends_follow(document):
        return Permitted(confined, wanted, is_public=False)
    return _withheld(confined, wanted, wanted & wards.list_circle_inboxes(db, child.id), "outside of the approved circle", is_public=False)


def _withheld(document: Json, wanted: frozenset[str], kept: frozenset[str], reason: str, *, is_public: bool) -> Permitted:
    for inbox in sorted(wanted - kept):
        log.info("activity rejected", extra={"host": host_of(inbox), "type": str(document.get("type")), "reason": reason})
    return Permitted(document, kept, is_public)


def _is_held_by(db: Connection, post_id: int, author: Account) -> bool:
    post = posts.find_post(db, post_id) if held_posts.find_meant(db, post_id) is not None else None
    return post is not None and (post.account_id == author.id or author.type == "Group")


def _passed_on(db: Connection, site: Site, author: Account, document: Json) -> Account | None:
    """The supervised account whose activity or object is embedded in another account's activity."""
    inner = document.get("object")
    while isinstance(inner, Mapping):
        for uri in (inner.get("actor"), inner.get("attributedTo")):
            if isinstance(uri, str) and uri != author.uri and uri.startswith(f"{site.origin}/"):
                account = accounts.find_account_by_uri(db, uri)
                if account is not None and is_ward(account):
                    return account
        inner = inner.get("object")
    return None


def _is_shown_to_everybody(db: Connection, post_id: int | None, child: Account) -> bool:
    """Whether a post of the child's own is public, which it is only once a guardian has agreed."""
    post = posts.find_post(db, post_id) if post_id is not None else None
    return post is not None and post.account_id == child.id and post.boost_of_id is None and post.visibility < PRIVATE


def _ends_follow(document: Json) -> bool:
    """Whether an activity takes back a Follow that a guardian agreed to, or declines the receiver's; there are no words in it."""
    undone = document.get("object")
    return document.get("type") in {"Undo", "Reject"} and isinstance(undone, Mapping) and undone.get("type") == "Follow"


def _confined(db: Connection, document: Json, child: Account) -> dict[str, Any]:
    """An activity addressed to followers and to the approved circle alone, its object too."""
    found = dict(document)
    if isinstance(found.get("object"), Mapping):
        found["object"] = _confined(db, found["object"], child)
    for name in {"to", "cc"} & set(found):
        stated = found[name] if isinstance(found[name], list | tuple) else [found[name]]
        uris = dict.fromkeys(str(child.followers_uri if uri in NAMES_OF_EVERYBODY else uri) for uri in stated)
        found[name] = [uri for uri in uris if _is_within(db, uri, child)]
    return found


def _is_within(db: Connection, uri: str, child: Account) -> bool:
    account = accounts.find_account_by_uri(db, uri)
    return uri == child.followers_uri or (account is not None and may_reach(db, account.id, child))
