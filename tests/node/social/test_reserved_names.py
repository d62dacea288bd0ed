"""No account is taken for the server, or for those who run it."""

import pytest

from node.assembly import build_app
from node.errors import BadInput
from node.social import accounts
from node.social.reserved_names import is_reserved


@pytest.mark.parametrize(
    "name",
    ["administrator", "Administrator", "admin", "ad.min", "a_d-min", "oauth", "media", "static", "server", "moderators", "well-known"],
)
async def test_a_name_of_the_servers_own_is_refused_however_it_is_written(world, name):
    with pytest.raises(BadInput, match="kept for the server"):
        await world.account(name)


@pytest.mark.parametrize("name", ["ada", "administra", "admina", "mediaeval", "statics", "teacher", "class_4b", "oauthor", "rooted"])
async def test_a_name_that_only_begins_like_one_is_free(world, name):
    assert (await world.account(name)).name == name


async def test_a_community_has_no_such_name_either(world):
    with pytest.raises(BadInput):
        await accounts.create_account(world.context, accounts.NewAccount("static", kind="Group"))


async def test_every_first_segment_of_a_path_is_reserved(world):
    segments = {resource.canonical.split("/")[1].partition(".{")[0] for resource in build_app(world.context).router.resources()}
    names = {segment.removesuffix(".json").lstrip(".") for segment in segments if segment and "{" not in segment}
    assert [name for name in sorted(names) if not is_reserved(name)] == []
    assert len(names) > 40
