"""Notifications over the API: one by one, grouped, kept aside; and filters, which take posts away or warn of them."""

from datetime import timedelta

import pytest

from node.social import follows
from storage import notifications
from tests.storage import rows


@pytest.fixture
async def chidi(world):
    return await world.account("chidi")


async def test_what_happens_to_a_post_is_told_with_the_post(run, world, ada, bea):
    post, program = await world.post(ada, "hello"), await run(bea)
    for deed in ("favourite", "reblog"):
        await program.post(f"/api/v1/statuses/{post.id}/{deed}")
    await world.post(bea, "@ada yes", in_reply_to_id=post.id)
    told = await (await run(ada)).get("/api/v1/notifications")
    assert {each["type"] for each in told} == {"mention", "reblog", "favourite"}
    assert {each["account"]["acct"] for each in told} == {"bea"}
    only = await (await run(ada)).get("/api/v1/notifications", types=["reblog"])
    assert [(each["type"], each["status"]["id"]) for each in only] == [("reblog", str(post.id))]
    assert {each["type"] for each in await (await run(ada)).get("/api/v1/notifications", exclude_types=["reblog", "mention"])} == {
        "favourite"
    }
    assert await (await run(ada)).get("/api/v1/notifications", types=["nonsense"]) == []


async def test_one_is_looked_at_and_put_away(run, world, ada, bea):
    await world.post(bea, "@ada one")
    program = await run(ada)
    (told,) = await program.get("/api/v1/notifications")
    assert await program.get(f"/api/v1/notifications/{told['id']}") == told
    assert (await (await run(bea)).refused("GET", f"/api/v1/notifications/{told['id']}"))[0] == 404
    await (await run(bea)).post(f"/api/v1/notifications/{told['id']}/dismiss")
    assert await program.get("/api/v1/notifications/unread_count") == {"count": 1}
    assert await program.post(f"/api/v1/notifications/{told['id']}/dismiss") == {}
    assert await program.get("/api/v1/notifications/unread_count") == {"count": 0}
    await world.post(bea, "@ada two")
    assert await program.post("/api/v1/notifications/clear") == {}
    assert await program.get("/api/v1/notifications") == []


async def test_reading_moves_the_count(run, world, ada, bea):
    await world.post(bea, "@ada one")
    program = await run(ada)
    (told,) = await program.get("/api/v1/notifications")
    await program.post("/api/v1/markers", notifications={"last_read_id": told["id"]})
    assert await program.get("/api/v1/notifications/unread_count") == {"count": 0}
    assert await program.get("/api/v2/notifications/unread_count") == {"count": 0}


async def test_what_belongs_together_is_one_group(run, world, ada, bea, chidi):
    post = await world.post(ada, "hello")
    for each in (bea, chidi):
        await (await run(each)).post(f"/api/v1/statuses/{post.id}/favourite")
    await world.post(bea, "@ada hi")
    program = await run(ada)
    found = await program.get("/api/v2/notifications")
    groups = {group["type"]: group for group in found["notification_groups"]}
    assert (groups["favourite"]["notifications_count"], len(groups["favourite"]["sample_account_ids"])) == (2, 2)
    assert groups["mention"]["notifications_count"] == 1
    assert {each["acct"] for each in found["accounts"]} == {"bea", "chidi"}
    assert await program.get("/api/v2/notifications/unread_count") == {"count": 2}
    key = groups["favourite"]["group_key"]
    assert {each["acct"] for each in await program.get(f"/api/v2/notifications/{key}/accounts")} == {"bea", "chidi"}
    assert (await program.get(f"/api/v2/notifications/{key}"))["notification_groups"][0]["notifications_count"] == 2
    assert await program.post(f"/api/v2/notifications/{key}/dismiss") == {}
    assert [group["type"] for group in (await program.get("/api/v2/notifications"))["notification_groups"]] == ["mention"]
    apart = await program.get("/api/v2/notifications", grouped_types=["follow"])
    assert apart["notification_groups"][0]["group_key"].startswith("ungrouped-")
    assert (await program.refused("GET", "/api/v2/notifications/favourite-1-1"))[0] == 404


def _like_all(db, account_id, post_id, first_id, now_ms):
    """A hundred people, of whom nobody else has heard, like a post."""
    for number in range(100):
        fan = rows.add_stranger(db, f"fan{first_id + number}")
        notifications.add_notification(db, account_id, "like", fan.id, post_id, now_ms)


