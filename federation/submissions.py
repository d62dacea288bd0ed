"""What a program of one of our people posts to their outbox (ActivityPub, section 6): an activity, or a bare object that is created."""

from dataclasses import dataclass

from federation.errors import Malformed
from federation.objects import post_from_document
from federation.reading import addressees_from, as_list, as_mapping, group_from, mappings, type_from, types_from, uri_from
from federation.records import POST_TYPES, Document, PostDocument

NEW = "https://new.invalid/"  # stands for the id that we give


@dataclass(frozen=True, slots=True)
class Submission:
    """An activity that is to be done in somebody's name. object_type and object: None where only an id came."""

    type: str
    object_uri: str | None
    object_type: str | None
    object: Document | None
    target_uri: str | None
    to: tuple[str, ...]
    cc: tuple[str, ...]
    audience_uri: str | None


def submission_from_document(document: Document) -> Submission:
    """What is to be done. Raises Malformed."""
    if _is_object(document):  # section 6.2.1
        return _submission({"type": "Create", "object": document, **{name: document[name] for name in ("to", "cc") if name in document}})
    return _submission(document)


def _is_object(document: Document) -> bool:
    return type_from(document, POST_TYPES) is not None and "object" not in document


def _submission(document: Document) -> Submission:
    kind = next(iter(types_from(document)), None)
    if kind is None:
        raise Malformed("type is missing or no name")
    objects = as_list(document.get("object"))
    if len(objects) != 1:
        raise Malformed("object is missing, or there is more than one")
    embedded = next(iter(mappings(objects)), None)
    if "bto" in document or "bcc" in document or (embedded and ("bto" in embedded or "bcc" in embedded)):
        raise Malformed("bto and bcc are not taken: whom it goes to is told to all of them")
    return Submission(
        kind,
        uri_from(embedded) if embedded is not None else uri_from(objects),
        next(iter(types_from(embedded)), None) if embedded is not None else None,
        embedded,
        uri_from(document.get("target")),
        addressees_from(document.get("to")),
        addressees_from(document.get("cc")),
        group_from(document.get("audience")),
    )


def post_from_submission(submission: Submission, author_uri: str) -> PostDocument:
    """The post that a Create or Update embeds, addressed to all whom the activity or the object names. Raises Malformed."""
    if submission.object is None:
        raise Malformed("the object is not embedded")
    stated = {"id": submission.object_uri or NEW, **submission.object, "attributedTo": author_uri}
    for name, others in (("to", submission.to), ("cc", submission.cc)):
        stated[name] = list(dict.fromkeys([*addressees_from(submission.object.get(name)), *others]))
    if submission.audience_uri and "audience" not in stated:
        stated["audience"] = submission.audience_uri
    if not as_mapping(stated.get("contentMap")) and not stated.get("content") and as_mapping(stated.get("source")).get("content"):
        stated["content"] = "…"  # it is made of the source
    return post_from_document(stated)
