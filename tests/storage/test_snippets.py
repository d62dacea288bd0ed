"""The place where words were found."""

from hypothesis import given
from hypothesis import strategies as st

from storage.snippets import MARK, MARK_END, snippet


def marked(texts, *phrases):
    return snippet(texts, phrases).replace(MARK, "[").replace(MARK_END, "]")


def test_what_was_found_is_marked_whatever_its_accents_and_capitals():
    assert marked(["A Hédge, and a hedge."], "hedge") == "A [Hédge], and a [hedge]."
    assert marked(["the prime numbers here"], "prime numbers", "numbers") == "the [prime numbers] here"


def test_a_long_text_is_cut_around_the_first_place():
    text = " ".join(f"w{n}" for n in range(200))
    found = marked([text], "w100")
    assert found.startswith("…w92 ")
    assert "[w100]" in found
    assert found.endswith("w131…")


def test_another_text_is_shown_where_the_first_has_nothing():
    assert marked(["a body", "a title with hedge"], "hedge") == "a title with [hedge]"
    assert marked(["a body", ""], "tagonly") == "a body"
    assert marked([""], "x") == ""


@given(st.lists(st.text(max_size=60), max_size=3), st.lists(st.text(max_size=10), max_size=3))
def test_a_snippet_says_nothing_that_the_text_does_not(texts, phrases):
    found = snippet(texts, phrases).replace(MARK, "").replace(MARK_END, "").strip("…")
    assert any(found in text.replace(MARK, "").replace(MARK_END, "") for text in [*texts, ""])
