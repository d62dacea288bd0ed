"""Hundreds of deeds in chance order, on every door: of a supervised account nothing is said in public, nobody is followed and nobody
follows without a guardian's yes, and no stranger's word reaches it. The same deeds with an open account do all of that.
"""

import random
import re
from collections import Counter
from dataclasses import dataclass
from typing import Any

import orjson
import pytest
from aiohttp import FormData

from federation.errors import FederationError
from federation.records import PUBLIC
from node.errors import NodeError
from node.learning import questions
from node.learning.questions import Question
from node.social import authorizing, communities, follows, posts, supervising
from storage import posts as kept_posts
from storage import wards
from storage.records import Account, Post
from tests.node.conftest import Stranger, World
from tests.node.social.test_media import picture
from tests.node.web.pages.conftest import CSRF, Surfer

STEPS = 120
PASSWORD = "hedges grow slowly"
BADGE, AWARD = re.compile(r"/badges/(\d+)/award"), re.compile(r"/achievements/(\d+)/")
SPOKEN = "SELECT type, body, is_public FROM activities WHERE account_id = :id"
POSTED = "SELECT count(*) FROM posts WHERE account_id = :id AND visibility < 2"
FOLLOWS = """
    SELECT CASE WHEN follower_id = :id THEN followee_id ELSE follower_id END FROM follows
    WHERE (follower_id = :id OR followee_id = :id) AND state = 'accepted'"""
REACHED = """
    SELECT p.account_id FROM mentions m JOIN posts p ON p.id = m.post_id WHERE m.account_id = :id
    UNION ALL SELECT n.actor_id FROM notifications n WHERE n.account_id = :id"""


@dataclass
class Play:
    """Who plays. hero: the account that everything turns around; near: whom a guardian let near (by id)."""

    world: World
    chance: random.Random
    browser: Surfer
    hero: Account
    eve: Account
    bob: Stranger
    garden: Account
    near: set[int]
    token: str
    count: int = 0

    async def some_post(self) -> Post:
        """Any post that there is."""
        rows = await self.world.context.database.read(lambda db: db.execute("SELECT id FROM posts WHERE boost_of_id IS NULL").fetchall())
        found = await self.world.context.database.read(kept_posts.find_post, self.chance.choice(rows)[0])
        assert found is not None
        return found

    def text(self) -> str:
        """Words that name whom they may."""
        host = self.bob.uri.split("/")[2]
        return self.chance.choice(
            ["Hello", "#moss", "@eve hello", f"@bob@{host} hello", "@garden hello", "@eve @garden #moss " + "x" * 600]
        )

    def name(self) -> str:
        """A name that nothing has yet."""
        self.count += 1
        return f"{self.chance.getrandbits(32)}-{self.count}"


async def compose(play: Play) -> None:
    fields = {"text": play.text(), "visibility": str(play.chance.randrange(4)), "title": play.chance.choice(["", "Title"])}
    if play.chance.random() < 0.3:
        fields["community"] = str(play.garden.id)
    if play.chance.random() < 0.3:
        fields["reply_to"] = str((await play.some_post()).id)
    await play.browser.send("/compose", fields)


async def compose_picture(play: Play) -> None:
    form = FormData()
    form.add_field("csrf", CSRF.search((await play.browser.get("/")).text)[1])
    form.add_field("text", play.text())
    form.add_field("visibility", "0")
    form.add_field("file", picture(), filename="a.png", content_type="image/png")
    await play.browser.send_raw("/compose", form)


