"""Custom emojis of this node: added and taken away by those who look after it."""

import asyncio
import re

from node.context import Context
from node.errors import BadInput, Conflict
from node.site import Site
from node.social import media
from storage import emojis
from storage.database import Connection
from storage.emojis import CustomEmoji
from storage.errors import Taken
from storage.ids import free_id

SHORTCODE = re.compile(r"[A-Za-z0-9_]{2,64}")
SIDE = 128  # pixels
CATEGORY_CHARACTERS = 50


async def add(context: Context, shortcode: str, body: bytes, category: str = "") -> CustomEmoji:
    """A picture that stands for `:shortcode:` from now on. Raises BadInput, Conflict."""
    name = shortcode.strip().strip(":")
    if not SHORTCODE.fullmatch(name):
        raise BadInput("A name has 2 to 64 letters a-z, digits and _.")
    if len(category) > CATEGORY_CHARACTERS:
        raise BadInput("That is too long.")
    encoded = await asyncio.to_thread(media.encode, body, context.config.media.max_pixels, SIDE)
    await media.put(context, encoded)
    try:
        added = await context.database.write(_add, context.site, name, encoded.file, category.strip())
    except Taken as error:
        raise Conflict(f"The name {name} is taken.") from error
    await media.put_again(context, encoded)
    return added


def _add(db: Connection, site: Site, name: str, file: str, category: str) -> CustomEmoji:
    now_ms = site.now_ms()
    made = CustomEmoji(free_id(db, "emoji", now_ms), name, file, category, True, now_ms)
    emojis.add_emoji(db, made)
    return made


async def remove(context: Context, emoji_id: int) -> None:
    """The emoji can be written no longer; posts that have it keep it, so its file stays."""
    await context.database.write(emojis.remove_emoji, emoji_id)
