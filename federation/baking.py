"""Credentials inside of pictures, and out of them again (Open Badges 3.0, section 5.3), by openbadgeslib.

PNG: an iTXt chunk `openbadgecredential`; SVG: the text of an element `openbadges:credential`.
"""

import zlib
from xml.parsers.expat import ExpatError

from federation.errors import Malformed

PNG = b"\x89PNG\r\n\x1a\n"
MAX_BYTES = 8 * 1024 * 1024  # of a picture that is looked into


def bake_png(picture: bytes, credential: str) -> bytes:
    """The PNG with a credential in it."""
    from openbadgeslib import baking  # noqa: PLC0415 - a tenth of a second, and few calls need it

    return bytes(baking.bake_png(picture, credential, keyword=baking.ITXT_KEYWORD_OB3))


def bake_svg(picture: bytes, credential: str) -> bytes:
    """The SVG with a credential in it, without anything in it that could act."""
    from openbadgeslib import baking  # noqa: PLC0415 - as above

    return bytes(baking.bake_svg(picture, credential, element=baking.SVG_ELEMENT_OB3, namespace=baking.SVG_NS_OB3, as_text=True))


def credential_in(body: bytes) -> bytes:
    """The credential's text: out of a PNG or SVG, or the body itself where that is no picture. Raises Malformed."""
    if len(body) > MAX_BYTES:
        raise Malformed(f"a file with a credential has at most {MAX_BYTES // 1_048_576} MiB")
    if body.startswith(PNG):
        return _from_png(body)
    return _from_svg(body) if body.lstrip()[:1] == b"<" else body


def _from_png(body: bytes) -> bytes:
    from openbadgeslib import baking, errors  # noqa: PLC0415 - as above
    from png import Error  # type: ignore[import-untyped]  # noqa: PLC0415  # as above; it has no types

    try:
        text = baking.extract_png(body, keyword=baking.ITXT_KEYWORD_OB3)
    except (Error, errors.LibOpenBadgesException, ValueError, EOFError, zlib.error) as error:
        raise Malformed("that PNG cannot be read") from error
    return _required(text)


def _from_svg(body: bytes) -> bytes:
    from defusedxml import DefusedXmlException  # type: ignore[import-untyped]  # noqa: PLC0415  # as above; it has no types
    from openbadgeslib import baking  # noqa: PLC0415 - as above

    try:
        text = baking.extract_svg(body, element=baking.SVG_ELEMENT_OB3, text_fallback=True)
    except (ExpatError, DefusedXmlException, ValueError) as error:
        raise Malformed("that SVG cannot be read") from error
    return _required(text)


def _required(text: str | None) -> bytes:
    if text is None:
        raise Malformed("there is no Open Badges 3.0 credential in that picture")
    return text.encode()
