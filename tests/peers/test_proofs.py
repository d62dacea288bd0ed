"""Each side verifies the other's proofs (FEP-8b32): what carries its actor's own proof may come from anybody's hands, unaltered."""

import orjson
import pytest

from federation.proofs import proof_key_uri
from node.social import outboxes
from storage import seen
from tests.nodes import settle


@pytest.fixture
async def fay(start_fedify):
    """Someone on a Fedify server."""
    return start_fedify(USER_ID="fay")


@pytest.fixture
async def gil(start_fedify):
    """Someone on another Fedify server, who has seen nothing yet."""
    return start_fedify(USER_ID="gil")


def altered(activity):
    """The same activity with another text, its proof as it was."""
    return {**activity, "object": {**activity["object"], "content": "<p>Something else</p>"}}


async def test_fedify_takes_what_we_proved_without_any_signature_and_nothing_altered(node, ada, fay, gil):
    fay.do("follow", actor=ada.uri)
    await ada.write("Prime *numbers*, @nobody, #maths")
    await settle(node)
    create = fay.posted("Create")[0]
    assert proof_key_uri(create) == proof_key_uri(create["object"]) == f"{ada.uri}#ed25519-key"
    assert gil.take(altered(create)) == 401
    assert gil.received("Create") == []
    assert gil.take(create) == 202
    assert [each["object"] for each in gil.received("Create")] == [create["object"]["id"]]


async def test_fedify_verifies_the_proof_of_every_kind_of_open_activity_and_of_what_is_in_it(node, ada, fay, gil):
    fay.do("follow", actor=ada.uri)
    theirs = fay.do("post", content="Theirs", mention=ada.uri)["note"]
    post = await ada.write("One", answering=theirs)
    await settle(node)
    await ada.edit(post, "Two")
    await ada.describe(display_name="Ada Byron", summary="Gardener", fields=(("Home", "A hedge"),))
    await ada.boost(theirs)
    await ada.unboost(theirs)
    await ada.pin(post)
    await settle(node)
    await ada.delete(post)
    await settle(node)
    kinds = ("Create", "Update", "Announce", "Undo", "Add", "Delete")
    found = [activity for kind in kinds for activity in fay.posted(kind)]
    assert sorted({activity["type"] for activity in found}) == sorted(kinds)
    assert [gil.take(activity) for activity in found] == [202] * len(found)
    embedded = [activity["object"] for activity in found if activity["type"] in {"Create", "Update"}]
    assert [gil.do("verify", document=document) for document in embedded] == [True] * len(embedded)
    assert not gil.do("verify", document={**embedded[0], "content": "Something else"})
    person = orjson.loads((await node.get(ada.uri)).body)
    assert gil.do("verify", document=person)
    assert not gil.do("verify", document={**person, "name": "Mallory"})


async def test_what_is_for_one_reader_carries_no_proof(node, ada, fay, gil):
    await ada.knows(fay)
    await ada.write(f"Between us @fay@{fay.origin.removeprefix('http://')}", visibility=3)
    await settle(node)
    create = fay.posted("Create")[0]
    assert (proof_key_uri(create), proof_key_uri(create["object"])) == (None, None)
    assert gil.take(create) == 401


def without_outbox(db, now_ms, uri):
    """Keeps the node from looking at somebody's outbox today, so that it knows only what it is brought."""
    seen.add_seen(db, uri, f"its outbox on day {now_ms // outboxes.DAY_MS}", now_ms)


async def test_we_take_what_fedify_proved_from_anybodys_hands_and_nothing_altered(node, ada, fay, gil):
    fay.do("follow", actor=gil.uri)
    gil.do("post", content="Prime numbers")
    create = fay.posted("Create")[0]
    assert proof_key_uri(create) == f"{gil.uri}#multikey-2"
    await node.context.database.write(without_outbox, node.context.site.now_ms(), gil.uri)
    await ada.follow(gil)
    await settle(node)
    inbox = f"{node.origin}/inbox"
    for bearer in (fay, gil):  # its own server's signature does not mend a broken proof
        assert bearer.do("carry", inbox=inbox, document=altered(create)) == 401
    assert await ada.home() == []
    assert fay.do("carry", inbox=inbox, document=create) == 202
    assert await ada.reads(create["object"]["id"]) == "Prime numbers"
    assert await ada.home() == [create["object"]["id"]]


async def test_without_its_proof_anothers_word_is_only_a_hint_to_ask_the_author(node, ada, fay, gil):
    fay.do("follow", actor=gil.uri)
    gil.do("post", content="Prime numbers")
    create = altered({name: value for name, value in fay.posted("Create")[0].items() if name not in {"proof", "signature"}})
    await ada.follow(gil)
    await settle(node)
    assert fay.do("carry", inbox=f"{node.origin}/inbox", document=create) == 202
    await settle(node)
    assert await ada.reads(create["object"]["id"]) == "Prime numbers"
    like = {"@context": create["@context"], "id": f"{gil.uri}#like", "type": "Like", "actor": gil.uri, "object": ada.uri}
    assert fay.do("carry", inbox=f"{node.origin}/inbox", document=like) == 403
