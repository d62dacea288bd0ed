"""Five processes on one PostgreSQL, of which one is killed again and again: nothing acknowledged is lost, no effect is doubled."""

import pytest

from tests.soak.cluster import SERVING, WORKING, soak_cluster

SECONDS = 15


@pytest.fixture(scope="module")
def outcome(tmp_path_factory):
    found = soak_cluster(tmp_path_factory.mktemp("cluster") / "node", SECONDS, lambda _kills: None)
    print(found)
    return found


@pytest.mark.timeout(300)
def test_nothing_acknowledged_is_lost_and_no_effect_is_doubled(outcome):
    assert outcome.faults == []


def test_the_kills_fell_into_the_load(outcome):
    assert outcome.kills >= 5
    assert sum(outcome.load.texts.values()) > 10 * outcome.kills


def test_those_that_live_stop_in_order(outcome):
    assert outcome.codes == [0] * (SERVING + WORKING)
