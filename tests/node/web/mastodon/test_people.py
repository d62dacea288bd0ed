"""People over the API: following, muting, blocking, noting, recommending, lists, hashtags, search, suggestions, signing up."""

import pytest

from node.social import follows
from storage import follows as stored


@pytest.fixture
async def chidi(world):
    return await world.account("chidi", display_name="Chidi")


async def test_following_can_be_with_or_without_boosts_and_with_news(run, world, ada, bea):
    program = await run(ada)
    done = await program.post(f"/api/v1/accounts/{bea.id}/follow", reblogs=False, notify=True, languages=["en"])
    assert (done["following"], done["showing_reblogs"], done["notifying"], done["languages"]) == (True, False, True, ["en"])
    again = await program.post(f"/api/v1/accounts/{bea.id}/follow", reblogs=True)
    assert (again["showing_reblogs"], again["notifying"]) == (True, True)
    post = await world.post(bea, "news")
    told = await program.get("/api/v1/notifications", types=["status"])
    assert [(each["type"], each["status"]["id"]) for each in told] == [("status", str(post.id))]
    undone = await program.post(f"/api/v1/accounts/{bea.id}/unfollow")
    assert (undone["following"], undone["notifying"]) == (False, False)


async def test_only_the_wanted_languages_stand_in_the_home_timeline(run, world, ada, bea):
    program = await run(ada)
    await program.post(f"/api/v1/accounts/{bea.id}/follow", languages=["de"])
    await world.post(bea, "english", language="en")
    await world.post(bea, "deutsch", language="de")
    await world.post(bea, "unsaid")
    assert {each["content"] for each in await program.get("/api/v1/timelines/home")} == {"<p>deutsch</p>", "<p>unsaid</p>"}


async def test_a_follow_request_is_answered(run, world, ada, bea):
    await (await run(bea)).patch("/api/v1/accounts/update_credentials", locked=True)
    asked = await (await run(ada)).post(f"/api/v1/accounts/{bea.id}/follow")
    assert (asked["following"], asked["requested"]) == (False, True)
    program = await run(bea)
    assert [each["acct"] for each in await program.get("/api/v1/follow_requests")] == ["ada"]
    assert (await program.get("/api/v1/accounts/verify_credentials"))["source"]["follow_requests_count"] == 1
    assert [each["type"] for each in await program.get("/api/v1/notifications")] == ["follow_request"]
    assert (await program.post(f"/api/v1/follow_requests/{ada.id}/authorize"))["followed_by"]
    assert (await program.refused("POST", f"/api/v1/follow_requests/{ada.id}/reject"))[0] == 404
    assert not (await program.post(f"/api/v1/accounts/{ada.id}/remove_from_followers"))["followed_by"]


async def test_a_mute_ends_by_itself(run, world, clock, ada, bea):
    await follows.follow(world.context, ada, bea.id)
    program = await run(ada)
    done = await program.post(f"/api/v1/accounts/{bea.id}/mute", duration=3600, notifications=False)
    assert (done["muting"], done["muting_notifications"], done["muting_expires_at"][:13]) == (True, False, "2026-11-23T13")
    (muted,) = await program.get("/api/v1/mutes")
    assert (muted["acct"], muted["mute_expires_at"]) == ("bea", done["muting_expires_at"])
    await world.post(bea, "@ada hi")
    assert await program.get("/api/v1/timelines/home") == []
    assert [each["type"] for each in await program.get("/api/v1/notifications")] == ["mention"]
    clock.go(hours=1, seconds=1)
    await world.work()
    assert not (await program.get("/api/v1/accounts/relationships", id=[bea.id]))[0]["muting"]
    assert len(await program.get("/api/v1/timelines/home")) == 1


async def test_a_block_ends_both_follows_and_shows_as_one(run, world, ada, bea):
    await follows.follow(world.context, ada, bea.id)
    program = await run(ada)
    done = await program.post(f"/api/v1/accounts/{bea.id}/block")
    assert (done["blocking"], done["following"]) == (True, False)
    assert [each["acct"] for each in await program.get("/api/v1/blocks")] == ["bea"]
    (theirs,) = await (await run(bea)).get("/api/v1/accounts/relationships", id=[ada.id])
    assert theirs["blocked_by"]
    assert not (await program.post(f"/api/v1/accounts/{bea.id}/unblock"))["blocking"]


