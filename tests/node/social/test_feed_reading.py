"""Feeds in every format, and what is refused."""

from datetime import UTC, datetime

import pytest

from federation.errors import Malformed
from node.social.feed_reading import ENTRIES, feed_address_from_page, feed_from_bytes

HERE = "https://blog.example/feed"
MOMENT = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
RSS = """<?xml version="1.0"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>
<title>Ada &amp; Co</title><link>https://blog.example/</link><description>Of hedges</description><ttl>120</ttl>
<item><title>Prime &lt;i&gt;numbers&lt;/i&gt;</title><link>https://blog.example/1</link><guid isPermaLink="false">urn:1</guid>
<pubDate>Sun, 01 Mar 2026 12:00:00 GMT</pubDate><category>Number theory</category><description>short</description>
<content:encoded><![CDATA[<p>Long <script>alert(1)</script><a href="/2">text</a></p>]]></content:encoded>
<enclosure url="https://blog.example/1.mp3" type="audio/mpeg" length="5"/></item></channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>Ada &amp; Co</title><subtitle>Of hedges</subtitle><link href="https://blog.example/"/>
<entry><id>urn:1</id><title>Prime numbers</title><link href="https://blog.example/1"/><updated>2026-03-01T12:00:00Z</updated>
<category term="Number theory"/><content type="html">&lt;p&gt;Long &lt;a href="/2"&gt;text&lt;/a&gt;&lt;/p&gt;</content></entry></feed>"""
RDF = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
 xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="https://blog.example/"><title>Ada &amp; Co</title>
<link>https://blog.example/</link><description>Of hedges</description></channel><item rdf:about="urn:1"><title>Prime numbers</title>
<link>https://blog.example/1</link><dc:date>2026-03-01T12:00:00Z</dc:date><dc:subject>Number theory</dc:subject>
<description>&lt;p&gt;Long &lt;a href="/2"&gt;text&lt;/a&gt;&lt;/p&gt;</description></item></rdf:RDF>"""
JSON = """{"version": "https://jsonfeed.org/version/1.1", "title": "Ada & Co", "description": "Of hedges", "home_page_url": "https://blog.example/",
"items": [{"id": "urn:1", "url": "https://blog.example/1", "title": "Prime numbers", "date_published": "2026-03-01T13:00:00+01:00",
"tags": ["Number theory"], "content_html": "<p>Long <script>x</script><a href='https://blog.example/2'>text</a></p>"}]}"""
BOMB = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><rss version="2.0"><channel><title>&b;</title></channel></rss>'


def read(text, content_type="", encoding="utf-8"):
    return feed_from_bytes(text.encode(encoding), HERE, content_type)


@pytest.mark.parametrize("text", [RSS, ATOM, RDF, JSON], ids=["rss", "atom", "rdf", "json"])
def test_every_format_says_the_same(text):
    feed = read(text)
    (entry,) = feed.entries
    assert (feed.title, feed.about, feed.link) == ("Ada & Co", "Of hedges", "https://blog.example/")
    assert (entry.guid, entry.url, entry.title, entry.published) == ("urn:1", "https://blog.example/1", "Prime numbers", MOMENT)
    assert entry.tags == ("number_theory",)
    assert entry.content == '<p>Long <a href="https://blog.example/2" rel="nofollow noopener noreferrer ugc">text</a></p>'


def test_what_only_rss_has():
    feed = read(RSS)
    assert feed.ttl_s == 7200
    assert feed.entries[0].files == ({"type": "Audio", "url": "https://blog.example/1.mp3", "media_type": "audio/mpeg", "alt": ""},)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_feed_that_declares_entities_is_refused(encoding):
    with pytest.raises(Malformed, match="entities"):
        read(BOMB, encoding=encoding)


@pytest.mark.parametrize("text", ["", "hello", "<html><body>Hello</body></html>", "{}", '{"version": "2"}', "{", "/etc/passwd"])
def test_what_is_no_feed_is_refused(text):
    with pytest.raises(Malformed):
        read(text, "text/html")


def test_an_entry_without_an_id_or_a_date_is_known_by_its_link_or_its_words():
    entries = "<item><title>A</title><link>https://blog.example/a</link></item><item><title>B</title></item><item></item>"
    entries += "<item><pubDate>someday</pubDate><title>C</title></item>"
    feed = read(f'<rss version="2.0"><channel><title>x</title>{entries}</channel></rss>')
    assert [(entry.guid, entry.published) for entry in feed.entries] == [("https://blog.example/a", None), ("B", None), ("C", None)]


def test_a_long_feed_is_cut_and_the_same_entry_counts_once():
    items = "".join(f"<item><guid>{n // 2}</guid><title>n{n}</title></item>" for n in range(300))
    assert len(read(f'<rss version="2.0"><channel><title>x</title>{items}</channel></rss>').entries) == ENTRIES // 2


def test_the_page_says_where_its_feed_is():
    page = b'<link rel="stylesheet" href="/x.css"><LINK REL="Alternate" TYPE="application/rss+xml" HREF="/rss?a=1&amp;b=2"></head>'
    assert feed_address_from_page(page, "https://blog.example/about/") == "https://blog.example/rss?a=1&b=2"
    assert feed_address_from_page(b'<link rel=alternate type="application/rss+xml" href="javascript:x">', "https://blog.example/") is None
    assert feed_address_from_page(b"\xff<<<link", "https://blog.example/") is None