FORMS: list[tuple[str, dict[str, str]]] = [
    ("/ask", {"text": "How?", "about": "Moss", "visibility": "0"}),
    ("/resources/new", {"title": "Moss", "link": "https://moss.example/", "about": "Moss", "visibility": "0"}),
    ("/paths/new", {"title": "Way", "step_title": "Look", "step_link": "", "step_minutes": "", "step_evidence": "", "step_kind": ""}),
    ("/goals/new", {"text": "Know", "about": "Moss", "visibility": "0"}),
    ("/reflect", {"text": "I learned", "title": "Moss", "visibility": "0"}),
    ("/events/new", {"title": "Walk", "starts": "2099-01-10T10:00", "zone": "UTC", "location": "Here", "text": "Come", "visibility": "0"}),
    ("/settings/profile", {"display_name": "Me", "summary": "Hi @eve", "discoverable": "1", "indexable": "1"}),
    ("/settings/learning", {"answers_questions": "1", "shows_network": "1"}),
    ("/communities", {"name": "den", "title": "Den", "join_mode": "open"}),
    ("/follow", {"who": "@eve"}),
    ("/wards", {"name": "pip", "password": PASSWORD}),
    ("/frameworks/new", {"title": "Mine"}),
    ("/badges/new", {"name": "Mosses", "description": "Ten", "criteria": "Name ten", "about": "Moss", "kind": "Badge"}),
    ("/settings/archive", {"passphrase": PASSWORD}),
    ("/portfolio/views", {"title": "All", "item": "reflection:1"}),
    ("/digest", {"rhythm": "daily"}),
]


async def any_form(play: Play) -> None:
    path, fields = play.chance.choice(FORMS)
    more = {"community": str(play.garden.id)} if play.chance.random() < 0.3 else {}
    await play.browser.send(path, {**fields, **more})


async def achieve(play: Play) -> None:
    """Gives a badge to itself or to the neighbour, shows what it was given, marks a post, vouches for somebody."""
    who = play.chance.choice([play.hero.name, "eve"])
    badges = BADGE.findall((await play.browser.get("/badges")).text)
    if badges:
        await play.browser.send(f"/badges/{badges[0]}/award", {"to": f"@{who}", "narrative": "Done", "is_public": "1"})
    for award in AWARD.findall((await play.browser.get("/achievements")).text):
        await play.browser.send(f"/achievements/{award}/answer", {"state": "public"})
        await play.browser.send(f"/achievements/{award}/endorse", {"comment": "Well done"})
    post = await play.some_post()
    await play.browser.send("/marks/new", {"post": str(post.id), "competency": "Moss", "level": "4", "most": "5", "comment": "Good"})
    await play.browser.send("/@eve/achievements", {"comment": "She knows", "competency": "Moss"})


async def deed_on_post(play: Play) -> None:
    post = await play.some_post()
    deed = play.chance.choice(["like", "unlike", "boost", "unboost", "pin", "accept", "attend"])
    await play.browser.send(f"/posts/{post.id}/{deed}")


async def share_or_edit(play: Play) -> None:
    post = await play.some_post()
    await play.browser.send(f"/reflections/{post.id}/share", {"visibility": str(play.chance.randrange(3))})
    await play.browser.send(f"/@{play.hero.name}/{post.id}/edit", {"text": play.text(), "visibility": "0"})
    await play.browser.send(f"/reflections/{post.id}/edit", {"text": play.text(), "visibility": "0", "title": "Moss"})


async def deed_on_account(play: Play) -> None:
    target = play.chance.choice([play.eve, await play.world.known(play.bob), play.garden])
    await play.browser.send(f"/accounts/{target.id}/{play.chance.choice(['follow', 'accept', 'refuse', 'unfollow', 'mute', 'unmute'])}")


async def bring_a_list(play: Play) -> None:
    form = FormData()
    form.add_field("csrf", CSRF.search((await play.browser.get("/")).text)[1])
    form.add_field("kind", "follow")
    form.add_field("file", b"Account address\neve@hedge.test\n", filename="a.csv", content_type="text/csv")
    await play.browser.send_raw("/settings/network", form)
    await play.world.work()


async def stranger_follows(play: Play) -> None:
    if play.chance.random() < 0.5:
        await play.world.receive(play.bob.activity("Follow", play.hero.uri, name=play.name()), play.bob)
    else:
        await follows.follow(play.world.context, play.eve, play.hero.id)


