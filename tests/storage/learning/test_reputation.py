from storage.learning import endorsements, facets, reputation
from storage.learning.endorsements import Endorsement
from storage.learning.facets import Ask
from storage.learning.reputation import Voice
from tests.storage.rows import add_person, add_post


def word(number, by, of, **said):
    return Endorsement(**{"id": number, "uri": f"https://x.example/{number}", "endorser_id": by.id, "recipient_id": of.id, "award_id": None,
                          "post_id": None, "subject_uri": "", "competency": "https://x.example/moss", "comment": "", "credential": "{}",
                          "issued_ms": 1, "proof": "pass", "bound": True, **said})  # fmt: skip


def test_words_count_where_their_proof_holds_and_they_stand_and_answers_that_are_public(db):
    ada, bob = add_person(db, "ada"), add_person(db, "bob")
    for each in (
        word(1, ada, bob),
        word(2, ada, bob, proof="fail"),
        word(3, ada, bob, withdrawn_ms=5),
        word(4, ada, ada),
        word(5, bob, ada),
        word(6, ada, bob, bound=False),
    ):
        endorsements.add_endorsement(db, each)
    public, private = add_post(db, ada), add_post(db, ada, visibility=2)
    answer = add_post(db, bob)
    for question in (public, private):
        facets.add_ask(db, Ask(question.id, answer.uri, answer.id, bob.id))
    found = reputation.list_voices(db, [ada.id])
    assert found == [Voice("https://x.example/1", ada.id, bob.id, "endorsement"), Voice(public.uri, ada.id, bob.id, "answer")]
    assert reputation.list_voices(db, []) == []
