"""Where the members of a network stand in its drawing, and who belongs together: the same network is always drawn alike."""

from collections.abc import Sequence
from dataclasses import dataclass

from node.social.clustering import clusters_of, igraph, one_at_a_time

ROUNDS, APART_ROUNDS = 400, 80
CENTRE_WEIGHT = 0.2  # how hard the learner in the middle pulls, against what runs between the others


@dataclass(frozen=True, slots=True)
class Drawn:
    """A place for each member and the number of their cluster; clusters are numbered by size, from 0."""

    places: Sequence[tuple[float, float]]
    clusters: Sequence[int]


def draw(count: int, bonds: Sequence[tuple[int, int, float]], size: tuple[float, float], apart: tuple[float, float]) -> Drawn:
    """Places within a size (width, height) around the learner in the middle, no two nearer than `apart` where there is room.

    bonds: (one, other, weight) between members, each pair once, members counted from 0.
    """
    if count == 0:
        return Drawn([], [])
    width, height = size
    with one_at_a_time:
        star = igraph().Graph(n=count + 1, edges=[*((one, other) for one, other, _ in bonds), *((count, each) for each in range(count))])
        weights = [*(weight for *_, weight in bonds), *[CENTRE_WEIGHT] * count]
        layout = star.layout_fruchterman_reingold(weights=weights, niter=ROUNDS, seed=star.layout_circle(), grid=False)
    return Drawn(_spread(_scale(list(layout.coords)[:count], width, height), width, height, apart), clusters_of(count, bonds))


def _scale(places: Sequence[Sequence[float]], width: float, height: float) -> list[tuple[float, float]]:
    """The places stretched over the whole drawing."""
    xs, ys = [place[0] for place in places], [place[1] for place in places]
    wide, high = max(xs) - min(xs) or 1, max(ys) - min(ys) or 1
    return [((x - min(xs)) / wide * width, (y - min(ys)) / high * height) for x, y in zip(xs, ys, strict=True)]


def _spread(places: list[tuple[float, float]], width: float, height: float, apart: tuple[float, float]) -> list[tuple[float, float]]:
    """The places pushed away from one another until no two labels overlap, or patience ends."""
    found = [list(place) for place in places]
    for _ in range(APART_ROUNDS):
        moved = False
        for at, one in enumerate(found):
            for other in found[at + 1 :]:
                moved = _push(one, other, apart) or moved
        for place in found:
            place[0], place[1] = min(max(place[0], 0), width), min(max(place[1], 0), height)
        if not moved:
            break
    return [(round(x, 1), round(y, 1)) for x, y in found]


def _push(one: list[float], other: list[float], apart: tuple[float, float]) -> bool:
    """Moves two places that are too near away from each other, the shorter way; True where they were."""
    gaps = [apart[axis] - abs(one[axis] - other[axis]) for axis in (0, 1)]
    if min(gaps) <= 0:
        return False
    axis = 0 if gaps[0] / apart[0] < gaps[1] / apart[1] else 1
    step = gaps[axis] / 2 + 0.1
    sign = 1 if one[axis] >= other[axis] else -1
    one[axis] += sign * step
    other[axis] -= sign * step
    return True
