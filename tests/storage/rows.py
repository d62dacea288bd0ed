"""Rows for tests, made in one line each. Time starts at START_MS and goes on by a second with every row that has one."""

from itertools import count

from storage import accounts, deliveries, follows, posts, users
from storage.database import Connection
from storage.records import Account, Activity, Follow, Post, User

START_MS = 1_763_640_000_000  # 2025-11-20
SECOND, MINUTE, HOUR, DAY = 1000, 60_000, 3_600_000, 86_400_000

_ticks = count(1)


def next_ms() -> int:
    """The next second."""
    return START_MS + next(_ticks) * SECOND


def id_at(moment_ms: int) -> int:
    """An id of that moment."""
    return moment_ms << 16 | next(_ticks) & 0xFFFF


def add_stranger(db: Connection, name: str, domain: str = "far.example", **changes: object) -> Account:
    """Someone on another server; one of ours with domain ''."""
    now_ms = next_ms()
    origin = f"https://{domain or 'here.example'}"
    account = Account(
        **{
            "id": id_at(now_ms),
            "uri": f"{origin}/users/{name}",
            "type": "Person",
            "name": name,
            "domain": domain,
            "inbox": f"{origin}/users/{name}/inbox",
            "shared_inbox": f"{origin}/inbox",
            "created_ms": now_ms,
            "revision_ms": now_ms,
            **changes,
        }
    )
    accounts.add_account(db, account)
    return account


def add_person(db: Connection, name: str, **changes: object) -> Account:
    """One of ours, who signs in."""
    account = add_stranger(db, name, "", **changes)
    users.add_user(db, User(account.id, None, None, "member", "en", account.created_ms))
    return account


def make_post(author: Account, **changes: object) -> Post:
    """A public note of an author, not kept yet."""
    now_ms = next_ms()
    post_id = id_at(now_ms)
    stated = {"id": post_id, "uri": f"{author.uri}/posts/{post_id}", "type": "Note", "visibility": 0, "published_ms": now_ms}
    return Post(**{**stated, "account_id": author.id, "content": "<p>Hello</p>", **changes})


def add_post(db: Connection, author: Account, **changes: object) -> Post:
    """A public note of an author."""
    return posts.add_post(db, make_post(author, **changes))


def add_reply(db: Connection, author: Account, parent: Post, **changes: object) -> Post:
    """An answer to a post."""
    return add_post(db, author, in_reply_to_uri=parent.uri, **changes)


def add_boost(db: Connection, author: Account, original: Post, **changes: object) -> Post:
    """A boost of a post."""
    return add_post(db, author, type="Announce", boost_of_id=original.id, **changes)


def add_follow(db: Connection, follower: Account, followee: Account, state: str = "accepted", **changes: object) -> Follow:
    """Someone follows someone, or asks to."""
    now_ms = next_ms()
    follow = Follow(
        **{"state": state, "uri": f"{follower.uri}/follows/{now_ms}", "created_ms": now_ms, **changes}, **_sides(follower, followee)
    )
    follows.add_follow(db, follow)
    return follow


def _sides(follower: Account, followee: Account) -> dict[str, int]:
    return {"follower_id": follower.id, "followee_id": followee.id}


def add_activity(db: Connection, author: Account, **changes: object) -> Activity:
    """Something that one of ours said to other servers."""
    now_ms = next_ms()
    activity_id = id_at(now_ms)
    stated = {"id": activity_id, "uri": f"{author.uri}/activities/{activity_id}", "type": "Create", "post_id": None, "body": b"{}"}
    activity = Activity(**{**stated, "account_id": author.id, "is_public": False, **changes})
    deliveries.add_activity(db, activity)
    return activity


def plan_poorly(db: Connection) -> None:
    """Makes PostgreSQL choose as it may by itself once it knows a table's figures: a subquery is run again for every row."""
    if db.engine == "postgresql":
        for way in ("hashjoin", "mergejoin", "hashagg", "sort", "material"):
            db.execute(f"SET LOCAL enable_{way} = off")
