"""A small network loses, doubles and misplaces nothing; and were a rule of the node broken, this would show it."""

from dataclasses import replace

import pytest

from node.inbound import creating, receiving
from node.social import publishing, remote_posts
from node.workers import sending
from storage import timelines
from tests.simulation.network import simulate
from tests.simulation.story import Plot
from tests.simulation.wire import CALM, Weather

NODES = 12
SHORT = Plot(follows=3, posts=3, hours=6, outages=0.4, restarts=0.6, longest_outage_hours=2)
ROUGH = Weather(lost=0.03, unanswered=0.03, refused=0.03, doubled=0.1, late_s=4 * 3600, slow=0.05)


def sentences(outcome):
    """Which kinds of faults were found, without figures and examples."""
    return {fault.partition(", such as ")[0].partition(" ")[2] for fault in outcome.faults}


@pytest.fixture(scope="module")
def outcome():
    return simulate(NODES, 1, SHORT, ROUGH)


def test_every_public_post_stands_once_at_each_followers_home_and_nothing_else_does(outcome):
    assert outcome.faults == []
    assert outcome.figures["lines that had to be there"] > 50


def test_what_was_played_was_rough(outcome):
    for name in ("wire: lost", "wire: unanswered", "wire: refused", "wire: doubled", "wire: nobody there", "people: restarts", "retries"):
        assert outcome.figures[name] > 0, name
    assert outcome.figures["starts of nodes"] > outcome.figures["nodes"]


def test_the_same_seed_gives_the_same_figures_and_another_one_others(outcome):
    assert simulate(NODES, 1, SHORT, ROUGH).figures == outcome.figures
    assert simulate(NODES, 2, SHORT, ROUGH).figures != outcome.figures


def test_on_a_calm_day_each_delivery_takes_one_attempt():
    calm = simulate(NODES, 1, replace(SHORT, outages=0, restarts=0), CALM)
    assert calm.faults == []
    assert (calm.figures["retries"], calm.figures["given up"]) == (0, 0)


def test_a_network_that_tries_nothing_again_loses_posts(monkeypatch):
    monkeypatch.setattr(sending, "wait_before", lambda *_: None)
    assert "posts are missing at a follower's home" in sentences(simulate(NODES, 1, SHORT, ROUGH))


def test_a_network_that_remembers_neither_what_came_nor_what_was_deleted_brings_it_back(monkeypatch):
    monkeypatch.setattr(creating.posts, "add_tombstone", lambda *_: None)
    monkeypatch.setattr(receiving, "add_seen", lambda *_: True)
    outcome = simulate(NODES, 3, replace(SHORT, posts=4), replace(ROUGH, doubled=0.5))
    assert "posts that are gone still stand at a home" in sentences(outcome)


def test_a_network_that_shows_posts_to_everybody_shows_them_where_nobody_asked(monkeypatch):
    def add_to_all(db, post, parent_author_id=None):
        sql = "INSERT INTO home (account_id, post_id) SELECT account_id, :post FROM users WHERE true ON CONFLICT DO NOTHING"
        return db.execute(sql, {"post": post.id}).rowcount > 0

    monkeypatch.setattr(timelines, "add_to_home", add_to_all)
    monkeypatch.setattr(remote_posts, "is_wanted", lambda *_: True)
    assert "posts stand at somebody's home who does not follow" in sentences(simulate(NODES, 1, SHORT, ROUGH))


def test_a_network_that_tells_nobody_of_edits_keeps_what_was_said_before(monkeypatch):
    monkeypatch.setattr(publishing, "publish_edit", lambda *_: {})
    assert "posts say what they said before" in sentences(simulate(NODES, 1, replace(SHORT, posts=4), ROUGH))
