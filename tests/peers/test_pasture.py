"""fediverse-pasture's verify_actor: six people who sign their requests or do not, are found by WebFinger or are not, and check ours."""

import pytest

FETCHES_AND_POSTS = {"get_actor": True, "post_inbox": True}
FETCHES_ONLY = {"get_actor": True, "post_inbox": False}


async def test_every_variant_gets_what_it_should(ada, verify_actor):
    verdict = verify_actor(ada.uri)
    assert verdict.pop("webfinger") is True
    unsigned = {"alice", "dean"}  # who post without a signature, and must not succeed
    assert verdict == {
        name: FETCHES_ONLY if name in unsigned else FETCHES_AND_POSTS for name in ("alice", "bob", "claire", "dean", "emily", "frank")
    }


@pytest.mark.parametrize("address", ["uri", "handle"])
async def test_it_has_nothing_to_warn_of(ada, verify_actor, address):
    page = verify_actor(getattr(ada, address), accept="text/html")
    assert "Result for Actor Personas" in page
    assert "Warnings" not in page
