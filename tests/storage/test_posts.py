"""Posts: threads whatever comes first, counters, edits, deletion, and who may see what."""

from dataclasses import replace

import pytest

from storage import follows, ids, moderation, notifications, posts, reactions, timelines, wards
from storage.errors import Missing, Taken
from storage.records import DIRECT, PRIVATE, PUBLIC, UNLISTED
from tests.storage.rows import START_MS, add_boost, add_follow, add_person, add_post, add_reply, add_stranger, make_post, next_ms

STRANGER = 0


@pytest.fixture
def ada(db):
    return add_person(db, "ada")


@pytest.fixture
def bob(db):
    return add_stranger(db, "bob")


def kept(db, post):
    return posts.find_post(db, post.id)


def test_a_post_comes_back_as_it_was_put_in(db, ada):
    post = make_post(ada, sensitive=True, summary="Maths", language="en", attachments='[{"type":"Image"}]', edited_ms=START_MS)
    posts.add_post(db, post)
    assert kept(db, post) == post
    assert kept(db, post).sensitive is True
    assert posts.find_post_by_uri(db, post.uri) == post


def test_the_same_uri_is_kept_once(db, ada, bob):
    post = add_post(db, ada)
    with pytest.raises(Taken):
        add_post(db, bob, uri=post.uri)


def test_a_free_id_is_no_posts_and_of_its_moment(db, ada, monkeypatch):
    post = add_post(db, ada)
    draws = iter([post.id & 0xFFFF, 7])
    monkeypatch.setattr(ids.secrets, "randbits", lambda _: next(draws))
    assert ids.free_id(db, "post", post.id >> 16) == (post.id >> 16 << 16) + 7


def test_a_reply_stands_in_its_parents_thread_and_is_counted(db, ada, bob):
    root = add_post(db, ada)
    reply = add_reply(db, bob, root)
    answer = add_reply(db, ada, reply)
    assert (reply.in_reply_to_id, reply.root_id) == (root.id, root.id)
    assert (answer.in_reply_to_id, answer.root_id) == (reply.id, root.id)
    assert kept(db, root).replies_count == 1
    assert kept(db, reply).replies_count == 1


def test_a_reply_that_came_before_its_parent_is_joined_to_it_with_its_own_thread(db, ada, bob):
    root, middle = make_post(ada), make_post(bob)
    middle = replace(middle, in_reply_to_uri=root.uri)
    leaf = add_reply(db, ada, middle)
    twig = add_reply(db, bob, leaf)
    assert leaf.in_reply_to_id is None
    assert twig.root_id == leaf.id

    middle = posts.add_post(db, middle)
    assert [kept(db, each).root_id for each in (leaf, twig)] == [middle.id, middle.id]
    assert kept(db, leaf).in_reply_to_id == middle.id

    root = posts.add_post(db, root)
    assert [kept(db, each).root_id for each in (middle, leaf, twig)] == [root.id] * 3
    assert kept(db, middle).in_reply_to_id == root.id
    assert [kept(db, each).replies_count for each in (root, middle, leaf, twig)] == [1, 1, 1, 0]


def test_a_parent_that_comes_late_joins_several_replies(db, ada, bob):
    root = make_post(ada)
    replies = [add_reply(db, bob, root) for _ in range(3)]
    posts.add_post(db, root)
    assert kept(db, root).replies_count == 3
    assert {kept(db, reply).root_id for reply in replies} == {root.id}


def test_a_circle_of_replies_gets_a_beginning(db, bob):
    one, two = make_post(bob), make_post(bob)
    one = posts.add_post(db, replace(one, in_reply_to_uri=two.uri))
    two = posts.add_post(db, replace(two, in_reply_to_uri=one.uri))
    assert (kept(db, two).in_reply_to_id, kept(db, two).root_id) == (one.id, one.id)
    assert (kept(db, one).in_reply_to_id, kept(db, one).thread_id) == (None, None)


def test_a_post_that_answers_itself_answers_nothing(db, bob):
    post = make_post(bob)
    posts.add_post(db, replace(post, in_reply_to_uri=post.uri))
    assert (kept(db, post).in_reply_to_id, kept(db, post).thread_id, kept(db, post).replies_count) == (None, None, 0)


