"""Timelines: who gets what, in which order, and what each viewer may see of it."""

import pytest

from storage import accounts, moderation, posts, reactions, timelines
from storage.records import DIRECT, PRIVATE, PUBLIC, UNLISTED
from storage.timelines import Entry
from tests.storage.rows import START_MS, add_boost, add_follow, add_person, add_post, add_reply, add_stranger

STRANGER = 0


@pytest.fixture
def ada(db):
    return add_person(db, "ada")


@pytest.fixture
def eve(db):
    return add_person(db, "eve")


@pytest.fixture
def bob(db):
    return add_stranger(db, "bob")


def home(db, person, **page):
    return [entry.id for entry in timelines.list_home(db, person.id, 20, **page)]


def arrive(db, post, parent_author=None):
    """The post reaches the timelines that it is for."""
    timelines.add_to_home(db, post, parent_author.id if parent_author else None)
    return post.id


def test_a_post_reaches_those_who_follow_its_author_here_and_the_author(db, ada, eve, bob):
    add_follow(db, ada, bob)
    add_follow(db, eve, bob, state="requested")
    heard, own = arrive(db, add_post(db, bob)), arrive(db, add_post(db, ada))
    assert home(db, ada) == [own, heard]
    assert home(db, eve) == []
    assert db.execute("SELECT count(*) FROM home WHERE account_id = :id", {"id": bob.id}).fetchone() == (0,)


def test_a_post_that_arrives_twice_stands_once(db, ada, bob):
    add_follow(db, ada, bob)
    post = add_post(db, bob)
    arrive(db, post)
    arrive(db, post)
    assert home(db, ada) == [post.id]


def test_a_reply_reaches_only_those_who_follow_both_sides(db, ada, eve, bob):
    carl = add_stranger(db, "carl")
    for follower, followee in ((ada, bob), (ada, carl), (eve, bob)):
        add_follow(db, follower, followee)
    reply = add_reply(db, bob, add_post(db, carl))
    arrive(db, reply, parent_author=carl)
    assert home(db, ada) == [reply.id]
    assert home(db, eve) == []


def test_a_request_to_follow_the_other_side_does_not_count(db, ada, bob):
    carl = add_stranger(db, "carl")
    add_follow(db, ada, bob)
    add_follow(db, ada, carl, state="requested")
    arrive(db, add_reply(db, bob, add_post(db, carl)), parent_author=carl)
    assert home(db, ada) == []


def test_a_reply_to_oneself_and_a_reply_to_the_reader_reach_the_reader(db, ada, bob):
    add_follow(db, ada, bob)
    thread = arrive(db, add_reply(db, bob, add_post(db, bob)), parent_author=bob)
    answer = arrive(db, add_reply(db, bob, add_post(db, ada)), parent_author=ada)
    assert home(db, ada) == [answer, thread]


def test_boosts_are_left_out_for_who_does_not_want_them(db, ada, eve, bob):
    add_follow(db, ada, bob)
    add_follow(db, eve, bob, shows_boosts=False)
    boost = arrive(db, add_boost(db, bob, add_post(db, add_stranger(db, "carl"))))
    assert home(db, ada) == [boost]
    assert home(db, eve) == []


def test_an_entry_says_what_is_shown_and_what_the_viewer_did(db, ada, bob):
    carl = add_stranger(db, "carl")
    add_follow(db, ada, bob)
    post = add_post(db, carl, revision_ms=START_MS)
    add_reply(db, bob, post)
    reactions.add_like(db, ada.id, post.id, "x", START_MS)
    boost = add_boost(db, bob, post)
    arrive(db, boost)
    (entry,) = timelines.list_home(db, ada.id, 20)
    assert entry == Entry(boost.id, post.id, carl.id, bob.id, START_MS, carl.revision_ms, bob.revision_ms, 1, liked=True, boosted=False)
    assert entry.liked is True
    assert timelines.find_entry(db, post.id, bob.id) == Entry(
        post.id, post.id, carl.id, None, START_MS, carl.revision_ms, 0, 1, liked=False, boosted=True
    )


def test_home_goes_by_key_newest_first(db, ada):
    own = [arrive(db, add_post(db, ada)) for _ in range(5)]
    newest_first = own[::-1]
    assert [entry.id for entry in timelines.list_home(db, ada.id, 2)] == newest_first[:2]
    assert home(db, ada, before=newest_first[1]) == newest_first[2:]
    assert home(db, ada, after=own[2]) == newest_first[:2]


