"""Voting by our people."""

import pytest

from node.errors import BadInput, NotAllowed, NotFound
from node.social import voting
from node.social.posts import PollDraft
from storage import polls
from storage.records import loaded


async def figures(read, post):
    poll = (await read(polls.list_polls, [post.id]))[post.id]
    return [option["votes"] for option in loaded(poll.options)], poll.voters


async def test_one_votes_once(world, ada, eve, read):
    post = await world.post(ada, "Which?", poll=PollDraft(("Tea", "Coffee"), 3600))
    await voting.vote(world.context, eve, post.id, [1])
    with pytest.raises(BadInput, match="already"):
        await voting.vote(world.context, eve, post.id, [0])
    assert await figures(read, post) == ([0, 1], 1)


@pytest.mark.parametrize("choices", [[], [2], [-1], [0, 1], [0, 0]])
async def test_what_is_no_answer_is_refused(world, ada, eve, read, choices):
    post = await world.post(ada, "Which?", poll=PollDraft(("Tea", "Coffee"), 3600))
    with pytest.raises(BadInput):
        await voting.vote(world.context, eve, post.id, choices)
    assert await figures(read, post) == ([0, 0], 0)


async def test_several_answers_where_several_are_asked(world, ada, eve, read):
    post = await world.post(ada, "Which?", poll=PollDraft(("Tea", "Coffee", "Milk"), 3600, multiple=True))
    await voting.vote(world.context, eve, post.id, [0, 2])
    assert await figures(read, post) == ([1, 0, 1], 1)


async def test_nobody_votes_late_in_their_own_or_in_what_is_none(world, ada, eve, clock):
    post, plain = await world.post(ada, "Which?", poll=PollDraft(("Tea", "Coffee"), 3600)), await world.post(ada, "Hello")
    with pytest.raises(NotAllowed):
        await voting.vote(world.context, ada, post.id, [0])
    with pytest.raises(NotFound):
        await voting.vote(world.context, eve, plain.id, [0])
    clock.go(hours=2)
    with pytest.raises(BadInput, match="closed"):
        await voting.vote(world.context, eve, post.id, [0])
