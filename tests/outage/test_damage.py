"""A damaged database is not served: the node says so and how it is mended; of a large file as soon as it has looked."""

import subprocess
import sys

import pytest

from node import databases
from storage import backups
from storage.connecting import connect
from storage.errors import Unusable
from tests.nodes import CHECKOUT, prepare


@pytest.fixture
def damaged(tmp_path, monkeypatch):
    """A node on SQLite in whose database a page is nonsense."""
    monkeypatch.delenv("TEST_ENGINE", raising=False)
    node = prepare(tmp_path / "data")
    db = connect(node.config.sqlite_file, read_only=False)
    root = db.execute("SELECT rootpage FROM sqlite_master WHERE name = 'previews'").fetchone()[0]
    size = db.execute("PRAGMA page_size").fetchone()[0]
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()
    with node.config.sqlite_file.open("r+b") as file:
        file.seek((root - 1) * size)
        file.write(b"nonsense" * 100)
    return node


def serve(node):
    command = [sys.executable, "-m", "node", "--data", str(node.data), "serve"]
    return subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, timeout=60, check=False)


def test_a_damaged_database_is_not_served_and_the_sentence_says_what_to_do(damaged):
    ended = serve(damaged)
    assert (ended.returncode, "ready" in ended.stdout) == (1, False)
    assert "is damaged" in ended.stderr
    assert "restore the newest backup" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_large_one_is_looked_through_beside_the_first_answers(damaged, monkeypatch):
    monkeypatch.setattr(databases, "SMALL_BYTES", 0)
    monkeypatch.setattr(backups, "STEPS_BETWEEN", 1)
    assert databases.check_at_start(damaged.config) is False
    with pytest.raises(Unusable, match="restore the newest backup"):
        databases.look_through(damaged.config.sqlite_file)
    databases.look_through(damaged.config.sqlite_file, lambda: True)  # it is time to stop: nothing more is looked at


def test_a_sound_one_is_served(tmp_path):
    node = prepare(tmp_path / "data")
    node.start()
    assert node.stop() == 0