def test_one_account_boosts_a_post_once(db, ada, bob):
    post = add_post(db, ada)
    boost = add_boost(db, bob, post)
    assert kept(db, post).boosts_count == 1
    assert posts.find_boost(db, bob.id, post.id) == boost
    assert posts.find_boost(db, ada.id, post.id) is None
    with pytest.raises(Taken):
        add_boost(db, bob, post)


def test_likes_are_counted_up_and_down(db, ada):
    post = add_post(db, ada)
    posts.count_like(db, post.id, 1)
    posts.count_like(db, post.id, 1)
    posts.count_like(db, post.id, -1)
    assert kept(db, post).likes_count == 1


def test_an_edit_keeps_what_the_post_said_before(db, ada):
    post = add_post(db, ada, content="<p>First</p>")
    posts.count_like(db, post.id, 1)
    second = replace(post, content="<p>Second</p>", edited_ms=post.published_ms + 1, revision_ms=post.published_ms + 1)
    posts.update_post(db, second)
    third = replace(second, content="<p>Third</p>", edited_ms=post.published_ms + 2)
    posts.update_post(db, third)
    assert kept(db, post).content == "<p>Third</p>"
    assert kept(db, post).likes_count == 1
    assert posts.list_edits(db, post.id) == [
        (post.published_ms, "", "", "<p>First</p>"),
        (post.published_ms + 1, "", "", "<p>Second</p>"),
    ]


def test_an_edit_leaves_author_address_and_parent_alone(db, ada, bob):
    root = add_post(db, ada)
    reply = add_reply(db, bob, root)
    posts.update_post(
        db, replace(reply, account_id=ada.id, uri="https://evil.example/", in_reply_to_id=None, thread_id=None, content="New")
    )
    assert kept(db, reply) == replace(reply, content="New")


def test_a_deleted_post_leaves_a_tombstone_and_nothing_that_hung_on_it(db, ada, bob):
    root = add_post(db, ada)
    post = add_reply(db, bob, root)
    answer = add_reply(db, ada, post)
    boost = add_boost(db, ada, post)
    reactions.add_like(db, ada.id, post.id, "https://here.example/likes/1", START_MS)
    reactions.set_tags(db, post.id, ["maths"])
    reactions.set_mentions(db, post.id, [ada.id])
    notifications.add_notification(db, ada.id, "reply", bob.id, post.id, START_MS)

    posts.delete_post(db, post, START_MS)
    assert kept(db, post) is None
    assert kept(db, boost) is None
    assert posts.find_tombstone(db, post.uri) == START_MS
    assert posts.find_tombstone(db, root.uri) is None
    assert kept(db, root).replies_count == 0
    assert (kept(db, answer).in_reply_to_id, kept(db, answer).in_reply_to_uri, kept(db, answer).root_id) == (None, post.uri, root.id)
    assert notifications.list_notifications(db, ada.id, 10, 1 << 62) == []
    assert db.execute("SELECT count(*) FROM likes").fetchone() == (0,)
    assert db.execute("SELECT count(*) FROM post_tags").fetchone() == (0,)


def test_a_boost_taken_back_leaves_the_post(db, ada, bob):
    post = add_post(db, ada)
    posts.delete_post(db, add_boost(db, bob, post), START_MS)
    assert kept(db, post).boosts_count == 0


def test_a_deletion_that_comes_first_is_remembered(db):
    posts.add_tombstone(db, "https://far.example/notes/9", START_MS)
    posts.add_tombstone(db, "https://far.example/notes/9", START_MS + 1)
    assert posts.find_tombstone(db, "https://far.example/notes/9") == START_MS


@pytest.fixture
def cast(db, ada):
    """Everyone who may look at ada's posts: {who: account id}."""
    people = {who: add_person(db, who) for who in ("follower", "requested", "mentioned", "blocked")}
    add_follow(db, people["follower"], ada)
    add_follow(db, people["blocked"], ada)
    add_follow(db, people["requested"], ada, state="requested")
    moderation.add_block(db, ada.id, people["blocked"].id, "", START_MS)
    return {"stranger": STRANGER, "author": ada.id} | {who: account.id for who, account in people.items()}


