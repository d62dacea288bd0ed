"""What people say to one another across nodes, and take back."""

import pytest

from node.errors import BadInput
from node.social import voting
from node.social.posts import PollDraft
from storage.records import UNLISTED


async def follow(lane, follower, *followed):
    for other in followed:
        await follower.follow(other)
    await lane.settle()


async def test_a_post_reaches_followers_and_nobody_else(lane, ada, bo, cleo):
    await follow(lane, bo, ada)
    post = await ada.write("Prime numbers, *explained* #maths")
    await lane.settle()
    assert await bo.home() == [post]
    assert "<em>explained</em>" in await bo.reads(post)
    assert await cleo.home() == []


async def test_what_was_said_before_the_follow_is_fetched_and_what_comes_after_its_end_does_not_arrive(lane, ada, bo):
    early = await ada.write("Before")
    await follow(lane, bo, ada)
    middle = await ada.write("Meanwhile")
    await lane.settle()
    assert await bo.home() == [middle, early]
    await bo.unfollow(ada)
    await lane.settle()
    assert not await bo.follows(ada)
    late = await ada.write("After")
    await lane.settle()
    assert await bo.home() == []
    assert await bo.sees(late) is None


async def test_a_mention_is_told_and_a_reply_reaches_the_author_and_stands_in_the_thread(lane, ada, bo):
    question = await ada.write(f"How do primes thin out? {bo.handle}")
    await lane.settle()
    assert await bo.told() == [("mention", ada.account.name)]
    answer = await bo.write("Like one over the logarithm", answering=question)
    await lane.settle()
    assert await ada.told() == [("mention", bo.account.name)]
    assert await ada.thread(question) == ([], [answer])
    assert await bo.thread(answer) == ([question], [])


async def test_an_unlisted_post_reaches_followers_too(lane, ada, bo):
    await follow(lane, bo, ada)
    post = await ada.write("Not for the front page", visibility=UNLISTED)
    await lane.settle()
    assert (await bo.sees(post)).visibility == UNLISTED


async def test_an_edit_changes_what_others_read(lane, ada, bo):
    await follow(lane, bo, ada)
    post = await ada.write("Two is odd")
    await lane.settle()
    await ada.edit(post, "Two is the only even prime")
    await lane.settle()
    assert await bo.reads(post) == "<p>Two is the only even prime</p>"
    assert (await bo.sees(post)).edited is not None


async def test_a_deleted_post_is_gone_everywhere_and_answers_410(lane, ada, bo):
    await follow(lane, bo, ada)
    post = await ada.write("Oops")
    await lane.settle()
    assert await bo.home() == [post]
    await ada.delete(post)
    await lane.settle()
    assert await bo.home() == []
    assert await bo.sees(post) is None
    assert (await ada.node.get(post)).status == 410


async def test_a_like_is_told_counted_and_taken_back(lane, ada, bo):
    await follow(lane, bo, ada)
    post = await ada.write("Hedges grow slowly")
    await lane.settle()
    await bo.like(post)
    await bo.like(post)
    await lane.settle()
    assert (await ada.sees(post)).likes_count == 1
    assert ("like", bo.account.name) in await ada.told()
    await bo.unlike(post)
    await lane.settle()
    assert (await ada.sees(post)).likes_count == 0
    assert ("like", bo.account.name) not in await ada.told()


async def test_a_boost_reaches_the_boosters_followers_and_is_taken_back(lane, ada, bo, cleo):
    await follow(lane, bo, ada)
    await follow(lane, cleo, bo)
    post = await ada.write("Pass it on")
    await lane.settle()
    await bo.boost(post)
    await lane.settle()
    assert await cleo.home() == [post]
    assert (await ada.sees(post)).boosts_count == 1
    assert ("boost", bo.account.name) in await ada.told()
    await bo.unboost(post)
    await lane.settle()
    assert await cleo.home() == []
    assert (await ada.sees(post)).boosts_count == 0
    assert "Pass it on" in await cleo.reads(post)


async def test_votes_are_counted_once_each_and_the_voters_see_the_figures(lane, ada, bo):
    await follow(lane, bo, ada)
    poll = await ada.write("Which?", poll=PollDraft(("Mosses", "Proofs", "Both"), 3600, multiple=True))
    await lane.settle()
    await bo.vote(poll, 0, 2)
    await lane.settle()
    assert await ada.votes(poll) == [1, 0, 1]
    assert await bo.votes(poll) == [1, 0, 1]
    assert (await ada.told(), await ada.home()) == ([("follow", bo.account.name)], [poll])  # a vote is no reply


async def test_all_who_got_a_poll_hear_how_others_voted_within_a_minute(lane, ada, bo, cleo):
    for follower in (bo, cleo):
        await follow(lane, follower, ada)
    poll = await ada.write("Which?", poll=PollDraft(("Mosses", "Proofs"), 3600))
    await lane.settle()
    await bo.vote(poll, 0)
    await lane.settle()
    assert await cleo.votes(poll) == [0, 0]
    await voting.tell_poll(ada.context, (await ada.sees(poll)).id)  # the minute is over
    await lane.settle()
    assert (await bo.votes(poll), await cleo.votes(poll)) == ([1, 0], [1, 0])
    assert (await cleo.sees(poll)).edited is None


async def test_a_pin_is_shown_by_others_until_it_is_taken_off(lane, ada, bo):
    await follow(lane, bo, ada)
    post = await ada.write("Read this first")
    await ada.pin(post)
    await lane.settle()
    assert await bo.pins(ada) == [post]
    await ada.unpin(post)
    await lane.settle()
    assert await bo.pins(ada) == []


async def test_what_says_nothing_goes_nowhere(lane, ada, bo):
    await follow(lane, bo, ada)
    with pytest.raises(BadInput):
        await ada.write("   ")
    await lane.settle()
    assert await bo.home() == []
