"""`hedgerow doctor` beside a node that runs."""

import json
import subprocess
import sys

from tests.nodes import CHECKOUT, prepare


def doctor(node) -> tuple[int, dict[str, dict[str, object]]]:
    """Its exit code, and each finding by name."""
    call = [sys.executable, "-m", "node", "--data", str(node.data), "doctor", "--json"]
    done = subprocess.run(call, cwd=CHECKOUT, capture_output=True, text=True, check=False)
    return done.returncode, {each["check"]: each for each in json.loads(done.stdout)}


def test_a_node_that_is_well_has_nothing_to_mend(tmp_path):
    node = prepare(tmp_path / "node")
    node.start()
    try:
        code, found = doctor(node)
    finally:
        node.kill()
    assert {name for name, each in found.items() if not each["ok"]} == set()
    assert code == 0
    assert doctor(node)[0] == 1