@pytest.mark.parametrize(
    ("visibility", "seen_by"),
    [
        (PUBLIC, {"stranger", "author", "follower", "requested", "mentioned"}),
        (UNLISTED, {"stranger", "author", "follower", "requested", "mentioned"}),
        (PRIVATE, {"author", "follower", "mentioned"}),
        (DIRECT, {"author", "mentioned"}),
    ],
)
def test_a_post_is_seen_by_whom_it_is_for(db, ada, cast, visibility, seen_by):
    post = add_post(db, ada, visibility=visibility)
    reactions.set_mentions(db, post.id, [cast["mentioned"], cast["blocked"]])
    assert {who for who, viewer in cast.items() if posts.find_visible_post(db, post.id, viewer)} == seen_by
    assert {who for who, viewer in cast.items() if posts.is_visible(db, post.id, viewer)} == seen_by


def test_a_follower_who_left_sees_followers_posts_no_more(db, ada, cast):
    post = add_post(db, ada, visibility=PRIVATE)
    follows.remove_follow(db, cast["follower"], ada.id)
    assert not posts.is_visible(db, post.id, cast["follower"])


def test_nobody_sees_the_posts_of_who_was_suspended(db, bob):
    post = add_post(db, bob)
    assert posts.is_visible(db, post.id, STRANGER)
    db.execute("UPDATE accounts SET suspended_ms = 1 WHERE id = :id", {"id": bob.id})
    assert not posts.is_visible(db, post.id, STRANGER)


def test_getting_a_post_that_one_may_not_see_says_that_it_is_missing(db, ada):
    post = add_post(db, ada, visibility=PRIVATE)
    assert posts.get_visible_post(db, post.id, ada.id) == post
    with pytest.raises(Missing):
        posts.get_visible_post(db, post.id, STRANGER)


def test_posts_are_listed_by_id_whoever_may_see_them(db, ada):
    one, two = add_post(db, ada), add_post(db, ada, visibility=DIRECT)
    assert posts.list_posts(db, [one.id, two.id, one.id, 17]) == {one.id: one, two.id: two}
    assert posts.list_posts(db, []) == {}


def test_all_posts_of_an_account_are_listed_newest_first(db, ada, bob):
    mine = [add_post(db, ada) for _ in range(3)]
    boost = add_boost(db, ada, add_post(db, bob))
    assert [post.id for post in posts.list_all_posts(db, ada.id)] == [boost.id, *(post.id for post in reversed(mine))]


def test_only_posts_of_our_own_people_are_counted_and_no_boosts(db, ada, bob):
    add_boost(db, ada, add_post(db, bob))
    add_post(db, ada)
    assert posts.count_local_posts(db) == 1


def tally(db, account):
    row = db.execute("SELECT posts, boosts, open_posts FROM tallies WHERE account_id = :id", {"id": account.id}).fetchone()
    found = posts.list_all_posts(db, account.id)
    assert row == (len(found), sum(post.boost_of_id is not None for post in found), sum(post.visibility <= UNLISTED for post in found))
    return row


def test_what_an_account_has_posted_is_counted_as_it_posts_changes_and_deletes(db, ada, bob):
    post, hidden = add_post(db, ada), add_post(db, ada, visibility=PRIVATE)
    add_boost(db, bob, post)
    add_boost(db, ada, post)
    assert (tally(db, ada), tally(db, bob)) == ((3, 1, 2), (1, 1, 1))
    posts.update_post(db, replace(hidden, visibility=UNLISTED, edited_ms=next_ms()))
    assert tally(db, ada) == (3, 1, 3)
    posts.delete_post(db, kept(db, post), next_ms())
    assert (tally(db, ada), tally(db, bob)) == ((1, 0, 1), (0, 0, 0))


def test_what_was_narrowed_counts_no_longer_as_open(db, ada):
    add_post(db, ada)
    wards.narrow_posts(db, ada.id)
    assert tally(db, ada) == (1, 0, 0)
    assert timelines.count_outbox(db, ada.id) == 0


def test_replies_are_looked_for_once_in_a_while(db, bob):
    post, now_ms = add_post(db, bob), next_ms()
    assert posts.set_replies_fetched(db, post.id, now_ms, now_ms - 1000)
    assert not posts.set_replies_fetched(db, post.id, now_ms + 500, now_ms - 500)
    assert posts.set_replies_fetched(db, post.id, now_ms + 2000, now_ms + 1000)


def test_a_touched_post_has_a_new_revision(db, ada):
    post = add_post(db, ada)
    posts.touch_post(db, post.id, START_MS)
    assert kept(db, post) == replace(post, revision_ms=START_MS)
