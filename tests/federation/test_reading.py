from datetime import UTC, datetime

import pytest

from federation.errors import Malformed
from federation.reading import (
    PUBLIC,
    addressees_from,
    count_from,
    date_from,
    group_from,
    language_from,
    named_text,
    text_from,
    type_from,
    types_from,
    uri_from,
    uris_from,
    wire_date,
)

ADA = "https://a.example/users/ada"
BOB = "https://b.example/users/bob"


@pytest.mark.parametrize(
    "value",
    [ADA, [ADA], {"id": ADA}, [{"id": ADA, "type": "Person"}], {"type": "Link", "href": ADA}, [None, 7, ADA, BOB], ["no uri", {"id": ADA}]],
)
def test_an_address_is_found_in_any_shape(value):
    assert uri_from(value) == ADA


@pytest.mark.parametrize(
    "uri", ["https://[2001:db8::1]:8443/x", "http://127.0.0.1:8420/", "https://bücher.example/ü", "HTTPS://A.Example?x#y"]
)
def test_an_address_is_kept_as_it_came(uri):
    assert uri_from(uri) == uri


@pytest.mark.parametrize(
    "value",
    [
        None,
        7,
        "",
        "ada",
        {},
        [],
        {"id": None},
        {"id": {"id": ADA}},
        [[ADA]],
        "ftp://a.example/x",
        "javascript:alert(1)",
        "acct:ada@a.example",
        "https://",
        "https:///path",
        "https://a.example/with space",
        "https://a.example/\nx",
        " https://a.example/",
        "https://ada:secret@a.example/",
        "https://a.example\\@b.example/",
        'https://a.example/"onclick=',
        "https://a.example/" + "x" * 2048,
        True,
        "https://[::1",
        "https://[::::]/",
        "https://a.example:https/",
        "http://\u2100.example/",
    ],
)
def test_what_is_no_address_is_none(value):
    assert uri_from(value) is None


def test_several_addresses_keep_their_order_and_stand_once():
    assert uris_from([BOB, {"id": ADA}, BOB, 3, {"href": BOB}]) == (BOB, ADA)


@pytest.mark.parametrize("name", ["as:Public", "Public", PUBLIC])
def test_the_public_collection_has_three_names(name):
    assert addressees_from([name, ADA]) == (PUBLIC, ADA)
    assert addressees_from(name) == (PUBLIC,)


def test_addressees_that_are_no_address_are_left_out():
    assert addressees_from(["john@example.com", None, {"type": "Person", "id": ADA}, 9]) == (ADA,)


def test_too_many_addressees_are_refused():
    many = [f"https://a.example/{number}" for number in range(1001)]
    assert len(addressees_from(many[:1000])) == 1000
    with pytest.raises(Malformed):
        addressees_from(many)


def test_the_group_is_never_the_public_collection():
    assert group_from([PUBLIC, ADA]) == ADA
    assert group_from(PUBLIC) is None


@pytest.mark.parametrize(
    "stated", ["Note", ["Note"], ["Thing", "Note", "Article"], "as:Note", "https://www.w3.org/ns/activitystreams#Note"]
)
def test_a_type_is_found_in_any_shape(stated):
    assert type_from({"type": stated}, ("Article", "Note")) == "Note"


@pytest.mark.parametrize("stated", [None, 7, {}, [], [[]], "Thing", {"Note": 1}])
def test_a_type_that_is_not_known_is_none(stated):
    assert type_from({"type": stated}, ("Article", "Note")) is None


def test_an_unknown_prefix_stays():
    assert types_from({"type": ["x:Thing", "toot:Emoji"]}) == ["x:Thing", "Emoji"]


def test_text_is_stripped_cut_and_free_of_control_characters():
    assert text_from("  a\0b\x1bc  ", 10) == "abc"
    assert text_from("abcdef", 3) == "abc"
    assert text_from("line\nline\tend", 20) == "line\nline\tend"
    assert text_from(7, 3) == text_from(None, 3) == text_from(["a"], 3) == ""


def test_a_name_may_come_by_language_only():
    assert named_text({"nameMap": {"de": "Titel", "en": "Title"}}, "name", 50) == "Titel"
    assert named_text({"name": "Plain", "nameMap": {"de": "Titel"}}, "name", 50) == "Plain"
    assert named_text({"name": {"en": "no"}, "nameMap": "no"}, "name", 50) == ""


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        ("2021-11-05T11:46:50Z", datetime(2021, 11, 5, 11, 46, 50, tzinfo=UTC)),
        ("2021-10-07T18:06:52.555500Z", datetime(2021, 10, 7, 18, 6, 52, 555500, tzinfo=UTC)),
        ("2014-12-31T23:00:00-08:00", datetime(2015, 1, 1, 7, 0, 0, tzinfo=UTC)),
        ("2022-03-01T21:00:16+00:00", datetime(2022, 3, 1, 21, 0, 16, tzinfo=UTC)),
        ("2021-02-26T12:35:34.292626789Z", datetime(2021, 2, 26, 12, 35, 34, 292626, tzinfo=UTC)),
        ("2021-11-05T11:46:50", datetime(2021, 11, 5, 11, 46, 50, tzinfo=UTC)),
    ],
)
def test_dates_are_moments_in_utc(stated, expected):
    assert date_from(stated) == expected
    assert date_from(wire_date(expected)) == expected


@pytest.mark.parametrize(
    "stated",
    [None, "", "yesterday", 1636112810, "2021-13-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "1" * 99, []],
)
def test_what_is_no_date_is_none(stated):
    assert date_from(stated) is None


def test_counts_are_whole_and_not_negative():
    assert [count_from(value) for value in (0, 596, -1, 1.5, "3", True, None, 2**40)] == [0, 596, None, None, None, None, None, None]


def test_languages_are_tags():
    assert [language_from(value) for value in ("de", "pt-BR", "zh-Hant-TW", "und", "", "<b>", 7, None)] == [
        "de",
        "pt-BR",
        "zh-Hant-TW",
        *[None] * 5,
    ]


@pytest.mark.parametrize("code", [0xD800, 0xDFFF])
def test_half_a_character_in_a_text_is_the_replacement_character(code):
    assert text_from(f"a{chr(code)}b\x07", 10) == "a\ufffdb"


@pytest.mark.parametrize("whole", ["a", "ä", "😀", "\ufffd"])
def test_a_whole_character_stays(whole):
    assert text_from(whole, 10) == whole
