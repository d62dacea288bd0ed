"""Channels x acts of a supervised account: what reaches somebody without being asked for (streams, push messages, mails, webmentions,
questions for those who know) carries nothing of the child to strangers and nothing of strangers to the child.

The acts are those of test_guardianship_doors. Approved friends and an account that is nobody's ward are the controls.
"""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from federation.facets import Alignment, Resource, document_from_facet
from node.learning import questions
from node.social import follows, posts, supervising
from storage import webmentions
from storage.learning import learners
from storage.learning.learners import Learner
from storage.records import Account
from tests.node.social.test_digests import Mailbox
from tests.node.web.mastodon.test_pushing import Service
from tests.node.web.pages.channels import CHANNELS, OPEN_STREAMS, Channels, open_channels
from tests.node.web.pages.test_guardianship_doors import (
    FAR,
    LEARNING,
    NAME,
    NEAR,
    OUTGOING,
    SECRET,
    Stage,
    do_act,
    make_public_post,
    make_stage,
    seen_by_child,
    write_as_child,
)
from tests.node.web.pages.test_mentioning import Web, reply
from tests.serving import served

MOSS = Alignment("https://moss.example/m", "Moss")


@pytest.fixture
async def settings(mail_port) -> str:
    return f'[limits]\nrates = false\n[mail]\nhost = "127.0.0.1"\nport = {mail_port}\ntls = "none"\nsender = "Hedge <no@hedge.test>"'


@pytest.fixture
async def stage(world, surf, clock) -> Stage:
    return await make_stage(world, surf, clock)


@pytest.fixture
async def site() -> AsyncIterator[Web]:
    found = Web()
    async with served(found.answer) as found.origin:
        yield found


async def hand_over(stage: Stage) -> None:
    """The child's account is its own from now on."""
    stage.child = await supervising.hand_over(stage.world.context, stage.guardian, stage.child.id)


def _shows_stranger(text: str) -> bool:
    return SECRET in text or "@eve" in text or "@bob@" in text or '"acct": "eve"' in text


async def test_nothing_that_strangers_do_comes_to_a_child_by_any_channel(stage, clock, service, mailbox):
    await write_as_child(stage, "of my own")
    channels = await open_channels(stage.world, stage.browser, stage.child, service, mailbox)
    acts = [("far stranger", act, do) for act, do in FAR.items()] + [("near stranger", act, do) for act, do in NEAR.items()]
    acts += [(who, act, do) for (who, act), do in LEARNING.items()]
    leaks = []
    for who, act, do in acts:
        await do_act(stage, do, stage.people[who])
        leaks += [(channel, who, act) for channel, text in (await channels.heard()).items() if _shows_stranger(text)]
    leaks += [(channel, "", "") for channel, text in (await channels.mailed(clock)).items() if _shows_stranger(text)]
    print(f"incoming by channels: {len(acts)} acts x {len(CHANNELS)} channels = {len(acts) * len(CHANNELS)} cells, {len(leaks)} leaks")
    assert leaks == []


async def test_what_friends_say_comes_to_a_child_by_every_channel(stage, clock, service, mailbox):
    await write_as_child(stage, "of my own")
    channels = await open_channels(stage.world, stage.browser, stage.child, service, mailbox)
    await do_act(stage, NEAR["mention"], stage.people["near friend"])
    near = await channels.heard()
    await do_act(stage, FAR["direct message"], stage.people["far friend"])
    far = await channels.heard()
    mailed = await channels.mailed(clock)
    assert [channel for channel, text in {**near, **mailed}.items() if SECRET not in text] == []
    assert SECRET in far["WebSocket"]
    assert SECRET in far["Web Push"]


async def _open_neighbour(stage: Stage, surf: Any, who: str, service: Service, mailbox: Mailbox) -> Channels:
    account = stage.people[who].account
    return await open_channels(stage.world, await surf(account), account, service, mailbox, OPEN_STREAMS)


def _shows_child(stage: Stage, text: str) -> bool:
    return SECRET in text or NAME in text or f'"{stage.child.id}"' in text or "@kit" in text


@pytest.mark.parametrize("door", sorted({door for door, _ in OUTGOING}))
async def test_nothing_of_a_child_comes_to_a_stranger_by_any_channel_from(stage, surf, clock, service, mailbox, door):
    channels = await _open_neighbour(stage, surf, "near stranger", service, mailbox)
    acts = [act for each, act in OUTGOING if each == door]
    leaks = []
    for act in acts:
        await do_act(stage, OUTGOING[door, act], stage.people["near stranger"])
        leaks += [(channel, act) for channel, text in (await channels.heard()).items() if _shows_child(stage, text)]
    leaks += [(channel, "") for channel, text in (await channels.mailed(clock)).items() if _shows_child(stage, text)]
    print(f"outgoing from {door}: {len(acts)} acts x {len(CHANNELS)} channels = {len(acts) * len(CHANNELS)} cells, {len(leaks)} leaks")
    assert leaks == []


