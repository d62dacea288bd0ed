"""The page of the network as a file."""

from aiohttp import FormData


async def test_the_page_takes_a_file_and_shows_how_far_it_is(world, surf):
    ada, _ = await world.account("ada"), await world.account("eve")
    browser = await surf(ada)
    token = (await browser.get("/settings/network")).text.split('name="csrf" value="')[1].split('"')[0]
    form = FormData({"csrf": token, "kind": "follow"})
    form.add_field("file", b"eve@hedge.test\n", filename="following_accounts.csv", content_type="text/csv")
    assert (await browser.send_raw("/settings/network", form)).status == 303
    assert "0 of 1 done" in (await browser.get("/settings/network")).text
    await world.work()
    assert "1 of 1 done" in (await browser.get("/settings/network")).text
    taken = await browser.get("/settings/network.opml")
    assert taken.headers["Content-Disposition"] == 'attachment; filename="ada.opml"'
    assert "@eve@hedge.test" in taken.text
    assert "eve@hedge.test" in (await browser.get("/settings/following_accounts.csv")).text


async def test_a_stranger_gets_nobodys_network(surf):
    browser = await surf()
    for path in ("/settings/network", "/settings/network.opml", "/settings/following_accounts.csv"):
        assert (await browser.get(path)).headers["Location"].startswith("/signin")
