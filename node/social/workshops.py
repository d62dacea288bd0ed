"""Events that people meet at (FEP-8a8e): announcing one, coming to one, and who comes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from federation import outgoing
from node.context import Context
from node.errors import BadInput, NotAllowed, NotFound
from node.site import Site
from node.social import guardianship, notifying, publishing, rates, wishing
from node.social.reactions import shown_post
from storage import accounts, posts, workshops
from storage.database import Connection
from storage.ids import free_id, ms_from_datetime
from storage.records import PRIVATE, Account, Post, loaded
from storage.workshops import GOING, REQUESTED, Attendance, Guest

OPEN_MODES = {"", "free"}  # FEP-8a8e joinMode: whoever comes, comes
MOST_GUESTS = 200  # of one event; strangers put them down
MAX_NAME, MAX_EMAIL = 100, 254


@dataclass(frozen=True, slots=True)
class Meeting:
    """An event with who comes. waiting and guests: for the organiser alone; mine: '', requested or going."""

    starts_ms: int
    ends_ms: int | None
    location: str
    join_mode: str
    count: int
    going: Sequence[Account]
    waiting: Sequence[Account]
    guests: Sequence[Guest]
    mine: str
    is_own: bool
    is_over: bool


def note_meeting(db: Connection, post: Post) -> None:
    """Keeps the date of an event that was saved just now, ours or another server's; one without a date stays a post."""
    when = _times(post)
    if when is None:
        return
    community = accounts.find_account_by_uri(db, post.audience_uri) if post.audience_uri else None
    workshops.save_meeting(db, post.id, community.id if community else post.account_id, *when)


def _times(post: Post) -> tuple[int, int | None] | None:
    stated = loaded(post.event) if post.event else {}
    starts, ends = (_ms(stated.get(name)) for name in ("starts", "ends"))
    if post.type != "Event" or starts is None:
        return None
    return starts, ends if ends is not None and ends >= starts else None


def _ms(moment: str | None) -> int | None:
    if not moment:
        return None
    then = datetime.fromisoformat(moment)
    return ms_from_datetime(then if then.tzinfo else then.replace(tzinfo=UTC))


def get_meeting(db: Connection, site: Site, post: Post, viewer_id: int) -> Meeting | None:
    """The event that a post announces, as the viewer sees it; None where it announces none."""
    when = _times(post)
    if when is None:
        return None
    stated = loaded(post.event)
    is_own = viewer_id == post.account_id
    mine = workshops.find_attendance(db, post.id, viewer_id) if viewer_id else None
    return Meeting(
        *when,
        location=stated.get("location", ""),
        join_mode=stated.get("join_mode", ""),
        count=workshops.count_attending(db, post.id),
        going=guardianship.shown(db, workshops.list_attending(db, post.id), viewer_id) if viewer_id else (),
        waiting=workshops.list_attending(db, post.id, REQUESTED) if is_own else (),
        guests=workshops.list_guests(db, post.id) if is_own else (),
        mine=mine.state if mine else "",
        is_own=is_own,
        is_over=(when[1] or when[0]) < site.now_ms(),
    )


async def attend(context: Context, account: Account, post_id: int) -> str:
    """'going' or 'requested', as the organiser lets people come. Raises NotFound, BadInput where nobody can join, and NotAllowed where a
    guardian is asked first."""
    await wishing.require_touch(context, account, "attend", post_id)
    return await context.database.write(attend_now, context.site, account, post_id)


def attend_now(db: Connection, site: Site, account: Account, post_id: int, *, is_agreed: bool = False) -> str:
    """See attend. is_agreed: a guardian agreed to it."""
    post = _event(shown_post(db, post_id, account))
    known = workshops.find_attendance(db, post.id, account.id)
    if known is not None:
        return known.state
    if has_ended(post, site):
        raise BadInput("This is over already.")
    mode = str(loaded(post.event).get("join_mode", ""))
    if mode not in {*OPEN_MODES, "restricted"}:
        raise BadInput("Nobody can join this from here. Read what its organiser says about it.")
    organiser = accounts.get_account(db, post.account_id)
    activity_id, uri = publishing.new_activity(db, site, account)
    state = GOING if organiser.is_local and mode in OPEN_MODES else REQUESTED
    workshops.add_attendance(db, Attendance(post.id, account.id, state, uri, site.now_ms()))
    if organiser.is_local:
        notifying.tell(db, site, organiser.id, "join" if state == GOING else "join_request", account.id, post.id)
    else:
        document = outgoing.join(uri, account.uri, post.uri, organiser.uri)
        publishing.publish_to(db, site, account, (activity_id, document), organiser, is_agreed=is_agreed)
    return state


