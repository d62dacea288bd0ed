"""Files that go: put down in the transaction that forgets them, so that neither a kill nor a store that is away leaves one behind."""

from collections.abc import Callable, Collection, Mapping, Sequence

import orjson

from node.context import Context
from node.errors import NotFound
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
    """A job: see drop. Raises Unreachable.

    Somebody may give the same picture again at the very moment. Whoever notes a file looks afterwards whether it is there; here it is
    looked afterwards whether it was noted. One of the two comes second and puts it back.
    """
    store, held = context.stores.area(area), HELD[area]
    for name in sorted(set(files) - await context.database.read(held, files)):
        try:
            body = await store.get(name)
        except NotFound:
            continue
        await store.delete([name])
        if await context.database.read(held, [name]):
            await store.put(name, body)