@pytest.mark.parametrize("turn_away", [moderation.add_block, moderation.add_mute])
def test_home_leaves_out_whom_the_viewer_does_not_want_to_hear(db, ada, bob, turn_away):
    carl = add_stranger(db, "carl")
    for followee in (bob, carl):
        add_follow(db, ada, followee)
    by_carl = add_post(db, carl)
    arrive(db, by_carl)
    arrive(db, add_boost(db, bob, by_carl))
    kept = arrive(db, add_post(db, bob))
    arguments = ("", START_MS) if turn_away is moderation.add_block else (None,)
    turn_away(db, ada.id, carl.id, *arguments)
    assert home(db, ada) == [kept]


def test_home_shows_nothing_that_the_viewer_may_see_no_longer(db, ada, eve, bob):
    add_follow(db, ada, bob)
    private, public = add_post(db, bob, visibility=PRIVATE), add_post(db, bob)
    for post in (private, public):
        arrive(db, post)
    assert home(db, ada) == [public.id, private.id]
    db.execute("DELETE FROM follows")
    assert home(db, ada) == [public.id]
    moderation.add_block(db, bob.id, ada.id, "", START_MS)
    assert home(db, ada) == []


def test_home_is_without_the_deleted_and_the_suspended(db, ada, bob):
    carl = add_stranger(db, "carl")
    for followee in (bob, carl):
        add_follow(db, ada, followee)
    gone, kept = add_post(db, bob), add_post(db, bob)
    arrive(db, gone)
    arrive(db, kept)
    arrive(db, add_boost(db, carl, kept))
    posts.delete_post(db, gone, START_MS)
    accounts.set_suspended(db, carl.id, START_MS)
    assert home(db, ada) == [kept.id]


def test_following_fills_home_with_the_newest_and_leaving_empties_it(db, ada, bob):
    own = [add_post(db, bob, visibility=visibility) for visibility in (PUBLIC, UNLISTED, PRIVATE, DIRECT)]
    add_reply(db, bob, own[0])
    add_boost(db, bob, add_post(db, ada))
    add_follow(db, ada, bob)
    timelines.fill_home(db, ada.id, bob.id, 2)
    assert home(db, ada) == [own[2].id, own[1].id]
    mine = arrive(db, add_post(db, ada))
    timelines.empty_home(db, ada.id, bob.id)
    assert home(db, ada) == [mine]


def test_what_goes_to_the_authors_own_home_goes_nowhere_else(db, ada, eve):
    add_follow(db, eve, ada)
    post = add_post(db, ada, visibility=DIRECT)
    timelines.add_to_own_home(db, post)
    assert home(db, ada) == [post.id]
    assert home(db, eve) == []


def test_the_local_timeline_holds_public_posts_of_our_own_people(db, ada, eve, bob):
    add_follow(db, ada, bob)
    public = add_post(db, ada)
    for post in (public, add_post(db, ada, visibility=UNLISTED), add_post(db, bob), add_boost(db, eve, public)):
        arrive(db, post)
    second = arrive(db, add_post(db, eve))
    assert [entry.id for entry in timelines.list_local(db, STRANGER, 20)] == [second, public.id]
    assert [entry.id for entry in timelines.list_local(db, STRANGER, 20, before=second)] == [public.id]
    moderation.add_mute(db, ada.id, eve.id, None)
    assert [entry.id for entry in timelines.list_local(db, ada.id, 20)] == [public.id]


def test_a_hashtag_lists_public_posts_newest_first(db, ada, bob):
    tagged = [add_post(db, bob, visibility=visibility) for visibility in (PUBLIC, UNLISTED, PRIVATE, PUBLIC)]
    for post in tagged:
        reactions.set_tags(db, post.id, ["Maths"])
    reactions.set_tags(db, add_post(db, bob).id, ["mathsy"])
    shown = [tagged[3].id, tagged[0].id]
    assert [entry.id for entry in timelines.list_tag(db, "maths", ada.id, 20)] == shown
    assert [entry.id for entry in timelines.list_tag(db, "maths", ada.id, 20, before=shown[0])] == shown[1:]
    moderation.add_block(db, ada.id, bob.id, "", START_MS)
    assert timelines.list_tag(db, "maths", ada.id, 20) == []


