from datetime import UTC, datetime

import pytest

from federation import outgoing
from federation.activities import activity_from_document, embedded_activity
from federation.contexts import ACTIVITY, context_of_post
from federation.objects import document_from_post
from federation.records import PUBLIC, PostDocument

URI, ADA, BOB = "https://a.example/activities/1", "https://a.example/users/ada", "https://b.example/users/bob"
NOTE, FOLLOWERS = "https://a.example/posts/1", f"{ADA}/followers"
POSTED = document_from_post(
    PostDocument(NOTE, "Note", ADA, "<p>x</p>", to=(PUBLIC,), cc=(FOLLOWERS,), published=datetime(2026, 1, 1, tzinfo=UTC), audience_uri=BOB)
)
FOLLOW = {"id": "https://b.example/follows/1", "type": "Follow", "actor": BOB, "object": ADA}

BUILT = {
    "Create": outgoing.create(URI, POSTED),
    "Update": outgoing.update(URI, ADA, POSTED, [PUBLIC], [FOLLOWERS]),
    "Delete": outgoing.delete(URI, ADA, NOTE, [PUBLIC]),
    "Follow": outgoing.follow(URI, ADA, BOB),
    "Accept": outgoing.accept(URI, ADA, FOLLOW),
    "Reject": outgoing.reject(URI, ADA, FOLLOW),
    "Undo": outgoing.undo(URI, ADA, {"id": f"{URI}0", "type": "Like", "actor": ADA, "object": NOTE}, [BOB]),
    "Like": outgoing.like(URI, ADA, NOTE, BOB),
    "Announce": outgoing.announce(URI, ADA, NOTE, [PUBLIC], [FOLLOWERS, BOB], datetime(2026, 1, 1, tzinfo=UTC)),
    "Block": outgoing.block(URI, ADA, BOB),
    "Flag": outgoing.flag(URI, ADA, [BOB, NOTE], "rude", [BOB]),
    "Move": outgoing.move(URI, ADA, "https://new.example/users/ada", FOLLOWERS),
    "Add": outgoing.add(URI, ADA, NOTE, f"{ADA}/featured", [PUBLIC]),
    "Remove": outgoing.remove(URI, ADA, NOTE, f"{ADA}/featured", [PUBLIC]),
}


@pytest.mark.parametrize("kind", BUILT)
def test_what_we_say_is_what_we_would_understand(kind):
    activity = activity_from_document(BUILT[kind])
    assert (activity.uri, activity.type, activity.actor_uri) == (URI, kind, ADA)
    assert activity.to
    assert BUILT[kind]["@context"]


def test_a_create_is_addressed_like_its_post():
    create = BUILT["Create"]
    assert (create["to"], create["cc"], create["published"], create["audience"]) == ([PUBLIC], [FOLLOWERS], "2026-01-01T00:00:00Z", BOB)


def test_the_context_stands_once_unless_the_object_is_signed():
    assert BUILT["Create"]["@context"] == POSTED["@context"] == context_of_post(POSTED)
    assert "@context" not in BUILT["Create"]["object"]
    signed = outgoing.create(URI, POSTED | {"proof": {"type": "DataIntegrityProof"}})
    assert signed["object"]["@context"] == signed["@context"] == POSTED["@context"]
    assert BUILT["Like"]["@context"] == ACTIVITY


def test_a_builder_leaves_its_input_alone():
    before = dict(POSTED)
    outgoing.create(URI, POSTED)["object"]["content"] = "changed"
    assert before == POSTED


def test_an_answer_carries_the_whole_question():
    inner = embedded_activity(activity_from_document(BUILT["Accept"]))
    assert inner is not None
    assert (inner.uri, inner.actor_uri, inner.object_uri) == (FOLLOW["id"], BOB, ADA)
    assert BUILT["Accept"]["to"] == [BOB]
    anonymous = outgoing.accept(URI, ADA, {"type": "Follow", "actor": BOB, "object": ADA, "signature": "x"})
    assert anonymous["object"] == {"type": "Follow", "actor": BOB, "object": ADA}


def test_a_deleted_post_leaves_a_tombstone_and_an_actor_its_bare_id():
    assert BUILT["Delete"]["object"] == {"id": NOTE, "type": "Tombstone"}
    assert outgoing.delete_actor(URI, ADA)["object"] == ADA


def test_a_group_announces_a_whole_activity_unchanged():
    inner = {"id": "https://b.example/creates/1", "type": "Create", "actor": BOB, "object": NOTE}
    announce = outgoing.pass_on(URI, ADA, inner, [PUBLIC])
    assert announce["object"] == inner
    assert announce["@context"] == "https://www.w3.org/ns/activitystreams"


def test_a_moderators_deed_says_where_and_why():
    ban = outgoing.order(URI, "Block", ADA, BOB, "https://here.example/users/club", "spam", "https://here.example/users/club")
    assert (ban["audience"], ban["target"], ban["summary"]) == (
        "https://here.example/users/club",
        "https://here.example/users/club",
        "spam",
    )
    lock = outgoing.order(URI, "Lock", ADA, NOTE, "https://here.example/users/club", "")
    assert "summary" not in lock
    assert {"Lock": "https://join-lemmy.org/ns#Lock"} in lock["@context"]
