"""Webmention and Pingback on the wire."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from federation.errors import Malformed
from federation.webmentions import endpoint_from, mention_from_page, pingback_answer, pingback_from_bytes

HERE, TARGET = "https://blog.example/posts/1", "https://hedge.test/@ada/1"
HTML = {"Content-Type": "text/html; charset=utf-8"}


@pytest.mark.parametrize(
    ("headers", "body", "endpoint"),
    [
        ({"Link": '<https://blog.example/wm>; rel="webmention"'}, b"", "https://blog.example/wm"),
        ({"Link": "</wm?a=1>; rel=webmention"}, b"", "https://blog.example/wm?a=1"),
        (
            {"LINK": '<https://x.example/>; rel="preload", </wm>; rel="other webmention"'},
            b'<link rel="webmention" href="/no">',
            "https://blog.example/wm",
        ),
        (HTML, b'<link rel="webmention" href="/wm">', "https://blog.example/wm"),
        (HTML, b'<a rel="nofollow webmention" href="wm">x</a><link rel="webmention" href="/later">', "https://blog.example/posts/wm"),
        (HTML, b'<link rel="webmention" href="">', HERE),
        (HTML, b'<!-- <link rel="webmention" href="/no"> --><link rel="not-webmention" href="/no"><a rel="webmention">no</a>', None),
        (HTML, b'<link rel="webmention" href="javascript:x">', None),
        ({"Content-Type": "text/plain"}, b'<link rel="webmention" href="/no">', None),
    ],
)
def test_the_endpoint_is_where_the_standard_puts_it(headers, body, endpoint):
    assert endpoint_from(headers, body, HERE) == endpoint


ENTRY = f"""<title>The page</title><article class="h-entry"><h1 class="p-name">On hedges</h1><div class="p-author h-card">
<a class="p-name u-url" href="/about">Bob B.</a></div><a class="u-in-reply-to" href="{TARGET}#top">this</a>
<time class="dt-published" datetime="2026-03-01T12:00:00Z">March</time>
<div class="e-content"><p>Well <b>said</b>.<script>x</script></p></div></article>"""


def test_an_entry_is_read():
    found = mention_from_page(ENTRY.encode(), HERE, TARGET)
    assert (found.kind, found.author_name, found.author_url) == ("reply", "Bob B.", "https://blog.example/about")
    assert (found.title, found.text, found.published) == ("On hedges", "Well said.", datetime(2026, 3, 1, 12, tzinfo=UTC))


def test_a_plain_page_that_links_is_a_mention_with_its_title():
    found = mention_from_page(f'<title>My page</title><p><a href="{TARGET}">x</a>'.encode(), HERE, TARGET)
    assert (found.kind, found.author_name, found.title, found.text) == ("mention", "", "My page", "")


@pytest.mark.parametrize(
    "body",
    [
        f"<!-- <a href='{TARGET}'>x</a> -->",
        f"<p>{TARGET}</p>",
        f'<a href="{TARGET}0">x</a>',
        f'<a href="https://evil.example/?u={TARGET}">x</a>',
        "",
    ],
)
def test_what_is_no_link_to_the_target_is_no_mention(body):
    assert mention_from_page(body.encode(), HERE, TARGET) is None


@given(st.text(alphabet="<>/a\"= '!-classhreflinkh-entryp-name&;#x", max_size=200))
def test_any_page_is_read(text):
    mention_from_page(text.encode(), HERE, TARGET)
    endpoint_from({}, text.encode(), HERE)


def ping(*values: str, method: str = "pingback.ping", before: str = "") -> bytes:
    params = "".join(f"<param><value><string>{value}</string></value></param>" for value in values)
    return f'<?xml version="1.0"?>{before}<methodCall><methodName>{method}</methodName><params>{params}</params></methodCall>'.encode()


def test_a_pingback_is_read():
    assert pingback_from_bytes(ping(HERE, TARGET)) == (HERE, TARGET)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<methodCall/>",
        ping(HERE),
        ping(HERE, TARGET, method="system.multicall"),
        ping("&a;", TARGET, before='<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'),
        ping("x" * 20_000, TARGET),
    ],
)
def test_what_is_no_pingback_is_refused(body):
    with pytest.raises(Malformed):
        pingback_from_bytes(body)


def test_an_answer_escapes_what_it_says():
    assert b"<string>a &lt;b&gt;</string>" in pingback_answer("a <b>")
    assert b"<int>33</int>" in pingback_answer("no", 33)
