"""A node that is killed twenty times under load: nothing acknowledged is lost, no effect is doubled, and it is soon back."""

import sqlite3
from collections import Counter
from contextlib import closing

import pytest

from tests.soak.kills import READY_S, soak

KILLS = 20
pytestmark = pytest.mark.timeout(400)  # of the fixture, on a busy machine


@pytest.fixture(scope="module")
def outcome(tmp_path_factory):
    found = soak(tmp_path_factory.mktemp("soak") / "node", KILLS, lambda _start_s: None)
    print(found)
    return found


def test_nothing_acknowledged_is_lost_and_no_effect_is_doubled(outcome):
    assert outcome.faults == []


def test_every_kill_fell_into_the_load(outcome):
    assert outcome.load.cut_off >= KILLS
    assert len(outcome.load.errands) > 2 * len(outcome.load.texts) > 10 * KILLS


def test_everything_was_done_and_taken_back(outcome):
    done = Counter((errand.activity["type"], inner_type(errand.activity)) for errand in outcome.load.errands)
    assert set(done) == {("Create", "Note"), ("Like", None), ("Undo", "Like"), ("Follow", None), ("Undo", "Follow")}
    assert all(count >= KILLS / 2 for count in done.values())


def inner_type(activity):
    """The type of what is embedded, or None for a bare id."""
    return activity["object"]["type"] if isinstance(activity["object"], dict) else None


def test_the_node_is_ready_again_in_five_seconds(outcome):
    assert outcome.slowest.start_s - outcome.slowest.queued_s <= READY_S  # what others had the cores for is theirs


@pytest.mark.parametrize(
    ("damage", "fault"),
    [
        ("UPDATE posts SET source = 'Post 1' WHERE source = 'Post 2'", "local posts: 1 doubled"),
        ("DELETE FROM posts WHERE source = 'Post 1'", "local posts: 1 lost"),
        ("DELETE FROM posts WHERE uri = (SELECT uri FROM posts WHERE source IS NULL LIMIT 1)", "posts of others: 1 lost"),
        ("DELETE FROM home WHERE post_id = (SELECT id FROM posts WHERE source IS NULL LIMIT 1)", "lines of the home timeline: 1 lost"),
        ("DELETE FROM notifications WHERE id = (SELECT max(id) FROM notifications)", "notifications: 1 lost"),
        ("DELETE FROM likes WHERE post_id = (SELECT max(post_id) FROM likes)", "likes:"),
        ("UPDATE posts SET likes_count = likes_count + 1 WHERE source = 'Post 1'", "counts of likes: 1 doubled"),
        ("DELETE FROM follows WHERE followee_id = (SELECT account_id FROM users)", "followers:"),
        ("UPDATE deliveries SET state = 'waiting' WHERE id = 1", "deliveries still owed: 1"),
    ],
)
def test_what_is_lost_or_doubled_would_be_found(outcome, tmp_path, damage, fault):
    copy = tmp_path / "damaged.db"
    with closing(sqlite3.connect(outcome.database)) as kept, closing(sqlite3.connect(copy)) as damaged:
        kept.backup(damaged)
        assert damaged.execute(damage).rowcount > 0
        damaged.commit()
    assert any(fault in found for found in outcome.ledger.faults(copy))
