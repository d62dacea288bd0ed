import re
from pathlib import Path

import pytest

from storage import posts
from storage.errors import Taken
from storage.learning import awards, badges, endorsements, evidence, frameworks
from storage.learning.awards import Award
from storage.learning.badges import Badge
from storage.learning.endorsements import Endorsement
from storage.learning.evidence import Mark, Seen, Snapshot
from storage.learning.facets import Competency
from tests.storage.rows import add_person, add_post

MOSS = Competency("https://x.example/moss", "Moss")


def give(db, issuer, recipient, number=1, **said):
    stated = {"state": "offered", "name": "Moss", "kind": "Badge", "image_url": None, "credential": "{}", "issued_ms": 1}
    award = Award(number, f"https://a.example/{number}", issuer.id, recipient.id, **{"badge_id": None, "post_id": None, **stated, **said})
    awards.add_award(db, award, [MOSS])
    return award


def vouch(db, endorser, award, number=50, **said):
    stated = {"post_id": None, "competency": "", "comment": "", "credential": "{}", "issued_ms": 1}
    row = {"award_id": award.id, "subject_uri": award.uri, "recipient_id": award.recipient_id, **stated, **said}
    kept = Endorsement(id=number, uri=f"https://b.example/{number}", endorser_id=endorser.id, **row)
    assert endorsements.add_endorsement(db, kept)
    return kept


def test_an_award_is_found_by_its_id_its_post_and_its_people(db):
    ada, bo = add_person(db, "ada"), add_person(db, "bo")
    post = add_post(db, ada)
    given = give(db, ada, bo, post_id=post.id)
    found = awards.find_award(db, given.id)
    assert found == awards.find_award_by_uri(db, given.uri) == awards.find_award_by_post(db, post.id)
    assert awards.list_issued(db, ada.id) == awards.list_received(db, bo.id, ["offered"]) == [found]
    assert awards.list_received(db, bo.id, ["public", "accepted"]) == []
    assert awards.list_competencies(db, [given.id]) == {given.id: [MOSS]}
    assert awards.list_awards(db, [given.id, 7]) == {given.id: found}
    with pytest.raises(Taken):
        give(db, ada, bo)


def test_an_answer_and_a_revocation_count_once(db):
    ada, bo = add_person(db, "ada"), add_person(db, "bo")
    given = give(db, ada, bo, list_index=7)
    assert [awards.set_state(db, given.id, "public", now) for now in (5, 6)] == [True, False]
    assert [awards.set_revoked(db, given.id, "a fern", now) for now in (7, 8)] == [True, False]
    awards.set_proof(db, given.id, "pass")
    found = awards.find_award(db, given.id)
    assert (found.answered_ms, found.revoked_ms, found.reason, found.proof) == (5, 7, "a fern", "pass")
    assert awards.is_index_taken(db, ada.id, 7)
    assert not awards.is_index_taken(db, bo.id, 7)


def test_a_link_answers_one_award_until_it_is_answered(db):
    ada, bo = add_person(db, "ada"), add_person(db, "bo")
    given = give(db, ada, bo)
    awards.add_link(db, b"x", given.id)
    assert (awards.find_linked(db, b"x"), awards.find_linked(db, b"y")) == (given.id, None)
    awards.remove_links(db, given.id)
    assert awards.find_linked(db, b"x") is None


def test_endorsements_are_listed_while_they_stand_and_join_what_comes_late(db):
    ada, bo, cleo = (add_person(db, name) for name in ("ada", "bo", "cleo"))
    given = give(db, ada, bo)
    stands = vouch(db, cleo, given)
    gone = vouch(db, cleo, given, 51)
    late = vouch(db, cleo, given, 52, award_id=None)
    assert endorsements.set_withdrawn(db, gone.id, 9)
    assert not endorsements.set_withdrawn(db, gone.id, 9)
    for each in endorsements.list_waiting(db, given.uri):
        endorsements.join_award(db, each.id, given.id, bo.id)
    assert [each.id for each in endorsements.list_for_award(db, given.id)] == [stands.id, late.id]
    assert [each.id for each in endorsements.list_for_person(db, bo.id)] == [late.id, stands.id]
    assert [each.id for each in endorsements.list_by_person(db, cleo.id)] == [late.id, stands.id]
    assert not endorsements.add_endorsement(db, stands)
    endorsements.set_proof(db, stands.id, "fail")
    assert endorsements.find_endorsement_by_uri(db, stands.uri).proof == "fail"


