"""Results as people write them: in words, and as a share of the best."""

import pytest

from federation.credentials import Outcome, credential_from_document, document_from_credential
from node.learning.results import result_of, share_of
from tests.federation.badges import achievement


@pytest.mark.parametrize(
    ("value", "most", "kind", "required", "share"),
    [
        ("17", "20", "RawScore", "", 85),
        ("0", "100", "RawScore", "", 0),
        ("0.0", "100", "Result", "", 0),
        ("０", "100", "Result", "", 0),
        ("-3", "10", "Result", "", 0),
        ("150", "100", "Result", "", 100),
        ("12,5", "25", "Result", "", 50),
        ("85 %", "", "Result", "", 85),
        ("40", "", "Percent", "", 40),
        ("0 %", "", "Result", "", 0),
        ("49", "100", "RawScore", "50", 0),
        ("50", "100", "RawScore", "50", 50),
        ("Failed", "", "Status", "", 0),
        ("not  passed.", "", "Status", "", 0),
        ("nicht bestanden", "", "Result", "", 0),
        ("F", "", "LetterGrade", "", 0),
        ("A", "", "LetterGrade", "", 100),
        ("passed", "", "Status", "", 100),
        ("good", "excellent", "RubricScore", "", 100),
        ("passed", "100", "RawScore", "", 10),
        ("nan", "10", "RawScore", "", 10),
        ("inf", "10", "RawScore", "", 10),
        ("1e99", "10", "RawScore", "", 10),
        ("5", "0", "RawScore", "", 100),
        ("0.001", "100", "RawScore", "", 1),
    ],
)
def test_a_result_is_a_share_of_its_best(value, most, kind, required, share):
    assert share_of(Outcome("Test", value, kind, most, (), required)) == share


@pytest.mark.parametrize(
    ("outcomes", "words"),
    [
        ((), None),
        ((Outcome("Quiz", ""),), None),
        ((Outcome("Quiz", "17", "RawScore", "20"),), "17 of 20"),
        ((Outcome("Quiz", "0", "RawScore", "100"),), "0 of 100, not passed"),
        ((Outcome("Quiz", "not passed", "Status"),), "not passed"),
        ((Outcome("Quiz", "3", "RawScore", "5"), Outcome("Walk", "good")), "Quiz: 3 of 5; Walk: good"),
        ((Outcome("Quiz", "0", "RawScore", "5"), Outcome("Walk", "failed")), "Quiz: 0 of 5; Walk: failed, not passed"),
    ],
)
def test_it_is_said_in_words(outcomes, words):
    found = result_of(credential_from_document(document_from_credential(achievement(outcomes=outcomes))))
    assert (found.words(str) if found else None) == words
