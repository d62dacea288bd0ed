"""Archives from outside, read as what anybody may have made: names, sizes, links, bombs and hashes come before anything else."""

import hashlib
import re
import stat
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import orjson

from federation.errors import Malformed
from federation.json import document_from_bytes
from node.errors import BadInput
from node.learning.exporting import FORMAT, RECORDS

NAMES = re.compile(
    r"(?:actor|key|records|papers|manifest)\.json|network\.opml|following_accounts\.csv|portfolio\.html|objects/\d{1,19}\.json"
    r"|(?:credentials|endorsements|transcripts)/\d{1,9}\.(?:json|png)|snapshots/z[1-9A-HJ-NP-Za-km-z]{1,100}\.json"
    r"|media/[0-9a-f]{40}\.[a-z0-9]{2,5}"
)
MANIFEST = "manifest.json"
MOST_FILES, MOST_BYTES = 200_000, 8 << 30
MOST_OF_ONE, MOST_RATIO = 64 << 20, 300  # bytes unpacked, and how many times as large as packed; below SMALL that says nothing
SMALL = 1 << 20
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError)


class Archive:
    """An archive whose list of files is one that we could have written. Raises BadInput for any other. Blocks: fit for a thread."""

    def __init__(self, source: Path | BinaryIO) -> None:
        try:
            self._zip = zipfile.ZipFile(source)
        except BROKEN as error:
            raise BadInput("That is no archive of a Hedgerow account, or a damaged one.") from error
        _check(self._zip.infolist())
        manifest = self._document(MANIFEST)
        if manifest.get("format") != FORMAT:
            raise BadInput("That is no archive of a Hedgerow account, or one of a newer version.")
        self.manifest: Mapping[str, Any] = manifest
        hashes = manifest.get("files")
        self._hashes: Mapping[str, Any] = hashes if isinstance(hashes, dict) else {}
        if set(self._hashes) != set(self._zip.namelist()) - {MANIFEST}:
            raise BadInput("The archive does not hold exactly the files that it lists.")

    def names(self, folder: str) -> Sequence[str]:
        """The files of one folder, in the order of their numbers."""
        return sorted((name for name in self._hashes if name.startswith(f"{folder}/")), key=lambda name: (len(name), name))

    def read(self, name: str) -> bytes:
        """One file's bytes, which are those that the archive was made with. Raises BadInput."""
        body = self._bytes(name)
        if hashlib.sha256(body).hexdigest() != self._hashes.get(name):
            raise BadInput(f"{name} in the archive was changed since it was made.")
        return body

    def document(self, name: str) -> dict[str, Any]:
        """A JSON object. Raises BadInput."""
        try:
            return document_from_bytes(self.read(name))
        except Malformed as error:
            raise BadInput(f"{name} in the archive cannot be read.") from error

    def records(self) -> dict[str, list[Any]]:
        """What the former node knew of credentials, lists and evidence. Raises BadInput."""
        try:
            found = orjson.loads(self.read("records.json"))
        except orjson.JSONDecodeError as error:
            raise BadInput("records.json in the archive cannot be read.") from error
        if not isinstance(found, dict) or not all(isinstance(found.get(name, []), list) for name in RECORDS):
            raise BadInput("records.json in the archive cannot be read.")
        return {name: [each for each in found.get(name, []) if isinstance(each, dict)] for name in RECORDS}

    def papers(self) -> dict[str, Any]:
        """What only the former node knew; archives from before 2026-11-25 have none of it. Raises BadInput."""
        return self.document("papers.json") if "papers.json" in self._hashes else {}

    def _document(self, name: str) -> dict[str, Any]:
        try:
            return document_from_bytes(self._bytes(name))
        except Malformed as error:
            raise BadInput(f"{name} in the archive cannot be read.") from error

    def _bytes(self, name: str) -> bytes:
        try:
            with self._zip.open(name) as file:
                body = file.read(MOST_OF_ONE + 1)
        except (*BROKEN, KeyError) as error:
            raise BadInput(f"{name} is missing from the archive, or damaged.") from error
        if len(body) > MOST_OF_ONE:
            raise BadInput(f"{name} in the archive is too large.")
        return body


def _check(listed: Sequence[zipfile.ZipInfo]) -> None:
    if len(listed) > MOST_FILES or sum(each.file_size for each in listed) > MOST_BYTES:
        raise BadInput("The archive holds too much.")
    if len({each.filename for each in listed}) != len(listed):
        raise BadInput("The archive holds two files of one name.")
    for each in listed:
        mode = each.external_attr >> 16
        is_plain = not each.is_dir() and (not stat.S_IFMT(mode) or stat.S_ISREG(mode)) and not each.flag_bits & 0x1
        if not NAMES.fullmatch(each.filename) or not is_plain or each.compress_type not in METHODS:
            raise BadInput(f"The archive holds {each.filename[:100]!r}, which no archive of ours does.")
        if each.file_size > MOST_OF_ONE or (each.file_size > SMALL and each.file_size > MOST_RATIO * max(each.compress_size, 1)):
            raise BadInput(f"{each.filename} in the archive is too large.")