def _event(post: Post) -> Post:
    if post.type != "Event":
        raise NotFound("That is no event.")
    return post


def has_ended(post: Post, site: Site) -> bool:
    """Whether an event is over; one without a date is not."""
    when = _times(post)
    return when is not None and (when[1] or when[0]) < site.now_ms()


async def stay_away(context: Context, account: Account, post_id: int) -> None:
    """They do not come after all. Raises NotFound."""
    await context.database.write(_stay_away, context.site, account, post_id)


def _stay_away(db: Connection, site: Site, account: Account, post_id: int) -> None:
    post = _event(shown_post(db, post_id, account))
    organiser = accounts.get_account(db, post.account_id)
    if workshops.remove_attendance(db, post.id, account.id) and not organiser.is_local:
        activity_id, uri = publishing.new_activity(db, site, account)
        publishing.publish_to(db, site, account, (activity_id, outgoing.leave(uri, account.uri, post.uri, organiser.uri)), organiser)


async def answer(context: Context, organiser: Account, post_id: int, account_id: int, *, is_accepted: bool) -> None:
    """The organiser says yes or no to somebody who asks to come, or sends somebody away. Raises NotFound, NotAllowed."""
    await context.database.write(_answer, context.site, organiser, post_id, account_id, is_accepted=is_accepted)


def _answer(db: Connection, site: Site, organiser: Account, post_id: int, account_id: int, *, is_accepted: bool) -> None:
    post = _event(shown_post(db, post_id, organiser))
    if post.account_id != organiser.id:
        raise NotAllowed("That is somebody else's event.")
    known = workshops.find_attendance(db, post_id, account_id)
    if known is None:
        raise NotFound("Nobody by that name asks to come.")
    if is_accepted:
        workshops.accept_attendance(db, post_id, account_id)
        notifying.tell(db, site, account_id, "join_accepted", organiser.id, post_id)
    else:
        workshops.remove_attendance(db, post_id, account_id)
    attendee = accounts.get_account(db, account_id)
    if not attendee.is_local:
        send_answer(db, site, organiser, attendee, known.uri, post, is_accepted=is_accepted)


def send_answer(db: Connection, site: Site, organiser: Account, attendee: Account, uri: str, post: Post, *, is_accepted: bool) -> None:
    """Accept or Reject of a remote Join. uri: the Join's."""
    stated = {"id": uri, "type": "Join", "actor": attendee.uri, "object": post.uri}
    activity_id, own_uri = publishing.new_activity(db, site, organiser)
    build = outgoing.accept if is_accepted else outgoing.reject
    publishing.publish_to(db, site, organiser, (activity_id, build(own_uri, organiser.uri, stated)), attendee)


async def add_guest(context: Context, post_id: int, name: str, email: str, address: str) -> None:
    """Somebody without an account anywhere comes to an event that is open to all. Raises BadInput, NotFound, TooMany."""
    await rates.count(context, rates.STRANGERS, rates.network(address))
    name, email = name.strip(), email.strip()
    if not name or len(name) > MAX_NAME:
        raise BadInput("Say by what name you come.")
    if email and ("@" not in email or len(email) > MAX_EMAIL or not email.isprintable()):
        raise BadInput("That is no e-mail address.")
    await context.database.write(_add_guest, context.site, post_id, name, email)


def _add_guest(db: Connection, site: Site, post_id: int, name: str, email: str) -> None:
    post = posts.find_post(db, post_id)
    if post is None or post.visibility >= PRIVATE or not accounts.get_account(db, post.account_id).is_local:
        raise NotFound("There is no such event, or it is not for everybody.")
    _event(post)
    if has_ended(post, site):
        raise BadInput("This is over already.")
    if loaded(post.event).get("join_mode", "") not in OPEN_MODES:
        raise BadInput("Only people with an account can ask to come.")
    if workshops.count_guests(db, post_id) >= MOST_GUESTS:
        raise BadInput("No more guests can come.")
    workshops.add_guest(db, Guest(free_id(db, "guest", site.now_ms()), post_id, name, email))
