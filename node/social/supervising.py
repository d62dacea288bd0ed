"""Guardians: whom they look after, what they agree to, their consent on record, and the day on which they hand over."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any

import orjson

from federation.records import EventDetails
from node.context import Context
from node.errors import BadInput, NodeError, NotAllowed, NotFound
from node.site import Site
from node.social import accounts as making
from node.social import cohorts, follows, media, notifying, posts, publishing, voting, wishing, workshops
from node.social.accounts import MODES, NewAccount
from node.social.guardianship import is_ward
from node.social.posts import Draft, PollDraft
from storage import accounts, timelines, users, wards
from storage import cohorts as kept_cohorts
from storage import follows as kept_follows
from storage import media as kept_media
from storage import posts as kept_posts
from storage.cohorts import Cohort
from storage.database import Connection
from storage.events import add_event
from storage.ids import free_id
from storage.learning import awards
from storage.records import Account
from storage.wards import AGREED, REFUSED, WAITING, WITHDRAWN, Consent, Wish

SENTENCE = "I look after this account: I say yes or no to whom it follows, who follows it, and what it shows to everybody."
LISTED = 200
MAX_NETWORK = 10_000


@dataclass(frozen=True, slots=True)
class Ward:
    """A ward as its guardian sees it. wishes: with whom they are about, where that is somebody."""

    account: Account
    guardians: Sequence[Account]
    wishes: Sequence[tuple[Wish, Account | None]]
    consents: Sequence[tuple[Consent, Account | None]]
    followers: Sequence[Account]
    following: Sequence[Account]
    has_consent: bool
    cohorts: Sequence[Cohort]  # of the communities that it belongs to, which have not ended


async def make_ward(context: Context, guardian: Account, name: str, display_name: str, password: str) -> Account:
    """A supervised account that the guardian looks after, with their consent. Raises BadInput, Conflict, NotAllowed."""
    if is_ward(guardian):
        raise NotAllowed("A supervised account looks after nobody.")
    ward = await making.create_account(context, NewAccount(name, display_name, password=password, mode="supervised"))
    await context.database.write(_entrust, context.site, ward, guardian)
    await consent(context, guardian, ward.id)
    return ward


async def set_mode(context: Context, name: str, mode: str, guardian: str = "") -> Account:
    """An account in another mode, as the keeper says; a supervised one with the guardian named. Raises BadInput, NotFound, NotAllowed."""
    if mode not in MODES:
        raise BadInput(f"A mode is one of {', '.join(MODES)}.")
    return await context.database.write(_set_mode, context.site, name, mode, guardian)


def _set_mode(db: Connection, site: Site, name: str, mode: str, guardian: str) -> Account:
    account = making.get_local(db, name)
    if account.type == "Group":
        raise BadInput("A community has no mode.")
    if mode != "supervised":
        return _release(db, site, account, mode)
    if not guardian and not wards.list_guardians(db, account.id):
        raise BadInput("Name the guardian of a supervised account.")
    if account.mode != mode:
        accounts.set_mode(db, account.id, mode)
        wards.narrow_posts(db, account.id)
        _ask_for_network(db, site, account)
        accounts.update_account(db, replace(account, locked=True, discoverable=False, indexable=False, revision_ms=_later(site, account)))
        publishing.publish_profile(db, site, accounts.get_account(db, account.id))
    if guardian:
        _entrust(db, site, accounts.get_account(db, account.id), making.get_local(db, guardian))
    add_event(db, "account", account.id)
    return accounts.get_account(db, account.id)


def _ask_for_network(db: Connection, site: Site, account: Account) -> None:
    """Whom the account follows and who follows it from before waits for a guardian; communities stay."""
    child = accounts.get_account(db, account.id)
    for other in kept_follows.list_following(db, account.id, MAX_NETWORK):
        if other.type != "Group":
            follows.end(db, site, child, other)
            wishing.wish(db, site, child, "follow", str(other.id))
    for other in kept_follows.list_followers(db, account.id, MAX_NETWORK):
        if other.is_local:
            timelines.empty_home(db, other.id, account.id)
        kept_follows.ask_again(db, other.id, account.id)
        wishing.wish(db, site, child, "follower", str(other.id))


async def enrol(context: Context, guardian: Account, ward_id: int, cohort_id: int) -> None:
    """A guardian has a supervised account go through a cohort: its members belong to the approved circle. Raises NotFound, NotAllowed,
    BadInput where it has ended."""
    ward = await context.database.read(get_ward, guardian, ward_id)
    await context.database.write(cohorts.enrol, context.site, ward, cohort_id, guardian.id)


def _later(site: Site, account: Account) -> int:
    return max(site.now_ms(), account.revision_ms + 1)


def _entrust(db: Connection, site: Site, ward: Account, guardian: Account) -> None:
    if guardian.id == ward.id or is_ward(guardian) or users.find_user(db, guardian.id) is None:
        raise NotAllowed("A guardian is somebody else here, whom nobody looks after.")
    wards.add_guardian(db, ward.id, guardian.id, site.now_ms())


def _release(db: Connection, site: Site, account: Account, mode: str) -> Account:
    """Nobody looks after the account from now on. Everything stays as it is; what waited is dropped, and the record stays."""
    wards.end_waiting(db, account.id, site.now_ms())
    wards.remove_guardians(db, account.id)
    accounts.set_mode(db, account.id, mode)
    add_event(db, "account", account.id)
    return accounts.get_account(db, account.id)


async def hand_over(context: Context, guardian: Account, ward_id: int) -> Account:
    """The account is the learner's own from now on, with all that is in it. Raises NotFound."""
    return await context.database.write(_hand_over, context.site, guardian, ward_id)


