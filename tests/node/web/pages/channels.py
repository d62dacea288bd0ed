"""What reaches an account without being asked for: streams, push messages, mails; open for a test that looks at what comes."""

import json
from collections.abc import Iterable
from dataclasses import dataclass

from aiohttp import ClientResponse
from cryptography.hazmat.primitives.asymmetric import ec

from node.social import authorizing, digests
from storage import users
from storage.events import add_event
from storage.records import Account
from tests.node.conftest import Clock, World
from tests.node.social.test_digests import Mailbox
from tests.node.web.mastodon.test_pushing import Service, read, wish
from tests.node.web.pages.conftest import Surfer
from tests.node.web.streaming.conftest import MARK, Ear

CHANNELS = ("WebSocket", "server-sent events", "Web Push", "mail")
OWN_STREAMS = ("user:notification", "direct")
OPEN_STREAMS = (*OWN_STREAMS, "public", "public:local", "public:remote", "hashtag")
TAG = "spam"
ALERTS = ("mention", "favourite", "reblog", "follow", "follow_request", "poll", "update", "status", "quote", "quoted_update")


@dataclass
class Channels:
    """All by which one account is reached, open."""

    world: World
    account: Account
    ear: Ear
    events: ClientResponse
    service: Service
    phone: ec.EllipticCurvePrivateKey
    mailbox: Mailbox

    async def heard(self) -> dict[str, str]:
        """What came by each channel since it was last asked; mails come with `mailed`."""
        frames = []
        await self.ear.ask("subscribe", "user")
        await self.world.context.database.write(add_event, MARK, self.account.id)
        while (frame := await self.ear.next())["event"] != "filters_changed":
            frames.append(json.dumps(frame, ensure_ascii=False))
        lines = []
        while b"filters_changed" not in (line := await self.events.content.readline()):
            assert line
            lines.append(line.decode())
        pushed = [json.dumps(read(self.phone, body), ensure_ascii=False) for path, _, body in self.service.got if path == self.path]
        self.service.got[:] = [each for each in self.service.got if each[0] != self.path]
        return {"WebSocket": "\n".join(frames), "server-sent events": "".join(lines), "Web Push": "\n".join(pushed)}

    @property
    def path(self) -> str:
        return f"/{self.account.name}"

    async def mailed(self, clock: Clock) -> dict[str, str]:
        """The digest that comes by mail, as the days go by."""
        clock.go(days=2)
        await digests.send_for_due(self.world.context)
        await self.world.work()
        theirs = [mail.get_content() for mail in self.mailbox.mails if mail["To"] == f"{self.account.name}@home.test"]
        return {"mail": "\n".join(theirs)}


async def open_channels(
    world: World, browser: Surfer, account: Account, service: Service, mailbox: Mailbox, streams: Iterable[str] = OWN_STREAMS
) -> Channels:
    """All channels of an account; streams: besides `user`."""
    context, phone = world.context, ec.generate_private_key(ec.SECP256R1())
    token = await authorizing.new_token(context, account.id, "channels", "read write follow push")
    headers = {"Authorization": f"Bearer {token}"}
    asked = wish(service, phone, f"/{account.name}", **dict.fromkeys(ALERTS, True))
    async with browser.client.post("/api/v1/push/subscription", json=asked, headers=headers) as answer:
        assert answer.status == 200
    socket = await browser.client.ws_connect("/api/v1/streaming", params={"access_token": token, "stream": "user"})
    ear = Ear(world, account, socket)
    for stream in streams:
        await ear.ask("subscribe", stream, tag=TAG)
    events = await browser.client.get("/api/v1/streaming/user", headers=headers)
    assert await events.content.readline() == b":)\n"
    await context.database.write(users.set_email, account.id, f"{account.name}@home.test")
    await digests.set_wish(context, account, "daily", 0.5, by_mail=True)
    return Channels(world, account, ear, events, service, phone, mailbox)
