"""The place in a text where words were found, marked."""

import re
import unicodedata
from collections.abc import Sequence

MARK, MARK_END = "\x02", "\x03"  # no text holds them: what is made of HTML has no control characters
WORDS, BEFORE = 40, 8  # of a snippet; of those before the first that was found
_WORD = re.compile(r"[^\W_]+")


def snippet(texts: Sequence[str], phrases: Sequence[str]) -> str:
    """Some words of the first text that has one of the phrases, what was found between MARK and MARK_END; else a text's beginning."""
    wanted = [found for found in map(_folded, phrases) if found]
    for text in texts:
        words = list(_WORD.finditer(text))
        hits = _hits([_fold(word[0]) for word in words], wanted)
        if hits:
            return _cut(text, words, hits)
    text = next((text for text in texts if text), "")
    return _cut(text, list(_WORD.finditer(text)), [])


def _fold(word: str) -> str:
    return "".join(letter for letter in unicodedata.normalize("NFKD", word) if not unicodedata.combining(letter)).casefold()


def _folded(phrase: str) -> list[str]:
    return [_fold(word) for word in _WORD.findall(phrase)]


def _hits(words: Sequence[str], wanted: Sequence[Sequence[str]]) -> list[tuple[int, int]]:
    """(first, last) word of each place where a phrase stands, in their order, none inside another."""
    found = [
        (start, start + len(phrase) - 1)
        for phrase in wanted
        for start in range(len(words) - len(phrase) + 1)
        if words[start] == phrase[0] and list(words[start : start + len(phrase)]) == list(phrase)
    ]
    apart: list[tuple[int, int]] = []
    for first, last in sorted(found):
        if not apart or first > apart[-1][1]:
            apart.append((first, last))
    return apart


def _cut(text: str, words: Sequence[re.Match[str]], hits: Sequence[tuple[int, int]]) -> str:
    first = max(0, hits[0][0] - BEFORE) if hits else 0
    last = min(len(words), first + WORDS) - 1
    if last < 0:
        return text
    place = words[first].start() if first else 0
    end = words[last].end() if last < len(words) - 1 else len(text)
    parts = ["…" if first else ""]
    for start, stop in hits:
        if stop <= last:
            parts += [text[place : words[start].start()], MARK, text[words[start].start() : words[stop].end()], MARK_END]
            place = words[stop].end()
    return "".join([*parts, text[place:end], "…" if end < len(text) else ""])
