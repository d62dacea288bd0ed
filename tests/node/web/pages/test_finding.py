"""Search, and following from one's own server, from either side."""

import pytest

from federation import webfinger

ORIGIN = "http://hedge.test"


@pytest.fixture
def home_of_stranger(elsewhere):
    """The other server's WebFinger for @you; a test gives its templates."""
    host = elsewhere.origin.removeprefix("http://")

    def serve(**templates: str) -> str:
        path = f"/.well-known/webfinger?resource=acct%3Ayou%40{host.replace(':', '%3A')}"
        rels = {name: template.format(origin=elsewhere.origin, uri="{uri}", object="{object}") for name, template in templates.items()}
        links = {(webfinger.SUBSCRIBE if name == "subscribe" else webfinger.INTENT + name): template for name, template in rels.items()}
        elsewhere.documents[path] = webfinger.jrd(f"acct:you@{host}", f"{elsewhere.origin}/users/you", templates=links)
        return f"@you@{host}"

    return serve


async def test_a_stranger_is_taken_to_their_own_server(world, surf, elsewhere, home_of_stranger):
    ada = await world.account("ada")
    browser = await surf()
    handle = home_of_stranger(subscribe="{origin}/follow?who={uri}")
    seen = await browser.send("/remote", {"uri": ada.uri, "handle": handle})
    assert (seen.status, seen.headers["Location"]) == (303, f"{elsewhere.origin}/follow?who=http%3A%2F%2Fhedge.test%2Fusers%2Fada")


async def test_an_intent_is_preferred_to_the_older_template(world, surf, elsewhere, home_of_stranger):
    ada = await world.account("ada")
    handle = home_of_stranger(subscribe="{origin}/old?who={uri}", Follow="{origin}/new?object={object}")
    seen = await (await surf()).send("/remote", {"uri": ada.uri, "handle": handle})
    assert seen.headers["Location"].startswith(f"{elsewhere.origin}/new?object=http%3A")


async def test_where_a_server_names_no_template_the_usual_page_is_tried(world, surf, elsewhere, home_of_stranger):
    ada = await world.account("ada")
    seen = await (await surf()).send("/remote", {"uri": ada.uri, "handle": home_of_stranger()})
    assert seen.headers["Location"].startswith(f"{elsewhere.origin}/authorize_interaction?uri=http%3A")


async def test_what_is_no_handle_or_nothing_of_ours_is_refused(world, surf):
    ada = await world.account("ada")
    browser = await surf()
    assert (await browser.send("/remote", {"uri": ada.uri, "handle": "nonsense"})).status == 422
    assert (await browser.send("/remote", {"uri": "https://evil.example/", "handle": "@a@b.example"})).status == 422
    assert (await browser.send("/remote", {"uri": f"{ORIGIN}.evil.example/", "handle": "@a@b.example"})).status == 422


async def test_a_member_of_ours_who_asks_for_their_own_server_stays_here(world, surf):
    ada = await world.account("ada")
    seen = await (await surf()).send("/remote", {"uri": ada.uri, "handle": "@bea@hedge.test"})
    assert seen.headers["Location"] == "/authorize_interaction?uri=http%3A%2F%2Fhedge.test%2Fusers%2Fada"


async def test_the_other_half_asks_to_sign_in_and_then_shows_whom(world, surf):
    ada, bea = await world.account("ada"), await world.account("bea")
    path = f"/authorize_interaction?uri={ada.uri}"
    seen = await (await surf()).get(path)
    assert seen.headers["Location"].startswith("/signin?next=/authorize_interaction")
    assert f"/accounts/{ada.id}/follow" in (await (await surf(bea)).get(path)).text


async def test_search_finds_people_and_posts_here_and_elsewhere(world, surf):
    ada = await world.account("ada")
    post = await world.post(ada, "Prime numbers")
    mira = await world.stranger("mira", is_known=False)
    browser = await surf(ada)
    assert 'href="/@ada"' in (await browser.get("/search?q=@ada")).text
    assert f'id="p{post.id}"' in (await browser.get(f"/search?q={post.url}")).text
    assert "@mira@" in (await browser.get(f"/search?q={mira.uri}")).text
    assert "There is no such account on this server." in (await browser.get("/search?q=nobody")).text
    assert (await browser.get("/search?q=%23Maths")).headers["Location"] == "/tags/Maths"


async def test_a_stranger_makes_us_ask_nobody(world, surf, elsewhere):
    mira = await world.stranger("mira", is_known=False)
    seen = await (await surf()).get(f"/search?q={mira.uri}")
    assert "Sign in to look for people" in seen.text
    assert elsewhere.asked == []


async def test_following_by_handle_or_address(world, surf):
    ada, bea = await world.account("ada"), await world.account("bea")
    mira = await world.stranger("mira", is_known=False)
    browser = await surf(ada)
    assert (await browser.send("/follow", {"who": "@bea"})).headers["Location"] == f"/@{bea.name}"
    assert (await browser.send("/follow", {"who": mira.uri})).headers["Location"].startswith("/@mira@")
    post = await world.post(bea, "Hello")
    assert (await browser.send("/follow", {"who": post.uri})).status == 404