def _hand_over(db: Connection, site: Site, guardian: Account, ward_id: int) -> Account:
    released = _release(db, site, get_ward(db, guardian, ward_id), "open")
    notifying.tell(db, site, ward_id, "handed_over", guardian.id)
    return released


def get_ward(db: Connection, guardian: Account, ward_id: int) -> Account:
    """A ward of the guardian's. Raises NotFound for anybody else."""
    ward = accounts.find_account(db, ward_id)
    if ward is None or not is_ward(ward) or not wards.is_guardian(db, guardian.id, ward_id):
        raise NotFound("You look after no such account.")
    return ward


def view_ward(db: Connection, guardian: Account, ward_id: int, now_ms: int) -> Ward:
    """See Ward. Raises NotFound."""
    ward = get_ward(db, guardian, ward_id)
    wishes, consents = wards.list_wishes(db, ward.id, LISTED), wards.list_consents(db, ward.id)
    ids = [int(wish.subject) for wish in wishes if wish.kind in {"follow", "follower"} and wish.subject.isdigit()]
    people = accounts.list_accounts(db, [*ids, *(each.guardian_id for each in consents if each.guardian_id)])
    return Ward(
        ward,
        wards.list_guardians(db, ward.id),
        [(wish, people.get(int(wish.subject)) if wish.subject.isdigit() else None) for wish in wishes],
        [(each, people.get(each.guardian_id or 0)) for each in consents],
        kept_follows.list_followers(db, ward.id, LISTED),
        kept_follows.list_following(db, ward.id, LISTED),
        wards.has_consent(db, ward.id),
        kept_cohorts.list_open_to(db, ward.id, now_ms),
    )


async def consent(context: Context, guardian: Account, ward_id: int) -> None:
    """Puts the guardian's consent on record; an account that was shut for want of it opens again. Raises NotFound."""
    await context.database.write(_consent, context.site, guardian, ward_id)


