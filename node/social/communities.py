"""Communities of this node: made, changed, joined by invitation."""

from collections.abc import Sequence
from dataclasses import dataclass

from node.context import Context
from node.errors import BadInput, Conflict, NotAllowed, NotFound
from node.site import Site
from node.social import accounts as making
from node.social import auditing, follows, gathering, guardianship, joining, network_privacy, passwords, publishing, stewarding
from storage import accounts, communities, reactions
from storage import follows as stored_follows
from storage.communities import MODERATOR, NEWCOMER, ROLES, SHOWN, Community, Membership, Place
from storage.database import Connection
from storage.errors import Taken
from storage.events import add_event
from storage.records import Account, Follow, Post

INVITE_MS = 14 * 24 * 3600 * 1000
MOST_MODERATORS = 50
SHOWN_WAITING = 100  # posts and requests on one page


@dataclass(frozen=True, slots=True)
class Settings:
    """How a community is called and run. summary is Markdown."""

    title: str
    summary: str = ""
    join_mode: str = "open"
    is_private: bool = False
    approves_first: bool = False
    members_shown_to: str = ""  # one of network_privacy.AUDIENCES


async def create(context: Context, name: str, settings: Settings, moderators: Sequence[Account]) -> Account:
    """The community, with moderators of this node as its first members. Raises BadInput, Conflict."""
    new = making.NewAccount(name, settings.title, "Group")
    making.check_new(new)
    _check(settings)
    if any(guardianship.is_ward(moderator) for moderator in moderators):
        raise NotAllowed("A supervised account cannot look after a community.")
    if not 1 <= len(moderators) <= MOST_MODERATORS:
        raise BadInput("A community needs somebody who looks after it.")
    made = await making.make_secrets(None)
    try:
        group = await context.database.write(_create, context.site, new, made, settings, moderators)
    except Taken as error:
        raise Conflict(f"The name {name} is taken.") from error
    return await making.edit_profile(context, group, _profile(settings))


def _check(settings: Settings) -> None:
    if not settings.title.strip():
        raise BadInput("Give the community a title.")
    if settings.join_mode not in joining.JOIN_MODES:
        raise BadInput(f"A community is joined in one of these ways: {', '.join(joining.JOIN_MODES)}.")
    if settings.members_shown_to not in network_privacy.AUDIENCES:
        raise BadInput("The member list is shown to everyone or to members.")


def _profile(settings: Settings) -> making.ProfileEdit:
    is_open = not settings.is_private
    locked = settings.join_mode != "open" or settings.is_private
    return making.ProfileEdit(settings.title, settings.summary, locked, discoverable=is_open, indexable=is_open)


def _create(
    db: Connection, site: Site, new: making.NewAccount, made: making.Made, settings: Settings, moderators: Sequence[Account]
) -> Account:
    group = making.add_account(db, site, new, made)
    now_ms = site.now_ms()
    communities.save_community(db, _row(group, settings, now_ms))
    for moderator in moderators:
        _, uri = publishing.new_activity(db, site, moderator)
        stored_follows.add_follow(db, Follow(moderator.id, group.id, "accepted", uri, now_ms))
        communities.save_membership(db, Membership(group.id, moderator.id, MODERATOR, is_approved=True, joined_ms=now_ms))
    auditing.note(db, site, group.id, moderators[0].id, "created", subject_uri=group.uri)
    return group


def _row(group: Account, settings: Settings, created_ms: int) -> Community:
    return Community(
        group.id, settings.join_mode, settings.is_private, settings.approves_first, created_ms, members_shown_to=settings.members_shown_to
    )


@dataclass(frozen=True, slots=True)
class View:
    """A community as one viewer sees it. role: theirs, '' for who is no member; waiting, requests: what a moderator has to look at;
    shows_members: whether the viewer sees its member and cohort lists."""

    account: Account
    community: Community
    role: str
    is_requested: bool
    members: int
    waiting: int = 0
    requests: int = 0
    shows_members: bool = True

    @property
    def is_moderator(self) -> bool:
        """Whether the viewer looks after it."""
        return self.role == MODERATOR

    @property
    def may_read(self) -> bool:
        """Whether the viewer sees who is in it and what is said."""
        return bool(self.role) or not self.community.is_private

    @property
    def may_write(self) -> bool:
        """Whether the viewer posts to it."""
        return bool(self.role) and self.role not in gathering.READERS


