"""The library's pages."""

from storage.records import PRIVATE

FORM = {"title": "Moss <b>", "link": "https://moss.example/", "about": "Moss", "license": "CC0", "minutes": "20", "review_by": "2020-01-02"}


async def test_a_resource_is_shared_found_and_marked_as_superseded(world, surf):
    ada = await world.account("ada")
    browser, stranger = await surf(ada), await surf()
    assert 'value="https://x.example/"' in (await browser.get("/resources/new?link=https://x.example/")).text
    sent = await browser.send("/resources/new", FORM)
    assert sent.status == 303
    shelf = (await stranger.get("/resources?teaches=moss&minutes=30&license=CC0&stale=1")).text
    assert "Moss &lt;b&gt;" in shelf
    assert "to be looked at again since 2020-01-02" in shelf
    assert "Moss &lt;b&gt;" not in (await stranger.get("/resources?minutes=10")).text
    assert "Share a resource" not in shelf
    post_id = sent.headers["Location"].rpartition("/")[2]
    assert 'value="2020-01-02"' in (await browser.get(f"/resources/{post_id}/edit")).text
    changed = await browser.send(f"/resources/{post_id}/edit", {**FORM, "superseded_by": "https://moss.example/2"})
    assert changed.status == 303
    assert "There is something newer" in (await stranger.get("/resources")).text
    post = (await stranger.get(sent.headers["Location"])).text
    assert 'class="mark resource"' in post


async def test_what_cannot_be_used_comes_back_with_a_sentence(world, surf):
    browser = await surf(await world.account("ada"))
    seen = await browser.send("/resources/new", {**FORM, "link": "javascript:alert(1)"})
    assert seen.status == 422
    assert "Give the address of what you share" in seen.text
    assert 'value="Moss &lt;b&gt;"' in seen.text


async def test_private_ones_and_others_forms_stay_closed(world, surf):
    ada, bob = await world.account("ada"), await world.account("bob")
    sent = await (await surf(ada)).send("/resources/new", {**FORM, "visibility": str(PRIVATE)})
    post_id = sent.headers["Location"].rpartition("/")[2]
    stranger = await surf()
    assert "Moss &lt;b&gt;" not in (await stranger.get("/resources")).text
    assert (await stranger.get("/resources/new")).headers["Location"].startswith("/signin")
    assert (await (await surf(bob)).get(f"/resources/{post_id}/edit")).status == 404
    assert (await (await surf(bob)).send(f"/resources/{post_id}/edit", FORM)).status == 404
    assert (await stranger.get("/resources?community=x&minutes=-1&before=abc&teaches=%00")).status == 200
