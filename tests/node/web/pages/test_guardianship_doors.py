"""Doors x acts of a supervised account: nothing of the child reaches anybody outside of its approved circle, nothing that strangers say
reaches the child, and what its friends say and are told does.

Each cell goes through the real door and looks at the delivery table, the notifications, the lists and pages. Approved friends are the
control: the same act, by the same door, gets through.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import orjson
import pytest
from aiohttp import FormData

from federation import records as wire
from federation.credentials import Badge, Issuer, document_from_credential
from federation.errors import FederationError
from federation.facets import Alignment
from federation.rdf_proofs import add_rdf_proof
from federation.records import PUBLIC
from node.cli import running
from node.config import FILE_NAME
from node.errors import NodeError
from node.learning import awarding, endorsing, marking, questions
from node.learning import badges as definitions
from node.learning.awarding import Gift
from node.learning.badges import BadgeDraft
from node.learning.endorsing import Word
from node.learning.marking import Line, Marking
from node.social import authorizing, blocking, communities, follows, posts, reactions, supervising, voting, workshops
from storage import posts as kept_posts
from storage import wards
from storage.records import Account, Post
from tests.federation import badges
from tests.node.conftest import NOON, ORIGIN, Clock, Stranger, World
from tests.node.web.pages.conftest import CSRF, Surf, Surfer

SECRET = "zebrafinch"
NAME = "Kitty of the hedge"
DELIVERED = "SELECT d.inbox, a.type, a.body, a.account_id FROM deliveries d JOIN activities a ON a.id = d.activity_id ORDER BY d.id"
PUBLIC_ACTIVITIES = "SELECT count(*) FROM activities WHERE account_id = :id AND is_public"
NEWS = "SELECT n.account_id, n.kind FROM notifications n WHERE n.actor_id = :id"


@pytest.fixture
def settings() -> str:
    return "[limits]\nrates = false"


@dataclass
class Other:
    """Somebody on another server or here, with what there is of theirs to act on."""

    account: Account
    far: Stranger | None
    note: Post
    poll: Post
    event: Post

    @property
    def handle(self) -> str:
        return f"@{self.account.handle}"


@dataclass
class Stage:
    """A child with its guardian, a friend and a stranger on another server, and the same here."""

    world: World
    child: Account
    guardian: Account
    people: dict[str, Other]
    club: Post  # by the stranger, in an open community of another server to which the child belongs
    browser: Surfer
    token: str

    async def api(self, path: str, method: str = "POST", **fields: Any) -> None:
        headers = {"Authorization": f"Bearer {self.token}"}
        async with self.browser.client.request(method, path, json=fields, headers=headers) as answer:
            assert answer.status < 500, await answer.text()

    async def outbox(self, document: dict[str, Any]) -> None:
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/activity+json"}
        said = {"@context": "https://www.w3.org/ns/activitystreams", "actor": self.child.uri, **document}
        async with self.browser.client.post(f"/users/{self.child.name}/outbox", data=orjson.dumps(said), headers=headers) as answer:
            assert answer.status < 500, await answer.text()

    async def rows(self, sql: str, **given: Any) -> list[Any]:
        return await self.world.context.database.read(lambda db: db.execute(sql, given).fetchall())


async def _published(world: World, far: Stranger, name: str, **said: Any) -> Post:
    note = far.note(name, **{"content": f"<p>{name}</p>", **{key: each for key, each in said.items() if key != "type"}})
    note = replace(note, type=said.get("type", "Note"))
    await world.receive(far.create(note), far)
    found = await world.find_post(note.uri)
    assert found is not None, name
    return found


async def _far(world: World, name: str, reader: Account) -> Other:
    far = await world.stranger(name)
    await world.follow(reader, far)
    poll = wire.Poll((wire.PollOption("red"), wire.PollOption("blue")), multiple=False, closes=NOON + timedelta(days=3))
    when = wire.EventDetails(NOON + timedelta(days=2), None, "Here", "free")
    return Other(
        await world.known(far),
        far,
        await _published(world, far, "note"),
        await _published(world, far, "poll", type="Question", poll=poll),
        await _published(world, far, "event", type="Event", title="Walk", event=when),
    )


async def _here(world: World, name: str) -> Other:
    account = await world.account(name)
    event = wire.EventDetails(NOON + timedelta(days=2), None, "Here", "free")
    return Other(
        account,
        None,
        await world.post(account, f"a note of {name}"),
        await world.post(account, "which?", poll=posts.PollDraft(("red", "blue"), multiple=False, open_s=3600 * 24)),
        await world.post(account, "come", type="Event", title="Walk", event=event),
    )


async def agree_to_all(stage_world: World, guardian: Account, child: Account) -> None:
    for wish in await stage_world.context.database.read(wards.list_wishes, child.id, 100):
        if wish.state == "waiting":
            await supervising.decide(stage_world.context, guardian, wish.id, is_agreed=True)


@pytest.fixture
async def stage(world, surf, clock) -> Stage:
    return await make_stage(world, surf, clock)


async def make_stage(world: World, surf: Surf, clock: Clock) -> Stage:
    """Everybody in place, and nothing delivered or notified yet."""
    guardian, reader = await world.account("gus", role="owner"), await world.account("rita")
    people = {
        "far stranger": await _far(world, "bob", reader),
        "far friend": await _far(world, "pal", reader),
        "near stranger": await _here(world, "eve"),
        "near friend": await _here(world, "sam"),
    }
    child = await supervising.make_ward(world.context, guardian, "kit", NAME, "hedges grow slowly")
    club = await world.stranger("club", kind="Group")
    for other in (people["far friend"], people["near friend"]):
        await follows.follow(world.context, child, other.account.id)
        clock.go(seconds=1)
    await follows.follow(world.context, child, (await world.known(club)).id)
    pal, bob = people["far friend"].far, people["far stranger"].far
    assert pal is not None
    assert bob is not None
    await world.receive(pal.activity("Follow", child.uri, name="kit"), pal)
    await follows.follow(world.context, people["near friend"].account, child.id)
    await agree_to_all(world, guardian, child)
    for far in (pal, club):
        asked = {"type": "Follow", "actor": child.uri, "object": far.uri}
        await world.receive(far.activity("Accept", asked, name="kit"), far)
    in_club = await _published(world, bob, "in-club", audience_uri=club.uri, to=(PUBLIC, club.uri))
    for sql in ("DELETE FROM deliveries", "DELETE FROM notifications"):
        await world.context.database.write(lambda db, sql=sql: db.execute(sql))
    token = await authorizing.new_token(world.context, child.id, "test", "read write follow push")
    return Stage(world, child, guardian, people, in_club, await surf(child), token)


Act = Callable[[Stage, Other], Awaitable[Any]]


def _api(path: str, method: str = "POST", **fields: Any) -> Act:
    async def act(stage: Stage, whom: Other) -> None:
        named = {"note": whom.note.id, "poll": whom.poll.id, "event": whom.event.id, "account": whom.account.id, "handle": whom.handle}
        filled = {name: value.format(**named) if isinstance(value, str) else value for name, value in fields.items()}
        await stage.api(path.format(**named, club=stage.club.id), method, **filled)

    return act


def _page(path: str, **fields: str) -> Act:
    async def act(stage: Stage, whom: Other) -> None:
        named = {"note": whom.note.id, "poll": whom.poll.id, "event": whom.event.id, "account": whom.account.id, "handle": whom.handle}
        named |= {"club": stage.club.id, "name": whom.account.handle}
        answer = await stage.browser.send(path.format(**named), {name: value.format(**named) for name, value in fields.items()})
        assert answer.status < 500, answer.text

    return act


def _outbox(kind: str, about: str = "note", **more: Any) -> Act:
    async def act(stage: Stage, whom: Other) -> None:
        about_uri = whom.account.uri if about == "account" else getattr(whom, about).uri
        filled = {name: whom.account.uri if value == "ACCOUNT" else value for name, value in more.items()}
        await stage.outbox({"type": kind, "object": about_uri, "to": [whom.account.uri, PUBLIC], **filled})

    return act


def _written(**more: Any) -> Act:
    async def act(stage: Stage, whom: Other) -> None:
        filled = {name: whom.note.uri if value == "NOTE" else stage.club.uri if value == "CLUB" else value for name, value in more.items()}
        note = {"type": "Note", "content": f"{SECRET} {whom.handle}", "to": [PUBLIC, whom.account.uri], **filled}
        await stage.outbox({"type": "Create", "object": note, "to": note["to"]})

    return act


async def write_as_child(stage: Stage, text: str, **said: Any) -> Post:
    return await posts.publish(stage.world.context, stage.child, posts.Draft(text, **said))


async def _edit(stage: Stage, whom: Other) -> None:
    made = await write_as_child(stage, "at first")
    await posts.edit(stage.world.context, stage.child, made.id, posts.Draft(f"{SECRET} {whom.handle}"))


async def _edit_with_quote(stage: Stage, whom: Other) -> None:
    made = await write_as_child(stage, "at first")
    await stage.api(f"/api/v1/statuses/{made.id}", "PUT", status=f"{SECRET} {whom.handle}", quoted_status_id=str(whom.note.id))


async def _delete(stage: Stage, whom: Other) -> None:
    made = await write_as_child(stage, f"{SECRET} {whom.handle}")
    await posts.delete(stage.world.context, stage.child, made.id)


async def _scheduled(stage: Stage, whom: Other) -> None:
    at = (stage.world.context.site.now() + timedelta(hours=2)).isoformat().replace("+00:00", "Z")
    await stage.api("/api/v1/statuses", status=f"{SECRET} {whom.handle}", in_reply_to_id=str(whom.note.id), scheduled_at=at)
    await stage.world.work()


async def _own_poll(stage: Stage, whom: Other) -> None:
    await write_as_child(stage, f"{SECRET} {whom.handle}", poll=posts.PollDraft(("a", "b"), multiple=False, open_s=3600))


def _imported(kind: str, write: Callable[[Other], bytes]) -> Act:
    async def act(stage: Stage, whom: Other) -> None:
        form = FormData()
        form.add_field("csrf", CSRF.search((await stage.browser.get("/")).text)[1])
        form.add_field("kind", kind)
        form.add_field("file", write(whom), filename="a.csv", content_type="text/csv")
        assert (await stage.browser.send_raw("/settings/network", form)).status == 303
        await stage.world.work()

    return act


def _csv(whom: Other) -> bytes:
    return f"Account address\n{whom.account.name}@{whom.account.domain or ORIGIN.rpartition('/')[2]}\n".encode()


def _opml(whom: Other) -> bytes:
    """Names somebody as a person and, as feed readers do, by the address of their page."""
    person = f'<outline text="{SECRET}" type="person" actor="{whom.account.uri}"/>'
    named = f'{person}<outline text="{SECRET}" xmlUrl="{whom.account.uri}.atom"/>'
    return f'<?xml version="1.0"?><opml version="2.0"><head/><body>{named}</body></opml>'.encode()


def _hedgerow(*arguments: str) -> Act:
    """The command itself, beside the running node, as an administrator types it."""

    async def act(stage: Stage, whom: Other) -> None:
        config = stage.world.context.config
        settings = f'[node]\nurl = "{ORIGIN}"\n[federation]\nallow_networks = ["127.0.0.0/8"]\n[database]\nurl = "{config.database.url}"\n'
        (config.data_dir / FILE_NAME).write_text(settings)
        filled = [each.format(handle=whom.handle, uri=whom.account.uri, note=whom.note.uri) for each in arguments]
        code = await asyncio.to_thread(running.run, ["--data", str(config.data_dir), *filled])
        assert code in {0, 1}, filled  # done, or refused with a sentence

    return act


async def _ask(stage: Stage, whom: Other) -> None:
    question = questions.Question(posts.Draft(f"{SECRET} {whom.handle}?"), "Moss")
    await questions.ask(stage.world.context, stage.child, question)


OUTGOING: dict[tuple[str, str], Act] = {
    ("API", "like"): _api("/api/v1/statuses/{note}/favourite"),
    ("API", "boost"): _api("/api/v1/statuses/{note}/reblog"),
    ("API", "reply"): _api("/api/v1/statuses", status=SECRET + " {handle}", in_reply_to_id="{note}", visibility="public"),
    ("API", "reply in an open community elsewhere"): _api("/api/v1/statuses", status=SECRET + " {handle}", in_reply_to_id="CLUB"),
    ("API", "direct message"): _api("/api/v1/statuses", status=SECRET + " {handle}", visibility="direct"),
    ("API", "mention"): _api("/api/v1/statuses", status=SECRET + " {handle}", visibility="public"),
    ("API", "quote"): _api("/api/v1/statuses", status=SECRET, quoted_status_id="{note}", visibility="private"),
    ("API", "vote"): _api("/api/v1/polls/{poll}/votes", choices=[0]),
    ("API", "follow"): _api("/api/v1/accounts/{account}/follow"),
    ("API", "block"): _api("/api/v1/accounts/{account}/block"),
    ("API", "mute"): _api("/api/v1/accounts/{account}/mute"),
    ("API", "report"): _api("/api/v1/reports", account_id="{account}", comment=SECRET, forward=True),
    ("API", "profile text and fields"): _api(
        "/api/v1/accounts/update_credentials", "PATCH", note=SECRET + " {handle}", fields_attributes=[{"name": SECRET, "value": SECRET}]
    ),
    ("API", "bookmark"): _api("/api/v1/statuses/{note}/bookmark"),
    ("API", "edit with a quote"): _edit_with_quote,
    ("API", "scheduled"): _scheduled,
    ("API", "endorse on the profile"): _api("/api/v1/accounts/{account}/pin"),
    ("pages", "like"): _page("/posts/{note}/like"),
    ("pages", "boost"): _page("/posts/{note}/boost"),
    ("pages", "reply"): _page("/compose", text=SECRET + " {handle}", reply_to="{note}", visibility="0"),
    ("pages", "reply in an open community elsewhere"): _page("/compose", text=SECRET, reply_to="{club}", visibility="0"),
    ("pages", "mention"): _page("/compose", text=SECRET + " {handle}", visibility="0"),
    ("pages", "direct message"): _page("/compose", text=SECRET + " {handle}", visibility="3"),
    ("pages", "vote"): _page("/posts/{poll}/vote", option="0"),
    ("pages", "event"): _page("/posts/{event}/attend"),
    ("pages", "event of one's own"): _page(
        "/events/new", title=SECRET, starts="2099-01-10T10:00", zone="UTC", location="Here", text="{handle}", visibility="0"
    ),
    ("pages", "follow"): _page("/follow", who="{handle}"),
    ("pages", "block"): _page("/accounts/{account}/block"),
    ("pages", "report"): _page("/accounts/{account}/report", comment=SECRET, forward="1"),
    ("pages", "profile text and fields"): _page("/settings/profile", display_name=NAME, summary=SECRET + " {handle}"),
    ("pages", "mark"): _page("/marks/new", post="{note}", competency="Moss", level="4", most="5", comment=SECRET),
    ("pages", "endorsement"): _page("/@{name}/achievements", comment=SECRET, competency="Moss"),
    ("pages", "question"): _page("/ask", text=SECRET + " {handle}", about="Moss", visibility="0"),
    ("pages", "resource with a link"): _page("/resources/new", title=SECRET, link="https://moss.example/", about="Moss", visibility="0"),
    ("C2S", "like"): _outbox("Like"),
    ("C2S", "boost"): _outbox("Announce"),
    ("C2S", "follow"): _outbox("Follow", "account"),
    ("C2S", "block"): _outbox("Block", "account"),
    ("C2S", "event"): _outbox("Join", "event"),
    ("C2S", "flag"): _outbox("Flag", "account", content=SECRET),
    ("C2S", "move"): _outbox("Move", "account", target="ACCOUNT"),
    ("C2S", "emoji reaction"): _outbox("EmojiReact", content="🦊"),
    ("C2S", "add"): _outbox("Add", target="ACCOUNT"),
    ("C2S", "note"): _written(),
    ("C2S", "reply"): _written(inReplyTo="NOTE"),
    ("C2S", "quote"): _written(quote="NOTE", quoteUrl="NOTE"),
    ("C2S", "reply in an open community elsewhere"): _written(inReplyTo="CLUB"),
    ("command", "like"): lambda stage, whom: reactions.like(stage.world.context, stage.child, whom.note.id),
    ("command", "post"): lambda stage, whom: write_as_child(stage, f"{SECRET} {whom.handle}"),
    ("command", "reply"): lambda stage, whom: write_as_child(stage, SECRET, in_reply_to_id=whom.note.id),
    ("command", "quote"): lambda stage, whom: write_as_child(stage, SECRET, quoted_id=whom.note.id, visibility=2),
    ("command", "named"): lambda stage, whom: write_as_child(stage, SECRET, named_ids=(whom.account.id,)),
    ("command", "vote"): lambda stage, whom: voting.vote(stage.world.context, stage.child, whom.poll.id, [0]),
    ("command", "event"): lambda stage, whom: workshops.attend(stage.world.context, stage.child, whom.event.id),
    ("command", "block"): lambda stage, whom: blocking.block(stage.world.context, stage.child, whom.account.id),
    ("command", "edit"): _edit,
    ("command", "delete"): _delete,
    ("command", "poll"): _own_poll,
    ("command", "question"): _ask,
    ("import", "follows"): _imported("follow", _csv),
    ("import", "OPML"): _imported("follow", _opml),
    ("import", "blocks"): _imported("block", _csv),
    ("import", "mutes"): _imported("mute", _csv),
    ("hedgerow", "post"): _hedgerow("post", "kit", SECRET + " {handle}"),
    ("hedgerow", "direct message"): _hedgerow("post", "kit", SECRET + " {handle}", "--visibility", "direct"),
    ("hedgerow", "reply"): _hedgerow("post", "kit", SECRET, "--reply-to", "{note}"),
    ("hedgerow", "follow"): _hedgerow("follow", "kit", "{uri}"),
}
SILENT = {  # acts of which nobody is notified, friend or not
    "mute", "bookmark", "block", "report", "profile text and fields", "endorse on the profile", "flag", "move", "emoji reaction", "add",
    "follow", "follows", "OPML", "blocks", "mutes", "event of one's own", "scheduled", "resource with a link", "edit with a quote",
    "quote", "mark", "endorsement",
}  # fmt: skip
HELD_FOR_GUARDIAN = {"reply in an open community elsewhere"}


async def do_act(stage: Stage, act: Act, whom: Other) -> None:
    with contextlib.suppress(NodeError, FederationError):
        await act(stage, whom)
    await stage.world.work()


async def _reached(stage: Stage) -> tuple[set[str], set[int]]:
    """The inboxes to which anything of the child is delivered, and the accounts here that are notified of it."""
    inboxes = {
        inbox
        for inbox, _, body, account_id in await stage.rows(DELIVERED)
        if account_id == stage.child.id or stage.child.uri in bytes(body).decode() or SECRET in bytes(body).decode()
    }
    told = {account_id for account_id, kind in await stage.rows(NEWS, id=stage.child.id) if kind not in {"wish", "report"}}
    return inboxes, told


async def _outgoing(stage: Stage, door: str, act: str, who: str) -> bool:
    """Whether anything of the child reached somebody, by one cell."""
    whom = stage.people[who]
    if act == "reply in an open community elsewhere" and door == "API":
        await do_act(stage, _api("/api/v1/statuses", status=SECRET, in_reply_to_id=str(stage.club.id), visibility="public"), whom)
    else:
        await do_act(stage, OUTGOING[door, act], whom)
    inboxes, told = await _reached(stage)
    return whom.account.inbox in inboxes or whom.account.id in told


@pytest.mark.parametrize("door", sorted({door for door, _ in OUTGOING}))
async def test_nothing_of_a_child_reaches_a_stranger_by(stage, door):
    acts = [act for each, act in OUTGOING if each == door]
    leaks = [(act, who) for act in acts for who in ("far stranger", "near stranger") if await _outgoing(stage, door, act, who)]
    inboxes, told = await _reached(stage)
    allowed = {stage.people["far friend"].account.inbox, stage.club.uri.rpartition("/users/")[0] + "/users/club/inbox"}
    print(f"outgoing by {door}: {len(acts)} acts x 2 strangers = {2 * len(acts)} cells, {len(leaks)} leaks")
    assert leaks == []
    assert inboxes <= allowed
    assert told <= {stage.people["near friend"].account.id, stage.guardian.id}
    assert await stage.rows(PUBLIC_ACTIVITIES, id=stage.child.id) == [(0,)]


@pytest.mark.parametrize("door", sorted({door for door, _ in OUTGOING}))
async def test_what_a_child_does_reaches_its_friends_by(stage, door):
    acts = [act for each, act in OUTGOING if each == door and act not in SILENT | HELD_FOR_GUARDIAN]
    silent = [act for act in acts if not await _outgoing(stage, door, act, "far friend")]
    assert silent == []


@pytest.mark.parametrize("door", ["API", "pages", "C2S"])
async def test_what_needs_a_guardian_waits_by(stage, door):
    act = "quote" if door != "pages" else "reply in an open community elsewhere"
    await do_act(stage, OUTGOING[door, act], stage.people["far stranger"])
    waiting = "SELECT kind FROM wishes WHERE ward_id = :id AND state = 'waiting'"
    assert await stage.rows(waiting, id=stage.child.id) == [("post",)]


async def test_what_a_guardian_agrees_to_reaches_whom_it_was_for(stage):
    await do_act(stage, OUTGOING["API", "quote"], stage.people["far stranger"])
    await do_act(stage, OUTGOING["API", "vote"], stage.people["far stranger"])
    await do_act(stage, OUTGOING["pages", "event"], stage.people["far stranger"])
    assert (await _reached(stage))[0] == set()
    await agree_to_all(stage.world, stage.guardian, stage.child)
    kinds = [kind for inbox, kind, _, _ in await stage.rows(DELIVERED) if inbox == stage.people["far stranger"].account.inbox]
    assert sorted(kinds) == ["Create", "Join", "QuoteRequest"]


async def test_the_same_acts_of_an_open_account_reach_strangers(stage):
    """What the table looks at is really there where nobody is supervised."""
    await supervising.hand_over(stage.world.context, stage.guardian, stage.child.id)
    for act in ("like", "reply", "mention", "vote"):
        assert await _outgoing(stage, "API", act, "far stranger"), act


@pytest.mark.parametrize("who", ["far stranger", "near stranger"])
@pytest.mark.parametrize(
    ("door", "act"), [("import", "OPML"), ("hedgerow", "follow"), ("hedgerow", "post"), ("hedgerow", "direct message")]
)
async def test_lists_and_commands_of_an_open_account_reach_strangers(stage, door, act, who):
    await supervising.hand_over(stage.world.context, stage.guardian, stage.child.id)
    assert await _outgoing(stage, door, act, who)


# what others do to the child

Incoming = Callable[[Stage, Other], Awaitable[Any]]


async def _send(stage: Stage, whom: Other, document: dict[str, Any]) -> None:
    assert whom.far is not None
    await stage.world.receive(document, whom.far)


def _note(name: str, kind: str = "Note", **said: Any) -> Incoming:
    async def act(stage: Stage, whom: Other) -> None:
        assert whom.far is not None
        child, own = stage.child, (await stage.world.context.database.read(kept_posts.list_all_posts, stage.child.id))[0]
        filled = {key: own.uri if value == "OWN" else value for key, value in said.items()}
        shape = {"to": (PUBLIC, child.uri), "cc": (), "mentions": (wire.Mention(child.uri, "@kit"),)}
        note = whom.far.note(name, content=f'<p><a href="{child.uri}">@kit</a> {SECRET}</p>', **{**shape, **filled})
        if filled.get("to") == ("CHILD",):
            note = replace(note, to=(child.uri,))
        await _send(stage, whom, whom.far.create(replace(note, type=kind)))

    return act


def _act(kind: str, about: str, **more: Any) -> Incoming:
    async def act(stage: Stage, whom: Other) -> None:
        assert whom.far is not None
        own = (await stage.world.context.database.read(kept_posts.list_all_posts, stage.child.id))[0]
        named = stage.child.uri if about == "child" else own.uri
        await _send(stage, whom, whom.far.activity(kind, named, name=f"{kind}-{about}", **more))

    return act


async def _updated(stage: Stage, whom: Other) -> None:
    assert whom.far is not None
    mention = (wire.Mention(stage.child.uri, "@kit"),)
    changed = whom.far.note("note", content=f"<p>@kit {SECRET}</p>", to=(PUBLIC, stage.child.uri), mentions=mention)
    changed = replace(changed, updated=NOON + timedelta(minutes=5))
    document = whom.far.activity("Update", whom.far.create(changed)["object"], name="up")
    await _send(stage, whom, document)


async def _followed(stage: Stage, whom: Other) -> None:
    assert whom.far is not None
    await _send(stage, whom, whom.far.activity("Follow", stage.child.uri, name=SECRET, summary=SECRET))


FAR: dict[str, Incoming] = {
    "direct message": _note("dm", to=("CHILD",)),
    "mention": _note("mention"),
    "reply": _note("reply", in_reply_to_uri="OWN"),
    "quote": _note("quote", quote_uri="OWN"),
    "event invitation": _note("invited", "Event", title=SECRET, event=wire.EventDetails(NOON + timedelta(days=1), None, SECRET, "free")),
    "poll": _note(
        "asked", "Question", poll=wire.Poll((wire.PollOption(SECRET), wire.PollOption("b")), multiple=False, closes=NOON + timedelta(1))
    ),
    "edit that mentions": _updated,
    "boost": _act("Announce", "own"),
    "like": _act("Like", "own"),
    "emoji reaction": _act("EmojiReact", "own", content=SECRET),
    "join": _act("Join", "own"),
    "invite": _act("Invite", "own", content=SECRET),
    "follow request": _followed,
    "accept of what was never asked": _act("Accept", "child", content=SECRET),
}
READING = (
    "/api/v1/notifications", "/api/v1/timelines/home", "/api/v1/conversations", "/api/v1/follow_requests", "/api/v2/notifications",
    "/api/v1/notifications/requests",
)  # fmt: skip
PAGES = ("/", "/notifications", "/messages", "/achievements", "/@kit", "/@kit/achievements", "/wishes", "/requests", "/@kit/record")


async def seen_by_child(stage: Stage) -> str:
    """All that the child is shown: lists of programs, pages, what is pushed."""
    found = []
    for path in READING:
        async with stage.browser.client.get(path, headers={"Authorization": f"Bearer {stage.token}"}) as answer:
            assert answer.status < 500
            found.append(await answer.text())
    for path in PAGES:
        found.append((await stage.browser.get(path)).text)
    found += [str(row) for row in await stage.rows("SELECT kind, actor_id FROM notifications WHERE account_id = :id", id=stage.child.id)]
    home = "SELECT p.content FROM home h JOIN posts p ON p.id = h.post_id WHERE h.account_id = :id"
    return "\n".join([*found, *(row[0] for row in await stage.rows(home, id=stage.child.id))])


async def test_nothing_that_a_stranger_elsewhere_does_is_seen_by_a_child(stage):
    await write_as_child(stage, "of my own")
    leaks, whom = [], stage.people["far stranger"]
    for act, do in FAR.items():
        await do_act(stage, do, whom)
        seen = await seen_by_child(stage)
        if SECRET in seen or f"@bob@{whom.account.domain}" in seen:
            leaks.append(act)
    print(f"incoming: {len(FAR)} acts x {len(READING) + len(PAGES) + 2} places = {len(FAR) * (len(READING) + len(PAGES) + 2)} cells")
    assert leaks == []
    told = await stage.rows("SELECT kind FROM notifications WHERE account_id = :id", id=stage.child.id)
    assert told == []


async def test_what_a_friend_elsewhere_says_is_seen_by_a_child(stage):
    await write_as_child(stage, "of my own")
    unseen, whom = [], stage.people["far friend"]
    for act in ("direct message", "mention", "reply", "event invitation", "poll"):
        before = len(await stage.rows("SELECT id FROM notifications WHERE account_id = :id", id=stage.child.id))
        await do_act(stage, FAR[act], whom)
        if len(await stage.rows("SELECT id FROM notifications WHERE account_id = :id", id=stage.child.id)) == before:
            unseen.append(act)
    assert unseen == []
    assert SECRET in await seen_by_child(stage)


NEAR: dict[str, Incoming] = {
    "direct message": lambda stage, whom: stage.world.post(whom.account, f"@kit {SECRET}", visibility=3),
    "mention": lambda stage, whom: stage.world.post(whom.account, f"@kit {SECRET}"),
    "question": lambda stage, whom: questions.ask(
        stage.world.context, whom.account, questions.Question(posts.Draft(f"@kit {SECRET}?"), "Moss")
    ),
    "follow": lambda stage, whom: follows.follow(stage.world.context, whom.account, stage.child.id),
    "named": lambda stage, whom: stage.world.post(whom.account, SECRET, named_ids=(stage.child.id,)),
    "poll": lambda stage, whom: stage.world.post(
        whom.account, f"@kit {SECRET}", poll=posts.PollDraft(("a", "b"), multiple=False, open_s=3600)
    ),
}


async def test_nothing_that_a_stranger_here_does_is_seen_by_a_child(stage):
    leaks = []
    for act, do in NEAR.items():
        await do_act(stage, do, stage.people["near stranger"])
        told = await stage.rows("SELECT kind FROM notifications WHERE account_id = :id", id=stage.child.id)
        text = "\n".join([(await stage.browser.get(path)).text for path in PAGES[1:]])
        if told or SECRET in text or "@eve" in text:
            leaks.append(act)
    print(f"incoming here: {len(NEAR)} acts x {len(PAGES)} places = {len(NEAR) * len(PAGES)} cells")
    assert leaks == []


async def test_what_a_friend_here_says_is_seen_by_a_child(stage):
    for act in ("direct message", "mention", "named", "poll"):
        await do_act(stage, NEAR[act], stage.people["near friend"])
    told = await stage.rows("SELECT kind FROM notifications WHERE account_id = :id", id=stage.child.id)
    assert told == [("mention",)] * 4


# achievements, endorsements, marks and pages of the web


def _signed(whom: Other, subject: str, number: str, *, kind: str) -> dict[str, Any]:
    assert whom.far is not None
    did = f"did:key:{whom.far.actor.keys[1].encoded}"
    said: dict[str, Any] = {"uri": f"{whom.far.uri}/achievements/{number}", "issuer": Issuer(did, SECRET, whom.far.uri), "status": ()}
    if kind == "Endorsement":
        document = badges.endorsement(**said, subject_id=subject, comment=f"Come to {SECRET}", digest="")
    else:
        badge = Badge(f"{whom.far.uri}/badges/1", f"Come to {SECRET}", SECRET)
        document = badges.achievement(**said, subject_id=subject, evidence=(), badge=badge, name=badge.name, valid_until=None)
    return add_rdf_proof(document_from_credential(document), whom.far.proof_signer, badges.NOON)


def _credential(kind: str, to: str) -> Incoming:
    async def act(stage: Stage, whom: Other) -> None:
        assert whom.far is not None
        facet = {"type": kind, "credential": _signed(whom, stage.child.uri, f"{kind}{to}", kind=kind)}
        addressed = (PUBLIC, stage.child.uri) if to == "public" else (stage.child.uri,)
        note = whom.far.note(f"{kind}-{to}", content=f"<p>{SECRET}</p>", to=addressed, cc=(f"{whom.far.uri}/followers",))
        await _send(stage, whom, whom.far.create(replace(note, learning=(facet,))))

    return act


async def _endorsed_here(stage: Stage, whom: Other) -> None:
    word = Word(f"Come to {SECRET}", person_id=stage.child.id, competency=Alignment("https://moss.example/m", "Moss"))
    await endorsing.endorse(stage.world.context, whom.account, word)


async def _awarded_here(stage: Stage, whom: Other) -> None:
    badge = await definitions.define(stage.world.context, whom.account, BadgeDraft(f"Come to {SECRET}", "x", "y", "Moss"))
    await awarding.award(stage.world.context, whom.account, Gift(badge.id, stage.child.id, SECRET))


async def _marked_here(stage: Stage, whom: Other) -> None:
    own = (await stage.world.context.database.read(kept_posts.list_all_posts, stage.child.id))[0]
    await marking.mark(stage.world.context, whom.account, own.id, Marking((Line("Moss", "4", "5"),), SECRET))


LEARNING: dict[tuple[str, str], Incoming] = {
    ("far stranger", "award to everybody"): _credential("Achievement", "public"),
    ("far stranger", "award to the child"): _credential("Achievement", "child"),
    ("far stranger", "endorsement to everybody"): _credential("Endorsement", "public"),
    ("far stranger", "endorsement to the child"): _credential("Endorsement", "child"),
    ("near stranger", "award"): _awarded_here,
    ("near stranger", "endorsement"): _endorsed_here,
    ("near stranger", "mark"): _marked_here,
}


async def test_no_achievement_endorsement_or_mark_of_a_stranger_is_seen_by_a_child(stage, surf):
    await write_as_child(stage, "of my own")
    leaks = []
    for (who, act), do in LEARNING.items():
        await do_act(stage, do, stage.people[who])
        if SECRET in await seen_by_child(stage):
            leaks.append((who, act))
    print(f"incoming, learning: {len(LEARNING)} acts x {len(READING) + len(PAGES) + 2} places, {len(leaks)} leaks")
    assert leaks == []
    assert await stage.rows("SELECT kind FROM notifications WHERE account_id = :id", id=stage.child.id) == []
    guardian = await surf(stage.guardian)
    assert SECRET in (await guardian.get(f"/wards/{stage.child.id}")).text
    await agree_to_all(stage.world, stage.guardian, stage.child)
    assert SECRET in (await stage.browser.get("/achievements")).text
    assert set(await stage.rows("SELECT kind FROM notifications WHERE account_id = :id", id=stage.child.id)) == {("awarded",)}


async def test_an_achievement_of_a_friend_is_offered_to_a_child_at_once(stage):
    await do_act(stage, _credential("Achievement", "child"), stage.people["far friend"])
    await do_act(stage, _awarded_here, stage.people["near friend"])
    text = (await stage.browser.get("/achievements")).text
    assert text.count(SECRET) >= 2
    told = await stage.rows("SELECT kind FROM notifications WHERE account_id = :id", id=stage.child.id)
    assert told == [("awarded",), ("awarded",)]


async def make_public_post(stage: Stage, text: str = "of mosses") -> Post:
    """What a guardian agreed that the child shows to everybody, in an open community of ours."""
    world = stage.world
    garden = await communities.create(world.context, "garden", communities.Settings("Garden"), [stage.guardian])
    await follows.follow(world.context, stage.child, garden.id)
    await agree_to_all(world, stage.guardian, stage.child)
    await stage.browser.send("/compose", {"text": text, "community": str(garden.id), "visibility": "0"})
    await agree_to_all(world, stage.guardian, stage.child)
    (post,) = [each for each in await world.context.database.read(kept_posts.list_all_posts, stage.child.id) if each.boost_of_id is None]
    assert post.visibility == 0
    return post


async def test_what_strangers_do_to_a_post_that_a_guardian_let_out_is_not_seen_by_the_child(stage):
    post = await make_public_post(stage)
    before = await stage.rows("SELECT id FROM notifications WHERE account_id = :id", id=stage.child.id)
    leaks = []
    acts: dict[str, Incoming] = {
        "reply": _note("re", in_reply_to_uri="OWN"),
        "quote": _note("qu", quote_uri="OWN"),
        "boost": _act("Announce", "own"),
        "like": _act("Like", "own"),
        "reply here": lambda stage, _: stage.world.post(stage.people["near stranger"].account, SECRET, in_reply_to_id=post.id),
    }
    for act, do in acts.items():
        await do_act(stage, do, stage.people["far stranger"])
        thread = (await stage.browser.get(f"/@kit/{post.id}")).text
        if SECRET in thread or SECRET in await seen_by_child(stage):
            leaks.append(act)
    assert leaks == []
    assert await stage.rows("SELECT id FROM notifications WHERE account_id = :id", id=stage.child.id) == before
