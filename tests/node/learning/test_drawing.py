"""The drawing: the same each time, inside its frame, nothing on top of anything else."""

from itertools import combinations

from node.learning.drawing import draw

SIZE, APART = (880.0, 620.0), (100.0, 50.0)
TWO_RINGS = [(a, b, 3.0) for group in (range(6), range(6, 10)) for a, b in combinations(group, 2)]


def test_the_same_network_is_drawn_alike():
    assert draw(12, TWO_RINGS, SIZE, APART) == draw(12, TWO_RINGS, SIZE, APART)


def test_who_has_to_do_with_one_another_is_one_cluster_the_largest_first():
    clusters = draw(10, TWO_RINGS, SIZE, APART).clusters
    assert clusters == [0] * 6 + [1] * 4


def test_everybody_is_inside_and_nobody_on_top_of_another():
    places = draw(40, [(0, 1, 1.0)], SIZE, APART).places
    assert all(0 <= x <= SIZE[0] and 0 <= y <= SIZE[1] for x, y in places)
    near = [(a, b) for a, b in combinations(places, 2) if abs(a[0] - b[0]) < 40 and abs(a[1] - b[1]) < 20]
    assert near == []


def test_nobody_and_one_alone_are_drawn_too():
    assert draw(0, [], SIZE, APART).places == []
    assert len(draw(1, [], SIZE, APART).places) == 1
