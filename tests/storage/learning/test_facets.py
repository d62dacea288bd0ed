from storage import posts
from storage.learning import facets
from storage.learning.facets import Ask, Competency, Resource
from tests.storage.rows import add_person, add_post, add_reply

MOSS = Competency("https://a.example/tags/moss", "Moss")
ALGEBRA = Competency("https://a.example/tags/linear", "Linear  Algebra!")


def test_names_that_people_call_alike_are_alike():
    assert ALGEBRA.label == facets.label_of("linearAlgebra") == "linearalgebra"
    assert facets.label_of("Änderung") == "änderung"


def test_what_a_post_means_is_found_and_forgotten(db):
    ada = add_person(db, "ada")
    post = add_post(db, ada)
    facets.add_competencies(db, post.id, [MOSS, ALGEBRA, MOSS])
    facets.add_turn(db, post.id, "claim")
    facets.add_ask(db, Ask(post.id, "https://far.example/1"))
    facets.add_resource(db, Resource(post.id, "https://b.example/", "CC0", 5, 7, None))
    facets.add_path(db, post.id)
    assert facets.list_competencies(db, [post.id]) == {post.id: [ALGEBRA, MOSS]}
    assert facets.list_turns(db, [post.id, 1]) == {post.id: "claim"}
    assert facets.list_waiting_asks(db, "https://far.example/1") == [facets.find_ask(db, post.id)]
    assert facets.find_resource(db, post.id) == Resource(post.id, "https://b.example/", "CC0", 5, 7, None)
    assert facets.is_path(db, post.id)
    facets.clear(db, post.id)
    assert (facets.list_competencies(db, [post.id]), facets.list_turns(db, [post.id])) == ({}, {})
    assert (facets.find_ask(db, post.id), facets.find_resource(db, post.id), facets.is_path(db, post.id)) == (None, None, False)


def test_what_a_deleted_post_meant_goes_with_it(db):
    ada, bob = add_person(db, "ada"), add_person(db, "bob")
    question = add_post(db, ada)
    answer = add_reply(db, bob, question)
    facets.add_ask(db, Ask(question.id, answer.uri))
    facets.set_answer(db, question.id, answer.id, bob.id)
    facets.add_competencies(db, answer.id, [MOSS])
    posts.delete_post(db, answer, 1)
    assert facets.find_ask(db, question.id) == Ask(question.id, answer.uri, None, bob.id)
    assert facets.list_competencies(db, [answer.id]) == {}
    posts.delete_post(db, question, 1)
    assert facets.find_ask(db, question.id) is None
