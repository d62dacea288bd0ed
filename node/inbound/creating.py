"""Posts of others: Create, Update, Delete."""

from collections.abc import Sequence

from federation.actors import actor_from_document
from federation.errors import Forbidden, Malformed
from federation.facets import Achievement, Endorsement, facets_from
from federation.objects import post_from_document
from federation.origins import same_origin
from federation.records import ActivityDocument, ActorDocument, PostDocument
from node.inbound import groups
from node.inbound.rows import PROCESSED, Need, Row, Taken
from node.learning import arriving
from node.site import Site
from node.social import changes, gathering, naming, publishing, quoting, remote, remote_posts, voting
from storage import accounts, polls, posts
from storage.database import Connection
from storage.events import add_event
from storage.records import Account, Poll, Post, loaded

MOST_NAMED = 3  # people who are fetched because an achievement names them


def read_post(activity: ActivityDocument) -> PostDocument:
    """The post that an activity embeds. Raises Malformed, and Forbidden where it is not the actor's own."""
    if activity.object is None:
        raise Malformed("the object is not embedded")
    document = post_from_document(activity.object)
    if document.author_uri != activity.actor_uri or not same_origin(document.uri, activity.actor_uri):
        raise Forbidden("the object is not the actor's own")
    return document


def read_profile(activity: ActivityDocument) -> ActorDocument:
    """The actor that an Update embeds. Raises Malformed, and Forbidden where it is another one."""
    actor = actor_from_document(activity.object or {})
    if actor.uri != activity.actor_uri:
        raise Forbidden("an actor changes nobody but itself")
    return actor


def on_create(db: Connection, site: Site, taken: Taken) -> str:
    """A post, or a vote in one of our polls; kept where it concerns anybody here."""
    document: PostDocument = taken.parsed
    poll = _find_own_poll(db, site, document) if document.vote is not None else None
    if poll is not None:
        return _count_vote(db, site, taken.actor, document, poll)
    known = posts.find_post_by_uri(db, document.uri)
    is_new = known is None
    if is_new and not remote_posts.is_wanted(db, site, taken.actor, document):
        return "the post concerns nobody here"
    post = remote_posts.save_post(db, site, taken.actor, document, arrives=True, is_new=is_new)
    if post is None:
        return "the post was deleted before"
    if not is_new and taken.activity.type == "Create":
        remote_posts.arrive(db, site, taken.actor, post)
    if not is_new:
        gathering.pass_on(db, site, post, taken.actor, taken.activity.document)
    if not is_new or _may_be_for_group(taken.actor, document):
        gathering.accept_post(db, site, post, taken.actor, taken.activity.document)
    arriving.take(db, site, post)
    is_same = known is not None and known.edited_ms == post.edited_ms and document.poll is None
    return "its version is not newer than what is known here" if is_same and taken.activity.type == "Update" else PROCESSED


def _may_be_for_group(author: Account, document: PostDocument) -> bool:
    """Whether a new post is for anybody but its author's followers; most are not, and then no community needs to be looked for."""
    return bool(document.audience_uri or document.in_reply_to_uri or remote_posts.named_uris(author, document))


def _find_own_poll(db: Connection, site: Site, document: PostDocument) -> tuple[Post, Poll] | None:
    """The poll of ours that the document answers, and its post: then it is a vote and no post, whether or not it counts."""
    question = posts.find_post_by_uri(db, document.in_reply_to_uri or "")
    poll = polls.list_polls(db, [question.id]).get(question.id) if question else None
    return (question, poll) if question is not None and poll is not None and naming.is_ours(site.origin, question.uri) else None


def _count_vote(db: Connection, site: Site, voter: Account, document: PostDocument, answered: tuple[Post, Poll]) -> str:
    question, poll = answered
    titles = [option["title"] for option in loaded(poll.options)]
    if poll.closes_ms is not None and poll.closes_ms <= site.now_ms():
        return "the poll is closed"
    if document.vote not in titles:
        return "the poll has no such choice"
    if not polls.add_vote(db, poll, voter.id, titles.index(document.vote)):
        return "the vote is counted already"
    voting.note_vote(db, site, question)
    return PROCESSED


def on_update(db: Connection, site: Site, taken: Taken) -> str:
    """A post changed; one that we do not keep is taken as new where it concerns anybody here."""
    return on_create(db, site, taken)


def on_update_profile(db: Connection, site: Site, taken: Taken) -> str:
    """An actor changed."""
    actor: ActorDocument = taken.parsed
    if not remote.save_update(db, site, actor):
        return "a newer version of the actor is known"
    add_event(db, "account", taken.actor.id)
    return PROCESSED


def on_delete(db: Connection, site: Site, taken: Taken) -> str:
    """A post, or the actor itself, is gone. What we never saw is remembered, for its Create may come late."""
    uri = taken.activity.object_uri
    if uri is None:
        raise Malformed("the object has no id")
    if uri == taken.actor.uri:
        remove_account(db, site, taken.actor)
        return PROCESSED
    post = posts.find_post_by_uri(db, uri)
    if post is None:
        return _delete_unknown(db, site, taken, uri)
    if post.account_id != taken.actor.id:
        return groups.order_post(db, site, taken, post, "remove")
    gathering.pass_on(db, site, post, taken.actor, taken.activity.document)
    publishing.publish_withdrawals(db, site, post, taken.activity.document)
    changes.tell_gone(db, post)
    posts.delete_post(db, post, site.now_ms())
    return PROCESSED


def _delete_unknown(db: Connection, site: Site, taken: Taken, uri: str) -> str:
    if quoting.forget_stamp(db, taken.actor, uri):
        return PROCESSED
    if same_origin(uri, taken.actor.uri):
        posts.add_tombstone(db, uri, site.now_ms())
    return "what is deleted is not known here"


def remove_account(db: Connection, site: Site, account: Account) -> None:
    """An actor of another server is gone, with its posts and follows."""
    for post in posts.list_all_posts(db, account.id):
        publishing.publish_withdrawals(db, site, post)
        posts.delete_post(db, post, site.now_ms())
    accounts.remove_relations(db, account.id)
    accounts.set_deleted(db, account.id, site.now_ms())
    add_event(db, "account", account.id)


def post_needs(db: Connection, site: Site, taken: Taken) -> Sequence[Need]:
    """Of an achievement or endorsement whom it is given to, and what it answers; where it concerns anybody here."""
    document: PostDocument = taken.parsed
    has_credential = any(isinstance(facet, Achievement | Endorsement) for facet in facets_from(document.learning))
    if not has_credential or not remote_posts.is_wanted(db, site, taken.actor, document):
        return ()
    people = [Need("account", mention.uri) for mention in document.mentions[:MOST_NAMED]]
    above = [Need("post", document.in_reply_to_uri)] if document.in_reply_to_uri else []
    return [need for need in (*people, *above) if not naming.is_ours(site.origin, need.uri)]


CREATE = Row(on_create, read_post, post_needs)
UPDATE = Row(on_update, read_post, post_needs)
UPDATE_PROFILE = Row(on_update_profile, read_profile)
DELETE = Row(on_delete)
