"""HTTP Message Signatures (RFC 9421), the profile that the fediverse speaks: requests, RSA v1.5 or Ed25519, `Content-Digest`."""

import re
from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, quote, unquote

import http_sf
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from federation.digests import check_content_digest, content_digest
from federation.errors import FederationError, Malformed, Unverified
from federation.keys import PublicKey, Signer
from federation.messages import Claim, Request, bytes_of, check_created, check_date, check_expires, split_url
from federation.structured import dictionary_from_header

# A covered component: its name and its parameters, as http_sf reads an item.
Component = tuple[str, Mapping[str, Any]]

KEY_TYPES: dict[str | None, tuple[type[PublicKey], ...]] = {
    None: (RSAPublicKey, Ed25519PublicKey),
    "rsa-v1_5-sha256": (RSAPublicKey,),
    "ed25519": (Ed25519PublicKey,),
}
# What says which resource is meant; one of these sets must be covered. The fourth only where there is no query.
TARGETS = (
    frozenset({'"@target-uri"'}),
    frozenset({'"@authority"', '"@request-target"'}),
    frozenset({'"@authority"', '"@path"', '"@query"'}),
    frozenset({'"@authority"', '"@path"'}),
)
# Section 2.2: the components that come from the request line.
DERIVED: dict[str, Callable[[Request], str]] = {
    "@method": lambda request: request.method,
    "@target-uri": lambda request: f"{request.scheme.lower()}://{request.host}{request.target}",
    "@authority": lambda request: request.host,
    "@scheme": lambda request: request.scheme.lower(),
    "@request-target": lambda request: request.target,
    "@path": lambda request: request.target.partition("?")[0] or "/",
    "@query": lambda request: "?" + request.target.partition("?")[2],
}
_NAME = re.compile(r"@?[a-z0-9!#$%&'*+.^_`|~-]+")


def sign(signer: Signer, method: str, url: str, body: bytes | None, now: datetime) -> dict[str, str]:
    """The headers Content-Digest (where there is a body), Signature-Input and Signature.

    Covers what Mastodon asks for. Raises Malformed for a URL that cannot be sent.
    """
    scheme, authority, target = split_url(url)
    headers = {} if body is None else {"content-digest": content_digest(body)}
    covered: list[Component] = [(name, {}) for name in ("@method", "@target-uri", *headers)]
    parameters = {"created": int(now.timestamp()), "keyid": signer.key_uri, "alg": "rsa-v1_5-sha256"}
    request = Request(method, scheme, authority, target, headers)
    lines, stated = signature_base(covered, parameters, lambda component: component_value(request, component))
    encoded = b64encode(signer.sign(bytes_of(lines))).decode("ascii")
    signed = {"Signature-Input": f"sig1={stated}", "Signature": f"sig1=:{encoded}:"}
    return {name.title(): value for name, value in headers.items()} | signed


def read_claim(request: Request, now: datetime) -> Claim:
    """What the first signature that we support and that covers enough claims; all that needs no key is checked.

    Only that one counts: a request costs at most one key. Raises what was wrong with the first of all: Malformed, Unverified.
    """
    inputs = dictionary_from_header("Signature-Input", request.headers.get("signature-input", ""))
    signatures = dictionary_from_header("Signature", request.headers.get("signature", ""))
    refusal: FederationError = Unverified("Signature-Input names no signature")
    for number, (label, member) in enumerate(inputs.items()):
        try:
            return _claim(request, member, signatures.get(label), now)
        except (Malformed, Unverified) as error:
            refusal = error if number == 0 else refusal
    raise refusal


def signature_base(
    covered: Sequence[Component], parameters: Mapping[str, Any], value_of: Callable[[Component], str]
) -> tuple[list[str], str]:
    """The lines of the signature base (section 2.5), and the last one's value: what Signature-Input states."""
    identifiers = [_identifier(component) for component in covered]
    lines = [f"{identifier}: {value_of(component)}" for identifier, component in zip(identifiers, covered, strict=True)]
    stated = f"({' '.join(identifiers)}){http_sf.ser(('', dict(parameters)))[2:]}"  # the parameters of an empty item
    return [*lines, f'"@signature-params": {stated}'], stated


