"""Custom emojis: `:name:` in somebody's text becomes the picture that their server gave for it."""

import re
from functools import lru_cache

import orjson
from markupsafe import Markup, escape

TAG = re.compile(r"(<[^<>]*>)")
SHORTCODE = re.compile(r":([A-Za-z0-9_]{1,64}):")


def with_emojis(text: str, emojis: str | None) -> Markup:
    """Text or sanitised HTML (as Markup) with pictures for the shortcodes of a JSON list [[shortcode, URL], ...]."""
    markup = escape(text)
    return markup if not emojis or emojis == "[]" or ":" not in markup else _replaced(markup, emojis)


@lru_cache(maxsize=2000)
def _replaced(markup: Markup, emojis: str) -> Markup:
    urls = {name: url for name, url in orjson.loads(emojis) if url.startswith(("https://", "http://"))}

    def picture(match: re.Match[str]) -> str:
        url = urls.get(match[1])
        if url is None:
            return match[0]
        name = f":{match[1]}:"
        return str(Markup('<img class="emoji" src="{0}" alt="{1}" title="{1}" loading="lazy">').format(url, name))

    parts = TAG.split(str(markup))
    parts[::2] = [SHORTCODE.sub(picture, part) for part in parts[::2]]
    return Markup("".join(parts))  # noqa: S704 - both halves were escaped or sanitised above
