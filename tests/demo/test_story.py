"""The demo's story reaches everybody."""

from node.social import timelines
from storage import posts as kept
from storage.learning import awards, facets
from tests.bench.data import free_port
from tests.demo.cast import ROLES, enter
from tests.demo.learning import learn_together
from tests.demo.stage import three_nodes
from tests.demo.story import found, tell_story


async def shown(player):
    """The URIs of what a timeline shows, boosts as what was boosted."""
    page = await timelines.home(player.context, player.account.id)
    cards = await timelines.cards(player.context, page.entries, player.account.id)
    return [card.post.uri for card in cards]


async def test_a_post_a_reply_a_boost_an_edit_and_a_deletion_by_each_reach_the_others(tmp_path):
    async with three_nodes(tmp_path, [free_port() for _ in ROLES]) as contexts:
        players = [await enter(context, role) for context, role in zip(contexts, ROLES, strict=True)]
        written = await tell_story(players, lambda _: None)
        for player in players:
            timeline = await shown(player)
            assert set(written["posts"]) <= set(timeline)
            assert not set(written["deleted"]) & set(timeline)
            for uri in written["edited"]:
                assert "Edited:" in (await found(player, uri)).content
            boosts = [await player.context.database.read(kept.find_post_by_uri, uri) for uri in written["boosts"]]
            assert all(boost is not None and boost.boost_of_id is not None for boost in boosts)


async def test_a_question_is_answered_and_an_achievement_given_vouched_for_and_shown(tmp_path):
    async with three_nodes(tmp_path, [free_port() for _ in ROLES]) as contexts:
        players = [await enter(context, role) for context, role in zip(contexts, ROLES, strict=True)]
        ada, bo, _ = players
        told = await learn_together(players, lambda _: None)
        question = await found(ada, told["question"])
        ask = await ada.context.database.read(facets.find_ask, question.id)
        assert ask.accepted_uri == told["answer"]
        shown = await found(bo, told["achievement"])
        award = await bo.context.database.read(awards.find_award_by_post, shown.id)
        assert (award.name, award.state) == ("Proof by candlelight", "public")
