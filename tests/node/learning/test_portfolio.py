"""A portfolio is drafted from the record and arranged by its learner; a view shows what was chosen, to whom has the link, until its day."""

from datetime import timedelta

import orjson
import pytest

from federation.facets import Alignment, Step
from federation.keys import public_from_multibase
from federation.proofs import verify_proof
from federation.records import EventDetails
from node.errors import BadInput, NotAllowed, NotFound
from node.learning import answering, audiences, awarding, badges, endorsing, paths, portfolio, questions, reflections, revoking, walks
from node.learning.awarding import Gift
from node.learning.badges import BadgeDraft
from node.learning.endorsing import Word
from node.learning.paths import PathDraft
from node.learning.portfolio import Wish
from node.learning.questions import Question
from node.learning.reflections import Thought
from node.learning.walks import Proof
from node.social import communities, follows, posts, supervising, workshops
from node.social.posts import Draft
from storage import accounts
from storage.learning import portfolios as kept
from storage.records import PRIVATE, PUBLIC
from tests.node.conftest import NOON


@pytest.fixture
async def eve(world):
    return await world.account("eve")


async def see(world, owner, viewer=None):
    return await world.context.database.read(portfolio.get_portfolio, world.context.site, owner, viewer.id if viewer else 0)


async def kinds(world, owner, viewer=None):
    return sorted(item.kind for item in (await see(world, owner, viewer)).items)


async def award(world, giver, recipient, about="Moss", state="public"):
    badge = await badges.define(world.context, giver, BadgeDraft("Knows mosses", "Ten of them", "Name ten", about))
    given = await awarding.award(world.context, giver, Gift(badge.id, recipient.id, "Well looked at"))
    await answering.answer(world.context, recipient, given.id, state)
    return given


async def answer(world, asker, answerer, about="Moss", **said):
    question = await questions.ask(world.context, asker, Question(Draft("How?", **said), about))
    given = await world.post(answerer, "Like this", in_reply_to_id=question.id)
    await questions.accept_answer(world.context, asker, given.id)
    return given


async def walked(world, writer, walker):
    path = await paths.write_path(world.context, writer, PathDraft("Way", "", (Step("Look"),), "Ferns"))
    await walks.do_step(world.context, walker, path.id, 0, Proof())
    return path


async def test_everything_that_speaks_for_somebody_is_in_the_draft(world, ada, bob, clock):
    await award(world, bob, ada)
    await answer(world, bob, ada)
    await walked(world, bob, ada)
    await reflections.write(world.context, ada, Thought("I learned", "Moss", visibility=PUBLIC))
    event = EventDetails(NOON + timedelta(hours=1), NOON + timedelta(hours=2), "Library", "free")
    meeting = await world.post(bob, "Come", type="Event", title="Moss walk", event=event)
    await workshops.attend(world.context, ada, meeting.id)
    assert await kinds(world, ada, bob) == ["answer", "award", "reflection"]
    clock.go(hours=3)
    assert await kinds(world, ada, bob) == ["answer", "award", "reflection", "workshop"]
    [path] = [item for item in await world.context.database.read(portfolio.draft, world.context.site, ada, ada.id) if item.kind == "path"]
    await portfolio.arrange(world.context, ada, "", [Wish(path.key)], is_hidden=False)
    assert await kinds(world, ada) == ["answer", "award", "path", "reflection", "workshop"]


async def test_competencies_stand_by_the_strength_of_what_speaks_for_them(world, ada, bob, eve):
    given = await award(world, bob, ada)
    await answer(world, bob, ada, "Ferns")
    await endorsing.endorse(world.context, eve, Word("I saw it", award_id=given.id))
    moss, ferns = (await see(world, ada)).skills
    assert ((moss.name, moss.strength), ferns.name) == (("Moss", 1.0), "Ferns")
    assert ([each.issuer.name for each in moss.claims], [each.name for each in moss.endorsers]) == (["bob"], ["eve"])
    assert 0 < ferns.strength < 1


async def test_who_vouches_for_a_competency_itself_counts(world, ada, bob, eve):
    await answer(world, bob, ada)
    before = (await see(world, ada)).skills[0].weight
    url = (await see(world, ada)).skills[0].url
    await endorsing.endorse(world.context, eve, Word("She does", person_id=ada.id, competency=Alignment(url, "Moss")))
    skill = (await see(world, ada)).skills[0]
    assert (skill.weight, [each.name for each in skill.endorsers]) == (before + 2, ["eve"])


async def test_what_is_revoked_says_so_and_counts_for_nothing(world, ada, bob):
    given = await award(world, bob, ada)
    assert [(item.claim.headline.key, item.weight) for item in (await see(world, ada, ada)).items] == [("valid", 4.0)]
    await revoking.revoke(world.context, bob, given.id, "A mistake")
    found = await see(world, ada, ada)
    assert [(item.claim.headline.key, item.weight) for item in found.items] == [("revoked", 0.0)]
    assert found.skills == []
    assert (await see(world, ada)).items == []


async def test_what_is_for_few_is_in_nobody_elses_portfolio(world, ada, bob, eve):
    await award(world, bob, ada, state="accepted")
    await reflections.write(world.context, ada, Thought("Secret"))
    await reflections.write(world.context, ada, Thought("For friends", visibility=PRIVATE))
    assert await kinds(world, ada, eve) == []
    await follows.follow(world.context, bob, ada.id)
    assert await kinds(world, ada, bob) == ["reflection"]
    assert await kinds(world, ada, ada) == ["award", "reflection", "reflection"]


