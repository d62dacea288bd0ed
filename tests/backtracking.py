"""How much work a regular expression makes: Python's own parse of it, run by a matcher that counts its steps as the real one would go."""

import re
from collections.abc import Iterator, Sequence
from re import _constants as c  # type: ignore[attr-defined]  # it is private
from re import _parser  # type: ignore[attr-defined]  # it is private
from typing import Any

MAX_STEPS = 60_000  # after which it is as good as endless


class TooManyStepsError(Exception):
    """The matcher does not come to an end."""


def searching(pattern: re.Pattern[Any], text: str) -> int:
    """Steps to find every match in a text, as `sub`, `findall`, `split` and repeated `search` do."""
    run, position = Run(pattern, text), 0
    while position <= len(text):
        end = run.match_from(position)
        position = position + 1 if end is None or end == position else end
    return run.steps


def anchored(pattern: re.Pattern[Any], text: str) -> int:
    """Steps to match at the beginning of a text and no further, as `match` does, or to its end, as `fullmatch` does."""
    run = Run(pattern, text)
    for _end in run.ends(list(run.tree), 0):
        if _end == len(text):
            break
    return run.steps


class Run:
    """A pattern at work on a text."""

    def __init__(self, pattern: re.Pattern[Any], text: str) -> None:
        source = pattern.pattern if isinstance(pattern.pattern, str) else pattern.pattern.decode("latin-1")
        self.tree = _parser.parse(source, pattern.flags & ~re.UNICODE if isinstance(pattern.pattern, str) else pattern.flags)
        self.folded = bool(pattern.flags & re.IGNORECASE)
        self.text = text
        self.steps = 0
        self.groups: dict[int, tuple[int, int]] = {}
        self._sets: dict[int, dict[str, bool]] = {}

    def match_from(self, position: int) -> int | None:
        """Where the match ends that begins at a position, or None."""
        return next(self.ends(list(self.tree), position), None)

    def _step(self) -> None:
        self.steps += 1
        if self.steps > MAX_STEPS:
            raise TooManyStepsError

    def ends(self, nodes: Sequence[Any], position: int, index: int = 0) -> Iterator[int]:
        """Every position at which the nodes from an index on can end, in the order in which they are tried."""
        if index == len(nodes):
            yield position
            return
        for middle in self._node(nodes[index], position):
            yield from self.ends(nodes, middle, index + 1)

    def _node(self, node: Any, at: int) -> Iterator[int]:  # noqa: C901 - one branch for each kind of node
        self._step()
        kind, value = node
        if kind in ONE:
            if at < len(self.text) and self._is_one(node, self.text[at]):
                yield at + 1
        elif kind in (c.MAX_REPEAT, c.MIN_REPEAT, c.POSSESSIVE_REPEAT):
            yield from self._repeat(kind, value, at)
        elif kind is c.SUBPATTERN:
            group, _, _, inner = value
            for end in self.ends(list(inner), at):
                if group is not None:
                    self.groups[group] = (at, end)
                yield end
        elif kind is c.BRANCH:
            for branch in value[1]:
                yield from self.ends(list(branch), at)
        elif kind is c.AT:
            if self._is_at(value, at):
                yield at
        elif kind in (c.ASSERT, c.ASSERT_NOT):
            if self._looks(value, at) is (kind is c.ASSERT):
                yield at
        elif kind is c.ATOMIC_GROUP:
            yield from [end for end in [next(self.ends(list(value), at), None)] if end is not None]
        elif kind is c.GROUPREF:
            start, end = self.groups.get(value, (0, 0))
            if self.text.startswith(self.text[start:end], at):
                yield at + end - start
        else:
            raise NotImplementedError(kind)

    def _looks(self, value: Any, at: int) -> bool:
        direction, inner = value
        if direction > 0:
            return next(self.ends(list(inner), at), None) is not None
        width = inner.getwidth()[0]
        return at >= width and next(self.ends(list(inner), at - width), None) == at

    def _repeat(self, kind: Any, value: Any, at: int) -> Iterator[int]:
        least, most, inner = value
        nodes = list(inner)
        if len(nodes) == 1 and nodes[0][0] in ONE:
            end, limit = at, len(self.text) if most is c.MAXREPEAT else min(len(self.text), at + most)
            while end < limit and self._is_one(nodes[0], self.text[end]):
                self._step()
                end += 1
            found = range(at + least, end + 1) if kind is c.MIN_REPEAT else range(end, at + least - 1, -1)
            for each in list(found)[:1] if kind is c.POSSESSIVE_REPEAT else found:
                self._step()
                yield each
            return
        yield from self._again(kind, (least, most, nodes), at, 0)

    def _again(self, kind: Any, value: tuple[int, Any, list[Any]], at: int, count: int) -> Iterator[int]:
        least, most, nodes = value
        self._step()
        is_lazy = kind is c.MIN_REPEAT
        if is_lazy and count >= least:
            yield at
        if most is c.MAXREPEAT or count < most:
            for middle in self.ends(nodes, at):
                if middle > at or count < least:
                    yield from self._again(kind, value, middle, count + 1)
        if not is_lazy and count >= least:
            yield at

    def _is_one(self, node: Any, character: str) -> bool:
        known = self._sets.setdefault(id(node), {})
        if character not in known:
            known[character] = is_in(node, character, folded=self.folded)
        return known[character]

    def _is_at(self, where: Any, at: int) -> bool:
        text = self.text
        if where in (c.AT_BEGINNING, c.AT_BEGINNING_STRING):
            return at == 0
        if where in (c.AT_END, c.AT_END_STRING):
            return at >= len(text) - (where is c.AT_END and text.endswith("\n"))
        before, after = (0 <= place < len(text) and (text[place].isalnum() or text[place] == "_") for place in (at - 1, at))
        return (before != after) is (where is c.AT_BOUNDARY)


