"""Competencies as people name them."""

import re
from collections.abc import Iterable

from federation.facets import MAX_ALIGNMENTS, MAX_NAME, Alignment
from federation.reading import uri_from
from node.context import Context
from node.errors import BadInput
from node.site import Site
from node.social import naming
from storage.database import Connection
from storage.learning import frameworks
from storage.learning.facets import label_of
from storage.learning.frameworks import Item

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
    tags = f"{origin}/tags/"
    return ", ".join(each.name if each.url.startswith(tags) else f"{each.url} {_unseparated(each.name)}" for each in alignments)


def _unseparated(name: str) -> str:
    return " ".join(SEPARATORS.sub(" ", name).split())


def alignment_of(db: Connection, site: Site, item: Item) -> Alignment:
    """A competency of a framework here, as posts name it."""
    framework = frameworks.find_framework(db, item.framework_id)
    uri = (framework.uri or naming.framework_url(site.origin, framework.id)) if framework else ""
    return Alignment(item.url, item.name, uri, item.code)


def complete(db: Connection, site: Site, alignments: Iterable[Alignment]) -> tuple[Alignment, ...]:
    """The same, with framework, code and name of those that a framework here has."""
    items = ((each, frameworks.find_item_by_url(db, each.url)) for each in alignments)
    return tuple(alignment_of(db, site, item) if item is not None else each for each, item in items)


async def read_alignments(context: Context, text: str) -> tuple[Alignment, ...]:
    """What a list separated by commas names, complete. Raises BadInput where there are too many."""
    return await context.database.read(complete, context.site, alignments_from_text(text, context.site.origin))
