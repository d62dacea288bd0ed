"""hedgerow init."""

import json
import stat
import tomllib
from pathlib import Path

import pytest

from node.config import load_config


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_data_folder_is_made_for_its_owner_only(call, tmp_path):
    outcome = call("--data", "node/data", "init", "--url", "https://hedge.example", "--name", "Hedge school", "--handle-domain", "example")
    assert outcome.code == 0
    assert outcome.out == "node/data is ready for https://hedge.example. Start it with: hedgerow --data node/data serve\n"
    assert (mode(tmp_path / "node" / "data"), mode(tmp_path / "node" / "data" / "hedgerow.toml")) == (0o700, 0o600)
    config = load_config(Path("node/data"), {})
    assert (config.origin, config.node.name, config.handle_domain) == ("https://hedge.example", "Hedge school", "example")


def test_the_folder_is_data_or_what_the_environment_says(call, monkeypatch):
    call("init", "--url", "https://hedge.example")
    monkeypatch.setenv("HEDGEROW_DATA", "elsewhere")
    call("init", "--url", "https://other.example")
    assert load_config(Path("data"), {}).host == "hedge.example"
    assert load_config(Path("elsewhere"), {}).host == "other.example"


def test_a_second_init_changes_nothing(call):
    call("init", "--url", "https://hedge.example")
    outcome = call("init", "--url", "https://other.example")
    assert outcome.code == 1
    assert outcome.err == "data is a data folder already; edit data/hedgerow.toml, or name another folder with --data\n"
    assert load_config(Path("data"), {}).host == "hedge.example"


@pytest.mark.parametrize(
    "arguments", [("--url", "ftp://hedge.example"), ("--url", "https://hedge.example", "--handle-domain", "https://x")]
)
def test_what_cannot_be_used_makes_no_folder(call, arguments):
    outcome = call("init", *arguments)
    assert outcome.code == 1
    assert outcome.err.startswith("[node] ")
    assert not Path("data").exists()


@pytest.mark.parametrize("name", ['Ada\'s "node"', "línea\n[server]", "back\\slash", "\x7f\x00", "🌳"])
def test_any_name_is_written_so_that_it_is_read_back(call, name):
    assert call("init", "--url", "https://hedge.example", "--name", name).code == 0
    assert load_config(Path("data"), {}).node.name == name


def test_plain_http_listens_where_its_url_says(call):
    call("init", "--url", "http://127.0.0.1:9001")
    assert load_config(Path("data"), {}).server.bind == "127.0.0.1:9001"


def test_https_leaves_the_listening_to_the_default(call):
    call("init", "--url", "https://hedge.example:8443")
    assert load_config(Path("data"), {}).server.bind == "127.0.0.1:8420"


def test_the_lines_that_are_commented_out_can_be_used(call):
    call("init", "--url", "https://hedge.example")
    text = Path("data/hedgerow.toml").read_text()
    keys = [line.removeprefix("# ") for line in text.splitlines() if not line.startswith("# ") or " = " in line]
    Path("data/hedgerow.toml").write_text("\n".join(keys))
    assert tomllib.loads(Path("data/hedgerow.toml").read_text())["server"]["trusted_proxies"] == ["192.0.2.7"]
    assert load_config(Path("data"), {}).host == "hedge.example"


def test_the_answer_can_be_json(call):
    outcome = call("init", "--url", "https://hedge.example", "--json")
    assert json.loads(outcome.out) == {"data": "data", "url": "https://hedge.example", "handle_domain": "hedge.example"}
