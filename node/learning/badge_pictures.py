"""A badge's picture drawn from its name, so that nobody needs a designer: as SVG, and the same as PNG."""

from functools import lru_cache
from hashlib import sha256
from html import escape
from io import BytesIO
from math import cos, pi, sin
from textwrap import wrap

from node.learning.lettering import draw_text

SIDE = 400  # pixels, and units of the SVG
CORNERS, RADIUS, INNER = 12, 190, 168
LINE, LINES, LETTERS = 44, 3, 14
PAIRS = (("#1b4332", "#d8f3dc"), ("#1d3557", "#e3f2fd"), ("#5a189a", "#f3e8ff"), ("#7f1d1d", "#fee2e2"), ("#7c2d12", "#ffedd5"),
         ("#134e4a", "#ccfbf1"))  # fmt: skip  # dark on light, contrast above 7


def colours_of(name: str) -> tuple[str, str]:
    """The dark and the light one; the same for the same name."""
    return PAIRS[sha256(name.encode()).digest()[0] % len(PAIRS)]


def lines_of(name: str) -> list[str]:
    """The name in lines that fit; what does not is left out with an ellipsis."""
    found = wrap(" ".join(name.split()), LETTERS) or [" "]
    return found if len(found) <= LINES else [*found[: LINES - 1], f"{found[LINES - 1][: LETTERS - 1]}…"]


def _corners(radius: float) -> list[tuple[float, float]]:
    """A rosette: every other corner stands a little further in."""
    middle, steps = SIDE / 2, 2 * CORNERS
    return [
        (
            middle + radius * (1 if step % 2 else 0.93) * cos(pi * step / CORNERS),
            middle + radius * (1 if step % 2 else 0.93) * sin(pi * step / CORNERS),
        )
        for step in range(steps)
    ]


@lru_cache(maxsize=200)
def svg_of(name: str) -> bytes:
    """The picture as SVG, with the name as its title."""
    dark, light = colours_of(name)
    outline = " ".join(f"{x:.1f},{y:.1f}" for x, y in _corners(RADIUS))
    lines = lines_of(name)
    first = SIDE / 2 - LINE * (len(lines) - 1) / 2 + LINE / 3
    texts = "".join(f'<text x="{SIDE // 2}" y="{first + LINE * number:.0f}">{escape(line)}</text>' for number, line in enumerate(lines))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIDE} {SIDE}" width="{SIDE}" height="{SIDE}" role="img">'
        f"<title>{escape(name)}</title>"
        f'<polygon points="{outline}" fill="{dark}"/><circle cx="{SIDE // 2}" cy="{SIDE // 2}" r="{INNER - 12}" fill="{light}"/>'
        f'<g fill="{dark}" font-family="sans-serif" font-size="36" font-weight="bold" text-anchor="middle">{texts}</g></svg>'
    ).encode()


@lru_cache(maxsize=50)
def png_of(name: str) -> bytes:
    """The same as PNG. Takes a hundredth of a second: fit for a thread."""
    from PIL import Image, ImageDraw  # noqa: PLC0415 - heavy, and few calls need it

    dark, light = colours_of(name)
    picture = Image.new("RGBA", (SIDE, SIDE), (0, 0, 0, 0))
    draw = ImageDraw.Draw(picture)
    draw.polygon(_corners(RADIUS), fill=dark)
    radius = INNER - 12
    draw.ellipse((SIDE / 2 - radius, SIDE / 2 - radius, SIDE / 2 + radius, SIDE / 2 + radius), fill=light)
    lines = lines_of(name)
    for number, line in enumerate(lines):
        height = SIDE / 2 + LINE * (number - (len(lines) - 1) / 2)
        draw_text(draw, (SIDE / 2, height), line, 34, dark, "mm")
    return png_bytes(picture)


def png_from(body: bytes) -> bytes:
    """A picture of ours, whatever its kind, as PNG."""
    from PIL import Image  # noqa: PLC0415 - as above

    with Image.open(BytesIO(body)) as picture:
        return png_bytes(picture.convert("RGBA"))


def png_bytes(picture: object) -> bytes:
    """A drawn picture as PNG."""
    out = BytesIO()
    picture.save(out, "PNG", optimize=True)  # type: ignore[attr-defined]  # a PIL.Image.Image
    return out.getvalue()
