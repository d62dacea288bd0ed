"""People of the stories told here."""

import pytest


@pytest.fixture
async def ada(world):
    """One of ours."""
    return await world.account("ada")


@pytest.fixture
async def eve(world):
    """Another one of ours."""
    return await world.account("eve")


@pytest.fixture
async def bob(world):
    """Someone on another server."""
    return await world.stranger("bob")


@pytest.fixture
def read(world):
    """Asks the memory."""
    return world.context.database.read


@pytest.fixture
def write(world):
    """Changes the memory."""
    return world.context.database.write
