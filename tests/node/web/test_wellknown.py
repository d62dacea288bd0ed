"""Where others begin."""

import json

import pytest

from federation.webfinger import jrd_from_document


@pytest.mark.parametrize(
    "resource", ["acct:ada@hedge.test", "acct:ADA@hedge.test", "ada@hedge.test", "http://hedge.test/users/ada", "http://hedge.test/@ada"]
)
async def test_an_account_is_found(door, ada, resource):
    status, document = await door.get(f"/.well-known/webfinger?resource={resource}")
    jrd = jrd_from_document(document)
    assert (status, jrd.subject, jrd.self_uri) == (200, "acct:ada@hedge.test", ada.uri)
    assert jrd.subscribe_template == "http://hedge.test/authorize_interaction?uri={uri}"


@pytest.mark.parametrize("resource", ["acct:nobody@hedge.test", "acct:ada@other.test", "x", "http://other.test/users/ada", "acct:@"])
async def test_whoever_is_not_here_is_not_found(door, ada, resource):
    assert (await door.get(f"/.well-known/webfinger?resource={resource}"))[0] == 404


async def test_a_question_about_nobody_is_refused(door):
    assert (await door.get("/.well-known/webfinger"))[0] == 422


@pytest.mark.parametrize("resource", ["http://hedge.test", "http://hedge.test/", "http://hedge.test/actor"])
async def test_the_server_itself_is_found(door, resource):
    status, document = await door.get(f"/.well-known/webfinger?resource={resource}")
    assert status == 200
    assert [link["href"] for link in document["links"]] == ["http://hedge.test/actor"]


async def test_someone_elsewhere_is_not_ours_to_name(world, door):
    bob = await world.stranger("bob")
    assert (await door.get(f"/.well-known/webfinger?resource={bob.uri}"))[0] == 404


@pytest.mark.parametrize("version", ["2.0", "2.1"])
async def test_nodeinfo_counts_what_is_there(world, door, ada, vectors, version):
    await world.post(ada, "Primes")
    status, document = await door.get(f"/nodeinfo/{version}")
    assert status == 200
    assert document["software"]["name"] == "hedgerow"
    assert document["usage"] == {"users": {"total": 1, "activeHalfyear": 1, "activeMonth": 1}, "localPosts": 1}
    schema = vectors / "nodeinfo-schemas" / "schemas" / version / "schema.json"
    assert set(json.loads(schema.read_text()).get("required", [])) <= set(document)


async def test_nodeinfo_is_led_to(door):
    _, document = await door.get("/.well-known/nodeinfo")
    assert [link["href"] for link in document["links"]] == ["http://hedge.test/nodeinfo/2.1", "http://hedge.test/nodeinfo/2.0"]


async def test_host_meta_leads_to_webfinger(door):
    status, text = await door.get("/.well-known/host-meta")
    assert status == 200
    assert "http://hedge.test/.well-known/webfinger?resource={uri}" in text


async def test_health_says_so(door):
    assert await door.get("/health") == (200, {"status": "ok"})


async def test_health_says_whether_a_signature_arrived_whole(world, door):
    bob = await world.stranger("bob")
    assert (await door.get("/health?signed=1", signed_by=bob))[1]["signed"] is True
    assert (await door.get("/health?signed=1"))[1]["signed"] is False
