"""What members say in a community of ours: taken in, and passed on to all of them (FEP-1b12).

The group announces each activity whole and unchanged, so that servers which know communities see what was done and by whom; of a new
post also the bare id, which everybody else shows as a boost.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import orjson

from federation import outgoing
from federation.proofs import add_proof
from federation.records import PUBLIC as EVERYBODY
from node.errors import NotAllowed
from node.site import Site
from node.social import auditing, changes, describing, guardianship, joining, naming, notifying, publishing
from storage import accounts, communities, deliveries, follows, held_posts, posts, reactions, stewardship, timelines
from storage.communities import EMPLOYER, GUEST, MEMBER, MODERATOR, NEWCOMER, SHOWN, WAITING, Community, Place
from storage.database import Connection
from storage.ids import free_id
from storage.records import DIRECT, HELD, PRIVATE, UNLISTED, Account, Post

Json = Mapping[str, Any]
READERS = {EMPLOYER, GUEST}  # roles that read and do not write


def require_may_post(db: Connection, group: Account, author: Account) -> None:
    """Raises NotAllowed where a community would refuse whatever the author says; one of another server decides for itself."""
    if communities.find_community(db, group.id) is None:
        return
    if stewardship.is_banned(db, group.id, author.id):
        raise NotAllowed("You are banned from this community.")
    if not joining.is_member(db, group.id, author.id):
        raise NotAllowed("Join the community first.")
    if joining.role_of(db, group.id, author.id) in READERS:
        raise NotAllowed("In this community you are a reader.")


def is_closed(db: Connection, group: Account) -> bool:
    """Whether only its members read a community; one of another server seems so where it approves them and does not want to be found."""
    if not group.is_local:
        return group.locked and not group.discoverable
    community = communities.find_community(db, group.id) if joining.is_community(group) else None
    return community is not None and community.is_private


def is_thread_locked(db: Connection, post: Post) -> bool:
    """Whether no more answers to a post are taken in any community where it stands."""
    return any(communities.is_locked(db, place.community_id, (post.id, post.root_id)) for place in communities.list_places(db, post.id))


def hold_where_judged(db: Connection, post: Post, author: Account) -> Post:
    """A new post: held where a community of ours has it wait for a moderator, and where what it answers is held."""
    if _answers_held(db, post) or any(state == WAITING for _, state in _judged(db, post, author)):
        held_posts.hold_post(db, post.id)
        return replace(post, visibility=HELD)
    return post


def _answers_held(db: Connection, post: Post) -> bool:
    return post.in_reply_to_id is not None and held_posts.find_meant(db, post.in_reply_to_id) is not None


def as_meant(db: Connection, post: Post) -> Post:
    """A held post as it is once it is approved; any other as it is."""
    meant = held_posts.find_meant(db, post.id) if post.visibility == HELD else None
    return post if meant is None else replace(post, visibility=meant)


def _judged(db: Connection, post: Post, author: Account) -> list[tuple[Account, str | None]]:
    """The communities of ours that a post is for and does not stand in yet, each with what it makes of the post; see _judge."""
    meant = as_meant(db, post)
    found = []
    for group in _groups_of(db, meant):
        community = communities.find_community(db, group.id)
        if community is not None and communities.find_place(db, group.id, post.id) is None:
            found.append((group, _judge(db, community, meant, author)))
    return found


def accept_post(db: Connection, site: Site, post: Post, author: Account, document: Json) -> None:
    """A post that came, or that one of ours wrote, into the communities of ours that it is for. document: the activity that brought it.

    Where one of them has it wait, the post is held everywhere, and the others show it once it is approved.
    """
    judged = _judged(db, post, author)
    if any(state == WAITING for _, state in judged) and post.visibility != HELD:
        post = hold_where_judged(db, post, author)
    waits_with_parent = _answers_held(db, post)
    for group, state in judged:
        if state is None:
            _note_refusal(db, site, group, author, post)
        elif post.visibility == HELD:
            _wait(db, site, group, post, author, document, WAITING if waits_with_parent else state)
        else:
            communities.add_place(db, Place(group.id, post.id, state, locked=False, added_ms=site.now_ms()))
            show(db, site, group, post, author, document)


def _wait(db: Connection, site: Site, group: Account, post: Post, author: Account, document: Json, state: str) -> None:
    """A held post in a community. state: SHOWN where only another community has it wait."""
    kept = orjson.dumps(document).decode()
    communities.add_place(db, Place(group.id, post.id, state, locked=False, added_ms=site.now_ms(), activity=kept))
    if state == WAITING:
        for moderator_id in joining.listeners(db, group):
            notifying.tell(db, site, moderator_id, "waiting", author.id, post.id)


def _groups_of(db: Connection, post: Post) -> list[Account]:
    """The communities of ours that a post is for: named as its audience or in its text, else where the post stands that it answers."""
    named = [accounts.find_account_by_uri(db, post.audience_uri) if post.audience_uri else None, *reactions.list_mentioned(db, post.id)]
    above = communities.list_places(db, post.in_reply_to_id) if post.in_reply_to_id else []
    states = {SHOWN, WAITING} if _answers_held(db, post) else {SHOWN}
    named += [accounts.find_account(db, place.community_id) for place in above if place.state in states]
    found = {group.id: group for group in named if group is not None and joining.is_community(group) and group.is_active}
    return [group for group in found.values() if is_for(db, group, post)]


def _judge(db: Connection, community: Community, post: Post, author: Account) -> str | None:
    """`shown`, `waiting`, or None where the community refuses a post."""
    group_id = community.account_id
    if stewardship.is_banned(db, group_id, author.id) or (post.visibility >= PRIVATE) != community.is_private:
        return None
    if post.in_reply_to_id is not None and communities.is_locked(db, group_id, (post.in_reply_to_id, post.root_id)):
        return None
    if not joining.is_member(db, group_id, author.id):
        return WAITING if community.join_mode == "open" and not community.is_private else None
    membership = communities.find_membership(db, group_id, author.id)
    if membership is None or membership.role in READERS:
        return None
    return WAITING if community.approves_first and not membership.is_approved and membership.role != MODERATOR else SHOWN


def is_accepted(db: Connection, community_id: int, post: Post, author: Account) -> bool:
    """Whether a community of ours shows a post without a moderator."""
    community = communities.find_community(db, community_id)
    return community is not None and _judge(db, community, as_meant(db, post), author) == SHOWN


def _note_refusal(db: Connection, site: Site, group: Account, author: Account, post: Post) -> None:
    if stewardship.is_banned(db, group.id, author.id):
        auditing.note(db, site, group.id, author.id, "refused", account_id=author.id, post_id=post.id, subject_uri=post.uri)


def show(db: Connection, site: Site, group: Account, post: Post, author: Account, document: Json) -> None:
    """Passes a new post on to all members: the activity that brought it, then its bare id."""
    membership = communities.find_membership(db, group.id, author.id)
    if membership is not None and not membership.is_approved:
        role = MEMBER if membership.role == NEWCOMER else membership.role
        communities.save_membership(db, replace(membership, is_approved=True, role=role))
    announce(db, site, group, post, author, document)
    boost(db, site, group, post)


def boost(db: Connection, site: Site, group: Account, post: Post) -> None:
    """The post in the community's own timeline, and its bare id to the members."""
    if posts.find_boost(db, group.id, post.id) is not None:
        return
    now_ms = site.now_ms()
    boost_id = free_id(db, "post", now_ms)
    uri = naming.activity_uri(site.origin, group.name, boost_id)
    visibility = min(post.visibility, PRIVATE)
    row = Post(boost_id, uri, group.id, "Announce", visibility, now_ms, boost_of_id=post.id)
    made = posts.add_post(db, row)
    timelines.add_to_home(db, made)
    changes.tell_new(db, made)
    author = accounts.get_account(db, post.account_id)
    to, cc = describing.boost_audience(group, made, author)
    activity = outgoing.announce(uri, group.uri, post.uri, to, cc, made.published)
    inboxes = {*follows.list_follower_inboxes(db, group.id), publishing.inbox_of(author)}
    publishing.send(db, site, group, (boost_id, activity), inboxes, post_id=post.id, is_public=visibility < PRIVATE)


