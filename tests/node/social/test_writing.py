"""Markdown as others see it: safe, with mentions and hashtags found where they are meant."""

import re

import pytest

from node.social.writing import handles_in, write
from storage.records import Account

ORIGIN = "http://hedge.test"


def person(number, name, domain=""):
    uri = f"https://{domain or 'hedge.test'}/users/{name}"
    return Account(number, uri, "Person", name, domain, f"{uri}/inbox", 0, 0, url=f"https://{domain or 'hedge.test'}/@{name}")


PEOPLE = {"ada": person(1, "ada"), "bob@far.example": person(2, "bob", "far.example")}


def html(text):
    return write(text, PEOPLE, ORIGIN).content


def test_markdown_becomes_html():
    assert html("**bold** and *soft*") == "<p><strong>bold</strong> and <em>soft</em></p>"
    assert "<li>" in html("- one\n- two")
    assert "<br>" in html("one\ntwo")


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[click](javascript:alert(1))",
        "[click](JaVaScRiPt:alert(1))",
        "[click](data:text/html,<script>alert(1)</script>)",
        "![x](javascript:alert(1))",
        "<a href='x' onclick='alert(1)'>x</a>",
        "`<script>`<script>alert(1)</script>",
        '[x](https://far.example/"onmouseover="alert(1))',
        "<style>*{display:none}</style>",
        "@ada<script>alert(1)</script> #maths<script>",
    ],
)
def test_nothing_that_acts_comes_through(text):
    found = html(text).lower()
    assert not re.search(r"<(script|img|style)|<[^>]*\son\w+=|(href|src)=.(javascript|data)", found)


def test_mentions_are_links_to_those_who_are_meant():
    written = write("Hello @ada and @bob@Far.example, not @eve", PEOPLE, ORIGIN)
    assert [account.id for account in written.mentioned] == [1, 2]
    assert 'href="https://far.example/@bob"' in written.content
    assert "@eve" in written.content


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("@ada", ["ada"]),
        ("(@ada)", ["ada"]),
        ("@ada.", ["ada"]),
        ("@bob@far.example.", ["bob@far.example"]),
        ("@bob@far.example:8443", ["bob@far.example:8443"]),
        ("write to ada@far.example", []),
        ("https://far.example/@ada", []),
        ("@ada @ada @Ada", ["ada", "Ada"]),
        ("see https://far.example/?to=@ada", []),
        ("@_ada_@far.example", ["_ada_@far.example"]),
    ],
)
def test_handles_are_found_where_they_are_meant(text, found):
    assert handles_in(text) == found


def test_nobody_is_named_inside_code_or_links():
    written = write("`@ada #maths` and [@ada](https://far.example/)\n\n    @ada\n", PEOPLE, ORIGIN)
    assert written.mentioned == ()
    assert written.hashtags == ()


def test_hashtags_are_found_once_and_numbers_are_none():
    written = write("#Maths #maths #Schön #1 # #snake_case C# a#b &#38;", PEOPLE, ORIGIN)
    assert written.hashtags == ("Maths", "Schön", "snake_case")
    assert f'href="{ORIGIN}/tags/maths"' in written.content


def test_a_bare_address_becomes_a_link():
    assert 'href="https://far.example/x"' in html("See https://far.example/x")
