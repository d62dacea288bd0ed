"""What happens: everybody follows, posts, replies, boosts, edits and deletes, and it reaches the others."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence

from node.social import follows, looking_up, media, posts, reactions
from storage import follows as kept_follows
from storage import posts as kept
from storage.records import Post
from tests.demo.cast import Player
from tests.demo.pictures import roof

PATIENCE_S = 30
GOAL = "My goal for this winter: to understand *why* there are endlessly many primes. #goal #primes"
TRUSS = "Three triangles hold up this roof. Which of them are alike? #geometry"
INVITATION = "Thursday, seven o'clock: proofs by candlelight. Bring one that you *almost* believe."
ADDITIONS = ("Edited: found Euclid.", "Edited: two of them.", "Edited: half past.")
Tell = Callable[[str], None]


async def until(condition: Callable[[], Awaitable[bool]], what: str) -> None:
    """Waits until something is so. Raises TimeoutError, naming it, after half a minute."""
    end = time.monotonic() + PATIENCE_S
    while not await condition():
        if time.monotonic() > end:
            raise TimeoutError(f"not within {PATIENCE_S} s: {what}")
        await asyncio.sleep(0.05)


async def found(player: Player, uri: str) -> Post | None:
    """A post as one node keeps it, or None."""
    return await player.context.database.read(kept.find_post_by_uri, uri)


async def arrived(others: Sequence[Player], uri: str, text: str = "") -> None:
    """Waits until every one of them keeps the post, with a text in it."""
    for player in others:

        async def is_there(player: Player = player) -> bool:
            post = await found(player, uri)
            return post is not None and text in post.content

        await until(is_there, f"{uri} at {player.role.name}")


async def tell_story(players: Sequence[Player], tell: Tell) -> dict[str, list[str]]:
    """Plays the whole story; answers the URIs that matter: {'posts', 'replies', 'boosts', 'edited', 'deleted'}."""
    tell("They follow one another")
    await everybody_follows(players)
    tell("Each writes")
    written = await everybody_writes(players)
    ada, bo, cora = players
    goal, truss, welcome = (post.uri for post in written)
    tell("Each answers")
    answers = [
        await reply(bo, goal, f"{ada.handle} Start with Euclid: suppose that you have them all, and multiply."),
        await reply(cora, truss, f"{bo.handle} Cut the height in two and look again."),
        await reply(ada, welcome, f"{cora.handle} I will bring the one about the square root of two."),
    ]
    for player, uri in zip(players, answers, strict=True):
        await arrived([player], uri)
    tell("Each boosts and likes")
    boosts = [await boost(ada, welcome), await boost(bo, goal), await boost(cora, truss)]
    tell("Each edits")
    for player, post, addition in zip(players, written, ADDITIONS, strict=True):
        files = tuple(file["media_id"] for file in post.files)
        await posts.edit(player.context, player.account, post.id, posts.Draft(f"{post.source}\n\n{addition}", media_ids=files))
        await arrived(others_of(player, players), post.uri, addition)
    tell("Each deletes")
    deleted = [await regret(player, others_of(player, players)) for player in players]
    uris = [goal, truss, welcome]
    return {"posts": uris, "replies": answers, "boosts": boosts, "edited": uris, "deleted": deleted}


def others_of(player: Player, players: Sequence[Player]) -> list[Player]:
    """Everybody else."""
    return [other for other in players if other is not player]


async def everybody_writes(players: Sequence[Player]) -> list[Post]:
    """A goal, a picture, an invitation; each arrives at the other two."""
    ada, bo, cora = players
    picture = await media.upload(bo.context, bo.account, roof(), "A roof truss: a triangle with its height and two struts")
    drafts = (
        posts.Draft(GOAL),
        posts.Draft(TRUSS, media_ids=(picture.id,)),
        posts.Draft(f"{INVITATION} {ada.handle} {bo.handle} #workshop"),
    )
    written = [await posts.publish(player.context, player.account, draft) for player, draft in zip((ada, bo, cora), drafts, strict=True)]
    for player, post in zip(players, written, strict=True):
        await arrived(others_of(player, players), post.uri)
    return written


async def everybody_follows(players: Sequence[Player]) -> None:
    """Each follows both others, and they accept."""
    for player in players:
        for other in others_of(player, players):
            target = (await looking_up.look_up(player.context, other.account.uri)).account
            assert target is not None
            await follows.follow(player.context, player.account, target.id)
    for player in players:

        async def is_known(player: Player = player) -> bool:
            count = await player.context.database.read(kept_follows.count_following, player.account.id)
            return count == len(players) - 1

        await until(is_known, f"{player.role.name} follows all others")


async def reply(player: Player, uri: str, text: str) -> str:
    """An answer to a post of another node; its URI."""
    parent = await found(player, uri)
    assert parent is not None
    return (await posts.publish(player.context, player.account, posts.Draft(text, in_reply_to_id=parent.id))).uri


async def boost(player: Player, uri: str) -> str:
    """A boost and a like of a post of another node; the boost's URI."""
    post = await found(player, uri)
    assert post is not None
    await reactions.like(player.context, player.account, post.id)
    return (await reactions.boost(player.context, player.account, post.id)).uri


async def regret(player: Player, others: Sequence[Player]) -> str:
    """A post that reaches the others and is then deleted everywhere; its URI."""
    post = await posts.publish(player.context, player.account, posts.Draft("1 is a prime, obviously."))
    await arrived(others, post.uri)
    await posts.delete(player.context, player.account, post.id)
    for other in others:

        async def is_gone(other: Player = other) -> bool:
            return await found(other, post.uri) is None

        await until(is_gone, f"{post.uri} gone at {other.role.name}")
    return post.uri
