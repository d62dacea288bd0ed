"""The pages of communities: started, joined, written to, looked after; closed to who is no member."""

import re

import pytest

from node.social import communities, follows
from node.social.communities import Settings
from storage import communities as stored


@pytest.fixture
async def bo(world):
    return await world.account("bo")


async def make(world, moderator, **said):
    return await communities.create(world.context, "mosses", Settings("Mosses", **said), [moderator])


async def test_a_member_starts_a_community_and_writes_to_it(world, surf, ada):
    browser = await surf(ada)
    assert "no community here yet" in (await browser.get("/communities")).text
    made = await browser.send("/communities", {"name": "mosses", "title": "Mosses", "join_mode": "open"})
    assert (made.status, made.headers["Location"]) == (303, "/@mosses")
    page = await browser.get("/@mosses")
    group_id = re.search(r'name="community" value="(\d+)"', page.text)[1]
    written = await browser.send("/compose", {"text": "Sphagnum", "title": "On bogs", "community": group_id, "then": "/@mosses"})
    assert written.headers["Location"] == "/@mosses"
    page = await browser.get("/@mosses")
    assert "Sphagnum" in page.text
    assert "On bogs" in page.text
    assert "Mosses" in (await browser.get("/communities")).text


async def test_what_cannot_be_a_community_says_why(surf, ada):
    browser = await surf(ada)
    answer = await browser.send("/communities", {"name": "no spaces", "title": "Mosses"})
    assert answer.status == 422
    assert "letters a-z" in answer.text


async def test_a_stranger_reads_an_open_community_and_starts_none(world, surf, ada):
    await make(world, ada)
    stranger = await surf()
    assert (await stranger.get("/@mosses")).status == 200
    assert (await stranger.get("/@mosses/members")).status == 200
    assert (await stranger.get("/@mosses/moderation")).status == 303
    assert (await stranger.send("/communities", {"name": "ferns", "title": "Ferns"})).status == 303
    assert len(await world.context.database.read(stored.list_communities, 10)) == 1


async def test_members_join_by_a_button_and_see_the_log(world, surf, ada, bo):
    group = await make(world, ada)
    browser = await surf(bo)
    assert (await browser.get("/@mosses/moderation")).status == 403
    await browser.send(f"/accounts/{group.id}/follow", {"back": "/@mosses"})
    log = await browser.get("/@mosses/moderation")
    assert "started the community" in log.text
    assert "Who asks to join" not in log.text
    assert (await browser.get("/@mosses/settings")).status == 403


async def test_moderators_answer_requests_and_approve_posts(world, surf, ada, bo):
    group = await make(world, ada, join_mode="request", approves_first=True)
    await follows.follow(world.context, bo, group.id)
    browser = await surf(ada)
    assert ">bo<" in (await browser.get("/@mosses/moderation")).text
    await browser.send(f"/communities/{group.id}/requests/{bo.id}", {"value": "accept", "back": "/"})
    post = await world.post(bo, "My first words", community_id=group.id)
    assert "My first words" in (await browser.get("/@mosses/moderation")).text
    assert "My first words" not in (await browser.get("/@mosses")).text
    await browser.send(f"/communities/{group.id}/posts/{post.id}", {"deed": "approve", "back": "/"})
    assert "My first words" in (await browser.get("/@mosses")).text


async def test_a_moderator_removes_with_a_reason_and_bans(world, surf, ada, bo):
    group = await make(world, ada)
    await follows.follow(world.context, bo, group.id)
    post = await world.post(bo, "Buy this", community_id=group.id)
    browser, other = await surf(ada), await surf(bo)
    assert "Remove from the community" in (await browser.get(f"/@bo/{post.id}")).text
    assert "Remove from the community" not in (await other.get(f"/@bo/{post.id}")).text
    assert (await other.send(f"/communities/{group.id}/posts/{post.id}", {"deed": "lock"})).status == 403
    await browser.send(f"/communities/{group.id}/posts/{post.id}", {"deed": "remove", "reason": "advertising", "back": "/"})
    assert "advertising" in (await other.get("/@mosses/moderation")).text
    await browser.send(f"/communities/{group.id}/members/{bo.id}", {"deed": "ban", "reason": "spam", "back": "/"})
    assert (await other.get("/@mosses/moderation")).status == 403
    assert "spam" in (await browser.get("/@mosses/moderation")).text
    await browser.send(f"/communities/{group.id}/members/{bo.id}", {"value": "unban", "back": "/"})
    assert (await follows.follow(world.context, bo, group.id)).state == "accepted"


async def test_an_invitation_link_leads_in(world, surf, ada, bo):
    group = await make(world, ada, join_mode="invite")
    browser, other = await surf(ada), await surf(bo)
    link = re.search(r"/join/[\w-]+", (await browser.send(f"/communities/{group.id}/invite", {"role": "mentor"})).text)[0]
    assert (await other.send(f"/communities/{group.id}/invite", {"role": "mentor"})).status == 403
    assert "mentor" in (await other.get(link)).text
    assert (await other.send(link)).headers["Location"] == "/@mosses"
    assert "mentor" in (await other.get("/@mosses/members")).text
    assert (await other.get("/join/nothing")).status == 404


async def test_a_private_community_shows_strangers_no_members_and_no_words(world, surf, ada, bo):
    group = await make(world, ada, is_private=True)
    post = await world.post(ada, "Between us", community_id=group.id)
    for browser in (await surf(), await surf(bo)):
        page = await browser.get("/@mosses")
        assert "Between us" not in page.text
        assert "for members" in page.text
        for path in ("/@mosses/members", "/@mosses/followers", f"/@ada/{post.id}"):
            assert (await browser.get(path)).status == 404, path
    assert "Between us" in (await (await surf(ada)).get("/@mosses")).text


async def test_settings_are_changed_by_moderators_alone(world, surf, ada, bo):
    group = await make(world, ada)
    await follows.follow(world.context, bo, group.id)
    fields = {"title": "Mosses and ferns", "join_mode": "request", "approves_first": "1"}
    assert (await (await surf(bo)).send("/@mosses/settings", fields)).status == 403
    assert (await (await surf(ada)).send("/@mosses/settings", fields)).status == 303
    run = await world.context.database.read(stored.find_community, group.id)
    assert (run.join_mode, run.approves_first) == ("request", True)
    assert "Mosses and ferns" in (await (await surf()).get("/@mosses")).text


async def test_a_community_elsewhere_is_written_to_by_its_members_from_its_page(world, surf, ada, bo):
    club = await world.stranger("club", kind="Group")
    await world.follow(ada, club)
    known = await world.known(club)
    page = await (await surf(ada)).get(f"/@{known.handle}")
    assert f'name="community" value="{known.id}"' in page.text
    assert 'name="community"' not in (await (await surf(bo)).get(f"/@{known.handle}")).text
