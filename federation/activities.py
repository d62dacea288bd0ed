"""Activities: what was done, by whom, to what."""

from collections.abc import Sequence
from dataclasses import replace

from federation.audience import addressees_of, completed_object
from federation.errors import Malformed
from federation.html import text_from_html
from federation.reading import (
    as_list,
    date_from,
    group_from,
    mappings,
    require_uri,
    text_from,
    type_from,
    types_from,
    uri_from,
    uris_from,
)
from federation.records import ACTOR_TYPES, ActivityDocument, ActivityEnvelope, Document

MAX_OBJECTS = 1000
MAX_REPORT = 5_000


def envelope_from_document(document: Document) -> ActivityEnvelope:
    """What is read of an activity before anybody knows who sent it: type and ids, no text. Raises Malformed."""
    envelope = _envelope(document)
    if envelope.uri:
        return envelope
    if envelope.type == "Delete" and envelope.object_uri:  # GoToSocial's have no id; a deletion takes effect only once anyway
        return replace(envelope, uri=_deletion_uri(envelope.object_uri))
    raise Malformed("id is missing or no http(s) address")


def activity_from_document(document: Document) -> ActivityDocument:
    """The activity that a JSON object states (ActivityStreams Core, "Activity"), its texts included. Raises Malformed."""
    envelope = envelope_from_document(document)
    return _read(document if uri_from(document.get("id")) else {**document, "id": envelope.uri})


def embedded_activity(activity: ActivityDocument) -> ActivityDocument | None:
    """The activity inside an Undo, Accept, Reject or Announce, its uri empty where it has none; None where they sent only an id.

    It is as trustworthy as the one around it: the caller compares actors and origins. Raises Malformed.
    """
    return None if activity.object is None else _read(activity.object)


def _envelope(document: Document) -> ActivityEnvelope:
    """The uri is empty where there is none. Raises Malformed."""
    targets = as_list(document.get("object"))
    if len(targets) > MAX_OBJECTS:
        raise Malformed(f"more than {MAX_OBJECTS} objects")
    first = _embedded_first(targets)
    return ActivityEnvelope(
        uri=uri_from(document.get("id")) or "",
        type=_type(document),
        actor_uri=require_uri(document, "actor"),
        object_uri=uri_from(targets) if first is None else uri_from(first),
        object_type=None if first is None else next(iter(types_from(first)), None),
    )


def _embedded_first(targets: Sequence[object]) -> Document | None:
    return targets[0] if targets and isinstance(targets[0], dict) else None


def _read(document: Document) -> ActivityDocument:
    envelope = _envelope(document)
    targets = as_list(document.get("object"))
    embedded, object_uris = tuple(mappings(targets)), uris_from(targets)
    if not object_uris and not embedded:
        raise Malformed("object is missing or neither an address nor an object")
    first = _embedded_first(targets)
    if first is not None and _is_post_made_known(document, first):
        first = completed_object(document, first)
    to, cc = addressees_of(document)
    return ActivityDocument(
        uri=envelope.uri,
        type=envelope.type,
        actor_uri=envelope.actor_uri,
        object_uri=envelope.object_uri,
        object_type=envelope.object_type,
        object=first,
        object_uris=object_uris,
        target_uri=uri_from(document.get("target")),
        origin_uri=uri_from(document.get("origin")),
        to=to,
        cc=cc,
        audience_uri=group_from(document.get("audience")),
        published=date_from(document.get("published")),
        content=_report(document),
        document=document,
        objects=embedded,
    )


def _is_post_made_known(document: Document, stated: Document) -> bool:
    return not {"Create", "Update"}.isdisjoint(types_from(document)) and type_from(stated, ACTOR_TYPES) is None


def _type(document: Document) -> str:
    """The first type. Raises Malformed where there is none."""
    names = types_from(document)
    if not names:
        raise Malformed("type is missing or no name")
    return names[0]


def _report(document: Document) -> str:
    """What the one who did it wrote: Mastodon says it in content, Lemmy in summary."""
    written = document.get("content") or document.get("summary")
    return text_from(text_from_html(written), MAX_REPORT) if isinstance(written, str) else ""


def _deletion_uri(object_uri: str) -> str:
    return f"{object_uri.partition('#')[0]}#delete"
