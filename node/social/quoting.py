"""Quoting with consent (FEP-044f): whether one may, asking, agreeing, and taking it back."""

import orjson

from federation import outgoing, quotes
from federation.errors import Forbidden
from federation.origins import same_origin
from federation.quotes import Stamp
from node.context import Context
from node.errors import BadInput, NotAllowed, NotFound
from node.site import Site
from node.social import describing, guardianship, naming, notifying, publishing
from node.social.reactions import shown_post
from storage import accounts, follows, jobs, posts
from storage import quotes as stored
from storage.database import Connection
from storage.events import add_event
from storage.quotes import Quote
from storage.records import DIRECT, PRIVATE, Account, Post

POLICIES = ("public", "followers", "nobody")


def quotable(db: Connection, author: Account, quoted_id: int | None, visibility: int) -> Post | None:
    """The post that somebody wants to quote. Raises NotFound, and NotAllowed where its author would not have it."""
    if quoted_id is None:
        return None
    quoted = shown_post(db, quoted_id, author)
    is_own = quoted.account_id == author.id
    if quoted.visibility >= PRIVATE and not (is_own and visibility >= quoted.visibility and quoted.visibility < DIRECT):
        raise NotAllowed("What was not said in public cannot be quoted.")
    if not is_own and not may_quote(db, quoted, author):
        raise NotAllowed("Its author does not want it to be quoted.")
    return quoted


def may_quote(db: Connection, quoted: Post, author: Account) -> bool:
    """Whether somebody may quote a post at once, or (where its author said nothing of it) may ask. Nobody but its approved circle quotes a
    supervised account."""
    if not guardianship.may_reach(db, author.id, accounts.get_account(db, quoted.account_id)):
        return False
    if quoted.quote_policy == "followers":
        return follows.is_following(db, author.id, quoted.account_id)
    return quoted.quote_policy != "nobody"


def quote(db: Connection, site: Site, author: Account, post: Post, quoted: Post, *, is_agreed: bool = False) -> None:
    """Notes that a post of ours quotes another: with a stamp where its author is here, asked for where not. is_agreed: by a guardian."""
    whose = accounts.get_account(db, quoted.account_id)
    if whose.id == author.id:
        stored.save_quote(db, Quote(post.id, quoted.id, quoted.uri, "accepted"))
    elif whose.is_local:
        stored.save_quote(db, Quote(post.id, quoted.id, quoted.uri, "accepted", stamp_uri=naming.stamp_uri(whose.uri, post.id)))
        notifying.tell(db, site, whose.id, "quote", author.id, post.id)
    else:
        activity_id, uri = publishing.new_activity(db, site, author)
        stored.save_quote(db, Quote(post.id, quoted.id, quoted.uri, "pending", request_uri=uri))
        document = describing.post_document(db, site, author, post)
        wish = quotes.request(uri, author.uri, quoted.uri, document, whose.uri)
        publishing.send(db, site, author, (activity_id, wish), [whose.inbox], is_agreed=is_agreed)


def take_request(db: Connection, site: Site, actor: Account, request_uri: str, quoted_uri: str, quoting_uri: str) -> str:
    """Somebody elsewhere asks to quote a post of ours: agreed or refused at once, as its author's policy says.

    Answers why it was refused, '' where it was agreed to.
    """
    quoted, quoting = posts.find_post_by_uri(db, quoted_uri), posts.find_post_by_uri(db, quoting_uri)
    whose = accounts.get_account(db, quoted.account_id) if quoted else None
    if quoted is None or whose is None or not whose.is_local:
        return "there is no such post here"
    known = stored.find_quote(db, quoting.id) if quoting else None
    is_theirs = quoting is not None and quoting.account_id == actor.id
    was_revoked = known is not None and known.state == "revoked"
    is_agreed = is_theirs and not was_revoked and quoted.visibility < PRIVATE and may_quote(db, quoted, actor)
    asked = {"id": request_uri, "type": quotes.REQUEST, "actor": actor.uri, "object": quoted.uri, "instrument": quoting_uri}
    activity_id, uri = publishing.new_activity(db, site, whose)
    answer = (outgoing.accept if is_agreed else outgoing.reject)(uri, whose.uri, asked)
    if is_agreed and quoting is not None:
        stamp = naming.stamp_uri(whose.uri, quoting.id)
        answer["result"] = stamp
        stored.save_quote(db, Quote(quoting.id, quoted.id, quoted.uri, "accepted", request_uri, stamp))
        notifying.tell(db, site, whose.id, "quote", actor.id, quoting.id)
        add_event(db, "post", quoting.id)
    publishing.send(db, site, whose, (activity_id, answer), [actor.inbox])
    return "" if is_agreed else "the post may not be quoted, or not by them"


