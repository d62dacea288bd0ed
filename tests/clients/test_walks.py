"""Programs that people have sign in to a node and walk through what they can do there, also with somebody on another node."""

import io
import json
import os
import re
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.clients.conftest import CLIENTS, Api, Town
from tests.nodes import CHECKOUT

HERE = Path(__file__).parent
ADDRESS = re.compile(r"https?://\S+/oauth/authorize\S*")


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    out = io.BytesIO()
    Image.new("RGB", (800, 600), (200, 30, 90)).save(out, "JPEG")
    file = tmp_path / "wall.jpg"
    file.write_bytes(out.getvalue())
    return file


class Elsewhere(Api):
    """What bo does on the second node."""

    def __init__(self, town: Town) -> None:
        super().__init__(town, "bo")
        self.handle = f"@bo@{town.domain}"

    def answer_who_greets_me(self) -> None:
        """Posts, waits for somebody to say hello, and answers."""
        self.ask("POST", "/api/v1/statuses", status="News from afar")
        until = time.monotonic() + 30
        while not (told := [each for each in self.ask("GET", "/api/v1/notifications?types[]=mention") if each["status"]]):
            assert time.monotonic() < until, "nobody said hello"
            time.sleep(0.1)
        greeting = told[0]["status"]
        text = f"@{greeting['account']['acct']} and back to you"
        self.ask("POST", "/api/v1/statuses", status=text, in_reply_to_id=greeting["id"])
        self.ask("POST", "/api/v1/notifications/clear")


def walk(command: list[str], town: Town, name: str, far: Elsewhere) -> str:
    """Runs a walk to its end: says yes when it asks, and has bo answer once it follows. Its last lines."""
    process = subprocess.Popen(command, cwd=CHECKOUT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert process.stdin is not None
    said: list[str] = []
    for line in _lines(process):
        said.append(line)
        if line.startswith("AUTHORIZE"):
            process.stdin.write(town.say_yes(name, ADDRESS.search(line)[0]) + "\n")
            process.stdin.flush()
        elif line.startswith("FOLLOWED"):
            far.answer_who_greets_me()
    assert process.wait(30) == 0, "".join(said[-30:])
    return "".join(said[-5:])


def _lines(process: subprocess.Popen[str]) -> Iterator[str]:
    """What a process says, line by line; the pipe stays open when nobody listens any more, as it would not with `yield from`."""
    assert process.stdout is not None
    while line := process.stdout.readline():
        yield line


def test_mastodon_py(towns: tuple[Town, Town], picture: Path):
    here, there = towns
    far = Elsewhere(there)
    command = [str(CLIENTS / "python"), str(HERE / "walk_mastodon_py.py"), here.origin, "ada", far.handle, str(picture)]
    assert "DONE" in walk(command, here, "ada", far)


class Toot:
    """The `toot` command with a configuration of its own."""

    def __init__(self, folder: Path) -> None:
        self._command = str(CLIENTS / "toot")
        self._env = {**os.environ, "XDG_CONFIG_HOME": str(folder), "TOOT_CONFIG_DIR": str(folder), "BROWSER": "true"}

    def __call__(self, *words: str) -> str:
        done = subprocess.run([self._command, *words], env=self._env, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, f"toot {' '.join(words)}: {done.stdout}{done.stderr}"
        return done.stdout

    def json(self, *words: str) -> Any:
        return json.loads(self(*words, "--json"))

    def sign_in(self, town: Town, name: str) -> None:
        """As its user does: opens the address, copies the code."""
        command = [self._command, "login", "--instance", town.origin]
        login = subprocess.Popen(command, env=self._env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        address = next(found[0] for line in _lines(login) if (found := ADDRESS.search(line)))
        assert login.stdin is not None
        login.stdin.write(f"n\n{town.say_yes(name, address)}\n")
        login.stdin.close()
        said = "".join(_lines(login))
        assert login.wait(60) == 0, said


def test_toot(towns: tuple[Town, Town], picture: Path, tmp_path: Path):
    here, there = towns
    here.add("tess")
    far, toot = Elsewhere(there), Toot(tmp_path)
    toot.sign_in(here, "tess")
    assert f"tess@{here.domain}" in toot("auth")
    assert toot.json("whoami")["username"] == "tess"
    assert "Town" in toot("instance", here.origin)

    post = toot.json(
        "post", "Look #hedges", "--media", str(picture), "--description", "A wall", "--spoiler-text", "wall", "--language", "en"
    )
    assert post["media_attachments"][0]["description"] == "A wall"
    poll = toot.json("post", "Tea?", "--poll-option", "yes", "--poll-option", "no", "--poll-expires-in", "1 hour")
    assert [option["title"] for option in poll["poll"]["options"]] == ["yes", "no"]
    reply = toot.json("post", "It is red.", "--reply-to", post["id"])
    assert reply["in_reply_to_id"] == post["id"]
    assert [each["id"] for each in toot.json("thread", post["id"])["descendants"]] == [reply["id"]]
    later = toot.json("post", "Later", "--scheduled-in", "1 hour")
    assert later["params"]["text"] == "Later"
    for deed in ("favourite", "reblog", "bookmark", "pin", "unfavourite", "unreblog", "unbookmark", "unpin"):
        toot(deed, post["id"])
    assert "Look" in toot("status", post["id"])
    assert "Look" in str(toot.json("timelines", "home"))
    assert "Look" in str(toot.json("timelines", "tag", "hedges"))
    assert "Look" in str(toot.json("timelines", "public", "--local"))

    toot("search", far.handle, "--resolve")
    toot("follow", far.handle.lstrip("@"))
    _eventually(lambda: far.handle.lstrip("@") in toot("following"))
    toot("lists", "create", "Far")
    toot("lists", "add", "Far", far.handle.lstrip("@"))
    assert "Far" in toot("lists", "list")
    far.ask("POST", "/api/v1/statuses", status="More from afar")
    _eventually(lambda: "More from afar" in str(toot.json("timelines", "list", "Far")))
    far.ask("POST", "/api/v1/statuses", status=f"@tess@{here.domain} are you there?")
    _eventually(lambda: "are you there" in str(toot.json("notifications")))
    toot("notifications", "--clear")
    for deed in ("mute", "unmute", "block", "unblock"):
        toot(deed, far.handle.lstrip("@"))
    toot("lists", "delete", "Far")

    toot("tags", "follow", "hedges")
    assert "hedges" in toot("tags", "followed")
    toot("tags", "unfollow", "hedges")
    toot("tags", "feature", "hedges")
    toot("tags", "unfeature", "hedges")
    toot("update-account", "--display-name", "Tess", "--note", "I toot.")
    assert toot.json("whoami")["display_name"] == "Tess"
    toot("delete", reply["id"])
    assert toot.json("thread", post["id"])["descendants"] == []
    toot("logout", f"tess@{here.domain}")


def _eventually(look: Callable[[], bool], within_s: float = 30.0) -> None:
    until = time.monotonic() + within_s
    while not look():
        assert time.monotonic() < until, "it never came"
        time.sleep(0.2)


def test_masto_js(towns: tuple[Town, Town], picture: Path):
    here, there = towns
    here.add("mo")
    far = Elsewhere(there)
    node = str(CHECKOUT / ".venv" / "bin" / "node")
    assert "DONE" in walk([node, str(HERE / "masto" / "walk.mjs"), here.origin, "mo", far.handle, str(picture)], here, "mo", far)
