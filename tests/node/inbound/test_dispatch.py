"""The dispatch table, and FEDERATION.md that lists the same rows."""

import re
from pathlib import Path

from node.inbound.dispatch import HANDLERS

FEDERATION = Path(__file__).parents[3] / "FEDERATION.md"
ROW = re.compile(r"^\| `(\w+)` \| (?:`(\w+)`|[^|]*) \|", re.MULTILINE)


def documented() -> list[tuple[str, str | None]]:
    section = FEDERATION.read_text().split("## Activities that we take in")[1].split("\n## ")[0]
    return [(activity, kind or None) for activity, kind in ROW.findall(section)]


def test_the_document_lists_just_what_the_table_understands():
    assert documented() == list(HANDLERS)


def test_no_row_is_listed_twice():
    assert len(documented()) == len(set(documented())) > 20
