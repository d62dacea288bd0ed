"""What learners want and think travels: goals as they come nearer, reflections as Articles, and nothing that was not shared."""

from federation.facets import Goal, Reflection
from node.learning import goals, reflections
from node.learning.goals import Aim
from node.learning.reflections import Thought
from node.social.facets import facets_of
from storage.records import DIRECT, PRIVATE, PUBLIC
from tests.two_nodes.test_posts import follow


async def test_a_goal_that_is_shown_to_followers_comes_nearer_there_too(lane, ada, bo):
    await follow(lane, bo, ada)
    goal = await goals.set_goal(ada.context, ada.account, Aim("Know mosses", "Moss", visibility=PRIVATE))
    await lane.settle()
    [seen] = [facet for facet in facets_of(await bo.sees(goal.uri)) if isinstance(facet, Goal)]
    assert (seen.status, seen.progress, [each.name for each in seen.alignment]) == ("active", 0, ["Moss"])
    await reflections.write(ada.context, ada.account, Thought("Wet", goal_id=goal.id, visibility=DIRECT))
    await lane.settle()
    assert goals.goal_of(await bo.sees(goal.uri)).progress == 50


async def test_a_reflection_is_nobodys_until_it_is_shared_and_then_has_its_own_date(lane, ada, bo, cleo):
    await follow(lane, bo, ada)
    text = "word " * 150
    post = await reflections.write(ada.context, ada.account, Thought(text, "Moss", "They drink.", "What surprised me?"))
    await lane.settle()
    assert await bo.sees(post.uri) is None
    await reflections.share(ada.context, ada.account, post.id, PRIVATE)
    await lane.settle()
    there = await bo.sees(post.uri)
    assert (there.type, there.published_ms // 1000) == ("Note", post.published_ms // 1000)
    assert there.content.startswith("<p><strong>Moss</strong></p>")
    await reflections.share(ada.context, ada.account, post.id, PUBLIC)
    await lane.settle()
    assert (await bo.sees(post.uri)).type == "Article"
    fresh = await cleo.node.read(lambda db: db.execute("SELECT count(*) FROM posts WHERE uri = :uri", {"uri": post.uri}).fetchone()[0])
    assert fresh == 0
    await cleo.post_id(post.uri)  # who asks for it now gets it whole
    seen = await cleo.sees(post.uri)
    assert (seen.type, seen.title, seen.summary, seen.visibility) == ("Article", "Moss", "They drink.", PUBLIC)
    assert facets_of(seen) == (Reflection(None, None, "What surprised me?"),)