async def test_the_learner_orders_hides_and_annotates(world, ada, bob):
    first = await reflections.write(world.context, ada, Thought("First", visibility=PUBLIC))
    second = await reflections.write(world.context, ada, Thought("Second", visibility=PUBLIC))
    third = await reflections.write(world.context, ada, Thought("Third", visibility=PUBLIC))
    wishes = [
        Wish(f"reflection:{first.id}", 1, note="The best"),
        Wish(f"reflection:{second.id}", is_hidden=True),
        Wish(f"reflection:{third.id}", 2),
    ]
    await portfolio.arrange(world.context, ada, "I look at mosses.", wishes, is_hidden=False)
    found = await see(world, ada, bob)
    assert [(item.title, item.note) for item in found.items] == [("First", "The best"), ("Third", "")]
    assert found.arrangement.intro == "I look at mosses."
    with pytest.raises(BadInput):
        await portfolio.arrange(world.context, ada, "x" * 1001, [], is_hidden=False)
    await portfolio.arrange(world.context, ada, "", [], is_hidden=True)
    with pytest.raises(NotFound):
        await see(world, ada, bob)
    assert (await see(world, ada, ada)).items


async def test_a_ward_has_none_for_others_and_gives_no_links(world, ada, bob):
    kit = await supervising.make_ward(world.context, ada, "kit", "Kit", "hedges grow slowly")
    note = await reflections.write(world.context, kit, Thought("I learned"))
    for viewer in (None, ada, bob):
        with pytest.raises(NotFound):
            await see(world, kit, viewer)
    with pytest.raises(NotAllowed):
        await audiences.make_view(world.context, kit, "All", [f"reflection:{note.id}"], "")


async def show(world, secret):
    return await world.context.database.read(audiences.show_view, world.context.site, secret)


async def test_a_view_shows_what_was_chosen_and_nothing_else_until_its_day(world, ada, clock):
    chosen = await reflections.write(world.context, ada, Thought("Chosen", visibility=PUBLIC))
    await reflections.write(world.context, ada, Thought("Open, not chosen", visibility=PUBLIC))
    await reflections.write(world.context, ada, Thought("Secret, not chosen"))
    secret = await audiences.make_view(world.context, ada, "The academy", [f"reflection:{chosen.id}"], "2026-11-24")
    assert [item.title for item in (await show(world, secret)).items] == ["Chosen"]
    clock.go(hours=35)
    assert (await show(world, secret)).items
    clock.go(hours=2)
    with pytest.raises(NotFound):
        await show(world, secret)
    with pytest.raises(NotFound):
        await show(world, "guessed")


async def test_a_view_is_taken_back_by_its_owner_alone(world, ada, bob):
    note = await reflections.write(world.context, ada, Thought("Chosen", visibility=PUBLIC))
    secret = await audiences.make_view(world.context, ada, "The academy", [f"reflection:{note.id}"], "")
    [view] = await world.context.database.read(kept.list_views, ada.id)
    with pytest.raises(NotFound):
        await audiences.revoke_view(world.context, bob, view.id)
    assert (await show(world, secret)).items
    await audiences.revoke_view(world.context, ada, view.id)
    with pytest.raises(NotFound):
        await show(world, secret)


async def test_what_was_said_in_a_closed_community_goes_along_as_a_snapshot_that_its_author_signs(world, ada, bob):
    room = await communities.create(world.context, "room", communities.Settings("Class", is_private=True), [bob])
    await follows.follow(world.context, ada, room.id)
    await follows.answer_request(world.context, room, ada.id, is_accepted=True)
    question = await questions.ask(world.context, bob, Question(Draft("Who failed the exam?", community_id=room.id), "Private matters"))
    given = await world.post(ada, "Moss drinks through its leaves", in_reply_to_id=question.id)
    await questions.accept_answer(world.context, bob, given.id)
    secret = await audiences.make_view(world.context, ada, "The academy", [f"answer:{given.id}"], "")
    shown = await show(world, secret)
    document = shown.snapshots[f"answer:{given.id}"]
    assert (document["content"], document["attributedTo"], document["published"]) == (
        "<p>Moss drinks through its leaves</p>", ada.uri, "2026-11-23T12:00:00Z",
    )  # fmt: skip
    keys = await world.context.database.read(accounts.list_keys, ada.id)
    public = public_from_multibase(next(key.public_key for key in keys if key.algorithm == "ed25519"))
    verify_proof(document, public)
    said = orjson.dumps([document, [item.title for item in shown.items], [skill.name for skill in shown.skills]]).decode()
    assert "exam" not in said
    assert "Private matters" not in said
    assert "to" not in document
    await posts.delete(world.context, ada, given.id)
    assert (await show(world, secret)).items == []


async def test_what_others_said_to_few_is_not_the_learners_to_show(world, ada, bob):
    await follows.follow(world.context, ada, bob.id)
    path = await paths.write_path(world.context, bob, PathDraft("Way", "", (Step("Look"),), visibility=PRIVATE))
    await walks.do_step(world.context, ada, path.id, 0, Proof())
    with pytest.raises(BadInput):
        await audiences.make_view(world.context, ada, "The academy", [f"path:{path.id}"], "")


@pytest.mark.parametrize(
    ("title", "keys", "day"), [("", None, ""), ("x", [], ""), ("x", ["award:7"], ""), ("x", None, "2026-11-22"), ("x", None, "soon")]
)
async def test_a_view_that_shows_nothing_or_ended_already_is_refused(world, ada, title, keys, day):
    note = await reflections.write(world.context, ada, Thought("Chosen"))
    with pytest.raises(BadInput):
        await audiences.make_view(world.context, ada, title, [f"reflection:{note.id}"] if keys is None else keys, day)
    assert await world.context.database.read(kept.list_views, ada.id) == []
