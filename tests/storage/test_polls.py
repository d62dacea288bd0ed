"""Polls and votes."""

import dataclasses

import orjson
import pytest

from storage import polls
from storage.records import Poll
from tests.storage.rows import START_MS, add_person, add_post, add_stranger

OPTIONS = '[{"title":"Tea","votes":0},{"title":"Coffee","votes":3}]'


@pytest.fixture
def post(db):
    return add_post(db, add_person(db, "ada"), type="Question")


@pytest.fixture
def poll(db, post):
    poll = Poll(post.id, OPTIONS, multiple=False, closes_ms=START_MS, voters=3)
    polls.save_poll(db, poll)
    return poll


def figures(db, post):
    kept = polls.list_polls(db, [post.id])[post.id]
    return [option["votes"] for option in orjson.loads(kept.options)], kept.voters


def test_a_poll_comes_back_as_it_was_put_in(db, post, poll):
    assert polls.list_polls(db, [post.id, 17]) == {post.id: poll}
    assert polls.list_polls(db, [post.id])[post.id].multiple is False
    assert polls.list_polls(db, []) == {}


def test_in_a_poll_with_one_choice_only_the_first_vote_counts(db, post, poll):
    bob = add_stranger(db, "bob")
    assert polls.add_vote(db, poll, bob.id, 1)
    assert not polls.add_vote(db, poll, bob.id, 1)
    assert not polls.add_vote(db, poll, bob.id, 0)
    assert figures(db, post) == ([0, 4], 4)
    assert polls.list_votes(db, post.id, bob.id) == [1]


def test_in_a_poll_with_several_choices_each_counts_once_and_the_voter_once(db, post, poll):
    several = dataclasses.replace(poll, multiple=True)
    polls.save_poll(db, several)
    bob, eve = add_stranger(db, "bob"), add_stranger(db, "eve")
    votes = [polls.add_vote(db, several, voter.id, option) for voter, option in ((bob, 1), (bob, 0), (bob, 0), (eve, 0))]
    assert votes == [True, True, False, True]
    assert figures(db, post) == ([2, 4], 5)
    assert polls.list_votes(db, post.id, bob.id) == [0, 1]


def test_newer_figures_from_the_author_keep_our_votes(db, post, poll):
    bob = add_stranger(db, "bob")
    polls.add_vote(db, poll, bob.id, 1)
    polls.save_poll(db, dataclasses.replace(poll, voters=9))
    assert figures(db, post) == ([0, 3], 9)
    assert polls.list_votes(db, post.id, bob.id) == [1]


def test_polls_that_closed_in_a_span_are_listed(db, post, poll):
    assert polls.list_closed_polls(db, START_MS - 1, START_MS) == [post.id]
    assert polls.list_closed_polls(db, START_MS, START_MS + 1) == []