async def stranger_claims_to_be_followed(play: Play) -> None:
    follow = {"id": f"{play.hero.uri}/activities/{play.name()}", "type": "Follow", "actor": play.hero.uri, "object": play.bob.uri}
    await play.world.receive(play.bob.activity("Accept", follow, name=play.name()), play.bob)


async def stranger_writes(play: Play) -> None:
    to = play.chance.choice([(play.hero.uri,), (PUBLIC, play.hero.uri), (PUBLIC,)])
    note = play.bob.note(play.name(), content=f'<p><a href="{play.hero.uri}">@{play.hero.name}</a> psst</p>', to=to, cc=(play.hero.uri,))
    kind = play.chance.choice(["Create", "Update"])
    await play.world.receive(play.bob.activity(kind, play.bob.create(note)["object"], name=play.name()), play.bob)


async def neighbour_writes(play: Play) -> None:
    draft = posts.Draft(f"@{play.hero.name} psst", play.chance.randrange(4))
    await posts.publish(play.world.context, play.eve, draft)
    await questions.ask(play.world.context, play.eve, Question(posts.Draft("How?"), "Moss"))


async def stranger_reacts(play: Play) -> None:
    post = await play.some_post()
    kind = play.chance.choice(["Like", "Announce", "Join", "Add", "Undo", "Block"])
    await play.world.receive(play.bob.activity(kind, post.uri, name=play.name()), play.bob)


async def program_posts(play: Play) -> None:
    """ActivityPub client to server."""
    post, kinds = await play.some_post(), ["Note", "Article", "Follow", "Like", "Announce", "Update", "Add", "Accept"]
    kind = play.chance.choice(kinds)
    document: dict[str, Any] = {"type": kind, "to": [PUBLIC], "cc": [play.bob.uri], "content": play.text()}
    if kind not in {"Note", "Article"}:
        document["object"] = play.chance.choice(
            [play.eve.uri, play.bob.uri, post.uri, {"id": post.uri, "type": "Note", "content": "Changed"}]
        )
        document["target"] = play.hero.featured_uri
    elif play.chance.random() < 0.5:
        document["audience"] = play.garden.uri
    headers = {"Authorization": f"Bearer {play.token}", "Content-Type": "application/activity+json"}
    async with play.browser.client.post(f"/users/{play.hero.name}/outbox", data=orjson.dumps(document), headers=headers) as response:
        assert response.status < 500, await response.text()


async def program_of_mastodon_posts(play: Play) -> None:
    """The client API."""
    headers, post = {"Authorization": f"Bearer {play.token}"}, await play.some_post()
    eve, bob = play.eve.id, (await play.world.known(play.bob)).id
    path, fields = play.chance.choice([
        ("/api/v1/statuses", {"status": "Look", "quoted_status_id": str(post.id), "visibility": "public"}),
        ("/api/v1/statuses", {"status": "Later", "scheduled_at": "2099-01-01T00:00:00Z", "visibility": "public"}),
        ("/api/v1/statuses", {"status": play.text(), "visibility": play.chance.choice(["public", "unlisted", "private", "direct"])}),
        (f"/api/v1/accounts/{eve}/follow", {}), (f"/api/v1/accounts/{bob}/follow", {}), (f"/api/v1/follow_requests/{eve}/authorize", {}),
        (f"/api/v1/follow_requests/{bob}/authorize", {}), (f"/api/v1/statuses/{post.id}/reblog", {}),
        (f"/api/v1/statuses/{post.id}/pin", {}),
    ])  # fmt: skip
    async with play.browser.client.post(path, data=fields, headers=headers) as response:
        assert response.status < 500, await response.text()


DOORS = [
    achieve, achieve,
    program_posts, program_posts, program_of_mastodon_posts, program_of_mastodon_posts,
    compose, compose, compose, compose_picture, any_form, any_form, any_form, deed_on_post, deed_on_post, share_or_edit, deed_on_account,
    deed_on_account, bring_a_list, stranger_follows, stranger_follows, stranger_claims_to_be_followed, stranger_writes, stranger_writes,
    neighbour_writes, stranger_reacts,
]  # fmt: skip


