"""The rules of the house that a program can check: each a plain function from one source file to what is wrong in it.

Every finding is (line, what is wrong). Which files a rule is for, and a snippet that breaks it, stand in test_house.py.
"""

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePosixPath

Finding = tuple[int, str]
FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef

LONGEST_MODULE, LONGEST_FUNCTION = 400, 60
VAGUE_NAMES = {"utils", "util", "helpers", "helper", "common", "base", "misc", "manager", "managers"}
CRYPTOGRAPHY = {
    "cryptography",
    "argon2",
    "pywebpush",
    "nacl",
    "Crypto",
    "jwt",
    "httpsig",
    "http_message_signatures",
    "http_sf",
    "rfc8785",
    "apsig",
}
SOCKETS = {
    "aiohttp",
    "socket",
    "socketserver",
    "ssl",
    "http.client",
    "http.server",
    "urllib.request",
    "smtplib",
    "requests",
    "httpx",
    "urllib3",
    "websockets",
}
STREAM_CALLS = {
    "open_connection",
    "open_unix_connection",
    "start_server",
    "start_unix_server",
    "create_connection",
    "create_server",
    "create_datagram_endpoint",
}
# What few calls need may be imported by a function.
HEAVY = {"sqlalchemy", "alembic", "pyld", "openbadgeslib", "defusedxml", "png", "igraph", "PIL", "pywebpush", "rich"}
SQL = re.compile(
    r"\s*(SELECT\s|INSERT\s+(OR\s+\w+\s+)?INTO\s|UPDATE\s+\S+\s+SET\s|DELETE\s+FROM\s|CREATE\s+(UNIQUE\s+|VIRTUAL\s+)?(TABLE|INDEX|TRIGGER|VIEW)\s"
    r"|ALTER\s+TABLE\s|DROP\s+(TABLE|INDEX)\s|WITH\s+(RECURSIVE\s+)?\w+[\s(].*\bAS\b|PRAGMA\s|SAVEPOINT\s|BEGIN\s+(IMMEDIATE|DEFERRED|EXCLUSIVE))",
    re.DOTALL,
)
SILENCED = re.compile(r"#\s*(noqa|type:\s*ignore)")
SILENCED_WITH_REASON = re.compile(r"#\s*noqa: [A-Z0-9, ]+ - \S|#\s*type:\s*ignore\[[\w, -]+\]\s+# (- )?\S")
REGISTRY = re.compile(r'"resolved":\s*"https?:|--(?:extra-)?index-url|--regis[t]ry|regis[t]ry\.npmjs|pypi\.or[g]/simple')


@dataclass(frozen=True)
class Source:
    """One file: where it stands below the checkout, and what it says."""

    path: PurePosixPath
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @cached_property
    def nodes(self) -> list[ast.AST]:
        return list(ast.walk(self.tree))

    @property
    def functions(self) -> list[FunctionNode]:
        return [node for node in self.nodes if isinstance(node, FunctionNode)]

    @property
    def imports(self) -> list[Finding]:
        """(line, dotted name) of everything imported; `from a import b` counts as a.b."""
        return [found for node in self.nodes for found in names_imported(node)]


