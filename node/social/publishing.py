"""How what our people do goes out: the activity's bytes and one delivery per inbox, in the transaction that did it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import orjson

from federation import outgoing
from federation.delivery_order import ends_object, order_subject
from federation.origins import host_of, same_origin
from federation.proofs import add_proof
from federation.records import PUBLIC as EVERYBODY
from node.site import Site
from node.social import describing, guardianship, naming
from storage import accounts, conversations, deliveries, follows, posts, reactions
from storage.database import Connection
from storage.events import add_event
from storage.ids import free_id
from storage.records import DIRECT, PRIVATE, Account, Activity, Post

Json = dict[str, Any]


def new_activity(db: Connection, site: Site, author: Account) -> tuple[int, str]:
    """An id for an activity of one of ours, and its URI."""
    activity_id = free_id(db, "activity", site.now_ms())
    return activity_id, naming.activity_uri(site.origin, author.name, activity_id)


def send(
    db: Connection,
    site: Site,
    author: Account,
    activity: tuple[int, Mapping[str, Any]],
    inboxes: Iterable[str],
    *,
    post_id: int | None = None,
    is_public: bool = False,
    with_proof: bool | None = None,
    is_agreed: bool = False,
) -> Mapping[str, Any]:
    """Writes an activity's deliveries to those inboxes that `guardianship.permit` leaves, and answers it as it is sent.

    The only function that writes deliveries. is_public: it may be fetched by anybody. with_proof: None for whether it is public; what is
    said to a community gets one, for the community passes it on. is_agreed: a guardian agreed to it. What one actor says of one object
    arrives in order; a Delete drops whatever waits about its object.
    """
    activity_id, document = activity
    permitted = guardianship.permit(db, site, author, document, inboxes, post_id=post_id, is_public=is_public, is_agreed=is_agreed)
    document, inboxes, is_public = permitted.document, permitted.inboxes, permitted.is_public
    if is_public if with_proof is None else with_proof:
        document = add_proof(dict(document), site.keyring.proof_signer(db, author.id), site.now())
    ours = f"{site.origin}/"
    targets = {(inbox, host_of(inbox)) for inbox in inboxes if not inbox.startswith(ours)}
    is_end = ends_object(document)
    if is_end:
        targets |= _supersede(db, site, author, document, post_id, [inbox for inbox, _ in targets])
    if not targets and not is_public:
        return document
    body = orjson.dumps(document)
    deliveries.add_activity(db, Activity(activity_id, str(document["id"]), author.id, str(document["type"]), post_id, body, is_public))
    if targets:
        deliveries.add_deliveries(db, activity_id, _subject(document), sorted(targets), site.now_ms(), ends_object=is_end)
        add_event(db, "deliveries")
    return document


def _subject(document: Mapping[str, Any]) -> str:
    """What is said by one actor of one object arrives in order."""
    return f"{document['actor']} {order_subject(document)}"


def _supersede(
    db: Connection, site: Site, author: Account, document: Mapping[str, Any], post_id: int | None, inboxes: Sequence[str]
) -> set[tuple[str, str]]:
    """Drops what waits about the object of a Delete, and answers where it was to go: an attempt may have arrived there unnoticed.

    What a community announces ends only what the community itself passes on.
    """
    now_ms = site.now_ms()
    deliveries.drop_about_object(db, _subject(document), inboxes, now_ms)
    whose = author.id if document["type"] == "Announce" else 0
    found = [] if post_id is None else deliveries.drop_about_post(db, post_id, whose, now_ms)
    if order_subject(document) == author.uri:
        found += deliveries.drop_of_account(db, author.id, now_ms)
    return set(found)


def _needs_proof(post: Post) -> bool | None:
    return True if post.audience_uri else None


def _community_inboxes(db: Connection, post: Post) -> list[str]:
    """Where the community that a post stands in is reached: it tells its members what was done to the post."""
    community = accounts.find_account_by_uri(db, post.audience_uri) if post.audience_uri else None
    return [community.inbox] if community is not None else []


def inbox_of(account: Account) -> str:
    """Where an account is reached: its server's shared inbox, if there is one."""
    return account.shared_inbox or account.inbox


def _inboxes(db: Connection, author: Account, post: Post, others: Sequence[Account]) -> set[str]:
    found = {inbox_of(account) for account in others if not account.is_local}
    if post.visibility < DIRECT:
        found.update(follows.list_follower_inboxes(db, author.id))
    return found


