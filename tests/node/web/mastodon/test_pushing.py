"""Web Push: a phone that asked for it is told what concerns its owner, and nobody else can read it."""

import json

import http_ece
import pytest
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import ec

from federation import webpush
from node.social import follows, reactions
from storage import pushes, users
from tests.federation.test_webpush import AUTH, point
from tests.serving import served


class Service:
    """A push service that keeps what it gets."""

    def __init__(self) -> None:
        self.status, self.got, self.origin = 201, [], ""

    async def take(self, request: web.Request) -> web.Response:
        self.got.append((request.path, dict(request.headers), await request.read()))
        return web.Response(status=self.status)


@pytest.fixture
async def service():
    found = Service()
    async with served(found.take) as found.origin:
        yield found


@pytest.fixture
def phone():
    return ec.generate_private_key(ec.SECP256R1())


def wish(service, phone, path="/ada", **alerts):
    keys = {"p256dh": webpush.encoded(point(phone)), "auth": webpush.encoded(AUTH)}
    return {
        "subscription": {"endpoint": f"{service.origin}{path}", "keys": keys, "standard": True},
        "data": {"alerts": alerts or {"favourite": True, "mention": True}},
    }


def read(phone, body):
    return json.loads(http_ece.decrypt(body, private_key=phone, auth_secret=AUTH))


async def test_a_phone_is_told_of_what_it_asked_for(world, run, ada, bea, service, phone):
    program = await run(ada)
    made = await program.post("/api/v1/push/subscription", **wish(service, phone))
    assert made["alerts"]["favourite"] is True
    assert made["alerts"]["follow"] is False
    assert made["server_key"] == (await program.get("/api/v2/instance"))["configuration"]["vapid"]["public_key"]
    assert int(made["id"])
    post = await world.post(ada, "Of *moss*")
    await reactions.like(world.context, bea, post.id)
    await follows.follow(world.context, bea, ada.id)
    await world.work()
    ((path, headers, body),) = service.got
    told = read(phone, body)
    assert path == "/ada"
    assert headers["TTL"]
    assert told["notification_type"] == "favourite"
    assert (told["title"], told["body"]) == ("Bea likes your post", "Of moss")
    assert told["notification_id"] == (await program.get("/api/v1/notifications", types=["favourite"]))[0]["id"]


async def test_a_subscription_changes_and_ends(world, run, ada, bea, service, phone):
    program = await run(ada)
    await program.post("/api/v1/push/subscription", **wish(service, phone))
    changed = await program.put("/api/v1/push/subscription", data={"alerts": {"follow": True}, "policy": "followed"})
    assert (changed["alerts"]["follow"], changed["alerts"]["favourite"], changed["policy"]) == (True, False, "followed")
    assert await program.get("/api/v1/push/subscription") == changed
    await follows.follow(world.context, bea, ada.id)  # whom ada does not follow
    await world.work()
    assert service.got == []
    await program.delete("/api/v1/push/subscription")
    assert await program.refused("GET", "/api/v1/push/subscription") == (404, "Record not found")


async def test_each_token_has_one_of_its_own(world, run, ada, bea, service, phone):
    first, second = await run(ada), await run(ada)
    await first.post("/api/v1/push/subscription", **wish(service, phone, "/old"))
    await first.post("/api/v1/push/subscription", **wish(service, phone, "/one"))
    await second.post("/api/v1/push/subscription", **wish(service, phone, "/two"))
    await reactions.like(world.context, bea, (await world.post(ada, "x")).id)
    await world.work()
    assert sorted(path for path, _, _ in service.got) == ["/one", "/two"]


async def test_an_endpoint_that_is_gone_is_forgotten_and_one_that_is_busy_is_asked_again(world, clock, run, ada, bea, service, phone):
    program = await run(ada)
    await program.post("/api/v1/push/subscription", **wish(service, phone))
    service.status = 503
    await reactions.like(world.context, bea, (await world.post(ada, "x")).id)
    await world.work()
    service.status = 410
    clock.go(minutes=5)
    await world.work()
    assert len(service.got) == 2
    assert await world.context.database.read(pushes.list_subscriptions, ada.id) == []


async def test_a_subscription_ends_with_its_token(world, run, ada, service, phone):
    program = await run(ada)
    await program.post("/api/v1/push/subscription", **wish(service, phone))
    (token,) = await world.context.database.read(users.list_tokens, ada.id)
    await world.context.database.write(users.remove_token, ada.id, token.id)
    assert await world.context.database.read(pushes.list_subscriptions, ada.id) == []


@pytest.mark.parametrize("endpoint", ["", "javascript:alert(1)", "ftp://x.example/", "x" * 3000])
async def test_what_is_no_endpoint_is_refused(run, ada, service, phone, endpoint):
    program = await run(ada)
    asked = wish(service, phone)
    asked["subscription"]["endpoint"] = endpoint
    assert (await program.refused("POST", "/api/v1/push/subscription", **asked))[0] == 422


async def test_it_takes_the_scope(run, ada, service, phone):
    program = await run(ada, "read write")
    assert (await program.refused("POST", "/api/v1/push/subscription", **wish(service, phone)))[0] == 403
