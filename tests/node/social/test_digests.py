"""Digests: what is chosen and why, and the mail at a real mail server."""

import asyncio
import re
from email import message_from_bytes, policy
from itertools import combinations

import pytest
from aiosmtpd.smtp import SMTP

from node.errors import BadInput, NotFound
from node.social import digests, follows, reactions
from node.social.accounts import ProfileEdit, edit_profile
from node.social.digests import SIZE, Pool, choose, sort_by_cluster
from storage import accounts
from storage.digests import Candidate
from storage.learning.network import Bond


def candidates(count: int, first: int = 0, **said) -> list[Candidate]:
    shape = {"booster_id": None, "score": 0, "is_second": False}
    return [Candidate(**{"post_id": first + n, "author_id": first + n, **shape, **said}) for n in range(count)]


@pytest.mark.parametrize("dial", [0.0, 0.2, 0.5, 1.0])
def test_the_dial_is_the_share_from_outside(dial):
    chosen = choose(candidates(50), candidates(50, first=1000), dial)
    outside = [each for each, reason in chosen if reason == "outside"]
    assert len(chosen) == SIZE
    assert len(outside) == round(SIZE * dial)
    assert all(each.post_id >= 1000 for each in outside)


def test_nobody_fills_a_digest_alone_and_no_post_stands_there_twice():
    chosen = choose(candidates(50, author_id=1) + candidates(3), candidates(3), 0.5)
    assert sum(each.author_id == 1 for each, _ in chosen) <= 3
    ids = [each.post_id for each, _ in chosen]
    assert len(ids) == len(set(ids))


def test_every_item_has_its_reason():
    near = [*candidates(1), *candidates(1, first=10, booster_id=5)]
    far = [*candidates(1, first=20, is_second=True), *candidates(1, first=30)]
    assert sorted(reason for _, reason in choose(near, far, 0.5)) == ["boost", "follow", "outside", "second"]


def rings(*groups):
    """Bonds between all members of each group."""
    return [Bond(a, b, 1) for group in groups for a, b in combinations(group, 2)]


def authors(found):
    return {each.author_id for each in found}


def test_whoever_belongs_to_the_readers_own_clusters_does_not_come_from_outside():
    far = candidates(10, first=100)
    pool = Pool([], far, frozenset({1, 2, 3}), rings([1, 2, 3, 100, 101], range(102, 108)))
    within, outside = sort_by_cluster(pool)
    assert authors(within) == {100, 101}
    assert authors(outside) == set(range(102, 110))
    assert {reason for _, reason in choose(within, outside, 0.0)} == {"near"}


def test_with_no_bonds_everybody_else_is_outside():
    within, outside = sort_by_cluster(Pool([], candidates(3, first=100), frozenset({1}), []))
    assert (authors(within), authors(outside)) == (set(), {100, 101, 102})


class Mailbox:
    """A mail server that keeps what it gets, or refuses everything."""

    def __init__(self) -> None:
        self.mails = []
        self.answer = "250 OK"

    async def handle_DATA(self, _server, _session, envelope) -> str:
        if self.answer.startswith("250"):
            self.mails.append(message_from_bytes(envelope.content, policy=policy.default))
        return self.answer


@pytest.fixture
async def mail_server():
    mailbox = Mailbox()
    server = await asyncio.get_running_loop().create_server(lambda: SMTP(mailbox), "127.0.0.1", 0)
    yield mailbox, server.sockets[0].getsockname()[1]
    server.close()


@pytest.fixture
async def mailbox(mail_server):
    return mail_server[0]


@pytest.fixture
async def settings(mail_server) -> str:
    return f'[mail]\nhost = "127.0.0.1"\nport = {mail_server[1]}\ntls = "none"\nsender = "Hedge <no@hedge.test>"'


@pytest.fixture
async def reader(world):
    """Somebody who follows ada and has an address."""
    found = await world.account("reader", email="reader@home.test", display_name="Rea Der", language="en")
    await follows.follow(world.context, found, (await world.account("ada", display_name="Ada")).id)
    return found


@pytest.fixture
async def said(world, reader):
    """A post of each kind."""
    ada = await world.context.database.read(_by_name, "ada")
    stranger, silent = await world.account("stranger", display_name="Str"), await world.account("silent")
    await edit_profile(world.context, silent, ProfileEdit("", "", locked=False, discoverable=False, indexable=True))
    for author, text, visibility in (
        (ada, "Near and public", 0),
        (ada, "Near and for followers", 2),
        (stranger, "Far and public", 0),
        (stranger, "Far and unlisted", 1),
        (silent, "Far and not to be recommended", 0),
    ):
        await world.post(author, text, visibility=visibility)


def _by_name(db, name):

    return accounts.find_account_by_handle(db, name)


async def texts(world, reader) -> list[tuple[str, str]]:
    _, items = await digests.get_digest(world.context, reader.id)
    return sorted((re.sub("<[^>]*>", "", item.card.post.content), item.reason) for item in items)


