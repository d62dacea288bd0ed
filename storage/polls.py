"""Polls, and who voted."""

from collections.abc import Sequence

import orjson

from storage.database import Connection, one_value, with_list
from storage.records import Poll, columns, placeholders, values

_SAVE = f"""
    INSERT INTO polls ({columns(Poll)}) VALUES ({placeholders(Poll)}) ON CONFLICT (post_id) DO UPDATE SET
    options = excluded.options, multiple = excluded.multiple, closes_ms = excluded.closes_ms, voters = excluded.voters"""
_BY_POSTS = f"SELECT {columns(Poll)} FROM polls WHERE post_id IN (:ids)"


def save_poll(db: Connection, poll: Poll) -> None:
    """Keeps a post's poll; one that stands is replaced (its votes stay)."""
    db.execute(_SAVE, values(poll))


def list_polls(db: Connection, post_ids: Sequence[int]) -> dict[int, Poll]:
    """The polls of some posts, by post id."""
    rows = db.execute(*with_list(_BY_POSTS, "ids", set(post_ids))).fetchall()
    return {row[0]: Poll(*row) for row in rows}


def add_vote(db: Connection, poll: Poll, account_id: int, option: int) -> bool:
    """True where the vote is new and counts; in a poll with one choice, only an account's first does."""
    mine = list_votes(db, poll.post_id, account_id)
    if option in mine or (mine and not poll.multiple):
        return False
    db.execute("INSERT INTO votes (post_id, account_id, option) VALUES (:p, :a, :o)", {"p": poll.post_id, "a": account_id, "o": option})
    options = orjson.loads(one_value(db.execute("SELECT options FROM polls WHERE post_id = :post", {"post": poll.post_id})))
    options[option]["votes"] = options[option].get("votes", 0) + 1
    db.execute(
        "UPDATE polls SET options = :options, voters = coalesce(voters, 0) + :new WHERE post_id = :post",
        {"options": orjson.dumps(options).decode(), "new": 0 if mine else 1, "post": poll.post_id},
    )
    return True


def list_votes(db: Connection, post_id: int, account_id: int) -> list[int]:
    """Which answers an account gave (positions from 0)."""
    sql = "SELECT option FROM votes WHERE post_id = :post AND account_id = :account ORDER BY option"
    return [row[0] for row in db.execute(sql, {"post": post_id, "account": account_id}).fetchall()]


def list_closed_polls(db: Connection, after_ms: int, until_ms: int) -> list[int]:
    """Posts whose poll has closed between two moments."""
    sql = "SELECT post_id FROM polls WHERE closes_ms > :after AND closes_ms <= :until"
    return [row[0] for row in db.execute(sql, {"after": after_ms, "until": until_ms}).fetchall()]
