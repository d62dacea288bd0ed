"""A picture in 28 characters: what programs show until it has come (the BlurHash algorithm of Wolt, as its specification says).

Ours, for the packages for it are either an unkept copy in C or slower than this on the small pictures that we give it.
"""

import math
from functools import lru_cache
from math import cos, pi

from PIL import Image

DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz#$%*+,-.:;=?@[]^_{|}~"
ACROSS, DOWN = 4, 3  # components
SIDE = 32  # pixels: no more are needed for so few components

Colour = tuple[float, float, float]


def blurhash(picture: Image.Image) -> str:
    """The hash of a picture, over white where it is transparent."""
    small = picture.convert("RGBA")
    small.thumbnail((SIDE, SIDE))
    flat = Image.new("RGB", small.size, "white")
    flat.paste(small, mask=small.getchannel("A"))
    light = [_linear(value) for value in flat.tobytes()]
    linear = list(zip(light[::3], light[1::3], light[2::3], strict=True))
    parts = [_component(linear, small.width, small.height, across, down) for down in range(DOWN) for across in range(ACROSS)]
    return _encoded(parts[0], parts[1:])


def _component(linear: list[Colour], width: int, height: int, across: int, down: int) -> Colour:
    """How much of a cosine wave is in the picture, by colour."""
    scale = (1 if across == down == 0 else 2) / (width * height)
    waves_x = [cos(pi * across * x / width) for x in range(width)]
    waves_y = [cos(pi * down * y / height) for y in range(height)]
    red = green = blue = 0.0
    for y, wave_y in enumerate(waves_y):
        row = linear[y * width : (y + 1) * width]
        for wave_x, (r, g, b) in zip(waves_x, row, strict=True):
            wave = wave_x * wave_y
            red, green, blue = red + wave * r, green + wave * g, blue + wave * b
    return red * scale, green * scale, blue * scale


def _encoded(mean: Colour, waves: list[Colour]) -> str:
    largest = max(abs(value) for wave in waves for value in wave)
    quantised = max(0, min(82, int(largest * 166 - 0.5)))
    most = (quantised + 1) / 166
    average = (_srgb(mean[0]) << 16) + (_srgb(mean[1]) << 8) + _srgb(mean[2])
    head = _digits((ACROSS - 1) + (DOWN - 1) * 9, 1) + _digits(quantised, 1) + _digits(average, 4)
    return head + "".join(_digits(_wave(wave, most), 2) for wave in waves)


def _wave(wave: Colour, most: float) -> int:
    red, green, blue = (max(0, min(18, int(_signed_root(value / most) * 9 + 9.5))) for value in wave)
    return red * 19 * 19 + green * 19 + blue


def _signed_root(value: float) -> float:
    return math.copysign(math.sqrt(abs(value)), value)


@lru_cache(maxsize=256)
def _linear(value: int) -> float:
    """sRGB to linear light."""
    share = value / 255
    return share / 12.92 if share <= 0.04045 else float(((share + 0.055) / 1.055) ** 2.4)


def _srgb(value: float) -> int:
    share = max(0.0, min(1.0, value))
    return int((share * 12.92 if share <= 0.0031308 else 1.055 * share ** (1 / 2.4) - 0.055) * 255 + 0.5)


def _digits(value: int, length: int) -> str:
    return "".join(DIGITS[value // 83 ** (length - place) % 83] for place in range(1, length + 1))
