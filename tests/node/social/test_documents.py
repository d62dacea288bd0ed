"""Documents: known by their bytes, whatever they are called; what is none is refused."""

import zipfile
from io import BytesIO

import pytest

from node.errors import BadInput
from node.social import documents


def archive(*members, compression=zipfile.ZIP_STORED):
    """A zip of (name, text) pairs."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w", compression) as made:
        for name, text in members:
            made.writestr(name, text)
    return out.getvalue()


GOOD = {
    "application/pdf": b"%PDF-1.7\n",
    "text/plain": "Moß wächst langsam.".encode(),
    "application/epub+zip": archive(("mimetype", "application/epub+zip"), ("a", "b")),
    "application/vnd.oasis.opendocument.text": archive(("mimetype", "application/vnd.oasis.opendocument.text")),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": archive(
        ("[Content_Types].xml", ""), ("word/document.xml", "")
    ),
}
BAD = {
    "nothing": b"",
    "spaces": b" \n",
    "bytes": b"\xff\xfe\x00",
    "a program": b"\x7fELF\x02\x01\x01\x00",
    "text with a NUL": b"a\x00b",
    "a plain zip": archive(("a.txt", "b")),
    "half a zip": archive(("word/document.xml", "x" * 100))[:60],
    "a zip that claims to be a page": archive(("mimetype", "text/html")),
    "a bomb in its first member": archive(("mimetype", "x" * 50_000_000), compression=zipfile.ZIP_DEFLATED),
}


@pytest.mark.parametrize(("media_type", "body"), GOOD.items(), ids=GOOD)
async def test_a_document_is_kept_as_it_came_under_the_type_of_its_bytes(world, ada, media_type, body):
    found = await documents.upload(world.context, ada, body, " My  notes.exe ")
    assert (found.media_type, found.alt, found.size_bytes) == (media_type, "My notes.exe", len(body))
    assert found.file.endswith(f".{documents.TYPES[media_type]}")
    assert await world.file(found.file) == body


@pytest.mark.parametrize("body", BAD.values(), ids=BAD)
async def test_what_is_no_document_is_refused_and_not_kept(world, ada, body):
    with pytest.raises(BadInput, match="no document"):
        await documents.upload(world.context, ada, body, "x")
    assert await world.files() == set()


async def test_too_many_bytes_are_refused(world, ada):
    with pytest.raises(BadInput, match="MB"):
        await documents.upload(world.context, ada, b"%PDF-" + bytes(world.context.config.media.max_upload_bytes), "x")
