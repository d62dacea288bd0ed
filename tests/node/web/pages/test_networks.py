"""The network's page."""

import re

from tests.node.learning.test_network import _follow


async def test_the_drawing_and_the_table_say_the_same(world, surf):
    ada, bob = await world.account("ada"), await world.account("bob", display_name="Bob <b>")
    garden = await world.account("garden", kind="Group")
    for one, other in ((ada, bob), (ada, garden), (bob, garden)):
        await world.context.database.write(_follow, one.id, other.id)
    await world.post(bob, "Look: #moss")
    page = (await (await surf(ada)).get("/@ada/network")).text
    assert len(re.findall(r'<a href="/@\w+" class="member', page)) == 2
    assert len(re.findall(r'<th scope="row">', page)) == 2
    assert page.count("<line ") == 1
    assert "#moss" in page
    assert "Bob &lt;b&gt;" in page
    assert 'aria-label="garden, community, silent"' in page
    assert "style=" not in page


async def test_it_is_nobody_elses_business_unless_shown(world, surf):
    ada, bob = await world.account("ada"), await world.account("bob")
    assert (await (await surf()).get("/@ada/network")).status == 404
    assert (await (await surf(bob)).get("/@ada/network")).status == 404
    await (await surf(ada)).send("/settings/learning", {"shows_network": "1"})
    assert (await (await surf()).get("/@ada/network")).status == 200
    assert "Nobody yet." in (await (await surf()).get("/@ada/network")).text
