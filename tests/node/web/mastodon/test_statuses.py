"""Posts over the API: written, changed, deleted, reacted to, looked at from all sides."""

import io
from datetime import timedelta

import pytest
from PIL import Image

from node.social import emojis, follows, programs
from tests import buckets
from tests.node.web.mastodon.conftest import picture


async def test_a_post_has_all_that_its_author_said(run, world, ada, bea):
    program = await run(ada)
    post = await program.post(
        "/api/v1/statuses", status="Hello @bea, *this* is #maths", spoiler_text="Sums", visibility="unlisted", language="en", sensitive=True
    )
    assert (post["spoiler_text"], post["visibility"], post["language"], post["sensitive"]) == ("Sums", "unlisted", "en", True)
    assert [mention["acct"] for mention in post["mentions"]] == ["bea"]
    assert [tag["name"] for tag in post["tags"]] == ["maths"]
    assert "<em>this</em>" in post["content"]
    assert (await program.get(f"/api/v1/statuses/{post['id']}/source"))["text"] == "Hello @bea, *this* is #maths"
    assert await program.get(f"/api/v1/statuses/{post['id']}") == post


@pytest.mark.parametrize(
    ("form", "options"),
    [
        ({"status": "x", "poll[options][]": ["a", "b"], "poll[expires_in]": "3600", "poll[multiple]": "true"}, ["a", "b"]),
        ({"status": "x", "poll[options][0]": "a", "poll[options][1]": "b", "poll[expires_in]": "3600", "poll[multiple]": "1"}, ["a", "b"]),
    ],
)
async def test_a_form_says_the_same_as_json(run, ada, form, options):
    pairs = [(name, each) for name, value in form.items() for each in (value if isinstance(value, list) else [value])]
    answered = await (await run(ada)).ask("POST", "/api/v1/statuses", data=pairs)
    poll = answered.body["poll"]
    assert ([option["title"] for option in poll["options"]], poll["multiple"], poll["voted"]) == (options, True, True)


async def test_the_same_request_twice_is_one_post(run, ada):
    program = await run(ada)
    sent = [await program.ask("POST", "/api/v1/statuses", json={"status": "once"}, headers={"Idempotency-Key": "k1"}) for _ in range(2)]
    other = await program.ask("POST", "/api/v1/statuses", json={"status": "once"}, headers={"Idempotency-Key": "k2"})
    assert sent[0].body["id"] == sent[1].body["id"] != other.body["id"]


async def test_keys_are_each_accounts_own(run, ada, bea):
    sent = [
        await (await run(each)).ask("POST", "/api/v1/statuses", json={"status": "x"}, headers={"Idempotency-Key": "k"})
        for each in (ada, bea)
    ]
    assert sent[0].body["id"] != sent[1].body["id"]


@pytest.mark.parametrize(
    "said", [{"status": ""}, {"status": "x" * 6000}, {"status": "x", "visibility": "secret"}, {"status": "x", "poll": {"options": ["one"]}}]
)
async def test_a_post_that_cannot_be_is_refused_with_a_sentence(run, ada, said):
    status, error = await (await run(ada)).refused("POST", "/api/v1/statuses", **said)
    assert status == 422
    assert error.startswith("Validation failed: ")


async def test_a_post_is_changed_and_keeps_its_history(run, clock, ada):
    program = await run(ada)
    post = await program.post("/api/v1/statuses", status="Frist", spoiler_text="w")
    clock.go(minutes=1)
    changed = await program.put(f"/api/v1/statuses/{post['id']}", status="First")
    assert (changed["content"], changed["spoiler_text"], changed["id"]) == ("<p>First</p>", "w", post["id"])
    assert changed["edited_at"] > post["created_at"]
    history = await program.get(f"/api/v1/statuses/{post['id']}/history")
    assert [version["content"] for version in history] == ["<p>Frist</p>", "<p>First</p>"]
    assert history[0]["created_at"] == post["created_at"]


async def test_nobody_changes_or_deletes_what_is_not_theirs(run, world, ada, bea):
    post = await world.post(bea, "mine")
    program = await run(ada)
    for method, path in (("PUT", ""), ("DELETE", ""), ("GET", "/source")):
        assert (await program.refused(method, f"/api/v1/statuses/{post.id}{path}", status="yours"))[0] in {403, 404}
    assert (await program.get(f"/api/v1/statuses/{post.id}"))["content"] == "<p>mine</p>"


