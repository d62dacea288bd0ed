"""Files of ours."""

import dataclasses

import pytest

from storage import media, posts
from storage.records import Media
from tests.storage.rows import START_MS, add_person, add_post


@pytest.fixture
def ada(db):
    return add_person(db, "ada")


def add_file(db, account, media_id, **changes):
    kept = Media(media_id, account.id, None, f"{media_id}.png", "image/png", 640, 480, 1000, **changes)
    media.add_media(db, kept)
    return kept


def test_files_are_listed_in_the_order_asked_for_and_to_their_owner_only(db, ada):
    eve = add_person(db, "eve")
    one, two, hers = add_file(db, ada, 1), add_file(db, ada, 2, alt="A hedge"), add_file(db, eve, 3)
    assert media.list_media(db, ada.id, [2, 3, 1, 17]) == [two, one]
    assert media.list_media(db, eve.id, [1, 3]) == [hers]
    assert media.list_media(db, ada.id, []) == []


def test_a_file_is_found_by_its_name(db, ada):
    kept = add_file(db, ada, 1)
    assert media.find_own_media_by_file(db, kept.account_id, "1.png") == kept
    assert media.find_own_media_by_file(db, kept.account_id, "2.png") is None


def test_a_file_belongs_to_its_post_until_that_is_deleted(db, ada):
    post = add_post(db, ada)
    kept = add_file(db, ada, 1)
    media.attach_media(db, [1], post.id)
    assert media.find_own_media_by_file(db, kept.account_id, "1.png") == dataclasses.replace(kept, post_id=post.id)
    assert media.list_loose_media(db, 100, 10) == []
    posts.delete_post(db, post, START_MS)
    assert media.list_loose_media(db, 100, 10) == [dataclasses.replace(kept, purpose="withdrawn")]


def test_loose_files_are_attachments_from_before_a_moment(db, ada):
    for media_id in (1, 2, 3):
        add_file(db, ada, media_id)
    add_file(db, ada, 4, purpose="icon")
    assert [kept.id for kept in media.list_loose_media(db, 3, 10)] == [1, 2]
    assert [kept.id for kept in media.list_loose_media(db, 100, 1)] == [1]
    media.remove_media(db, 1)
    assert [kept.id for kept in media.list_loose_media(db, 100, 10)] == [2, 3]