async def test_a_note_and_a_recommendation_are_kept(run, world, ada, bea):
    program = await run(ada)
    assert (await program.post(f"/api/v1/accounts/{bea.id}/note", comment="met in Cork"))["note"] == "met in Cork"
    assert (await program.refused("POST", f"/api/v1/accounts/{bea.id}/endorse"))[0] == 403
    await follows.follow(world.context, ada, bea.id)
    assert (await program.post(f"/api/v1/accounts/{bea.id}/pin"))["endorsed"]
    for path in ("/api/v1/endorsements", f"/api/v1/accounts/{ada.id}/endorsements"):
        assert [each["acct"] for each in await program.get(path)] == ["bea"]
    assert not (await program.post(f"/api/v1/accounts/{bea.id}/unendorse"))["endorsed"]


async def test_a_hidden_server_is_seen_no_more_and_followed_no_more(run, world, ada):
    stranger = await world.stranger("far")
    await world.follow(ada, stranger)
    domain = (await world.known(stranger)).domain
    await world.receive(stranger.create(stranger.note("1")), stranger)
    program = await run(ada)
    assert len(await program.get("/api/v1/timelines/home")) == 1
    assert await program.get("/api/v1/domain_blocks/preview", domain=domain) == {"following_count": 1, "followers_count": 0}
    assert await program.post("/api/v1/domain_blocks", domain=domain) == {}
    assert await program.get("/api/v1/domain_blocks") == [domain]
    assert await program.get("/api/v1/timelines/home") == []
    account = await world.known(stranger)
    assert await world.context.database.read(stored.find_follow, ada.id, account.id) is None
    assert (await program.get("/api/v1/accounts/relationships", id=[account.id]))[0]["domain_blocking"]
    assert await program.delete("/api/v1/domain_blocks", domain=domain) == {}
    assert await program.get("/api/v1/domain_blocks") == []


async def test_a_list_has_a_timeline_of_its_own(run, world, ada, bea, chidi):
    for each in (bea, chidi):
        await follows.follow(world.context, ada, each.id)
    program = await run(ada)
    made = await program.post("/api/v1/lists", title="Close", replies_policy="list")
    assert await program.post(f"/api/v1/lists/{made['id']}/accounts", account_ids=[bea.id]) == {}
    await world.post(bea, "in it")
    await world.post(chidi, "not in it")
    assert [each["content"] for each in await program.get(f"/api/v1/timelines/list/{made['id']}")] == ["<p>in it</p>"]
    assert [each["acct"] for each in await program.get(f"/api/v1/lists/{made['id']}/accounts")] == ["bea"]
    assert [each["id"] for each in await program.get(f"/api/v1/accounts/{bea.id}/lists")] == [made["id"]]
    assert len(await program.get("/api/v1/timelines/home")) == 2
    changed = await program.put(f"/api/v1/lists/{made['id']}", title="Closer", exclusive=True)
    assert (changed["title"], changed["exclusive"], changed["replies_policy"]) == ("Closer", True, "list")
    assert [each["content"] for each in await program.get("/api/v1/timelines/home")] == ["<p>not in it</p>"]
    assert (await (await run(bea)).refused("GET", f"/api/v1/lists/{made['id']}"))[0] == 404
    assert (await (await run(bea)).refused("GET", f"/api/v1/timelines/list/{made['id']}"))[0] == 404
    assert await program.delete(f"/api/v1/lists/{made['id']}/accounts", account_ids=[bea.id]) == {}
    assert await program.delete(f"/api/v1/lists/{made['id']}") == {}
    assert await program.get("/api/v1/lists") == []


async def test_only_people_whom_one_follows_are_put_into_lists(run, ada, bea):
    program = await run(ada)
    made = await program.post("/api/v1/lists", title="x")
    assert (await program.refused("POST", f"/api/v1/lists/{made['id']}/accounts", account_ids=[bea.id]))[0] == 404
    assert (await program.refused("POST", "/api/v1/lists", title=""))[0] == 422


