"""Competencies as people name them."""

import re
from collections.abc import Iterable

from federation.facets import MAX_ALIGNMENTS, MAX_NAME, Alignment
from federation.reading import uri_from
from node.errors import BadInput
from node.social import naming
from storage.learning.facets import label_of

SEPARATORS = re.compile(r"[,;\n]")


def alignments_from_text(text: str, origin: str) -> tuple[Alignment, ...]:
    """What a list separated by commas names, each once. Raises BadInput where there are too many.

    A name stands for the hashtag of this node; `https://… Name` is a competency of a framework elsewhere.
    """
    found: dict[str, Alignment] = {}
    for item in filter(None, (" ".join(part.split()) for part in SEPARATORS.split(text))):
        alignment = _alignment(item, origin)
        if alignment is not None:
            found.setdefault(alignment.url, alignment)
    if len(found) > MAX_ALIGNMENTS:
        raise BadInput("Those are too many competencies.")
    return tuple(found.values())


def _alignment(item: str, origin: str) -> Alignment | None:
    first, _, rest = item.partition(" ")
    url = uri_from(first) if "://" in first else None
    if url is not None:
        return Alignment(url, (rest or url.rstrip("/").rpartition("/")[2])[:MAX_NAME])
    name = item.lstrip("#")[:MAX_NAME]
    label = label_of(name)
    return Alignment(naming.tag_url(origin, label), name) if label else None


def text_from_alignments(alignments: Iterable[Alignment], origin: str) -> str:
    """The same as people write it."""
    return ", ".join(each.name if each.url.startswith(f"{origin}/") else f"{each.url} {each.name}" for each in alignments)
