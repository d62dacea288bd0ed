"""Which credentials were revoked: Bitstring Status Lists written and read, and 1EdTech's older list of ids read.

Bitstring Status List 1.0: 131,072 bits at least, gzip, base64url behind a `u`; the leftmost bit is number 0.
"""

import gzip
import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as BadBase64
from collections.abc import Iterable
from datetime import datetime

from federation.credentials import STATUS_LIST, StatusEntry
from federation.errors import Malformed
from federation.linked_data import VC
from federation.reading import as_list, as_mapping, mappings, types_from, wire_date
from federation.records import Document

SIZE = 131_072  # bits; the least that the standard takes, so that a number tells nothing
MAX_BYTES = 4 * 1024 * 1024  # of a list that is read, unpacked: 33 million credentials


def status_list_document(url: str, issuer_did: str, revoked: Iterable[int], moment: datetime) -> dict[str, object]:
    """The list at an address, as it is at a moment, ready to be signed."""
    return {
        "@context": [VC],
        "id": url,
        "type": ["VerifiableCredential", STATUS_LIST],
        "issuer": issuer_did,
        "validFrom": wire_date(moment.replace(microsecond=0)),
        "credentialSubject": {
            "id": f"{url}#list",
            "type": "BitstringStatusList",
            "statusPurpose": "revocation",
            "encodedList": encoded_list(revoked),
        },
    }


def encoded_list(revoked: Iterable[int]) -> str:
    """A list of SIZE bits with those of some numbers set. The same numbers give the same text."""
    bits = bytearray(SIZE // 8)
    for number in revoked:
        bits[number // 8] |= 0x80 >> number % 8
    return "u" + urlsafe_b64encode(gzip.compress(bytes(bits), mtime=0)).decode().rstrip("=")


def is_revoked(document: Document, entry: StatusEntry, credential_uri: str) -> bool:
    """Whether a list says that a credential was revoked. Raises Malformed where it cannot be read, or is not about that."""
    if entry.index is None:
        return _is_in_1edtech_list(document, credential_uri)
    subject = as_mapping(document.get("credentialSubject"))
    if STATUS_LIST not in types_from(document) or entry.purpose not in as_list(subject.get("statusPurpose")):
        raise Malformed("that is no status list for this purpose")
    bits = _decoded(subject.get("encodedList"))
    if not 0 <= entry.index < len(bits) * 8:
        raise Malformed("the credential's number is not in the list")
    return bool(bits[entry.index // 8] & 0x80 >> entry.index % 8)


def _decoded(encoded: object) -> bytes:
    if not isinstance(encoded, str) or not encoded.startswith("u"):
        raise Malformed("the list is not multibase base64url")
    try:
        packed = urlsafe_b64decode(encoded[1:] + "=" * (-len(encoded[1:]) % 4))
        unpacker = zlib.decompressobj(wbits=31)
        bits = unpacker.decompress(packed, MAX_BYTES)
    except (BadBase64, ValueError, zlib.error) as error:
        raise Malformed("the list cannot be unpacked") from error
    if unpacker.unconsumed_tail or len(bits) * 8 < SIZE:
        raise Malformed("the list is too long or too short")
    return bits


def _is_in_1edtech_list(document: Document, credential_uri: str) -> bool:
    """1EdTechRevocationList: the ids of what was revoked, each a string or an object (Open Badges 3.0, appendix)."""
    stated = document.get("revokedCredential", document.get("revokedCredentials"))
    if stated is None:
        raise Malformed("that is no list of revoked credentials")
    ids = [*(each for each in as_list(stated) if isinstance(each, str)), *(each.get("id") for each in mappings(stated))]
    return credential_uri in ids
