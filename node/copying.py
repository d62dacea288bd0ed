"""Files from one store into another: what is there already stays, so that one that was interrupted goes on where it was."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from node.errors import Conflict, NotFound
from node.stores import Store, Stored, Stores, all_of

AREAS = ("media", "making")  # others' files are fetched again
AT_ONCE = 8

Progress = Callable[[int, int], None]  # (files done, files in all)


@dataclass(frozen=True, slots=True)
class Copied:
    """What was done. damaged: files whose bytes are not those that their names are hashes of; they are left where they are."""

    copied: int
    present: int
    size_bytes: int
    damaged: tuple[str, ...]


async def copy_files(source: Stores, target: Stores, progress: Progress) -> Copied:
    """Copies what people here have given, takes nothing away, and compares. Raises Unreachable, Conflict where something came to lack."""
    missing, present = [], 0
    for area in AREAS:
        held = {each.name: each.size_bytes async for each in target.area(area).list()}
        async for each in source.area(area).list():
            is_held = held.get(each.name) == each.size_bytes
            present += is_held
            if not is_held:
                missing.append((area, each))
    progress(present, present + len(missing))
    damaged: list[str] = []
    for start in range(0, len(missing), AT_ONCE):
        batch = missing[start : start + AT_ONCE]
        wrong = await all_of(_copy(source.area(area), target.area(area), each, area) for area, each in batch)
        damaged += [name for name in wrong if name]
        progress(present + start + len(batch), present + len(missing))
    await _compare(source, target, set(damaged))
    sizes = sum(each.size_bytes for _, each in missing if each.name not in damaged)
    return Copied(len(missing) - len(damaged), present, sizes, tuple(damaged))


async def _copy(source: Store, target: Store, stored: Stored, area: str) -> str:
    """'' for a file that was copied, or taken away meanwhile; its name for one that is damaged. Names of what is being made are drawn."""
    try:
        body = await source.get(stored.name)
    except NotFound:
        return ""
    if area == "media" and hashlib.sha256(body).hexdigest()[:40] != stored.name.partition(".")[0]:
        return stored.name
    await target.put(stored.name, body)
    return ""


async def _compare(source: Stores, target: Stores, damaged: set[str]) -> None:
    for area in AREAS:
        held = {each.name: each.size_bytes async for each in target.area(area).list()}
        lacking = [each.name async for each in source.area(area).list() if each.name not in damaged | held.keys()]
        if lacking:
            raise Conflict(f"{len(lacking)} files came while the others were copied; stop the node, and copy again.")
