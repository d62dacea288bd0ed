"""Reputation flows outward from the reader; crowds, circles and self-praise give nothing; the same history gives the same value."""

import random

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from federation.facets import Alignment
from node.errors import BadInput
from node.learning import endorsing, questions
from node.learning.endorsing import Word
from node.learning.questions import Question
from node.learning.reputation import (
    DAMPING,
    Reputation,
    Vouch,
    compute,
    history_from_vouches,
    load_vouches,
    reputation_for,
    vouches_from_history,
)
from node.social import follows
from node.social.posts import Draft

READER = "https://here.example/users/reader"


def who(name):
    return f"https://there.example/users/{name}"


def vouch(by, of, kind="endorsement", number=1):
    return Vouch(f"https://there.example/{by}/{of}/{kind}/{number}", who(by), who(of), kind)


def trust(vouches, followed, person):
    return compute(vouches, READER, [who(name) for name in followed], who(person)).trust


HONEST = [vouch("friend", "teacher"), vouch("friend", "other"), vouch("teacher", "stranger"), vouch("teacher", "pupil", "answer")]


def test_trust_is_parted_damped_and_comes_with_its_reasons():
    assert trust(HONEST, ["friend"], "friend") == 1
    assert trust(HONEST, ["friend"], "teacher") == pytest.approx(DAMPING / 2)
    stranger = compute(HONEST, READER, [who("friend")], who("stranger"))
    assert stranger.trust == pytest.approx(DAMPING**2 / 2 * 2 / 3)
    assert (stranger.distance, [(share.by, share.endorsements, share.answers) for share in stranger.shares]) == (
        3,
        [(who("teacher"), 1, 0)],
    )


def crowd(size=100, target="stranger"):
    names = [f"crowd{number}" for number in range(size)]
    circle = [vouch(one, other) for one in names for other in names if one != other]
    return [*circle, *(vouch(one, target) for one in names), *(vouch(target, one) for one in names)]


def test_a_hundred_accounts_that_endorse_one_another_move_a_stranger_by_nothing():
    """LEARNING: less than 1e-9, as a reader outside of the crowd sees it."""
    before = trust(HONEST, ["friend"], "stranger")
    after = trust([*HONEST, *crowd()], ["friend"], "stranger")
    assert before > 0.1
    assert abs(after - before) < 1e-9
    assert abs(trust(crowd(target="nobody"), ["friend"], "nobody")) < 1e-9


def test_the_same_crowd_inside_the_readers_network_is_heard():
    before = trust(HONEST, ["friend", "crowd0"], "stranger")
    assert trust([*HONEST, *crowd()], ["friend", "crowd0"], "stranger") > before + 1e-3


def test_nobody_is_less_trusted_for_one_word_more():
    near = [*HONEST, vouch("neighbour", "one"), vouch("neighbour", "two")]
    followed = ["friend", "neighbour"]
    assert trust([*near, vouch("neighbour", "stranger")], followed, "stranger") > trust(near, followed, "stranger")


def test_what_somebody_says_changes_nothing_for_themselves():
    before = trust(HONEST, ["friend"], "teacher")
    circle = [vouch("teacher", f"puppet{number}") for number in range(20)]
    circle += [vouch(f"puppet{number}", "teacher", number=n) for number in range(20) for n in range(5)]
    assert trust([*HONEST, *circle, vouch("teacher", "teacher")], ["friend"], "teacher") == before


def test_who_vouches_for_many_gives_each_little_and_repeats_say_less_and_less():
    many = [*HONEST, *(vouch("friend", f"one{number}") for number in range(50))]
    assert trust(many, ["friend"], "teacher") < trust(HONEST, ["friend"], "teacher") / 10
    twice = trust([*HONEST, vouch("friend", "teacher", number=2)], ["friend"], "teacher")
    assert DAMPING / 2 < twice < DAMPING * 2 / 3


def test_a_word_among_those_whom_the_reader_follows_counts_and_does_not_come_back():
    words = [vouch("a", "b"), vouch("b", "a")]
    assert trust(words, ["a", "b"], "a") == trust(words, ["a", "b"], "b") == pytest.approx(0.5 + DAMPING * 0.5)


def test_nobody_is_reached_where_nobody_is_followed():
    assert compute(HONEST, READER, [], who("teacher")) == Reputation(0.0, None, [])


@pytest.mark.parametrize(
    "line", [{}, {"uri": "u", "by": "b", "of": "o", "kind": "like"}, {"uri": 1, "by": "b", "of": "o", "kind": "answer"}]
)
def test_a_line_that_states_nothing_is_refused(line):
    with pytest.raises(BadInput):
        vouches_from_history([line])


NAMES = st.integers(0, 12).map(lambda number: f"p{number}")
WORDS = st.lists(st.builds(vouch, NAMES, NAMES, st.sampled_from(["endorsement", "answer"]), st.integers(1, 3)), max_size=60)


@given(WORDS, st.randoms(use_true_random=False))
def test_two_nodes_compute_the_same_from_the_same_export(words, chance):
    exported = orjson.dumps(history_from_vouches(words))
    there = orjson.loads(exported)
    chance.shuffle(there)
    followed = [who("p0"), who("p1")]
    for person in ("p1", "p2", "p3"):
        ours = compute(words, READER, followed[::-1], who(person))
        assert compute(vouches_from_history(there), READER, followed, who(person)) == ours


@given(WORDS)
def test_no_more_trust_arrives_than_was_given(words):
    for person in ("p0", "p3", "p7"):
        found = compute(words, READER, [who("p0"), who("p1"), who("p2")], who(person))
        assert 0 <= found.trust <= 1 + 1e-12
        assert (found.trust > 0) == (found.distance is not None)


def test_a_large_crowd_is_reckoned_at_once():
    chance = random.Random(1)
    names = [f"m{number}" for number in range(2000)]
    words = [vouch(one, chance.choice(names), number=n) for one in names for n in range(10)]
    assert 0 < trust(words, names[:50], "m1999") < 1


async def test_the_memory_holds_the_signed_history(world):
    reader, ada, bob, eve = [await world.account(name) for name in ("reader", "ada", "bob", "eve")]
    await follows.follow(world.context, reader, ada.id)
    question = await questions.ask(world.context, ada, Question(Draft("How?"), "Moss"))
    answer = await world.post(bob, "So", in_reply_to_id=question.id)
    await questions.accept_answer(world.context, ada, answer.id)
    word = await endorsing.endorse(
        world.context, bob, Word("She knows", person_id=eve.id, competency=Alignment("https://moss.example/", "Moss"))
    )
    found = await world.context.database.read(reputation_for, reader, eve)
    assert found.trust == pytest.approx(DAMPING**2)
    assert [(share.by, share.endorsements) for share in found.shares] == [(bob.uri, 1)]
    vouches, followed = await world.context.database.read(load_vouches, reader)
    assert {each.uri for each in vouches} == {question.uri, word.uri}
    assert compute(vouches_from_history(history_from_vouches(vouches)), reader.uri, followed, eve.uri) == found
    await endorsing.withdraw(world.context, bob, word.id)
    assert (await world.context.database.read(reputation_for, reader, eve)).trust == 0