def _consent(db: Connection, site: Site, guardian: Account, ward_id: int) -> None:
    ward = get_ward(db, guardian, ward_id)
    if not wards.has_consent(db, ward.id):
        wards.add_consent(db, Consent(free_id(db, "consent", site.now_ms()), ward.id, guardian.id, SENTENCE))
        accounts.set_suspended(db, ward.id, None)
        add_event(db, "account", ward.id)


async def withdraw_consent(context: Context, guardian: Account, ward_id: int) -> None:
    """The consent holds no longer: the account is shut until somebody gives it again; nothing of it is deleted. Raises NotFound."""
    await context.database.write(_withdraw_consent, context.site, guardian, ward_id)


def _withdraw_consent(db: Connection, site: Site, guardian: Account, ward_id: int) -> None:
    ward = get_ward(db, guardian, ward_id)
    wards.withdraw_consents(db, ward.id, site.now_ms())
    accounts.set_suspended(db, ward.id, site.now_ms())
    users.end_sessions(db, ward.id)
    add_event(db, "account", ward.id)


async def decide(context: Context, guardian: Account, wish_id: int, *, is_agreed: bool) -> None:
    """A guardian says yes or no to what a ward wants. What cannot be done any more is refused. Raises NotFound, NotAllowed, BadInput."""
    ward, wish = await context.database.read(_find_waiting, guardian, wish_id)
    if wish.kind == "post" and is_agreed:
        await _post(context, guardian, ward, wish)
    else:
        await context.database.write(_decide, context.site, guardian, ward, wish, is_agreed=is_agreed)


def _find_waiting(db: Connection, guardian: Account, wish_id: int) -> tuple[Account, Wish]:
    wish = wards.find_wish(db, wish_id)
    if wish is None or wish.state != WAITING:
        raise NotFound("That does not wait any more.")
    ward = get_ward(db, guardian, wish.ward_id)
    if not wards.has_consent(db, ward.id):
        raise NotAllowed("First give your consent to the account.")
    return ward, wish


async def _post(context: Context, guardian: Account, ward: Account, wish: Wish) -> None:
    """What the ward wrote goes out as it was written; its post is on record with the wish."""

    def note(db: Connection, site: Site, post: object) -> None:
        wards.decide_wish(db, wish.id, AGREED, guardian.id, site.now_ms())
        wards.set_wish_subject(db, wish.id, str(getattr(post, "id", "")))

    await posts.publish(context, ward, draft_from_document(orjson.loads(wish.payload)), also=note, agreed=True)


def draft_from_document(stated: Mapping[str, Any]) -> Draft:
    """A draft as a wish keeps it."""
    known = {field.name: stated[field.name] for field in fields(Draft) if field.name in stated}
    for name in ("media_ids", "facets"):
        known[name] = tuple(known[name]) if known.get(name) is not None else None if name == "facets" else ()
    if known.get("poll"):
        known["poll"] = PollDraft(**{**known["poll"], "options": tuple(known["poll"]["options"])})
    if known.get("event"):
        moments = {name: datetime.fromisoformat(known["event"][name]) for name in ("starts", "ends") if known["event"].get(name)}
        known["event"] = EventDetails(**{**known["event"], **moments})
    return Draft(**known)


def _decide(db: Connection, site: Site, guardian: Account, ward: Account, wish: Wish, *, is_agreed: bool) -> None:
    wards.decide_wish(db, wish.id, AGREED if is_agreed else REFUSED, guardian.id, site.now_ms())
    act = _DEEDS.get(wish.kind)
    if act is not None:
        act(db, site, ward, wish, is_agreed)
    add_event(db, "account", ward.id)


def _follow(db: Connection, site: Site, ward: Account, wish: Wish, is_agreed: bool) -> None:
    if is_agreed:
        follows.request(db, site, ward, follows.get_target(db, int(wish.subject)))


def _follower(db: Connection, site: Site, ward: Account, wish: Wish, is_agreed: bool) -> None:
    follows.answer_one(db, site, ward, int(wish.subject), is_accepted=is_agreed, by_guardian=True)


