"""What only the learner's own node knows comes along too: a second archive, of the new account, says the same as the first."""

import zipfile
from io import BytesIO

import orjson
import pytest
from PIL import Image

from federation.facets import Step
from node.errors import NotAllowed
from node.learning import (
    answering,
    audiences,
    endorsing,
    exporting,
    frameworks,
    goals,
    importing,
    paths,
    portfolio,
    reflections,
    revoking,
    taking,
    walks,
)
from node.learning.endorsing import Word
from node.learning.frameworks import Writing
from node.learning.goals import Aim
from node.learning.papers import PAPERS
from node.learning.paths import PathDraft
from node.learning.portfolio import Wish
from node.learning.reflections import Thought
from node.learning.walks import Proof
from storage import bookmarks, hashtags, lists, posts
from storage.ids import free_id
from storage.learning import archives, endorsements, learners
from storage.learning.learners import Learner
from storage.lists import PeopleList
from tests.two_nodes.test_achievements import give, kept, quiet

PASSPHRASE = "moss and ferns"


def picture() -> bytes:
    out = BytesIO()
    Image.new("RGB", (40, 40), "seagreen").save(out, "PNG")
    return out.getvalue()


def _keep(db, account, list_id, friend_id, post_id, now_ms):
    """What people keep by clicks: a list, a hashtag, a bookmark, what they agreed to."""
    lists.add_list(db, PeopleList(list_id, account.id, "Botanists", "none", exclusive=True))
    lists.add_members(db, list_id, [friend_id])
    hashtags.follow_tag(db, account.id, hashtags.ensure_tag(db, "moss").id, now_ms)
    bookmarks.add_bookmark(db, account.id, post_id, now_ms)
    learners.save_learner(db, account.id, Learner(answers_questions=True))


async def begin(bo, ada, cleo, lane) -> str:
    """A learner's life on one node; answers the secret of a view."""
    context, account = bo.context, bo.account
    await bo.describe(display_name="Bo", summary="I look at **walls**.", fields=(("Town", "Wexford"),))
    await bo.picture(picture(), "A green square")
    given = await give(ada, bo, "Knows ten mosses")
    path = await paths.write_path(ada.context, ada.account, PathDraft("Mosses", "Walk slowly.", (Step("one", "Look"), Step("two", "Draw"))))
    told = await cleo.write("A wall by the river")
    await lane.settle()
    award = await kept(bo, given)
    await answering.answer(context, account, award.id, "public")
    goal = await goals.set_goal(context, account, Aim("Know fifty mosses"))
    first = await reflections.write(context, account, Thought("They drink through leaves", "Leaves", goal_id=goal.id))
    await reflections.change(context, account, first.id, Thought("They drink through their leaves.", "Leaves", goal_id=goal.id))
    second = await reflections.write(context, account, Thought("Nothing yet", "Roots", visibility=0))
    walked = await bo.post_id(path.uri)
    await walks.start(context, account, walked)
    await walks.do_step(context, account, walked, 0, Proof(evidence_url="https://walls.example/1"))
    await reflections.keep_draft(context, account, Thought("They may also", "Half a thought", goal_id=goal.id, path_id=walked, step=1))
    leaves, roots, mosses = f"reflection:{first.id}", f"reflection:{second.id}", f"award:{award.id}"
    wishes = [Wish(roots, 1), Wish(mosses, 2, note="The day it rained"), Wish(leaves, is_hidden=True)]
    await portfolio.arrange(context, account, "Read the mosses first.", wishes, is_hidden=False)
    secret = await audiences.make_view(context, account, "For the garden", [mosses, leaves], "")
    framework = await frameworks.start_framework(context, account, 0, "Bryology")
    await frameworks.write_competency(context, account, framework.id, Writing("Tell a moss from a liverwort"))
    friend, list_id = await bo.knows(cleo), await bo.node.read(free_id, "list", context.site.now_ms())
    await bo.follow(cleo)
    await context.database.write(_keep, account, list_id, friend.id, await bo.post_id(told), context.site.now_ms())
    return secret


async def papers_of(person, file) -> dict:
    await exporting.export(person.context, person.account, file, PASSPHRASE, quiet)
    with zipfile.ZipFile(file) as archive:
        return orjson.loads(archive.read("papers.json"))


