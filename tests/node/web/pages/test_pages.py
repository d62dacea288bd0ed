"""What every page is sent with, and that nothing a stranger writes acts on it."""

from dataclasses import replace
from html.parser import HTMLParser

import pytest

from federation.records import Attachment, Emoji, Poll, PollOption
from node.social import remote

HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(1)>'
PAGES = ("/", "/signin", "/about", "/@ada", "/local", "/tags/x", "/search", "/nowhere")


class Attributes(HTMLParser):
    """Collects attributes that could act."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [f"{tag} {name}" for name, _ in attrs if name.startswith("on") or name == "style"]


def acting_attributes(text: str) -> list[str]:
    parser = Attributes()
    parser.feed(text)
    return parser.found


def test_an_attribute_that_acts_would_be_found():
    assert acting_attributes('<p title="onclick=x"><b onclick="x" style="y">') == ["b onclick", "b style"]


@pytest.mark.parametrize("path", PAGES)
async def test_a_page_allows_no_script_and_no_frame(world, surf, path):
    await world.account("ada")
    seen = await (await surf()).get(path)
    policy = dict(part.strip().split(" ", 1) for part in seen.headers["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert "script-src" not in policy
    assert policy["style-src"] == "'self'"
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert seen.headers["X-Content-Type-Options"] == "nosniff"
    assert seen.headers["Referrer-Policy"] == "same-origin"
    assert "<script" not in seen.text
    assert acting_attributes(seen.text) == []


async def test_a_form_may_lead_to_other_servers_only_where_one_follows_from_there(world, surf):
    ada = await world.account("ada")
    browser = await surf()
    assert "form-action 'self' https:" in (await browser.get("/@ada")).headers["Content-Security-Policy"]
    assert "form-action 'self';" in (await browser.get("/signin")).headers["Content-Security-Policy"]
    assert "form-action 'self';" in (await (await surf(ada)).get("/@ada")).headers["Content-Security-Policy"]


async def test_what_strangers_write_is_text_and_nothing_else(world, surf):
    ada = await world.account("ada")
    mallory = await world.stranger("mallory")
    await world.follow(ada, mallory)
    named = replace(mallory.actor, display_name=HOSTILE, icon_alt=HOSTILE, emojis=(Emoji("x", "javascript:alert(1)"),))
    await world.context.database.write(remote.save_actor, world.context.site, named)
    attached = (
        Attachment("Image", "https://x.example/a.png", "image/png", alt=HOSTILE),
        Attachment("Link", "https://x.example/", alt=HOSTILE),
    )
    note = mallory.note("1", f"<p>{HOSTILE}</p>", title="", summary=HOSTILE, attachments=attached, language='en" onload="x')
    await world.receive(mallory.create(note), mallory)
    post = await world.find_post(note.uri)
    browser = await surf(ada)
    domain = (await world.known(mallory)).domain
    for path in ("/", f"/@mallory@{domain}", f"/@mallory@{domain}/{post.id}", f"/compose?reply_to={post.id}", "/@ada/following"):
        seen = await browser.get(path)
        assert seen.status == 200, path
        assert "<script" not in seen.text
        assert "<img src=x" not in seen.text
        assert "javascript:" not in seen.text
        assert acting_attributes(seen.text) == []


async def test_a_post_has_its_own_language_and_direction(world, surf):
    ada = await world.account("ada")
    await world.post(ada, "صباح الخير", language="ar")
    await world.post(ada, "Guten Morgen", language="de")
    await world.post(ada, "?")
    text = (await (await surf(ada)).get("/@ada")).text
    assert '<div class="text" lang="ar" dir="rtl">' in text
    assert '<div class="text" lang="de" dir="ltr">' in text
    assert '<div class="text" dir="auto">' in text


async def test_a_page_speaks_the_language_that_the_browser_asks_for(world, surf):
    await world.account("ada")
    browser = await surf()
    assert '<html lang="de" dir="ltr">' in (await browser.get("/signin", **{"Accept-Language": "fr;q=0.9, de-AT, en;q=0.1"})).text
    assert '<html lang="en" dir="ltr">' in (await browser.get("/signin", **{"Accept-Language": "fr"})).text
    assert "Name und Passwort passen nicht zusammen." in (await browser.send("/signin", {"login": "x"}, **{"Accept-Language": "de"})).text


async def test_a_member_chooses_the_language_for_good(world, surf):
    ada = await world.account("ada")
    browser = await surf(ada)
    assert (await browser.send("/settings/language", {"language": "de"})).status == 303
    assert "Einstellungen" in (await browser.get("/settings")).text
    assert '<html lang="de"' in (await browser.get("/")).text
    assert (await browser.send("/settings/language", {"language": "xx"})).status == 422


async def test_head_names_the_feeds_and_the_activitystreams_document(world, surf):
    ada = await world.account("ada")
    post = await world.post(ada, "Hello *there*")
    browser = await surf()
    head = (await browser.get("/@ada")).text
    for kind, suffix in (("application/atom+xml", "atom"), ("application/rss+xml", "rss"), ("application/feed+json", "json")):
        assert f'<link rel="alternate" type="{kind}" href="/@ada.{suffix}"' in head
    assert f'<link rel="alternate" type="application/activity+json" href="{ada.uri}">' in head
    thread = (await browser.get(f"/@ada/{post.id}")).text
    assert f'<link rel="alternate" type="application/activity+json" href="{post.uri}">' in thread
    assert '<meta property="og:description" content="Hello there">' in thread


async def test_the_same_address_answers_activitystreams_to_servers(world, surf):
    ada = await world.account("ada")
    post = await world.post(ada, "Hello")
    browser = await surf()
    for path, uri in (("/@ada", ada.uri), (f"/@ada/{post.id}", post.uri)):
        seen = await browser.get(path, Accept="application/activity+json")
        assert seen.headers["Content-Type"].startswith("application/activity+json")
        assert f'"id":"{uri}"' in seen.text


async def test_followers_posts_are_for_followers(world, surf):
    ada, bea = await world.account("ada"), await world.account("bea")
    post = await world.post(ada, "For friends #quiet", visibility=2)
    stranger, reader = await surf(), await surf(bea)
    for path in ("/", "/local", "/@ada", "/tags/quiet", "/@ada.atom", "/@ada.rss", "/@ada.json", "/tags/quiet.atom"):
        assert "For friends" not in (await stranger.get(path)).text
        assert "For friends" not in (await reader.get(path)).text
    assert (await reader.get(f"/@ada/{post.id}")).status == 404
    await reader.send("/follow", {"who": "@ada"})
    assert "For friends" in (await reader.get(f"/@ada/{post.id}")).text
    assert (await reader.send(f"/posts/{post.id}/boost")).status == 403


async def test_a_poll_of_another_server_is_shown_and_voted_in_once(world, surf):
    ada = await world.account("ada")
    mira = await world.stranger("mira")
    note = replace(mira.note("q"), type="Question", poll=Poll((PollOption("Moss", 3), PollOption("Fern", 1)), multiple=False, voters=4))
    await world.receive(mira.create(note), mira)
    found = await world.find_post(note.uri)
    assert found is None  # nobody follows mira
    await world.follow(ada, mira)
    again = replace(note, uri=f"{note.uri}2")
    await world.receive(mira.create(again), mira)
    post, domain = await world.find_post(again.uri), (await world.known(mira)).domain
    browser = await surf(ada)
    page = await browser.get(f"/@mira@{domain}/{post.id}")
    assert "75 %" in page.text
    assert 'class="ballot"' in page.text
    assert (await browser.send(f"/posts/{post.id}/vote", {"option": "1"})).status == 303
    assert 'class="ballot"' not in (await browser.get(f"/@mira@{domain}/{post.id}")).text
    assert (await browser.send(f"/posts/{post.id}/vote", {"option": "0"})).status == 422
