"""Lines of the log: without secrets, without the words of other people's libraries, and short where a client is at fault."""

import io
import logging
import sys

import pytest
from aiohttp.http_exceptions import BadHttpMessage

from node.config import config_from_toml
from node.log_output import OURS, ClientFaults, redacted, start_log

TEXT = """
[node]
url = "https://hedge.example"
[log]
level = "debug"
[mail]
password = "mail-pass"
[media]
access_key = "s3-key"
secret_key = "s3-secret"
[database]
url = "postgresql://hedge:db-pass@localhost/hedge"
"""


@pytest.fixture
def config(tmp_path):
    return config_from_toml(TEXT, tmp_path, {})


@pytest.fixture
def out(config, monkeypatch):
    """What is written, with the loggers as they were afterwards."""
    written = io.StringIO()
    monkeypatch.setattr(sys, "stderr", written)
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    root.handlers.clear()  # start_log would close them
    start_log(config)
    yield written
    root.handlers[:], root.level = handlers, level
    logging.getLogger("aiohttp.server").filters = []
    for name in OURS:
        logging.getLogger(name).setLevel(logging.NOTSET)


@pytest.mark.parametrize(
    "line",
    [
        "GET /api/v1/timelines/home?access_token=4711abc&limit=2",
        "GET /x?limit=2&token=4711abc",
        "/oauth/token?client_secret=4711abc",
        "GET /callback?code=4711abc",
        "Authorization: Bearer 4711abc",
        "{'Authorization': 'Basic 4711abc'}",
        '{"password": "4711abc", "login": "ada"}',
        "password=4711abc&next=/",
        "passphrase=4711abc",
        "Cookie: hedgerow=4711abc",
        "GET /welcome/4711abc-4711abc-4711abc",
        "POST /password/4711abc-4711abc-4711abc HTTP/1.1",
        "csrf=4711abc",
        "access_token%3D4711abc",
    ],
)
def test_a_line_shows_no_secret_and_still_says_where_it_was(line):
    said = redacted(line)
    assert "4711" not in said
    assert said[:5] == line[:5]


@pytest.mark.parametrize(
    "line", ["code=404 said", "GET /@ada/1234", "activity rejected host=far.example type=Create reason=signature", "/tags/password"]
)
def test_what_is_no_secret_stays(line):
    assert redacted(line) == line


def test_the_configurations_own_secrets_stand_in_no_line_and_no_record(config, out):
    logging.getLogger("node.x").debug("mail-pass s3-key %s", "s3-secret", extra={"reason": "db-pass"})
    logging.getLogger("node.x").error("%r", config)
    assert len(out.getvalue().splitlines()) == 2
    assert [secret for secret in ("mail-pass", "s3-key", "s3-secret", "db-pass") if secret in out.getvalue() + repr(config)] == []


def test_libraries_are_heard_from_info_on_and_we_from_what_the_configuration_says(out):
    for name in ("aiosqlite", "botocore.auth", "aiosmtplib", "asyncio"):
        logging.getLogger(name).debug("executing with a token")
        logging.getLogger(name).info("something of note")
    logging.getLogger("storage.sqlite").debug("ours")
    assert "executing" not in out.getvalue()
    assert out.getvalue().count("something of note") == 4
    assert "ours" in out.getvalue()


@pytest.mark.parametrize(
    ("error", "level", "message"),
    [
        (ConnectionResetError("gone"), "DEBUG", "a client went away"),
        (BrokenPipeError(), "DEBUG", "a client went away"),
        (BadHttpMessage("Authorization: token-4711"), "INFO", "request not understood"),
        (ValueError("a fault of ours"), "ERROR", "Error handling request"),
    ],
)
def test_a_clients_fault_is_one_line_and_ours_keeps_its_traceback(out, error, level, message):
    record = logging.LogRecord("aiohttp.server", logging.ERROR, "", 0, "Error handling request", (), (type(error), error, None))
    assert ClientFaults().filter(record)
    assert (record.levelname, record.getMessage(), record.exc_info is None) == (level, message, level != "ERROR")
