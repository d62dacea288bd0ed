"""Whom a learner follows, what each brings, and what runs between them."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from storage.database import Connection, with_list
from storage.records import Account, columns


@dataclass(frozen=True, slots=True)
class Tie:
    """Somebody whom the learner follows. heard_id: the newest post, None where there was never one; recent: posts since a moment."""

    account: Account
    heard_id: int | None
    recent: int


@dataclass(frozen=True, slots=True)
class Bond:
    """Something runs between two of them, from one to the other, this often."""

    from_id: int
    to_id: int
    weight: int


_TIES = f"""
    SELECT (SELECT max(p.id) FROM posts p WHERE p.account_id = a.id AND p.visibility <= :widest),
           (SELECT count(*) FROM posts p WHERE p.account_id = a.id AND p.id > :since AND p.visibility <= :widest),
           {columns(Account, "a.")}
    FROM follows f JOIN accounts a ON a.id = f.followee_id
    WHERE f.follower_id = :id AND f.state = 'accepted' AND a.suspended_ms IS NULL AND a.deleted_ms IS NULL
    ORDER BY 2 DESC, a.id LIMIT :limit"""
_FOLLOWS = """
    SELECT f.follower_id, f.followee_id, 1 FROM follows f
    WHERE f.follower_id IN (:ids) AND f.followee_id IN (:ids) AND f.state = 'accepted'"""
_REPLIES = """
    SELECT p.account_id, q.account_id, count(*) FROM posts p JOIN posts q ON q.id = coalesce(p.boost_of_id, p.in_reply_to_id)
    WHERE p.account_id IN (:ids) AND p.id > :since AND q.account_id IN (:ids) AND q.account_id <> p.account_id
      AND p.visibility <= 1 AND q.visibility <= 1 GROUP BY p.account_id, q.account_id"""
_TOPICS = """
    SELECT p.account_id, t.name, count(*) FROM posts p JOIN post_tags pt ON pt.post_id = coalesce(p.boost_of_id, p.id)
    JOIN tags t ON t.id = pt.tag_id
    WHERE p.account_id IN (:ids) AND p.id > :since AND p.visibility <= 1
    GROUP BY p.account_id, t.name ORDER BY p.account_id, 3 DESC, t.name"""


def list_ties(db: Connection, account_id: int, since_id: int, widest: int, limit: int) -> list[Tie]:
    """Whom somebody follows, those first who brought the most since an id. widest: posts of a narrower audience are not counted."""
    parameters = {"id": account_id, "since": since_id, "widest": widest, "limit": limit}
    return [Tie(Account(*row[2:]), row[0], row[1]) for row in db.execute(_TIES, parameters).fetchall()]


def list_bonds(db: Connection, ids: Sequence[int], since_id: int) -> list[Bond]:
    """Who among some accounts follows whom, as far as we know, and who answered or boosted whom in public since an id."""
    followed = db.execute(*with_list(_FOLLOWS, "ids", ids)).fetchall()
    answered = db.execute(*with_list(_REPLIES, "ids", ids, since=since_id)).fetchall()
    return [Bond(*row) for row in (*followed, *answered)]


def list_topics(db: Connection, ids: Sequence[int], since_id: int, most: int) -> dict[int, list[str]]:
    """The hashtags that each of some accounts used most in public since an id."""
    found: dict[int, list[str]] = {}
    for account_id, name, _ in db.execute(*with_list(_TOPICS, "ids", ids, since=since_id)).fetchall():
        names = found.setdefault(account_id, [])
        if len(names) < most:
            names.append(name)
    return found


def join_bonds(ids: Sequence[int], bonds: Sequence[Bond]) -> list[tuple[int, int, float]]:
    """What runs between each pair, both ways together, by their places in a list."""
    places = {account_id: place for place, account_id in enumerate(ids)}
    weights: Counter[tuple[int, int]] = Counter()
    for bond in bonds:
        if bond.from_id in places and bond.to_id in places and bond.from_id != bond.to_id:
            one, other = sorted((places[bond.from_id], places[bond.to_id]))
            weights[one, other] += bond.weight
    return [(one, other, float(weight)) for (one, other), weight in sorted(weights.items())]
