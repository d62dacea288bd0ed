"""The network as a file, read and written."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from node.errors import BadInput
from node.social.opml import Source, read_csv, read_opml, write_csv, write_opml

NOW = datetime(2026, 11, 23, tzinfo=UTC)
SOURCES = [
    Source("person", "Ada & Co <3", "https://a.example/users/ada", "ada@a.example", "https://a.example/@ada"),
    Source("community", "Gardeners", "https://b.example/c/gardeners", "gardeners@b.example", "https://b.example/c/gardeners"),
    Source("feed", "The blog", "https://c.example/feed?a=1&b=2"),
]


def test_what_is_written_is_read_back():
    assert read_opml(write_opml(SOURCES, "Ada", NOW)) == SOURCES


TEXT = st.text(st.characters(blacklist_categories=("Cs", "Cc", "Cn", "Co", "Zl", "Zp", "Zs")), min_size=1, max_size=20)


@given(st.lists(TEXT, max_size=5))
def test_any_title_comes_back(titles):
    sources = [Source("feed", title, f"https://c.example/{number}") for number, title in enumerate(titles)]
    assert read_opml(write_opml(sources, "Ada", NOW)) == sources


def test_a_feed_readers_file_is_read_with_its_folders():
    body = b"""<?xml version="1.0"?><opml version="1.0"><head><title>x</title></head><body><outline text="News" title="News">
    <outline type="rss" text="A" title="A" xmlUrl="https://a.example/rss" htmlUrl="https://a.example/"/>
    <outline type="rss" text="A again" xmlUrl="https://a.example/rss"/>
    <outline text="bad" xmlUrl="javascript:alert(1)"/></outline></body></opml>"""
    (found,) = read_opml(body)
    assert (found.kind, found.address) == ("feed", "https://a.example/rss")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"hello",
        b"<html/>",
        b'<!DOCTYPE opml [<!ENTITY a "b">]><opml><body/></opml>',
        '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE opml [<!ENTITY a "b">]><opml/>'.encode("utf-16"),
        b'<!DOCTYPE opml SYSTEM "file:///etc/passwd"><opml/>',
        b'<?xml version="1.0" encoding="nonsense"?><opml/>',
        b"<opml>" + b" " * 3_000_000 + b"</opml>",
        b"<opml><body>" + b"".join(b'<outline xmlUrl="https://a.example/%d"/>' % n for n in range(6000)) + b"</body></opml>",
    ],
)
def test_what_is_no_plain_opml_is_refused(body):
    with pytest.raises(BadInput):
        read_opml(body)


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(body):
    for read in (read_opml, read_csv):
        try:
            read(body)
        except BadInput:
            continue


def test_mastodons_lists_are_read():
    followed = b"Account address,Show boosts,Notify on new posts,Languages\nada@a.example,true,false,\n@bob@b.example,true,false,en\n"
    assert read_csv(followed) == ["ada@a.example", "bob@b.example"]
    assert read_csv(b"ada@a.example\n\nbob@b.example\nada@a.example\n") == ["ada@a.example", "bob@b.example"]
    assert read_csv(write_csv(["ada@a.example"])) == ["ada@a.example"]


@pytest.mark.parametrize("body", [b"title,author\nHedges,Ada\n", b"\xff\xfe\x00", b"#domain,#severity\nevil.example,suspend"])
def test_another_csv_is_refused(body):
    with pytest.raises(BadInput):
        read_csv(body)
