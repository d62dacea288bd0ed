"""Five processes on one PostgreSQL, of which one is killed again and again: nothing acknowledged is lost, no effect is doubled."""

import pytest

from tests.soak.cluster import SERVING, WORKING, soak_cluster

SECONDS, KILLS = 10, 6
pytestmark = pytest.mark.timeout(400)  # of the fixture, on a busy machine


@pytest.fixture(scope="module")
def outcome(tmp_path_factory):
    found = soak_cluster(tmp_path_factory.mktemp("cluster") / "node", SECONDS, lambda _kills: None, least=KILLS)
    print(found)
    return found


def test_nothing_acknowledged_is_lost_and_no_effect_is_doubled(outcome):
    assert outcome.faults == []


def test_the_kills_fell_into_the_load(outcome):
    assert outcome.kills >= KILLS
    assert sum(outcome.load.texts.values()) > 5 * outcome.kills


def test_those_that_live_stop_in_order(outcome):
    assert outcome.codes == [0] * (SERVING + WORKING)