def component_value(request: Request, component: Component) -> str:
    """What a component's line says of this request (section 2). Raises Unverified where we cannot tell."""
    name, parameters = component
    if name == "@query-param":
        return _query_parameter(request, parameters)
    if parameters or (name.startswith("@") and name not in DERIVED):
        raise Unverified(f"the component {_identifier(component)[:50]} is not supported")
    return DERIVED[name](request) if name in DERIVED else request.covered_header(name)


def _claim(request: Request, member: Any, signature_member: Any, now: datetime) -> Claim:
    covered, parameters = _read_input(member)
    signature = signature_member[0] if signature_member else None
    if type(signature) is not bytes:
        raise Unverified("a signature that Signature-Input names is missing, or is no byte sequence")
    key_uri, algorithm = parameters.get("keyid"), parameters.get("alg")
    if type(key_uri) is not str or not key_uri:
        raise Unverified("the signature names no keyid")
    if algorithm not in KEY_TYPES:
        raise Unverified(f"the algorithm {str(algorithm)[:50]!r} is not supported")
    identifiers = {_identifier(component) for component in covered}
    _check_coverage(request, identifiers, parameters)
    _check_times(request, identifiers, parameters, now)
    if '"content-digest"' in identifiers:
        check_content_digest(request.headers.get("content-digest"), request.body)
    lines, _ = signature_base(covered, parameters, lambda component: component_value(request, component))
    return Claim(key_uri, KEY_TYPES[algorithm], signature, (bytes_of(lines),))


def _read_input(member: Any) -> tuple[list[Component], dict[str, Any]]:
    """The covered components and the parameters of one signature. Raises Malformed."""
    items, parameters = member
    if not isinstance(items, list):
        raise Malformed("a member of Signature-Input is no list of components")
    if any(type(name) is not str or not _NAME.fullmatch(name) for name, _ in items):
        raise Malformed("a component's name is none")
    identities = {(name, frozenset(each.items())) for name, each in items}
    if len(identities) != len(items):
        raise Malformed("a component is covered twice")
    for name in ("created", "expires"):
        if name in parameters and type(parameters[name]) is not int:
            raise Malformed(f"{name} is no number of seconds")
    return items, parameters


def _identifier(component: Component) -> str:
    name, parameters = component
    return http_sf.ser((name, dict(parameters))) if parameters else f'"{name}"'


def _check_coverage(request: Request, identifiers: set[str], parameters: Mapping[str, Any]) -> None:
    targets = TARGETS[:3] if "?" in request.target else TARGETS
    missing = {'"@method"'} - identifiers
    if not any(target <= identifiers for target in targets):
        missing.add('"@target-uri"')
    if request.needs_digest:
        missing |= {'"content-digest"'} - identifiers
    if "created" not in parameters and '"date"' not in identifiers:
        missing.add("created")
    if missing:
        raise Unverified(f"the signature does not cover {', '.join(sorted(missing))}")


def _check_times(request: Request, identifiers: set[str], parameters: Mapping[str, Any], now: datetime) -> None:
    if '"date"' in identifiers:
        check_date(request.covered_header("date"), now)
    if "created" in parameters:
        check_created(parameters["created"], now)
    if "expires" in parameters:
        check_expires(parameters["expires"], now)


def _query_parameter(request: Request, parameters: Mapping[str, Any]) -> str:
    """The one value of a query parameter, percent-encoded anew (section 2.2.8)."""
    name = parameters.get("name")
    if type(name) is not str or len(parameters) != 1:
        raise Unverified("the component @query-param needs a name and nothing else")
    pairs = parse_qsl(request.target.partition("?")[2], keep_blank_values=True)
    values = [value for key, value in pairs if key == unquote(name)]
    if len(values) != 1:
        raise Unverified("the signature covers a query parameter that the request does not have just once")
    return quote(values[0], safe="*").replace("~", "%7E")
