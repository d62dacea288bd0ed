"""Follows that are asked for and ended, blocks, profiles, moves and farewells across nodes."""

import io

import pytest
from PIL import Image

from node.errors import NotAllowed
from node.social import threads
from storage import moderation
from storage.records import PRIVATE, loaded
from tests.nodes import eventually


async def test_a_locked_account_is_followed_once_it_says_yes(lane, bo):
    ada = await lane.person(1, "ada")
    await ada.describe(locked=True)
    await bo.follow(ada)
    await lane.settle()
    assert not await bo.follows(ada)
    assert await ada.told() == [("follow_request", bo.account.name)]
    unread = await ada.write("Only for friends", visibility=PRIVATE)
    await ada.answer(bo, yes=True)
    await lane.settle()
    assert await bo.follows(ada)
    post = await ada.write("Welcome", visibility=PRIVATE)
    await lane.settle()
    assert await bo.home() == [post]
    assert await bo.sees(unread) is None


async def test_a_locked_account_says_no(lane, ada, bo):
    await ada.describe(locked=True)
    await bo.follow(ada)
    await lane.settle()
    await ada.answer(bo, yes=False)
    await lane.settle()
    assert not await bo.follows(ada)
    await ada.write("Only for friends")
    await lane.settle()
    assert await bo.home() == []
    await bo.follow(ada)  # may ask again
    await lane.settle()
    assert await ada.told() == [("follow_request", bo.account.name)]


async def test_a_follower_is_expelled(lane, ada, bo):
    await bo.follow(ada)
    await lane.settle()
    assert await bo.follows(ada)
    await ada.expel(bo)
    await lane.settle()
    assert not await bo.follows(ada)


async def test_a_block_ends_follows_both_ways_and_stays_until_it_is_taken_back(lane, ada, bo):
    await ada.follow(bo)
    await bo.follow(ada)
    await lane.settle()
    assert (await ada.follows(bo), await bo.follows(ada)) == (True, True)
    post = await ada.write("Still here")
    await lane.settle()
    await ada.block(bo)
    await lane.settle()
    assert (await ada.follows(bo), await bo.follows(ada)) == (False, False)
    assert await bo.sees(post) is None
    with pytest.raises(NotAllowed):
        await bo.follow(ada)
    await ada.unblock(bo)
    await lane.settle()
    await bo.follow(ada)
    await lane.settle()
    assert await bo.follows(ada)


async def test_a_changed_profile_is_seen_by_followers_nodes(lane, ada, bo):
    await bo.follow(ada)
    await lane.settle()
    out = io.BytesIO()
    Image.new("RGB", (64, 64), "green").save(out, "PNG")
    await ada.describe(display_name="Ada Byron", summary="Gardener of *ideas*", fields=(("Home", "A hedge"),))
    await ada.picture(out.getvalue(), "A green square")
    await lane.settle()
    seen = await bo.node.account(ada.uri)
    assert (seen.display_name, seen.summary, seen.icon_alt) == ("Ada Byron", "<p>Gardener of <em>ideas</em></p>", "A green square")
    assert loaded(seen.fields) == [["Home", "A hedge"]]
    assert (await bo.node.get(seen.icon_url)).headers["Content-Type"] == "image/png"


async def test_followers_come_along_to_the_account_that_names_the_old_one(lane, ada, bo, cleo):
    await bo.follow(ada)
    await lane.settle()
    with pytest.raises(NotAllowed):
        await ada.move(cleo)
    await cleo.alias(ada)
    await eventually(lambda: cleo.node.get(cleo.uri), lambda answer: ada.uri.encode() in answer.body)  # the process has heard of it
    await ada.move(cleo)
    await lane.settle()
    assert (await bo.follows(ada), await bo.follows(cleo)) == (False, True)
    post = await cleo.write("At the new place")
    await lane.settle()
    assert await bo.home() == [post]


async def test_an_account_that_ends_takes_its_posts_along_and_never_comes_back(lane, ada, bo):
    await bo.follow(ada)
    await lane.settle()
    post = await ada.write("Farewell")
    await lane.settle()
    assert await bo.home() == [post]
    await ada.leave()
    await lane.settle()
    assert (await bo.home(), await bo.sees(post), await bo.follows(ada)) == ([], None, False)
    assert (await bo.node.account(ada.uri)).deleted_ms is not None
    assert [(await ada.node.get(uri)).status for uri in (ada.uri, post)] == [410, 410]


async def test_a_report_reaches_the_moderators_of_the_other_node_without_the_reporters_name(lane, ada, bo):
    keeper = await lane.person(1, "keeper", role="moderator")
    post = await ada.write(f"Something unkind {bo.handle}")
    await lane.settle()
    await bo.report(ada, "This is unkind", post)
    await lane.settle()
    assert ("report", ada.account.name) in await keeper.told()
    report = next(each for each in await ada.node.read(moderation.list_reports, 100) if each.target_id == ada.account.id)
    assert (report.comment, loaded(report.post_uris)) == ("This is unkind", [post])
    assert report.account_id != (await ada.node.account(bo.uri)).id


async def test_a_reply_that_is_met_first_brings_what_it_answers(lane, ada, bo, cleo):
    root = await ada.write("One")
    middle = await bo.write("Two", answering=root)
    await lane.settle()
    await cleo.follow(bo)
    await lane.settle()
    last = await bo.write("Three", answering=middle)
    await lane.settle()
    ancestors, _ = await cleo.thread(last)
    assert ancestors == [root, middle]


async def test_looking_at_a_thread_brings_the_replies_that_were_missed(lane, ada, bo, cleo):
    root = await ada.write("What do you read?")
    answer = await bo.write("Mosses", answering=root)
    await lane.settle()
    deeper = await ada.write("Which ones?", answering=answer)
    secret = await ada.write(f"Between us {bo.handle}", answering=answer, visibility=PRIVATE)
    await lane.settle()
    assert await cleo.thread(root) == ([], [])
    await lane.settle()
    assert await cleo.thread(root) == ([], [answer, deeper])
    assert await cleo.sees(secret) is None
    assert threads.LOOK_AGAIN_MS > 60_000  # and looking once more asks nobody
