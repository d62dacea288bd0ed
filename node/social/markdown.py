"""The Markdown parser, with the work that one text may make bounded: linkify-it and CommonMark take quadratic time for some texts."""

from collections.abc import Iterator

from linkify_it import LinkifyIt  # type: ignore[import-untyped]  # it has no types
from linkify_it.main import Match  # type: ignore[import-untyped]  # it has no types
from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline import linkify as inline_linkify

MAX_WORD = 1024  # characters without white space in which addresses are looked for
MAX_STARTS = 20  # of addresses in one word: more is no text
SCHEMES = ("http", "https", "ftp")
MAX_SCHEME = 12  # characters that are looked at before the "://" of an address
MAX_MARKS = 6_000  # characters that may open or close something; for each of them the rest of its paragraph may be read
MARKS = "[]*_~`<&!\\:"


class WordLinks:
    """Looks for addresses word by word, for none has white space in it: linkify-it reads all that follows once more after each."""

    def __init__(self) -> None:
        self._links = LinkifyIt()

    def pretest(self, text: str) -> bool:
        """Whether it is worth looking."""
        return "." in text or ":" in text or "@" in text

    test = pretest

    def match(self, text: str) -> list[Match] | None:
        """The addresses in a text, in their order."""
        found: list[Match] = []
        for start, word in _words(text):
            if self.test(word) and _is_text(word):
                for each in self._links.match(word) or ():
                    each.index += start
                    each.last_index += start
                    found.append(each)
        return found or None

    def match_at_start(self, text: str) -> Match | None:
        """The address with which a text begins."""
        word = next(iter(text[: MAX_WORD + 1].split(maxsplit=1)), "")
        return self._links.match_at_start(word) if text.startswith(word) and _is_text(word) else None


def _is_text(word: str) -> bool:
    return len(word) <= MAX_WORD and word.count(":") + word.count("@") <= MAX_STARTS


def _words(text: str) -> Iterator[tuple[int, str]]:
    """(where it begins, the word) for each run of characters that are not white space."""
    position = 0
    for word in text.split():
        position = text.index(word, position)
        yield position, word
        position += len(word)


def _address(state: StateInline, silent: bool) -> bool:
    """markdown-it's rule for an address in a text, which reads all that came before it: here only the last few characters."""
    before, near = state.pending[:-MAX_SCHEME], state.pending[-MAX_SCHEME:]
    if not near.lower().endswith(SCHEMES) or not state.src.startswith("://", state.pos):
        return False
    if before and not silent:
        state.pending = before
        state.pushPending()
        state.pending = near
    return inline_linkify(state, silent)


def parser() -> MarkdownIt:
    """CommonMark with line breaks, tables, strikethrough and addresses as links; no HTML."""
    made = MarkdownIt("commonmark", {"html": False, "linkify": True, "breaks": True})
    made.linkify = WordLinks()
    made.inline.ruler.at("linkify", _address)
    return made.enable(["linkify", "strikethrough", "table"])


def is_bounded(text: str) -> bool:
    """Whether a text has few enough marks to be parsed; else it is shown as it was typed."""
    return sum(map(text.count, MARKS)) <= MAX_MARKS