async def test_a_followed_hashtag_brings_strangers_posts_home(run, world, ada, bea):
    program = await run(ada)
    assert (await program.post("/api/v1/tags/maths/follow"))["following"]
    await world.post(bea, "#Maths is fun")
    await world.post(bea, "#cats too")
    assert len(await program.get("/api/v1/timelines/home")) == 1
    assert [each["name"] for each in await program.get("/api/v1/followed_tags")] == ["maths"]
    assert not (await program.post("/api/v1/tags/maths/unfollow"))["following"]
    assert (await program.get("/api/v1/tags/maths"))["history"][0]["uses"] == "1"
    assert (await program.refused("GET", "/api/v1/tags/1"))[0] == 422


async def test_hashtags_stand_on_a_profile(run, world, ada):
    await world.post(ada, "#maths")
    program = await run(ada)
    assert [each["name"] for each in await program.get("/api/v1/featured_tags/suggestions")] == ["maths"]
    tag = await program.post("/api/v1/featured_tags", name="#Maths")
    assert (tag["name"], tag["statuses_count"]) == ("maths", "1")
    assert await (await run()).get(f"/api/v1/accounts/{ada.id}/featured_tags") == await program.get("/api/v1/featured_tags") == [tag]
    assert await program.delete(f"/api/v1/featured_tags/{tag['id']}") == {}
    assert (await program.post("/api/v1/tags/maths/feature"))["featuring"]
    assert not (await program.post("/api/v1/tags/maths/unfeature"))["featuring"]


async def test_what_several_people_speak_of_trends(run, world, ada, bea):
    await world.post(ada, "#maths alone #lonely")
    post = await world.post(bea, "#maths together")
    program = await run(ada)
    assert [each["name"] for each in await program.get("/api/v1/trends/tags")] == ["maths"]
    assert [each["name"] for each in await program.get("/api/v1/trends")] == ["maths"]
    assert await program.get("/api/v1/trends/statuses") == []
    await program.post(f"/api/v1/statuses/{post.id}/favourite")
    assert [each["id"] for each in await program.get("/api/v1/trends/statuses")] == [str(post.id)]
    assert await program.get("/api/v1/trends/links") == []


async def test_a_tags_timeline_takes_several_tags(run, world, ada):
    for text in ("#a", "#b", "#a #b", "#a #c"):
        await world.post(ada, text)
    program = await run()
    seen = {
        way: sorted(len(each["tags"]) for each in await program.get("/api/v1/timelines/tag/a", **{way: [tag]}))
        for way, tag in (("any", "b"), ("all", "b"), ("none", "c"))
    }
    assert seen == {"any": [1, 1, 2, 2], "all": [2], "none": [1, 2]}


async def test_search_finds_people_posts_and_hashtags(run, world, ada, bea):
    await world.post(bea, "Prime numbers #maths")
    program = await run(ada)
    found = await program.get("/api/v2/search", q="prime")
    assert [each["content"].count("Prime") for each in found["statuses"]] == [1]
    assert [each["acct"] for each in (await program.get("/api/v2/search", q="be"))["accounts"]] == ["bea"]
    assert [each["acct"] for each in (await program.get("/api/v2/search", q="Bea", type="accounts"))["accounts"]] == ["bea"]
    assert [each["name"] for each in (await program.get("/api/v2/search", q="#mat"))["hashtags"]] == ["maths"]
    assert [each["acct"] for each in await program.get("/api/v1/accounts/search", q="@be")] == ["bea"]
    assert (await program.get("/api/v1/accounts/lookup", acct="bea@hedge.test"))["id"] == str(bea.id)
    assert (await program.refused("GET", "/api/v1/accounts/lookup", acct="nobody"))[0] == 404


async def test_search_looks_an_address_up_for_members_alone(run, world, ada):
    stranger = await world.stranger("far", is_known=False)
    program = await run(ada)
    assert (await program.get("/api/v2/search", q=stranger.uri))["accounts"] == []
    assert (await (await run()).get("/api/v2/search", q=stranger.uri, resolve=True))["accounts"] == []
    assert [each["uri"] for each in (await program.get("/api/v2/search", q=stranger.uri, resolve=True))["accounts"]] == [stranger.uri]


