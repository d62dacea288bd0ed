"""The `hedgerow` command as a process."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from node.__main__ import find_strangers

CHECKOUT = Path(__file__).parents[2]
HEAVY = ("aiohttp", "sqlalchemy", "jinja2", "cryptography", "PIL", "asyncio")


def hedgerow(*arguments: str, folder: Path = CHECKOUT, options: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *options, "-m", "node", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_the_three_rooms_share_one_parent():
    assert find_strangers() == []


@pytest.mark.parametrize("room", ["federation", "storage"])
def test_a_room_that_is_somebody_elses_is_refused(tmp_path, room):
    (tmp_path / room).mkdir()
    (tmp_path / room / "__init__.py").touch()
    start = f"import sys; sys.path[:0] = [{str(tmp_path)!r}, {str(CHECKOUT)!r}]; from node.__main__ import main; main()"
    ended = subprocess.run([sys.executable, "-c", start], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    assert ended.stderr.startswith(f"These packages are not Hedgerow's: {room} in {tmp_path}.")


def test_help_is_quick_because_it_loads_nothing_heavy():
    ended = hedgerow("--help", options=("-X", "importtime"))
    loaded = {line.rpartition("|")[2].strip() for line in ended.stderr.splitlines()}
    assert "init" in ended.stdout
    assert "click" in loaded
    assert loaded.isdisjoint(HEAVY)


def test_init_works_from_the_shell(tmp_path):
    ended = hedgerow("--data", str(tmp_path / "d"), "init", "--url", "https://hedge.example", "--json")
    assert ended.returncode == 0
    assert json.loads(ended.stdout)["url"] == "https://hedge.example"
    assert ended.stderr == ""
