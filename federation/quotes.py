"""Quotes with consent (FEP-044f): asking for it, the stamp that proves it, and who may have it without asking."""

from collections.abc import Mapping
from dataclasses import dataclass

from federation.contexts import ACTIVITYSTREAMS, GOTOSOCIAL
from federation.errors import Malformed
from federation.reading import as_list, as_mapping, require_uri, types_from, uri_from, uris_from
from federation.records import PUBLIC, Document

FEP = "https://w3id.org/fep/044f#"
REQUEST, STAMP = "QuoteRequest", "QuoteAuthorization"
_TERMS: dict[str, object] = {
    STAMP: f"{FEP}{STAMP}",
    "gts": GOTOSOCIAL,
    "interactingObject": {"@id": "gts:interactingObject", "@type": "@id"},
    "interactionTarget": {"@id": "gts:interactionTarget", "@type": "@id"},
}


@dataclass(frozen=True, slots=True)
class Stamp:
    """That somebody agrees to be quoted by a post."""

    uri: str
    author_uri: str  # who is quoted, and agrees
    quoting_uri: str
    quoted_uri: str


def document_from_stamp(stamp: Stamp) -> dict[str, object]:
    """The stamp as it is looked up."""
    return {
        "@context": [ACTIVITYSTREAMS, _TERMS],
        "id": stamp.uri,
        "type": STAMP,
        "attributedTo": stamp.author_uri,
        "interactingObject": stamp.quoting_uri,
        "interactionTarget": stamp.quoted_uri,
    }


def stamp_from_document(document: Document) -> Stamp:
    """The stamp that a JSON object states. Raises Malformed."""
    if STAMP not in types_from(document):
        raise Malformed(f"it is no {STAMP}")
    return Stamp(
        uri=require_uri(document, "id"),
        author_uri=require_uri(document, "attributedTo"),
        quoting_uri=require_uri(document, "interactingObject"),
        quoted_uri=require_uri(document, "interactionTarget"),
    )


def request(uri: str, actor_uri: str, quoted_uri: str, quoting: Mapping[str, object], author_uri: str) -> dict[str, object]:
    """A wish to quote: `quoting` is the whole post, so that the author need not fetch what is not for everybody."""
    inner = {name: value for name, value in quoting.items() if name != "@context"}
    context = [*as_list(quoting.get("@context") or ACTIVITYSTREAMS), {REQUEST: f"{FEP}{REQUEST}"}]
    shape = {"@context": context, "id": uri, "type": REQUEST, "actor": actor_uri, "object": quoted_uri, "instrument": inner}
    return {**shape, "to": [author_uri]}


def instrument_from(document: Document) -> str:
    """The post that a QuoteRequest is for. Raises Malformed."""
    uri = uri_from(document.get("instrument"))
    if uri is None:
        raise Malformed("the instrument is missing or has no id")
    return uri


def policy_document(policy: str, author_uri: str, followers_uri: str | None) -> dict[str, object]:
    """Who may quote a post without asking: public, followers, nobody."""
    allowed = {"public": PUBLIC, "followers": followers_uri or author_uri}.get(policy, author_uri)
    return {"canQuote": {"automaticApproval": [allowed]}}


def policy_from(stated: Document | None, followers_uri: str | None) -> str:
    """public, followers or nobody; '' where nothing was said, or somebody is asked."""
    rule = as_mapping((stated or {}).get("canQuote"))
    if not rule:
        return ""
    automatic = set(uris_from(as_list(rule.get("automaticApproval") or rule.get("always"))))
    manual = set(uris_from(as_list(rule.get("manualApproval") or rule.get("approvalRequired"))))
    if PUBLIC in automatic:
        return "public"
    if followers_uri is not None and followers_uri in automatic:
        return "followers"
    return "" if manual else "nobody"
