"""A path is laid out, read by anybody, and walked step by step; what is shown for a step is for whom the learner says."""

import pytest

from federation.facets import Alignment, Path, Reflection, Step, document_from_facet
from node.errors import BadInput, NotAllowed, NotFound
from node.learning import paths, walks
from node.learning.paths import PathDraft
from node.learning.walks import Proof
from node.social import communities
from node.social.facets import facets_of
from storage import posts as kept_posts
from storage.learning import paths as kept
from storage.records import DIRECT, PRIVATE

STEPS = (
    Step("Look *closely*", "https://moss.example/1", 10, "a picture"),
    Step("Draw it"),
    Step("Grow it", is_stretch=True),
)
DRAFT = PathDraft("Meet the mosses", "For beginners.", STEPS, "Moss")


@pytest.fixture
async def path(world, ada):
    return await paths.write_path(world.context, ada, DRAFT)


async def walk(world, path, account):
    return await paths.get_walk(world.context, path.id, account.id)


async def test_a_path_is_an_article_that_anybody_can_read(path):
    assert (path.type, path.title) == ("Article", "Meet the mosses")
    assert '<a href="https://moss.example/1"' in path.content
    assert ">Look *closely*</a> (10 min, to show: a picture)" in path.content
    assert "<li>Draw it</li>" in path.content
    assert facets_of(path)[0].steps == STEPS


async def test_what_it_was_made_from_comes_back_and_changes_it(world, ada, path):
    known = await world.context.database.read(paths.own_draft, ada, path.id, world.context.site.origin)
    assert known == DRAFT
    await walks.do_step(world.context, ada, path.id, 1, Proof())
    reordered = PathDraft("Meet them", "", (STEPS[1], STEPS[0]))
    changed = await paths.change_path(world.context, ada, path.id, reordered)
    assert changed.title == "Meet them"
    assert list((await walk(world, changed, ada)).done) == [0]


@pytest.mark.parametrize(
    "draft", [PathDraft("", "", STEPS), PathDraft("x"), PathDraft("x", "", (Step("y"),) * 101), PathDraft("x" * 201, "", STEPS)]
)
async def test_a_path_without_a_title_or_steps_is_none(world, ada, draft):
    with pytest.raises(BadInput):
        await paths.write_path(world.context, ada, draft)


async def test_a_learner_starts_does_steps_and_sees_how_far_they_are(world, bob, path):
    assert not (await walk(world, path, bob)).started
    await walks.start(world.context, bob, path.id)
    await walks.do_step(world.context, bob, path.id, 0, Proof(evidence_url="https://bob.example/moss.png"))
    await walks.do_step(world.context, bob, path.id, 2, Proof())
    found = await walk(world, path, bob)
    assert (found.started, len(found.needed), found.needed_done) == (True, 2, 1)
    assert found.done[0].evidence_url == "https://bob.example/moss.png"
    await walks.undo_step(world.context, bob, path.id, 0)
    assert list((await walk(world, path, bob)).done) == [2]
    await walks.leave(world.context, bob, path.id)
    assert not (await walk(world, path, bob)).started


async def test_progress_is_the_learners_own(world, ada, bob, path):
    await walks.do_step(world.context, bob, path.id, 0, Proof("Mine"))
    assert (await walk(world, path, ada)).done == {}
    assert (await paths.get_walk(world.context, path.id, 0)).done == {}


async def test_words_become_a_reflection_for_whom_the_learner_says(world, bob, path):
    await walks.do_step(world.context, bob, path.id, 0, Proof("They drink with their leaves", visibility=PRIVATE))
    reflection_id = (await walk(world, path, bob)).done[0].reflection_id
    post = await world.context.database.read(kept_posts.find_post, reflection_id)
    assert (post.visibility, facets_of(post)) == (PRIVATE, (Reflection("https://moss.example/1"),))
    assert await world.context.database.read(kept_posts.find_visible_post, reflection_id, 0) is None


async def test_words_that_are_not_to_be_kept_are_not(world, bob, path):
    await walks.do_step(world.context, bob, path.id, 0, Proof("Secret", visibility=None))
    assert (await walk(world, path, bob)).done[0].reflection_id is None
    assert await world.home(bob) == []


async def test_a_step_that_is_not_there_and_an_address_that_is_none_are_refused(world, bob, path):
    with pytest.raises(NotFound):
        await walks.do_step(world.context, bob, path.id, 3, Proof())
    with pytest.raises(BadInput):
        await walks.do_step(world.context, bob, path.id, 0, Proof(evidence_url="javascript:x"))
    assert not (await walk(world, path, bob)).started


async def test_a_path_that_is_not_for_one_is_not_there(world, ada, bob):
    hidden = await paths.write_path(world.context, ada, PathDraft("Mine", "", STEPS, visibility=DIRECT))
    for deed in (walks.start(world.context, bob, hidden.id), paths.get_walk(world.context, hidden.id, 0)):
        with pytest.raises(NotFound):
            await deed
    plain = await world.post(ada, "Hello")
    with pytest.raises(NotFound):
        await walks.start(world.context, bob, plain.id)


async def test_a_path_from_another_node_is_walked_here(world, bob):
    carol = await world.stranger("carol")
    await world.follow(bob, carol)
    facet = Path((Step("Go out"), Step("Go out")), (Alignment("https://c.example/moss", "Moss"),))
    note = carol.note("p", learning=(document_from_facet(facet),))
    await world.receive(carol.create(note), carol)
    path = await world.find_post(note.uri)
    await walks.do_step(world.context, bob, path.id, 1, Proof("Wet feet", visibility=DIRECT))
    assert list((await walk(world, path, bob)).done) == [1]


async def test_a_moderator_chooses_what_newcomers_are_offered_and_who_may_not_see_it_is_offered_nothing(world, ada, bob):
    garden = await communities.create(world.context, "garden", communities.Settings("Garden"), [ada])
    hidden = await paths.write_path(world.context, ada, PathDraft("Mine", "", STEPS, visibility=DIRECT))
    await paths.offer(world.context, ada, garden.id, hidden.id)
    assert await paths.newcomer_walk(world.context, garden, bob.id) is None
    assert await paths.newcomer_walk(world.context, garden, ada.id) is not None


async def test_who_looks_after_the_node_chooses_what_newcomers_are_offered(world, ada, path):
    garden = await world.account("garden", kind="Group")
    keeper = await world.account("keeper", role="owner")
    await paths.offer(world.context, keeper, garden.id, path.id)
    assert await world.context.database.read(kept.find_newcomer_path, garden.id) == path.id
    with pytest.raises(NotAllowed):
        await paths.offer(world.context, ada, garden.id, None)
    plain = await world.post(ada, "Hello")
    with pytest.raises(NotFound):
        await paths.offer(world.context, keeper, garden.id, plain.id)
    found = await paths.newcomer_walk(world.context, garden, 0)
    assert found.post.id == path.id
    await paths.offer(world.context, keeper, garden.id, None)
    assert await world.context.database.read(kept.find_newcomer_path, garden.id) is None