def names_imported(node: ast.AST) -> list[Finding]:
    if isinstance(node, ast.Import):
        return [(node.lineno, alias.name) for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        return [(node.lineno, f"{node.module or ''}.{alias.name}") for alias in node.names]
    return []


def is_below(name: str, modules: set[str]) -> bool:
    """Whether a dotted name is one of the modules or stands inside one."""
    return any(name == module or name.startswith(f"{module}.") for module in modules)


def sql(source: Source) -> Iterator[Finding]:
    """SQL is named in storage/ only."""
    for node in source.nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and SQL.match(node.value):
            yield node.lineno, "SQL stands here"


def formatted_sql(source: Source) -> Iterator[Finding]:
    """Nothing is formatted into SQL inside a function: statements are literals or constants of their module, and a list's
    placeholders come from `with_list`. What is executed, widened or handed on together with `db` is looked at, by itself and
    through a local name."""
    for scope in source.functions:
        formatted = {
            target.id
            for node in ast.walk(scope)
            if isinstance(node, ast.Assign) and is_formatted(node.value)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        for node in ast.walk(scope):
            statement = statement_of(node)
            if is_formatted(statement) or (isinstance(statement, ast.Name) and statement.id in formatted):
                yield statement.lineno, "this SQL is put together from pieces"


def statement_of(node: ast.AST) -> ast.expr | None:
    """The argument of a call that stands where a statement does: db.execute(this), with_list(this, ...), find(db, this, ...)."""
    if not isinstance(node, ast.Call):
        return None
    called = node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id if isinstance(node.func, ast.Name) else ""
    if called in {"execute", "executemany", "executescript", "with_list"}:
        return node.args[0] if node.args else None
    takes_db = len(node.args) > 1 and isinstance(node.args[0], ast.Name) and node.args[0].id == "db"
    return node.args[1] if takes_db and isinstance(node.args[1], ast.JoinedStr | ast.Name) else None


def is_formatted(node: ast.AST | None) -> bool:
    """f"...", a + b, a % b, "...".format(), " ".join(), "...".replace()."""
    called = node.func.attr if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) else None
    return isinstance(node, ast.JoinedStr | ast.BinOp) or called in {"format", "join", "replace", "format_map"}


def cryptography(source: Source) -> Iterator[Finding]:
    """Signatures and keys are federation's; passwords and push have one file of the node."""
    for line, name in source.imports:
        if is_below(name, CRYPTOGRAPHY):
            yield line, f"{name} is imported here"


def http_server(source: Source) -> Iterator[Finding]:
    """Only the doors, and the assembly that hangs them, know aiohttp.web."""
    for line, name in source.imports:
        if is_below(name, {"aiohttp.web"}):
            yield line, "aiohttp.web is imported here"
    for node in source.nodes:
        if isinstance(node, ast.Attribute) and node.attr == "web" and isinstance(node.value, ast.Name) and node.value.id == "aiohttp":
            yield node.lineno, "aiohttp.web is used here"


def sockets(source: Source) -> Iterator[Finding]:
    """The memory and the use cases open no socket."""
    for line, name in source.imports:
        if is_below(name, SOCKETS) or name.split(".")[-1] in STREAM_CALLS:
            yield line, f"{name} can open a socket"
    for node in source.nodes:
        if isinstance(node, ast.Attribute) and node.attr in STREAM_CALLS:
            yield node.lineno, f"{node.attr} opens a socket"


def late_imports(source: Source) -> Iterator[Finding]:
    """No import inside a function, but of heavy things that few calls need."""
    for scope in source.functions:
        for node in ast.walk(scope):
            for line, name in names_imported(node):
                if not is_below(name, HEAVY):
                    yield line, f"{name} is imported inside {scope.name}"


def broad_excepts(source: Source) -> Iterator[Finding]:
    """Errors are caught by name."""
    for node in source.nodes:
        if not isinstance(node, ast.ExceptHandler):
            continue
        caught = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
        if any(kind is None or (isinstance(kind, ast.Name) and kind.id in {"Exception", "BaseException"}) for kind in caught):
            yield node.lineno, "this catches everything"


def long_modules(source: Source) -> Iterator[Finding]:
    """A module is short enough to be read."""
    lines = len(source.text.splitlines())
    if lines > LONGEST_MODULE:
        yield 1, f"{lines} lines, more than {LONGEST_MODULE}"


def long_functions(source: Source) -> Iterator[Finding]:
    """A function fits a screen and a half."""
    for function in source.functions:
        lines = (function.end_lineno or function.lineno) - function.lineno + 1
        if lines > LONGEST_FUNCTION:
            yield function.lineno, f"{function.name} has {lines} lines, more than {LONGEST_FUNCTION}"


def vague_names(source: Source) -> Iterator[Finding]:
    """A module's name says what is in it."""
    for part in {source.path.stem, source.path.parent.name} & VAGUE_NAMES:
        yield 1, f"{part} says nothing"


def silenced_without_reason(source: Source) -> Iterator[Finding]:
    """`# noqa: X - reason`, and `# type: ignore[x]  # reason` (mypy takes no other form)."""
    for token in tokenize.generate_tokens(io.StringIO(source.text).readline):
        if token.type == tokenize.COMMENT and SILENCED.match(token.string) and not SILENCED_WITH_REASON.match(token.string):
            yield token.start[0], "a check is silenced without a reason"


def leaks(source: Source, machine: PurePosixPath) -> Iterator[Finding]:
    """No path of the machine that this was written on, and no address that packages come from."""
    path = re.compile(rf"(?<![\w.]){re.escape(str(machine))}/\w")
    for number, line in enumerate(source.text.splitlines(), 1):
        if path.search(line):
            yield number, "this names a path of this machine"
        if REGISTRY.search(line):
            yield number, "this names where packages come from"
