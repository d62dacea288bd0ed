"""Who belongs together: clusters of a graph of people, the same each time."""

import random
from collections.abc import Sequence
from threading import Lock
from typing import Any

from node.loading import load

SEED = 7
one_at_a_time = Lock()  # igraph has one source of chance for the whole process


def igraph() -> Any:
    """The library, with its chance set anew. The caller holds `one_at_a_time`."""
    library = load("igraph")
    library.set_random_number_generator(random.Random(SEED))  # noqa: S311 - the same answer each time is the point
    return library


def clusters_of(count: int, bonds: Sequence[tuple[int, int, float]]) -> list[int]:
    """For each of `count` members the number of their cluster (Louvain's method); clusters are numbered by size, from 0.

    bonds: (one, other, weight) between members, each pair once, members counted from 0. Who has none is a cluster alone.
    """
    if count == 0:
        return []
    with one_at_a_time:
        graph = igraph().Graph(n=count, edges=[(one, other) for one, other, _ in bonds])
        found: list[int] = graph.community_multilevel(weights=[weight for *_, weight in bonds]).membership
    order = sorted(set(found), key=lambda each: (-found.count(each), found.index(each)))
    return [order.index(each) for each in found]
