"""Verdicts on files, with no network and no database: a credential's JSON, a PNG or SVG that holds one, a portfolio, an archive."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from io import BytesIO
from typing import Any

import orjson

from federation.actors import actor_from_document
from federation.baking import credential_in
from federation.credentials import TRANSCRIPT, credential_from_document
from federation.errors import Malformed, Unverified
from federation.json import document_from_bytes
from federation.keys import DID_KEY
from federation.rdf_proofs import verify_quads
from federation.reading import mappings, types_from
from node.errors import BadInput
from node.learning.archives import Archive
from node.learning.sealing import fault_of
from node.learning.verdicts import Known, Part, SeenList, Verdict, judge, proof_part

CLAIM, END = b'<script type="application/json" class="claim" data-kind="credential">', b"</script>"
TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <https://www.w3.org/2018/credentials#VerifiableCredential> ."
NAME = ' <https://schema.org/name> "'
MAX_INSIDE = 50  # credentials of one presentation
FOLDERS = ("credentials", "endorsements", "transcripts")

Judged = list[tuple[str, Verdict]]


def check_file(body: bytes, now: datetime) -> Judged:
    """What is in the file by name, and the verdict on each. Raises Malformed where nothing in it can be read."""
    if body.startswith(b"PK\x03\x04"):
        return check_archive(body, now)
    if body.lstrip()[:14].lower() == b"<!doctype html":
        return check_page(body)
    return check_document(document_from_bytes(credential_in(body)), Known(now))


def check_document(document: Mapping[str, Any], known: Known) -> Judged:
    """A credential, and where it is a transcript or a wallet's presentation the credentials in it. Raises Malformed."""
    if "VerifiablePresentation" in types_from(document):
        inside = mappings(document.get("verifiableCredential"))[:MAX_INSIDE]
        if not inside:
            raise Malformed("there is no credential in that presentation")
        return [judged for each in inside for judged in check_document(each, known)]
    credential = credential_from_document(document)
    found = [(credential.name or credential.uri, judge(document, fault_of(document), known))]
    members: Sequence[Mapping[str, Any]] = credential.members if credential.kind == TRANSCRIPT else ()
    for member in members:
        found += check_document(member, known)
    return found


def check_archive(body: bytes, now: datetime) -> Judged:
    """Every credential of an archive, held to the profile in it and to the lists that came along. Raises Malformed."""
    try:
        archive = Archive(BytesIO(body))
        actor = actor_from_document(archive.document("actor.json"))
        names = frozenset({actor.uri, *(DID_KEY + key.encoded for key in actor.keys if key.algorithm == "ed25519")})
        own, others = Known(now, None, names, _lists(archive)), Known(now, None, None, _lists(archive))
        documents = [(folder, archive.document(name)) for folder in FOLDERS for name in archive.names(folder) if name.endswith(".json")]
    except BadInput as error:
        raise Malformed(str(error)) from error
    return [judged for folder, document in documents for judged in check_document(document, own if folder == "credentials" else others)]


def _lists(archive: Archive) -> dict[str, SeenList]:
    """The status lists of an archive whose own proof holds, as of the day that was signed."""
    found = {}
    for stated in archive.records()["documents"]:
        if stated.get("kind") != "list" or not isinstance(stated.get("body"), str):
            continue
        document = document_from_bytes(stated["body"].encode())
        if not fault_of(document) and (moment := credential_from_document(document).valid_from) is not None:
            found[str(stated.get("uri"))] = SeenList(document, str(document.get("issuer")), moment)
    return found


def _boxes(body: bytes) -> list[bytes]:
    """What stands in each box of a portfolio.html."""
    parts = (part.partition(END) for part in body.split(CLAIM)[1:])
    return [box for box, end, _ in parts if end]


def check_page(body: bytes) -> Judged:
    """The credentials of a portfolio.html: only their quads are there, so only their proofs can be told. Raises Malformed."""
    found: Judged = []
    for number, box in enumerate(_boxes(body), 1):
        try:
            claim = orjson.loads(box)
            options, document, signature = (str(claim[name]) for name in ("options", "document", "signature"))
            verify_quads(options, document, signature)
        except (Unverified, Malformed, ValueError, KeyError, TypeError) as error:
            found.append((f"claim {number}", Verdict((proof_part(str(error)),))))
            continue
        found.append((_name_in(document) or f"claim {number}", Verdict((proof_part(""), *_unread()))))
    if not found:
        raise Malformed("there is no credential in that page")
    return found


def _name_in(quads: str) -> str:
    """What the credential is called by its own statements."""
    lines = quads.split("\n")
    root = next((line.partition(" ")[0] for line in lines if line.endswith(TYPE)), "")
    said = next((line for line in lines if line.startswith(f"{root}{NAME}")), "")
    return said.removeprefix(f"{root}{NAME}").rpartition('"')[0]


def _unread() -> tuple[Part, ...]:
    return (Part("status", "unknown", "Open the page in a browser: it shows what else was signed."),)