async def test_a_deleted_post_gives_its_source_back(run, ada):
    program = await run(ada)
    post = await program.post("/api/v1/statuses", status="Hello *you*")
    gone = await program.delete(f"/api/v1/statuses/{post['id']}")
    assert (gone["id"], gone["text"]) == (post["id"], "Hello *you*")
    assert (await program.refused("GET", f"/api/v1/statuses/{post['id']}"))[0] == 404


async def test_reactions_show_at_once_and_are_taken_back(run, world, ada, bea):
    post, program = await world.post(bea, "like me"), await run(ada)
    path = f"/api/v1/statuses/{post.id}"
    for deed, undo, mark, count in (
        ("favourite", "unfavourite", "favourited", "favourites_count"),
        ("bookmark", "unbookmark", "bookmarked", None),
        ("mute", "unmute", "muted", None),
    ):
        done = await program.post(f"{path}/{deed}")
        assert done[mark]
        assert count is None or done[count] == 1
        undone = await program.post(f"{path}/{undo}")
        assert not undone[mark]
        assert count is None or undone[count] == 0


async def test_a_boost_holds_what_it_boosts(run, world, ada, bea):
    post, program = await world.post(bea, "spread me"), await run(ada)
    boost = await program.post(f"/api/v1/statuses/{post.id}/reblog")
    assert (boost["reblog"]["id"], boost["reblog"]["reblogged"], boost["account"]["acct"]) == (str(post.id), True, "ada")
    assert [each["acct"] for each in await program.get(f"/api/v1/statuses/{post.id}/reblogged_by")] == ["ada"]
    back = await program.post(f"/api/v1/statuses/{post.id}/unreblog")
    assert (back["id"], back["reblogged"], back["reblogs_count"]) == (str(post.id), False, 0)


async def test_favourites_and_bookmarks_come_newest_first_by_when_they_were_kept(run, world, clock, ada, bea):
    posts = [await world.post(bea, word) for word in ("one", "two", "three") if clock.go(seconds=1) is None]
    program = await run(ada)
    for post in (posts[2], posts[0], posts[1]):
        clock.go(seconds=1)
        await program.post(f"/api/v1/statuses/{post.id}/favourite")
        await program.post(f"/api/v1/statuses/{post.id}/bookmark")
    for kept in ("favourites", "bookmarks"):
        answered = await program.ask("GET", f"/api/v1/{kept}?limit=2")
        assert [each["content"] for each in answered.body] == ["<p>two</p>", "<p>one</p>"]
        older = answered.headers["Link"].partition("<")[2].partition(">")[0].removeprefix("http://hedge.test")
        assert [each["content"] for each in (await program.ask("GET", older)).body] == ["<p>three</p>"]


async def test_a_thread_is_what_stands_above_and_below(run, world, ada, bea):
    first = await world.post(ada, "first")
    second = await world.post(bea, "second", in_reply_to_id=first.id)
    third = await world.post(ada, "third", in_reply_to_id=second.id)
    found = await (await run(ada)).get(f"/api/v1/statuses/{second.id}/context")
    assert [[each["id"] for each in found[side]] for side in ("ancestors", "descendants")] == [[str(first.id)], [str(third.id)]]
    shown = await (await run()).get(f"/api/v1/statuses/{second.id}")
    assert (shown["in_reply_to_id"], shown["in_reply_to_account_id"]) == (str(first.id), str(ada.id))


async def test_a_private_post_is_for_followers(run, world, ada, bea):
    post = await world.post(bea, "for friends", visibility=2)
    program = await run(ada)
    assert (await program.refused("GET", f"/api/v1/statuses/{post.id}"))[0] == 404
    assert (await program.refused("POST", f"/api/v1/statuses/{post.id}/favourite"))[0] == 404
    await follows.follow(world.context, ada, bea.id)
    assert (await program.get(f"/api/v1/statuses/{post.id}"))["visibility"] == "private"
    assert await (await run()).get("/api/v1/statuses", id=[post.id]) == []


async def test_somebody_votes_once(run, ada, bea):
    post = await (await run(ada)).post("/api/v1/statuses", status="?", poll={"options": ["a", "b"], "expires_in": 600})
    program = await run(bea)
    poll = await program.post(f"/api/v1/polls/{post['poll']['id']}/votes", choices=["1"])
    assert (poll["voted"], poll["own_votes"], [option["votes_count"] for option in poll["options"]]) == (True, [1], [0, 1])
    assert (await program.refused("POST", f"/api/v1/polls/{post['poll']['id']}/votes", choices=[0]))[0] == 422
    assert (await (await run()).get(f"/api/v1/polls/{post['id']}"))["voted"] is None


