"""Follow, Accept, Reject, and a Follow taken back."""

from federation.activities import embedded_activity
from federation.records import ActivityDocument
from node.inbound import answering
from node.inbound.rows import PROCESSED, Row, Taken, remember_undone
from node.site import Site
from node.social import follows as use_cases
from node.social import joining, naming
from storage import accounts, follows, moderation, posts, timelines
from storage.database import Connection
from storage.records import Account, Follow


def on_follow(db: Connection, site: Site, taken: Taken) -> str:
    """Someone asks to follow one of ours: accepted at once unless that account approves followers itself."""
    followee = _ours(db, site, taken.activity.object_uri)
    if followee is None:
        return "there is no such account here"
    if posts.find_tombstone(db, taken.activity.uri) is not None:
        return "it was undone before"
    state = joining.answer_for(db, followee, taken.actor.id)
    if state == "rejected" or moderation.has_block_between(db, taken.actor.id, followee.id):
        _answer(db, site, followee, taken, is_accepted=False)
        return "the account does not want to be followed by them"
    follow = Follow(taken.actor.id, followee.id, "requested", taken.activity.uri, site.now_ms())
    is_new = follows.add_follow(db, follow)
    if follows.is_following(db, taken.actor.id, followee.id):
        _answer(db, site, followee, taken, is_accepted=True)  # they forgot that we accepted
    elif state == "requested":
        if not is_new:
            return "they wait for an answer already"
        use_cases.tell_asked(db, site, followee, taken.actor.id)
    else:
        follows.accept_follow(db, taken.actor.id, followee.id)
        use_cases.welcome(db, site, followee, taken.actor.id)
        _answer(db, site, followee, taken, is_accepted=True)
    return PROCESSED


def _ours(db: Connection, site: Site, uri: str | None) -> Account | None:
    account = accounts.find_account_by_uri(db, uri) if uri and naming.is_ours(site.origin, uri) else None
    return account if account is not None and account.is_active else None


def _answer(db: Connection, site: Site, followee: Account, taken: Taken, *, is_accepted: bool) -> None:
    asked = Follow(taken.actor.id, followee.id, "requested", taken.activity.uri, site.now_ms())
    use_cases.answer(db, site, followee, taken.actor, asked, is_accepted=is_accepted)


def on_unfollow(db: Connection, site: Site, taken: Taken) -> str:
    """A follow taken back. parsed: the embedded Follow, or None where only its id came."""
    inner: ActivityDocument | None = taken.parsed
    followee = _ours(db, site, inner.object_uri) if inner else None
    known = follows.find_followed(db, taken.actor.id, taken.activity.object_uri or "")
    followee_id = followee.id if followee else known.followee_id if known else 0
    if not follows.remove_follow(db, taken.actor.id, followee_id):
        return remember_undone(db, site, taken)
    left = followee or accounts.find_account(db, followee_id)
    if left is not None:
        use_cases.forget_asked(db, left, taken.actor.id)
        joining.dismiss(db, left, taken.actor.id)
    return PROCESSED


def on_accept(db: Connection, site: Site, taken: Taken) -> str:
    """A request of one of ours granted; or an achievement that we offered, by its id alone."""
    follow = _request(db, site, taken)
    if follow is None:
        return answering.on_accept(db, site, taken)
    if not follows.accept_follow(db, follow.follower_id, follow.followee_id):
        return "the request was accepted before"
    timelines.fill_home(db, follow.follower_id, follow.followee_id, use_cases.FILLED)
    return PROCESSED


def on_reject(db: Connection, site: Site, taken: Taken) -> str:
    """A request of one of ours denied, or one of ours no longer wanted as a follower; or an achievement declined, by its id alone."""
    follow = _request(db, site, taken)
    if follow is None:
        return answering.on_reject(db, site, taken)
    follows.remove_follow(db, follow.follower_id, follow.followee_id)
    timelines.empty_home(db, follow.follower_id, follow.followee_id)
    return PROCESSED


def _request(db: Connection, site: Site, taken: Taken) -> Follow | None:
    """The follow of the sender by one of ours that an answer is about: by its id, else by who asked."""
    inner: ActivityDocument | None = taken.parsed
    follow = follows.find_follow_by_uri(db, taken.actor.id, taken.activity.object_uri or "")
    if follow is None and inner is not None and inner.type == "Follow":
        follower = _ours(db, site, inner.actor_uri)
        follow = follows.find_follow(db, follower.id, taken.actor.id) if follower else None
    follower_row = accounts.find_account(db, follow.follower_id) if follow else None
    return follow if follower_row is not None and follower_row.is_local else None


FOLLOW = Row(on_follow)
UNFOLLOW = Row(on_unfollow, embedded_activity)
ACCEPT = Row(on_accept, embedded_activity)
REJECT = Row(on_reject, embedded_activity)
