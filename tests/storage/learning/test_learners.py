from storage.learning import learners
from storage.learning.learners import Learner
from tests.storage.rows import add_person


def test_nothing_is_agreed_to_until_somebody_says_so_and_it_can_be_taken_back(db):
    ada = add_person(db, "ada")
    assert learners.find_learner(db, ada.id) == Learner(answers_questions=False, shows_network=False)
    for agreed in (Learner(answers_questions=True), Learner(shows_network=True), Learner()):
        learners.save_learner(db, ada.id, agreed)
        assert learners.find_learner(db, ada.id) == agreed
