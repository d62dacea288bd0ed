"""What belongs together in the delivery queue: by actor and object, whatever the ids of the activities are."""

import pytest

from federation import outgoing
from federation.delivery_order import ends_object, order_subject

ADA, BOB, POST = "https://a.example/ada", "https://b.example/bob", "https://b.example/p/1"


def undo(activity):
    return outgoing.undo("https://a.example/undo", ADA, activity, [BOB])


MADE = {
    "follow": outgoing.follow("https://a.example/1", ADA, BOB),
    "like": outgoing.like("https://a.example/2", ADA, POST, BOB),
    "boost": outgoing.announce("https://a.example/3", ADA, POST, [BOB]),
    "block": outgoing.block("https://a.example/4", ADA, BOB),
    "join": outgoing.join("https://a.example/5", ADA, POST, BOB),
}


@pytest.mark.parametrize("name", MADE)
def test_what_is_taken_back_is_about_the_same_as_what_was_done_whatever_its_id(name):
    again = {**MADE[name], "id": "https://a.example/again"}
    assert order_subject(undo(MADE[name])) == order_subject(MADE[name]) == order_subject(again)


@pytest.mark.parametrize("build", [outgoing.accept, outgoing.reject])
def test_answers_to_one_who_asks_keep_their_order_and_those_to_others_do_not_wait(build):
    asked = {"id": "https://b.example/f/1", "type": "Follow", "actor": BOB, "object": ADA}
    later = {**asked, "id": "https://b.example/f/2"}
    other = {**asked, "actor": "https://c.example/cy"}
    first = order_subject(build("https://a.example/1", ADA, asked))
    assert first == order_subject(build("https://a.example/2", ADA, later))
    assert first != order_subject(build("https://a.example/3", ADA, other))


def test_a_post_its_edits_its_end_and_what_a_community_passes_on_of_it_are_one_subject():
    note = {"id": POST, "type": "Note", "attributedTo": ADA, "to": [], "cc": []}
    made = outgoing.create("https://a.example/c", note)
    activities = [
        made,
        outgoing.update("https://a.example/u", ADA, note, []),
        outgoing.delete("https://a.example/d", ADA, POST, []),
        outgoing.pass_on("https://g.example/1", BOB, made, []),
        outgoing.announce("https://g.example/2", BOB, POST, []),
        outgoing.pass_on("https://g.example/3", BOB, undo(MADE["like"]), []),
    ]
    assert {order_subject(activity) for activity in activities} == {POST}


def test_a_report_is_about_itself():
    flag = outgoing.flag("https://a.example/f", ADA, [BOB, POST], "", [])
    assert order_subject(flag) == "https://a.example/f"


@pytest.mark.parametrize(
    ("activity", "is_end"),
    [
        (outgoing.delete("https://a.example/d", ADA, POST, []), True),
        (outgoing.delete_actor("https://a.example/d", ADA), True),
        (outgoing.pass_on("https://g.example/1", BOB, outgoing.delete("https://a.example/d", ADA, POST, []), []), True),
        (undo(outgoing.delete("https://a.example/d", ADA, POST, [])), False),
        (MADE["follow"], False),
        (MADE["boost"], False),
    ],
)
def test_a_delete_ends_its_object_also_inside_of_an_announce(activity, is_end):
    assert ends_object(activity) is is_end
