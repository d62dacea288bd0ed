from datetime import UTC, datetime

import pytest

from federation.activities import activity_from_document, embedded_activity
from federation.errors import Malformed
from federation.objects import post_from_document
from federation.records import PUBLIC

ADA = "https://a.example/users/ada"
BOB = "https://b.example/users/bob"
NOTE = "https://b.example/notes/1"
LIKE = {"id": "https://a.example/likes/1", "type": "Like", "actor": ADA, "object": NOTE}


def test_a_plain_activity():
    activity = activity_from_document(LIKE | {"to": BOB, "published": "2024-01-01T00:00:00Z"})
    assert (activity.uri, activity.type, activity.actor_uri, activity.object_uri) == ("https://a.example/likes/1", "Like", ADA, NOTE)
    assert (activity.object, activity.object_type, activity.to) == (None, None, (BOB,))
    assert activity.published == datetime(2024, 1, 1, tzinfo=UTC)


def test_actor_and_object_may_be_embedded_or_lists():
    note = {"id": NOTE, "type": ["Note"]}
    activity = activity_from_document(LIKE | {"type": "Create", "actor": [{"id": ADA, "type": "Person"}], "object": [note]})
    assert (activity.actor_uri, activity.object_uri, activity.object_type, activity.object) == (
        ADA,
        NOTE,
        "Note",
        note | {"attributedTo": [{"id": ADA, "type": "Person"}]},
    )


def test_a_report_names_several_objects_and_what_was_written():
    flag = LIKE | {"type": "Flag", "object": [BOB, NOTE], "content": "<p>rude</p>"}
    assert activity_from_document(flag).object_uris == (BOB, NOTE)
    assert activity_from_document(flag).content == "rude"
    assert activity_from_document(LIKE | {"type": "Flag", "summary": "as Lemmy says it"}).content == "as Lemmy says it"


def test_a_create_of_several_votes_keeps_them_all():
    votes = [{"id": f"{ADA}#v{number}", "type": "Note", "name": "x"} for number in (1, 2)]
    activity = activity_from_document(LIKE | {"type": "Create", "object": votes})
    assert activity.objects == tuple(votes)
    assert activity.object == votes[0] | {"attributedTo": ADA}


def test_an_address_before_an_object_is_the_first_object():
    activity = activity_from_document(LIKE | {"object": [NOTE, {"id": BOB, "type": "Person"}]})
    assert (activity.object_uri, activity.object, activity.object_uris) == (NOTE, None, (NOTE, BOB))


def test_addressing_target_origin_and_group():
    activity = activity_from_document(
        LIKE | {"type": "Move", "target": {"id": BOB}, "origin": ADA, "to": ["as:Public"], "cc": [BOB], "audience": [PUBLIC, BOB]}
    )
    assert (activity.target_uri, activity.origin_uri, activity.to, activity.cc, activity.audience_uri) == (BOB, ADA, (PUBLIC,), (BOB,), BOB)


def test_an_anonymous_follow_inside_an_accept_is_read():
    follow = {"type": "Follow", "actor": ADA, "object": BOB}
    accept = activity_from_document(LIKE | {"type": "Accept", "actor": BOB, "object": follow})
    assert (accept.object_uri, accept.object_type) == (None, "Follow")
    inner = embedded_activity(accept)
    assert inner is not None
    assert (inner.uri, inner.type, inner.actor_uri, inner.object_uri) == ("", "Follow", ADA, BOB)


def test_an_activity_that_names_only_an_id_embeds_nothing():
    assert embedded_activity(activity_from_document(LIKE)) is None


def test_a_deletion_without_an_id_is_known_by_what_it_deletes():
    delete = {"type": "Delete", "actor": BOB, "object": NOTE}
    assert activity_from_document(delete).uri == f"{NOTE}#delete"
    with pytest.raises(Malformed, match="id"):
        activity_from_document(delete | {"type": "Like"})


