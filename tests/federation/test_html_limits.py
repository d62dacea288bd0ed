"""HTML that would take a parser too long is refused before it is parsed; what people write is not."""

import pytest

from federation.errors import Malformed
from federation.html import clean_html, text_from_html
from federation.html_limits import MAX_DEPTH, MAX_ENTITIES, MAX_LENGTH, MAX_PAGE_LENGTH, MAX_PAGE_TAGS, MAX_TAGS, check_markup, page_text
from federation.previews import preview_from_page
from federation.webmentions import mention_from_page

REFUSED = {
    "length": "a" * (MAX_LENGTH + 1),
    "tags": "<br>" * (MAX_TAGS + 1),
    "depth": "<div>" * (MAX_DEPTH + 1),
    "depth behind closed ones": "<b></b>" * 2000 + "<div>" * (MAX_DEPTH + 1),
    "entities": "&" * (MAX_ENTITIES + 1),
    "attributes": "<a " + " ".join(f"a{number}" for number in range(20_000)) + ">x</a>",
    "attributes without white space": "<a" + "/b" * 20_000 + ">",
    "attributes in quotes": "<a " + 'b="c"' * 20_000 + ">",
    "attributes behind a > in quotes": '<a b=">"' + " c" * 20_000 + ">",
    "attributes of many tags": ("<a" + " b" * 5_000 + ">") * 20,
}
TAKEN = {
    "paragraphs": "<p>Hello <b>you</b></p>" * 2_000,
    "open paragraphs and lines": "<p>" * 4_000 + "<br>" * 4_000,
    "a long list": "<ul>" + "<li>moss" * 5_000 + "</ul>",
    "a long text": "word " * 100_000 + "<p>",
    "entities": "&lt;&gt;" * 5_000,
    "a picture in the text": '<img src="data:image/png;base64,' + "ab/c" * 2_000 + '">',
    "nested quotes": "<blockquote>" * 100 + "x" + "</blockquote>" * 100,
}


@pytest.mark.parametrize("name", REFUSED)
@pytest.mark.parametrize("read", [check_markup, clean_html, text_from_html])
def test_what_would_take_too_long_is_refused(name, read):
    with pytest.raises(Malformed):
        read(REFUSED[name])


@pytest.mark.parametrize("name", TAKEN)
def test_what_people_write_is_taken(name):
    check_markup(TAKEN[name])
    clean_html(TAKEN[name])


@pytest.mark.parametrize("body", [b"a" * 10**7, b"<" * 10**6, b"<b>" * 10**6, b"\xff" * 10**6, b""])
def test_of_a_page_the_beginning_is_read(body):
    text = page_text(body)
    assert len(text) <= MAX_PAGE_LENGTH
    assert text.count("<") < MAX_PAGE_TAGS
    assert body.decode("utf-8", "replace").startswith(text)


@pytest.mark.parametrize("broken", [b"<![", b"<!-", b"<!x[", b"</", b"<a b='"])
def test_a_page_that_is_broken_below_is_read_as_far_as_it_goes(broken):
    page = b"<title>Moss</title><a href='https://b.example/'>x</a><p>" + broken * 3
    assert preview_from_page(page, "https://a.example/").title == "Moss"
    assert mention_from_page(page, "https://a.example/", "https://b.example/") is not None
