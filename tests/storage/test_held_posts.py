"""Held posts: hidden from everybody but their author and those who decide, released as they were meant, also those from before."""

from storage import communities, held_posts, posts, timelines
from storage.communities import MODERATOR, Community, Membership, Place
from storage.migrating import MIGRATIONS
from storage.records import HELD, PRIVATE, PUBLIC, UNLISTED
from tests.storage.rows import add_follow, add_person, add_post


def test_a_held_post_is_for_nobody_else_until_it_is_released(db):
    ada, mona, eve, club = (add_person(db, name) for name in ("ada", "mona", "eve", "club"))
    communities.save_community(db, Community(club.id, "open", is_private=False, approves_first=True, created_ms=1))
    add_follow(db, mona, club)
    communities.save_membership(db, Membership(club.id, mona.id, MODERATOR, is_approved=True, joined_ms=1))
    for meant in (PUBLIC, UNLISTED, PRIVATE):
        post = add_post(db, ada, visibility=meant)
        communities.add_place(db, Place(club.id, post.id, "waiting", locked=False, added_ms=1, activity="{}"))
        counted = timelines.count_outbox(db, ada.id)
        for _ in range(2):
            held_posts.hold_post(db, post.id)
        assert posts.find_post(db, post.id).visibility == HELD
        assert [posts.is_visible(db, post.id, viewer) for viewer in (0, eve.id, mona.id, ada.id)] == [False, False, True, True]
        assert timelines.count_outbox(db, ada.id) == counted - (meant <= UNLISTED)
        assert held_posts.find_meant(db, post.id) == meant
        assert held_posts.release_post(db, post.id, 7)
        assert not held_posts.release_post(db, post.id, 8)
        assert (posts.find_post(db, post.id).visibility, posts.find_post(db, post.id).revision_ms) == (meant, 7)
        assert timelines.count_outbox(db, ada.id) == counted


def test_a_held_post_stays_held_whatever_it_says(db):
    ada = add_person(db, "ada")
    post = add_post(db, ada, visibility=PRIVATE)
    held_posts.hold_post(db, post.id)
    counted = timelines.count_outbox(db, ada.id)
    posts.update_post(
        db, post.__class__(**{**{name: getattr(post, name) for name in post.__slots__}, "visibility": PUBLIC, "edited_ms": 9})
    )
    assert (posts.find_post(db, post.id).visibility, held_posts.find_meant(db, post.id)) == (HELD, PUBLIC)
    assert timelines.count_outbox(db, ada.id) == counted


def test_what_waited_before_the_upgrade_is_held_after_it():
    text = next(MIGRATIONS.glob("versions/0015_*.py")).read_text()
    assert "c.state = 'waiting'" in text
    assert f"visibility = {HELD}" in text
