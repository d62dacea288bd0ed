"""Any field of any document replaced by anything: a record or Malformed, never another exception (issue 2, "Safety")."""

import re
from collections.abc import Callable
from dataclasses import fields

import orjson
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from federation.activities import activity_from_document, embedded_activity
from federation.actors import actor_from_document, document_from_actor
from federation.collections import items_from_document, total_from_document
from federation.errors import Malformed
from federation.json import document_from_bytes
from federation.objects import document_from_post, post_from_document
from federation.records import PUBLIC
from federation.webfinger import jrd_from_document, parse_handle

ADA = "https://a.example/users/ada"
IMAGE = {
    "type": "Image",
    "url": "https://a.example/1.png",
    "mediaType": "image/png",
    "name": "alt",
    "width": 1,
    "height": 1,
    "focalPoint": [0, 0.5],
}
POST = {
    "@context": "https://www.w3.org/ns/activitystreams",
    "id": "https://a.example/posts/1",
    "type": "Question",
    "attributedTo": ADA,
    "actor": ADA,
    "name": "Title",
    "nameMap": {"de": "Titel"},
    "content": "<p>text</p>",
    "contentMap": {"de": "<p>text</p>"},
    "summary": "warning",
    "summaryMap": {"de": "Warnung"},
    "source": {"content": "text", "mediaType": "text/markdown"},
    "mediaType": "text/html",
    "language": {"identifier": "de"},
    "url": [
        {"type": "Link", "mediaType": "text/html", "href": "https://a.example/1"},
        {"tag": [{"mediaType": "video/mp4", "href": "https://a.example/v"}]},
    ],
    "to": [PUBLIC],
    "cc": [f"{ADA}/followers"],
    "audience": "https://a.example/c/x",
    "inReplyTo": "https://b.example/1",
    "context": "https://b.example/c",
    "conversation": "tag:b.example",
    "replies": {"id": "https://a.example/r", "type": "Collection"},
    "likes": "https://a.example/l",
    "shares": "https://a.example/s",
    "quote": "https://b.example/2",
    "published": "2024-01-01T00:00:00Z",
    "updated": "2024-01-01T00:00:00Z",
    "sensitive": True,
    "attachment": [IMAGE],
    "image": IMAGE,
    "tag": [
        {"type": "Mention", "href": ADA, "name": "@ada"},
        {"type": "Hashtag", "name": "#x"},
        {"type": "Emoji", "name": ":x:", "icon": IMAGE},
        {"type": "Link", "rel": "x", "href": ADA},
    ],
    "oneOf": [{"type": "Note", "name": "a", "replies": {"totalItems": 1}}],
    "anyOf": [],
    "endTime": "2024-01-01T00:00:00Z",
    "closed": "2024-01-01T00:00:00Z",
    "votersCount": 1,
    "startTime": "2024-01-01T00:00:00Z",
    "location": {"type": "Place", "name": "x", "address": {"streetAddress": "x"}},
    "joinMode": "free",
    "commentsEnabled": True,
    "interactionPolicy": {"canQuote": {}},
    "learning": [{"type": "Goal"}],
    "proof": {"type": "DataIntegrityProof"},
}
ACTOR = {
    "id": ADA,
    "type": "Group",
    "preferredUsername": "ada",
    "name": "Ada",
    "nameMap": {"en": "Ada"},
    "summary": "<p>x</p>",
    "inbox": f"{ADA}/inbox",
    "outbox": f"{ADA}/outbox",
    "followers": f"{ADA}/followers",
    "following": f"{ADA}/following",
    "featured": f"{ADA}/featured",
    "endpoints": {"sharedInbox": "https://a.example/inbox"},
    "url": "https://a.example/@ada",
    "icon": [IMAGE],
    "image": IMAGE,
    "attachment": [{"type": "PropertyValue", "name": "x", "value": "y"}],
    "tag": [{"type": "Emoji", "name": ":x:", "icon": IMAGE}],
    "manuallyApprovesFollowers": True,
    "discoverable": True,
    "indexable": True,
    "suspended": False,
    "memorial": False,
    "alsoKnownAs": ["https://old.example/ada"],
    "movedTo": "https://new.example/ada",
    "attributedTo": f"{ADA}/moderators",
    "postingRestrictedToMods": False,
    "webfinger": "ada@a.example",
    "publicKey": {"id": f"{ADA}#main-key", "owner": ADA, "publicKeyPem": "-----BEGIN"},
    "assertionMethod": [
        {
            "id": f"{ADA}#k",
            "type": "Multikey",
            "controller": ADA,
            "publicKeyMultibase": "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2",
            "expires": "2030-01-01T00:00:00Z",
        }
    ],
    "published": "2024-01-01T00:00:00Z",
    "updated": "2024-01-01T00:00:00Z",
}
ACTIVITY = {
    "id": "https://a.example/creates/1",
    "type": "Create",
    "actor": ADA,
    "object": {"id": "https://a.example/likes/1", "type": "Like", "actor": ADA, "object": [ADA]},
    "target": ADA,
    "origin": ADA,
    "to": [PUBLIC],
    "cc": [ADA],
    "audience": ADA,
    "published": "2024-01-01T00:00:00Z",
    "content": "x",
    "summary": "x",
}
COLLECTION = {"id": ADA, "type": "Collection", "totalItems": 1, "items": [ADA], "first": {"items": [ADA], "next": ADA}, "next": ADA}
JRD = {
    "subject": "acct:ada@a.example",
    "links": [{"rel": "self", "type": "application/activity+json", "href": ADA, "template": "https://a.example/{uri}"}],
}

