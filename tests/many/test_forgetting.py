"""`hedgerow forget` beside a running node, killed again and again: what stays is not harmed, and in the end all is gone that should be."""

import asyncio
import sys

from node.social import forgetting
from storage import posts
from storage.database import Connection
from storage.records import Account
from tests.nodes import CHECKOUT, eventually, prepare
from tests.storage.rows import add_boost, add_post, add_reply, add_stranger

CHAINS, LENGTH = 60, 4


def fill(db: Connection, account: Account) -> set[int]:
    """Conversations among strangers, a boost of each; in every tenth somebody here spoke. Answers the ids that stay."""
    kept = set()
    for number in range(CHAINS):
        chain = [add_post(db, add_stranger(db, f"s{number}"))]
        for _ in range(LENGTH - 1):
            chain.append(add_reply(db, add_stranger(db, f"r{number}-{len(chain)}"), chain[-1]))
        boost = add_boost(db, add_stranger(db, f"b{number}"), chain[0])
        if number % 10 == 0:
            chain.append(add_reply(db, account, chain[-1]))
            kept |= {boost.id, *(each.id for each in chain)} - {boost.id}
    return kept


def ids(db: Connection) -> set[int]:
    return {row[0] for row in db.execute("SELECT id FROM posts").fetchall()}


async def test_a_run_that_is_killed_harms_nothing(tmp_path):
    node = prepare(tmp_path / "node")
    node.start()
    command = [sys.executable, "-m", "node", "--data", str(node.data), "forget", "--days", "7", "--json"]
    async with node.opened():
        ada = await node.person("ada")
        kept = await node.context.database.write(fill, ada.account)
        before = await node.read(ids)
        for part in (0.9, 0.6, 0.3):
            process = await asyncio.create_subprocess_exec(*command, cwd=CHECKOUT, stdout=asyncio.subprocess.DEVNULL)
            await eventually(lambda wanted=part: is_left(node, kept, before, wanted))
            process.kill()
            await process.wait()
            left = await node.read(ids)
            assert kept <= left
            assert await node.read(count_lost) == 0
        assert (await forgetting.forget_all(node.context, 7, lambda _: None)).posts == len(left - kept)
        assert await node.read(ids) == kept
        assert await node.read(posts.count_local_posts) == CHAINS / 10
        answered = await node.get(f"/@ada/{max(kept)}", accept="text/html")
        assert answered.status in (200, 303, 302)
    assert node.stop() == 0


async def is_left(node, kept, before, part) -> bool:
    """Whether at most that part of what should go is still there."""
    return len(await node.read(ids) - kept) <= part * len(before - kept)


def count_lost(db: Connection) -> int:
    found: int = db.execute(
        "SELECT count(*) FROM posts p WHERE (p.in_reply_to_id IS NOT NULL AND p.in_reply_to_id NOT IN (SELECT id FROM posts))"
        " OR (p.boost_of_id IS NOT NULL AND p.boost_of_id NOT IN (SELECT id FROM posts))"
    ).fetchone()[0]
    return found