async def test_only_what_is_public_and_may_be_recommended_comes_from_outside(world, reader, said):
    await digests.set_wish(world.context, reader, "daily", 0.5, by_mail=False)
    assert await texts(world, reader) == [("Far and public", "outside"), ("Near and public", "follow")]
    await digests.set_wish(world.context, reader, "daily", 0.0, by_mail=False)
    assert await texts(world, reader) == [("Near and public", "follow")]


async def test_whom_ones_own_people_follow_is_known_as_such(world, reader, said):
    ada, stranger = [await world.context.database.read(_by_name, name) for name in ("ada", "stranger")]
    await follows.follow(world.context, ada, stranger.id)
    await digests.set_wish(world.context, reader, "daily", 1.0, by_mail=False)
    assert await texts(world, reader) == []  # the two are one circle, and it is the reader's
    await digests.set_wish(world.context, reader, "daily", 0.0, by_mail=False)
    assert await texts(world, reader) == [("Far and public", "near"), ("Near and public", "follow")]


async def test_a_bridge_to_another_circle_is_known_as_such(world, reader, said):
    ada, stranger = [await world.context.database.read(_by_name, name) for name in ("ada", "stranger")]
    friends, others = [[await world.account(f"{name}{n}") for n in range(4)] for name in ("friend", "other")]
    for one, other in [*combinations([ada, *friends], 2), *combinations([stranger, *others], 2), (ada, stranger)]:
        await follows.follow(world.context, one, other.id)
    for friend in friends:
        await follows.follow(world.context, reader, friend.id)
    await digests.set_wish(world.context, reader, "daily", 1.0, by_mail=False)
    for other in others:
        await world.post(other, "Hello", visibility=0)
    assert ("Far and public", "second") in await texts(world, reader)


async def test_the_mail_comes_when_it_is_due_with_reasons_and_a_way_out(world, clock, reader, mailbox, said):
    await digests.set_wish(world.context, reader, "daily", 0.5, by_mail=True)
    await post_later(world, clock)
    (mail,) = mailbox.mails
    assert mail["To"] == "reader@home.test"
    assert mail["From"] == "Hedge <no@hedge.test>"
    assert mail["Subject"] == "What you may have missed on Hedgerow"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    body = mail.get_content()
    assert "Ada (@ada): A late word" in body
    assert "You follow Ada" in body
    assert re.search(r"http://hedge.test/@ada/\d+", body)
    await post_later(world, clock, days=1)
    assert len(mailbox.mails) == 2
    await digests.send_for_due(world.context)
    await world.work()
    assert len(mailbox.mails) == 2


async def post_later(world, clock, days: int = 2) -> None:
    ada = await world.context.database.read(_by_name, "ada")
    clock.go(hours=1)
    await world.post(ada, "A late word")
    clock.go(days=days)
    await digests.send_for_due(world.context)
    await world.work()


async def test_one_click_ends_the_mails(world, clock, reader, mailbox):
    await digests.set_wish(world.context, reader, "daily", 0.0, by_mail=True)
    await post_later(world, clock)
    secret = mailbox.mails[0]["List-Unsubscribe"].strip("<>").rpartition("/")[2]
    await digests.stop_mails(world.context, secret)
    await post_later(world, clock)
    assert len(mailbox.mails) == 1
    with pytest.raises(NotFound):
        await digests.stop_mails(world.context, "nonsense")
    with pytest.raises(NotFound):
        await digests.stop_mails(world.context, "")


async def test_a_mail_server_that_fails_is_asked_again(world, clock, reader, mailbox):
    await digests.set_wish(world.context, reader, "daily", 0.0, by_mail=True)
    mailbox.answer = "451 later"
    await post_later(world, clock)
    assert mailbox.mails == []
    mailbox.answer = "250 OK"
    clock.go(minutes=5)
    await world.work()
    assert len(mailbox.mails) == 1


async def test_with_nothing_to_say_no_mail_is_sent(world, clock, reader, mailbox):
    await digests.set_wish(world.context, reader, "daily", 1.0, by_mail=True)
    clock.go(days=2)
    await digests.send_for_due(world.context)
    await world.work()
    assert mailbox.mails == []


async def test_what_makes_no_sense_is_refused(world, reader):
    with pytest.raises(BadInput):
        await digests.set_wish(world.context, reader, "hourly", 0.1, by_mail=False)
    with pytest.raises(BadInput):
        await digests.set_wish(world.context, reader, "daily", 1.5, by_mail=False)
    with pytest.raises(BadInput, match="does not know your e-mail"):
        await digests.set_wish(world.context, await world.account("nomail"), "daily", 0.1, by_mail=True)


async def test_a_boost_by_somebody_followed_is_the_reason(world, reader, said):
    ada, stranger = [await world.context.database.read(_by_name, name) for name in ("ada", "stranger")]
    post = await world.post(stranger, "Passed on")
    await reactions.boost(world.context, ada, post.id)
    await digests.set_wish(world.context, reader, "daily", 0.0, by_mail=False)
    assert ("Passed on", "boost") in await texts(world, reader)
