import pytest

from federation.audience import addressing, visibility_of
from federation.records import PUBLIC

FOLLOWERS = "https://a.example/users/ada/followers"
BOB = "https://b.example/users/bob"


@pytest.mark.parametrize("visibility", ["public", "unlisted", "private", "direct"])
@pytest.mark.parametrize("mentioned", [[], [BOB]])
def test_an_audience_survives_the_wire(visibility, mentioned):
    to, cc = addressing(visibility, FOLLOWERS, mentioned)
    assert visibility_of(to, cc, FOLLOWERS) == visibility
    assert set(mentioned) <= {*to, *cc}


def test_only_public_and_unlisted_name_the_public_collection():
    for visibility in ("private", "direct"):
        to, cc = addressing(visibility, FOLLOWERS, [BOB])
        assert PUBLIC not in (*to, *cc)
    assert FOLLOWERS not in [*addressing("direct", FOLLOWERS, [BOB])[0], *addressing("direct", FOLLOWERS, [BOB])[1]]


def test_another_ones_followers_are_not_the_authors():
    assert visibility_of(["https://b.example/users/bob/followers"], [], FOLLOWERS) == "direct"
    assert visibility_of([FOLLOWERS], [], None) == "direct"
    assert visibility_of([], [], FOLLOWERS) == "direct"
    assert visibility_of([BOB], [FOLLOWERS], FOLLOWERS) == "private"
