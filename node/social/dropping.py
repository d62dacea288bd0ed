"""Files that go: put down in the transaction that forgets them, so that neither a kill nor a store that is away leaves one behind."""

from collections.abc import Callable, Collection, Mapping, Sequence

import orjson

from node.context import Context
from node.site import Site
from storage import jobs, media, proxied
from storage.database import Connection
from storage.events import add_event

MEDIA, PROXIED = "media", "proxied"
HELD: Mapping[str, Callable[[Connection, Sequence[str]], set[str]]] = {
    MEDIA: media.list_held_files,
    PROXIED: proxied.list_held_files,
}


def drop(db: Connection, site: Site, area: str, files: Collection[str]) -> None:
    """These go soon, but for those of which something is known by then. area: MEDIA or PROXIED."""
    if files:
        payload = orjson.dumps({"area": area, "files": sorted(files)}).decode()
        jobs.add_job(db, "drop_files", payload, site.now_ms())
        add_event(db, "jobs")


async def drop_files(context: Context, area: str, files: Sequence[str]) -> None:
    """A job: see drop. Somebody may have given the same picture again. Raises Unreachable."""
    held = await context.database.read(HELD[area], files)
    await context.stores.area(area).delete(set(files) - held)