@pytest.mark.parametrize(
    "wrong",
    [
        {"id": None},
        {"id": 4},
        {"id": "tag:a.example,2024:1"},
        {"type": None},
        {"type": 16},
        {"type": ""},
        {"type": "x" * 101},
        {"type": "a\0b"},
        {"actor": None},
        {"actor": 90},
        {"actor": {"name": "Ada"}},
        {"object": None},
        {"object": 23},
        {"object": []},
        {"object": ["no address"]},
        {"object": [NOTE] * 1001},
        {"to": [ADA] * 1001},
        {"content": "<b>" * 20_000},
    ],
)
def test_what_cannot_be_read_is_refused(wrong):
    with pytest.raises(Malformed):
        activity_from_document(LIKE | wrong)


OTHER = "https://other.example/carol"
SAID_BY_ACTIVITY = [  # what the activity says, what the object says, what counts
    ({"to": [PUBLIC], "cc": [BOB]}, {}, ([PUBLIC], [BOB])),
    ({"to": "as:Public"}, {"to": None}, ([PUBLIC], [])),
    ({"to": [PUBLIC]}, {"to": [], "cc": []}, ([PUBLIC], [])),
    ({"to": [PUBLIC], "cc": [BOB]}, {"to": [OTHER], "cc": []}, ([OTHER], [])),
    ({"to": [PUBLIC], "cc": [BOB]}, {"to": [OTHER]}, ([OTHER], [BOB])),
    ({"to": [PUBLIC], "cc": [BOB]}, {"cc": [OTHER]}, ([PUBLIC], [OTHER])),
    ({"bto": [BOB], "bcc": [OTHER]}, {}, ([BOB], [OTHER])),
    ({"to": [PUBLIC]}, {"bto": [BOB], "to": []}, ([BOB], [])),
    ({"audience": [PUBLIC]}, {}, ([PUBLIC], [])),
    ({"to": [BOB], "audience": [PUBLIC]}, {}, ([BOB], [])),
    ({}, {}, ([], [])),
]


@pytest.mark.parametrize("kind", ["Create", "Update"])
@pytest.mark.parametrize(("activity", "note", "counts"), SAID_BY_ACTIVITY)
def test_what_the_object_leaves_unsaid_is_read_from_its_activity(kind, activity, note, counts):
    document = LIKE | {"type": kind, "object": {"id": NOTE, "type": "Note", "content": "x"} | note} | activity
    read = activity_from_document(document)
    post = post_from_document(read.object)
    assert (list(post.to), list(post.cc)) == counts
    assert post.author_uri == ADA
    assert read.document is document  # what is passed on or proven stays as it came


def test_inside_of_an_announce_it_is_read_in_the_same_way():
    create = {
        "id": f"{NOTE}/create",
        "type": "Create",
        "actor": ADA,
        "to": [PUBLIC],
        "object": {"id": NOTE, "type": "Note", "content": "x"},
    }
    inner = embedded_activity(activity_from_document(LIKE | {"type": "Announce", "actor": BOB, "object": create}))
    post = post_from_document(inner.object)
    assert (post.to, post.author_uri) == ((PUBLIC,), ADA)


@pytest.mark.parametrize("stated", [{"attributedTo": OTHER}, {"actor": OTHER}, {"attributedTo": [{"id": OTHER}]}])
def test_an_author_who_is_named_is_not_replaced_by_the_actor(stated):
    read = activity_from_document(LIKE | {"type": "Create", "object": {"id": NOTE, "type": "Note", "content": "x"} | stated})
    assert post_from_document(read.object).author_uri == OTHER


@pytest.mark.parametrize("kind", ["Like", "Announce", "Delete", "Follow"])
def test_what_makes_no_post_known_leaves_its_object_alone(kind):
    note = {"id": NOTE, "type": "Note"}
    assert activity_from_document(LIKE | {"type": kind, "object": note, "to": [PUBLIC]}).object == note


def test_the_profile_in_an_update_is_left_alone():
    person = {"id": ADA, "type": "Person"}
    assert activity_from_document(LIKE | {"type": "Update", "object": person, "to": [PUBLIC]}).object == person
