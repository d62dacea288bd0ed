"""The peer itself: two Fedify servers understand one another, so what fails against ours is ours."""

import pytest

CAVAGE = "draft-cavage-http-signatures-12"


def test_the_peer_answers_for_its_actor(start_fedify):
    ada = start_fedify(USER_ID="ada")
    assert ada.actor_uri == f"{ada.origin}/users/ada"
    assert ada.get("/users/ada")["preferredUsername"] == "ada"


@pytest.mark.parametrize("scheme", ["rfc9421", CAVAGE])
def test_two_peers_follow_post_edit_like_and_delete(start_fedify, scheme):
    ada, bob = start_fedify(USER_ID="ada", FIRST_KNOCK=scheme), start_fedify(USER_ID="bob", FIRST_KNOCK=scheme)
    ada.do("follow", actor=bob.actor_uri)
    assert bob.do("state")["followers"] == [ada.actor_uri]
    assert ada.do("state")["following"] == {bob.actor_uri: "accepted"}
    note = bob.do("post", content="Prime numbers")["note"]
    bob.do("edit", note=note, content="Prime numbers, explained")
    ada.do("like", object=note, author=bob.actor_uri)
    ada.do("unlike", object=note, author=bob.actor_uri)
    bob.do("delete", note=note)
    ada.do("unfollow", actor=bob.actor_uri)
    assert [activity["type"] for activity in ada.do("log")["received"]] == ["Accept", "Create", "Update", "Delete"]
    assert [activity["type"] for activity in bob.do("log")["received"]] == ["Follow", "Like", "Undo", "Undo"]
    assert bob.do("state")["followers"] == []
    signed = [request["headers"] for request in bob.do("log")["wire"] if request["method"] == "POST"]
    assert all(("signature-input" in headers) == (scheme == "rfc9421") for headers in signed)


def test_a_follow_waits_where_the_peer_approves_by_hand(start_fedify):
    ada, bob = start_fedify(USER_ID="ada"), start_fedify(USER_ID="bob", MANUAL_ACCEPT="1")
    ada.do("follow", actor=bob.actor_uri)
    assert ada.do("state")["following"] == {bob.actor_uri: "requested"}
    bob.do("approve", actor=ada.actor_uri)
    assert [answer["actor"] for answer in ada.received("Accept")] == [bob.actor_uri]
