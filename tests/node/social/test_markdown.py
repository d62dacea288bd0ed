"""Addresses in a text: found word by word, and nothing that people type makes the parser read the same text again and again."""

import pytest

from node.social import markdown, writing

ORIGIN = "https://here.example"


def hrefs(text):
    content = writing.write(text, {}, ORIGIN).content
    return [part.partition('"')[0] for part in content.split('href="')[1:]]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("see https://a.example/x_y_z, or so", ["https://a.example/x_y_z"]),
        ("https://a.example", ["https://a.example"]),
        ("(https://a.example/b)", ["https://a.example/b"]),
        (
            "a long text before it all, and then https://a.example/ and http://b.example/?c=d",
            ["https://a.example/", "http://b.example/?c=d"],
        ),
        ("**https://a.example/**", ["https://a.example/"]),
        ("mail ada@a.com now", ["mailto:ada@a.com"]),
        ("[a](https://a.example/)", ["https://a.example/"]),
        ("<https://a.example/>", ["https://a.example/"]),
        ("`https://a.example/`", []),
        ("nothing here: or there.", []),
    ],
)
def test_addresses_become_links(text, found):
    assert hrefs(text) == found


UNITS = ("<http://", "https://a", "http://x.com.", "http://x.com/(", "ftp://", "x.com ", "a@a.com ", "www.", "//", "mailto:", "a@b")


@pytest.mark.parametrize("unit", UNITS)
def test_linkify_is_given_each_character_a_few_times_however_long_the_text_is(monkeypatch, unit):
    read = []
    above = markdown.LinkifyIt.match
    at_start = markdown.LinkifyIt.match_at_start
    monkeypatch.setattr(markdown.LinkifyIt, "match", lambda self, text: read.append(len(text)) or above(self, text))
    monkeypatch.setattr(markdown.LinkifyIt, "match_at_start", lambda self, text: read.append(len(text)) or at_start(self, text))
    text = unit * (20_000 // len(unit))
    writing.write(text, {}, ORIGIN)
    assert sum(read) <= 3 * len(text)
    assert all(length <= markdown.MAX_WORD for length in read)


@pytest.mark.parametrize("mark", [*markdown.MARKS, "![", "[a](", "**a", "~~a"])
def test_a_text_of_nothing_but_marks_is_shown_as_it_was_typed(mark):
    text = mark * (markdown.MAX_MARKS + 1)
    assert not markdown.is_bounded(text)
    content = writing.write(text, {}, ORIGIN).content
    assert content.startswith("<p>")
    assert "<a " not in content


def test_a_long_text_with_many_links_is_still_markdown():
    text = "Read [this](https://a.example/) and **that**, _too_.\n\n" * 400
    assert markdown.is_bounded(text)
    assert hrefs(text) == ["https://a.example/"] * 400
