"""Forms: only our own pages may send them, and nothing that anybody sends breaks a page."""

import pytest

MULTIPART, URLENCODED = "multipart/form-data; boundary=b", "application/x-www-form-urlencoded"
TEXT, FILE = b'Content-Disposition: form-data; name="text"\r\n', b'Content-Disposition: form-data; name="file"; filename=""\r\n'
STRANGE_BODIES = [
    (b"", "multipart/form-data"),
    (b"x" * 2000, MULTIPART),
    (b"--b\r\n\r\n--b--", MULTIPART),
    (b"--b\r\n" + TEXT + b"Content-Transfer-Encoding: nonsense\r\n\r\nx\r\n--b--", MULTIPART),
    (b"--b\r\n" + TEXT + b"Content-Type: text/plain; charset=nonsense\r\n\r\nx\r\n--b--", MULTIPART),
    (b"--b\r\n" + FILE + b"\r\n\r\n--b--", MULTIPART),
    (b"\xff\xfe%00%zz=%ff&text=%ed%a0%80", URLENCODED),
    (b"text=a", f"{URLENCODED}; charset=nonsense"),
    (b"{}", "application/json"),
    (b"text=" + b"a" * 200_000, URLENCODED),
    (b"&".join(b"option=%d" % number for number in range(3000)), URLENCODED),
]
FORMS = (
    "/signin",
    "/compose",
    "/follow",
    "/remote",
    "/settings/profile",
    "/settings/picture",
    "/settings/tokens",
    "/posts/1/like",
    "/signout",
)
STRANGE_PATHS = (
    "/@", "/@%00", "/@a%2Fb", "/@ada/99999999999999999999", "/@ada/9223372036854775808", "/@ada/9223372036854775807", "/@%ED%A0%80",
    "/@ada@[::1]", "/tags/%00", "/tags/%F0%9F%8C%BF", "/tags/" + "x" * 3000,
    "/?before=-1", "/?before=99999999999999999999", "/?before=%00",
    "/compose?reply_to=99999999999999999999", "/compose?to=%00%ff", "/search?q=%00", "/search?q=" + "@" * 500,
    "/search?q=http://", "/search?q=acct:",
    "/search?q=https://[", "/authorize_interaction", "/authorize_interaction?uri=%ff", "/accounts/0/report", "/welcome/%00",
    "/static/../keys.py",
    "/static/%2e%2e%2fkeys.py", "/@ada/followers?after=-5", "/@ada/1/edit", "/@ada/1/deliveries", "/@ada.atom/x",
    "/@ada.json", "/tags/x.rss",
)  # fmt: skip


@pytest.mark.parametrize(("body", "kind"), STRANGE_BODIES)
async def test_no_body_of_a_form_breaks_a_page(world, surf, body, kind):
    ada = await world.account("ada")
    for browser in (await surf(ada), await surf()):
        for path in FORMS:
            seen = await browser.send_raw(path, body, **{"Content-Type": kind})
            assert seen.status < 500, path


@pytest.mark.parametrize("path", STRANGE_PATHS)
async def test_no_address_breaks_a_page(world, surf, path):
    ada = await world.account("ada")
    for browser in (await surf(ada), await surf()):
        assert (await browser.get(path)).status < 500


async def test_a_form_without_our_token_does_nothing(world, surf):
    ada = await world.account("ada")
    browser = await surf(ada)
    for token in ({}, {"csrf": ""}, {"csrf": "guessed"}):
        seen = await browser.send_raw("/compose", {"text": "Not mine", **token})
        assert seen.status == 403
    assert "Not mine" not in (await browser.get("/")).text


async def test_a_form_from_another_site_does_nothing(world, surf):
    ada = await world.account("ada")
    browser = await surf(ada)
    for headers in (
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
    ):
        assert (await browser.send("/compose", {"text": "Not mine"}, **headers)).status == 403
    assert (await browser.send("/compose", {"text": "Mine"}, **{"Sec-Fetch-Site": "same-origin"})).status == 303
    assert (await browser.send("/compose", {"text": "Mine too"}, Origin="http://hedge.test")).status == 303


async def test_signing_in_cannot_be_forced_by_another_site(world, surf):
    await world.account("ada", password="hedges grow slowly")
    fields = {"login": "ada", "password": "hedges grow slowly"}
    browser = await surf()
    assert (await browser.send_raw("/signin", fields, **{"Sec-Fetch-Site": "cross-site"})).status == 403
    assert (await browser.send_raw("/signin", fields)).status == 303


@pytest.mark.parametrize(
    "back", ["//evil.example", "https://evil.example", "/\\evil.example", "\\\\evil.example", "/ /evil", "javascript:x"]
)
async def test_a_button_leads_back_to_our_own_pages_only(world, surf, back):
    ada = await world.account("ada")
    post = await world.post(ada, "Hello")
    seen = await (await surf(ada)).send(f"/posts/{post.id}/like", {"back": back})
    assert seen.headers["Location"] == f"/#p{post.id}"


async def test_a_button_leads_back_to_its_post(world, surf):
    ada = await world.account("ada")
    post = await world.post(ada, "Hello")
    seen = await (await surf(ada)).send(f"/posts/{post.id}/like", {"back": "/@ada?before=5"})
    assert (seen.status, seen.headers["Location"]) == (303, f"/@ada?before=5#p{post.id}")
