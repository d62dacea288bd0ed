"""The N-Quads that a credential says, in their canonical order (RDFC-1.0): what `eddsa-rdfc-2022` proofs sign.

Contexts are never fetched: those below come out of the installed openbadgeslib and are held to their hashes; a document that names another,
or defines terms of its own, is refused, and so is one with a word that no context defines, for a proof would not cover it. Canonical order
costs the most before anybody knows who signed, and a crafted graph can make it cost for ever: size, repetition, the permutations that are
tried and the time that they take are all metered.
"""

import json
import time
from collections import Counter
from collections.abc import Mapping
from functools import lru_cache
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, files
from math import factorial, prod
from threading import Lock
from typing import Any

import orjson

from federation.errors import Malformed
from federation.records import Document

VC = "https://www.w3.org/ns/credentials/v2"
OB = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
CLR = "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json"
PINNED: Mapping[str, tuple[str, str]] = {
    VC: ("credentials-v2.json", "59955ced6697d61e03f2b2556febe5308ab16842846f5b586d7f1f7adec92734"),
    OB.replace("3.0.3", "3.0.1"): ("ob-v3p0-context-3.0.1.json", "5f3d9dd6288ef437ff8286cf95ffbff609c748a66f24a1e9450c45ca64be1571"),
    OB.replace("3.0.3", "3.0.2"): ("ob-v3p0-context-3.0.2.json", "00666ad080ba407687ed1846b7f5e7495f5019042b202a727de47c48a1755c53"),
    OB: ("ob-v3p0-context-3.0.3.json", "3d34f4d4ef1bce691106e63798beb5e7b862ba841423f5ee1e53ab7ddf3bca84"),
    "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json": (
        "ob-v3p0-extensions.json",
        "87c06c81bc2317663bf288d740d94fddd2818c4342b186270ff6371dfaa63f93",
    ),
    CLR: ("clr_context_2.0.1.json", "880f1902d4158f2f33ce06af41b90719977cd1ea337a9de2e41edb3ff5e543d6"),
    "https://w3id.org/security/data-integrity/v2": (
        "security-data-integrity-v2.json",
        "67f21e6e33a6c14e5ccfd2fc7865f7474fb71a04af7e94136cb399dfac8ae8f4",
    ),
    "https://w3id.org/security/multikey/v1": (
        "security-multikey-v1.json",
        "ba2c182de2d92f7e47184bcca8fcf0beaee6d3986c527bf664c195bbc7c58597",
    ),
}
MAX_BYTES = 256 * 1024
MAX_PAIRS = 2_000_000  # comparisons of values with one another while the graph is built: N values of one property cost N²
MAX_STEPS = 2_000  # permutations of nodes that look alike; real credentials need none
MAX_SECONDS = 2.0  # of this thread's processor, for the canonical order alone

NOWHERE = "http://relative.invalid/"  # what an address that is none is completed with, so that it can be told

_one_at_a_time = Lock()  # PyLD's caches are for one thread


@lru_cache
def pinned_context(url: str) -> dict[str, Any]:
    """A context document by its address. Raises Malformed for one that is not pinned, or is not what was pinned."""
    if url not in PINNED:
        raise Malformed(f"the context {url[:200]} is not one that we know")
    name, digest = PINNED[url]
    try:
        file = next(file for file in files("openbadgeslib") or () if file.name == name)
        body = file.read_binary()
    except (PackageNotFoundError, StopIteration, OSError) as error:
        raise Malformed(f"the context {url} is missing from this installation: install openbadgeslib again") from error
    if sha256(body).hexdigest() != digest:
        raise Malformed(f"the context {url} is not the one that was pinned")
    found: dict[str, Any] = json.loads(body)
    return found


def canonical_quads(document: Document, contexts: Mapping[str, Mapping[str, Any]] | None = None) -> str:
    """The document's N-Quads, sorted, blank nodes named canonically. contexts: further ones, by address.

    Takes milliseconds to seconds: fit for a thread. Raises Malformed for what has no such form, and for what would cost too much.
    """
    _screen(document)
    with _one_at_a_time:
        return _Canonizer(contexts or {}).quads(document)