def test_an_account_shows_each_viewer_what_they_may_see(db, ada, eve, bob):
    own = [add_post(db, ada, visibility=visibility) for visibility in (PUBLIC, UNLISTED, PRIVATE, DIRECT)]
    add_follow(db, eve, ada)
    reactions.set_mentions(db, own[3].id, [bob.id])

    def shown(viewer_id):
        return [own.index(posts.find_post(db, entry.id)) for entry in timelines.list_account_posts(db, ada.id, viewer_id, 20)]

    assert shown(STRANGER) == [1, 0]
    assert shown(eve.id) == [2, 1, 0]
    assert shown(bob.id) == [3, 1, 0]
    assert shown(ada.id) == [3, 2, 1, 0]


def test_a_boost_for_followers_is_shown_to_followers(db, ada, eve, bob):
    add_follow(db, eve, ada)
    boost = add_boost(db, ada, add_post(db, bob), visibility=PRIVATE)
    assert timelines.list_account_posts(db, ada.id, STRANGER, 20) == []
    assert timelines.find_entry(db, boost.id, STRANGER) is None
    assert [entry.id for entry in timelines.list_account_posts(db, ada.id, eve.id, 20)] == [boost.id]


def test_a_boost_opens_no_post_that_was_closed(db, ada, eve, bob):
    add_follow(db, ada, bob)
    boost = add_boost(db, ada, add_post(db, bob, visibility=PRIVATE))
    add_follow(db, eve, ada)
    arrive(db, boost)
    assert home(db, eve) == []
    assert timelines.list_account_posts(db, ada.id, STRANGER, 20) == []
    assert home(db, ada) == [boost.id]


def test_the_outbox_holds_what_is_open_newest_first(db, ada, bob):
    own = [add_post(db, ada, visibility=visibility) for visibility in (PUBLIC, UNLISTED, PRIVATE, DIRECT)]
    boost = add_boost(db, ada, add_post(db, bob))
    assert timelines.count_outbox(db, ada.id) == 3
    assert [post.id for post in timelines.list_outbox(db, ada.id, 20)] == [boost.id, own[1].id, own[0].id]
    assert [post.id for post in timelines.list_outbox(db, ada.id, 20, before=own[1].id)] == [own[0].id]


def test_replies_are_those_that_are_open_oldest_first(db, ada, bob):
    root = add_post(db, ada)
    replies = [add_reply(db, bob, root, visibility=visibility) for visibility in (PUBLIC, PRIVATE, UNLISTED)]
    assert timelines.count_replies(db, root.id) == 2
    assert [post.id for post in timelines.list_replies(db, root.id, 20)] == [replies[0].id, replies[2].id]
    assert [post.id for post in timelines.list_replies(db, root.id, 20, after=replies[0].id)] == [replies[2].id]
    accounts.set_suspended(db, bob.id, START_MS)
    assert timelines.list_replies(db, root.id, 20) == []


def test_a_thread_is_shown_as_far_as_the_viewer_may_see_it(db, ada, eve, bob):
    root = add_post(db, ada)
    reply = add_reply(db, bob, root)
    private = add_reply(db, ada, reply, visibility=PRIVATE)
    add_boost(db, eve, root)
    add_follow(db, eve, ada)
    assert [post.id for post in timelines.list_thread(db, root.id, STRANGER, 20)] == [root.id, reply.id]
    assert [post.id for post in timelines.list_thread(db, root.id, eve.id, 20)] == [root.id, reply.id, private.id]
    assert [post.id for post in timelines.list_thread(db, root.id, eve.id, 2)] == [root.id, reply.id]
    assert timelines.count_conversation(db, root.id) == 2
    assert [post.id for post in timelines.list_conversation(db, root.id, 20)] == [root.id, reply.id]
    assert [post.id for post in timelines.list_conversation(db, root.id, 20, after=root.id)] == [reply.id]


def test_a_thread_whose_first_post_is_gone_still_hangs_together(db, ada, bob):
    root = add_post(db, ada)
    replies = [add_reply(db, bob, root) for _ in range(2)]
    posts.delete_post(db, root, START_MS)
    assert [post.id for post in timelines.list_thread(db, root.id, STRANGER, 20)] == [reply.id for reply in replies]
