"""What posts mean is kept as they come, change and go."""

from dataclasses import replace
from datetime import timedelta

import pytest

from federation.facets import Alignment, Ask, Path, Resource, Step, Turn, document_from_facet
from federation.objects import document_from_post
from node.social import posts, remote_posts
from storage.learning import facets
from tests.node.conftest import NOON

MOSS = Alignment("https://a.example/tags/moss", "Moss")


def said(*stated):
    return tuple(document_from_facet(facet) for facet in stated)


@pytest.fixture
async def bob(world):
    return await world.account("bob")


async def test_our_own_posts_are_found_by_what_they_teach(world, ada):
    post = await world.post(ada, "Look", type="Page", title="Moss", link="https://moss.example/", facets=said(Resource((MOSS,), minutes=9)))
    found = await world.context.database.read(facets.find_resource, post.id)
    assert (found.url, found.minutes) == ("https://moss.example/", 9)
    assert await world.context.database.read(facets.list_competencies, [post.id]) == {post.id: [facets.Competency(MOSS.url, "Moss")]}


async def test_an_edit_says_anew_what_a_post_means_or_leaves_it(world, ada):
    post = await world.post(ada, "Steps", facets=said(Path((Step("Look"),), (MOSS,))))
    await posts.edit(world.context, ada, post.id, posts.Draft("Steps, better"))
    assert await world.context.database.read(facets.is_path, post.id)
    await posts.edit(world.context, ada, post.id, posts.Draft("None", facets=()))
    assert not await world.context.database.read(facets.is_path, post.id)
    assert await world.context.database.read(facets.list_competencies, [post.id]) == {}


async def test_others_posts_mean_something_too_and_nonsense_means_nothing(world, ada):
    carol = await world.stranger("carol")
    await world.follow(ada, carol)
    note = carol.note("1", learning=({"type": "Turn", "role": "shout"}, *said(Ask((MOSS,)))))
    await world.receive(carol.create(note), carol)
    post = await world.find_post(note.uri)
    assert await world.context.database.read(facets.list_turns, [post.id]) == {}
    assert await world.context.database.read(facets.find_ask, post.id) == facets.Ask(post.id)
    changed = replace(note, learning=said(Turn("claim")), updated=NOON + timedelta(minutes=1))
    await world.receive(carol.activity("Update", document_from_post(changed)), carol)
    assert await world.context.database.read(facets.list_turns, [post.id]) == {post.id: "claim"}
    assert await world.context.database.read(facets.find_ask, post.id) is None


async def test_an_accepted_answer_counts_also_when_it_comes_later(world, ada):
    carol = await world.stranger("carol")
    await world.follow(ada, carol)
    uri = f"{carol.uri}/notes/a"
    question = carol.note("q", learning=said(Ask((MOSS,), uri)))
    await world.receive(carol.create(question), carol)
    asked = await world.find_post(question.uri)
    dave = await world.stranger("dave")
    known = await world.known(dave)
    answer = dave.note("x", in_reply_to_uri=question.uri)
    answer = replace(answer, uri=uri)
    kept = await world.context.database.write(remote_posts.save_post, world.context.site, known, answer, arrives=True)
    assert await world.context.database.read(facets.find_ask, asked.id) == facets.Ask(asked.id, uri, kept.id, known.id)


@pytest.mark.parametrize("place", ["elsewhere", "own"])
async def test_only_somebody_elses_answer_to_the_question_itself_counts(world, ada, bob, place):
    other = await world.post(bob, "Not an answer") if place == "elsewhere" else await world.post(ada, "Mine")
    question = await world.post(ada, "Why?", facets=said(Ask((MOSS,), other.uri)))
    found = await world.context.database.read(facets.find_ask, question.id)
    assert (found.accepted_id, found.answerer_id) == (None, None)
