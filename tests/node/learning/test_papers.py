"""Papers of an archive are anybody's work: whatever they say, nothing breaks, and nothing that is not the learner's changes."""

import pytest

from federation import keys
from node.learning import papers, reflections
from node.learning.desks import Desk
from node.learning.papers import PAPERS
from node.learning.reflections import Thought
from storage import accounts, posts
from storage.learning import awards, badges, frameworks, portfolios
from storage.learning import reflections as kept

NASTY = (None, [], [[]], {}, "", "\0", "x" * 200_000, "https://", "http://a.b/c", -1, 2**70, True, 1.5, {"a": [None, {"b": 2**70}]})
POST = "http://elsewhere.test/posts/1"
ROWS = {
    "profile": {"bio": "Me", "icon": "a.png", "icon_alt": "", "image": "", "image_alt": ""},
    "portfolio": {"intro": "", "is_hidden": False, "order": [f"reflection:{POST}"], "hidden": [], "shown": [], "notes": {}},
    "views": {"title": "For you", "digest": "0" * 64, "ends_ms": None, "items": [f"reflection:{POST}"], "snapshots": {}},
    "drafts": {
        "text": "Half",
        "title": "",
        "goal": POST,
        "path": POST,
        "step": 1,
        "visibility": 3,
        "language": "en",
        "updated_ms": 5,
        "id": 3,
    },
    "walks": {"post": POST, "started_ms": 5, "steps": [{"step": "a", "done_ms": 5, "evidence": "", "reflection": None}]},
    "goal_links": {"goal": POST, "post": POST, "added_ms": 5},
    "titles": {"post": POST, "title": "Moss"},
    "versions": {"post": POST, "edited_ms": 5, "title": "", "summary": "", "content": "<p>a", "source": "a", "visibility": 0},
    "badges": {"name": "Mends walls", "description": "", "criteria": "", "kind": "Badge", "image": "", "alignment": [], "valid_days": 3},
    "frameworks": {"title": "Bryology", "uri": "", "description": "", "items": [{"url": POST, "name": "Moss", "parent_url": ""}]},
    "bookmarks": {"post": POST},
    "lists": {"title": "Friends", "replies_policy": "list", "exclusive": False, "people": [POST]},
    "hashtags": {"name": "moss"},
    "agreed": {"answers_questions": True, "shows_network": False},
    "attended": {"post": POST, "state": "going", "created_ms": 5},
    "marks": {"marker": POST, "post": POST},
    "consents": {"guardian": POST, "sentence": "Yes"},
}


@pytest.fixture
async def bo(world):
    return await world.account("bo")


def unpack(world, account, stated, former="http://elsewhere.test/bo"):
    multibase = keys.multibase_from_public(keys.generate_ed25519().public_key())
    return world.context.database.write(
        lambda db: papers.bring(Desk(db, world.context.site, account, former, multibase, {}), papers.list_wanted(account, stated))
    )


@pytest.mark.parametrize("kind", PAPERS)
async def test_whatever_a_paper_says_it_is_read_or_left_out(world, bo, kind):
    for name in ROWS[kind]:
        for value in NASTY:
            await unpack(world, bo, {kind: [{**ROWS[kind], name: value}, value]})
    for value in NASTY:
        await unpack(world, bo, {kind: value})
    gathered = await world.context.database.read(papers.gather, bo)
    assert set(gathered) == set(PAPERS)


@pytest.mark.parametrize("kind", ["profile", "badges", "frameworks", "lists", "hashtags", "agreed", "drafts"])
async def test_a_paper_that_is_right_is_taken_once(world, bo, kind):
    assert await unpack(world, bo, {kind: [ROWS[kind]]}) == 1
    assert await unpack(world, bo, {kind: [ROWS[kind]]}) == 0


async def test_what_the_learner_has_here_already_stays_as_it_is(world, bo):
    await world.context.database.write(portfolios.save_arrangement, portfolios.Arrangement(bo.id, intro="Mine"))
    assert await unpack(world, bo, {"portfolio": [{**ROWS["portfolio"], "intro": "Another"}]}) == 0
    assert (await world.context.database.read(portfolios.find_arrangement, bo.id)).intro == "Mine"


async def test_a_paper_changes_nothing_of_anybody_elses(world, bo):
    ada = await world.account("ada")
    post = await world.post(ada, "For me alone", visibility=3)
    shown = await world.post(ada, "For all")
    draft_id = await reflections.keep_draft(world.context, ada, Thought("Mine"))
    stated = {
        "bookmarks": [{"post": post.uri}],
        "versions": [{**ROWS["versions"], "post": shown.uri}],
        "goal_links": [{"goal": shown.uri, "post": shown.uri}],
        "drafts": [{**ROWS["drafts"], "id": draft_id, "text": "Not mine"}],
        "frameworks": [{**ROWS["frameworks"], "items": [{"url": f"{world.context.site.origin}/competencies/1", "name": "Claimed"}]}],
    }
    assert await unpack(world, bo, stated) == 1  # a draft of bo's own
    assert (await world.context.database.read(kept.find_unfinished, ada.id, draft_id)).thought.count("Not mine") == 0
    assert await world.context.database.read(posts.list_edits, shown.id) == []
    assert await world.context.database.read(frameworks.list_frameworks, 10) == []


async def test_a_snapshot_counts_in_a_view_where_the_learner_signed_it(world, bo):
    thought = await reflections.write(world.context, bo, Thought("Kept", "Kept"))
    forged = {"id": "http://elsewhere.test/x", "attributedTo": "http://elsewhere.test/bo", "content": "What I never said"}
    row = {**ROWS["views"], "items": [f"reflection:{thought.uri}"], "snapshots": {f"reflection:{thought.uri}": forged}}
    assert await unpack(world, bo, {"views": [row]}) == 1
    (view,) = await world.context.database.read(portfolios.list_views, bo.id)
    assert view.snapshots == "{}"


async def test_a_ward_brings_drafts_but_shows_nothing(world, bo):
    await world.context.database.write(lambda db: accounts.set_mode(db, bo.id, "supervised"))
    ward = await world.context.database.read(accounts.get_account, bo.id)
    assert await unpack(world, ward, {kind: [ROWS[kind]] for kind in ("drafts", "badges", "frameworks", "agreed", "views", "profile")}) == 1
    assert await world.context.database.read(badges.list_badges, bo.id) == []
    assert await world.context.database.read(awards.list_issued, bo.id) == []
