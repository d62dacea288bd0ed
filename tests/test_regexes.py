"""Every regular expression of ours takes time that grows with its text, not with its square: counted in steps, never in seconds."""

import ast
import importlib
import pkgutil
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.backtracking import Run, TooManyStepsError, anchored, is_in, parts_of, searching

CHECKOUT = Path(__file__).parents[1]
PACKAGES = ("federation", "storage", "node")
ANCHORED = {"match", "fullmatch"}
SCANNING = {"search", "sub", "subn", "split", "findall", "finditer"}
ALPHABET = " \t\n\r\x00\x0b\xa0aAzZ09_éß中@#<>&/\\.,:;=\"'`-+*~!?()[]{}|%^$\ud800"
SIZES = (24, 48)
MAX_RATIO = 2.6  # twice the text, twice the work, and a little for what is done once
FEW_STEPS = 400  # below this, constants weigh more than growth


def sources() -> Iterator[tuple[str, ast.Module]]:
    for package in PACKAGES:
        for path in sorted((CHECKOUT / package).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path.relative_to(CHECKOUT).as_posix(), ast.parse(path.read_text())


def compiled() -> dict[tuple[str, int], re.Pattern[Any]]:
    """Every pattern that a module of ours holds."""
    found: dict[tuple[str, int], re.Pattern[Any]] = {}
    for package in PACKAGES:
        for info in pkgutil.walk_packages([str(CHECKOUT / package)], f"{package}."):
            if "migrations" in info.name or info.name.endswith("__main__"):
                continue
            module = importlib.import_module(info.name)
            for value in vars(module).values():
                if isinstance(value, re.Pattern):
                    found[(value.pattern if isinstance(value.pattern, str) else value.pattern.decode("latin-1"), value.flags)] = value
    return found


def ways_of(file: str, name: str) -> set[str]:
    """By which methods a pattern of a module is used, there and where it is imported."""
    return USES.get((Path(file).stem, name), set())


def calls() -> Iterator[tuple[str, ast.Call, str, ast.AST | None]]:
    """(file, call, method, the statement that it is the value of) for every call of `re`'s functions."""
    for file, tree in sources():
        parents = {child: parent for parent in ast.walk(tree) for child in ast.iter_child_nodes(parent)}
        for node in ast.walk(tree):
            is_call = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name)
            if is_call and node.func.value.id == "re" and node.func.attr in ANCHORED | SCANNING | {"compile"}:
                yield file, node, node.func.attr, parents.get(node)


def uses() -> dict[tuple[str, str], set[str]]:
    """{(module, pattern): methods}"""
    found: dict[tuple[str, str], set[str]] = {}
    for file, tree in sources():
        imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
        homes = {each.name: (node.module or "").rpartition(".")[2] for node in imports for each in node.names if each.name.isupper()}
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and node.attr in ANCHORED | SCANNING:
                value = node.value
                if isinstance(value, ast.Name):
                    found.setdefault((homes.get(value.id, Path(file).stem), value.id), set()).add(node.attr)
                elif isinstance(value, ast.Attribute) and isinstance(value.value, ast.Name):
                    found.setdefault((value.value.id, value.attr), set()).add(node.attr)
    return found


USES = uses()


def patterns() -> dict[str, tuple[re.Pattern[Any], bool]]:
    """By what it is called: each pattern, and whether it is looked for at every place of a text."""
    found: dict[str, tuple[re.Pattern[Any], bool]] = {}
    known = compiled()
    for file, call, method, parent in calls():
        if method == "compile":
            assert isinstance(parent, ast.Assign), f"{file}:{call.lineno}: a pattern that is no constant of its module is not tested"
            name = parent.targets[0].id
            module = importlib.import_module(file.removesuffix(".py").removesuffix("/__init__").replace("/", "."))
            value = getattr(module, name)
            ways = ways_of(file, name)
            found[f"{file} {name}"] = (value, not ways or bool(ways & SCANNING))
            known.pop((value.pattern if isinstance(value.pattern, str) else value.pattern.decode("latin-1"), value.flags), None)
        else:
            argument = call.args[0]
            assert isinstance(argument, ast.Constant), f"{file}:{call.lineno}: a pattern that is made of something is not tested"
            found[f"{file} re.{method}"] = (re.compile(argument.value), method in SCANNING)
    return found


