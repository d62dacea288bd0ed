"""Words that somebody does not want to read, found in a text that was read once."""

import pytest

from node.social.filtering import has_keyword


@pytest.mark.parametrize(
    ("text", "keyword", "whole", "found"),
    [
        ("mosses grow", "moss", False, True),
        ("mosses grow", "moss", True, False),
        ("a moss grows", "moss", True, True),
        ("moss", "moss", True, True),
        ("MOSS".casefold(), "Moss", True, True),
        ("straße".casefold(), "STRASSE", True, True),
        ("mosses and moss", "moss", True, True),
        ("read #tags", "#tag", True, False),
        ("read #tag", "#tag", True, True),
        ("x#tag", "#tag", True, True),
        ("c++ is", "C++", True, True),
        ("abc++", "C++", True, False),
        ("moss_grows", "moss", True, False),
        ("", "moss", True, False),
        ("mos", "moss", False, False),
    ],
)
def test_a_word_is_found_where_it_stands_by_itself(text, keyword, whole, found):
    assert has_keyword(text, keyword, whole_word=whole) is found
