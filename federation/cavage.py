"""Signatures of requests as nearly all servers make them: draft-cavage-http-signatures-12, with `Digest`."""

import re
from base64 import b64encode
from binascii import a2b_base64
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from email.utils import format_datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from federation.digests import check_digest, digest
from federation.errors import Malformed, Unverified
from federation.keys import PublicKey, Signer
from federation.messages import Claim, Request, bytes_of, check_created, check_date, check_expires, split_url

# What a sender may call the algorithm, and the keys that this permits. hs2019 leaves it to the key, and so does no word at
# all; every fediverse server means PKCS #1 v1.5 with SHA-256 by it, not the PSS with SHA-512 of the draft.
KEY_TYPES: dict[str, tuple[type[PublicKey], ...]] = {
    "hs2019": (RSAPublicKey, Ed25519PublicKey),
    "rsa-sha256": (RSAPublicKey,),
    "ed25519": (Ed25519PublicKey,),
}
REQUEST_TARGET, CREATED, EXPIRES = "(request-target)", "(created)", "(expires)"
SAFE_METHODS = frozenset({"GET", "HEAD"})

_PARAMETER = re.compile(r'\s*([A-Za-z]\w*)\s*=\s*(?:"([^"\\]*)"|([0-9.]+))\s*(?:,|$)', re.ASCII)
_SECONDS = re.compile(r"[0-9]{1,12}(?:\.[0-9]{1,9})?")


@dataclass(frozen=True, slots=True)
class Parameters:
    """What a `Signature` header states (section 2.1). covered: header names in lower case, in their order."""

    key_uri: str
    signature: bytes
    algorithm: str = "hs2019"
    covered: tuple[str, ...] = ()
    created: str | None = None  # seconds since 1970, spelt as the sender did: that is what was signed
    expires: str | None = None


def sign(signer: Signer, method: str, url: str, body: bytes | None, now: datetime) -> dict[str, str]:
    """The headers Host, Date, Digest (where there is a body) and Signature. Raises Malformed for a URL that cannot be sent."""
    scheme, authority, target = split_url(url)
    headers = {"host": authority, "date": format_datetime(now, usegmt=True)}
    if body is not None:
        headers["digest"] = digest(body)
    covered = (REQUEST_TARGET, *headers)
    signature = signer.sign(bytes_of(signing_lines(Request(method, scheme, authority, target, headers), covered)))
    encoded = b64encode(signature).decode("ascii")
    stated = f'keyId="{signer.key_uri}",algorithm="rsa-sha256",headers="{" ".join(covered)}",signature="{encoded}"'
    return {name.title(): value for name, value in headers.items()} | {"Signature": stated}


def read_claim(request: Request, header: str, now: datetime) -> Claim:
    """What the value of a `Signature` header claims, once all that needs no key is checked. Raises Malformed, Unverified."""
    stated = parse(header)
    if stated.algorithm not in KEY_TYPES:
        raise Unverified(f"the algorithm {stated.algorithm[:50]!r} is not supported")
    _check_coverage(request, stated)
    _check_times(request, stated, now)
    if "digest" in stated.covered:
        check_digest(request.headers.get("digest"), request.body)
    requests = [request]
    if request.method.upper() in SAFE_METHODS and "?" in request.target:
        # Mastodon before 4.3, and others still, sign without the query.
        requests.append(replace(request, target=request.target.partition("?")[0]))
    messages = tuple(bytes_of(signing_lines(each, stated.covered, stated.created, stated.expires)) for each in requests)
    return Claim(stated.key_uri, KEY_TYPES[stated.algorithm], stated.signature, messages)


def parse(header: str) -> Parameters:
    """The parameters of a `Signature` header. Raises Malformed, also for one that is stated twice."""
    stated: dict[str, str] = {}
    position = 0
    while position < len(header):
        match = _PARAMETER.match(header, position)
        if match is None or match[1] in stated:
            raise Malformed("the Signature header cannot be read, or states a parameter twice")
        stated[match[1]] = match[2] if match[3] is None else match[3]
        position = match.end()
    if not stated.get("keyId") or not stated.get("signature"):
        raise Malformed("the Signature header lacks keyId or signature")
    covered = tuple(stated.get("headers", "").lower().split())
    if len(set(covered)) != len(covered):
        raise Malformed("the Signature header covers a header twice")
    try:
        signature = a2b_base64(stated["signature"], strict_mode=True)
    except ValueError as error:
        raise Malformed("the signature is no base64") from error
    for name in ("created", "expires"):
        if name in stated and not _SECONDS.fullmatch(stated[name]):
            raise Malformed(f"{name} is no number of seconds")
    return Parameters(
        stated["keyId"], signature, stated.get("algorithm", "hs2019").lower(), covered, stated.get("created"), stated.get("expires")
    )


def signing_lines(request: Request, covered: Sequence[str], created: str | None = None, expires: str | None = None) -> list[str]:
    """The lines of the signature string (section 2.3). Raises Unverified where something covered is not there."""
    pseudo = {REQUEST_TARGET: f"{request.method.lower()} {request.target}", CREATED: created, EXPIRES: expires}
    lines = []
    for name in covered:
        value = pseudo[name] if name in pseudo else request.covered_header(name)
        if value is None:
            raise Unverified(f"the signature covers {name}, which it does not state")
        lines.append(f"{name}: {value}")
    return lines


def _check_coverage(request: Request, stated: Parameters) -> None:
    covered = set(stated.covered)
    missing = {REQUEST_TARGET, "host"} - covered
    if request.needs_digest and "digest" not in covered:
        missing.add("digest")
    if not covered & {"date", CREATED}:
        missing.add("date")
    if missing:
        raise Unverified(f"the signature does not cover {', '.join(sorted(missing))}")
    if covered & {CREATED, EXPIRES} and stated.algorithm.startswith("rsa"):
        raise Unverified(f"(created) and (expires) do not go with {stated.algorithm} (section 2.3)")


def _check_times(request: Request, stated: Parameters, now: datetime) -> None:
    if "date" in stated.covered:
        check_date(request.covered_header("date"), now)
    if stated.created is not None:
        check_created(float(stated.created), now)
    if stated.expires is not None:
        check_expires(float(stated.expires), now)
