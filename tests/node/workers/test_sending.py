"""Deliveries: sent, retried, given up, in order, and never held up by a slow host."""

import asyncio

import pytest

from federation.records import PUBLIC
from node.social import accounts, blocking, posts, queues, reactions, remote
from node.social import follows as follow_uses
from node.workers.sending import Sender
from storage import deliveries, follows, hosts
from storage.records import Follow
from tests.node.conftest import World, make_stranger
from tests.node.workers.conftest import send_all


async def states(world: World) -> list[tuple[str, int, int | None]]:
    """(state, attempts, status) of every delivery, oldest first."""

    def read(db):
        return db.execute("SELECT state, attempts, status FROM deliveries ORDER BY id").fetchall()

    return await world.context.database.read(read)


async def test_a_post_reaches_its_followers_inbox_signed(world, ada, inbox):
    post = await world.post(ada, "Primes")
    await send_all(world)
    assert [each["object"]["id"] for each in inbox.taken] == [post.uri]
    assert await states(world) == [("delivered", 1, 202)]


async def test_a_host_that_wants_the_newer_signature_is_asked_with_it_from_then_on(world, ada, inbox):
    inbox.refuses_cavage = True
    await world.post(ada, "One")
    await send_all(world)
    await world.post(ada, "Two")
    await send_all(world)
    assert inbox.schemes == ["cavage", "rfc9421", "rfc9421"]
    assert len(inbox.taken) == 2


async def test_a_failed_delivery_is_tried_again_later_and_not_before(world, ada, inbox, clock):
    inbox.status = 500
    await world.post(ada, "Primes")
    await send_all(world)
    assert await states(world) == [("waiting", 1, 500)]
    inbox.status = 202
    await send_all(world)
    assert inbox.taken == []
    clock.go(seconds=13)
    await send_all(world)
    assert len(inbox.taken) == 1


async def test_an_inbox_that_is_gone_is_given_up(world, ada, inbox):
    inbox.status = 410
    await world.post(ada, "Primes")
    await send_all(world)
    assert await states(world) == [("gave up", 1, 410)]


async def test_a_server_that_asks_us_to_wait_is_left_alone_so_long(world, ada, inbox, clock):
    inbox.status, inbox.headers = 429, {"Retry-After": "600"}
    await world.post(ada, "Primes")
    await send_all(world)
    inbox.status, inbox.headers = 202, {}
    clock.go(seconds=300)
    await send_all(world)
    assert inbox.taken == []
    clock.go(seconds=301)
    await send_all(world)
    assert len(inbox.taken) == 1


@pytest.mark.parametrize("status", [429, 503])
async def test_a_server_that_has_too_much_to_do_gets_nothing_for_as_long_as_it_says_and_counts_as_alive(world, ada, inbox, clock, status):
    inbox.status, inbox.headers = status, {"Retry-After": "45"}
    for number in range(20):
        await world.post(ada, f"Post {number}")
    for _ in range(6):
        before = len(inbox.schemes)
        await send_all(world)
        assert len(inbox.schemes) == before + 1  # one, and all others wait with it
        clock.go(seconds=46)
    known = await world.context.database.read(hosts.find_host, inbox.origin.removeprefix("http://"))
    assert known.failures == 0
    inbox.status, inbox.headers = 202, {}
    clock.go(minutes=2)
    await send_all(world)
    assert len(inbox.taken) == 20


async def test_without_a_time_to_come_again_it_counts_as_a_failure(world, ada, inbox):
    inbox.status = 503
    await world.post(ada, "Primes")
    await send_all(world)
    known = await world.context.database.read(hosts.find_host, inbox.origin.removeprefix("http://"))
    assert known.failures == 1


async def test_what_one_delivery_was_told_keeps_the_others_of_its_host_for_a_quarter_of_an_hour_at_most(world, ada, inbox, clock):
    inbox.status, inbox.headers = 503, {"Retry-After": "86400"}
    await world.post(ada, "Primes")
    await send_all(world)
    await world.post(ada, "Composites")
    inbox.status, inbox.headers = 202, {}
    await send_all(world)
    assert inbox.taken == []
    clock.go(minutes=16)
    await send_all(world)
    assert len(inbox.taken) == 1
    clock.go(days=1)
    await send_all(world)
    assert len(inbox.taken) == 2


