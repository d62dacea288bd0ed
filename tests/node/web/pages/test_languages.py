"""Languages of the pages: chosen as asked, and every sentence there in each."""

import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from node.web.pages import languages

PAGES = Path(languages.__file__).parent
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "say": None, "noted": None, "count": (1, 2), "BadInput": None, "NotFound": None,
            "NotAllowed": None, "WasDeleted": None}  # fmt: skip
OPTIONS = {"**.html": {"trim_blocks": "true", "lstrip_blocks": "true"}}


def catalogue(file: Path) -> Catalog:
    with file.open("rb") as text:
        return read_po(text)


def said_in_pages() -> set[str]:
    """Every sentence that the pages' own code and templates say."""
    found = extract_from_dir(PAGES, [("**.py", "python"), ("**.html", "jinja2")], OPTIONS, keywords=KEYWORDS)
    return {message[0] if isinstance(message, tuple) else message for _, _, message, _, _ in found}


def test_the_template_of_the_catalogues_holds_every_sentence():
    known = {message.id[0] if isinstance(message.id, tuple) else message.id for message in catalogue(languages.FOLDER / "messages.pot")}
    assert said_in_pages() - known == set()


@pytest.mark.parametrize("tag", languages.available()[1:])
def test_a_language_says_every_sentence_and_keeps_its_blanks(tag):
    theirs = catalogue(languages.FOLDER / tag / "LC_MESSAGES" / "messages.po")
    for sentence in said_in_pages():
        message = theirs.get(sentence)
        assert message is not None, sentence
        said = message.string if isinstance(message.string, tuple) else (message.string,)
        assert all(said), sentence
        assert not list(message.check(theirs)), sentence


def test_there_is_a_second_language():
    assert languages.available() == ("en", "de")


@pytest.mark.parametrize(
    ("asked", "answered"),
    [("de", "de"), ("de-AT,de;q=0.9", "de"), ("fr, de;q=0.2", "de"), ("fr", "en"), ("", "en"), ("de;q=0, en", "en"),
     ("en;q=0.1, de;q=0.9", "de"),
     ("*", "en"), ("de;q=x", "de"), (",;q=", "en"), ("de" * 5000, "en")],
)  # fmt: skip
def test_the_browsers_wish_is_granted_as_far_as_we_can(asked, answered):
    assert languages.chosen(asked, "en").tag == answered


def test_where_nothing_is_wished_the_keepers_language_holds():
    assert languages.chosen("fr", "de").tag == "de"
    assert languages.chosen("fr", "ga").tag == "en"


def test_plurals_are_the_languages_own():
    german = languages.language("de")
    assert [german.count("%(num)s post", "%(num)s posts", number) for number in (1, 2)] == ["%(num)s Beitrag", "%(num)s Beiträge"]


@pytest.mark.parametrize(
    ("tag", "runs"),
    [
        ("ar", "rtl"),
        ("he-IL", "rtl"),
        ("fa", "rtl"),
        ("en", "ltr"),
        ("zh-Hant-TW", "ltr"),
        (None, "auto"),
        ("", "auto"),
        ("x'y", "auto"),
        ("qq-99", "auto"),
    ],
)
def test_a_texts_direction_follows_its_language(tag, runs):
    assert languages.direction(tag) == runs


def test_a_tag_that_is_none_is_not_repeated():
    assert languages.tag_or_none("pt-BR") == "pt-BR"
    assert languages.tag_or_none('en" onload="x') is None
    assert languages.tag_or_none(None) is None


def test_reading_the_catalogues_costs_little():
    """Start-up is a budget: both languages are there within half a second."""
    code = (
        "import time; from node.web.pages import languages as l; t = time.perf_counter(); l.language('de'); print(time.perf_counter() - t)"
    )
    taken = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=PAGES.parents[2])
    assert float(taken.stdout) < 0.5