HUGE = ["x" * 1_000_000, [ADA] * 5_000, [{"type": "Mention", "href": ADA}] * 5_000, {"a" * 10_000: "b"}, 2**64 - 1, -(10**18), 1.5e308]
ODD = [
    None,
    True,
    False,
    0,
    -1,
    7,
    1.5,
    "",
    " ",
    "\0",
    "Note",
    "https://",
    "https://[::1",
    "https://a.example:x/",
    "http://\u2100.example/",
    "é" * 50,
    "2024-02-30T00:00:00Z",
    "0000",
    [],
    {},
    [[]],
    [{}],
    [None],
    {"id": None},
    {"id": [ADA]},
    {"type": ["Note"]},
    {"href": {"href": ADA}},
    {"en": None},
    {"": ""},
    [[[[[[[["deep"]]]]]]]],
    "<b>" * 20_000,
    "&" * 1000,
    "acct:a@b",
    {"width": {}, "url": [[]]},
    [7, "x", None, {"name": 7}],
]
ANYTHING = st.sampled_from(ODD + HUGE) | st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from([*POST, *ACTOR, "href", "rel"]), inner, max_size=4),
    max_leaves=8,
)


RAW = {"document", "object", "objects", "learning", "proof", "interaction_policy"}  # fields that keep JSON as it came


def assert_storable(record):
    """No text of a record holds what PostgreSQL or XML cannot."""
    text = repr({field.name: getattr(record, field.name) for field in fields(record) if field.name not in RAW})
    assert not re.search(r"\\x0[0-8]|\\x1|\\x7f|\\ufff[ef]", text)


def read_activity(document):
    activity = activity_from_document(document)
    assert_storable(activity)
    embedded_activity(activity)


def read_actor(document):
    actor = actor_from_document(document)
    assert_storable(actor)
    assert actor_from_document(document_from_bytes(orjson.dumps(document_from_actor(actor)))) == actor


def read_post(document):
    post = post_from_document(document)
    assert_storable(post)
    assert post_from_document(document_from_bytes(orjson.dumps(document_from_post(post)))) == post


def read_collection(document):
    items_from_document(document)
    total_from_document(document)


CASES: dict[str, tuple[Callable, dict]] = {
    "activity": (read_activity, ACTIVITY),
    "actor": (read_actor, ACTOR),
    "post": (read_post, POST),
    "event": (read_post, POST | {"type": "Event"}),
    "video": (read_post, POST | {"type": "Video"}),
    "vote": (read_post, {"id": ADA, "type": "Note", "attributedTo": ADA, "name": "a", "inReplyTo": ADA}),
    "collection": (read_collection, COLLECTION),
    "jrd": (jrd_from_document, JRD),
}


def paths(value: object, path: tuple = ()) -> list[tuple]:
    """The ways to every field of a document, nested ones too."""
    if isinstance(value, dict):
        return [found for name, inner in value.items() for found in [(*path, name), *paths(inner, (*path, name))]]
    if isinstance(value, list):
        return [found for index, inner in enumerate(value) for found in [(*path, index), *paths(inner, (*path, index))]]
    return []


def replaced(value, path: tuple, by: object):
    if not path:
        return by
    step, rest = path[0], path[1:]
    copy = value.copy()
    copy[step] = replaced(value[step], rest, by)
    return copy


FIELDS = [(name, path) for name, (_, document) in CASES.items() for path in paths(document)]


def test_the_documents_are_read_as_they_stand():
    for reader, document in CASES.values():
        reader(document)


@pytest.mark.parametrize("odd", [*ODD, *HUGE], ids=lambda value: repr(value)[:30])
def test_any_field_may_be_anything(odd):
    for name, path in FIELDS:
        reader, document = CASES[name]
        try:
            reader(replaced(document, path, odd))
        except Malformed:
            continue


NUL_INSIDE = [
    "a\0b",
    "\x01",
    "https://a.example/\0x",
    "https://a\0.example/",
    "https://a.example/\x7f",
    ":a\0b:",
    "#a\0b",
    "z6Mk\0",
    "<b>&#1;\0</b>",
]


@pytest.mark.parametrize("text", NUL_INSIDE)
def test_no_control_character_gets_into_a_record(text):
    for name, path in FIELDS:
        reader, document = CASES[name]
        try:
            reader(replaced(document, path, text))
        except Malformed:
            continue


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.data_too_large, HealthCheck.too_slow])
@given(st.sampled_from(FIELDS), ANYTHING, st.integers(min_value=0), ANYTHING)
def test_any_two_fields_may_be_anything(field, value, which, other_value):
    name, path = field
    reader, document = CASES[name]
    changed = replaced(document, path, value)
    ways = paths(changed)
    try:
        reader(replaced(changed, ways[which % len(ways)], other_value))
    except Malformed:
        return


@settings(deadline=None)
@given(ANYTHING)
@example({})
def test_any_object_at_all(value):
    for reader, _ in CASES.values():
        try:
            reader(value if isinstance(value, dict) else {"type": value})
        except Malformed:
            continue


@given(st.text(max_size=60) | st.from_regex(r"@?\w+@[\w.:\[\]-]+", fullmatch=True))
def test_any_handle(handle):
    try:
        name, host = parse_handle(handle)
    except Malformed:
        return
    assert name
    assert host == host.lower()


@given(st.binary(max_size=200) | st.text(max_size=100).map(str.encode))
def test_any_bytes(body):
    try:
        assert isinstance(document_from_bytes(body), dict)
    except Malformed:
        return