PATTERNS = patterns()


def texts(pattern: re.Pattern[Any], size: int) -> Iterator[str]:
    """Texts of about so many repetitions, of every class of character that the pattern tells apart, and of its own literals."""
    ones, literals = parts_of(pattern)
    folded = bool(pattern.flags & re.IGNORECASE)
    classes: dict[tuple[bool, ...], str] = {}
    for character in ALPHABET:
        classes.setdefault(tuple(is_in(one, character, folded=folded) for one in ones), character)
    letters = list(classes.values())[:12]
    written = [each for literal in literals[:8] for each in (literal, literal[0])][:12]
    units = list(dict.fromkeys([*letters, *written, *(a + b for a in letters for b in letters if a != b)]))
    units += [literal + letter for literal in literals[:6] for letter in letters]
    for prefix in dict.fromkeys(["", *literals[:6], *written[:4]]):
        for unit in units if not prefix else [*letters, *written]:
            for suffix in ("", letters[-1], "\x07"):
                yield prefix + unit * size + suffix


def growth(pattern: re.Pattern[Any], *, is_scanning: bool) -> list[tuple[float, str]]:
    """(how the work grows with twice the text, the text) where that is more than it should be."""
    count = searching if is_scanning else anchored
    found = []
    for short, long in zip(texts(pattern, SIZES[0]), texts(pattern, SIZES[1]), strict=True):
        try:
            less, more = count(pattern, short), count(pattern, long)
        except TooManyStepsError:
            found.append((float("inf"), short))
            if len(found) == 3:
                break
            continue
        if more > FEW_STEPS and more > MAX_RATIO * less:
            found.append((more / less, short))
    return found


@pytest.fixture(autouse=True)
def room():
    """The matcher calls itself for each repetition."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(20_000)
    yield
    sys.setrecursionlimit(before)


@pytest.mark.parametrize("name", PATTERNS)
def test_the_work_of_a_pattern_grows_with_its_text(name):
    pattern, is_scanning = PATTERNS[name]
    assert growth(pattern, is_scanning=is_scanning)[:3] == []


def test_there_are_patterns_and_all_that_modules_hold_are_among_them():
    assert len(PATTERNS) > 50
    tested = {pattern.pattern for pattern, _ in PATTERNS.values()}
    assert {value.pattern for value in compiled().values()} <= tested


@pytest.mark.parametrize(
    ("source", "is_scanning"),
    [
        (r"[ \t]*\n[ \t]*\n\s*", True),  # what stopped a node for eleven seconds
        (r"\s+$", True),
        (r"(a+)+b", False),
        (r"(a|a)*b", False),
        (r"a*a*b", False),
        (r"<a [^>]*href=\"([^\"]+)\"([^>]*)>", True),
        (r"\w+@", True),
        (r"(?:,\s*)*\s*x", False),
    ],
)
def test_a_pattern_that_takes_too_long_is_found(source, is_scanning):
    assert growth(re.compile(source), is_scanning=is_scanning)


@pytest.mark.parametrize(
    ("source", "is_scanning"), [(r"\s", True), (r"\w{2,10}", True), (r"[a-z]+", True), (r"https?://[^\s]+", True), (r"\w+@\w+", False)]
)
def test_a_pattern_that_does_not_is_let_be(source, is_scanning):
    assert growth(re.compile(source), is_scanning=is_scanning) == []


@pytest.mark.parametrize("source", [r"a*b|c", r"(?i)<br\s*/?>", r"(\w)\1", r"\bx\b", r"(?<!a)b(?=c)", r"[^\W_]+", r"a{2,3}?$", r"(?>a+)b"])
@pytest.mark.parametrize("text", ["", "aab", "<BR >", "xx", "a x b", "bc abc", "_w_", "aaa", "aaaa\n", "c"])
def test_the_counting_matcher_finds_what_the_real_one_finds(source, text):
    pattern = re.compile(source)
    for position in range(len(text) + 1):
        real = pattern.match(text, position)
        assert Run(pattern, text).match_from(position) == (real.end() if real else None)
