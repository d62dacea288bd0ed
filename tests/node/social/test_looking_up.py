"""Finding people and posts by what somebody typed."""

from urllib.parse import quote

import pytest

from node.errors import NotFound
from node.social import looking_up
from storage import accounts

CONTEXT = {"@context": "https://www.w3.org/ns/activitystreams"}


async def look(world, text):
    return await looking_up.look_up(world.context, text)


@pytest.mark.parametrize(
    "text", ["ada", "@ada", "ADA", "@ada@hedge.test", "http://hedge.test/users/ada", "http://hedge.test/@ada", " @ada "]
)
async def test_ours_are_found_without_asking_anybody(world, ada, text):
    assert (await look(world, text)).account.id == ada.id
    assert world.elsewhere.asked == []


async def test_a_handle_elsewhere_is_found_by_webfinger_once(world):
    carol = await world.stranger("carol", is_known=False)
    host = world.elsewhere.origin.removeprefix("http://")
    link = {"rel": "self", "type": "application/activity+json", "href": carol.uri}
    jrd = {"subject": f"acct:carol@{host}", "links": [link]}
    for resource in (f"acct:carol@{host}", quote(f"acct:carol@{host}", safe="")):
        world.elsewhere.documents[f"/.well-known/webfinger?resource={resource}"] = jrd
    assert (await look(world, f"@carol@{host}")).account.uri == carol.uri
    asked = len(world.elsewhere.asked)
    assert (await look(world, f"carol@{host}")).account.uri == carol.uri
    assert len(world.elsewhere.asked) == asked


async def test_an_address_is_a_person_or_a_post(world, bob):
    note = bob.note("1")
    world.elsewhere.put(bob.create(note)["object"] | CONTEXT)
    assert (await look(world, bob.uri)).account.uri == bob.uri
    assert (await look(world, note.uri)).post.uri == note.uri


async def test_a_post_in_anothers_name_is_refused(world, bob):
    world.elsewhere.put(bob.create(bob.note("1"))["object"] | CONTEXT | {"attributedTo": "https://victim.example/users/v"})
    with pytest.raises(NotFound, match="not one that this node talks to"):
        await look(world, bob.note("1").uri)


@pytest.mark.parametrize(
    "text", ["", "@", "nobody", "@nobody@hedge.test", "http://hedge.test/nothing", "a b c", "https://", "@x@", "http://["]
)
async def test_what_is_not_there_is_said_in_words(world, ada, text):
    with pytest.raises(NotFound):
        await look(world, text)


async def test_who_is_suspended_is_not_found(world, bob):
    await world.context.database.write(accounts.set_suspended, (await world.known(bob)).id, 1)
    with pytest.raises(NotFound, match="not there any more"):
        await look(world, bob.uri)