async def test_who_voted_is_told_when_a_poll_closes(run, world, clock, ada, bea):
    post = await (await run(ada)).post("/api/v1/statuses", status="?", poll={"options": ["a", "b"], "expires_in": 600})
    await (await run(bea)).post(f"/api/v1/polls/{post['id']}/votes", choices=[0])
    clock.go(minutes=11)
    await world.work()
    for each in (ada, bea):
        told = await (await run(each)).get("/api/v1/notifications", types=["poll"])
        assert [(note["type"], note["status"]["id"]) for note in told] == [("poll", post["id"])]


async def test_a_post_for_later_comes_when_its_time_has_come(run, world, clock, ada):
    program = await run(ada)
    due = (clock.now + timedelta(hours=1)).isoformat()
    kept = await program.post("/api/v1/statuses", status="later", scheduled_at=due, spoiler_text="w")
    assert (kept["params"]["text"], kept["params"]["spoiler_text"]) == ("later", "w")
    assert [each["id"] for each in await program.get("/api/v1/scheduled_statuses")] == [kept["id"]]
    moved = await program.put(f"/api/v1/scheduled_statuses/{kept['id']}", scheduled_at=(clock.now + timedelta(hours=2)).isoformat())
    clock.go(hours=1, minutes=1)
    await world.work()
    assert await program.get("/api/v1/timelines/home") == []
    assert await program.get(f"/api/v1/scheduled_statuses/{kept['id']}") == moved
    clock.go(hours=1)
    await world.work()
    assert [each["content"] for each in await program.get("/api/v1/timelines/home")] == ["<p>later</p>"]
    assert await program.get("/api/v1/scheduled_statuses") == []


async def test_a_post_for_later_can_be_taken_back(run, world, clock, ada, bea):
    program = await run(ada)
    kept = await program.post("/api/v1/statuses", status="later", scheduled_at=(clock.now + timedelta(hours=1)).isoformat())
    assert (await (await run(bea)).refused("DELETE", f"/api/v1/scheduled_statuses/{kept['id']}"))[0] == 404
    assert await program.delete(f"/api/v1/scheduled_statuses/{kept['id']}") == {}
    clock.go(hours=2)
    await world.work()
    assert await program.get("/api/v1/timelines/home") == []


async def test_too_soon_is_refused(run, clock, ada):
    status, _ = await (await run(ada)).refused(
        "POST", "/api/v1/statuses", status="x", scheduled_at=(clock.now + timedelta(minutes=1)).isoformat()
    )
    assert status == 422


async def test_nothing_is_translated_and_that_is_said(run, world, ada):
    post = await world.post(ada, "Hallo")
    assert (await (await run(ada)).refused("POST", f"/api/v1/statuses/{post.id}/translate"))[0] == 503


async def test_a_picture_is_given_described_and_shown(run, ada):
    program = await run(ada)
    exif = Image.Exif()
    exif[0x9286] = "secret place"
    given = {"file": io.BytesIO(picture(exif=exif.tobytes())), "description": "A red wall", "focus": "0.5,-0.25"}
    answered = await program.ask("POST", "/api/v2/media", data=given)
    media = answered.body
    assert (answered.status, media["type"], media["description"]) == (200, "image", "A red wall")
    assert media["meta"]["focus"] == {"x": 0.5, "y": -0.25}
    assert len(media["blurhash"]) == 28
    assert media["preview_url"] != media["url"]
    changed = await program.put(f"/api/v1/media/{media['id']}", description="A wall")
    assert changed["description"] == "A wall"
    assert await program.get(f"/api/v1/media/{media['id']}") == changed
    post = await program.post("/api/v1/statuses", status="look", media_ids=[media["id"]])
    assert [(file["description"], file["blurhash"], file["meta"]["focus"]["x"]) for file in post["media_attachments"]] == [
        ("A wall", media["blurhash"], 0.5)
    ]
    async with program.client.get(media["url"].removeprefix("http://hedge.test")) as served:
        body = await served.read()
        assert (served.status, served.headers["Content-Type"], b"secret" in body) == (200, "image/jpeg", False)
    assert (await program.refused("DELETE", f"/api/v1/media/{media['id']}"))[0] == 422