def unboost(db: Connection, site: Site, group: Account, post: Post) -> None:
    """The post is not in the community's timeline any more."""
    made = posts.find_boost(db, group.id, post.id)
    if made is not None:
        publishing.publish_unboost(db, site, group, made, post)
        changes.tell_gone(db, made)
        posts.delete_post(db, made, site.now_ms())


def announce(db: Connection, site: Site, group: Account, about: Post | Account, actor: Account, document: Json) -> None:
    """A member's activity, whole and unchanged, to all members."""
    activity_id, uri = publishing.new_activity(db, site, group)
    is_open = not is_closed(db, group)
    to, cc = ([EVERYBODY], [group.followers_uri or ""]) if is_open else ([group.followers_uri or ""], [])
    activity = outgoing.pass_on(uri, group.uri, proven(db, site, actor, document), to, cc, site.now())
    inboxes = follows.list_follower_inboxes(db, group.id)
    post_id = about.id if isinstance(about, Post) else None
    sent = (activity_id, activity)
    publishing.send(db, site, group, sent, inboxes, post_id=post_id, is_public=is_open, with_proof=False)


def proven(db: Connection, site: Site, actor: Account, document: Json) -> dict[str, Any]:
    """An activity as others can forward it: what one of ours said in a closed community has no proof of its own yet."""
    if not actor.is_local or "proof" in document:
        return dict(document)
    return add_proof(dict(document), site.keyring.proof_signer(db, actor.id), site.now())


