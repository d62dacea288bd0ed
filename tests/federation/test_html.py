import pytest
from hypothesis import given
from hypothesis import strategies as st

from federation import html
from federation.errors import Malformed
from federation.html import (
    MAX_LENGTH,
    MAX_TAGS,
    clean_html,
    html_from_link,
    html_from_text,
    paragraphs_of,
    text_from_html,
    wire_summary,
)
from federation.html_limits import MAX_DEPTH, UNNESTED

STEPS = 10**8  # of a parser that takes quadratic time for deep nesting: a fifth of a second
REL = 'rel="nofollow noopener noreferrer ugc"'


def test_what_mastodon_writes_stays_readable():
    mention = (
        '<p><span class="h-card" translate="no"><a href="https://m.example/@ada" class="u-url mention">@<span>ada</span></a></span> hi</p>'
    )
    assert clean_html(mention) == mention.replace('mention">', f'mention" {REL}>')
    link = '<a href="https://m.example/x"><span class="invisible">https://</span><span class="ellipsis">m.example/x</span></a>'
    assert clean_html(link) == link.replace('/x">', f'/x" {REL}>')


def test_a_quote_fallback_keeps_its_class_and_others_are_dropped():
    assert clean_html('<span class="quote-inline evil">RE:</span>') == '<span class="quote-inline">RE:</span>'


@pytest.mark.parametrize(
    ("evil", "harmless"),
    [
        ("<script>alert(1)</script>after", "after"),
        ("<img src=x onerror=alert(1)>text", "text"),
        ('<p style="position:fixed" id="x" onclick="y">text</p>', "<p>text</p>"),
        ('<a href="javascript:alert(1)">text</a>', f"<a {REL}>text</a>"),
        ('<a href="jav&#x09;ascript:alert(1)">text</a>', f"<a {REL}>text</a>"),
        ('<a href="data:text/html,x">text</a>', f"<a {REL}>text</a>"),
        ('<a href="/settings">text</a>', f"<a {REL}>text</a>"),
        ('<a href="//evil.example">text</a>', f"<a {REL}>text</a>"),
        ("<iframe src=https://e.example>inside</iframe>text", "text"),
        ("<svg><style><img src=x></style></svg>text", "text"),
        ("<form action=x><input name=y><button>go</button></form>", "go"),
        ("<math><mtext><script>x</script></mtext></math>text", "text"),
        ("<!-- comment -->text", "text"),
        ("a\0b&#1;c", "abc"),
        ('<meta http-equiv="refresh" content="0"><base href="https://e.example">text', "text"),
    ],
)
def test_what_could_do_harm_is_gone(evil, harmless):
    assert clean_html(evil) == harmless


def test_links_by_http_and_mail_stay():
    assert 'href="https://a.example/?x=1&amp;y=2"' in clean_html('<a href="https://a.example/?x=1&y=2">x</a>')
    assert 'href="mailto:a@b.example"' in clean_html('<a href="mailto:a@b.example">x</a>')


@given(st.text(alphabet=st.sampled_from("<>&;\"'=/ab pi\0\r\n\xa0#1-!"), max_size=200))
def test_cleaning_twice_changes_nothing(markup):
    assert clean_html(clean_html(markup)) == clean_html(markup)


@given(st.text(alphabet=st.characters(exclude_characters="<&")))
def test_text_without_markup_is_only_escaped(text):
    assert "<" not in clean_html(text)
    assert clean_html(clean_html(text)) == clean_html(text)


@pytest.mark.parametrize("reader", [clean_html, text_from_html, html_from_text])
@pytest.mark.parametrize("around", ["", "\xa0", "<b>", "&", "&amp;", "é", "<!--"])
@pytest.mark.parametrize("code", [0xD800, 0xDBFF, 0xDC00, 0xDFFF])
def test_half_a_character_is_the_replacement_character(reader, around, code):
    read = reader(f"a {chr(code)}{around} z")
    assert read == reader(f"a \ufffd{around} z")
    assert read.encode("utf-8")