def _picture(db: Connection, site: Site, ward: Account, wish: Wish, is_agreed: bool) -> None:
    found = kept_media.list_media(db, ward.id, [orjson.loads(wish.payload)["media_id"]])
    if is_agreed and found:
        media.show_picture(db, site, ward.id, found[0])


def _award(db: Connection, site: Site, ward: Account, wish: Wish, is_agreed: bool) -> None:
    found = awards.find_award(db, int(wish.subject))
    if is_agreed and found is not None and found.state == awards.HELD:
        awards.set_state(db, found.id, awards.OFFERED, site.now_ms())
        post = kept_posts.find_post(db, found.post_id) if found.post_id else None
        giver_id = found.issuer_id or (post.account_id if post else None)
        if giver_id is not None:
            notifying.tell(db, site, ward.id, "awarded", giver_id, found.post_id or 0, is_agreed=True)


def _cohort(db: Connection, site: Site, ward: Account, wish: Wish, is_agreed: bool) -> None:
    if is_agreed:
        decided = wards.find_wish(db, wish.id)
        cohorts.enrol(db, site, ward, int(wish.subject), decided.guardian_id if decided else None)


def _attend(db: Connection, site: Site, ward: Account, wish: Wish, is_agreed: bool) -> None:
    if is_agreed:
        workshops.attend_now(db, site, ward, int(wish.subject), is_agreed=True)


def _vote(db: Connection, site: Site, ward: Account, wish: Wish, is_agreed: bool) -> None:
    if is_agreed:
        voting.vote_now(db, site, ward, int(wish.subject), orjson.loads(wish.payload)["choices"], is_agreed=True)


_DEEDS: Mapping[str, Callable[[Connection, Site, Account, Wish, bool], None]] = {
    "follow": _follow,
    "follower": _follower,
    "picture": _picture,
    "award": _award,
    "cohort": _cohort,
    "attend": _attend,
    "vote": _vote,
}


async def withdraw(context: Context, guardian: Account, wish_id: int) -> None:
    """A guardian takes back what they agreed to: the follow ends, the follower goes, the post is deleted. Raises NotFound."""
    ward, wish = await context.database.read(_find_agreed, guardian, wish_id)
    await context.database.write(_withdraw, context.site, ward, wish)
    if wish.kind == "post" and wish.subject.isdigit():
        try:
            await posts.delete(context, ward, int(wish.subject))
        except NodeError:
            return  # the ward has deleted it already


def _find_agreed(db: Connection, guardian: Account, wish_id: int) -> tuple[Account, Wish]:
    wish = wards.find_wish(db, wish_id)
    if wish is None or wish.state != AGREED:
        raise NotFound("That was not agreed to.")
    return get_ward(db, guardian, wish.ward_id), wish


def _withdraw(db: Connection, site: Site, ward: Account, wish: Wish) -> None:
    wards.end_wish(db, wish.id, WITHDRAWN, site.now_ms())
    other = accounts.find_account(db, int(wish.subject)) if wish.kind in {"follow", "follower"} and wish.subject.isdigit() else None
    if other is not None and wish.kind == "follow":
        follows.end(db, site, ward, other)
    known = kept_follows.find_follow(db, other.id, ward.id) if other is not None and wish.kind == "follower" else None
    if known is not None:
        follows.expel(db, site, ward, known)
    add_event(db, "account", ward.id)


async def remove_follower(context: Context, guardian: Account, ward_id: int, follower_id: int) -> None:
    """A guardian sends a follower of the ward's away. Raises NotFound."""
    ward = await context.database.read(get_ward, guardian, ward_id)
    await follows.remove_follower(context, ward, follower_id)


async def unfollow(context: Context, guardian: Account, ward_id: int, followed_id: int) -> None:
    """A guardian has the ward follow somebody no longer. Raises NotFound."""
    ward = await context.database.read(get_ward, guardian, ward_id)
    await follows.unfollow(context, ward, followed_id)