def _screen(document: Document) -> None:
    """Raises Malformed over the limits of size and repetition, and for JSON-LD that hides what it says."""
    try:
        size = len(orjson.dumps(document))
    except (TypeError, orjson.JSONEncodeError) as error:
        raise Malformed("that cannot be written as JSON") from error
    if size > MAX_BYTES:
        raise Malformed(f"a credential has at most {MAX_BYTES // 1024} KiB")
    repeated: Counter[tuple[object, str]] = Counter()
    level: list[Any] = [document]
    while level:
        below: list[Any] = []
        for node in level:
            if isinstance(node, dict):
                _count(node, repeated)
                below += node.values()
            elif isinstance(node, list):
                below += node
        level = below
    if sum(count * count for count in repeated.values()) > MAX_PAIRS:
        raise Malformed("one property has too many values")


def _count(node: dict[str, Any], repeated: Counter[tuple[object, str]]) -> None:
    named = node.get("id")
    subject = named if isinstance(named, str) else id(node)
    for name, value in node.items():
        if name.startswith("@") and name != "@context":
            raise Malformed(f"{name} has no place in a credential")
        repeated[subject, name] += len(value) if isinstance(value, list) else 1
    stated = node.get("@context", [])
    if not all(isinstance(each, str) for each in (stated if isinstance(stated, list) else [stated])):
        raise Malformed("a credential defines no terms of its own")


class _Canonizer:
    """One document's way to its quads; all that is metered belongs to it."""

    def __init__(self, contexts: Mapping[str, Mapping[str, Any]]) -> None:
        self._contexts = contexts
        self._steps = 0
        self._until = 0.0

    def quads(self, document: Document) -> str:
        from pyld import jsonld  # type: ignore[import-untyped]  # noqa: PLC0415  # it has no types; heavy, and few calls need it
        from pyld.canon import URDNA2015  # type: ignore[import-untyped]  # noqa: PLC0415  # as above

        options = {"documentLoader": self._load, "base": NOWHERE, "processingMode": "json-ld-1.1"}
        try:
            processor = jsonld.JsonLdProcessor(on_property_dropped=_refuse_dropped)
            expanded = processor.expand(document, {**options, "keepFreeFloatingNodes": False})
            _check_addresses(expanded)
            dataset = jsonld.to_rdf(expanded, {**options, "produceGeneralizedRdf": False})
            order = URDNA2015()
            self._until = time.thread_time() + MAX_SECONDS
            order.create_hash_to_related = self._metered(order.create_hash_to_related)
            quads: str = order.main(dataset, {"format": "application/n-quads"})
        except (jsonld.JsonLdError, TypeError, ValueError, KeyError, AttributeError, RecursionError) as error:
            raise _reason(error) from error
        return quads

    def _load(self, url: str, _options: object) -> dict[str, Any]:
        found = self._contexts.get(url)
        return {"contextUrl": None, "documentUrl": url, "document": found if found is not None else pinned_context(url)}

    def _metered(self, related: Any) -> Any:
        """Hash N-Degree Quads opens with the groups of nodes that it will permute: they are paid for before it does."""

        def pay(node: str, issuer: Any) -> Any:
            groups = related(node, issuer)
            self._steps += 1 + sum(map(_permutations, groups.values()))
            if self._steps > MAX_STEPS or time.thread_time() > self._until:
                raise Malformed("too many parts of the graph look alike")
            return groups

        return pay


def _permutations(group: list[str]) -> int:
    """How many orders PyLD tries: a node that stands there twice gives no more of them. Past 20 nodes it is enough to know that."""
    return factorial(min(len(group), 20)) // prod(factorial(min(times, 20)) for times in Counter(group).values())


def _refuse_dropped(name: object) -> None:
    raise Malformed(f"{str(name)[:100]!r} is a word that no context defines, so no proof covers it")


def _check_addresses(expanded: object) -> None:
    """Raises Malformed for a type or an id that is no absolute address: such statements fall out of the graph unseen."""
    level: list[Any] = [expanded]
    while level:
        below: list[Any] = []
        for node in level:
            if isinstance(node, list):
                below += node
            elif isinstance(node, dict):
                named = node.get("@type", [])
                addresses = [*(named if isinstance(named, list) else [named]), node.get("@id", "_:")]
                if not all(isinstance(each, str) and ":" in each and not each.startswith(NOWHERE) for each in addresses):
                    raise Malformed(f"{str(addresses)[:200].replace(NOWHERE, '')} has a name that no context defines")
                below += [] if "@value" in node else [value for name, value in node.items() if name not in {"@type", "@id"}]
        level = below


def _reason(error: BaseException) -> Malformed:
    """Our own refusal where one stands behind PyLD's error."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, Malformed):
            return cause
        cause = cause.__cause__ or cause.__context__
    return Malformed(f"no JSON-LD that has a canonical form: {str(error)[:200]}")