@given(st.text(alphabet=st.one_of(st.characters(), st.sampled_from([chr(0xD800), chr(0xDFFF), *"<&>"])), max_size=50))
def test_whatever_is_read_can_be_written(text):
    for reader in (clean_html, text_from_html, html_from_text):
        assert reader(text).encode("utf-8").decode() == reader(text)


def test_too_long_or_too_many_tags_are_refused():
    assert clean_html("x" * MAX_LENGTH) == "x" * MAX_LENGTH
    for reader in (clean_html, text_from_html):
        with pytest.raises(Malformed):
            reader("x" * (MAX_LENGTH + 1))
        with pytest.raises(Malformed):
            reader("<b>" * (MAX_TAGS + 1))


NESTING = pytest.mark.parametrize(
    "opening", ["<blockquote>", "<b>", "<i><p>", "<ul><li>", "<table><tr><td>", "<a href=https://x.example>", "<ruby><rt>"]
)


def levels(opening):
    """How many of the elements have to be closed."""
    return len([name for name in opening.replace(">", " ").split("<")[1:] if name.split()[0] not in UNNESTED])


class Parser:
    """Counts what it is given, in place of nh3."""

    def __init__(self):
        self.given = []

    def clean(self, markup):
        self.given.append(markup.count("<"))
        return markup


@NESTING
def test_a_parser_whose_time_grows_with_the_square_of_the_depth_gets_no_more_than_it_can_do(opening, monkeypatch):
    parser = Parser()
    monkeypatch.setattr(html, "_CLEANER", parser)
    monkeypatch.setattr(html, "_STRIPPER", parser)
    deepest = opening * (MAX_DEPTH // levels(opening))
    for reader in (clean_html, text_from_html):
        reader(deepest)
        with pytest.raises(Malformed):
            reader(deepest + opening)
    assert len(parser.given) == 2
    assert max(parser.given) ** 2 <= STEPS


@NESTING
def test_what_comes_out_of_deep_markup_grows_as_what_goes_in(opening):
    half = MAX_DEPTH // levels(opening) // 2
    small, great = (len(clean_html(opening * times)) for times in (half, 2 * half))
    assert 0 < great <= 2.05 * small


def test_text_keeps_paragraphs_and_lines():
    assert (
        text_from_html("<p>one<br>two</p><p>three &amp; <b>four</b></p><ul><li>a</li><li>b</li></ul>") == "one\ntwo\n\nthree & four\n\na\nb"
    )
    assert text_from_html("plain") == "plain"
    assert text_from_html("<script>x</script>1 < 2") == "1 < 2"


def test_text_becomes_paragraphs_with_links():
    assert html_from_text("one <b>\ntwo\r\n\r\nsee https://a.example/?a=1&b=2.") == (
        f'<p>one &lt;b&gt;<br>two</p><p>see <a href="https://a.example/?a=1&amp;b=2" {REL}>https://a.example/?a=1&amp;b=2</a>.</p>'
    )
    assert html_from_text("") == ""


def test_a_link_stands_in_for_a_text():
    assert html_from_link("https://a.example/?a=1&b=2", "A <title>") == (
        f'<p><a href="https://a.example/?a=1&amp;b=2" {REL}>A &lt;title&gt;</a></p>'
    )


@given(st.text(alphabet=st.sampled_from("<>&;/abmp gtl"), max_size=40).map(str.strip))
def test_a_summary_is_read_as_it_was_written(text):
    assert text_from_html(wire_summary(text)) == text


def test_a_summary_that_nobody_misreads_goes_out_as_it_is():
    assert wire_summary("R&D, 1 < 2") == "R&D, 1 < 2"
    assert wire_summary("<b>") == "&lt;b&gt;"


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", []),
        ("a", ["a"]),
        ("a\nb", ["a\nb"]),
        ("a\n\nb", ["a", "b"]),
        ("a \t\n \t\n\n  b  ", ["a", "b"]),
        ("\n\n a\n\n\n\nb\n\n", ["a", "b"]),
        ("a\n  b", ["a\n  b"]),
        (" " * 1000, []),
    ],
)
def test_paragraphs_are_what_stands_between_empty_lines(text, parts):
    assert paragraphs_of(text) == parts
