"""Compressed bodies are refused everywhere: what is small on the wire and large in memory would stop the node for everybody."""

from collections.abc import Mapping
from typing import Any

from aiohttp import BodyPartReader, MultipartReader, hdrs, web
from multidict import MultiMapping

from federation.webmentions import MAX_XML
from node.web.negotiating import Handler

MAX_BODIES: Mapping[str, int] = {"/webmention": 16 * 1024, "/pingback": MAX_XML}  # bytes, of what anybody may send unasked
PLAIN = frozenset({"", "identity"})
PLAIN_PARTS = frozenset({"", "7bit", "8bit", "binary"})  # Content-Transfer-Encoding that changes nothing (RFC 2045, section 6)
SENTENCE = "Send the body as it is, without Content-Encoding."
PART_SENTENCE = "Send each part of the form as it is, without Content-Encoding or Content-Transfer-Encoding."

Fields = MultiMapping[str | bytes | bytearray | web.FileField]


@web.middleware
async def refuse_codings(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Raises 413 for a body that is too long as it is sent, 415 for one with any Content-Encoding but `identity`.

    On every route, before a byte of it is read (RFC 9110, section 15.5.16). The server is run with auto_decompress=False, so that
    aiohttp inflates nothing before either.
    """
    max_bytes = MAX_BODIES.get(request.path)
    if max_bytes is not None and (request.content_length or 0) > max_bytes:
        raise web.HTTPRequestEntityTooLarge(max_bytes, request.content_length or 0)
    if any(
        coding.strip().lower() not in PLAIN for value in request.headers.getall(hdrs.CONTENT_ENCODING, []) for coding in value.split(",")
    ):
        raise web.HTTPUnsupportedMediaType(text=SENTENCE)
    return await handler(request)


async def read_fields(request: web.Request, max_bytes: int) -> Fields:
    """The fields of a posted form. Raises 413 where they are longer, 415 where a part is encoded, ValueError and its kin for no form."""
    form = request.clone(client_max_size=max_bytes)
    form.__class__ = _PlainForm  # clone() knows no other way to choose the reader of parts
    return await form.post()


class _PlainPart(BodyPartReader):
    """A part of a form that is what it says; aiohttp would inflate it."""

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        is_plain = self.headers.get(hdrs.CONTENT_ENCODING, "").strip().lower() in PLAIN
        if not is_plain or self.headers.get(hdrs.CONTENT_TRANSFER_ENCODING, "").strip().lower() not in PLAIN_PARTS:
            raise web.HTTPUnsupportedMediaType(text=PART_SENTENCE)


class _PlainForm(web.Request):
    """A request whose form has plain parts only."""

    async def multipart(self) -> MultipartReader:
        """The parts, one after the other."""
        reader = await super().multipart()
        reader.part_reader_cls = _PlainPart
        return reader
