"""The library's pages."""

import re

from aiohttp import FormData

from storage.records import PRIVATE
from tests.node.web.pages.conftest import CSRF

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


def with_file(fields, body, token):
    data = FormData({**fields, "csrf": token})
    data.add_field("document", body, filename="moss.html", content_type="text/html")
    return data


async def test_a_document_is_shared_and_only_ever_saved(world, surf):
    browser = await surf(await world.account("ada"))
    token = CSRF.search((await browser.get("/resources/new")).text)[1]
    page = b"<script>alert(1)</script>"
    sent = await browser.send_raw("/resources/new", with_file({**FORM, "link": ""}, page, token))
    assert sent.status == 303
    (where,) = set(re.findall(r"/media/[0-9a-f]+\.txt", (await browser.get(sent.headers["Location"])).text))
    served = await (await surf()).get(where)
    assert served.text == page.decode()
    assert served.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert served.headers["Content-Disposition"] == "attachment"
    assert served.headers["X-Content-Type-Options"] == "nosniff"
    assert where in (await browser.get("/resources")).text


async def test_an_uploaded_document_outlives_a_mistake_in_the_form(world, surf):
    browser = await surf(await world.account("ada"))
    token = CSRF.search((await browser.get("/resources/new")).text)[1]
    wrong = await browser.send_raw("/resources/new", with_file({**FORM, "link": "", "title": ""}, b"%PDF-1.7", token))
    assert wrong.status == 422
    document_id = re.search(r'name="document_id" value="(\d+)"', wrong.text)[1]
    assert (await browser.send("/resources/new", {**FORM, "link": "", "document_id": document_id})).status == 303
    refused = await browser.send_raw("/resources/new", with_file({**FORM, "link": ""}, b"\x7fELF\x00", token))
    assert refused.status == 422
    assert "no document that we take" in refused.text
