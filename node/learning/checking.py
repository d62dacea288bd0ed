"""Verdicts on files, with no network and no database: a credential's JSON, a PNG or SVG that holds one."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from federation.baking import credential_in
from federation.credentials import TRANSCRIPT, credential_from_document
from federation.json import document_from_bytes
from node.learning.sealing import fault_of
from node.learning.verdicts import Known, Verdict, judge


def check_file(body: bytes, now: datetime) -> list[tuple[str, Verdict]]:
    """What is in the file by name, and the verdict on each. Raises Malformed where nothing in it can be read."""
    return check_document(document_from_bytes(credential_in(body)), Known(now))


def check_document(document: Mapping[str, Any], known: Known) -> list[tuple[str, Verdict]]:
    """A credential, and where it is a transcript its members too. Raises Malformed."""
    credential = credential_from_document(document)
    found = [(credential.name or credential.uri, judge(document, fault_of(document), known))]
    members: Sequence[Mapping[str, Any]] = credential.members if credential.kind == TRANSCRIPT else ()
    for member in members:
        found += check_document(member, known)
    return found
