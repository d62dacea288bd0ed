"""What caches may keep: nothing that was asked for by somebody; and no version is named."""

import pytest
from aiohttp.test_utils import TestClient, TestServer

from node.assembly import build_app
from node.social import authorizing
from storage.records import PRIVATE

AS = {"Accept": "application/activity+json"}


@pytest.fixture
async def client(world):
    async with TestClient(TestServer(build_app(world.context))) as opened:
        yield opened


@pytest.fixture
async def ways(world, ada, client):
    """How somebody says who asks: {name: (headers, query, cookies)}."""
    token = await authorizing.new_token(world.context, ada.id, "app", "read write")
    secret, _ = await authorizing.open_session(world.context, ada.id)
    return {
        "bearer": {"headers": {"Authorization": f"Bearer {token}"}},
        "query": {"params": {"access_token": token}},
        "cookie": {"cookies": {"hedgerow": secret}},
        "signature": {"headers": {"Signature": 'keyId="x",signature="eA=="'}},
    }


async def ask(client, path, **sent):
    headers = {**AS, **sent.pop("headers", {})} if path.startswith(("/users", "/@", "/inbox")) else sent.pop("headers", {})
    cookies = "; ".join(f"{name}={value}" for name, value in sent.pop("cookies", {}).items())
    headers = {**headers, **({"Cookie": cookies} if cookies else {})}
    async with client.get(path, headers=headers, allow_redirects=False, **sent) as answer:
        await answer.read()
        return answer


PAGES = ["/", "/settings", "/no/such/page"]
PATHS = [
    "/api/v1/timelines/home",
    "/api/v1/accounts/verify_credentials",
    "/api/v1/notifications",
    "/api/v1/timelines/public",
    "/api/v2/instance",
    "/api/v1/no_such_thing",
    "/users/ada",
    "/users/ada/outbox",
    "/users/ada/followers",
    "/users/ada/inbox",
    *PAGES,
]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("way", ["bearer", "query", "cookie", "signature"])
async def test_what_somebody_asks_for_is_kept_by_no_cache_between(client, ways, path, way):
    answer = await ask(client, path, **ways[way])
    stated = answer.headers["Cache-Control"]
    assert "private" in stated
    assert "no-store" in stated or path in PAGES  # which a browser keeps for the way back
    assert {"Authorization", "Cookie", "Signature"} <= set(answer.headers["Vary"].split(", ")) or "Cookie" in answer.headers["Vary"]


@pytest.mark.parametrize("path", PATHS)
async def test_what_nobody_in_particular_asks_for_is_looked_at_again_or_says_how_long_it_holds(client, ada, path):
    answer = await ask(client, path)
    assert "Cache-Control" in answer.headers
    assert "Authorization" in answer.headers["Vary"] or "Cookie" in answer.headers["Vary"]


async def test_a_private_post_is_stored_nowhere(world, client, ada, ways):
    post = await world.post(ada, "for followers", visibility=PRIVATE)
    answer = await ask(client, post.uri.removeprefix("http://hedge.test"), **ways["bearer"])
    assert (answer.status, answer.headers["Cache-Control"]) == (200, "private, no-store")


async def test_whatever_changes_something_is_stored_nowhere(client, ways):
    async with client.post("/api/v1/statuses", json={"status": "primes"}, **ways["bearer"]) as answer:
        assert (answer.status, answer.headers["Cache-Control"]) == (200, "private, no-store")


@pytest.mark.parametrize("path", ["/", "/users/ada", "/api/v1/instance", "/no/such/page", "/static/hedgerow.css"])
async def test_no_version_of_the_server_is_named(client, ada, path):
    assert (await ask(client, path)).headers["Server"] == "Hedgerow"


async def test_a_public_file_may_be_kept(client):
    assert "public" in (await ask(client, "/static/hedgerow.css")).headers["Cache-Control"]
