"""Letters in drawn pictures: DejaVu Sans where the machine has it, else Pillow's own font, which knows few letters beyond ASCII."""

import unicodedata
from functools import lru_cache
from typing import Any

SYSTEM_FONT = "DejaVuSans.ttf"  # Debian: fonts-dejavu-core; Latin, Greek, Cyrillic, Arabic and more


@lru_cache(maxsize=16)
def _font(size: int) -> tuple[Any, bool]:
    """The font in a size, and whether it knows more than ASCII."""
    from PIL import ImageFont  # noqa: PLC0415 - heavy, and few calls need it

    try:
        return ImageFont.truetype(SYSTEM_FONT, size), True
    except OSError:
        return ImageFont.load_default(size), False


def draw_text(draw: Any, at: tuple[float, float], text: str, size: int, fill: str, anchor: str) -> None:
    """Writes a line. size: pixels; anchor: Pillow's. Without the larger font letters lose their marks rather than become boxes."""
    font, knows_letters = _font(size)
    draw.text(at, text if knows_letters else without_marks(text), fill=fill, font=font, anchor=anchor)


def without_marks(text: str) -> str:
    """The text without diacritics; "?" for what has no letter in ASCII."""
    plain = "".join(each for each in unicodedata.normalize("NFKD", text) if not unicodedata.combining(each))
    return plain.replace("…", "...").encode("ascii", "replace").decode()
