"""Join and Leave: who comes to an event (FEP-8a8e), and the answers to those who asked elsewhere."""

from federation import outgoing
from federation.activities import embedded_activity
from federation.records import ActivityDocument
from node.inbound.rows import PROCESSED, Row, Taken, remember_undone
from node.site import Site
from node.social import naming, notifying, publishing
from node.social import workshops as use_cases
from storage import accounts, moderation, notifications, posts, workshops
from storage.database import Connection
from storage.records import Account, Post, loaded
from storage.workshops import GOING, REQUESTED, Attendance

NOT_COMING = "they did not come to any such event here"
NOT_ASKED = "nobody here waits for that answer of theirs"


def on_join(db: Connection, site: Site, taken: Taken) -> str:
    """Somebody comes to an event of ours: at once where it is open, else once its organiser says so."""
    if posts.find_tombstone(db, taken.activity.uri) is not None:
        return "it was undone before"
    post = _own_event(db, site, taken.activity.object_uri)
    if post is None or not posts.is_visible(db, post.id, taken.actor.id):
        _ignore(db, site, taken)
        return "there is no such event here for them"
    organiser = accounts.get_account(db, post.account_id)
    is_open = loaded(post.event).get("join_mode", "") in use_cases.OPEN_MODES
    is_refused = use_cases.has_ended(post, site) or moderation.has_block_between(db, taken.actor.id, organiser.id)
    is_new = False
    if not is_refused:
        state = GOING if is_open else REQUESTED
        is_new = workshops.add_attendance(db, Attendance(post.id, taken.actor.id, state, taken.activity.uri, site.now_ms()))
        if is_new:
            notifying.tell(db, site, organiser.id, "join" if is_open else "join_request", taken.actor.id, post.id)
    if is_open or is_refused:
        use_cases.send_answer(db, site, organiser, taken.actor, taken.activity.uri, post, is_accepted=not is_refused)
    if is_refused:
        return "the event is over, or one of both has blocked the other"
    return PROCESSED if is_new else "they come, or wait for an answer, already"


def _own_event(db: Connection, site: Site, uri: str | None) -> Post | None:
    post = posts.find_post_by_uri(db, uri) if uri and naming.is_ours(site.origin, uri) else None
    return post if post is not None and post.type == "Event" else None


def _ignore(db: Connection, site: Site, taken: Taken) -> None:
    """Says that nothing will come of it, in the name of whom or whose post they named; nothing where that is nobody of ours."""
    uri = taken.activity.object_uri or ""
    account = _addressee(db, uri) if naming.is_ours(site.origin, uri) else None
    if account is None:
        return
    asked = {"id": taken.activity.uri, "type": "Join", "actor": taken.actor.uri, "object": uri}
    activity_id, own_uri = publishing.new_activity(db, site, account)
    publishing.publish_to(db, site, account, (activity_id, outgoing.ignore(own_uri, account.uri, asked)), taken.actor)


def _addressee(db: Connection, uri: str) -> Account | None:
    post = posts.find_post_by_uri(db, uri)
    found = accounts.get_account(db, post.account_id) if post else accounts.find_account_by_uri(db, uri)
    return found if found is not None and found.is_local and found.is_active else None


def on_leave(db: Connection, site: Site, taken: Taken) -> str:
    """They do not come after all."""
    return PROCESSED if _stay_away(db, site, taken, taken.activity.object_uri) else NOT_COMING


def on_undo(db: Connection, site: Site, taken: Taken) -> str:
    """A Join taken back. parsed: the embedded Join."""
    inner: ActivityDocument | None = taken.parsed
    if inner is None or not _stay_away(db, site, taken, inner.object_uri):
        return remember_undone(db, site, taken)
    return PROCESSED


def _stay_away(db: Connection, site: Site, taken: Taken, uri: str | None) -> bool:
    post = _own_event(db, site, uri)
    if post is None or not workshops.remove_attendance(db, post.id, taken.actor.id):
        return False
    for kind in ("join", "join_request"):
        notifications.remove_notification(db, post.account_id, kind, taken.actor.id, post.id)
    return True


def on_accept(db: Connection, site: Site, taken: Taken) -> str:
    """One of ours may come."""
    asked = _asked(db, site, taken)
    if asked is None or not workshops.accept_attendance(db, asked.post_id, asked.account_id):
        return NOT_ASKED
    notifying.tell(db, site, asked.account_id, "join_accepted", taken.actor.id, asked.post_id)
    return PROCESSED


def on_reject(db: Connection, site: Site, taken: Taken) -> str:
    """One of ours may not come, or no longer."""
    asked = _asked(db, site, taken)
    if asked is None:
        return NOT_ASKED
    workshops.remove_attendance(db, asked.post_id, asked.account_id)
    return PROCESSED


def _asked(db: Connection, site: Site, taken: Taken) -> Attendance | None:
    """What one of ours asked of the sender, whose event it must be."""
    inner: ActivityDocument | None = taken.parsed
    if inner is None or not naming.is_ours(site.origin, inner.actor_uri):
        return None
    post = posts.find_post_by_uri(db, inner.object_uri or "")
    attendee = accounts.find_account_by_uri(db, inner.actor_uri)
    if post is None or attendee is None or post.account_id != taken.actor.id:
        return None
    return workshops.find_attendance(db, post.id, attendee.id)


JOIN = Row(on_join)
LEAVE = Row(on_leave)
ACCEPT = Row(on_accept, embedded_activity)
REJECT = Row(on_reject, embedded_activity)
UNDO = Row(on_undo, embedded_activity)