def _concerned(db: Connection, post: Post) -> list[Account]:
    """Whom a post names, whom it answers, and the community that it is posted to."""
    found = reactions.list_mentioned(db, post.id)
    parent = posts.find_post(db, post.in_reply_to_id) if post.in_reply_to_id else None
    if parent is not None and post.visibility < PRIVATE:
        found.append(accounts.get_account(db, parent.account_id))
    community = accounts.find_account_by_uri(db, post.audience_uri) if post.audience_uri else None
    return [*found, community] if community is not None else found


def creation_uri(site: Site, author: Account, post: Post) -> str:
    """The id of a post's Create."""
    return naming.activity_uri(site.origin, author.name, post.id)


def publish_post(db: Connection, site: Site, author: Account, post: Post) -> None:
    """Create: to followers as far as the audience goes, to those named, and to the author who is answered."""
    document = describing.post_document(db, site, author, post)
    activity = (post.id, outgoing.create(creation_uri(site, author, post), document))
    inboxes = _inboxes(db, author, post, _concerned(db, post))
    _send_about(db, site, author, post, activity, inboxes)


def _send_about(
    db: Connection, site: Site, author: Account, post: Post, activity: tuple[int, Mapping[str, Any]], inboxes: Iterable[str]
) -> Mapping[str, Any]:
    """Owes an activity about a post, as open as the post is, and with a proof where the post has one."""
    is_public, with_proof = post.visibility < PRIVATE, _needs_proof(post)
    return send(db, site, author, activity, inboxes, post_id=post.id, is_public=is_public, with_proof=with_proof)


def publish_edit(db: Connection, site: Site, author: Account, post: Post, before: Sequence[Account] = ()) -> Mapping[str, Any]:
    """Update: to all that the post went to. before: whom it named before the edit."""
    activity_id, uri = new_activity(db, site, author)
    document = describing.post_document(db, site, author, post)
    to, cc = describing.audience(author, post, reactions.list_mentioned(db, post.id))
    activity = outgoing.update(uri, author.uri, document, to, cc)
    inboxes = _inboxes(db, author, post, [*_concerned(db, post), *before])
    return _send_about(db, site, author, post, (activity_id, activity), inboxes)


def publish_deletion(db: Connection, site: Site, author: Account, post: Post) -> Mapping[str, Any]:
    """Delete: before the rows go, while we still know whom it went to, and who spread it."""
    activity_id, uri = new_activity(db, site, author)
    to, cc = describing.audience(author, post, reactions.list_mentioned(db, post.id))
    spread = [*reactions.list_boosters(db, post.id, 500), *reactions.list_likers(db, post.id, 500)]
    activity = outgoing.delete(uri, author.uri, post.uri, to, cc)
    inboxes = _inboxes(db, author, post, [*_concerned(db, post), *spread])
    for booster_id in conversations.list_local_boosters(db, post.id):
        inboxes.update(follows.list_follower_inboxes(db, booster_id))
    return _send_about(db, site, author, post, (activity_id, activity), inboxes)


def publish_boost(db: Connection, site: Site, booster: Account, boost: Post, original: Post) -> None:
    """Announce: to the booster's followers and the author."""
    author = accounts.get_account(db, original.account_id)
    to, cc = describing.boost_audience(booster, boost, author)
    activity = outgoing.announce(boost.uri, booster.uri, original.uri, to, cc, boost.published)
    inboxes = {*follows.list_follower_inboxes(db, booster.id), inbox_of(author)}
    send(db, site, booster, (boost.id, activity), inboxes, post_id=original.id, is_public=boost.visibility < PRIVATE)


def publish_unboost(db: Connection, site: Site, booster: Account, boost: Post, original: Post) -> None:
    """Undo of the Announce."""
    author = accounts.get_account(db, original.account_id)
    activity_id, uri = new_activity(db, site, booster)
    undone = {"id": boost.uri, "type": "Announce", "actor": booster.uri, "object": original.uri}
    activity = outgoing.undo(uri, booster.uri, undone, *describing.boost_audience(booster, boost, author))
    inboxes = {*follows.list_follower_inboxes(db, booster.id), inbox_of(author)}
    send(db, site, booster, (activity_id, activity), inboxes, post_id=original.id, is_public=boost.visibility < PRIVATE)


