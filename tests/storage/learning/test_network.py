from storage.learning import network
from storage.learning.network import Bond
from storage.reactions import set_tags
from tests.storage.rows import add_boost, add_follow, add_person, add_post, add_reply, add_stranger


def test_who_brings_most_stands_first_and_private_posts_count_only_where_asked(db):
    ada, bob, carol, dave = add_person(db, "ada"), add_stranger(db, "bob"), add_stranger(db, "carol"), add_stranger(db, "dave")
    for followed in (bob, carol, dave):
        add_follow(db, ada, followed)
    old = add_post(db, bob)
    newest = [add_post(db, carol), add_post(db, carol, visibility=2)]
    ties = network.list_ties(db, ada.id, old.id, 1, 10)
    assert [(tie.account.name, tie.heard_id, tie.recent) for tie in ties] == [
        ("carol", newest[0].id, 1),
        ("bob", old.id, 0),
        ("dave", None, 0),
    ]
    assert network.list_ties(db, ada.id, old.id, 2, 1)[0].recent == 2


def test_bonds_are_follows_answers_and_boosts_among_them(db):
    bob, carol, dave = add_stranger(db, "bob"), add_stranger(db, "carol"), add_stranger(db, "dave")
    add_follow(db, bob, carol)
    add_follow(db, bob, dave, state="requested")
    post = add_post(db, bob)
    add_reply(db, carol, post)
    add_boost(db, carol, post)
    add_reply(db, dave, post, visibility=2)
    ids = [bob.id, carol.id]
    assert network.list_bonds(db, ids, 0) == [Bond(bob.id, carol.id, 1), Bond(carol.id, bob.id, 2)]
    assert network.list_bonds(db, [], 0) == []


def test_topics_are_the_hashtags_most_used(db):
    bob = add_stranger(db, "bob")
    for tags in (["moss", "fern"], ["moss"], ["alga", "yew"]):
        set_tags(db, add_post(db, bob).id, tags)
    set_tags(db, add_post(db, bob, visibility=2).id, ["secret"])
    assert network.list_topics(db, [bob.id], 0, 3) == {bob.id: ["moss", "alga", "fern"]}