async def test_other_news_does_not_stand_behind_all_who_liked_one_post(run, world, ada, bea):
    post = await world.post(ada, "hello")
    await world.post(bea, "@ada first")
    for batch in range(3):
        await world.context.database.write(_like_all, ada.id, post.id, 100 * batch, world.context.site.now_ms() + 1 + batch)
    program = await run(ada)
    found = await program.get("/api/v2/notifications", limit=2)
    liked, mention = found["notification_groups"]
    assert (liked["type"], liked["notifications_count"], len(liked["sample_account_ids"])) == ("favourite", 300, 8)
    assert (mention["type"], mention["notifications_count"]) == ("mention", 1)
    assert len(found["accounts"]) == 9
    one = await program.get("/api/v2/notifications", limit=1)
    assert [group["notifications_count"] for group in one["notification_groups"]] == [300]
    (later,) = (await program.get("/api/v2/notifications", limit=1, max_id=liked["page_min_id"]))["notification_groups"]
    assert later["type"] == "mention"
    (upward,) = (await program.get("/api/v2/notifications", limit=1, min_id=mention["page_min_id"]))["notification_groups"]
    assert (upward["type"], upward["notifications_count"]) == ("favourite", 300)


async def test_strangers_can_be_kept_aside_until_one_says_yes(run, world, ada, bea, chidi):
    program = await run(ada)
    policy = await program.patch("/api/v2/notifications/policy", for_not_following="filter")
    assert (policy["for_not_following"], policy["for_new_accounts"]) == ("filter", "accept")
    await follows.follow(world.context, ada, chidi.id)
    await world.post(bea, "@ada hello from a stranger")
    await world.post(chidi, "@ada hello from a friend")
    assert [each["account"]["acct"] for each in await program.get("/api/v1/notifications")] == ["chidi"]
    assert (await program.get("/api/v2/notifications/policy"))["summary"] == {"pending_requests_count": 1, "pending_notifications_count": 1}
    (request,) = await program.get("/api/v1/notifications/requests")
    assert (request["account"]["acct"], request["notifications_count"], request["last_status"]["content"].count("stranger")) == (
        "bea",
        "1",
        1,
    )
    assert await program.get(f"/api/v1/notifications/requests/{request['id']}") == request
    assert await program.post(f"/api/v1/notifications/requests/{request['id']}/accept") == {}
    assert await program.get("/api/v1/notifications/requests/merged") == {"merged": True}
    assert {each["account"]["acct"] for each in await program.get("/api/v1/notifications")} == {"chidi", "bea"}
    await world.post(bea, "@ada again")
    assert await program.get("/api/v1/notifications/requests") == []


async def test_what_was_kept_aside_can_be_put_away(run, world, ada, bea):
    program = await run(ada)
    await program.put("/api/v1/notifications/policy", filter_not_following=True)
    assert (await program.get("/api/v1/notifications/policy"))["filter_not_following"]
    await world.post(bea, "@ada hello")
    (request,) = await program.get("/api/v1/notifications/requests")
    assert await program.post("/api/v1/notifications/requests/dismiss", id=[request["id"]]) == {}
    assert await program.get("/api/v1/notifications/requests") == []
    assert (await program.refused("POST", f"/api/v1/notifications/requests/{request['id']}/dismiss"))[0] == 404


async def test_what_is_dropped_is_never_told(run, world, ada, bea):
    program = await run(ada)
    await program.patch("/api/v2/notifications/policy", for_not_following="drop")
    await world.post(bea, "@ada hello")
    assert await program.get("/api/v1/notifications", include_filtered=True) == []
    assert (await program.refused("PATCH", "/api/v2/notifications/policy", for_not_following="maybe"))[0] == 422


async def test_who_boosted_hears_of_a_change(run, world, clock, ada, bea):
    post = await world.post(ada, "frist")
    program = await run(bea)
    await program.post(f"/api/v1/statuses/{post.id}/reblog")
    clock.go(minutes=1)
    await (await run(ada)).put(f"/api/v1/statuses/{post.id}", status="first")
    assert [each["type"] for each in await program.get("/api/v1/notifications")] == ["update"]


async def test_a_filter_warns_where_its_words_stand(run, world, ada, bea):
    await follows.follow(world.context, ada, bea.id)
    program = await run(ada)
    words = [{"keyword": "cat", "whole_word": True}, {"keyword": "meow", "whole_word": False}]
    made = await program.post(
        "/api/v2/filters", title="No cats", context=["home", "public"], filter_action="warn", keywords_attributes=words
    )
    await world.post(bea, "a cat")
    await world.post(bea, "a category")
    await world.post(bea, "homeowners meowing")
    shown = {each["content"]: each["filtered"] for each in await program.get("/api/v1/timelines/home")}
    assert [match["keyword_matches"] for match in shown["<p>a cat</p>"]] == [["cat"]]
    assert shown["<p>a category</p>"] == []
    assert [match["keyword_matches"] for match in shown["<p>homeowners meowing</p>"]] == [["meow"]]
    assert shown["<p>a cat</p>"][0]["filter"]["id"] == made["id"]