async def test_after_two_weeks_it_is_given_up(world, ada, inbox, clock):
    inbox.status = 503
    await world.post(ada, "Primes")
    for _ in range(25):
        await send_all(world)
        clock.go(days=2)
    [(state, attempts, status)] = await states(world)
    assert (state, status) == ("gave up", 503)
    assert attempts == 22


async def test_what_concerns_one_post_arrives_in_order(world, ada, inbox, clock):
    inbox.status = 500
    post = await world.post(ada, "First")
    await send_all(world)
    await posts.edit(world.context, ada, post.id, posts.Draft("Second"))
    inbox.status = 202
    await send_all(world)
    assert inbox.taken == []
    clock.go(minutes=10)
    await send_all(world)
    assert [each["type"] for each in inbox.taken] == ["Create", "Update"]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 408, 410, 422, 429, 500, 503])
async def test_a_delete_goes_at_once_and_the_deleted_text_never_again(world, ada, inbox, clock, status):
    inbox.status = status
    post = await world.post(ada, "First")
    await send_all(world)
    await posts.edit(world.context, ada, post.id, posts.Draft("Second"))
    await posts.delete(world.context, ada, post.id)
    inbox.status = 202
    await send_all(world)
    assert [each["type"] for each in inbox.taken] == ["Delete"]
    await queues.retry(world.context)
    clock.go(days=2)
    await send_all(world)
    assert [each["type"] for each in inbox.taken] == ["Delete"]


@pytest.mark.parametrize(("status", "came"), [(202, ["Create", "Delete"]), (503, ["Delete"])])
async def test_a_delete_lets_an_attempt_end_that_is_under_way(world, ada, inbox, status, came):
    inbox.hold.clear()
    inbox.status = status
    post = await world.post(ada, "First")
    sender = Sender(world.context)
    await sender.step()
    await posts.delete(world.context, ada, post.id)
    assert await world.context.database.read(deliveries.list_due_hosts, world.context.site.now_ms()) == []
    inbox.hold.set()
    await sender.stop(grace_s=15)
    inbox.status = 202
    await send_all(world)
    assert [each["type"] for each in inbox.taken] == came


async def test_what_was_refused_for_good_holds_up_nothing(world, ada, inbox):
    inbox.status = 422
    post = await world.post(ada, "First")
    await send_all(world)
    inbox.status = 202
    await posts.edit(world.context, ada, post.id, posts.Draft("Second"))
    await send_all(world)
    assert [each["type"] for each in inbox.taken] == ["Update"]
    assert [state for state, _, _ in await states(world)] == ["gave up", "delivered"]


async def test_the_deleted_text_is_not_handed_out_under_the_id_of_its_create(world, ada, inbox):
    post = await world.post(ada, "First")
    await send_all(world)
    uri = inbox.taken[0]["id"]
    assert (await world.context.database.read(deliveries.find_activity, uri)).is_public
    await posts.delete(world.context, ada, post.id)
    assert not (await world.context.database.read(deliveries.find_activity, uri)).is_public


async def test_the_end_of_an_account_drops_all_that_it_said_and_waits_for_none_of_it(world, ada, inbox):
    inbox.status = 503
    await world.post(ada, "First")
    await send_all(world)
    await world.post(ada, "Second")
    await accounts.delete(world.context, "ada")
    inbox.status = 202
    await send_all(world)
    assert {each["type"] for each in inbox.taken} == {"Delete"}


DEEDS = {
    "follow": (lambda world, ada, post: follow_uses.follow(world.context, ada, post.account_id), "Follow"),
    "like": (lambda world, ada, post: reactions.like(world.context, ada, post.id), "Like"),
    "boost": (lambda world, ada, post: reactions.boost(world.context, ada, post.id), "Announce"),
    "block": (lambda world, ada, post: blocking.block(world.context, ada, post.account_id), "Block"),
}
UNDONE = {
    "follow": lambda world, ada, post: follow_uses.unfollow(world.context, ada, post.account_id),
    "like": lambda world, ada, post: reactions.unlike(world.context, ada, post.id),
    "boost": lambda world, ada, post: reactions.unboost(world.context, ada, post.id),
    "block": lambda world, ada, post: blocking.unblock(world.context, ada, post.account_id),
}