def publish_withdrawals(db: Connection, site: Site, post: Post, deletion: Mapping[str, Any] | None = None) -> None:
    """Undo of each boost by one of ours of a post that another server is about to take from us, to those who have it by that boost alone.

    deletion: what its author said. With their own proof it goes the same way, unchanged, so that no copy stays.
    """
    inboxes: set[str] = set()
    speaker: Account | None = None
    for booster_id in conversations.list_local_boosters(db, post.id):
        booster, boost = accounts.get_account(db, booster_id), posts.find_boost(db, booster_id, post.id)
        if boost is not None:
            publish_unboost(db, site, booster, boost, post)
            inboxes.update(follows.list_follower_inboxes(db, booster_id))
            speaker = speaker if guardianship.is_ward(booster) else booster
    if speaker is not None and deletion is not None and "proof" in deletion:
        activity_id, _ = new_activity(db, site, speaker)
        elsewhere = [inbox for inbox in inboxes if not same_origin(inbox, post.uri)]  # whoever said it knows it
        send(db, site, speaker, (activity_id, deletion), elsewhere, with_proof=False)


def publish_like(db: Connection, site: Site, liker: Account, post: Post, activity: tuple[int, str]) -> Mapping[str, Any]:
    """Like: to the author alone, by the same door as its Undo."""
    author = accounts.get_account(db, post.account_id)
    activity_id, uri = activity
    document = outgoing.like(uri, liker.uri, post.uri, author.uri)
    return send(
        db,
        site,
        liker,
        (activity_id, document),
        [author.inbox, *_community_inboxes(db, post)],
        post_id=post.id,
        with_proof=_needs_proof(post),
    )


def publish_undo(
    db: Connection, site: Site, author: Account, undone: Mapping[str, Any], target: Account, post: Post | None = None
) -> Mapping[str, Any]:
    """Undo of a Like (of the post), Follow or Block: to the inbox that got it, so that it comes after it.

    undone: id, type, actor, object.
    """
    activity_id, uri = new_activity(db, site, author)
    document = outgoing.undo(uri, author.uri, undone, [target.uri])
    inboxes = [target.inbox, *(_community_inboxes(db, post) if post else ())]
    with_proof = _needs_proof(post) if post else None
    return send(db, site, author, (activity_id, document), inboxes, with_proof=with_proof)


def publish_to(
    db: Connection, site: Site, author: Account, activity: tuple[int, Json], target: Account, *, is_agreed: bool = False
) -> None:
    """Anything that concerns one other account: Follow, Accept, Reject, Block, Flag. is_agreed: a guardian agreed to it."""
    send(db, site, author, activity, [target.inbox], is_agreed=is_agreed)


def publish_profile(db: Connection, site: Site, account: Account) -> None:
    """Update of the actor: to followers."""
    activity_id, uri = new_activity(db, site, account)
    document = outgoing.update(uri, account.uri, describing.actor_document(db, site, account), [EVERYBODY], [account.followers_uri or ""])
    inboxes = follows.list_follower_inboxes(db, account.id)
    send(db, site, account, (activity_id, document), inboxes, is_public=True)


def publish_pin(db: Connection, site: Site, account: Account, post: Post, *, is_pinned: bool) -> None:
    """Add to or Remove from the featured posts: to followers."""
    activity_id, uri = new_activity(db, site, account)
    build = outgoing.add if is_pinned else outgoing.remove
    document = build(uri, account.uri, post.uri, account.featured_uri or "", [EVERYBODY], [account.followers_uri or ""])
    send(db, site, account, (activity_id, document), follows.list_follower_inboxes(db, account.id), is_public=True)


def publish_end(db: Connection, site: Site, account: Account) -> None:
    """Delete of the account itself: to its followers and to those it follows."""
    activity_id, uri = new_activity(db, site, account)
    followed = [inbox_of(other) for other in follows.list_following(db, account.id, 10_000) if not other.is_local]
    inboxes = {*follows.list_follower_inboxes(db, account.id), *followed}
    send(db, site, account, (activity_id, outgoing.delete_actor(uri, account.uri)), inboxes, is_public=True)


def publish_move(db: Connection, site: Site, account: Account, target: Account) -> None:
    """Move: to followers, whose servers then follow the target for them."""
    activity_id, uri = new_activity(db, site, account)
    document = outgoing.move(uri, account.uri, target.uri, account.followers_uri or "")
    send(db, site, account, (activity_id, document), follows.list_follower_inboxes(db, account.id), is_public=True)