async def test_what_a_child_says_comes_to_a_friend_by_stream_and_push(stage, surf, service, mailbox):
    channels = await _open_neighbour(stage, surf, "near friend", service, mailbox)
    await do_act(stage, OUTGOING["API", "mention"], stage.people["near friend"])
    assert [channel for channel, text in (await channels.heard()).items() if SECRET not in text] == []


async def test_what_an_open_account_says_comes_to_strangers_by_every_channel(stage, surf, clock, service, mailbox):
    await hand_over(stage)
    channels = await _open_neighbour(stage, surf, "near stranger", service, mailbox)
    await follows.follow(stage.world.context, channels.account, stage.child.id)
    await stage.world.context.database.write(lambda db: db.execute("UPDATE follows SET state = 'accepted'"))
    await do_act(stage, OUTGOING["API", "mention"], stage.people["near stranger"])
    heard = {**await channels.heard(), **await channels.mailed(clock)}
    assert [channel for channel, text in heard.items() if SECRET not in text] == []


# pages of the web


async def _mentioned(stage: Stage, site: Web, url: str, by: str) -> int:
    """A page that answers a post says so; 0 where that is taken."""
    browser, source = stage.browser, site.put(f"/{by}", reply(url, SECRET))
    if by == "webmention":
        status = (await browser.send_raw("/webmention", {"source": source, "target": url})).status
    else:
        value = "<param><value><string>{}</string></value></param>"
        call = f"<methodCall><methodName>pingback.ping</methodName><params>{value}{value}</params></methodCall>"
        seen = await browser.send_raw("/pingback", call.format(source, url).encode())
        status = 400 if "fault" in seen.text else 202
    await stage.world.work()
    return status


@pytest.mark.parametrize("by", ["webmention", "pingback"])
@pytest.mark.parametrize("is_supervised", [True, False])
async def test_pages_of_the_web_bring_text_before_an_open_account_and_before_no_child(stage, site, by, is_supervised):
    post = await make_public_post(stage)
    if not is_supervised:
        await hand_over(stage)
    assert await _mentioned(stage, site, post.url, by) == (400 if is_supervised else 202)
    seen = (await stage.browser.get(f"/@kit/{post.id}")).text + await seen_by_child(stage)
    assert (SECRET in seen) is not is_supervised
    assert len(await stage.world.context.database.read(webmentions.list_mentions, post.id)) == int(not is_supervised)


@pytest.mark.parametrize("is_supervised", [True, False])
async def test_links_of_an_open_account_are_told_to_their_pages_and_those_of_a_child_are_not(stage, site, is_supervised):
    page = site.put("/page", '<link rel="webmention" href="/endpoint">')
    if not is_supervised:
        await hand_over(stage)
        await write_as_child(stage, f"See {page}")
    else:
        post = await make_public_post(stage, f"See {page}")
        assert page in (await stage.browser.get(f"/@kit/{post.id}")).text
        await write_as_child(stage, f"See {page}")
    await stage.world.work()
    assert bool(site.told) is not is_supervised


# questions are brought to those who know


async def _knows(stage: Stage, account: Account) -> None:
    """Somebody who agreed to be asked about mosses, of which they have shown something."""
    await stage.world.context.database.write(learners.save_learner, account.id, Learner(answers_questions=True))
    shown = posts.Draft("Look", facets=(document_from_facet(Resource((MOSS,))),))
    await posts.publish(stage.world.context, account, shown)


def _asked(account: Account) -> str:
    return f"SELECT actor_id FROM notifications WHERE account_id = {account.id} AND kind = 'asked'"


async def test_a_childs_question_is_brought_to_no_stranger_who_knows(stage):
    stranger, friend = stage.people["near stranger"].account, stage.people["near friend"].account
    for account in (stranger, friend):
        await _knows(stage, account)
    await questions.ask(stage.world.context, stage.child, questions.Question(posts.Draft(f"{SECRET}?"), "Moss"))
    assert await stage.rows(_asked(stranger)) == []
    assert await stage.rows(_asked(friend)) == [(stage.child.id,)]
    await hand_over(stage)
    await questions.ask(stage.world.context, stage.child, questions.Question(posts.Draft("How do mosses drink?"), "Moss"))
    assert await stage.rows(_asked(stranger)) == [(stage.child.id,)]


async def test_no_question_is_brought_to_a_child_who_knows_and_to_an_open_account_it_is(stage):
    await make_public_post(stage)
    await _knows(stage, stage.child)
    opened = "UPDATE posts SET visibility = 0 WHERE account_id = :id"
    await stage.world.context.database.write(lambda db: db.execute(opened, {"id": stage.child.id}))
    for who in ("near stranger", "near friend"):
        asker = stage.people[who].account
        await questions.ask(stage.world.context, asker, questions.Question(posts.Draft(f"{SECRET} {who}?"), "Moss"))
    assert await stage.rows(_asked(stage.child)) == []
    assert f"{SECRET} near stranger" not in await seen_by_child(stage)
    await hand_over(stage)
    asker = stage.people["near stranger"].account
    await questions.ask(stage.world.context, asker, questions.Question(posts.Draft("How do mosses drink?"), "Moss"))
    assert await stage.rows(_asked(stage.child)) == [(asker.id,)]
