"""What a text in the search box asks."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from node.social.queries import Query, parse


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("prime numbers", Query(phrases=("prime", "numbers"))),
        ('"prime numbers" -even', Query(phrases=("prime numbers",), without=("even",))),
        ('-"even numbers" odd', Query(phrases=("odd",), without=("even numbers",))),
        ("from:@ada in:maths@far.example x", Query(phrases=("x",), author="ada", community="maths@far.example")),
        ("#Maths", Query(tag="maths")),
        ("tag:#Maths kind:Reflection", Query(tag="maths", kind="reflection")),
        ("after:2026-01-01 before:2026-02", Query(after=datetime(2026, 1, 1, tzinfo=UTC), before=datetime(2026, 2, 1, tzinfo=UTC))),
        ("has:answer has:picture", Query(answered=True, pictured=True)),
        ("after:someday kind:nothing", Query(strange=("after:someday", "kind:nothing"))),
        ("std:vector", Query(phrases=("std:vector",))),
        ('"unclosed', Query(phrases=("unclosed",))),
        ("- * ( ) ^ :", Query()),
        ("a\0b", Query(phrases=("a", "b"))),
    ],
)
def test_a_text_is_a_question(text, query):
    assert parse(text) == query


def test_a_query_of_nothing_but_what_is_left_out_asks_for_nothing():
    assert parse("-even").is_empty
    assert parse("").is_empty
    assert not parse("has:picture").is_empty


@given(st.text())
def test_no_text_is_an_error(text):
    parse(text)


@given(st.lists(st.sampled_from(["from:", "after:", "-", '"', "2026", "-99", "a", "#", ":", "NEAR(", "*", "tag:", "²"]), max_size=12))
def test_no_mixture_of_operators_is_an_error(pieces):
    parse("".join(pieces))
