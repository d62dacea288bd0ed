"""A post as pieces: what is the same for everybody, and what goes between."""

from dataclasses import replace
from datetime import UTC, datetime

import orjson
import pytest

from node.keyring import Keyring
from node.site import Site
from node.social.proxying import shown_url
from node.web.pages import fragments, rendering
from node.web.pages.emojis import with_emojis
from node.web.pages.fragments import Shown
from node.web.pages.languages import language
from storage.records import Account, Poll, Post

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
SITE = Site("https://hedge.test", "hedge.test", lambda: NOW, Keyring(), proxy_secret=b"secret")
ADA = Account(1, "https://hedge.test/users/ada", "Person", "ada", "", "https://hedge.test/users/ada/inbox", 0, 0, display_name="Ada")
POST = Post(117 << 50, "https://hedge.test/1", 1, "Note", 0, 1_790_000_000_000, content="<p>Hello</p>")


def text_of(post: Post, author: Account = ADA, poll: Poll | None = None, **more: bool) -> str:
    return b"|".join(fragments.make(Shown(post, author, None, poll), language("en"), SITE, **more).parts).decode()


@pytest.mark.parametrize(
    "post",
    [
        POST,
        replace(POST, visibility=3),
        replace(POST, type="Article", title="On hedges", summary="How they grow"),
        replace(POST, summary="Careful", sensitive=True),
        replace(POST, type="Event", title="Walk", event=orjson.dumps({"starts": "2026-12-01T10:00:00Z", "location": "The lane"}).decode()),
        replace(POST, type="Event", event=orjson.dumps({}).decode()),
        replace(POST, content="", quote_uri="https://other.example/1"),
        replace(POST, edited_ms=1_790_000_100_000),
    ],
)
def test_every_kind_of_post_has_the_same_holes(post):
    assert text_of(post).count("|") == fragments.PARTS - 1


def test_a_warning_stands_before_the_text():
    text = text_of(replace(POST, summary="Careful", sensitive=True))
    assert text.index('<details class="warned"><summary><span dir="auto">Careful</span>') < text.index("<p>Hello</p>")


def test_an_articles_summary_is_no_warning():
    text = text_of(replace(POST, type="Article", title="On hedges", summary="How they grow"))
    assert "warned" not in text
    assert '<p class="intro" dir="auto">How they grow</p>' in text


def test_sensitive_pictures_wait_to_be_asked_for():
    files = orjson.dumps([{"type": "Image", "url": "https://x.example/a.png", "media_type": "image/png", "alt": "Ivy"}]).decode()
    assert "<details" not in text_of(replace(POST, attachments=files))
    assert '<details class="warned">' in text_of(replace(POST, attachments=files, sensitive=True))


def test_a_file_that_is_no_web_address_is_not_shown():
    files = orjson.dumps([{"type": "Link", "url": "javascript:alert(1)"}, {"type": "Video", "url": "https://x.example/v"}]).decode()
    text = text_of(replace(POST, attachments=files))
    assert "javascript" not in text
    assert 'aria-label="A film without a description"' in text


def test_a_long_post_is_folded_in_lists_only():
    long = replace(POST, content=f"<p>{'word ' * 2000}</p>")
    assert "Read it all" in text_of(long)
    assert "Read it all" not in text_of(long, unfolded=True)


def test_a_remote_post_leads_to_where_it_was_written():
    elsewhere = replace(ADA, domain="other.example")
    others, own = fragments.make(
        Shown(replace(POST, url="https://other.example/@ada/1"), elsewhere, None, None), language("en"), SITE
    ).menus
    assert b'href="https://other.example/@ada/1"' in others
    assert b"/delete" not in others
    assert b"/delete" in own


@pytest.mark.parametrize(
    ("votes", "voters", "multiple", "percents"),
    [
        ((3, 1), 4, False, [75, 25]),
        ((0, 0), 0, False, [0, 0]),
        ((3, 3), 4, True, [75, 75]),
        ((5, 0), 2, True, [100, 0]),
        ((-3, 3), None, False, [0, 100]),
    ],
)
def test_a_polls_shares_are_percents_whatever_its_server_says(votes, voters, multiple, percents):
    options = orjson.dumps([{"title": f"Answer {number}", "votes": count} for number, count in enumerate(votes)]).decode()
    values = fragments.poll_values(Poll(1, options, multiple, None, voters), NOW)
    assert [option["percent"] for option in values["options"]] == percents


def test_an_emoji_becomes_its_picture_in_text_and_not_in_markup():
    emojis = '[["wren","https://x.example/wren.png"],["bad","javascript:x"]]'
    assert with_emojis(":wren: & :bad: :none:", emojis) == (
        '<img class="emoji" src="https://x.example/wren.png" alt=":wren:" title=":wren:" loading="lazy"> &amp; :bad: :none:'
    )
    markup = fragments.Markup('<a href="https://x.example/:wren:">x</a>')
    assert with_emojis(markup, emojis) == markup


def test_pictures_of_other_servers_come_through_ours_and_films_from_where_they_are():
    far = "https://far.example"
    emojis = f'[["wren","{far}/wren.png"]]'
    files = orjson.dumps([{"url": f"{far}/a.png?x=1&y=2", "type": "Image"}, {"url": f"{far}/a.mp4", "type": "Video"}]).decode()
    author = replace(ADA, icon_url=f"{far}/ada.png", display_name="Ada :wren:", emojis=emojis)
    text = text_of(replace(POST, attachments=files), author) + fragments.make_ribbon(author, language("en"), SITE).decode()
    for name in ("ada.png", "a.png?x=1&y=2", "wren.png"):
        assert f'src="{shown_url(SITE, f"{far}/{name}")}"' in text
    assert f'<img src="{far}' not in text
    assert f'src="{far}/a.mp4"' in text


def test_what_is_ours_and_what_is_shown_without_the_proxy_stays_as_it_is():
    own = '<img class="emoji" src="https://hedge.test/media/a.png" alt="https://far.example/">'
    assert rendering.with_shown(SITE, own) == own
    far = '<img src="https://far.example/a.png?x=1&amp;y=2">'
    assert rendering.with_shown(replace(SITE, proxy_secret=b""), far) == far
