"""The house keeps its rules (DESIGN), and every rule can fail: what breaks it is found, what does not is let be."""

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import pytest

from tests import house_rules as rules
from tests.house_rules import Finding, Source

CHECKOUT = Path(__file__).parents[1]
ROOMS = ("federation", "storage", "node")
OURS = (*ROOMS, "tests", "deploy")
DOORS = ("node/web", "node/assembly", "node/assembly.py")
SILENT = ("node/social", "node/learning", "node/inbound", "storage")
WORKER = "node/workers/jobs.py"
GROUP_COMMIT = "storage/sqlite.py"  # an error of a unit belongs to its caller, not to the units that share the commit
TEXT_SUFFIXES = {"", ".css", ".html", ".js", ".json", ".md", ".mjs", ".npmrc", ".py", ".sh", ".toml", ".txt", ".yaml", ".yml"}


@dataclass(frozen=True)
class Rule:
    """A check, where it holds, and snippets that break it or keep it."""

    check: Callable[[Source], Iterable[Finding]]
    broken: tuple[str, ...]
    kept: tuple[str, ...]
    places: tuple[str, ...] = ROOMS
    except_in: tuple[str, ...] = ()

    def holds_for(self, source: Source) -> bool:
        return any(stands_in(source, place) for place in self.places) and not any(stands_in(source, place) for place in self.except_in)


RULES = (
    Rule(
        rules.sql,
        places=("federation", "node"),
        broken=(
            '"SELECT id FROM posts"',
            'f"""\n  UPDATE posts SET id = {x}"""',
            '"WITH RECURSIVE up AS (SELECT 1) SELECT id FROM up"',
            '"PRAGMA x"',
        ),
        kept=('("Select one", "DELETE", "UPDATE", "Create", "WITH care", "DROP it")', "create(select)"),
    ),
    Rule(
        rules.formatted_sql,
        places=("storage",),
        broken=(
            'def f(db, a): db.execute(f"SELECT {a}")',
            'def f(db, a): db.execute("SELECT %s" % a)',
            'def f(db, a): db.execute("SELECT " + a)',
            'def f(db, a): db.executemany("SELECT {}".format(a), [])',
            'def f(db, a):\n  sql = f"SELECT {a}"\n  return db.execute(sql)',
            'def f(db, a): db.execute(*with_list(f"SELECT {a}", "ids", []))',
            'def f(db, a): find(db, f"SELECT {a}", {})',
        ),
        kept=(
            'def f(db, a): db.execute("SELECT :a", {"a": a + 1})',
            "def f(db): db.execute(QUERY)",
            'def f(db, ids): db.execute(*with_list(QUERY, "ids", ids))',
            "def f(db, a): find(db, a + 1, {})",
            'def f(a): a.send(f"{a}")',
            'def f(db):\n  sql = "SELECT 1"\n  db.execute(sql)',
        ),
    ),
    Rule(
        rules.http_server,
        except_in=DOORS,
        broken=("from aiohttp import web", "import aiohttp.web", "import aiohttp\naiohttp.web.Request"),
        kept=("from aiohttp import ClientSession", "node.web"),
    ),
    Rule(
        rules.sockets,
        places=SILENT,
        broken=(
            "import aiohttp",
            "from urllib.request import urlopen",
            "import asyncio\nasyncio.open_connection()",
            "loop.create_server()",
        ),
        kept=("import asyncio\nasyncio.sleep(0)", "from urllib.parse import urlsplit"),
    ),
    Rule(
        rules.late_imports,
        broken=("def f():\n  import json", "async def f():\n  if x:\n    from node.social import posts"),
        kept=("import json", "def f():\n  from PIL import Image", "def f():\n  import sqlalchemy.orm"),
    ),
    Rule(
        rules.broad_excepts,
        except_in=(WORKER, GROUP_COMMIT),
        broken=("try: f()\nexcept Exception: g()", "try: f()\nexcept (OSError, BaseException): g()", "try: f()\nexcept: g()"),
        kept=("try: f()\nexcept (OSError, ValueError): g()", "try: f()\nfinally: g()"),
    ),
    Rule(rules.long_modules, broken=("x = 1\n" * 401,), kept=("x = 1\n" * 400,)),
    Rule(rules.long_functions, broken=("def f():\n" + "  x = 1\n" * 60,), kept=("def f():\n" + "  x = 1\n" * 59,)),
    Rule(
        rules.silenced_without_reason,
        places=OURS,
        broken=("import os  # noqa", "import os  # noqa: F401", "x = y  # type: ignore", "x = y  # type: ignore[misc]"),
        kept=("import os  # noqa: F401 - others read it", "x = y  # type: ignore[misc]  # y has no types", "noqa"),
    ),
)


def stands_in(source: Source, place: str) -> bool:
    return str(source.path) == place or PurePosixPath(place) in source.path.parents


def snippet(text: str, path: str = "node/social/follows.py") -> Source:
    return Source(PurePosixPath(path), text)


@pytest.fixture(scope="module")
def texts() -> list[Source]:
    """Every file of the project that holds text: what git tracks, and what it would."""
    listing = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listing, cwd=CHECKOUT, capture_output=True, text=True, check=True).stdout.splitlines()
    files = [CHECKOUT / name for name in names if Path(name).suffix in TEXT_SUFFIXES and (CHECKOUT / name).is_file()]
    return [Source(PurePosixPath(file.relative_to(CHECKOUT)), file.read_text(encoding="utf-8")) for file in files]


@pytest.fixture(scope="module")
def sources(texts) -> list[Source]:
    return [source for source in texts if source.path.suffix == ".py"]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.check.__name__)
