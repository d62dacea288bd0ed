"""`serve --processes`: several processes of one machine on one file and one port."""

import os
import signal

import pytest

from node.social import posts
from node.social.posts import Draft
from tests.nodes import eventually, prepare


@pytest.fixture
async def node(tmp_path):
    made = prepare(tmp_path / "node")
    made.start("--processes", "3")
    async with made.opened():
        yield made
    assert made.stop() == 0


async def answers(node, path, wanted=200):
    """Whether so many requests in a row, each on a connection of its own, are answered so."""
    return [(await node.get(path)).status for _ in range(10)] == [wanted] * 10


async def test_all_of_them_see_what_one_has_done(node):
    ada = await node.person("ada")
    post = await posts.publish(node.context, ada.account, Draft("Hello"))
    assert len(node.children()) == 3
    assert await answers(node, f"/users/ada/posts/{post.id}")
    await posts.delete(node.context, ada.account, post.id)
    await eventually(lambda: answers(node, f"/users/ada/posts/{post.id}", 410))


async def test_one_that_dies_is_started_again_and_the_others_go_on(node):
    before = node.children()
    os.kill(before[1], signal.SIGKILL)
    assert await eventually(lambda: answers(node, "/health"))
    found = await eventually(lambda: children(node), lambda found: len(found) == 3 and set(found) != set(before))
    assert len(set(found) & set(before)) == 2


async def children(node):
    return node.children()


async def test_a_delivery_is_made_though_only_one_of_them_works(node, tmp_path):
    other = prepare(tmp_path / "other", host="127.0.0.2")
    other.start()
    async with other.opened():
        ada, bo = await node.person("ada"), await other.person("bo")
        await bo.follow(ada)
        await eventually(lambda: bo.follows(ada))
        post = await posts.publish(node.context, ada.account, Draft("From one of three"))
        await eventually(lambda: bo.sees(post.uri))
    assert other.stop() == 0
