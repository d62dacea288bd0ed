"""Letters in drawn pictures."""

import pytest

from node.learning import lettering


@pytest.mark.parametrize(("text", "plain"), [("Ní Bhriain", "Ni Bhriain"), ("Moss…", "Moss..."), ("Ада", "???")])
def test_without_a_large_font_letters_lose_their_marks_but_stay_letters(text, plain):
    assert lettering.without_marks(text) == plain
