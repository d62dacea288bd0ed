"""Twenty power failures under load. `python -m tests.soak` does two hundred."""

import pytest

from tests.outage.killing import kill_again_and_again

READY_S = 5.0


@pytest.mark.timeout(240)
async def test_nothing_acknowledged_is_lost_and_nothing_happens_twice(tmp_path):
    report = await kill_again_and_again(tmp_path / "node", rounds=20)
    print(report)
    assert max(report.ready_s) <= READY_S, str(report)
