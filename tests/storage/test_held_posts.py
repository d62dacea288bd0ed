"""Held posts: hidden from everybody but their author and those who decide, released as they were meant, also those from before."""

import sqlite3
from contextlib import closing
from dataclasses import replace

from storage import communities, held_posts, posts, timelines
from storage.communities import MODERATOR, Community, Membership, Place
from storage.migrating import upgrade
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
    posts.update_post(db, replace(post, visibility=PUBLIC, edited_ms=9))
    assert (posts.find_post(db, post.id).visibility, held_posts.find_meant(db, post.id)) == (HELD, PUBLIC)
    assert timelines.count_outbox(db, ada.id) == counted


def test_what_waited_before_the_upgrade_is_held_after_it(tmp_path):
    file = tmp_path / "old.db"
    upgrade(file, "0013")
    with closing(sqlite3.connect(file)) as db:
        for account_id, name in ((1, "ada"), (2, "club")):
            uri = f"https://hedge.example/users/{name}"
            known = (account_id, uri, "Person", name, "", uri, 1, 1)
            db.execute("INSERT INTO accounts (id, uri, type, name, domain, inbox, created_ms, revision_ms) VALUES (?,?,?,?,?,?,?,?)", known)
        for post_id, state in ((10, "waiting"), (11, "shown")):
            post = (post_id, f"https://hedge.example/{post_id}", 1, "Note", 0, 1)
            db.execute("INSERT INTO posts (id, uri, account_id, type, visibility, published_ms) VALUES (?,?,?,?,?,?)", post)
            place = (2, post_id, state, False, 1)
            db.execute("INSERT INTO community_posts (community_id, post_id, state, locked, added_ms) VALUES (?,?,?,?,?)", place)
            db.execute("INSERT INTO home (account_id, post_id) VALUES (0, ?), (1, ?)", (post_id, post_id))
        db.execute("INSERT INTO tallies (account_id, posts, boosts, open_posts, last_ms) VALUES (1, 2, 0, 2, 1)")
        db.commit()
    upgrade(file)
    with closing(sqlite3.connect(file)) as db:
        assert db.execute("SELECT id, visibility FROM posts ORDER BY id").fetchall() == [(10, HELD), (11, PUBLIC)]
        assert db.execute("SELECT post_id, visibility FROM held_posts").fetchall() == [(10, PUBLIC)]
        assert db.execute("SELECT open_posts FROM tallies").fetchall() == [(1,)]
        assert db.execute("SELECT account_id, post_id FROM home ORDER BY post_id, account_id").fetchall() == [(1, 10), (0, 11), (1, 11)]