async def translated(old, new, stated):
    """Papers of the former account with its own posts at the addresses that they have on the new node."""
    text = orjson.dumps(stated).decode()
    for post in await old.node.read(posts.list_all_posts, old.account.id):
        for here in (await new.node.read(archives.list_origins, new.account.id, [post.uri])).values():
            moved = await new.node.read(posts.find_post, here)
            text = text.replace(f'{post.uri}"', f'{moved.uri}"')
    return without_numbers(orjson.loads(text))


LOCAL = {"id", "framework_id", "account_id", "snapshots"}  # what is each node's own: numbers, and the moment of a signature


def without_numbers(value):
    if isinstance(value, list):
        return [without_numbers(each) for each in value]
    return {key: without_numbers(each) for key, each in value.items() if key not in LOCAL} if isinstance(value, dict) else value


async def test_a_second_archive_says_what_the_first_said(lane, ada, bo, cleo, tmp_path):
    secret = await begin(bo, ada, cleo, lane)
    await lane.settle()
    before = await papers_of(bo, tmp_path / "bo.zip")
    own = {"attended", "marks", "consents"}
    assert {name for name, rows in before.items() if rows} >= set(PAPERS) - own - {"badges"}
    new = await lane.person(3, "bo")
    brought = await importing.import_archive(new.context, new.account, tmp_path / "bo.zip", PASSPHRASE, quiet)
    assert (brought.papers > 10, brought.follows) == (True, 1)
    await lane.settle()
    after = await papers_of(new, tmp_path / "again.zip")
    assert without_numbers(after) == await translated(bo, new, before)
    assert await new.follows(cleo)
    shown = (await new.node.get(f"/@{new.account.name}/portfolio", "text/html")).body.decode()
    assert "The day it rained" in shown
    assert "Read the mosses first." in shown
    assert "They drink through" not in shown
    arranged = await new.context.database.read(portfolio.get_portfolio, new.context.site, new.account, 0)
    assert [item.title for item in arranged.items] == ["Roots", "Knows ten mosses"]
    view = await new.context.database.read(audiences.show_view, new.context.site, secret)
    assert ([item.title for item in view.items], len(view.snapshots)) == (["Knows ten mosses", "Leaves"], 1)
    again = await importing.import_archive(new.context, new.account, tmp_path / "bo.zip", PASSPHRASE, quiet)
    assert again == importing.Brought()
    assert (await papers_of(new, tmp_path / "third.zip")) == after


async def test_what_was_given_to_others_comes_along_and_is_taken_back_where_it_was_given(lane, ada, bo, cleo, tmp_path):
    given = await give(bo, ada, "Mends walls")
    own = await give(ada, cleo, "Knows ferns")
    await lane.settle()
    word = await endorsing.endorse(bo.context, bo.account, Word("Cleo does", award_id=(await answered(cleo, own, bo, lane)).id))
    await exporting.export(bo.context, bo.account, tmp_path / "bo.zip", PASSPHRASE, quiet)
    new = await lane.person(1, "bo")  # where it is known already: nobody is told a second time
    await importing.import_archive(new.context, new.account, tmp_path / "bo.zip", PASSPHRASE, quiet)
    assert (await kept(ada, given)).issuer_id == (await ada.knows(bo)).id
    far = await lane.person(3, "bo")
    brought = await importing.import_archive(far.context, far.account, tmp_path / "bo.zip", PASSPHRASE, quiet)
    assert brought.papers >= 2
    there = await kept(far, given)
    assert (there.issuer_id, there.recipient_id, there.state, there.proof) == (far.account.id, (await far.knows(ada)).id, "offered", "pass")
    assert there.badge_id is not None
    found = await far.node.read(endorsements.find_endorsement_by_uri, word.uri)
    assert found is not None
    with pytest.raises(NotAllowed, match="another node"):
        await revoking.revoke(far.context, far.account, there.id, "It fell down")


async def answered(recipient, award, other, lane):
    """An award that its recipient shows, as another node has it."""
    await answering.answer(recipient.context, recipient.account, (await kept(recipient, award)).id, "public")
    await other.follow(recipient)
    await lane.settle()
    public = await recipient.node.read(posts.find_post, (await kept(recipient, award)).post_id)
    return await taking.award_of_post(other.context, await other.post_id(public.uri))