async def test_a_filter_that_hides_takes_posts_out_of_home_and_news(run, world, clock, ada, bea):
    await follows.follow(world.context, ada, bea.id)
    program = await run(ada)
    await program.post("/api/v2/filters", title="x", context=["home", "notifications"], filter_action="hide", expires_in=3600,
                       keywords_attributes=[{"keyword": "cat"}])  # fmt: skip
    post = await world.post(bea, "@ada a CAT")
    assert await program.get("/api/v1/timelines/home") == []
    assert await program.get("/api/v1/notifications") == []
    assert (await program.get(f"/api/v1/statuses/{post.id}"))["filtered"] != []
    clock.now += timedelta(hours=2)
    assert len(await program.get("/api/v1/timelines/home")) == 1


async def test_filters_words_and_posts_are_changed_one_by_one(run, world, ada, bea):
    program = await run(ada)
    made = await program.post("/api/v2/filters", title="x", context=["home"], keywords_attributes=[{"keyword": "a"}, {"keyword": "b"}])
    first, second = made["keywords"]
    changed = await program.put(
        f"/api/v2/filters/{made['id']}",
        title="y",
        keywords_attributes=[{"id": first["id"], "keyword": "c"}, {"id": second["id"], "_destroy": True}],
    )
    assert (changed["title"], [word["keyword"] for word in changed["keywords"]]) == ("y", ["c"])
    word = await program.post(f"/api/v2/filters/{made['id']}/keywords", keyword="d", whole_word=False)
    assert await program.get(f"/api/v2/filters/keywords/{word['id']}") == word
    assert (await program.put(f"/api/v2/filters/keywords/{word['id']}", keyword="e", whole_word=True))["keyword"] == "e"
    assert len(await program.get(f"/api/v2/filters/{made['id']}/keywords")) == 2
    assert await program.delete(f"/api/v2/filters/keywords/{word['id']}") == {}
    post = await world.post(bea, "zzz")
    kept = await program.post(f"/api/v2/filters/{made['id']}/statuses", status_id=str(post.id))
    assert await program.get(f"/api/v2/filters/{made['id']}/statuses") == [kept]
    assert await program.get(f"/api/v2/filters/statuses/{kept['id']}") == kept
    assert (await program.get(f"/api/v1/statuses/{post.id}"))["filtered"][0]["status_matches"] == [str(post.id)]
    assert await program.delete(f"/api/v2/filters/statuses/{kept['id']}") == kept
    other = await run(bea)
    for path in (f"/api/v2/filters/{made['id']}", f"/api/v2/filters/keywords/{first['id']}"):
        assert (await other.refused("GET", path))[0] == 404
        assert (await other.refused("DELETE", path))[0] == 404
    assert await program.delete(f"/api/v2/filters/{made['id']}") == {}
    assert await program.get("/api/v2/filters") == []


async def test_the_old_filters_are_words_of_the_new_ones(run, ada):
    program = await run(ada)
    made = await program.post("/api/v1/filters", phrase="cat", context=["home"], irreversible=True, whole_word=True)
    assert (made["phrase"], made["irreversible"], made["whole_word"]) == ("cat", True, True)
    assert (await program.get("/api/v2/filters"))[0]["filter_action"] == "hide"
    changed = await program.put(f"/api/v1/filters/{made['id']}", phrase="dog", context=["public"], irreversible=False, expires_in=600)
    assert (changed["id"], changed["phrase"], changed["context"], changed["expires_at"][:10]) == (
        made["id"],
        "dog",
        ["public"],
        "2026-11-23",
    )
    assert await program.get("/api/v1/filters") == [await program.get(f"/api/v1/filters/{made['id']}")] == [changed]
    assert await program.delete(f"/api/v1/filters/{made['id']}") == {}
    assert await program.get("/api/v2/filters") == []


@pytest.mark.parametrize("said", [{"title": "", "context": ["home"]}, {"title": "x", "context": []}, {"title": "x", "context": ["nowhere"]},
                                  {"title": "x", "context": ["home"], "filter_action": "burn"},
                                  {"title": "x", "context": ["home"], "keywords_attributes": [{"keyword": ""}]}])  # fmt: skip
async def test_a_filter_that_cannot_be_is_refused(run, ada, said):
    assert (await (await run(ada)).refused("POST", "/api/v2/filters", **said))[0] == 422
