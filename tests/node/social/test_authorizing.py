"""Who is asking: passwords, sessions, links and tokens."""

import pytest

from node.errors import BadInput, Conflict, NotAllowed, NotFound, NotSignedIn, TooMany
from node.social import accounts, authorizing, rates

PASSWORD = "correct horse battery"


@pytest.fixture
async def ada(world):
    return await world.account("ada", password=PASSWORD, email="ada@far.example")


async def sign_in(world, login="ada", password=PASSWORD, address="192.0.2.1"):
    return await authorizing.sign_in(world.context, login, password, address)


@pytest.mark.parametrize("login", ["ada", "ADA", " @ada ", "ada@far.example", "Ada@Far.Example"])
async def test_one_signs_in_by_name_or_address(world, ada, login):
    secret, session = await sign_in(world, login)
    assert session.account.id == ada.id
    assert (await authorizing.find_session(world.context, secret)).account.id == ada.id


@pytest.mark.parametrize(("login", "password"), [("ada", "wrong horse"), ("nobody", PASSWORD), ("server", PASSWORD), ("", ""), ("ada", "")])
async def test_whatever_is_wrong_is_answered_alike(world, ada, login, password):
    with pytest.raises(NotSignedIn, match="do not match"):
        await sign_in(world, login, password)


async def test_guessing_ends_for_an_account_from_an_address_under_any_of_its_names(world, ada, clock):
    for number in range(10):
        with pytest.raises(NotSignedIn):
            await sign_in(world, ("ada", "Ada@Far.Example")[number % 2], "wrong horse", "192.0.2.9")
    with pytest.raises(TooMany):
        await sign_in(world, address="192.0.2.9")
    clock.go(minutes=5)
    await sign_in(world, address="192.0.2.9")


async def test_nobody_shuts_an_account_out_by_guessing_from_elsewhere(world, ada):
    for number in range(30):
        with pytest.raises(NotSignedIn):
            await sign_in(world, "ada", "wrong horse", f"192.0.2.{number}")
    await sign_in(world, address="198.51.100.1")


async def test_an_address_guesses_no_more_than_its_share_over_many_accounts(world, ada):
    for number in range(rates.SIGN_INS_OF_ADDRESS.most):
        with pytest.raises(NotSignedIn):
            await sign_in(world, f"nobody{number}", "wrong horse", "192.0.2.9")
    with pytest.raises(TooMany):
        await sign_in(world, address="192.0.2.9")
    await sign_in(world, address="192.0.2.10")


async def test_a_session_ends_by_time_signing_out_suspension_and_a_new_password(world, ada, clock):
    async def holds(secret):
        return await authorizing.find_session(world.context, secret) is not None

    secret, _ = await sign_in(world)
    await authorizing.sign_out(world.context, secret)
    assert not await holds(secret)
    secret, _ = await sign_in(world)
    await accounts.set_password(world.context, ada.id, "another good one")
    assert not await holds(secret)
    secret, _ = await sign_in(world, password="another good one")
    clock.go(days=31)
    assert not await holds(secret)
    secret, _ = await sign_in(world, password="another good one")
    await accounts.suspend(world.context, "ada")
    assert not await holds(secret)
    with pytest.raises(NotSignedIn):
        await sign_in(world, password="another good one")


async def test_a_link_makes_one_account_and_no_second(world):
    secret = await authorizing.new_link(world.context, "owner")
    new = accounts.NewAccount("grace", password=PASSWORD, role="member")
    _, session = await authorizing.use_setup_link(world.context, secret, new)
    assert session.role == "owner"
    with pytest.raises(NotFound):
        await authorizing.use_setup_link(world.context, secret, accounts.NewAccount("heidi", password=PASSWORD))


async def test_a_link_holds_while_what_was_typed_is_wrong(world, ada):
    secret = await authorizing.new_link(world.context, "invite")
    for new, error in ((accounts.NewAccount("ADA", password=PASSWORD), Conflict), (accounts.NewAccount("x", password="short"), BadInput)):
        with pytest.raises(error):
            await authorizing.use_setup_link(world.context, secret, new)
    _, session = await authorizing.use_setup_link(world.context, secret, accounts.NewAccount("ivy", password=PASSWORD, role="owner"))
    assert session.role == "member"


async def test_a_link_grows_old_and_only_the_newest_makes_an_owner(world, clock):
    first, second = await authorizing.new_link(world.context, "owner"), await authorizing.new_link(world.context, "owner")
    assert await authorizing.find_link(world.context, first) is None
    assert await authorizing.find_link(world.context, second) is not None
    clock.go(days=8)
    assert await authorizing.find_link(world.context, second) is None


async def test_a_token_reaches_as_far_as_its_scopes(world, ada):
    secret = await authorizing.new_token(world.context, ada.id, "script", "read write:statuses")
    assert (await authorizing.require_token(world.context, secret, "read:accounts")).id == ada.id
    assert (await authorizing.require_token(world.context, secret, "write:statuses")).id == ada.id
    with pytest.raises(NotAllowed):
        await authorizing.require_token(world.context, secret, "write:follows")
    with pytest.raises(NotSignedIn):
        await authorizing.require_token(world.context, f"{secret}x", "read")
    with pytest.raises(BadInput):
        await authorizing.new_token(world.context, ada.id, "script", "everything")
    await accounts.suspend(world.context, "ada")
    with pytest.raises(NotSignedIn):
        await authorizing.require_token(world.context, secret, "read")


@pytest.mark.parametrize(
    ("granted", "wanted", "is_enough"),
    [("follow", "write:follows", True), ("follow", "write:statuses", False), ("write:statuses", "write", False), ("", "read", False)],
)
def test_scopes(granted, wanted, is_enough):
    assert authorizing.has_scope(granted, wanted) == is_enough


@pytest.mark.parametrize("keeps_apps", [False, True])
async def test_a_new_password_signs_apps_out_unless_they_are_kept(world, ada, keeps_apps):
    token = await authorizing.new_token(world.context, ada.id, "app", "read")
    await accounts.set_password(world.context, ada.id, "another good one", keeps_apps=keeps_apps)
    assert (await authorizing.find_bearer(world.context, token) is not None) is keeps_apps
