"""docs/client-api.md, out of the router: `python -m tests.clients.table > docs/client-api.md`. A test holds the two together."""

import re
from pathlib import Path
from types import SimpleNamespace

from node.assembly import build_app
from node.config import config_from_toml
from node.web.mastodon.instance import API, VERSION
from tests.clients import tiers

TIERS = (
    ("T1", "Signing in and showing home", tiers.T1),
    ("T2", "Everyday use", tiers.T2),
    ("T3", "The rest of the public surface", tiers.T3),
)
HEAD = """# The client API

Programs for Mastodon work with a Hedgerow node: it speaks [Mastodon's client API](https://docs.joinmastodon.org/methods/) under
`/api/v1`, `/api/v2` and `/oauth`. It calls itself `{version}` and promises `api_versions.mastodon` {api}.

This page is made from the router (`python -m tests.clients.table`); a test holds it true. Every answer that the tests and the walks of
real programs (`tests/clients`) bring is held against a published schema of the API.

What differs from Mastodon: texts are Markdown; posts may be long (`configuration.statuses.max_characters`); nothing is translated;
collections of people, announcements and annual reports are answered as empty or not there. A reflection, a path or a resource is a
status with its text or abstract and a link; an achievement comes with its picture.
"""


def shape(path: str) -> str:
    """A path with what is open in it as `:p`."""
    return re.sub(r"\{[^}]*\}", ":p", path).rstrip("/") or "/"


def served() -> set[tuple[str, str]]:
    """(method, path) of all that the application answers, but for the sentence that there is no such thing."""
    config = config_from_toml('[node]\nurl = "http://hedge.test"', Path(), {})
    app = build_app(SimpleNamespace(config=config))  # type: ignore[arg-type]  # nothing else of a context is looked at
    return {(route.method, shape(route.resource.canonical)) for route in app.router.routes() if route.resource and route.method != "*"}


def is_served(operation: str, known: set[tuple[str, str]]) -> bool:
    """Whether an operation of the tiers is there; PUT and PATCH both, where they count as one."""
    methods, _, path = operation.partition(" ")
    path = path.replace("/:any", "/:p")
    return all((method, path) in known for method in methods.split("/"))


def table() -> str:
    """The whole page."""
    known = served()
    parts = [HEAD.format(version=VERSION, api=API)]
    for name, title, listed in TIERS:
        operations = listed.strip().splitlines()
        there = sum(is_served(each, known) for each in operations)
        parts.append(f"## {name}: {title} ({there}/{len(operations)})\n\n| operation | |\n|---|---|")
        parts[-1] += "".join(f"\n| `{each}` | {'yes' if is_served(each, known) else 'no'} |" for each in operations)
    return "\n".join(parts).replace("|\n## ", "|\n\n## ") + "\n"


if __name__ == "__main__":
    print(table(), end="")