@pytest.mark.parametrize("name", DEEDS)
async def test_what_is_done_undone_and_done_again_arrives_in_that_order_after_a_failure_too(world, ada, inbox, reader, clock, name):
    await world.receive(reader.create(reader.note("1", to=(PUBLIC, ada.uri))), reader)
    post = await world.find_post(reader.note("1").uri)
    do, kind = DEEDS[name]
    inbox.status = 503
    await do(world, ada, post)
    await send_all(world)
    inbox.status = 202
    for _ in range(3):
        await UNDONE[name](world, ada, post)
        await do(world, ada, post)
    await send_all(world)
    assert [each for each in inbox.taken if each["type"] in {kind, "Undo"}] == []
    clock.go(minutes=20)
    await send_all(world)
    assert [each["type"] for each in inbox.taken if each["type"] in {kind, "Undo"}] == [kind, *["Undo", kind] * 3]


async def test_five_failures_open_the_breaker_and_a_verified_request_shuts_it(world, ada, reader, inbox, clock):
    inbox.status = 503
    for number in range(6):
        await world.post(ada, f"Post {number}")
    for _ in range(5):
        await send_all(world)
        clock.go(seconds=13)
    host = inbox.origin.removeprefix("http://")
    known = await world.context.database.read(hosts.find_host, host)
    assert known.failures >= hosts.FAILURES_TO_OPEN
    assert known.open_until_ms > world.context.site.now_ms()
    inbox.status = 202
    await send_all(world)
    assert inbox.taken == []
    await world.receive(reader.activity("Like", f"{ada.uri}/posts/1"), reader)
    await send_all(world)
    assert len(inbox.taken) == 6


async def test_a_server_that_speaks_while_its_inbox_is_broken_does_not_use_up_its_two_weeks(world, ada, reader, inbox, clock):
    inbox.status = 503
    for number in range(10):
        await world.post(ada, f"Post {number}")
    for minute in range(120):
        await send_all(world)
        await world.receive(reader.activity("Like", f"{ada.uri}/posts/1", name=str(minute)), reader)
        clock.go(minutes=1)
    assert {state for state, _, _ in await states(world)} == {"waiting"}
    assert max(attempts for _, attempts, _ in await states(world)) <= 6  # 10 s, 1, 5 and 15 minutes, 1 hour
    inbox.status = 202
    clock.go(hours=3)
    await send_all(world)
    assert len(inbox.taken) == 10


async def test_a_worker_that_stops_puts_back_what_it_could_not_finish(world, ada, inbox):
    inbox.hold.clear()
    await world.post(ada, "Primes")
    sender = Sender(world.context)
    await sender.step()
    await sender.stop(grace_s=0.05)
    inbox.hold.set()
    await send_all(world)
    assert len(inbox.taken) == 1


async def test_nothing_goes_to_a_server_that_was_blocked_meanwhile(world, ada, inbox):
    await world.post(ada, "Primes")
    await blocking.block_domain(world.context, "127.0.0.1")
    await blocking.load_rules(world.context)
    await send_all(world)
    assert inbox.taken == []
    assert [state for state, _, _ in await states(world)] == ["gave up"]


@pytest.mark.parametrize("answer", [b"", b"HTTP/1.1 200 OK\r\n\r\n", b"garbage\r\n\r\n"])
async def test_a_server_that_answers_nonsense_is_tried_again(world, ada, answer):
    async def nonsense(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(nonsense, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    follower = make_stranger(f"http://127.0.0.1:{port}", "far")
    await world.context.database.write(remote.save_actor, world.context.site, follower.actor)
    known = await world.known(follower)
    await world.context.database.write(follows.add_follow, Follow(known.id, ada.id, "accepted", f"{follower.uri}#1", 0))
    await world.post(ada, "Primes")
    await send_all(world)

    def read(db):
        return db.execute("SELECT state FROM deliveries WHERE host = :host", {"host": f"127.0.0.1:{port}"}).fetchall()

    [(state,)] = await world.context.database.read(read)
    assert state == ("delivered" if b"200" in answer else "waiting")
    server.close()
