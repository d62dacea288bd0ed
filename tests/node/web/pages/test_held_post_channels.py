"""Channels x acts of a held post: by a stream, a push message or a mail it comes to nobody until a moderator approves it, and then it comes
to followers."""

import pytest

from storage import accounts
from tests.node.web.pages.channels import CHANNELS, OPEN_STREAMS, Channels, open_channels
from tests.node.web.pages.test_held_post_doors import MAKERS, SECRET, Scene, make_scene

READERS = ("eve", "rita")  # a follower of those who write, named by some of the posts; and somebody else


@pytest.fixture
async def settings(mail_port) -> str:
    return f'[limits]\nrates = false\n[mail]\nhost = "127.0.0.1"\nport = {mail_port}\ntls = "none"\nsender = "Hedge <no@hedge.test>"'


@pytest.fixture
async def scene(world, surf) -> Scene:
    return await make_scene(world, surf)


@pytest.fixture
async def channels(scene, surf, service, mailbox) -> dict[str, Channels]:
    """Those of each reader; messages for both come to one push service, each to its own address."""
    found = {}
    for name in READERS:
        account = await scene.world.context.database.read(accounts.find_account_by_handle, name)
        found[name] = await open_channels(scene.world, await surf(account), account, service, mailbox, OPEN_STREAMS)
    return found


async def _come(scene: Scene, channels: dict[str, Channels]) -> set[tuple[str, str]]:
    """(reader, channel) by which the post has come, mails aside."""
    await scene.world.work()
    heard = {name: await each.heard() for name, each in channels.items()}
    return {(name, channel) for name, texts in heard.items() for channel, text in texts.items() if SECRET in text}


async def _mailed(clock, channels: dict[str, Channels]) -> set[tuple[str, str]]:
    return {(name, "mail") for name, each in channels.items() if SECRET in (await each.mailed(clock))["mail"]}


@pytest.mark.parametrize("made", MAKERS)
async def test_a_held_post_comes_to_nobody_however_it_came(scene, clock, channels, made):
    await MAKERS[made](scene)
    leaks = await _come(scene, channels) | await _mailed(clock, channels)
    print(
        f"held post by {made}: {len(READERS)} readers x {len(CHANNELS)} channels = {len(READERS) * len(CHANNELS)} cells, {len(leaks)} leaks"
    )
    assert leaks == set()


@pytest.mark.parametrize("made", [name for name in MAKERS if name != "reply to a held one"])
async def test_an_approved_post_comes_to_its_followers(scene, clock, channels, made):
    post = await MAKERS[made](scene)
    await scene.approve(post)
    wanted = {("eve", "WebSocket"), ("eve", "server-sent events")}
    if "elsewhere" not in made:  # those were written a minute before the time that her digest is about
        wanted.add(("eve", "mail"))
    if made in {"API", "page", "edit"}:  # they name her
        wanted.add(("eve", "Web Push"))
    assert wanted <= await _come(scene, channels) | await _mailed(clock, channels)
