from storage import moderation, reactions
from storage.learning import facets, mentors, sculpting
from storage.learning.facets import Competency
from storage.learning.questions import Fact
from tests.storage.rows import START_MS, add_boost, add_follow, add_person, add_post

MOSS = Competency("https://x.example/moss", "Moss")


def test_what_those_bring_whom_one_follows_and_what_others_would(db):
    ada, bob, eve = add_person(db, "ada"), add_person(db, "bob"), add_person(db, "eve", discoverable=True)
    shy, foe = add_person(db, "shy"), add_person(db, "foe", discoverable=True)
    add_follow(db, ada, bob)
    moderation.add_block(db, foe.id, ada.id, "https://x.example/b", 1)
    tagged, taught = add_post(db, eve), add_post(db, eve)
    for post in (tagged, add_post(db, shy), add_post(db, foe)):
        reactions.set_tags(db, post.id, ["moss"])
    facets.add_competencies(db, taught.id, [MOSS])
    goal = add_post(db, eve)
    facets.add_competencies(db, goal.id, [MOSS])
    facets.add_goal(db, goal.id, "active", None, 0)
    add_boost(db, bob, tagged)
    assert sculpting.list_brought(db, ada.id, ["moss"], 0) == [Fact(bob.id, "posts", "moss", 1)]
    assert sculpting.list_brought(db, ada.id, ["moss"], 1 << 62) == []
    assert sculpting.list_elsewhere(db, ada.id, ["moss"], 0) == [Fact(eve.id, "posts", "moss", 1), Fact(eve.id, "resources", "moss", 1)]
    assert sculpting.list_elsewhere(db, ada.id, [], 0) == []


def test_whom_one_answered_boosted_or_liked_was_heard(db):
    ada, bob, eve = add_person(db, "ada"), add_person(db, "bob"), add_person(db, "eve")
    add_boost(db, ada, add_post(db, bob))
    liked = add_post(db, eve)
    reactions.add_like(db, ada.id, liked.id, "https://x.example/1", START_MS)
    assert sculpting.list_heard(db, ada.id, 0, START_MS - 1) == {bob.id, eve.id}
    assert sculpting.list_heard(db, ada.id, 1 << 62, START_MS) == set()


def test_nobody_mentors_without_a_community(db):
    assert mentors.list_mentors(db, add_person(db, "ada").id, 5) == []
