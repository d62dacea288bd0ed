"""A portfolio as a picture of 1200 × 630, the size in which other programs show a link (OpenGraph's og:image)."""

from typing import Any

from node.learning.badge_pictures import colours_of, png_bytes
from node.learning.lettering import draw_text
from node.learning.portfolio import Portfolio, Skill

WIDTH, HEIGHT, EDGE = 1200, 630, 80  # pixels
SHOWN, ROW, BAR = 4, 82, 12
LETTERS = {"name": 23, "skill": 34, "handle": 50, "source": 36}  # that fit in one line


def shortened(text: str, most: int) -> str:
    """The text in one line, with an ellipsis where it does not fit."""
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[: most - 1]}…"


def card_of(found: Portfolio, handle: str, node_name: str) -> bytes:
    """A PNG: whose it is, and the strongest competencies with what speaks for each. Takes a fiftieth of a second: fit for a thread."""
    from PIL import Image, ImageDraw  # noqa: PLC0415 - heavy, and few calls need it

    dark, light = colours_of(found.owner.title)
    picture = Image.new("RGB", (WIDTH, HEIGHT), light)
    draw = ImageDraw.Draw(picture)

    def write(at: tuple[int, int], text: str, size: int, anchor: str = "ls") -> None:
        draw_text(draw, at, text, size, dark, anchor)

    draw.rectangle((0, 0, EDGE // 3, HEIGHT), fill=dark)
    write((EDGE, 130), shortened(found.owner.title, LETTERS["name"]), 68)
    write((EDGE, 180), shortened(handle, LETTERS["handle"]), 30)
    for number, skill in enumerate(found.skills[:SHOWN]):
        _draw_skill(draw, write, skill, 260 + ROW * number, dark)
    write((WIDTH - EDGE, HEIGHT - 36), shortened(node_name, LETTERS["handle"]), 26, "rs")
    return png_bytes(picture)


def _source(skill: Skill) -> str:
    """Who says so first: an issuer with their server, the owner themselves, or how many things there are."""
    claim = next(iter(skill.claims), None)
    if claim is None or claim.issuer is None:
        return f"{len(skill.items)} ×"
    return "recorded by themselves" if claim.kind == "self" else f"@{claim.issuer.name}@{claim.domain}"


def _draw_skill(draw: Any, write: Any, skill: Skill, top: int, dark: str) -> None:
    """A competency, how much speaks for it against the others here, and who says so."""
    room = WIDTH - 2 * EDGE
    write((EDGE, top), shortened(skill.name, LETTERS["skill"]), 32)
    write((WIDTH - EDGE, top), shortened(_source(skill), LETTERS["source"]), 22, "rs")
    draw.rounded_rectangle((EDGE, top + 14, EDGE + room, top + 14 + BAR), BAR // 2, outline=dark, width=2)
    draw.rounded_rectangle((EDGE, top + 14, EDGE + max(int(room * skill.strength), BAR), top + 14 + BAR), BAR // 2, fill=dark)
