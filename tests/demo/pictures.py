"""Pictures for the story, drawn when they are needed."""

from io import BytesIO
from math import cos, pi, sin

from PIL import Image, ImageDraw


def drawn(name: str, ink: str, paper: str) -> bytes:
    """A square PNG: a flower with three petals more than the name has letters."""
    size, petals = 400, len(name) + 3
    picture = Image.new("RGB", (size, size), paper)
    pen = ImageDraw.Draw(picture)
    for petal in range(petals):
        x, y = size / 2 + 95 * cos(2 * pi * petal / petals), size / 2 + 95 * sin(2 * pi * petal / petals)
        pen.ellipse((x - 70, y - 70, x + 70, y + 70), outline=ink, width=10)
    return _png(picture)


def roof() -> bytes:
    """A PNG of a roof truss: a triangle with its height and two struts."""
    picture = Image.new("RGB", (900, 420), "#f6efe0")
    pen = ImageDraw.Draw(picture)
    left, right, top, foot = (80, 360), (820, 360), (450, 60), (450, 360)
    for line in ((left, right), (left, top), (right, top), (top, foot), ((265, 210), foot), ((635, 210), foot)):
        pen.line(line, fill="#7a4a12", width=12)
    return _png(picture)


def _png(picture: Image.Image) -> bytes:
    out = BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()