async def newest(play: Play) -> Post:
    """What the hero said last."""
    return (await play.world.context.database.read(kept_posts.list_all_posts, play.hero.id))[0]


async def found_open(play: Play) -> Counter[str]:
    """How often something happened that a guardian has not agreed to, by kind."""

    def ask(db: Any) -> Counter[str]:
        who = {"id": play.hero.id}
        found: Counter[str] = Counter()
        for kind, body, is_public in db.execute(SPOKEN, who).fetchall():
            text = bytes(body).decode()
            found["public delivery"] += bool(is_public) or PUBLIC in text or "as:Public" in text
            found["unapproved follow"] += kind == "Follow"
        found["public post"] += db.execute(POSTED, who).fetchone()[0]
        found["unapproved follow"] += sum(other not in play.near for (other,) in db.execute(FOLLOWS, who).fetchall())
        near = play.near | {play.hero.id}
        found["stranger's message"] += sum(other not in near for (other,) in db.execute(REACHED, who).fetchall())
        return +found

    return await play.world.context.database.read(ask)


async def begin(world: World, surf: Any, seed: int, *, is_supervised: bool) -> Play:
    """A stage: a hero with a guardian and a community that it belongs to, a neighbour, a stranger."""
    guardian, eve, bob = await world.account("gus", role="owner"), await world.account("eve"), await world.stranger("bob")
    await world.follow(eve, bob)
    garden = await communities.create(world.context, "garden", communities.Settings("Garden"), [eve])
    if is_supervised:
        hero = await supervising.make_ward(world.context, guardian, "kit", "Kit", PASSWORD)
    else:
        hero = await world.account("kit", password=PASSWORD)
    await follows.follow(world.context, hero, garden.id)
    if is_supervised:
        [wish] = await world.context.database.read(wards.list_wishes, hero.id, 10)
        await supervising.decide(world.context, guardian, wish.id, is_agreed=True)
    await posts.publish(world.context, eve, posts.Draft("Moss? #moss"))
    token = await authorizing.new_token(world.context, hero.id, "test", "read write follow")
    return Play(world, random.Random(seed), await surf(hero), hero, eve, bob, garden, {garden.id, guardian.id}, token)


async def play_out(play: Play, steps: int = STEPS) -> Counter[str]:
    """Deeds in chance order; what was refused was refused."""
    done: Counter[str] = Counter()
    for _ in range(steps):
        door = play.chance.choice(DOORS)
        try:
            await door(play)
        except (NodeError, FederationError):
            done["refused"] += 1
        done[door.__name__] += 1
    return done


@pytest.fixture
def settings() -> str:
    return "[limits]\nrates = false"


@pytest.mark.parametrize("seed", range(3))
async def test_no_door_leads_past_the_guardian(world, surf, seed):
    play = await begin(world, surf, seed, is_supervised=True)
    done = await play_out(play)
    assert len(done) > 12
    assert await found_open(play) == {}
    stranger, neighbour = await surf(), await surf(play.eve)
    for path in ("portfolio", "followers", "following", "network"):
        assert (await stranger.get(f"/@kit/{path}")).status == 404
    assert (await stranger.get("/@kit.atom")).status == 404
    for text in (
        (await stranger.get("/@kit")).text,
        (await stranger.get("/@kit/achievements")).text,
        (await neighbour.get("/search?q=hello")).text,
    ):
        assert f"/@kit/{(await newest(play)).id}" not in text


async def test_the_same_doors_are_open_to_everybody_else(world, surf):
    play = await begin(world, surf, 0, is_supervised=False)
    await play_out(play)
    assert (await found_open(play)).keys() == {"public delivery", "public post", "unapproved follow", "stranger's message"}
