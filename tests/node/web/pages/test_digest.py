"""The page of the digest."""


async def test_the_digest_has_a_page_and_a_dial(world, surf):
    ada, bea = await world.account("ada"), await world.account("bea")
    await world.post(bea, "Of hedges")
    browser = await surf(ada)
    assert "Of hedges" in (await browser.get("/digest")).text
    assert "From outside of your circles" in (await browser.get("/digest")).text
    assert (await browser.send("/digest", {"every": "daily", "serendipity": "0"})).status == 303
    seen = await browser.get("/digest?saved")
    assert "Of hedges" not in seen.text
    assert '<option value="0" selected>' in seen.text


async def test_what_cannot_be_is_refused_with_a_sentence(world, surf):
    browser = await surf(await world.account("ada"))
    for form in ({"every": "hourly", "serendipity": "10"}, {"every": "daily", "serendipity": "200"}, {"every": "daily"}):
        assert (await browser.send("/digest", form)).status == 422
    seen = await browser.send("/digest", {"every": "daily", "serendipity": "10", "by_mail": "1"})
    assert "This server sends no mail." in seen.text


async def test_a_stranger_is_sent_to_sign_in_but_may_end_mails(world, surf):
    browser = await surf()
    assert (await browser.get("/digest")).headers["Location"].startswith("/signin")
    assert "Send me no more" in (await browser.get("/digest/stop/abc")).text
    assert (await browser.send_raw("/digest/stop/abc", {"List-Unsubscribe": "One-Click"})).status == 404
