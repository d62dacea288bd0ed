"""Mentions in a text: where `@name` and `@name@host` begin and end, so that a host is never cut off and a name never cut short.

A mention that cannot be read to its end mentions nobody: whoever is named by half of it is somebody else.
"""

import unicodedata
from dataclasses import dataclass

from federation.errors import Malformed
from federation.webfinger import parse_handle

MAX_NAME = 200
MAX_HOST = 255
LOOK_BACK = 2048  # characters of a word before the sign in which an address is looked for

AT = "@＠﹫"  # Unicode's other forms of the sign stand between name and host too, never at the start
IN_NAMES = frozenset("_.-")
IN_HOSTS = frozenset("_.-。．｡·・׳״")  # the dots of UTS 46, and the punctuation that RFC 5892 allows within a label
MARKUP = frozenset("*_~`\\[]<>()")  # may stand between a name and the sign of its host without parting them for a reader
ASCII_NAME = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-")


@dataclass(frozen=True, slots=True)
class Mention:
    """A handle in a text, and where it ends.

    handle: `name` for an account of this node, else `name@host` with the host in lower case and punycode.
    """

    handle: str
    end: int


def find_mention(text: str, start: int) -> Mention | None:
    """The mention whose `@` stands at an index, or None where nobody is mentioned. Time grows with the length of what is read."""
    if text[start : start + 1] != "@" or not _may_begin(text, start):
        return None
    end = _end(text, start + 1, IN_NAMES, MAX_NAME)
    name = text[start + 1 : end]
    if not name or name[0] in ".-":
        return None
    if text[end : end + 1] and text[end] in AT:
        return _with_host(text, name, end + 1)
    if not ASCII_NAME.issuperset(name) or _goes_on(text, end):
        return None
    return Mention(name, end)


def _with_host(text: str, name: str, start: int) -> Mention | None:
    """The mention whose host begins at an index; None where that is no host."""
    end = _port_end(text, _end(text, start, IN_HOSTS, MAX_HOST))
    if text[end : end + 1] and (text[end] in AT or _is_format(text[end])):
        return None
    try:
        name, host = parse_handle(f"{name}@{text[start:end]}")
    except Malformed:
        return None
    return Mention(f"{name}@{host}", end)


def _may_begin(text: str, start: int) -> bool:
    """Whether no word, address or other sign stands right before."""
    at = start
    while at and _is_format(text[at - 1]):
        at -= 1
    if at and (text[at - 1] in "/=_" or text[at - 1] in AT or _is_letter(text[at - 1])):
        return False
    words = text[max(0, start - LOOK_BACK) : start].split()
    return at == 0 or text[at - 1].isspace() or not words or not ("://" in words[-1] or _is_mention_with_markup(words[-1]))


def _is_mention_with_markup(word: str) -> bool:
    """Whether a word is `@name` and markup, so that the sign behind it could be read as its host's."""
    at = len(word)
    while at and (word[at - 1] in MARKUP or _is_format(word[at - 1])):
        at -= 1
    if at == len(word):
        return False
    while at and (_is_letter(word[at - 1]) or word[at - 1] in IN_NAMES):
        at -= 1
    return at > 0 and word[at - 1] in AT


def _end(text: str, start: int, besides: frozenset[str], limit: int) -> int:
    """Where a run of letters, digits, marks, joiners and some signs ends, without the signs at its end."""
    end = start
    while end < len(text) and (_is_letter(text[end]) or text[end] in besides or _is_symbol(text[end])):
        end += 1
        if end - start > limit:
            return start
    while end > start and text[end - 1] in besides and text[end - 1] != "_":
        end -= 1
    return end


def _port_end(text: str, end: int) -> int:
    """Where a port ends that follows a host; the same index where none does."""
    if text[end : end + 1] != ":":
        return end
    digits = end + 1
    while digits < len(text) and digits < end + 6 and text[digits] in "0123456789":
        digits += 1
    return digits if digits > end + 1 else end


def _goes_on(text: str, end: int) -> bool:
    """Whether a reader sees a longer name or a host behind what was read: past marks of format a letter, past markup too an @."""
    while end < len(text) and _is_format(text[end]):
        end += 1
    if end < len(text) and _is_letter(text[end]):
        return True
    while end < len(text) and (text[end] in MARKUP or _is_format(text[end])):
        end += 1
    return end < len(text) and text[end] in AT


def _is_letter(character: str) -> bool:
    """A letter, a digit, or a combining mark."""
    return character.isalnum() or unicodedata.category(character)[0] == "M"


def _is_symbol(character: str) -> bool:
    """An emoji, or another symbol or joiner beyond ASCII, as hosts have them."""
    return not character.isascii() and unicodedata.category(character) in ("So", "Sk", "Sm", "Cf", "Cn", "Co")


def _is_format(character: str) -> bool:
    """An invisible mark of format: a joiner, a soft hyphen, a direction."""
    return unicodedata.category(character) == "Cf"
