"""Log lines on stderr: plain or JSON, one line for what a client does wrong, and nothing that opens an account.

Other people's libraries are heard from `info` on alone, whatever the level: at `debug` they write down the values that they are given.
"""

import logging
import re
import sys

import orjson
from aiohttp.http_exceptions import HttpProcessingError

from node.config import Config

LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}
OURS = ("node", "federation", "storage", "__main__")
USUAL = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName"}
HIDDEN = "…"
NAMED = re.compile(
    r"(?P<name>token|secret|password|passphrase|authorization|cookie|csrf|[?&]code)"
    r"(?P<sign>=|%3[dD]|['\"]?: ?['\"]?)(?P<kind>Bearer |Basic )?[^\s&'\",;]+",
    re.IGNORECASE,
)
WELCOME = re.compile(r"/(?P<place>welcome|password|confirm|join|view)/[A-Za-z0-9_-]{20,}")
SHORTEST = 4  # characters of a secret of the configuration that is looked for


def start_log(config: Config) -> None:
    """Log lines go to stderr from now on, as `[log]` says."""
    handler = logging.StreamHandler(sys.stderr)
    secrets = secrets_of(config)
    handler.setFormatter(JsonLines(secrets) if config.log.format == "json" else PlainLines(secrets))
    level = LEVELS[config.log.level]
    logging.basicConfig(level=max(level, logging.INFO), handlers=[handler], force=True)
    for name in OURS:
        logging.getLogger(name).setLevel(level)
    server = logging.getLogger("aiohttp.server")
    server.filters = [ClientFaults()]


def secrets_of(config: Config) -> tuple[str, ...]:
    """What the configuration holds that no line may show."""
    in_url = re.findall(r"://[^:/@]*:([^@/]+)@", config.database.url)
    found = (config.mail.password, config.media.secret_key, config.media.access_key, *in_url)
    return tuple(each for each in found if len(each) >= SHORTEST)


def redacted(line: str, secrets: tuple[str, ...] = ()) -> str:
    """A line without secrets: those that are known, what stands behind the name of one, and one-time links."""
    for each in secrets:
        line = line.replace(each, HIDDEN)
    line = NAMED.sub(lambda match: match["name"] + match["sign"] + (match["kind"] or "") + HIDDEN, line)
    return WELCOME.sub(lambda match: f"/{match['place']}/{HIDDEN}", line)


class ClientFaults(logging.Filter):
    """What a client does wrong is one line without a traceback: `info` where it speaks no HTTP, `debug` where it goes."""

    def filter(self, record: logging.LogRecord) -> bool:
        """See logging.Filter."""
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, HttpProcessingError):
            record.levelno, record.levelname = logging.INFO, "INFO"
            record.msg, record.args = "request not understood", ()
            record.reason = type(error).__name__
        elif isinstance(error, ConnectionError):
            record.levelno, record.levelname = logging.DEBUG, "DEBUG"
            record.msg, record.args = "a client went away", ()
        else:
            return True
        record.exc_info = record.exc_text = None
        return logging.getLogger(OURS[0]).isEnabledFor(record.levelno)


def _fields(record: logging.LogRecord) -> dict[str, object]:
    return {name: value for name, value in record.__dict__.items() if name not in USUAL}


class PlainLines(logging.Formatter):
    """A line of text; fields stand behind the message."""

    def __init__(self, secrets: tuple[str, ...] = ()) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")
        self._secrets = secrets

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's own name
        """The line, with its fields."""
        said = "".join(f" {name}={value}" for name, value in _fields(record).items())
        return super().formatMessage(record) + said

    def format(self, record: logging.LogRecord) -> str:
        """The line and its traceback, without secrets."""
        return redacted(super().format(record), self._secrets)


class JsonLines(logging.Formatter):
    """One JSON object a line."""

    def __init__(self, secrets: tuple[str, ...] = ()) -> None:
        super().__init__()
        self._secrets = secrets

    def format(self, record: logging.LogRecord) -> str:
        """The line, without secrets."""
        line: dict[str, object] = {
            "time": self.formatTime(record),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            **_fields(record),
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        hidden = {name: redacted(value, self._secrets) if isinstance(value, str) else value for name, value in line.items()}
        return redacted(orjson.dumps(hidden, default=str).decode(), self._secrets)