@pytest.mark.parametrize("media_store", buckets.STORES)
async def test_a_file_that_no_post_has_can_be_taken_away(run, world, ada, bea):
    program = await run(ada)
    media = (await program.ask("POST", "/api/v1/media", data={"file": io.BytesIO(picture())})).body
    assert (await (await run(bea)).refused("DELETE", f"/api/v1/media/{media['id']}"))[0] == 404
    assert await program.delete(f"/api/v1/media/{media['id']}") == {}
    assert (await program.refused("GET", f"/api/v1/media/{media['id']}"))[0] == 404
    await world.work()
    assert await world.files() == set()


@pytest.mark.parametrize("media_store", buckets.STORES)
async def test_an_emoji_of_the_node_is_picked_and_shown(run, world, ada):
    await emojis.add(world.context, ":hedge:", picture((40, 40), "PNG"), "plants")
    program = await run(ada)
    (emoji,) = await program.get("/api/v1/custom_emojis")
    assert (emoji["shortcode"], emoji["category"], emoji["visible_in_picker"]) == ("hedge", "plants", True)
    post = await program.post("/api/v1/statuses", status="A :hedge: and a :bush:")
    assert [(each["shortcode"], each["url"]) for each in post["emojis"]] == [("hedge", emoji["url"])]


async def test_somebody_elses_file_cannot_be_attached(run, ada, bea):
    media = (await (await run(ada)).ask("POST", "/api/v1/media", data={"file": io.BytesIO(picture())})).body
    assert (await (await run(bea)).refused("POST", "/api/v1/statuses", status="mine?", media_ids=[media["id"]]))[0] == 404


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"<html><script>1</script>",
        b"%PDF-1.4",
        b"\x89PNG\r\n\x1a\n" + b"\0" * 40,
    ],
)
async def test_what_is_no_picture_is_refused(run, ada, body):
    answered = await (await run(ada)).ask("POST", "/api/v2/media", data={"file": io.BytesIO(body), "description": "x"})
    assert answered.status == 422


async def test_a_bomb_is_refused_before_it_is_decoded(run, ada):
    bomb = io.BytesIO()
    Image.new("1", (30_000, 30_000)).save(bomb, "PNG")
    answered = await (await run(ada)).ask("POST", "/api/v2/media", data={"file": io.BytesIO(bomb.getvalue())})
    assert (answered.status, "million pixels" in answered.body["error"] or "no picture" in answered.body["error"]) == (422, True)


async def test_direct_messages_are_conversations(run, world, ada, bea):
    await world.post(ada, "psst @bea", visibility=3)
    program = await run(bea)
    (talk,) = await program.get("/api/v1/conversations")
    assert (talk["unread"], [each["acct"] for each in talk["accounts"]], talk["last_status"]["content"].count("psst")) == (True, ["ada"], 1)
    assert not (await program.post(f"/api/v1/conversations/{talk['id']}/read"))["unread"]
    assert (await program.post(f"/api/v1/conversations/{talk['id']}/unread"))["unread"]
    assert [each["unread"] for each in await (await run(ada)).get("/api/v1/conversations")] == [False]
    assert len(await program.get("/api/v1/timelines/direct")) == 1
    assert await program.delete(f"/api/v1/conversations/{talk['id']}") == {}
    assert await program.get("/api/v1/conversations") == []
    assert (await (await run(ada)).refused("POST", f"/api/v1/conversations/{talk['id']}/read"))[0] == 404


async def test_a_muted_thread_tells_nothing_more(run, world, ada, bea):
    post = await world.post(ada, "talk")
    await (await run(ada)).post(f"/api/v1/statuses/{post.id}/mute")
    await world.post(bea, "@ada hm", in_reply_to_id=post.id)
    assert await (await run(ada)).get("/api/v1/notifications") == []


async def test_a_post_says_by_which_program_it_was_written(run, world, ada):
    made = await programs.register(world.context, "Reader", ["x://y"], "read write", "https://reader.example/")
    given = await programs.give_token(world.context, made.app, ada.id, "read write")
    program = await run()
    program.token = given.secret
    post = await program.post("/api/v1/statuses", status="x")
    assert post["application"] == {"name": "Reader", "website": "https://reader.example/"}