def test_the_house_keeps_the_rule(rule, sources):
    assert [f"{source.path}:{line} {fault}" for source in sources if rule.holds_for(source) for line, fault in rule.check(source)] == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.check.__name__)
def test_the_rule_finds_what_breaks_it_and_nothing_else(rule):
    assert [text for text in rule.broken if not list(rule.check(snippet(text)))] == []
    assert [text for text in rule.kept if list(rule.check(snippet(text)))] == []


ONLY_IN = {  # what goes past the policies for supervised accounts and held posts stands in one place each
    "INSERT INTO deliveries": ["storage/deliveries.py"],
    ".add_deliveries(": ["node/social/publishing.py"],
    ".add_activity(": ["node/social/publishing.py"],
    "INSERT INTO notifications": ["storage/notifications.py"],
    "add_notification(": ["node/social/notifying.py", "storage/notifications.py"],
    "add_news_of_web(": ["node/social/notifying.py", "storage/notifications.py"],
    "INSERT INTO held_posts": ["storage/held_posts.py"],
    "guardianship.permit(": ["node/social/publishing.py"],
    "is_agreed=True": ["node/social/supervising.py", "node/web/pages/guarding.py"],  # where a guardian says so
}


@pytest.mark.parametrize("text", ONLY_IN)
def test_what_goes_past_a_policy_stands_in_one_place(text, sources):
    found = {str(source.path) for source in sources if source.path.parts[0] in ROOMS and text in source.text}
    assert {path for path in found if "/migrations/" not in path} == set(ONLY_IN[text])


def test_deliveries_are_written_by_one_function_after_the_policy_was_asked():
    text = (CHECKOUT / "node/social/publishing.py").read_text(encoding="utf-8")
    begin = text.index("def send(")
    body = text[begin : text.index("\ndef ", begin)]
    assert text.count("add_deliveries(") == body.count("add_deliveries(") == 1
    assert body.index("guardianship.permit(") < body.index("add_deliveries(")


def test_a_rule_holds_in_its_places_only():
    assert RULES[0].holds_for(snippet("", "node/web/doors.py"))
    assert not RULES[0].holds_for(snippet("", "storage/posts.py"))
    assert not RULES[2].holds_for(snippet("", "node/assembly.py"))


def files_with_cryptography(sources: list[Source]) -> list[str]:
    """Files outside federation/ that name a library of keys, signatures or passwords."""
    return [str(source.path) for source in sources if source.path.parts[0] in ("node", "storage") and list(rules.cryptography(source))]


def test_outside_federation_one_file_of_the_node_knows_cryptography(sources):
    found = files_with_cryptography(sources)
    assert len(found) <= 1
    assert all(path.startswith("node/") for path in found)


def test_a_file_that_knows_cryptography_is_found():
    knowing = snippet("from cryptography.hazmat.primitives import hashes")
    oracle = snippet("import httpsig", "storage/keys.py")
    assert files_with_cryptography([knowing, oracle, snippet("import hashlib")]) == ["node/social/follows.py", "storage/keys.py"]


def test_the_worker_catches_everything_once_at_most(sources):
    found = [line for source in sources if str(source.path) == WORKER for line, _ in rules.broad_excepts(source)]
    assert len(found) <= 1


def test_no_module_has_a_name_that_says_nothing(sources):
    assert [str(source.path) for source in sources if list(rules.vague_names(source))] == []


def test_a_name_that_says_nothing_is_found():
    assert list(rules.vague_names(snippet("", "node/social/utils.py"))) != []
    assert list(rules.vague_names(snippet("", "node/common/posts.py"))) != []
    assert list(rules.vague_names(snippet("", "node/social/posts.py"))) == []


def test_no_file_names_this_machine_or_a_registry(texts):
    machine = PurePosixPath(CHECKOUT.parent)
    assert [f"{text.path}:{line} {fault}" for text in texts for line, fault in rules.leaks(text, machine)] == []


def test_a_name_of_this_machine_or_a_registry_is_found():
    machine = PurePosixPath("/srv/build")
    leaking = ('open("/srv/build/x")', '"resolved": "https' + '://x"', "pip install --index" + "-url x", "npm --" + "registry=x")
    assert [text for text in leaking if not list(rules.leaks(snippet(text), machine))] == []
    assert list(rules.leaks(snippet('open("data/srv/build/x")'), machine)) == []


def contracts(folder: Path) -> subprocess.CompletedProcess[str]:
    lint = Path(sys.executable).with_name("lint-imports")
    return subprocess.run([lint, "--no-cache"], cwd=folder, capture_output=True, text=True, check=False)


def test_the_import_contracts_hold():
    outcome = contracts(CHECKOUT)
    assert outcome.returncode == 0, outcome.stdout


@pytest.mark.parametrize(
    ("path", "text", "complaint"),
    [
        ("federation/wrong.py", "import storage\n", "federation is not allowed to import storage"),
        ("storage/wrong.py", "import node.errors\n", "storage is not allowed to import node"),
        ("node/config/wrong.py", "import node.social.wrong\n", "node.config is not allowed to import node.social"),
        ("node/stray.py", "", "node.stray"),
    ],
)
def test_an_import_that_points_up_breaks_a_contract(tmp_path, path, text, complaint):
    shutil.copy(CHECKOUT / "pyproject.toml", tmp_path)
    for room in ROOMS:
        shutil.copytree(CHECKOUT / room, tmp_path / room, ignore=shutil.ignore_patterns("__pycache__"))
    for file, content in {"node/social/__init__.py": "", "node/social/wrong.py": "", path: text}.items():
        (tmp_path / file).parent.mkdir(exist_ok=True)
        (tmp_path / file).write_text(content)
    outcome = contracts(tmp_path)
    assert outcome.returncode == 1
    assert complaint in outcome.stdout
