import pytest

from federation.resolving import Resolver


async def test_a_name_of_the_system_is_found():
    resolver = Resolver()
    found = await resolver.resolve("localhost", 8420)
    assert {"127.0.0.1", "::1"} & {each["host"] for each in found}
    assert {each["port"] for each in found} == {8420}
    await resolver.close()


@pytest.mark.parametrize("name", ["no-such-name.invalid", "a" * 64, "a..b", "\0"])
async def test_what_is_no_name_is_an_error_of_the_system(name):
    resolver = Resolver()
    with pytest.raises(OSError, match=r"\w"):
        await resolver.resolve(name)
    await resolver.close()