def get_view(db: Connection, group: Account, viewer_id: int) -> View:
    """See View. Raises NotFound where the account is no community of ours."""
    community = get_community(db, group)
    role = joining.role_of(db, group.id, viewer_id)
    asked = stored_follows.find_follow(db, viewer_id, group.id)
    members = stored_follows.count_followers(db, group.id)
    is_requested = asked is not None and asked.state == "requested"
    if role != MODERATOR:
        shows_members = network_privacy.shows_members(db, group, viewer_id)
        return View(group, community, role, is_requested, members, shows_members=shows_members)
    waiting = len(communities.list_waiting(db, group.id, SHOWN_WAITING))
    requests = len(stored_follows.list_followers(db, group.id, SHOWN_WAITING, 0, "requested"))
    return View(group, community, role, is_requested, members, waiting, requests)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a post stands, as one viewer sees it."""

    group: Account
    place: Place
    is_moderator: bool
    is_pinned: bool


def list_stewarded(db: Connection, post: Post, viewer_id: int) -> list[Standing]:
    """In which communities a post stands, of those that the viewer may know of."""
    found = []
    for place in communities.list_places(db, post.id):
        group = accounts.get_account(db, place.community_id)
        is_moderator = joining.is_community(group) and joining.moderates(db, group.id, viewer_id)
        if is_moderator or place.state == SHOWN:
            found.append(Standing(group, place, is_moderator, reactions.is_pinned(db, group.id, post.id)))
    return found


async def change(context: Context, moderator: Account, community_id: int, settings: Settings) -> Account:
    """The community as it is from now on; its members' servers are told. Raises BadInput, NotFound, NotAllowed."""
    _check(settings)
    group = await context.database.write(_change, context.site, moderator, community_id, settings)
    return await making.edit_profile(context, group, _profile(settings))


def _change(db: Connection, site: Site, moderator: Account, community_id: int, settings: Settings) -> Account:
    group = stewarding.moderated(db, community_id, moderator)
    known = get_community(db, group)
    communities.save_community(db, _row(group, settings, known.created_ms))
    auditing.note(db, site, group.id, moderator.id, "changed", subject_uri=group.uri)
    return group


def get_community(db: Connection, group: Account) -> Community:
    """How a community of ours is run. Raises NotFound."""
    found = communities.find_community(db, group.id)
    if found is None:
        raise NotFound("There is no such community.")
    return found


async def answer_request(context: Context, moderator: Account, community_id: int, account_id: int, *, is_accepted: bool) -> None:
    """Says yes or no to somebody who asks to join. Raises NotFound, NotAllowed."""
    await context.database.write(_answer_request, context.site, moderator, community_id, account_id, is_accepted=is_accepted)


def _answer_request(db: Connection, site: Site, moderator: Account, community_id: int, account_id: int, *, is_accepted: bool) -> None:
    group = stewarding.moderated(db, community_id, moderator)
    follows.answer_one(db, site, group, account_id, is_accepted=is_accepted)
    subject = accounts.get_account(db, account_id)
    deed = "admitted" if is_accepted else "declined"
    auditing.note(db, site, group.id, moderator.id, deed, account_id=account_id, subject_uri=subject.uri)


async def invite(context: Context, moderator: Account, community_id: int, role: str = NEWCOMER) -> str:
    """The secret of a link by which people join for two weeks. Raises NotFound, NotAllowed, BadInput."""
    if role not in ROLES or role == MODERATOR:
        raise BadInput("Nobody becomes a moderator by a link.")
    secret = passwords.new_secret()
    await context.database.write(_invite, context.site, moderator, community_id, role, passwords.digest(secret))
    return secret


def _invite(db: Connection, site: Site, moderator: Account, community_id: int, role: str, digest: bytes) -> None:
    group = stewarding.moderated(db, community_id, moderator)
    communities.add_invite(db, digest, group.id, role, site.now_ms() + INVITE_MS)
    auditing.note(db, site, group.id, moderator.id, "invited", subject_uri=group.uri, reason=role)


def find_invited(db: Connection, site: Site, secret: str) -> tuple[Account, str]:
    """The community that a link leads into, and the role that it gives. Raises NotFound."""
    found = communities.find_invite(db, passwords.digest(secret), site.now_ms())
    if found is None:
        raise NotFound("This invitation does not hold any more. Ask for a new one.")
    return accounts.get_account(db, found[0]), found[1]


async def join_by_link(context: Context, account: Account, secret: str) -> Account:
    """The community, of which one of ours is a member now. Raises NotFound, NotAllowed."""
    return await context.database.write(_join_by_link, context.site, account, secret)


def _join_by_link(db: Connection, site: Site, account: Account, secret: str) -> Account:
    group, role = find_invited(db, site, secret)
    _expect(db, site, group, account, role)
    known = stored_follows.find_follow(db, account.id, group.id)
    if known is not None and known.state == "requested":
        follows.answer_one(db, site, group, account.id, is_accepted=True)
    else:
        follows.request(db, site, account, group)
    add_event(db, "account", group.id)
    return group


async def expect(context: Context, moderator: Account, community_id: int, account: Account) -> None:
    """Somebody (also of another server) may join without being asked why. Raises NotFound, NotAllowed."""
    await context.database.write(_expect_by, context.site, moderator, community_id, account)


def _expect_by(db: Connection, site: Site, moderator: Account, community_id: int, account: Account) -> None:
    group = stewarding.moderated(db, community_id, moderator)
    _expect(db, site, group, account, NEWCOMER)
    auditing.note(db, site, group.id, moderator.id, "invited", account_id=account.id, subject_uri=account.uri)


def _expect(db: Connection, site: Site, group: Account, account: Account, role: str) -> None:
    if communities.find_membership(db, group.id, account.id) is None:
        communities.save_membership(db, Membership(group.id, account.id, role, is_approved=False, joined_ms=site.now_ms()))
