"""What a stranger names and does not prove: asked for only where somebody here has asked for it, and only so often."""

import contextlib

import pytest

from federation.errors import FederationError, Forbidden
from federation.objects import document_from_post
from federation.records import PUBLIC
from node.social import rates, remote


def serve(world, stranger, name, **said):
    note = stranger.note(name, **said)
    world.elsewhere.put({"@context": "https://www.w3.org/ns/activitystreams"} | document_from_post(note))
    return note


@pytest.fixture
async def people(world, ada):
    """A writer whom nobody here knows well, somebody whom ada follows, and a stranger."""
    friend, writer, stranger = [await world.stranger(name) for name in ("friend", "writer", "stranger")]
    await world.follow(ada, friend)
    world.elsewhere.asked.clear()
    return friend, writer, stranger


@pytest.mark.parametrize("kind", ["Create", "Update", "Announce", "Delete"])
@pytest.mark.parametrize("embedded", [True, False])
async def test_a_third_persons_post_that_a_stranger_names_is_not_even_asked_for(world, ada, people, kind, embedded):
    _, writer, stranger = people
    note = serve(world, writer, "1", to=(PUBLIC, ada.uri))
    await world.receive(writer.activity(kind, document_from_post(note) if embedded else note.uri, to=[ada.uri]), stranger)
    await world.work()
    assert world.elsewhere.asked == []
    assert await world.find_post(note.uri) is None
    assert await world.told(ada) == []


@pytest.mark.parametrize("sender", ["friend", "stranger"])
async def test_a_post_of_somebody_followed_is_asked_for_whoever_names_it(world, ada, people, sender):
    friend, _, stranger = people
    note = serve(world, friend, "1")
    await world.receive(friend.activity("Create", note.uri), {"friend": friend, "stranger": stranger}[sender])
    await world.work()
    assert await world.home(ada) == [note.uri]


async def test_somebody_followed_may_bring_what_answers_a_thread_that_is_here_and_nothing_else(world, ada, people):
    friend, writer, _ = people
    post = await world.post(ada, "Hello")
    answer, other = serve(world, writer, "1", in_reply_to_uri=post.uri), serve(world, writer, "2")
    for note in (answer, other):
        await world.receive(writer.activity("Create", note.uri, name=note.uri[-1]), friend)
    await world.work()
    assert await world.find_post(answer.uri) is not None
    assert await world.find_post(other.uri) is None


async def test_a_message_by_its_id_alone_to_somebody_here_is_asked_for_and_one_to_nobody_is_not(world, ada, people):
    _, _, stranger = people
    for name, to, is_there in (("1", (ada.uri,), True), ("2", (PUBLIC,), False)):
        note = serve(world, stranger, name, to=to)
        await world.receive(stranger.activity("Create", note.uri, name=name, to=list(to)), stranger)
        await world.work()
        assert (await world.find_post(note.uri) is not None) is is_there


async def test_an_address_of_another_server_than_its_author_is_not_asked_for(world, ada, people):
    friend, _, stranger = people
    await world.receive(friend.activity("Create", "http://127.0.0.1:9/anything"), stranger)
    assert await world.jobs_waiting() == 0


@pytest.mark.parametrize("kind", ["Like", "Follow", "Undo", "Block", "Move", "Flag", "Accept"])
async def test_anything_else_in_anothers_name_is_refused(world, ada, people, kind):
    friend, _, stranger = people
    with pytest.raises(Forbidden):
        await world.receive(friend.activity(kind, ada.uri), stranger)
    assert await world.jobs_waiting() == 0


def passed_on(stranger, kind, about, number):
    """What somebody else on the stranger's server is said to have done."""
    actor = f"{stranger.uri}/users/x"
    return stranger.activity(kind, about, name=str(number)) | {"id": f"{actor}/{kind}/{number}", "actor": actor}


ASKING = {  # what makes us fetch, in each way that a stranger has: an activity of theirs, by who is here, what is here, and a number
    "their messages by id": lambda they, ada, _, number: they.activity(
        "Create", f"{they.uri}/notes/{number}", name=str(number), to=[ada.uri]
    ),
    "threads that they answer": lambda they, ada, _, number: they.create(
        they.note(str(number), to=(ada.uri,), in_reply_to_uri=f"{they.uri}/above/{number}")
    ),
    "quotes that they ask for": lambda they, _, post, number: they.activity(
        "QuoteRequest", post.uri, name=str(number), instrument=f"{they.uri}/quotes/{number}"
    ),
    "where they move": lambda they, _ada, _post, number: they.activity("Move", they.uri, str(number), target=f"{they.uri}/new/{number}"),
    "what they boost": lambda they, _ada, _post, number: they.activity("Announce", f"{they.uri}/boosted/{number}", name=str(number)),
    "what they pass on": lambda they, _, post, number: they.activity(
        "Announce", passed_on(they, "Like", post.uri, number), name=str(number)
    ),
    "what others said": lambda they, _ada, _post, number: passed_on(they, "Create", f"{they.uri}/users/x/notes/{number}", number),
}


@pytest.mark.parametrize("way", ASKING)
async def test_a_stranger_makes_us_fetch_little_however_much_they_send(world, ada, people, way):
    _, _, stranger = people
    post = await world.post(ada, "Hello")
    for number in range(100):
        with contextlib.suppress(FederationError):
            await world.receive(ASKING[way](stranger, ada, post, number), stranger)
    await world.work()
    assert len(world.elsewhere.asked) <= 2 * rates.STRANGER_FETCHES.most


async def test_a_host_is_asked_only_so_often_for_what_strangers_name(world, monkeypatch):
    monkeypatch.setattr(rates, "HOST_FETCHES", rates.Limit("fetch at", 5, 300_000, is_strict=False))
    for number in range(20):
        with contextlib.suppress(FederationError):
            await remote.fetch(world.context, f"{world.elsewhere.origin}/{number}")
    assert len(world.elsewhere.asked) == 5
    for number in range(20, 30):  # what our own people ask for is not counted
        with contextlib.suppress(FederationError):
            await remote.fetch(world.context, f"{world.elsewhere.origin}/{number}", "ours")
    assert len(world.elsewhere.asked) == 15
