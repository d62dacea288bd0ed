"""Polls: what one may look like, and voting in one."""

from collections.abc import Sequence

import orjson

from federation import outgoing
from federation.objects import document_from_post
from federation.records import PostDocument
from node.context import Context
from node.errors import BadInput, NotAllowed, NotFound
from node.site import Site
from node.social import changes, naming, publishing, spreading, wishing
from node.social.reactions import shown_post
from storage import accounts, jobs, polls, posts
from storage.database import Connection
from storage.records import Account, Poll, Post, loaded

OPTIONS = (2, 10)
OPTION_CHARACTERS = 200
TOLD_AFTER_MS = 60 * 1000
OPEN_S = (300, 31 * 24 * 3600)


def check_poll(options: Sequence[str], open_s: int) -> None:
    """Raises BadInput for a poll that nobody could answer."""
    titles = [title.strip() for title in options]
    if not OPTIONS[0] <= len(titles) <= OPTIONS[1]:
        raise BadInput(f"A poll has {OPTIONS[0]} to {OPTIONS[1]} answers.")
    if any(not 0 < len(title) <= OPTION_CHARACTERS for title in titles) or len(set(titles)) != len(titles):
        raise BadInput(f"Each answer of a poll is different, and has 1 to {OPTION_CHARACTERS} characters.")
    if not OPEN_S[0] <= open_s <= OPEN_S[1]:
        raise BadInput("A poll is open for five minutes to a month.")


def note_vote(db: Connection, site: Site, question: Post) -> None:
    """The figures of a poll have changed: pages show them at once; other servers hear of ours within a minute, however many vote."""
    posts.touch_post(db, question.id, site.now_ms())
    changes.tell_changed(db, question)
    if naming.is_ours(site.origin, question.uri):
        payload = orjson.dumps({"post_id": question.id}).decode()
        jobs.add_job(db, "tell_poll", payload, site.now_ms() + TOLD_AFTER_MS, key=str(question.id))


async def tell_poll(context: Context, post_id: int) -> None:
    """A job: sends the figures of a poll of ours to all that the poll went to."""
    await context.database.write(_tell_poll, context.site, post_id)


def _tell_poll(db: Connection, site: Site, post_id: int) -> None:
    post = posts.find_post(db, post_id)
    if post is not None:
        publishing.publish_edit(db, site, accounts.get_account(db, post.account_id), post)


async def vote(context: Context, account: Account, post_id: int, choices: Sequence[int]) -> Post:
    """The poll's post, with the account's answers (positions from 0) counted. Raises BadInput, NotFound, NotAllowed, also where a guardian
    is asked first."""
    await wishing.require_touch(context, account, "vote", post_id, {"choices": list(choices)})
    return await context.database.write(vote_now, context.site, account, post_id, choices)


def vote_now(db: Connection, site: Site, account: Account, post_id: int, choices: Sequence[int], *, is_agreed: bool = False) -> Post:
    """See vote. is_agreed: a guardian agreed to it."""
    post = shown_post(db, post_id, account)
    poll = polls.list_polls(db, [post.id]).get(post.id)
    if poll is None:
        raise NotFound("That post is no poll.")
    _check_choices(site, poll, polls.list_votes(db, post.id, account.id), choices)
    author = accounts.get_account(db, post.account_id)
    if author.id == account.id:
        raise NotAllowed("You cannot vote in your own poll.")
    for choice in choices:
        current = polls.list_polls(db, [post.id])[post.id]
        if polls.add_vote(db, current, account.id, choice) and not author.is_local:
            _send_vote(db, site, account, author, post, loaded(poll.options)[choice]["title"], is_agreed=is_agreed)
    note_vote(db, site, post)
    spreading.note_poll(db, post)
    return post


def _check_choices(site: Site, poll: Poll, mine: Sequence[int], choices: Sequence[int]) -> None:
    if poll.closes_ms is not None and poll.closes_ms <= site.now_ms():
        raise BadInput("The poll is closed.")
    if mine:
        raise BadInput("You have voted already.")
    if not choices or len(set(choices)) != len(choices) or any(not 0 <= choice < len(loaded(poll.options)) for choice in choices):
        raise BadInput("Choose one of the answers.")
    if len(choices) > 1 and not poll.multiple:
        raise BadInput("Choose one answer only.")


def _send_vote(db: Connection, site: Site, voter: Account, author: Account, post: Post, title: str, *, is_agreed: bool) -> None:
    activity_id, uri = publishing.new_activity(db, site, voter)
    note = PostDocument(
        uri=naming.post_uri(site.origin, voter.name, activity_id),
        type="Note",
        author_uri=voter.uri,
        content="",
        to=(author.uri,),
        in_reply_to_uri=post.uri,
        vote=title,
        published=site.now(),
    )
    activity = (activity_id, outgoing.create(uri, document_from_post(note)))
    publishing.send(db, site, voter, activity, [author.inbox], is_agreed=is_agreed)