def test_a_deleted_post_takes_its_endorsement_with_it_and_leaves_the_hash_of_what_it_said(db):
    ada, bo, cleo = (add_person(db, name) for name in ("ada", "bo", "cleo"))
    post = add_post(db, cleo)
    vouched = vouch(db, cleo, give(db, ada, bo), post_id=post.id)
    evidence.add_snapshot(db, Snapshot("z1", post.uri, cleo.uri, "{}", 3))
    assert endorsements.find_endorsement_by_post(db, post.id).id == vouched.id
    posts.delete_post(db, post, 9)
    found = endorsements.find_endorsement(db, vouched.id)
    assert (found.post_id, found.withdrawn_ms) == (None, 9)
    assert evidence.list_snapshots(db, ["z1", "z2"]) == {"z1": Snapshot("z1", post.uri, cleo.uri, None, 3)}


def test_badges_are_given_until_they_are_retired(db):
    ada = add_person(db, "ada")
    badge = Badge(1, ada.id, "https://a.example/badges/1", "Moss", "", "", "Badge", "", "[]", None, 1)
    badges.add_badge(db, badge)
    assert badges.list_badges(db, ada.id) == [badge]
    badges.retire_badge(db, badge.id, 5)
    assert badges.list_badges(db, ada.id) == []
    assert badges.find_badge(db, badge.id).retired_ms == 5


def test_lists_of_ours_and_of_others_are_kept_as_they_were_last(db):
    ada = add_person(db, "ada")
    assert evidence.find_status_list(db, ada.id) is None
    for body in ("a", "b"):
        evidence.save_status_list(db, ada.id, body, 1)
        evidence.save_seen(db, Seen("https://x.example/list", "list", body, 2))
    for index in (9, 3, 9):
        evidence.add_revoked(db, ada.id, index)
    assert (evidence.find_status_list(db, ada.id), evidence.list_revoked(db, ada.id)) == ("b", [3, 9])
    assert evidence.list_seen(db, ["https://x.example/list", "y"])["https://x.example/list"].body == "b"


def test_marks_are_found_by_their_post_and_become_awards(db):
    ada, bo = add_person(db, "ada"), add_person(db, "bo")
    post = add_post(db, bo)
    mark = Mark(1, ada.id, bo.id, post.id, post.uri, "z1", "", '[{"name": "Moss"}]', 1)
    evidence.add_mark(db, mark)
    assert (evidence.find_mark(db, 1), mark.rubric) == (mark, [{"name": "Moss"}])
    given = give(db, ada, bo)
    evidence.set_mark_award(db, mark.id, given.id)
    assert [each.id for each in evidence.list_marks_for(db, given.id)] == [1]
    assert [each.id for each in evidence.list_marks_on(db, post.id)] == [each.id for each in evidence.list_marks_of(db, bo.id)] == [1]


def test_what_counts_is_said_in_one_place():
    """Every other question of a proof would forget whose key it was."""
    storage_folder = Path(awards.__file__).parents[1]
    asking = [
        f"{file.name}:{number}"
        for file in storage_folder.rglob("*.py")
        for number, line in enumerate(file.read_text().splitlines(), 1)
        if re.search(r"proof\s*(=|<>|!=|IN)\s*\(?'(pass|fail)", line) and "migrations" not in file.parts and ".bound" not in line
    ]
    assert asking == []


GOOD = {"proof": "pass", "bound": True, "state": "public"}


@pytest.mark.parametrize(
    ("said", "is_holder"),
    [
        ({}, True),
        ({"bound": False}, False),
        ({"bound": False, "refused": True}, False),
        ({"proof": "fail"}, False),
        ({"proof": "unknown"}, False),
        ({"proof": "claim"}, False),
        ({"proof": ""}, False),
        ({"share": 0}, False),
        ({"share": 1}, True),
        ({"revoked_ms": 5}, False),
        ({"state": "accepted"}, False),
    ],
)
def test_whom_an_achievement_makes_a_holder(db, said, is_holder):
    ada, bo = add_person(db, "ada"), add_person(db, "bo")
    give(db, ada, bo, **{**GOOD, **said})
    assert [each.account_id for each in frameworks.list_holders(db, 0, MOSS.label, MOSS.url)] == ([bo.id] if is_holder else [])


@pytest.mark.parametrize(
    ("word", "is_holder"), [(None, False), ({}, False), ({"proof": "pass"}, False), ({"proof": "pass", "bound": True}, True)]
)
def test_what_one_recorded_oneself_counts_once_others_endorse_it(db, word, is_holder):
    ada, bo = add_person(db, "ada"), add_person(db, "bo")
    given = give(db, bo, bo, **GOOD)
    vouch(db, bo, given, 49, proof="pass", bound=True)  # one's own word is none
    if word is not None:
        vouch(db, ada, given, **word)
    assert [each.account_id for each in frameworks.list_holders(db, 0, MOSS.label, MOSS.url)] == ([bo.id] if is_holder else [])
