"""Others' posts that nobody here touched go after their days, in steps that a kill does not spoil, and come back when asked for."""

from datetime import timedelta
from itertools import count

import pytest

from federation.objects import document_from_post
from federation.records import PUBLIC, Attachment
from node.errors import BadInput
from node.social import forgetting, looking_up, reactions
from storage import proxied
from storage.proxied import Proxied
from tests import buckets
from tests.node.conftest import NOON

NAME = f"{'a' * 40}.png"


@pytest.fixture
def settings() -> str:
    return "[retention]\nremote_days = 30\n"


@pytest.fixture
def put(world, bob):
    """put("1"): the URI of a public post of bob's that somebody here has looked at."""

    async def put_one(name, **said):
        note = bob.note(name, to=(PUBLIC,), **said)
        world.elsewhere.put(document_from_post(note))
        await looking_up.look_up(world.context, note.uri)
        return note.uri

    return put_one


def quiet(_looked):
    """Nobody watches."""


async def known(world, uris):
    return [uri for uri in uris if await world.find_post(uri) is not None]


async def run_job(world):
    await forgetting.forget_due(world.context)
    await world.work()


async def test_what_is_old_and_untouched_goes_and_the_rest_stays(world, ada, put, clock):
    old, liked = [await put(name) for name in ("old", "liked")]
    await reactions.like(world.context, ada, (await world.find_post(liked)).id)
    clock.go(days=29)
    fresh = await put("fresh", published=clock.now)
    await run_job(world)
    assert await known(world, [old, liked, fresh]) == [old, liked, fresh]
    clock.go(days=3)
    await run_job(world)
    assert await known(world, [old, liked, fresh]) == [liked, fresh]


@pytest.mark.parametrize("settings", ["", "[retention]\nremote_days = 0\n"])
async def test_unless_the_keeper_says_so_everything_stays(world, put, clock):
    uri = await put("1")
    clock.go(days=4000)
    await run_job(world)
    assert await known(world, [uri]) == [uri]


async def test_a_round_is_made_once_a_day(world, put, clock):
    clock.go(days=40)
    await run_job(world)
    late = await put("late", published=NOON)
    clock.go(hours=23)
    await run_job(world)
    assert await known(world, [late]) == [late]
    clock.go(hours=1)
    await run_job(world)
    assert await known(world, [late]) == []


async def test_what_is_forgotten_comes_back_when_it_is_looked_up_and_when_it_is_announced(world, ada, put, clock):
    club = await world.stranger("club")
    await world.follow(ada, club)
    looked_up, announced = await put("1"), await put("2")
    clock.go(days=40)
    await run_job(world)
    assert await known(world, [looked_up, announced]) == []
    assert (await looking_up.look_up(world.context, looked_up)).post.uri == looked_up
    await world.receive(club.activity("Announce", announced, to=[PUBLIC]), club)
    await world.work()
    assert await known(world, [looked_up, announced]) == [looked_up, announced]
    assert len(await world.home(ada)) == 1
    clock.go(days=10)
    await run_job(world)
    assert await known(world, [looked_up, announced]) == [announced]  # somebody whom ada follows has just passed it on


async def test_people_to_whom_nothing_refers_go_with_their_last_post_and_come_back_as_strangers(world, ada, bob, put, clock):
    followed = await world.stranger("followed")
    await world.follow(ada, followed)
    await put("1")
    clock.go(days=40)
    await run_job(world)
    found = await world.context.database.read(lambda db: [row[0] for row in db.execute("SELECT uri FROM accounts WHERE domain <> ''")])
    assert found == [followed.uri]
    again = await put("again", published=clock.now)
    assert await known(world, [again]) == [again]


@pytest.mark.parametrize("media_store", buckets.STORES)
async def test_files_that_were_shown_with_it_go_too(world, put, clock):
    url = "https://far.example/1.png"
    await put("1", attachments=(Attachment("Image", url, "image/png"),))
    await world.context.stores.proxied.put(NAME, b"picture")
    clock.go(days=40)
    await world.context.database.write(proxied.save_proxied, Proxied(url, NAME, "image/png", 7, world.context.site.now_ms()))
    await run_job(world)
    assert await world.files("proxied") == set()
    assert await world.context.database.read(proxied.find_proxied, url) is None


class PowerFailure(Exception):
    """In the midst of a transaction."""


@pytest.fixture
def small_steps(monkeypatch):
    monkeypatch.setattr(forgetting, "WINDOW", 3)
    monkeypatch.setattr(forgetting, "AT_ONCE", 2)


@pytest.mark.parametrize("after", [1, 2, 3, 5])
async def test_a_round_that_is_cut_off_goes_on_where_it_was(world, ada, put, clock, small_steps, monkeypatch, after):
    uris = [await put(str(number)) for number in range(12)]
    await reactions.like(world.context, ada, (await world.find_post(uris[5])).id)
    clock.go(days=40)
    forget, calls = forgetting._forget_posts, count(1)

    def forget_and_fail(*arguments):
        found = forget(*arguments)
        if next(calls) == after:
            raise PowerFailure
        return found

    monkeypatch.setattr(forgetting, "_forget_posts", forget_and_fail)
    with pytest.raises(PowerFailure):
        await forgetting.forget_due(world.context)
    monkeypatch.undo()
    assert 1 < len(await known(world, uris)) <= len(uris) - after // 2
    await run_job(world)
    assert await known(world, uris) == [uris[5]]


async def test_a_dry_run_says_what_a_run_then_does_and_changes_nothing(world, ada, bob, put, clock, small_steps):
    parent = await put("0", published=NOON - timedelta(hours=1))
    for number in range(1, 8):
        parent = await put(str(number), in_reply_to_uri=parent, published=NOON - timedelta(minutes=60 - number))
    aside = await put("aside")
    await reactions.like(world.context, ada, (await world.find_post(parent)).id)
    clock.go(days=40)
    foreseen = await forgetting.count_all(world.context, 30, quiet)
    assert await known(world, [parent, aside]) == [parent, aside]
    assert await forgetting.forget_all(world.context, 30, quiet) == foreseen == forgetting.Counts(1, 0)
    await reactions.unlike(world.context, ada, (await world.find_post(parent)).id)
    foreseen = await forgetting.count_all(world.context, 30, quiet)
    done = await forgetting.forget_all(world.context, 30, quiet)
    assert (foreseen, done) == (forgetting.Counts(8, 0), forgetting.Counts(8, 1))  # who wrote them is not foreseen


async def test_no_days_are_no_days(world):
    for run in (forgetting.count_all, forgetting.forget_all):
        with pytest.raises(BadInput, match="remote_days"):
            await run(world.context, 0, quiet)
