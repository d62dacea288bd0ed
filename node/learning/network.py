"""A learner's network: whom they follow, who belongs together, who brings what, and who fell silent."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from node.context import Context
from node.errors import NotFound
from node.learning.drawing import Drawn, draw
from node.social import guardianship, network_privacy
from storage.database import Connection
from storage.ids import id_range_start, ms_from_id
from storage.learning import learners
from storage.learning import network as kept
from storage.learning.network import Bond, Tie, join_bonds
from storage.records import PRIVATE, UNLISTED, Account

DAY_MS = 24 * 3600 * 1000
RECENT_DAYS, SILENT_DAYS = 90, 60
LISTED, DRAWN = 500, 80  # members in the table, and in the drawing
TOPICS = 3
FEW, SMALL, LARGE = 30, (510.0, 460.0), (900.0, 680.0)  # of the drawing of so many members and of more, in its own units
ROOM = 60.0  # of the height that each member needs, until it is full
LABEL = (104.0, 48.0)  # the room that one member takes
KINDS = {"Group": "community", "Service": "feed", "Application": "feed"}


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody in a network. cluster: from 0, None where nothing is known to run between them and others.

    heard_ms: when they were last heard, None for never; is_silent: for months.
    """

    account: Account
    kind: str  # person, community, feed
    cluster: int | None
    topics: Sequence[str]
    recent: int
    heard_ms: int | None
    is_silent: bool
    place: tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class Network:
    """A whole network. lines: between members that are drawn, by their place in the list; clusters: what each is about."""

    members: Sequence[Member]
    lines: Sequence[tuple[int, int]]
    clusters: Sequence[str]
    size: tuple[float, float]


async def get_network(context: Context, account: Account, viewer_id: int) -> Network:
    """A learner's network, for themselves, and for everybody where they agreed to that. Raises NotFound."""
    now_ms = context.site.now_ms()
    ties, bonds, topics = await context.database.read(_load, account, viewer_id, now_ms)
    pairs = join_bonds([tie.account.id for tie in ties[:DRAWN]], bonds)
    size = size_for(len(ties))
    drawn = await asyncio.to_thread(draw, min(len(ties), DRAWN), pairs, size, LABEL)
    return assemble(ties, pairs, topics, drawn, size, now_ms)


def _load(db: Connection, account: Account, viewer_id: int, now_ms: int) -> tuple[list[Tie], list[Bond], dict[int, list[str]]]:
    is_own = viewer_id == account.id
    is_shown = network_privacy.shows_network(db, account, viewer_id) and learners.find_learner(db, account.id).shows_network
    if not account.is_local or account.type == "Group" or not (is_own or is_shown):
        raise NotFound("This network is not shown here.")
    since_id = id_range_start(now_ms - RECENT_DAYS * DAY_MS)
    found = kept.list_ties(db, account.id, since_id, PRIVATE if is_own else UNLISTED, LISTED)
    ties = [tie for tie in found if not guardianship.hides(db, tie.account, viewer_id)]
    ids = [tie.account.id for tie in ties]
    return ties, kept.list_bonds(db, ids[:DRAWN], since_id), kept.list_topics(db, ids, since_id, TOPICS)


def size_for(members: int) -> tuple[float, float]:
    """How wide and high the drawing of so many members is, in its own units."""
    width, height = SMALL if members <= FEW else LARGE
    return width, min(height, ROOM * members)


def assemble(
    ties: Sequence[Tie],
    pairs: Sequence[tuple[int, int, float]],
    topics: dict[int, list[str]],
    drawn: Drawn,
    size: tuple[float, float],
    now_ms: int,
) -> Network:
    """The network of what was found: a member with whom nothing runs is in no cluster."""
    tied = {place for one, other, _ in pairs for place in (one, other)}
    members = []
    for number, tie in enumerate(ties):
        heard_ms = None if tie.heard_id is None else ms_from_id(tie.heard_id)
        members.append(
            Member(
                account=tie.account,
                kind=KINDS.get(tie.account.type, "person"),
                cluster=drawn.clusters[number] if number in tied else None,
                topics=topics.get(tie.account.id, []),
                recent=tie.recent,
                heard_ms=heard_ms,
                is_silent=heard_ms is None or now_ms - heard_ms > SILENT_DAYS * DAY_MS,
                place=drawn.places[number] if number < len(drawn.places) else None,
            )
        )
    return Network(members, [(one, other) for one, other, _ in pairs], _about(members), size)


def _about(members: Sequence[Member]) -> list[str]:
    """What each cluster is about: the hashtags that most of its members share."""
    counts: dict[int, Counter[str]] = {}
    for member in members:
        if member.cluster is not None:
            counts.setdefault(member.cluster, Counter()).update(member.topics)
    highest = max(counts, default=-1)
    return [", ".join(f"#{name}" for name, _ in counts.get(number, Counter()).most_common(TOPICS)) for number in range(highest + 1)]
