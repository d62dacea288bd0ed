"""Keys fetched anew: shared, paced, and never refused because of what others sent."""

import asyncio

import pytest

from federation.errors import Unverified
from federation.keys import KnownKey, generate_ed25519
from node.key_refresh import MAX_AT_ONCE, KeyRefreshes

URI = "https://a.example/u#key"
KEY = KnownKey(URI, "https://a.example/u", generate_ed25519().public_key())


class Server:
    """Where the key is; a fetch ends when it is let."""

    def __init__(self):
        self.begun = 0
        self.open = asyncio.Event()
        self.open.set()

    async def __call__(self):
        self.begun += 1
        await self.open.wait()
        return KEY


class Pauses:
    """Notes how long was to be waited, and does not wait."""

    def __init__(self):
        self.taken = []

    async def __call__(self, pause_s):
        self.taken.append(pause_s)


async def turns():
    for _ in range(10):
        await asyncio.sleep(0)


async def test_all_who_come_before_a_fetch_begins_share_it_and_who_comes_later_gets_another():
    refreshes, server = KeyRefreshes(), Server()
    server.open.clear()
    first = [asyncio.create_task(refreshes.fetch(URI, server)) for _ in range(50)]
    await turns()
    assert server.begun == 1
    later = [asyncio.create_task(refreshes.fetch(URI, server)) for _ in range(50)]
    await turns()
    assert server.begun == 1
    server.open.set()
    assert await asyncio.gather(*first, *later) == [KEY] * 100
    assert server.begun == 2


async def test_however_many_bad_messages_came_the_next_one_is_answered_and_waits_for_one_pause_at_most():
    pauses, server = Pauses(), Server()
    refreshes = KeyRefreshes(pause_s=60, sleep=pauses)
    for _ in range(MAX_AT_ONCE):
        await refreshes.fetch(URI, server)
    assert pauses.taken == []
    assert await refreshes.fetch(URI, server) == KEY
    assert len(pauses.taken) == 1
    assert 0 < pauses.taken[0] <= 60


async def test_other_keys_do_not_wait():
    pauses, server = Pauses(), Server()
    refreshes = KeyRefreshes(pause_s=60, sleep=pauses)
    for number in range(100):
        await refreshes.fetch(f"{URI}{number}", server)
    assert pauses.taken == []


async def test_what_the_fetch_raises_reaches_all_and_the_next_one_tries_again():
    refreshes, server = KeyRefreshes(), Server()

    async def fail():
        raise Unverified("not listed")

    failed = await asyncio.gather(*(refreshes.fetch(URI, fail) for _ in range(3)), return_exceptions=True)
    assert [type(each) for each in failed] == [Unverified] * 3
    assert await refreshes.fetch(URI, server) == KEY


async def test_who_gives_up_waiting_takes_nobody_elses_fetch_away():
    refreshes, server = KeyRefreshes(), Server()
    server.open.clear()
    gone, stays = (asyncio.create_task(refreshes.fetch(URI, server)) for _ in range(2))
    await turns()
    gone.cancel()
    server.open.set()
    assert await stays == KEY
    with pytest.raises(asyncio.CancelledError):
        await gone
