import pytest

from federation.facets import Alignment
from node.errors import BadInput
from node.learning.competencies import alignments_from_text, text_from_alignments

HERE = "https://hedge.example"


def test_a_name_is_the_hashtag_of_this_node_and_an_address_is_itself():
    found = alignments_from_text("Plant ecology, #moss\nhttps://far.example/c/1 Ferns;https://far.example/c/algae", HERE)
    assert found == (
        Alignment(f"{HERE}/tags/plantecology", "Plant ecology"),
        Alignment(f"{HERE}/tags/moss", "moss"),
        Alignment("https://far.example/c/1", "Ferns"),
        Alignment("https://far.example/c/algae", "algae"),
    )
    assert alignments_from_text(text_from_alignments(found, HERE), HERE) == found


def test_each_stands_once_and_marks_alone_are_none():
    assert alignments_from_text(" , #, moss, Moss !, ,", HERE) == (Alignment(f"{HERE}/tags/moss", "moss"),)


def test_too_many_are_refused():
    with pytest.raises(BadInput):
        alignments_from_text(",".join(f"c{number}" for number in range(50)), HERE)