async def test_suggestions_say_why(run, world, ada, bea, chidi):
    await follows.follow(world.context, ada, bea.id)
    await follows.follow(world.context, bea, chidi.id)
    program = await run(ada)
    (found,) = await program.get("/api/v2/suggestions")
    assert (found["account"]["acct"], found["sources"]) == ("chidi", ["friends_of_friends", "most_followed"])
    assert [each["acct"] for each in await program.get("/api/v1/suggestions")] == ["chidi"]
    assert await program.delete(f"/api/v1/suggestions/{chidi.id}") == {}
    assert await program.get("/api/v2/suggestions") == []


async def test_familiar_followers_are_those_whom_i_follow_too(run, world, ada, bea, chidi):
    await follows.follow(world.context, ada, bea.id)
    await follows.follow(world.context, bea, chidi.id)
    (found,) = await (await run(ada)).get("/api/v1/accounts/familiar_followers", id=[chidi.id])
    assert [each["acct"] for each in found["accounts"]] == ["bea"]


async def test_followers_are_paged_by_id_and_hidden_where_their_owner_wishes(run, world, clock, ada, bea):
    clock.go(seconds=1)
    chidi = await world.account("chidi")
    for each in (ada, chidi):
        await follows.follow(world.context, each, bea.id)
    program = await run(ada)
    answered = await program.ask("GET", f"/api/v1/accounts/{bea.id}/followers?limit=1")
    assert [each["acct"] for each in answered.body] == ["chidi"]
    older = answered.headers["Link"].partition("<")[2].partition(">")[0].removeprefix("http://hedge.test")
    assert [each["acct"] for each in (await program.ask("GET", older)).body] == ["ada"]
    await (await run(bea)).patch("/api/v1/accounts/update_credentials", hide_collections=True)
    assert await program.get(f"/api/v1/accounts/{bea.id}/followers") == []
    assert len(await (await run(bea)).get(f"/api/v1/accounts/{bea.id}/followers")) == 2


async def test_a_report_reaches_the_moderators(run, world, ada, bea):
    boss = await world.account("boss", role="owner")
    post = await world.post(bea, "rude")
    made = await (await run(ada)).post("/api/v1/reports", account_id=bea.id, status_ids=[post.id], comment="look", category="spam")
    assert (made["category"], made["status_ids"], made["target_account"]["acct"], made["forwarded"]) == (
        "spam",
        [str(post.id)],
        "bea",
        False,
    )
    (told,) = await (await run(boss)).get("/api/v1/notifications")
    assert (told["type"], told["report"]["id"]) == ("admin.report", made["id"])


async def test_a_profile_is_changed_in_parts(run, ada):
    program = await run(ada)
    form = [
        ("display_name", "Ada L."),
        ("note", "I *count*."),
        ("fields_attributes[0][name]", "Site"),
        ("fields_attributes[0][value]", "https://a.example"),
    ]
    changed = (await program.ask("PATCH", "/api/v1/accounts/update_credentials", data=form)).body
    assert (changed["display_name"], changed["note"]) == ("Ada L.", "<p>I <em>count</em>.</p>")
    assert (changed["source"]["note"], changed["source"]["fields"][0]["value"]) == ("I *count*.", "https://a.example")
    again = await program.patch(
        "/api/v1/accounts/update_credentials", bot=True, source={"privacy": "unlisted", "sensitive": True, "language": "ga"}
    )
    assert (again["display_name"], again["bot"]) == ("Ada L.", True)
    assert (again["source"]["privacy"], again["source"]["sensitive"], again["source"]["language"]) == ("unlisted", True, "ga")
    assert (await program.get("/api/v1/preferences"))["posting:default:visibility"] == "unlisted"
    post = await program.post("/api/v1/statuses", status="x")
    assert (post["visibility"], post["sensitive"], post["language"]) == ("unlisted", True, "ga")


async def test_markers_are_kept_and_counted(run, ada):
    program = await run(ada)
    first = await program.post("/api/v1/markers", home={"last_read_id": "123456789012345678"})
    assert (first["home"]["last_read_id"], first["home"]["version"]) == ("123456789012345678", 1)
    second = (await program.ask("POST", "/api/v1/markers", data={"home[last_read_id]": "123456789012345679"})).body
    assert second["home"]["version"] == 2
    assert await program.get("/api/v1/markers", timeline=["home"]) == second
