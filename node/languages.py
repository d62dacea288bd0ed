"""The languages that pages speak: gettext catalogues in node/locale, read as .po when first needed, so that nothing is built."""

import gettext
import re
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from pathlib import Path

from babel import Locale, UnknownLocaleError, negotiate_locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

import node

FOLDER = Path(node.__file__).parent / "locale"
SOURCE = "en"  # what the templates are written in
MOST_WISHES = 20  # of an Accept-Language header
TAG = re.compile(r"[a-zA-Z]{2,3}(-[a-zA-Z0-9]{2,8}){0,4}")


@dataclass(frozen=True, slots=True)
class Language:
    """One language of the pages. direction: ltr or rtl."""

    tag: str
    direction: str
    locale: Locale
    catalogue: gettext.NullTranslations

    def say(self, sentence: str) -> str:
        """A sentence of the source language, in this one where the catalogue has it."""
        return self.catalogue.gettext(sentence) if sentence else ""

    def count(self, one: str, many: str, number: int) -> str:
        """The plural form that a number asks for."""
        return self.catalogue.ngettext(one, many, number)


def noted(sentence: str) -> str:
    """The sentence itself: marks for the catalogues what is said later, with `say`."""
    return sentence


@lru_cache
def available() -> tuple[str, ...]:
    """The tags of all languages that there are pages in, the source language first."""
    return (SOURCE, *sorted(file.parents[1].name for file in FOLDER.glob("*/LC_MESSAGES/messages.po")))


@lru_cache
def language(tag: str) -> Language:
    """A language of the pages; the source language where there is no catalogue for the tag."""
    known = tag if tag in available() else SOURCE
    locale = Locale.parse(known, sep="-")
    return Language(known, locale.text_direction, locale, _catalogue(known))


def _catalogue(tag: str) -> gettext.NullTranslations:
    file = FOLDER / tag / "LC_MESSAGES" / "messages.po"
    if not file.exists():
        return gettext.NullTranslations()
    compiled = BytesIO()
    with file.open("rb") as text:
        write_mo(compiled, read_po(text, locale=tag.replace("-", "_")))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


@lru_cache(maxsize=500)
def chosen(accept_language: str, default: str) -> Language:
    """The language that a browser asks for (RFC 9110, section 12.5.4) as far as we have it, else the default."""
    wishes = []
    for place, part in enumerate(accept_language.split(",")[:MOST_WISHES]):
        tag, _, parameters = part.strip().partition(";")
        if TAG.fullmatch(tag):
            wishes.append((-_weight(parameters), place, tag))
    ordered = [tag for weight, _, tag in sorted(wishes) if weight]
    return language(negotiate_locale(ordered, available(), sep="-") or default)


def _weight(parameters: str) -> float:
    match = re.fullmatch(r"\s*q=([01](\.\d{0,3})?)\s*", parameters)
    return float(match[1]) if match else 1.0


@lru_cache(maxsize=1000)
def direction(tag: str | None) -> str:
    """How a text in a language runs, for `dir`: ltr, rtl, or auto where we do not know the language."""
    if not tag or not TAG.fullmatch(tag):
        return "auto"
    try:
        return str(Locale.parse(tag, sep="-").text_direction)
    except (UnknownLocaleError, ValueError):
        return "auto"


def tag_or_none(tag: str | None) -> str | None:
    """A language tag fit for `lang`, or None: strangers write anything there."""
    return tag if tag and TAG.fullmatch(tag) else None


@lru_cache
def names(of: str) -> tuple[tuple[str, str], ...]:
    """(tag, name in its own language) of the languages that the pages are in, the given one first."""
    tags = sorted(available(), key=lambda tag: tag != of)
    return tuple((tag, (Locale.parse(tag, sep="-").display_name or tag).capitalize()) for tag in tags)
