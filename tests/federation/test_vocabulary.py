"""The vocabulary says what is on the wire, in code, on its page and in docs/."""

import re
from pathlib import Path

from pyld import jsonld

from federation.contexts import VOCABULARY
from federation.vocabulary import TERMS, document, own_names

DOCS = Path(__file__).parents[2] / "docs" / "vocabulary.md"
ROW = re.compile(r"^\| `(\w+)` \| ([^|]*) \| ([^|]*) \| ([^|]*) \|$", re.MULTILINE)


def test_every_word_of_ours_that_is_sent_is_explained_and_no_other():
    assert {term.name for term in TERMS} == own_names()
    assert len(TERMS) == len(own_names())


def test_the_document_in_docs_says_the_same():
    assert ROW.findall(DOCS.read_text()) == [(term.name, term.of, term.value, term.meaning) for term in TERMS]


def test_a_json_ld_reader_finds_each_word():
    names = {node["@id"].removeprefix(VOCABULARY) for node in jsonld.expand(document())}
    assert names == own_names()