def take_answer(db: Connection, site: Site, actor: Account, request_uri: str, stamp_uri: str | None) -> bool:
    """Whoever is quoted by one of ours agrees (with a stamp of their own server's) or (None) refuses; False where nobody asked."""
    known = stored.find_by_request(db, request_uri) if request_uri else None
    quoted = posts.find_post(db, known.quoted_id) if known and known.quoted_id else None
    post = posts.find_post(db, known.post_id) if known else None
    if known is None or quoted is None or post is None or quoted.account_id != actor.id:
        return False
    if stamp_uri is not None and not same_origin(stamp_uri, actor.uri):
        raise Forbidden("the stamp is of another server than the one who agrees")
    state = "accepted" if stamp_uri else "rejected"
    stored.save_quote(db, Quote(post.id, quoted.id, quoted.uri, state, request_uri, stamp_uri or ""))
    author = accounts.get_account(db, post.account_id)
    if author.is_local and stamp_uri:
        publishing.publish_edit(db, site, author, post)
    add_event(db, "post", post.id)
    return True


def take_in(db: Connection, site: Site, post: Post, stamp_uri: str | None) -> None:
    """Notes what a post from elsewhere quotes. Its author's own is fine; else there must be a stamp, which a job looks at."""
    if post.quote_uri is None:
        return
    quoted, known = posts.find_post_by_uri(db, post.quote_uri), stored.find_quote(db, post.id)
    if known is not None and (known.state in {"accepted", "revoked"} or not stamp_uri) and known.quoted_uri == post.quote_uri:
        return
    is_own = quoted is not None and quoted.account_id == post.account_id
    stored.save_quote(db, Quote(post.id, quoted.id if quoted else None, post.quote_uri, "accepted" if is_own else "pending"))
    if stamp_uri and not is_own and not naming.is_ours(site.origin, stamp_uri):
        payload = orjson.dumps({"post_id": post.id, "stamp_uri": stamp_uri}).decode()
        jobs.add_job(db, "verify_quote", payload, site.now_ms(), key=str(post.id))
        add_event(db, "jobs")


async def revoke(context: Context, account: Account, quoted_id: int, quoting_id: int) -> None:
    """The author of a post takes back that another quotes it. Raises NotFound, NotAllowed."""
    await context.database.write(_revoke, context.site, account, quoted_id, quoting_id)


def _revoke(db: Connection, site: Site, account: Account, quoted_id: int, quoting_id: int) -> None:
    quoted, quote = posts.find_post(db, quoted_id), stored.find_quote(db, quoting_id)
    if quoted is None or quote is None or quote.quoted_id != quoted.id:
        raise NotFound("That post does not quote this one.")
    if quoted.account_id != account.id:
        raise NotAllowed("That is somebody else's post.")
    stored.save_quote(db, Quote(quoting_id, quoted.id, quoted.uri, "revoked", quote.request_uri))
    post = posts.find_post(db, quoting_id)
    author = accounts.get_account(db, post.account_id) if post else None
    if author is not None and not author.is_local and quote.stamp_uri:
        activity_id, uri = publishing.new_activity(db, site, account)
        activity = outgoing.delete(uri, account.uri, quote.stamp_uri, [author.uri])
        publishing.send(db, site, account, (activity_id, activity), [author.inbox])
    add_event(db, "post", quoting_id)


def forget_stamp(db: Connection, actor: Account, stamp_uri: str) -> bool:
    """True where a stamp was one of the actor's, who takes it back."""
    quote = stored.find_by_stamp(db, stamp_uri)
    quoted = posts.find_post(db, quote.quoted_id) if quote and quote.quoted_id else None
    if quote is None or quoted is None or quoted.account_id != actor.id:
        return False
    stored.save_quote(db, Quote(quote.post_id, quoted.id, quoted.uri, "revoked", quote.request_uri))
    add_event(db, "post", quote.post_id)
    return True


async def set_policy(context: Context, account: Account, post_id: int, policy: str) -> None:
    """Who may quote a post of one's own from now on; quotes that were agreed to stay. Raises BadInput, NotFound, NotAllowed."""
    if policy not in POLICIES:
        raise BadInput(f"Who may quote is one of {', '.join(POLICIES)}.")
    await context.database.write(_set_policy, context.site, account, post_id, policy)


def _set_policy(db: Connection, site: Site, account: Account, post_id: int, policy: str) -> None:
    post = posts.find_post(db, post_id)
    if post is None or post.boost_of_id is not None:
        raise NotFound("There is no such post.")
    if post.account_id != account.id:
        raise NotAllowed("That is somebody else's post.")
    posts.set_quote_policy(db, post.id, policy)
    changed = posts.find_post(db, post.id)
    if changed is not None:
        publishing.publish_edit(db, site, account, changed)
        add_event(db, "post", post.id)


def find_stamp(db: Connection, site: Site, name: str, quoting_id: int) -> Stamp | None:
    """The stamp of one of ours for a post, while it holds."""
    quote = stored.find_quote(db, quoting_id)
    post = posts.find_post(db, quoting_id)
    uri = naming.stamp_uri(naming.actor_uri(site.origin, name), quoting_id)
    if quote is None or post is None or quote.state != "accepted" or quote.stamp_uri != uri:
        return None
    return Stamp(uri, naming.actor_uri(site.origin, name), post.uri, quote.quoted_uri)
