"""Documents of ours: kept as they came, under the type that their bytes show, and only ever handed out to be saved."""

import asyncio
import hashlib
import zipfile
from io import BytesIO

from node.context import Context
from node.errors import BadInput
from node.social import media
from node.social.media import Encoded
from storage.records import Account, Media

OPEN_DOCUMENTS = {
    "application/epub+zip": "epub",
    "application/vnd.oasis.opendocument.text": "odt",
    "application/vnd.oasis.opendocument.spreadsheet": "ods",
    "application/vnd.oasis.opendocument.presentation": "odp",
}
OFFICE = {  # the part that each has, and none of the others
    "word/document.xml": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx"),
    "xl/workbook.xml": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"),
    "ppt/presentation.xml": ("application/vnd.openxmlformats-officedocument.presentationml.presentation", "pptx"),
}
TYPES = {
    "application/pdf": "pdf",
    "text/plain": "txt",
    **OPEN_DOCUMENTS,
    **dict(OFFICE.values()),
}
MOST_MEMBERS = 10_000  # of an archive whose names are read
MAX_MIMETYPE = 100
UNKNOWN = "That is no document that we take: use PDF, EPUB, OpenDocument, Word, Excel or PowerPoint files, or plain text."


async def upload(context: Context, account: Account, body: bytes, name: str) -> Media:
    """The document, kept. name: what its author calls it. Raises BadInput."""
    if len(body) > context.config.media.max_upload_bytes:
        raise BadInput(f"A file has at most {context.config.media.max_upload_bytes // 1_048_576} MB.")
    encoded = await asyncio.to_thread(recognise, body)
    return await media.keep(context, account, encoded, " ".join(name.split())[: media.ALT_CHARACTERS], "attachment")


def recognise(body: bytes) -> Encoded:
    """The document with the type that its bytes show, whatever its sender calls it. Raises BadInput."""
    media_type = _type_of(body)
    return Encoded(body, media_type, f"{hashlib.sha256(body).hexdigest()[:40]}.{TYPES[media_type]}", 0, 0)


def _type_of(body: bytes) -> str:
    if body.startswith(b"%PDF-"):
        return "application/pdf"
    return _type_of_archive(body) if body.startswith(b"PK\x03\x04") else _type_of_text(body)


def _type_of_archive(body: bytes) -> str:
    """Only the list of names is read, and one member of a few bytes: nothing is unpacked that could grow."""
    try:
        with zipfile.ZipFile(BytesIO(body)) as archive:
            names = archive.namelist()
            if len(names) > MOST_MEMBERS:
                raise BadInput(UNKNOWN)
            if names[:1] == ["mimetype"] and archive.getinfo("mimetype").file_size <= MAX_MIMETYPE:
                stated = archive.read("mimetype").decode("ascii", "replace").strip()
                if stated in OPEN_DOCUMENTS:
                    return stated
            return next(media_type for part, (media_type, _) in OFFICE.items() if part in names)
    except (zipfile.BadZipFile, StopIteration, RuntimeError, NotImplementedError, EOFError, OSError, ValueError) as error:
        raise BadInput(UNKNOWN) from error


def _type_of_text(body: bytes) -> str:
    try:
        text = body.decode()
    except UnicodeDecodeError as error:
        raise BadInput(UNKNOWN) from error
    if not text.strip() or "\x00" in text:
        raise BadInput(UNKNOWN)
    return "text/plain"