ONE = (c.LITERAL, c.NOT_LITERAL, c.ANY, c.IN)
CATEGORIES = {
    c.CATEGORY_DIGIT: str.isdigit,
    c.CATEGORY_SPACE: str.isspace,
    c.CATEGORY_WORD: lambda character: character.isalnum() or character == "_",
}
NEGATED = {c.CATEGORY_NOT_DIGIT: c.CATEGORY_DIGIT, c.CATEGORY_NOT_SPACE: c.CATEGORY_SPACE, c.CATEGORY_NOT_WORD: c.CATEGORY_WORD}


def is_in(node: Any, character: str, *, folded: bool) -> bool:
    """Whether a node that stands for one character takes it."""
    spellings = {character, character.lower(), character.upper()} if folded else {character}
    return any(_takes(node, each) for each in spellings if len(each) == 1)


def _takes(node: Any, character: str) -> bool:
    kind, value = node
    if kind is c.ANY:
        return True
    if kind is c.LITERAL:
        return ord(character) == value
    if kind is c.NOT_LITERAL:
        return ord(character) != value
    negated = bool(value) and value[0][0] is c.NEGATE
    found = any(_is_item(item, character) for item in value if item[0] is not c.NEGATE)
    return found is not negated


def _is_item(item: Any, character: str) -> bool:
    kind, value = item
    if kind is c.RANGE:
        return value[0] <= ord(character) <= value[1]
    if kind is c.CATEGORY:
        return CATEGORIES[value](character) if value in CATEGORIES else not CATEGORIES[NEGATED[value]](character)
    return ord(character) == value


def parts_of(pattern: re.Pattern[Any]) -> tuple[list[Any], list[str]]:
    """The nodes of a pattern that stand for one character, and its runs of literals."""
    run = Run(pattern, "")
    ones: list[Any] = []
    literals: list[str] = []
    _collect(list(run.tree), ones, literals)
    return ones, list(dict.fromkeys(literals))


def _collect(nodes: Sequence[Any], ones: list[Any], literals: list[str]) -> None:
    written = ""
    for node in nodes:
        kind, value = node
        if kind in ONE:
            ones.append(node)
        if kind is c.LITERAL:
            written += chr(value)
            continue
        literals += [written] if written else []
        written = ""
        for inner in _inside(kind, value):
            _collect(list(inner), ones, literals)
    literals += [written] if written else []


def _inside(kind: Any, value: Any) -> Sequence[Any]:
    if kind in (c.MAX_REPEAT, c.MIN_REPEAT, c.POSSESSIVE_REPEAT):
        return [value[2]]
    if kind is c.SUBPATTERN:
        return [value[3]]
    if kind is c.BRANCH:
        return list(value[1])
    if kind in (c.ASSERT, c.ASSERT_NOT):
        return [value[1]]
    return [value] if kind is c.ATOMIC_GROUP else []
