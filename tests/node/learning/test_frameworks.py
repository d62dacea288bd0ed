"""Frameworks are imported or written, belong to people and communities, and a competency shows who knows it and what teaches it."""

import pytest

from federation.facets import Alignment, Step
from node.errors import BadInput, NotAllowed, NotFound
from node.learning import answering, awarding, badges, frameworks, goals, paths, resources, revoking
from node.learning.awarding import Gift
from node.learning.badges import BadgeDraft
from node.learning.frameworks import Writing
from node.learning.goals import Aim
from node.learning.paths import PathDraft
from node.learning.resources import Sharing
from node.social import communities
from storage.learning import frameworks as kept
from storage.learning import learners
from storage.learning.learners import Learner
from storage.records import DIRECT, PUBLIC
from tests.federation.test_frameworks import BASE, child, item, package
from tests.node.conftest import ORIGIN

FILE = package([item("know", abbreviatedStatement="Moss"), item("see", humanCodingScheme="B.1")], [child("see", "know")])


@pytest.fixture
async def garden(world, ada):
    return await communities.create(world.context, "garden", communities.Settings("Garden"), [ada])


async def known(world, viewer_id, url, name=""):
    return await world.context.database.read(frameworks.known_by_url, world.context.site, viewer_id, url, name)


async def test_importing_again_brings_it_up_to_date_and_ids_stay(world, ada):
    first = await frameworks.import_case(world.context, ada, 0, FILE)
    before = {item.url: item.id for item in await world.context.database.read(kept.list_items, first.id)}
    again = await frameworks.import_case(world.context, ada, 0, package([item("see"), item("draw")], title="Mosses"))
    after = {item.url: item.id for item in await world.context.database.read(kept.list_items, first.id)}
    assert (again.id, again.title) == (first.id, "Mosses")
    assert after.keys() == {f"{BASE}/CFItems/see", f"{BASE}/CFItems/draw"}
    assert after[f"{BASE}/CFItems/see"] == before[f"{BASE}/CFItems/see"]


async def test_a_file_cannot_speak_for_this_node(world, ada):
    with pytest.raises(BadInput):
        await frameworks.import_case(world.context, ada, 0, package([item("a", uri=f"{ORIGIN}/competencies/1")]))
    with pytest.raises(BadInput):
        await frameworks.import_case(world.context, ada, 0, b"nonsense")
    assert await world.context.database.read(kept.list_frameworks, 10) == []


async def test_a_community_keeps_its_own_and_its_moderators_write_it(world, ada, bob, garden):
    framework = await frameworks.start_framework(world.context, ada, garden.id, "Bryology")
    item = await frameworks.write_competency(world.context, ada, framework.id, Writing("Moss", "To know mosses", "B"))
    part = await frameworks.write_competency(world.context, ada, framework.id, Writing("Peat moss", parent_id=item.id))
    assert (item.url, part.parent_url) == (f"{ORIGIN}/competencies/{item.id}", item.url)
    for deed in (
        lambda: frameworks.write_competency(world.context, bob, framework.id, Writing("Mine")),
        lambda: frameworks.start_framework(world.context, bob, garden.id, "Mine"),
        lambda: frameworks.import_case(world.context, bob, garden.id, FILE),
    ):
        with pytest.raises(NotAllowed):
            await deed()
    assert [each.name for each in await world.context.database.read(kept.list_items, framework.id)] == ["Moss", "Peat moss"]


async def test_what_comes_from_elsewhere_is_changed_there(world, ada):
    framework = await frameworks.import_case(world.context, ada, 0, FILE)
    with pytest.raises(NotAllowed):
        await frameworks.write_competency(world.context, ada, framework.id, Writing("Mine"))


@pytest.mark.parametrize("writing", [Writing(""), Writing("…"), Writing("x" * 201), Writing("x", "y" * 2001), Writing("x", "", "c" * 101)])
async def test_what_cannot_be_used_is_refused(world, ada, writing):
    framework = await frameworks.start_framework(world.context, ada, 0, "Mine")
    with pytest.raises(BadInput):
        await frameworks.write_competency(world.context, ada, framework.id, writing)
    with pytest.raises(BadInput):
        await frameworks.start_framework(world.context, ada, 0, " ")
    with pytest.raises(NotFound):
        await frameworks.write_competency(world.context, ada, framework.id, Writing("x", parent_id=7))


async def test_a_competency_shows_who_knows_it_as_far_as_they_agreed_what_teaches_it_and_what_leads_to_it(world, ada, bob):
    await frameworks.import_case(world.context, ada, 0, FILE)
    url = f"{BASE}/CFItems/know"
    shared = await resources.share(world.context, bob, Sharing("Mosses", "https://moss.example/", teaches=f"{url} Moss"))
    path = await paths.write_path(world.context, bob, PathDraft("Meet them", "", (Step("Look"),), "Moss"))
    await paths.write_path(world.context, bob, PathDraft("Mine", "", (Step("Look"),), "Moss", visibility=DIRECT))
    found = await known(world, ada.id, url)
    assert (found.people, [each.resource.post_id for each in found.shelf], [post.id for post, _ in found.paths]) == (
        [],
        [shared.id],
        [path.id],
    )
    await world.context.database.write(learners.save_learner, bob.id, Learner(answers_questions=True))
    assert [(person.name, list(why)) for person, why in (await known(world, ada.id, url)).people] == [("bob", [("resources", "Moss", 2)])]
    assert (await known(world, 0, url)).people == []
    await goals.set_goal(world.context, bob, Aim("Know mosses", "Moss", visibility=PUBLIC))  # to want is not to know
    assert [list(why) for _, why in (await known(world, ada.id, url)).people] == [[("resources", "Moss", 2)]]


async def test_who_shows_an_achievement_in_it_is_named_to_everybody(world, ada, bob):
    badge = await badges.define(world.context, bob, BadgeDraft("Knows mosses", "Ten", "Name ten", "Moss"))
    given = await awarding.award(world.context, bob, Gift(badge.id, ada.id, "Done"))
    url = "https://far.example/c/1"
    await answering.answer(world.context, ada, given.id, "accepted")
    assert (await known(world, 0, url, "Moss")).people == []
    await answering.answer(world.context, ada, given.id, "public")
    assert [(person.name, list(why)) for person, why in (await known(world, 0, url, "Moss")).people] == [
        ("ada", [("achievements", "Moss", 1)])
    ]
    await revoking.revoke(world.context, bob, given.id, "A mistake")
    assert (await known(world, 0, url, "Moss")).people == []


async def test_one_that_no_framework_has_is_known_by_its_name(world, ada, bob):
    await resources.share(world.context, bob, Sharing("Mosses", "https://moss.example/", teaches="Moss"))
    found = await known(world, ada.id, "https://far.example/c/1", "Moss")
    assert (found.item, len(found.shelf)) == (None, 1)


async def test_a_goal_names_framework_and_code_of_what_it_is_about(world, ada):
    await frameworks.import_case(world.context, ada, 0, FILE)
    url = f"{BASE}/CFItems/see"
    goal = await goals.set_goal(world.context, ada, Aim("See", f"{url} whatever"))
    assert goals.goal_of(goal).alignment == (Alignment(url, "To see", f"{BASE}/CFDocuments/f", "B.1"),)
    aim = await world.context.database.read(goals.own_aim, ada, goal.id, ORIGIN)
    assert aim.about == f"{url} To see"
