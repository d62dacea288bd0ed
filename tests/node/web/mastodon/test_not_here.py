"""What this node does not have is said so that no program breaks over it; and what it says of itself."""

import pytest

from node.social import media
from tests.node.web.mastodon.conftest import picture


@pytest.mark.parametrize("path", ["/api/v1/announcements", "/api/v1/trends/links", "/api/v1/conversations", "/api/v1/endorsements"])
async def test_lists_are_empty(run, ada, path):
    assert await (await run(ada)).get(path) == []


async def test_collections_and_years_are_not_there(run, ada):
    program = await run(ada)
    for way in ("collections", "in_collections"):
        assert await program.get(f"/api/v1/accounts/{ada.id}/{way}") == {"collections": []}
    assert (await program.refused("POST", "/api/v1/collections", name="x"))[0] == 403
    for method in ("GET", "PATCH", "DELETE"):
        assert (await program.refused(method, "/api/v1/collections/1"))[0] == 404
    assert (await program.get("/api/v1/annual_reports"))["annual_reports"] == []
    assert await program.get("/api/v1/annual_reports/2026/state") == {"state": "ineligible"}
    for path in ("announcements/1/dismiss", "annual_reports/2025/generate", "annual_reports/2025/read", "collections/1/items"):
        assert (await program.refused("POST", f"/api/v1/{path}"))[0] == 404
    assert await program.get("/api/v1/peers/search", q="x") == []
    assert await program.get("/api/v1/instance/translation_languages") == {}
    assert (await program.get("/api/v1/instance/languages"))[0]["code"] == "en"
    assert await program.get(f"/api/v1/accounts/{ada.id}/identity_proofs") == []


async def test_a_public_post_can_be_embedded_and_no_other(run, world, ada):
    post = await world.post(ada, "<b> & more")
    secret = await world.post(ada, "secret", visibility=2)
    program = await run()
    found = await program.get("/api/oembed", url=post.url)
    assert (found["author_name"], found["type"]) == ("Ada", "rich")
    assert "&lt;b&gt; &amp; more" in found["html"]
    for url in (secret.url, "http://hedge.test/@ada/1", "https://elsewhere.example/1", ""):
        assert (await program.refused("GET", "/api/oembed", url=url))[0] == 404


async def test_pictures_of_a_profile_are_taken_away(run, world, ada):
    await media.set_picture(world.context, ada, picture(), "me")
    program = await run(ada)
    assert (await program.get("/api/v1/profile"))["avatar_description"] == "me"
    assert (await program.delete("/api/v1/profile/avatar"))["avatar"].endswith("/static/avatar.png")
    assert (await program.get("/api/v1/profile"))["avatar"] is None
    assert (await program.delete("/api/v1/profile/header"))["header"].endswith("/static/header.png")
    assert (await program.patch("/api/v1/profile", display_name="A"))["display_name"] == "A"
