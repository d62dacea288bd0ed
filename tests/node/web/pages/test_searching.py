"""The search page and its feeds: what is found, and for whom."""

import feedparser
import orjson
import pytest

from node.social import accounts, reactions
from node.social.accounts import ProfileEdit
from storage import follows
from storage.records import Account, Follow


@pytest.fixture
async def ada(world) -> Account:
    """Somebody who lets her public posts be found."""
    return await asked(world, "ada", agrees=True)


async def asked(world, name: str, *, agrees: bool) -> Account:
    account = await world.account(name)
    return await accounts.edit_profile(world.context, account, ProfileEdit("", "", locked=False, discoverable=True, indexable=agrees))


@pytest.fixture
async def hidden(world, ada):
    """Posts that strangers must not find, each with a word of its own."""
    silent = await asked(world, "silent", agrees=False)
    await world.post(silent, "hedge unasked #green")
    await world.post(ada, "hedge forfollowers #green", visibility=2)
    await world.post(ada, "hedge forone #green", visibility=3)
    await world.post(ada, "hedge unlisted #green", visibility=1)
    await world.post(ada, "hedge everybody #green")


WORDS = ("unasked", "forfollowers", "forone", "unlisted")


@pytest.mark.parametrize("query", ["hedge", "%23green hedge", "from:ada", "-wall hedge", "tag:green", "has:answer -x hedge"])
async def test_a_stranger_finds_what_is_public_and_agreed_to_and_nothing_else(surf, hidden, query):
    seen = await (await surf()).get(f"/search?q={query}")
    assert seen.status == 200
    assert not [word for word in WORDS if f" {word}" in seen.text]
    assert ("everybody" in seen.text) == ("answer" not in query)


async def test_the_count_knows_of_nothing_that_is_not_shown(surf, hidden):
    assert "1 post found" in (await (await surf()).get("/search?q=hedge")).text


@pytest.mark.parametrize("kind", ["atom", "rss", "json"])
async def test_a_search_has_a_feed_of_what_everybody_may_find(surf, hidden, kind):
    body = (await (await surf()).get(f"/search.{kind}?q=hedge")).text
    entries = orjson.loads(body)["items"] if kind == "json" else feedparser.parse(body).entries
    assert ["everybody" in entry["title"] for entry in entries] == [True]


@pytest.mark.parametrize("kind", ["atom", "rss", "json"])
async def test_the_feed_of_a_tag_has_nothing_narrower_than_public(surf, hidden, kind):
    body = (await (await surf()).get(f"/tags/green.{kind}")).text
    assert not [word for word in WORDS[1:] if word in body]
    assert "everybody" in body


async def test_a_community_has_a_feed_of_what_it_passes_on(world, surf, ada):
    group = await world.account("gardeners")
    await world.context.database.write(_make_group, group.id)

    for visibility, text in ((0, "Of hedges"), (1, "Said quietly")):
        await reactions.boost(world.context, group, (await world.post(ada, text, visibility=visibility)).id)
    feed = feedparser.parse((await (await surf()).get("/@gardeners.atom")).text)
    assert [entry.title for entry in feed.entries] == ["Of hedges"]


def _make_group(db, account_id):
    db.execute("UPDATE accounts SET type = 'Group' WHERE id = :id", {"id": account_id})


async def test_authors_find_all_of_their_own(surf, hidden, ada):
    seen = await (await surf(ada)).get("/search?q=hedge")
    for word in (*WORDS[1:], "everybody"):
        assert f" {word}" in seen.text
    assert "unasked" not in seen.text


async def test_a_follower_finds_nothing_that_its_author_keeps_from_search(world, surf, hidden, ada):
    bea = await world.account("bea")
    await world.context.database.write(follows.add_follow, Follow(bea.id, ada.id, "accepted", "https://x/f", 0))
    seen = await (await surf(bea)).get("/search?q=hedge")
    assert "forfollowers" not in seen.text
    assert "everybody" in seen.text


async def test_what_was_found_is_marked_and_markup_of_the_author_is_not_markup(world, surf, ada):
    await world.post(ada, "A `<script>` in the hedge")
    seen = await (await surf()).get("/search?q=hedge")
    assert "A &lt;script&gt; in the <mark>hedge</mark>" in seen.text


async def test_the_fields_narrow_the_words(world, surf, ada):
    bea = await asked(world, "bea", agrees=True)
    await world.post(ada, "hedge of ada")
    await world.post(bea, "hedge of bea")
    seen = await (await surf()).get("/search?q=hedge&from=@bea&kind=post&after=2026-11-01&before=2026-12-01")
    assert "of bea" in seen.text
    assert "of ada" not in seen.text
    assert "No post was found" in (await (await surf()).get("/search?q=hedge&before=2026-01-01")).text


async def test_what_makes_no_sense_is_said(surf, ada):
    assert "Nobody here is known as nobody" in (await (await surf()).get("/search?q=from:@nobody x")).text
    assert "after:someday" in (await (await surf()).get("/search?q=after:someday x")).text
    assert (await (await surf()).get('/search?q=%00"(* OR&last=x&rank=nan')).status == 200


async def test_long_lists_go_on(world, surf, ada):
    for number in range(25):
        await world.post(ada, f"hedge number {number}")
    browser = await surf()
    first = await browser.get("/search?q=hedge")
    link = first.text.split('class="later"><a href="')[1].split('"')[0].replace("&amp;", "&")
    second = await browser.get(link)
    ids = [set(page.text.split('<h3 id="')[1:]) for page in (first, second)]
    assert [len(found) for found in ids] == [20, 5]
    assert "25 posts found" in first.text


async def test_a_post_behind_a_warning_shows_none_of_its_words(world, surf, ada):
    await world.post(ada, "hedge secret", summary="Spoiler")
    seen = await (await surf()).get("/search?q=hedge")
    assert "Spoiler" in seen.text
    assert "secret" not in seen.text


async def test_another_servers_post_is_found_as_its_author_wishes(world, surf):
    ada, mira = await world.account("reader"), await world.stranger("mira")
    await world.follow(ada, mira)
    for name, wish in (("yes", ["https://www.w3.org/ns/activitystreams#Public"]), ("no", []), ("unsaid", None)):
        document = mira.create(mira.note(name, f"<p>hedge {name}word</p>"))
        if wish is not None:
            document["object"]["searchableBy"] = wish
        await world.receive(document, mira)
    seen = await (await surf(ada)).get("/search?q=hedge")
    assert "yesword" in seen.text
    assert "noword" not in seen.text
    assert "unsaidword" not in seen.text
