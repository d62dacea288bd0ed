"""Floors: what the machine does without us, measured in the same run."""

import os
import sqlite3
import tempfile
import time
import urllib.request
from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import orjson

from federation import keys, outgoing
from federation.objects import document_from_post
from tests.bench import data
from tests.bench.process import running

MESSAGE = b"m" * 300


def _rate(work: Callable[[], object], seconds: float = 1.0) -> float:
    count, began = 0, time.perf_counter()
    while time.perf_counter() - began < seconds:
        work()
        count += 1
    return count / (time.perf_counter() - began)


@lru_cache
def signatures() -> float:
    """RSA-2048 signatures a second, one core."""
    signer = keys.Signer("k", keys.generate_rsa())
    return _rate(lambda: signer.sign(MESSAGE))


@lru_cache
def verifications() -> float:
    """Of one RSA-2048 and two Ed25519 signatures, what a Create with its proofs asks for, a second, one core."""
    rsa, ed25519 = keys.generate_rsa(), keys.generate_ed25519()
    by_rsa, by_ed25519 = keys.Signer("k", rsa).sign(MESSAGE), ed25519.sign(MESSAGE)
    rsa_public, ed25519_public = rsa.public_key(), ed25519.public_key()

    def verify() -> None:
        keys.is_signed_by(rsa_public, by_rsa, MESSAGE)
        keys.is_signed_by(ed25519_public, by_ed25519, MESSAGE)

    return _rate(verify)


@lru_cache
def commits() -> float:
    """SQLite transactions of one row a second, WAL with synchronous=FULL."""
    with tempfile.TemporaryDirectory() as folder:
        db = sqlite3.connect(Path(folder) / "floor.db", isolation_level=None)
        db.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE t (id INTEGER PRIMARY KEY, body TEXT)")
        rate = _rate(lambda: db.execute("INSERT INTO t (body) VALUES (?)", ("x" * 500,)))
        db.close()
    return rate


def bare_rate(url: str, headers: dict[str, str], measure: Callable[[int], dict[str, Any]]) -> float:
    """Answers a second of a bare aiohttp handler that gives the bytes that are at a URL."""
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers)) as answer, tempfile.NamedTemporaryFile() as file:
        Path(file.name).write_bytes(answer.read())
        port = data.free_port()
        with running(["-m", "tests.bench.bare", str(port), file.name], f"http://127.0.0.1:{port}"):
            measure(port)
            found = measure(port)
    return float(found["answers"] / found["seconds"])


def bare_start() -> float:
    """Seconds until a bare aiohttp process answers."""
    return _bare()[0]


def bare_memory() -> float:
    """Resident memory of a bare aiohttp process, MB."""
    return _bare()[1]


@lru_cache
def _bare() -> tuple[float, float]:
    port = data.free_port()
    with running(["-m", "tests.bench.bare", str(port), os.devnull], f"http://127.0.0.1:{port}") as bare:
        return bare.start_s, bare.memory_mb()


def raw_note_mb() -> float:
    """A thousand of the bench's Creates as bare JSON, MB."""
    author = data.make_author(1)
    document = outgoing.create("http://127.0.2.1:9/a", document_from_post(data.note(author, 1, datetime.now(UTC))))
    return len(orjson.dumps(document)) * 1000 / 1e6