def accept_own(db: Connection, site: Site, post: Post, author: Account) -> None:
    """A post that one of ours just published, into the communities of ours that it is for."""
    uri = naming.activity_uri(site.origin, author.name, post.id)
    said = deliveries.find_activity(db, uri)
    kept = orjson.loads(said.body) if said is not None else None  # of what went to nobody elsewhere nothing is kept
    accept_post(db, site, post, author, kept or outgoing.create(uri, describing.post_document(db, site, author, post)))


def pass_on(db: Connection, site: Site, post: Post, actor: Account, document: Json) -> bool:
    """Update, Delete, Like, Dislike or an Undo of a post that stands in communities of ours, to their members; False where in none."""
    is_passed = False
    for group in shown_in(db, post.id):
        if guardianship.is_ward(actor) and post.account_id != actor.id and not is_closed(db, group):
            continue  # what a child likes is nobody's business
        may = joining.is_member(db, group.id, actor.id) or post.account_id == actor.id
        if may and not stewardship.is_banned(db, group.id, actor.id):
            announce(db, site, group, post, actor, document)
            is_passed = True
    return is_passed


def shown_in(db: Connection, post_id: int) -> Iterable[Account]:
    """The communities of ours in which a post is shown."""
    found = [accounts.find_account(db, place.community_id) for place in communities.list_places(db, post_id) if place.state == SHOWN]
    return [group for group in found if group is not None and joining.is_community(group)]


def stand(db: Connection, site: Site, group: Account, post: Post) -> bool:
    """True where a community of another server shows a post from now on: its members here see it, also where it is not public.

    What is not public is shown to nobody whom its author did not mean: a community that only claims it gets nothing.
    """
    if not is_for(db, group, post):
        return False
    communities.add_place(db, Place(group.id, post.id, SHOWN, locked=False, added_ms=site.now_ms()))
    return True


def is_for(db: Connection, group: Account, post: Post) -> bool:
    """Whether a community may show a post: it is public, or its author addressed it to the community."""
    if post.visibility < PRIVATE or post.audience_uri == group.uri:
        return True
    return any(account.id == group.id for account in reactions.list_mentioned(db, post.id))


def widest(db: Connection, group: Account, wished: int) -> int:
    """The audience of a post to a community: what is said in a closed one is for it alone."""
    if is_closed(db, group):
        return DIRECT
    return min(wished, UNLISTED) if group.is_local else wished
